//! Independent parts of one task, computed on all cores, in an order that no number of threads can change.

use std::cell::Cell;
use std::num::NonZero;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::thread::{Builder, available_parallelism, scope};

thread_local! {
    static THREADS: Cell<Option<usize>> = const { Cell::new(None) };
}

/// What `work` gives when the tasks that it starts take `threads` threads, the calling one included.
pub fn on_threads<R>(threads: usize, work: impl FnOnce() -> R) -> R {
    let before = THREADS.replace(Some(threads));
    let result = work();
    THREADS.set(before);
    result
}

/// The results of `each` block of 0..`count`, in the order of the blocks, computed on as many threads as there are
/// cores.
///
/// A block has `size` parts, the last one what remains. `each` is called once for each block, with its range; what it
/// returns may depend on the range alone, and then the whole does not depend on the threads.
///
/// # Examples
///
/// ```
/// use szilard::parallel::blocks;
/// let sums: Vec<usize> = blocks(10, 4, &|range| range.sum());
/// assert_eq!(sums, [6, 22, 17]); // 0+1+2+3, 4+5+6+7, 8+9
/// ```
pub fn blocks<R: Send>(count: usize, size: usize, each: &(dyn Fn(Range<usize>) -> R + Sync)) -> Vec<R> {
    let threads = THREADS.get().or_else(|| available_parallelism().map(NonZero::get).ok()).unwrap_or(1);
    let size = size.max(1);
    let range = |block: usize| block * size..count.min((block + 1) * size);
    let number = count.div_ceil(size);
    if threads <= 1 || number <= 1 {
        return (0..number).map(|block| each(range(block))).collect();
    }
    let next = AtomicUsize::new(0);
    let (done, results) = channel();
    let work = |done: std::sync::mpsc::Sender<(usize, R)>| {
        loop {
            let block = next.fetch_add(1, Ordering::Relaxed);
            // Nobody listens any more only if another thread has panicked.
            if block >= number || done.send((block, each(range(block)))).is_err() {
                return;
            }
        }
    };
    scope(|scope| {
        for _ in 1..threads.min(number) {
            let (work, done) = (&work, done.clone());
            // A thread that cannot be had is done without: the calling one takes all blocks that are left.
            let _ = Builder::new().spawn_scoped(scope, move || work(done));
        }
        work(done);
    });
    let mut all: Vec<(usize, R)> = results.into_iter().collect();
    all.sort_unstable_by_key(|(block, _)| *block);
    all.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_is_that_of_the_blocks_on_any_number_of_threads() {
        for threads in [1, 2, 3, 16] {
            for (count, size) in [(0, 4), (1, 4), (4, 4), (5, 4), (1000, 1), (1000, 7), (3, 0)] {
                let parts: Vec<Range<usize>> = on_threads(threads, || blocks(count, size, &|range| range));
                assert!(parts.iter().flat_map(Clone::clone).eq(0..count), "{threads} threads, {count} by {size}");
            }
        }
    }

    #[test]
    #[should_panic(expected = "a scoped thread panicked")]
    fn a_panic_in_a_block_reaches_the_caller() {
        // The calling thread waits until the other one has taken the block that fails.
        let taken = std::sync::Barrier::new(2);
        let caller = std::thread::current().id();
        on_threads(2, || {
            blocks(2, 1, &|_| {
                taken.wait();
                assert_eq!(std::thread::current().id(), caller);
            })
        });
    }
}
