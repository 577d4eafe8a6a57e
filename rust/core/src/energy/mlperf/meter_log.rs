//! The log of the meter's daemon, `ptd_logs.txt`: whether its uncertainty was watched, and what it warned of.
//!
//! The reference checker adds its tolerance of 800, which is in milliseconds, to times in seconds: it looks for
//! warnings from 800 s behind the begin to 800 s before the end alone, and in a run shorter than 1600 s nowhere.

use super::files::RunFile;
use super::finding::Finding;
use crate::input::{Code, DateOrder, Diagnostics, Refusal, civil_stamp, printable};

/// What the reference checker leaves out at each end of a run. [ns]
const BLIND: i64 = 800 * 1_000_000_000;

/// One line with a stamp.
struct Message {
    time: i64,
    text: String,
    line: u32,
}

impl Message {
    fn is_uncertainty(&self) -> bool {
        self.text.starts_with("WARNING") && self.text.contains("Uncertainty")
    }

    /// The uncertainty that is stated. [%]
    fn percent(&self) -> Option<f64> {
        let (_, rest) = self.text.split_once("Uncertainty ")?;
        rest.split('%').next()?.trim().parse().ok().filter(|percent: &f64| percent.is_finite())
    }
}

fn messages(file: &RunFile) -> Result<Vec<Message>, Refusal> {
    let text = file.text()?;
    let (mut lines, mut found) = (text.lines(), Vec::new());
    while let Some(line) = lines.next(&mut Diagnostics::default())? {
        let Some((stamp, rest)) = line.text.split_at_checked(23) else { continue };
        let Some(stamp) = civil_stamp(stamp, DateOrder::MonthFirst) else { continue };
        let text = rest.trim_start_matches(':').trim().to_owned();
        found.push(Message { time: stamp.ns, text, line: line.number });
    }
    Ok(found)
}

/// What the daemon's log says against a run.
pub(super) fn findings(file: &RunFile, window: (i64, i64)) -> Result<Vec<Finding>, Refusal> {
    let messages = messages(file)?;
    let finding = |code, line: Option<u32>, message: String, reference: &str| {
        Finding::new(code, &file.path, line, message, reference)
    };
    let mut found = Vec::new();
    let ranging = messages.iter().find(|message| message.text.starts_with("Go with mark"));
    let watched = messages.iter().find(|message| {
        message.text.starts_with("Uncertainty checking for") && message.text.trim_end().ends_with("is activated")
    });
    match (watched, ranging) {
        (None, _) => {
            let message = "the uncertainty of the meter was not watched".to_owned();
            found.push(finding(Code::Uncertainty, None, message, "refuses it: the checking must be activated"));
        }
        (Some(watched), Some(ranging)) if ranging.time <= watched.time => {
            let message = "the uncertainty of the meter was watched only after the ranging run had begun".to_owned();
            let reference = "refuses it: the checking must be activated before the ranging run";
            found.push(finding(Code::Uncertainty, Some(watched.line), message, reference));
        }
        _ => {}
    }
    let in_run = |message: &&Message| window.0 <= message.time && message.time <= window.1;
    let warnings: Vec<&Message> = messages.iter().filter(in_run).filter(|message| message.is_uncertainty()).collect();
    if let Some(first) = warnings.first() {
        let worst = warnings.iter().filter_map(|message| message.percent()).fold(f64::NAN, f64::max);
        let worst = if worst.is_nan() { String::new() } else { format!(", up to {worst} %") };
        let after = (first.time - window.0) as f64 * 1e-9;
        let message = format!(
            "{} warning(s) of the meter's uncertainty during the run{worst}, the first {after:.0} s after its begin: {}",
            warnings.len(),
            printable(&first.text)
        );
        let seen = (window.0.saturating_add(BLIND), window.1.saturating_sub(BLIND));
        let reference = if warnings.iter().any(|message| seen.0 < message.time && message.time < seen.1) {
            "refuses it: a warning lies more than 800 s from both ends of the run"
        } else {
            "passes it: it adds 800 milliseconds to seconds and looks only 800 s from both ends of the run"
        };
        found.push(finding(Code::Uncertainty, Some(first.line), message, reference));
    }
    let is_other = |message: &&Message| {
        let word = message.text.starts_with("WARNING") || message.text.starts_with("ERROR");
        word && !message.is_uncertainty()
    };
    let others: Vec<&Message> = messages.iter().filter(in_run).filter(is_other).collect();
    if let Some(first) = others.first() {
        let message =
            format!("{} other message(s) during the run, the first: {}", others.len(), printable(&first.text));
        let reference = if first.text.starts_with("ERROR") {
            "refuses it, but for errors that it knows and accepts"
        } else {
            "warns of it, 800 s from both ends of the run"
        };
        found.push(finding(Code::MeterMessage, Some(first.line), message, reference));
    }
    Ok(found)
}
