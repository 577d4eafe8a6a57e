//! Long work that shows how far it is and can be interrupted.

use pyo3::prelude::*;
use std::time::{Duration, Instant};

/// Time between two looks at what Python wants.
const STEP: Duration = Duration::from_millis(100);

/// What Python wants of long work on this thread, asked ten times a second.
#[derive(Debug)]
pub struct Watcher {
    last: Instant,
    shown: Option<Py<PyAny>>,
    raised: Option<PyErr>,
}

impl Watcher {
    /// Watches with what the caller gave as `progress`.
    pub fn new(py: Python<'_>, progress: Option<&Bound<'_, PyAny>>) -> PyResult<Self> {
        let shown = py.import("szilard._progress")?.call_method1("shown", (progress,))?;
        let shown = (!shown.is_none()).then(|| shown.unbind());
        Ok(Self { last: Instant::now(), shown, raised: None })
    }

    /// Whether the work goes on, of which so much is done.
    pub fn goes_on(&mut self, done: u64, all: u64) -> bool {
        if self.last.elapsed() < STEP {
            return true;
        }
        self.last = Instant::now();
        let asked = Python::attach(|py| {
            py.check_signals()?;
            self.shown.as_ref().map_or(Ok(()), |shown| shown.call1(py, (done, all)).map(|_| ()))
        });
        self.raised = asked.err();
        self.raised.is_none()
    }

    /// Raises what stopped the work.
    pub fn end(self, py: Python<'_>) -> PyResult<()> {
        if let Some(end) = self.shown.as_ref().and_then(|shown| shown.getattr(py, "end").ok()) {
            end.call0(py)?;
        }
        self.raised.map_or(Ok(()), Err)
    }
}
