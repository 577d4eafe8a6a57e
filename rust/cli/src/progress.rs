//! How far a long reading is, on a terminal and nowhere else.

use std::io::{IsTerminal, Write, stderr};
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread::scope;
use std::time::Duration;
use szilard::parallel::{Watch, watched};

/// Time between two lines, and before the first.
const STEP: Duration = Duration::from_millis(250);

/// What `work` gives, while a line says how many bytes of how many are done.
///
/// The line is written over again; no mode of the terminal is changed, so that it can be interrupted anywhere.
pub(crate) fn shown<R>(work: impl Fn() -> R) -> R {
    if !stderr().is_terminal() {
        return work();
    }
    let watch = &Arc::new(Watch::default());
    scope(|scope| {
        let (done, finished) = channel::<()>();
        scope.spawn(move || {
            let mut width = 0;
            while let Err(RecvTimeoutError::Timeout) = finished.recv_timeout(STEP) {
                let percent = watch.done().saturating_mul(100).checked_div(watch.total()).unwrap_or(100);
                let line = format!("{percent:3} % of {:.0} MB", watch.total() as f64 / 1e6);
                width = line.len();
                let _ = write!(stderr(), "\r{line}").and_then(|()| stderr().flush());
            }
            if width > 0 {
                let _ = write!(stderr(), "\r{:width$}\r", "").and_then(|()| stderr().flush());
            }
        });
        // nobody asks it to stop
        let result = watched(watch, &work).unwrap_or_else(&work);
        drop(done);
        result
    })
}
