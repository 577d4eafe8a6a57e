//! `szilard formats`: what can be read.

use crate::failure::Failure;
use crate::output::{Answer, table};
use clap::Args;
use serde_json::json;
use szilard::information::{LOGIT_FORMATS, LOGPROB_FORMATS};

/// Every format that can be read.
#[derive(Debug, Args)]
pub(crate) struct Formats {}

struct Row {
    name: &'static str,
    kind: &'static str,
    description: &'static str,
    units: &'static str,
}

impl Formats {
    pub(super) fn answer(&self) -> Result<Answer, Failure> {
        let logits = LOGIT_FORMATS.iter().map(|format| Row {
            name: format.name,
            kind: "logits",
            description: format.description,
            units: "nat",
        });
        let logprobs = LOGPROB_FORMATS.iter().map(|format| Row {
            name: format.name,
            kind: "logprobs",
            description: format.description,
            units: "nat",
        });
        let rows: Vec<Row> = logits.chain(logprobs).collect();
        let cells: Vec<Vec<String>> = rows
            .iter()
            .map(|row| [row.name, row.kind, row.units, row.description].map(str::to_owned).to_vec())
            .collect();
        let json = rows.iter().map(
            |row| json!({ "name": row.name, "kind": row.kind, "description": row.description, "units": row.units }),
        );
        Ok(Answer {
            text: table(&["name", "kind", "units", "description"], &cells),
            json: json.collect(),
            ..Answer::default()
        })
    }
}
