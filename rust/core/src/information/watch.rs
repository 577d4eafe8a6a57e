//! How far a long reduction has come, and the wish that it end.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// The rows that are done and all of them, for another thread to read, and whether it asks to stop.
///
/// # Examples
///
/// A reduction that is told to stop has no value:
///
/// ```
/// use ndarray::array;
/// use szilard::information::{EntropyOptions, InformationError, Watch, token_entropy};
/// let watch = Watch::default();
/// watch.stop();
/// let options = EntropyOptions { watch: Some(&watch), ..EntropyOptions::default() };
/// let error = token_entropy(array![[1.0, 2.0]].view(), &options).unwrap_err();
/// assert_eq!(error, InformationError::Stopped);
/// ```
#[derive(Debug, Default)]
pub struct Watch {
    stopped: AtomicBool,
    rows: AtomicUsize,
    total: AtomicUsize,
}

impl Watch {
    /// Asks to stop; what is computed meanwhile is thrown away.
    pub fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    /// Whether it was asked to stop.
    pub fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    /// The rows that are done.
    pub fn rows(&self) -> usize {
        self.rows.load(Ordering::Relaxed)
    }

    /// All rows; 0 while that is not known.
    pub fn total(&self) -> usize {
        self.total.load(Ordering::Relaxed)
    }

    /// Says how many rows there are.
    pub(super) fn begin(&self, rows: usize) {
        self.total.store(rows, Ordering::Relaxed);
    }

    /// Counts further rows.
    pub(super) fn add(&self, rows: usize) {
        self.rows.fetch_add(rows, Ordering::Relaxed);
    }
}

/// Two watches are equal if they are one.
impl PartialEq for Watch {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}
