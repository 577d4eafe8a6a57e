//! `szilard read`: what a power log, a token log or an MLPerf run says.

use crate::failure::Failure;
use crate::output::{Answer, DEVICES_LISTED, and_more, diagnostics_text, lines, or_dash, sections, table};
use crate::reading::Reading;
use clap::Args;
use serde_json::json;
use std::path::PathBuf;
use szilard::energy::{EnergyQuery, Status, energy, remark_records};
use szilard::input::printable;
use szilard::quantity::Boundary;
use szilard::traces::Trace;

/// What a power log says; with --tokens what a token log says.
#[derive(Debug, Args)]
pub(crate) struct Read {
    /// Power log
    #[arg(required_unless_present_any = ["mlperf", "tokens"])]
    file: Option<PathBuf>,
    /// Token log: its records, totals, and what it left out; --format and --tz are of it
    #[arg(long, value_name = "FILE", conflicts_with_all = ["file", "mlperf"])]
    tokens: Option<PathBuf>,
    /// Directory of an MLPerf power run (with run_1, ranging and power, or run_1 itself): its official figures
    #[arg(long, value_name = "DIR", conflicts_with = "file")]
    mlperf: Option<PathBuf>,
    /// Whether the power log of the run may be believed, and what the reference checker says
    #[arg(long)]
    check: bool,
    #[command(flatten)]
    reading: Reading,
}

impl Read {
    pub(super) fn answer(&self, json: bool) -> Result<Answer, Failure> {
        if let Some(file) = &self.tokens {
            let log = self.reading.tokens(file)?;
            log.in_range()?;
            return Ok(super::tokens::answer(&log));
        }
        match (&self.mlperf, &self.file) {
            (Some(folder), _) => super::mlperf::answer(folder, self.check),
            (None, Some(_)) if self.check => {
                Err(Failure::Usage { message: "--check looks at a run: --mlperf DIR is needed".to_owned() })
            }
            (None, Some(file)) => Ok(of_trace(&self.reading.trace(file)?, json)),
            (None, None) => Err(Failure::Usage { message: "a power log or --mlperf DIR is needed".to_owned() }),
        }
    }
}

/// As JSON or as text: a log of many devices has much of either.
fn of_trace(trace: &Trace, json: bool) -> Answer {
    // the status of a trace is that of its energy; a trace that has none is complete as it is
    let whole = energy(trace, &EnergyQuery::default()).ok();
    let status = whole.as_ref().map_or(Status::Complete, |whole| whole.status);
    let diagnostics = whole.as_ref().map_or(&trace.diagnostics, |whole| &whole.reasons);
    let span = trace.span_ns();
    let seconds = |ns: i64| ns as f64 * 1e-9;
    let duration = span.map(|(start, end)| seconds(end.saturating_sub(start)));
    let devices = trace.devices();

    let incomplete = match (&whole, status) {
        (Some(whole), Status::Incomplete) => super::energy::missing(whole),
        _ => Vec::new(),
    };
    if json {
        let channels = trace.channels.iter().map(|channel| {
            json!({
                "name": channel.name, "device": channel.device, "kind": channel.kind.word(), "unit": channel.kind.unit(),
                "boundary": channel.boundary.map(Boundary::word), "samples": channel.samples.len(),
            })
        });
        let json = json!({
            "status": status.word(),
            "source": trace.source,
            "format": trace.format,
            "clock": trace.clock.word(),
            "start_ns": span.map(|(start, _)| start),
            "end_ns": span.map(|(_, end)| end),
            "duration_s": duration,
            "devices": devices,
            "channels": channels.collect::<Vec<_>>(),
            "diagnostics": remark_records(diagnostics),
        });
        return Answer { json, incomplete, ..Answer::default() };
    }
    let head = lines(&[
        ("file", Some(printable(&trace.source))),
        ("format", Some(trace.format.to_owned())),
        ("clock", Some(trace.clock.word().to_owned())),
        ("span", span.map(|(start, end)| format!("{} to {}", trace.instant_text(start), trace.instant_text(end)))),
        ("duration", duration.map(|duration| format!("{duration:.3} s"))),
        ("devices", Some(devices.len().to_string())),
        ("status", Some(status.word().to_owned())),
    ]);
    let rows: Vec<Vec<String>> = trace
        .channels
        .iter()
        .take(DEVICES_LISTED)
        .map(|channel| {
            vec![
                channel.device.clone(),
                channel.name.clone(),
                channel.kind.word().to_owned(),
                channel.kind.unit().to_owned(),
                or_dash(channel.boundary),
                channel.samples.len().to_string(),
            ]
        })
        .collect();
    let channels = table(&["device", "channel", "kind", "unit", "boundary", "samples"], &rows)
        + &and_more(trace.channels.len().saturating_sub(DEVICES_LISTED));
    let text = sections(&[head, channels, diagnostics_text(diagnostics, true)]);
    Answer { text, incomplete, ..Answer::default() }
}
