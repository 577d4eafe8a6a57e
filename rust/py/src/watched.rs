//! Long work that reports how far it is and answers Ctrl-C.

use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread::{scope, spawn};
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
/// of it, or of a signal handler, is raised at once; the work, which owns all that it needs, stops at its next look.
pub fn watched<T: Send + 'static, E: Raise + Send + 'static>(
    py: Python<'_>,
    size: usize,
    progress: Option<&Py<PyAny>>,
    work: impl FnOnce() -> Result<T, E> + Send + 'static,
) -> PyResult<T> {
    if progress.is_none() && size < SHORT {
        return guard(|| py.detach(work));
    }
    let watch = Arc::new(Watch::default());
    guard(|| {
        let (done, finished) = channel::<()>();
        let worker = spawn({
            let watch = Arc::clone(&watch);
            move || {
                let result = parallel::watched(&watch, work);
                drop(done);
                result
            }
        });
        py.detach(|| wait(finished, &watch, progress))?;
        py.detach(|| worker.join()).unwrap_or_else(|panic| resume_unwind(panic)).map_or_else(stopped, raised)
    })
}

/// As [`watched`], of work on what belongs to others, such as the numbers of an array: its next look is waited for.
pub fn watched_in_place<T: Send, E: Raise + Send>(
    py: Python<'_>,
    size: usize,
    progress: Option<&Py<PyAny>>,
    work: impl FnOnce() -> Result<T, E> + Send,
) -> PyResult<T> {
    if progress.is_none() && size < SHORT {
        return guard(|| py.detach(work));
    }
    let watch = &Arc::new(Watch::default());
    guard(|| {
        py.detach(|| {
            scope(|scope| {
                let (done, finished) = channel::<()>();
                let worker = scope.spawn(move || {
                    let result = parallel::watched(watch, work);
                    drop(done);
                    result
                });
                let waited = wait(finished, watch, progress);
                let result = worker.join().unwrap_or_else(|panic| resume_unwind(panic));
                waited.and_then(|()| result.map_or_else(stopped, raised))
            })
        })
    })
}

/// Waits for the end of the work, or for an exception, which stops it.
fn wait(finished: Receiver<()>, watch: &Watch, progress: Option<&Py<PyAny>>) -> PyResult<()> {
    let tell = |py: Python<'_>| match progress {
        Some(progress) if watch.total() > 0 => progress.call1(py, (watch.done(), watch.total())).map(drop),
        _ => Ok(()),
    };
    let mut told = Instant::now();
    let mut look = |py: Python<'_>| {
        py.check_signals()?;
        if told.elapsed() < TELL {
            return Ok(());
        }
        told = Instant::now();
        tell(py)
    };
    while let Err(RecvTimeoutError::Timeout) = finished.recv_timeout(LOOK) {
        Python::attach(&mut look).inspect_err(|_| watch.stop())?;
    }
    Python::attach(tell)
}

fn stopped<T>() -> PyResult<T> {
    Err(PyKeyboardInterrupt::new_err(()))
}

fn raised<T, E: Raise>(result: Result<T, E>) -> PyResult<T> {
    result.map_err(Raise::raise)
}
