//! `szilard formats`: what can be read.

use crate::failure::Failure;
use crate::output::{Answer, table};
use clap::Args;
use serde_json::json;
use szilard::energy::TOKEN_FORMATS;
use szilard::information::{LOGIT_FORMATS, LOGPROB_FORMATS};
use szilard::traces::{Format, REGISTRY as TRACE_FORMATS};

/// Every format that can be read.
#[derive(Debug, Args)]
pub(crate) struct Formats {}

impl Formats {
    pub(super) fn answer(&self) -> Result<Answer, Failure> {
        let traces = TRACE_FORMATS.iter().map(|format| {
            let Format { name, units, description, channels, clock, boundary, sample, .. } = *format;
            [name, "trace", units, channels, clock, boundary, sample, description]
        });
        let short = |name, kind, units, description| [name, kind, units, "", "", "", "", description];
        let tokens = TOKEN_FORMATS.iter().map(|format| short(format.name, "tokens", format.units, format.description));
        let logits = LOGIT_FORMATS.iter().map(|format| short(format.name, "logits", "nat", format.description));
        let logprobs = LOGPROB_FORMATS.iter().map(|format| short(format.name, "logprobs", "nat", format.description));
        let rows: Vec<[&str; 8]> = traces.chain(tokens).chain(logits).chain(logprobs).collect();
        let cells: Vec<Vec<String>> = rows.iter().map(|row| row.map(str::to_owned).to_vec()).collect();
        let titles = ["name", "kind", "units", "channels", "clock", "boundary", "sample", "description"];
        let known = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let json = rows.iter().map(|[name, kind, units, channels, clock, boundary, sample, description]| {
            json!({
                "name": name, "kind": kind, "units": units, "channels": known(channels), "clock": known(clock),
                "boundary": known(boundary), "sample": known(sample), "description": description,
            })
        });
        Ok(Answer { text: table(&titles, &cells), json: json.collect(), ..Answer::default() })
    }
}
