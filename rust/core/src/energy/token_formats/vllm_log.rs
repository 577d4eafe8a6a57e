//! Log of a vLLM engine: mean rates over the intervals between two of its lines, nominally ten seconds, and no counts.
//!
//! Stamps are local and have no year, so that times count from the first stamp of the log. The rates of a line are those
//! since the line before it of the same engine.
//!
//! Layout: vllm-project/vllm, vllm/v1/metrics/loggers.py and vllm/engine/metrics.py.

use super::{Head, TokenFormat, TokenOptions, log_of};
use crate::energy::tokens::{Counted, Rate, Request, TokenLog};
use crate::input::{Code, DateOrder, Diagnostics, Place, Refusal, Text, civil_stamp, finite};
use std::collections::HashMap;

pub(super) const FORMAT: TokenFormat = TokenFormat {
    name: "vllm-log",
    description: "vLLM engine log: mean rates over intervals",
    units: "month-day times without a year; rates in token/s, no counts",
    detect,
    read,
};

const PROMPT: &str = "Avg prompt throughput:";
const OUTPUT: &str = "Avg generation throughput:";
/// A step back by more than this is the turn of a year. [ns]
const HALF_YEAR: i64 = 180 * 86_400 * 1_000_000_000;
/// Length of the leap year that stamps without a year are placed in. [ns]
const YEAR: i64 = 366 * 86_400 * 1_000_000_000;

fn detect(head: &Head) -> bool {
    head.lines.iter().any(|line| stamp(line).is_some() && line.contains(".py:"))
}

/// The time of `INFO 09-04 01:28:22 ...`, in a leap year. [ns]
fn stamp(line: &str) -> Option<i64> {
    let (_, rest) = ["INFO ", "WARNING ", "ERROR ", "DEBUG "].iter().find_map(|level| line.split_once(level))?;
    let written = rest.get(..14)?;
    Some(civil_stamp(&format!("2024-{written}"), DateOrder::YearFirst)?.ns)
}

fn read(text: &Text, _: &TokenOptions) -> Result<TokenLog, Refusal> {
    let mut diagnostics = Diagnostics::default();
    let mut requests: Vec<Request> = Vec::new();
    let mut engines: HashMap<String, i64> = HashMap::new();
    let (mut first, mut last, mut years) = (None, i64::MIN, 0i64);
    let mut lines = text.lines();
    while let Some(line) = lines.next(&mut diagnostics)? {
        let Some(time) = stamp(&line.text) else { continue };
        if time < last.saturating_sub(HALF_YEAR) {
            years += 1;
        }
        last = time;
        let time = time.saturating_add(years.saturating_mul(YEAR));
        let time = time - *first.get_or_insert(time);
        if !line.text.contains(PROMPT) {
            continue;
        }
        let (before, _) = line.text.split_once(PROMPT).unwrap_or_default();
        let engine = before.split_once("Engine ").map_or("engine", |(_, name)| name.trim().trim_end_matches(':'));
        let rate = |mark: &str, of: Counted| -> Result<Rate, Refusal> {
            let written = value(&line.text, mark);
            let refusal = || {
                let place = Place::Line(u64::from(line.number));
                Refusal::new(Code::BadNumber, text.path(), place, written, format!("{mark} a rate"))
            };
            finite(written).map(|per_second| Rate::mean(of, per_second)).ok_or_else(refusal)
        };
        let start = engines.insert(engine.to_owned(), time);
        requests.push(Request {
            request: format!("{engine} line {}", line.number),
            phase: Some("interval".to_owned()),
            start_ns: start,
            end_ns: Some(time),
            rates: vec![rate(PROMPT, Counted::Prompt)?, rate(OUTPUT, Counted::Output)?],
            concurrency: value(&line.text, "Running:").parse().ok(),
            line: line.number,
            ..Request::default()
        });
    }
    let message = "month and day without a year: times count from the first line, and 29 February is taken to exist";
    diagnostics.push(Code::NoYear, Place::Line(1), None, message);
    Ok(log_of(&FORMAT, text, requests, diagnostics))
}

/// The word behind a mark, without the comma at its end.
fn value<'t>(line: &'t str, mark: &str) -> &'t str {
    let (_, rest) = line.split_once(mark).unwrap_or_default();
    rest.split_whitespace().next().unwrap_or_default().trim_end_matches(',')
}
