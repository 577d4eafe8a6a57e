//! The detail log of an MLPerf run: its power window and its token rate as one record.
//!
//! The log states a rate, `result_tokens_per_second` (Offline) or `result_completed_tokens_per_second` (Server), and no
//! count. The count of the record is rate × window, as in the official efficiency, and a remark says so.
//!
//! Layout: mlcommons/inference, loadgen; power window: mlcommons/power-dev.

use super::log_clock::LogClock;
use super::{Head, TokenFormat, TokenOptions, log_of};
use crate::energy::mlperf::{Detail, MARK};
use crate::energy::tokens::{Counted, Rate, Request, TokenLog};
use crate::input::{Base, Code, Diagnostics, Place, Refusal, Stamp, Text};

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
    let mut clock = LogClock::new(options, text.path(), &[])?;
    let stamp = |ns: i64| Stamp { ns, base: detail.base.unwrap_or(Base::Local), leap: false, resolution_ns: 1_000_000 };
    let start_ns = clock.start(stamp(begin.0), Place::Line(u64::from(begin.1)))?;
    let end_ns = clock.later(stamp(end.0), start_ns, Place::Line(u64::from(end.1)))?;
    let seconds = end_ns.saturating_sub(start_ns).max(0) as f64 * 1e-9;
    let rate = detail.tokens_per_second;
    let mut output_tokens = None;
    if let Some(rate) = rate {
        let tokens = (rate * seconds).round();
        if !(0.0..u64::MAX as f64).contains(&tokens) {
            let found = format!("{rate} token/s over {seconds} s");
            let place = Place::Line(u64::from(detail.rate_line));
            return Err(Refusal::new(Code::Range, text.path(), place, found, "a count of tokens"));
        }
        output_tokens = Some(tokens as u64);
        let message = format!("the log states {rate} token/s and no count; the count is rate times power window");
        diagnostics.push(Code::RateNotCount, Place::Line(u64::from(detail.rate_line)), None, message);
    }
    let request = Request {
        request: "power window".to_owned(),
        start_ns: Some(start_ns),
        end_ns: Some(end_ns),
        output_tokens,
        rates: rate.map(|per_second| Rate::mean(Counted::Output, per_second)).into_iter().collect(),
        line: begin.1,
        ..Request::default()
    };
    clock.log(log_of(&FORMAT, text, vec![request], diagnostics))
}
