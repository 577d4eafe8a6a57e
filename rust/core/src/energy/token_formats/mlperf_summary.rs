//! The summary of an MLPerf run: its rates, and neither counts nor times of day.
//!
//! Layout: mlcommons/inference, loadgen, mlperf_log_summary.txt.

use super::{Head, TokenFormat, TokenOptions, log_of};
use crate::energy::tokens::{Counted, Rate, Request, TokenLog};
use crate::input::{Code, Diagnostics, Place, Refusal, Text, finite};

pub(super) const FORMAT: TokenFormat = TokenFormat {
    name: "mlperf-summary",
    description: "mlperf_log_summary.txt of MLPerf loadgen",
    units: "rate in token/s; no counts and no times",
    detect,
    read,
};

const TITLE: &str = "MLPerf Results Summary";

fn detect(head: &Head) -> bool {
    head.lines.iter().take(4).any(|line| line.trim() == TITLE)
}

fn read(text: &Text, _: &TokenOptions) -> Result<TokenLog, Refusal> {
    let mut diagnostics = Diagnostics::default();
    let mut requests: Vec<Request> = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next(&mut diagnostics)? {
        if line.text.trim() == TITLE {
            let request = format!("run {}", requests.len() + 1);
            requests.push(Request { request, line: line.number, ..Request::default() });
        }
        let (Some((name, value)), Some(request)) = (line.text.split_once(':'), requests.last_mut()) else { continue };
        let (name, value) = (name.trim(), value.trim());
        match name {
            "Scenario" => request.phase = Some(value.to_owned()),
            "Tokens per second" | "Completed tokens per second" => {
                let place = Place::Line(u64::from(line.number));
                let refusal = || Refusal::new(Code::BadNumber, text.path(), place, value, "a rate of tokens");
                let per_second = finite(value).ok_or_else(refusal)?;
                request.rates.push(Rate::mean(Counted::Output, per_second));
                request.line = line.number;
            }
            _ => {}
        }
    }
    Ok(log_of(&FORMAT, text, requests, diagnostics))
}
