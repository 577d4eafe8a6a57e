//! Independent parts of one task, computed on all cores, in an order that no number of threads can change, and what looks
//! on at them.

mod watch;

pub use watch::{Watch, interrupted, watched};
pub(crate) use watch::{advance, begin};

use std::cell::Cell;
use std::collections::BTreeMap;
use std::num::NonZero;
use std::ops::{ControlFlow, Range};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
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
/// returns may depend on the range alone, and then the whole does not depend on the threads. No block is begun after
/// the [`Watch`] on the calling thread was asked to stop.
///
/// # Examples
///
/// ```
/// use szilard::parallel::blocks;
/// let sums: Vec<usize> = blocks(10, 4, &|range| range.sum());
/// assert_eq!(sums, [6, 22, 17]); // 0+1+2+3, 4+5+6+7, 8+9
/// ```
pub fn blocks<R: Send>(count: usize, size: usize, each: &(dyn Fn(Range<usize>) -> R + Sync)) -> Vec<R> {
    let threads = threads();
    let size = size.max(1);
    let range = |block: usize| block * size..count.min((block + 1) * size);
    let number = count.div_ceil(size);
    if threads <= 1 || number <= 1 {
        return (0..number).take_while(|_| !interrupted()).map(|block| each(range(block))).collect();
    }
    let next = AtomicUsize::new(0);
    let (done, results) = channel();
    let work = |done: std::sync::mpsc::Sender<(usize, R)>| {
        loop {
            let block = next.fetch_add(1, Ordering::Relaxed);
            // Nobody listens any more only if another thread has panicked.
            if block >= number || interrupted() || done.send((block, each(range(block)))).is_err() {
                return;
            }
        }
    };
    let watch = watch::current();
    scope(|scope| {
        for _ in 1..threads.min(number) {
            let (work, done, watch) = (&work, done.clone(), watch.clone());
            // A thread that cannot be had is done without: the calling one takes all blocks that are left.
            let _ = Builder::new().spawn_scoped(scope, move || watch::under(watch, || work(done)));
        }
        work(done);
    });
    let mut all: Vec<(usize, R)> = results.into_iter().collect();
    all.sort_unstable_by_key(|(block, _)| *block);
    all.into_iter().map(|(_, result)| result).collect()
}

/// How many threads a task takes, the calling one included.
pub fn threads() -> usize {
    // the system reads files for its answer
    static CORES: OnceLock<usize> = OnceLock::new();
    THREADS.get().unwrap_or_else(|| *CORES.get_or_init(|| available_parallelism().map_or(1, NonZero::get)))
}

/// How many results per thread wait to be taken, at most.
const AHEAD: usize = 4;

/// What the threads of [`in_order`] share.
struct Queue<R> {
    /// The part that is computed next.
    next: usize,
    /// How many parts were taken.
    taken: usize,
    /// The results that wait for their turn.
    waiting: BTreeMap<usize, R>,
    /// Whether no further part is wanted.
    stopped: bool,
}

/// Keeps the other threads from waiting for one that has panicked.
struct StopOnPanic<'q, R>(&'q Mutex<Queue<R>>, &'q Condvar);

impl<R> Drop for StopOnPanic<'_, R> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).stopped = true;
            self.1.notify_all();
        }
    }
}

/// Gives the results of `each` part 0..`count` to `take`, in the order of the parts, while other threads compute the
/// next ones; `take` runs on the calling thread and can stop the rest.
///
/// At most four results per thread wait, so that the memory is bounded for any `count`. What `each` returns may depend
/// on the part alone. It ends early where the [`Watch`] on the calling thread was asked to stop.
///
/// # Examples
///
/// ```
/// use std::ops::ControlFlow;
/// use szilard::parallel::in_order;
/// let mut squares = Vec::new();
/// in_order(10, &|part| part * part, &mut |_, square| {
///     squares.push(square);
///     if square < 16 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
/// });
/// assert_eq!(squares, [0, 1, 4, 9, 16]);
/// ```
pub fn in_order<R: Send>(
    count: usize,
    each: &(dyn Fn(usize) -> R + Sync),
    take: &mut dyn FnMut(usize, R) -> ControlFlow<()>,
) {
    let threads = threads().min(count);
    if threads <= 1 {
        let _ = (0..count).take_while(|_| !interrupted()).try_for_each(|part| take(part, each(part)));
        return;
    }
    let shared = Mutex::new(Queue { next: 0, taken: 0, waiting: BTreeMap::new(), stopped: false });
    let changed = Condvar::new();
    let queue = || shared.lock().unwrap_or_else(PoisonError::into_inner);
    let claim = |queue: &mut MutexGuard<'_, Queue<R>>| {
        let part = queue.next;
        let free = !queue.stopped && part < count && part < queue.taken + AHEAD * threads;
        queue.next += usize::from(free);
        free.then_some(part)
    };
    let work = || {
        let _stop = StopOnPanic(&shared, &changed);
        let mut locked = queue();
        while !locked.stopped && locked.next < count {
            let Some(part) = claim(&mut locked) else {
                locked = changed.wait(locked).unwrap_or_else(PoisonError::into_inner);
                continue;
            };
            drop(locked);
            let result = each(part);
            locked = queue();
            locked.waiting.insert(part, result);
            changed.notify_all();
        }
    };
    let watch = watch::current();
    scope(|scope| {
        for _ in 1..threads {
            let (work, watch) = (&work, watch.clone());
            // A thread that cannot be had is done without.
            let _ = Builder::new().spawn_scoped(scope, move || watch::under(watch, work));
        }
        let _stop = StopOnPanic(&shared, &changed);
        let mut locked = queue();
        while locked.taken < count && !locked.stopped {
            let turn = locked.taken;
            if let Some(result) = locked.waiting.remove(&turn) {
                drop(locked);
                let flow = take(turn, result);
                locked = queue();
                locked.taken += 1;
                locked.stopped |= flow.is_break() || interrupted();
                changed.notify_all();
            } else if let Some(part) = claim(&mut locked) {
                drop(locked);
                let result = each(part);
                locked = queue();
                locked.waiting.insert(part, result);
            } else {
                locked = changed.wait(locked).unwrap_or_else(PoisonError::into_inner);
            }
        }
    });
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
    fn results_are_taken_in_order_until_enough_are() {
        for threads in [1, 2, 3, 16] {
            for enough in [0, 1, 7, 100, 1000] {
                let mut taken = Vec::new();
                on_threads(threads, || {
                    in_order(100, &|part| part, &mut |part, result| {
                        assert_eq!(part, result);
                        taken.push(result);
                        if taken.len() < enough { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
                    });
                });
                assert!(taken.iter().copied().eq(0..enough.clamp(1, 100)), "{threads} threads, {enough}");
            }
        }
    }

    #[test]
    #[should_panic(expected = "a scoped thread panicked")]
    fn a_panic_in_a_part_reaches_the_caller() {
        let caller = std::thread::current().id();
        on_threads(2, || {
            in_order(1000, &|_| assert_eq!(std::thread::current().id(), caller), &mut |_, ()| {
                // so that the other thread gets a part
                std::thread::sleep(std::time::Duration::from_millis(1));
                ControlFlow::Continue(())
            });
        });
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
