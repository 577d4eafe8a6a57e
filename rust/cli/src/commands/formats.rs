//! `szilard formats`: what can be read.

use crate::failure::Failure;
use crate::output::{Answer, table};
use clap::Args;
use serde_json::json;
use szilard::energy::TOKEN_FORMATS;
use szilard::information::{LOGIT_FORMATS, LOGPROB_FORMATS};
use szilard::traces::REGISTRY as TRACE_FORMATS;

/// Every format that can be read.
#[derive(Debug, Args)]
pub(crate) struct Formats {}

impl Formats {
    pub(super) fn answer(&self) -> Result<Answer, Failure> {
        let traces = TRACE_FORMATS.iter().map(|format| [format.name, "trace", format.units, format.description]);
        let tokens = TOKEN_FORMATS.iter().map(|format| [format.name, "tokens", format.units, format.description]);
        let logits = LOGIT_FORMATS.iter().map(|format| [format.name, "logits", "nat", format.description]);
        let logprobs = LOGPROB_FORMATS.iter().map(|format| [format.name, "logprobs", "nat", format.description]);
        let rows: Vec<[&str; 4]> = traces.chain(tokens).chain(logits).chain(logprobs).collect();
        let cells: Vec<Vec<String>> = rows.iter().map(|row| row.map(str::to_owned).to_vec()).collect();
        let json = rows.iter().map(|[name, kind, units, description]| {
            json!({ "name": name, "kind": kind, "units": units, "description": description })
        });
        Ok(Answer {
            text: table(&["name", "kind", "units", "description"], &cells),
            json: json.collect(),
            ..Answer::default()
        })
    }
}
