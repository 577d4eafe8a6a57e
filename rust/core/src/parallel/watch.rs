//! How far long work has come, and the wish that it end.

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

thread_local! {
    static WATCH: RefCell<Option<Arc<Watch>>> = const { RefCell::new(None) };
}

/// What is done of a long work and all of it, for another thread to read, and whether that one asks to stop.
///
/// Work is watched by [`watched`]. It looks between its blocks and every few thousand lines whether it is to stop, and
/// then ends as though there were no more; what came of it is thrown away.
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use szilard::parallel::{Watch, blocks, watched};
/// let watch = Arc::new(Watch::default());
/// let work = || blocks(10, 4, &|range| range.sum::<usize>());
/// assert_eq!(watched(&watch, work), Some(vec![6, 22, 17]));
/// watch.stop();
/// assert_eq!(watched(&watch, work), None);
/// ```
#[derive(Debug, Default)]
pub struct Watch {
    stopped: AtomicBool,
    done: AtomicU64,
    total: AtomicU64,
}

impl Watch {
    /// Asks to stop.
    pub fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    /// Whether it was asked to stop.
    pub fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    /// What is done: rows of logits, bytes of a log.
    pub fn done(&self) -> u64 {
        self.done.load(Ordering::Relaxed)
    }

    /// All that there is; 0 while that is not known.
    pub fn total(&self) -> u64 {
        self.total.load(Ordering::Relaxed)
    }
}

/// What `work` gives while `watch` looks on; `None` where it was asked to stop.
pub fn watched<R>(watch: &Arc<Watch>, work: impl FnOnce() -> R) -> Option<R> {
    let result = under(Some(Arc::clone(watch)), work);
    (!watch.is_stopped()).then_some(result)
}

/// Whether the work on this thread was asked to stop: nobody will see what comes of it.
pub fn interrupted() -> bool {
    WATCH.with_borrow(|watch| watch.as_ref().is_some_and(|watch| watch.is_stopped()))
}

/// Says how much work there is.
pub(crate) fn begin(total: u64) {
    WATCH.with_borrow(|watch| {
        if let Some(watch) = watch {
            watch.done.store(0, Ordering::Relaxed);
            watch.total.store(total, Ordering::Relaxed);
        }
    });
}

/// Says that so much more is done.
pub(crate) fn advance(count: u64) {
    WATCH.with_borrow(|watch| watch.iter().for_each(|watch| _ = watch.done.fetch_add(count, Ordering::Relaxed)));
}

/// What looks on at the work on this thread.
pub(super) fn current() -> Option<Arc<Watch>> {
    WATCH.with_borrow(Clone::clone)
}

/// What `work` gives under the watch of the thread that shares it out.
pub(super) fn under<R>(watch: Option<Arc<Watch>>, work: impl FnOnce() -> R) -> R {
    /// Puts back what looked on before, whether the work returns or panics.
    struct Before(Option<Arc<Watch>>);
    impl Drop for Before {
        fn drop(&mut self) {
            WATCH.set(self.0.take());
        }
    }
    let _before = Before(WATCH.replace(watch));
    work()
}
