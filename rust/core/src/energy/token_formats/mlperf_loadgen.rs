//! The detail log of an MLPerf run: its power window and its token rate as one record.
//!
//! The log states a rate, `result_tokens_per_second` (Offline) or `result_completed_tokens_per_second` (Server), and no
//! count. The count of the record is rate × window, as in the official efficiency, and a remark says so.
//!
//! Layout: mlcommons/inference, loadgen; power window: mlcommons/power-dev.

use super::request_csv::LogClock;
use super::{TokenFormat, TokenOptions};
use crate::energy::tokens::{Request, TokenLog};
use crate::input::{Code, DateOrder, Diagnostics, Json, Place, Refusal, Text, civil_stamp};

pub(super) const FORMAT: TokenFormat = TokenFormat {
    name: "mlperf-loadgen",
    description: "mlperf_log_detail.txt of MLPerf loadgen, with its power window",
    units: "power_begin and power_end as month-first civil times; rate in token/s",
    detect,
    read,
};

const MARK: &str = ":::MLLOG ";

fn detect(head: &[&str]) -> bool {
    head.iter().any(|line| line.starts_with(MARK))
}

fn read(text: &Text, options: &TokenOptions) -> Result<TokenLog, Refusal> {
    let path = text.path();
    let mut diagnostics = Diagnostics::default();
    let (mut begin, mut end, mut rate) = (None, None, None);
    let mut lines = text.lines();
    while let Some(line) = lines.next(&mut diagnostics)? {
        let Some(body) = line.text.strip_prefix(MARK) else { continue };
        let wanted = ["\"power_begin\"", "\"power_end\"", "tokens_per_second\""];
        if !wanted.iter().any(|key| body.contains(key)) {
            continue;
        }
        let in_line = |refusal: Refusal| Refusal { place: line.place(), ..refusal };
        let record = Json::parse(body.as_bytes(), path).map_err(in_line)?;
        let key = record.get("key").and_then(Json::as_str).unwrap_or_default();
        let value = record.get("value");
        match key {
            "power_begin" | "power_end" => {
                let written = value.and_then(Json::as_str).unwrap_or_default();
                let stamp = civil_stamp(written, DateOrder::MonthFirst).ok_or_else(|| {
                    Refusal::new(Code::TimeParse, path, line.place(), written, "MM-DD-YYYY HH:MM:SS.fff")
                })?;
                let seen = if key == "power_begin" { &mut begin } else { &mut end };
                if seen.replace((stamp, line.number)).is_some() {
                    let found = format!("{key} again");
                    return Err(Refusal::new(Code::FieldCount, path, line.place(), found, "the log of one run"));
                }
            }
            "result_tokens_per_second" | "result_completed_tokens_per_second" => {
                let stated = match value {
                    Some(value) => value.to_f64(path, || line.place())?,
                    None => None,
                };
                let other = stated.zip(rate).filter(|(stated, (rate, _))| stated != rate);
                if let Some((stated, (rate, _))) = other {
                    let found = format!("{stated} token/s after {rate} token/s");
                    return Err(Refusal::new(Code::FieldCount, path, line.place(), found, "one token rate"));
                }
                rate = stated.map(|stated| (stated, line.number)).or(rate);
            }
            _ => {}
        }
    }
    let missing = |what: &str| Refusal::new(Code::NoData, path, Place::File, format!("no {what}"), what);
    let (begin, line) = begin.ok_or_else(|| missing("power_begin"))?;
    let (end, end_line) = end.ok_or_else(|| missing("power_end"))?;
    let mut clock = LogClock::new(options, path)?;
    let start_ns = clock.start(begin, Place::Line(u64::from(line)))?;
    let end_ns = clock.later(end, start_ns, Place::Line(u64::from(end_line)))?;
    let seconds = end_ns.saturating_sub(start_ns).max(0) as f64 * 1e-9;
    let mut output_tokens = None;
    if let Some((rate, line)) = rate {
        let tokens = (rate * seconds).round();
        if !(0.0..u64::MAX as f64).contains(&tokens) {
            let found = format!("{rate} token/s over {seconds} s");
            return Err(Refusal::new(Code::Range, path, Place::Line(u64::from(line)), found, "a count of tokens"));
        }
        output_tokens = Some(tokens as u64);
        let message = format!("the log states {rate} token/s and no count; the count is rate times power window");
        diagnostics.push(Code::RateNotCount, Place::Line(u64::from(line)), None, message);
    }
    let request = Request {
        request: "power window".to_owned(),
        start_ns,
        end_ns: Some(end_ns),
        output_tokens,
        line,
        ..Request::default()
    };
    let clock = clock.finish(&mut diagnostics);
    let requests = vec![request];
    Ok(TokenLog { format: FORMAT.name, source: path.to_owned(), clock, requests, excluded: Vec::new(), diagnostics })
}
