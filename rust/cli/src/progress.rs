//! How far a long reading is, on a terminal and nowhere else.

use std::io::{IsTerminal, Write, stderr};
use std::time::{Duration, Instant};

/// Time between two lines, and before the first.
const STEP: Duration = Duration::from_millis(250);

/// A line that is written over again; no mode of the terminal is changed, so that it can be interrupted anywhere.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    last: Option<Instant>,
    shown: bool,
}

impl Progress {
    /// Shows how many bytes of how many were read; always goes on.
    pub(crate) fn show(&mut self, done: u64, all: u64) -> bool {
        let last = *self.last.get_or_insert_with(Instant::now);
        if last.elapsed() >= STEP && stderr().is_terminal() {
            let percent = done.saturating_mul(100).checked_div(all).unwrap_or(100);
            let _ = write!(stderr(), "\r{percent:3} % of {:.0} MB ", all as f64 / 1e6).and_then(|()| stderr().flush());
            (self.last, self.shown) = (Some(Instant::now()), true);
        }
        true
    }

    /// Takes the line away.
    pub(crate) fn end(&self) {
        if self.shown {
            let _ = write!(stderr(), "\r{:24}\r", "").and_then(|()| stderr().flush());
        }
    }
}
