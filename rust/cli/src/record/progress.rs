//! The text of a row, with what has changed since the row before.

use super::header::{clocks, line};
use super::sensors::Reading;
use crate::output::with;
use serde_json::json;
use std::fmt::Write;
use szilard_system::{Now, usage};

/// Time between two lines with all clocks. [ns]
const ANCHOR_NS: i64 = 10_000_000_000;

/// A change between two clocks that is worth a line of its own. [ns]
const STEP_NS: i64 = 10_000_000;

/// What changes from row to row.
pub(super) struct Progress {
    /// Why each channel has no reading, where it has none.
    reasons: Vec<Option<String>>,
    /// The clocks of the row before.
    before: Now,
    /// When the clocks were last written. [ns]
    anchor_ns: i64,
    buffer: String,
}

impl Progress {
    /// Nothing written yet, of so many channels.
    pub(super) fn new(channels: usize, start: Now) -> Self {
        Self { reasons: vec![None; channels], before: start, anchor_ns: start.boot_ns, buffer: String::new() }
    }

    /// The text of a row, with what is to be said before it.
    pub(super) fn text(&mut self, readings: &[Reading], now: Now, start: Now) -> &str {
        self.buffer.clear();
        let since = |clock: fn(&Now) -> i64| clock(&now).saturating_sub(clock(&self.before));
        let boot = since(|now| now.boot_ns);
        let apart = |clock: fn(&Now) -> i64| (since(clock) - boot).abs() > STEP_NS;
        if now.boot_ns - self.anchor_ns >= ANCHOR_NS || apart(|now| now.real_ns) || apart(|now| now.monotonic_ns) {
            let used = usage();
            let more = json!({ "cpu_ns": used.cpu_ns, "peak_bytes": used.peak_bytes });
            self.buffer.push_str(&line("anchor", &with(clocks(now), more)));
            self.anchor_ns = now.boot_ns;
        }
        self.before = now;
        for (channel, (reading, known)) in readings.iter().zip(&mut self.reasons).enumerate() {
            match reading {
                Reading::Missing(reason) if known.as_ref() != Some(reason) => {
                    let object = json!({ "channel": channel, "reason": reason });
                    self.buffer.push_str(&line("missing", &object));
                    *known = Some(reason.clone());
                }
                Reading::Missing(_) | Reading::NothingNew => {}
                _ => *known = None,
            }
        }
        // writing into a string does not fail
        let _ = write!(self.buffer, "{}", now.boot_ns.saturating_sub(start.boot_ns));
        for reading in readings {
            let _ = match reading {
                Reading::Whole(value) => write!(self.buffer, ",{value}"),
                Reading::Decimal(text) => write!(self.buffer, ",{text}"),
                Reading::NothingNew => write!(self.buffer, ",-"),
                Reading::Missing(_) => write!(self.buffer, ","),
            };
        }
        self.buffer.push('\n');
        &self.buffer
    }
}
