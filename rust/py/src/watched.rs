//! Long work that reports how far it is and answers Ctrl-C.

use std::panic::resume_unwind;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread::scope;
use std::time::Duration;

use pyo3::prelude::*;
use szilard::information::Watch;

use crate::errors::{Raise, guard};

/// How often the interpreter is asked for signals, and told about progress.
const INTERVAL: Duration = Duration::from_millis(100);
/// Below this many numbers the work is done before anybody could ask.
const SHORT: usize = 1 << 22;

/// The value of `work` on so many numbers, with other Python threads running meanwhile.
///
/// `progress` is called with the rows that are done and those that there are, at most 10 times a second and at the end.
/// An exception of it, or of a signal handler, stops the work and is raised.
pub fn watched<T: Send, E: Raise + Send>(
    py: Python<'_>,
    numbers: usize,
    progress: Option<&Py<PyAny>>,
    work: impl FnOnce(&Watch) -> Result<T, E> + Send,
) -> PyResult<T> {
    let watch = &Watch::default();
    if progress.is_none() && numbers < SHORT {
        return guard(|| py.detach(|| work(watch)));
    }
    let report = || {
        Python::attach(|py| {
            py.check_signals()?;
            progress.map_or(Ok(()), |progress| progress.call1(py, (watch.rows(), watch.total())).map(drop))
        })
    };
    guard(|| {
        py.detach(|| {
            scope(|scope| {
                let (done, finished) = channel();
                let worker = scope.spawn(move || {
                    let result = work(watch);
                    let _ = done.send(());
                    result
                });
                let mut raised = Ok(());
                while let Err(RecvTimeoutError::Timeout) = finished.recv_timeout(INTERVAL) {
                    raised = raised.and_then(|()| report());
                    if raised.is_err() {
                        watch.stop();
                    }
                }
                let result = worker.join().unwrap_or_else(|panic| resume_unwind(panic));
                raised.and_then(|()| report())?;
                result.map_err(Raise::raise)
            })
        })
    })
}
