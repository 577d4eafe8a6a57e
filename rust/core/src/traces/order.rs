//! The rows of one series brought into time order: clock steps, disorder, coarse stamps.

use super::rows::Row;

/// Rows in a run that goes over the same time again, at least.
const RUN: usize = 3;

/// What was found while a series was brought into order.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Order {
    /// Index of the first row after each clock step, and its line.
    pub steps: Vec<(usize, u32)>,
    /// Line of the first row out of order, where there are several and the rows were sorted.
    pub disorder: Option<u32>,
    /// Line of the first row that repeats the stamp of the row before.
    pub repeat: Option<u32>,
}

/// Brings `rows` into time order inside each segment.
///
/// One step back with a monotone remainder is a step of the clock: two segments. Several are disorder, and the rows are
/// sorted, rows of one stamp in the order of the file; but runs of rows that go over the same time again, each for
/// [`RUN`] rows or more, and do not sort into one even series are recordings on a clock that was set back, which sorting
/// would lay over one another.
pub(super) fn arrange(rows: &mut [Row]) -> Order {
    let back = |pair: &[Row]| matches!(pair, [before, after] if after.time_ns < before.time_ns);
    let inversions: Vec<(usize, u32)> = rows
        .windows(2)
        .enumerate()
        .filter(|(_, pair)| back(pair))
        .filter_map(|(at, pair)| Some((at + 1, pair.last()?.line)))
        .collect();
    let mut order = Order::default();
    match inversions.as_slice() {
        [(_, line), _, ..] if !repeats(rows, &inversions) || sorts_evenly(rows) => {
            order.disorder = Some(*line);
            rows.sort_by_key(|row| row.time_ns);
        }
        _ => order.steps = inversions,
    }
    order.repeat = rows.windows(2).find_map(|pair| match pair {
        [before, after] if after.time_ns == before.time_ns => Some(after.line),
        _ => None,
    });
    order
}

/// Whether every run of rows between the inversions has [`RUN`] rows or more before the latest time so far, and so
/// goes over the time of the runs before it again; blocks written in another order do not.
fn repeats(rows: &[Row], inversions: &[(usize, u32)]) -> bool {
    let mut covered: Option<(i64, i64)> = None;
    let starts = std::iter::once(0).chain(inversions.iter().map(|(at, _)| *at));
    let ends = inversions.iter().map(|(at, _)| *at).chain(std::iter::once(rows.len()));
    for (start, end) in starts.zip(ends) {
        let run = rows.get(start..end).unwrap_or_default();
        let (Some(first), Some(last)) = (run.first(), run.last()) else { return false };
        if let Some((low, high)) = covered {
            let again = run.iter().filter(|row| low <= row.time_ns && row.time_ns <= high).count();
            if again < RUN {
                return false;
            }
        } else if run.len() < RUN {
            return false;
        }
        covered = Some(
            covered
                .map_or((first.time_ns, last.time_ns), |(low, high)| (low.min(first.time_ns), high.max(last.time_ns))),
        );
    }
    true
}

/// Whether nine in ten intervals between the sorted rows are within half of their median: one series out of order.
fn sorts_evenly(rows: &[Row]) -> bool {
    let mut times: Vec<i64> = rows.iter().map(|row| row.time_ns).collect();
    times.sort_unstable();
    let steps = times.windows(2).filter_map(|pair| Some(pair.last()?.saturating_sub(*pair.first()?)));
    let mut steps: Vec<i64> = steps.collect();
    let middle = steps.len() / 2;
    let Some((_, median, _)) = (middle < steps.len()).then(|| steps.select_nth_unstable(middle)) else { return false };
    let (low, high) = (*median / 2, median.saturating_mul(3) / 2);
    let even = steps.iter().filter(|step| **step > 0 && low <= **step && **step <= high).count();
    even * 10 >= steps.len() * 9
}

/// Gives the rows of one segment the times `start + i * interval` inside each run of stamps of the given resolution.
///
/// A run ends where a stamp and the time it would get differ by more than the resolution and one interval; the next
/// starts at its own stamp, so that gaps stay gaps.
pub(super) fn retime(rows: &mut [Row], interval_ns: i64, resolution_ns: i64) {
    let slack = resolution_ns.saturating_add(interval_ns);
    let mut last: Option<i64> = None;
    for row in rows {
        let next = match last {
            None => row.time_ns,
            Some(last) => {
                let expected = last.saturating_add(interval_ns);
                let off = row.time_ns.saturating_sub(expected).saturating_abs();
                if off <= slack { expected } else { row.time_ns.max(last) }
            }
        };
        row.time_ns = next;
        last = Some(next);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const S: i64 = 1_000_000_000;

    fn rows(seconds: &[i64]) -> Vec<Row> {
        let row = |(at, second): (usize, &i64)| Row::new(second * S, at as u32 + 1, Ok(1.0));
        seconds.iter().enumerate().map(row).collect()
    }

    fn times(rows: &[Row]) -> Vec<i64> {
        rows.iter().map(|row| row.time_ns / S).collect()
    }

    #[test]
    fn one_step_back_is_the_clock_and_several_are_disorder() {
        let mut stepped = rows(&[0, 1, 2, 3, 2, 3, 4]);
        assert_eq!(arrange(&mut stepped).steps, [(4, 5)]);
        let mut shuffled = rows(&[0, 3, 1, 4, 2]);
        let order = arrange(&mut shuffled);
        assert_eq!((order.steps, order.disorder), (vec![], Some(3)));
        assert_eq!(times(&shuffled), [0, 1, 2, 3, 4]);
        assert_eq!(arrange(&mut rows(&[0, 1, 1, 2])).repeat, Some(3));
    }

    #[test]
    fn runs_over_the_same_time_are_clock_steps_and_blocks_are_not() {
        // three recordings on a clock that starts at zero
        let mut runs = rows(&[0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3]);
        assert_eq!(arrange(&mut runs).steps, [(4, 5), (8, 9)]);
        assert_eq!(arrange(&mut rows(&[0, 1, 2, 3, 4, 5, 2, 3, 4, 5, 6, 3, 4, 5, 6])).steps, [(6, 7), (11, 12)]);
        // three writers of one recording
        assert_eq!(arrange(&mut rows(&[0, 4, 8, 1, 3, 6, 2, 5, 7])).disorder, Some(4));
        // blocks of one recording written last first, and late rows
        assert_eq!(arrange(&mut rows(&[8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3])).disorder, Some(5));
        assert_eq!(arrange(&mut rows(&[0, 1, 2, 4, 3, 5, 6, 8, 7, 9])).disorder, Some(5));
    }

    #[test]
    fn coarse_stamps_are_spread_and_gaps_stay() {
        // 10 Hz with stamps of 1 s from 0 to 2 s, a pause, then 20 s on.
        let stamps: Vec<i64> = (0..30).map(|i| i / 10).chain((0..10).map(|_| 20)).collect();
        let mut spread = rows(&stamps);
        retime(&mut spread, S / 10, S);
        assert_eq!(spread[29].time_ns, 29 * S / 10);
        assert_eq!(spread[30].time_ns, 20 * S);
        assert_eq!(spread[39].time_ns, 20 * S + 9 * S / 10);
    }
}
