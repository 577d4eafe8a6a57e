//! Tables of text-generation-benchmark: rates of prefill and decode by batch size, and no counts.
//!
//! Both rates count generated tokens: a prefill step of a batch yields one token for each of its sequences.
//!
//! Layout: huggingface/text-generation-inference, benchmark.

use super::{Head, TokenFormat, TokenOptions, log_of};
use crate::energy::tokens::{Counted, Rate, Request, TokenLog};
use crate::input::{Code, Diagnostics, Place, Refusal, Text, finite};

pub(super) const FORMAT: TokenFormat = TokenFormat {
    name: "tgi-bench",
    description: "tables of text-generation-benchmark (text-generation-inference)",
    units: "rates of generated tokens in token/s by batch size; no counts",
    detect,
    read,
};

const UNIT: &str = "tokens/secs";

fn cells(line: &str) -> Vec<&str> {
    line.trim().trim_matches('|').split('|').map(str::trim).collect()
}

fn detect(head: &Head) -> bool {
    head.lines.iter().any(|line| line.starts_with('|') && cells(line).starts_with(&["Step", "Batch Size", "Average"]))
}

fn read(text: &Text, _: &TokenOptions) -> Result<TokenLog, Refusal> {
    let mut diagnostics = Diagnostics::default();
    let mut requests = Vec::new();
    let (mut step, mut batch) = (String::new(), None);
    let mut lines = text.lines();
    while let Some(line) = lines.next(&mut diagnostics)? {
        if !line.text.starts_with('|') {
            continue;
        }
        let row = cells(&line.text);
        let (Some(name), Some(size), Some(mean)) = (row.first(), row.get(1), row.get(2)) else { continue };
        if !name.is_empty() {
            step = (*name).to_owned();
        }
        batch = size.parse::<u64>().ok().or(batch);
        let Some(written) = mean.strip_suffix(UNIT) else { continue };
        let per_second = finite(written).ok_or_else(|| {
            Refusal::new(Code::BadNumber, text.path(), Place::Line(u64::from(line.number)), mean, "a rate")
        })?;
        requests.push(Request {
            request: format!("line {}: {step}", line.number),
            phase: Some(step.to_lowercase()),
            rates: vec![Rate::mean(Counted::Output, per_second)],
            concurrency: batch,
            line: line.number,
            ..Request::default()
        });
    }
    Ok(log_of(&FORMAT, text, requests, diagnostics))
}
