//! Long work that reports how far it is and answers Ctrl-C.

use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread::scope;
use std::time::{Duration, Instant};

use pyo3::exceptions::PyKeyboardInterrupt;
use pyo3::prelude::*;
use szilard::parallel::{self, Watch};

use crate::errors::{Raise, guard};

/// How often the interpreter is asked for signals.
const LOOK: Duration = Duration::from_millis(50);
/// How often it is told about progress, at most.
const TELL: Duration = Duration::from_millis(100);
/// Work on fewer numbers or bytes is done before anybody could ask.
const SHORT: usize = 1 << 20;

/// The value of `work` on so many numbers or bytes, with other Python threads running meanwhile.
///
/// `progress` is called with what is done and all that there is, at most 10 times a second and at the end. An exception
/// of it, or of a signal handler, stops the work and is raised.
pub fn watched<T: Send, E: Raise + Send>(
    py: Python<'_>,
    size: usize,
    progress: Option<&Py<PyAny>>,
    work: impl FnOnce() -> Result<T, E> + Send,
) -> PyResult<T> {
    if progress.is_none() && size < SHORT {
        return guard(|| py.detach(work));
    }
    let watch = &Arc::new(Watch::default());
    let tell = |py: Python<'_>| match progress {
        Some(progress) if watch.total() > 0 => progress.call1(py, (watch.done(), watch.total())).map(drop),
        _ => Ok(()),
    };
    let finished = guard(|| {
        py.detach(|| {
            scope(|scope| {
                let (done, finished) = channel::<()>();
                let worker = scope.spawn(move || {
                    let result = parallel::watched(watch, work);
                    drop(done);
                    result
                });
                let (mut raised, mut told) = (Ok(()), Instant::now());
                while let Err(RecvTimeoutError::Timeout) = finished.recv_timeout(LOOK) {
                    if raised.is_err() {
                        continue;
                    }
                    let due = told.elapsed() >= TELL;
                    told = if due { Instant::now() } else { told };
                    raised = Python::attach(|py| py.check_signals().and_then(|()| if due { tell(py) } else { Ok(()) }));
                    if raised.is_err() {
                        watch.stop();
                    }
                }
                let result = worker.join().unwrap_or_else(|panic| resume_unwind(panic));
                raised.map(|()| result)
            })
        })
    })?;
    tell(py)?;
    finished.map_or_else(|| Err(PyKeyboardInterrupt::new_err(())), |result| result.map_err(Raise::raise))
}
