//! The detail log of an MLPerf run: its power window and its token rate as one record.
//!
//! The log states a rate, `result_tokens_per_second` (Offline) or `result_completed_tokens_per_second` (Server), and no
//! count. The count of the record is rate × window, as in the official efficiency, and a remark says so.
//!
//! Layout: mlcommons/inference, loadgen; power window: mlcommons/power-dev.

use super::request_csv::LogClock;
use super::{Head, TokenFormat, TokenOptions, log_of};
use crate::energy::mlperf::{Detail, MARK};
use crate::energy::tokens::{Counted, Rate, Request, TokenLog};
use crate::input::{Base, Code, Diagnostics, Place, Record, Refusal, Stamp, Text};

pub(super) const FORMAT: TokenFormat = TokenFormat {
    name: "mlperf-loadgen",
    description: "mlperf_log_detail.txt of MLPerf loadgen, with its power window",
    units: "power_begin and power_end as month-first civil times; rate in token/s, count = rate × window",
    detect,
    read,
};

fn detect(head: &Head) -> bool {
    head.lines.iter().any(|line| line.starts_with(MARK))
}

fn read(text: &Text, options: &TokenOptions) -> Result<TokenLog, Refusal> {
    let mut diagnostics = Diagnostics::default();
    let detail = Detail::read(text, &mut diagnostics)?;
    let (begin, end) = (detail.begin(text.path())?, detail.end(text.path())?);
    let mut clock = LogClock::new(options, text.path())?;
    let mut place = |(ns, line): (i64, u32)| {
        let stamp = Stamp { ns, base: Base::Local, leap: false, resolution_ns: 1_000_000 };
        clock.place(stamp, &Record { line, fields: Vec::new() })
    };
    let (start_ns, end_ns) = (place(begin)?, place(end)?);
    let rate = detail.tokens_per_second;
    let count = |rate: f64| (rate * end_ns.saturating_sub(start_ns) as f64 * 1e-9).round() as u64;
    if let Some(rate) = rate {
        let message = format!("the log states {rate} token/s and no count; the count is rate times power window");
        diagnostics.push(Code::RateNotCount, Place::Line(u64::from(begin.1)), None, message);
    }
    let request = Request {
        request: "power window".to_owned(),
        start_ns: Some(start_ns),
        end_ns: Some(end_ns),
        output_tokens: rate.map(count),
        rates: rate.map(|per_second| Rate { of: Counted::Output, per_second, deviation: None }).into_iter().collect(),
        line: begin.1,
        ..Request::default()
    };
    Ok(log_of(&FORMAT, text, clock.clock(), vec![request], diagnostics))
}
