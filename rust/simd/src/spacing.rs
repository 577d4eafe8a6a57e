//! The distribution of the intervals of a series, kept in bounded memory, and the bounds it gives for their median.

/// Classes in each octave.
const CLASSES: usize = 256;

/// Bits of [`CLASSES`].
const BITS: u32 = 8;

/// Intervals of one class: their number, the shortest and the longest. [ns]
#[derive(Debug, Clone, Copy)]
struct Class {
    count: u64,
    least: i64,
    most: i64,
}

/// How many intervals of each length there are, by classes of 1/256 of an octave.
#[derive(Debug, Default)]
pub struct Spacing {
    octaves: Vec<Vec<Class>>,
    count: u64,
}

impl Spacing {
    /// Takes the intervals between times, of which the one before the first is `before`; the longest of them. [ns]
    pub fn take_all(&mut self, before: Option<i64>, times: &[i64]) -> i64 {
        let (mut last, mut longest) = (before, 0);
        for time in times {
            if let Some(before) = last.replace(*time) {
                let interval = time.saturating_sub(before);
                longest = longest.max(interval);
                self.take(interval);
            }
        }
        longest
    }

    /// Takes an interval; one that is not above zero does not count. [ns]
    fn take(&mut self, interval: i64) {
        if interval <= 0 {
            return;
        }
        let size = interval.unsigned_abs();
        let octave = size.ilog2();
        // below 2^8 ns a class holds one length
        let class = (if octave >= BITS { size >> (octave - BITS) } else { size << (BITS - octave) }) as usize % CLASSES;
        let at = octave as usize;
        if self.octaves.len() <= at {
            self.octaves.resize_with(at + 1, Vec::new);
        }
        let Some(classes) = self.octaves.get_mut(at) else { return };
        if classes.is_empty() {
            classes.resize(CLASSES, Class { count: 0, least: i64::MAX, most: 0 });
        }
        if let Some(class) = classes.get_mut(class) {
            class.count += 1;
            class.least = class.least.min(interval);
            class.most = class.most.max(interval);
            self.count += 1;
        }
    }

    /// Two bounds between which the lower median of the intervals lies, equal where it is known; `None` where there are
    /// none. [ns]
    pub fn median(&self) -> Option<(i64, i64)> {
        let mut before = self.count.checked_sub(1)? / 2;
        for class in self.octaves.iter().flatten() {
            match before.checked_sub(class.count) {
                Some(rest) => before = rest,
                None => return Some((class.least, class.most)),
            }
        }
        None
    }
}

/// The first of some times that lies before the one in front of it, and the first that repeats it; `before` stands in
/// front of all.
pub fn steps(before: Option<i64>, times: &[i64]) -> (Option<usize>, Option<usize>) {
    let first = times.first().copied().unwrap_or_default();
    let pairs = || std::iter::once(before.unwrap_or(first.saturating_sub(1))).chain(times.iter().copied()).zip(times);
    let inner = || times.iter().zip(times.iter().skip(1));
    let joint = before.is_some_and(|before| first <= before);
    if !joint && inner().fold(true, |rising, (one, next)| rising & (one < next)) {
        return (None, None);
    }
    (pairs().position(|(one, next)| *next < one), pairs().position(|(one, next)| *next == one))
}

/// The least and the largest of some values that are not NaN.
pub fn bounds(values: &[f64]) -> (f64, f64) {
    let mut lanes = [(f64::INFINITY, f64::NEG_INFINITY); 8];
    let (chunks, rest) = values.as_chunks::<8>();
    for chunk in chunks {
        for ((least, most), value) in lanes.iter_mut().zip(chunk) {
            *least = if *value < *least { *value } else { *least };
            *most = if *value > *most { *value } else { *most };
        }
    }
    let all = lanes.into_iter().chain(rest.iter().map(|value| (*value, *value)));
    all.fold((f64::INFINITY, f64::NEG_INFINITY), |all, lane| (all.0.min(lane.0), all.1.max(lane.1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn median(intervals: &[i64]) -> Option<(i64, i64)> {
        let mut spacing = Spacing::default();
        intervals.iter().for_each(|interval| spacing.take(*interval));
        spacing.median()
    }

    #[test]
    fn steps_and_bounds() {
        assert_eq!(steps(None, &[1, 2, 3]), (None, None));
        assert_eq!(steps(None, &[i64::MIN, 2]), (None, None));
        assert_eq!(steps(Some(1), &[1, 2, 2, 1]), (Some(3), Some(0)));
        assert_eq!(steps(Some(5), &[4]), (Some(0), None));
        assert_eq!(steps(None, &[4, 4]), (None, Some(1)));
        assert_eq!(steps(None, &[]), (None, None));
        let values: Vec<f64> = (0..19).map(|at| f64::from((at * 7) % 19) - 3.0).collect();
        assert_eq!(bounds(&values), (-3.0, 15.0));
        assert_eq!(bounds(&[1.0, f64::NAN]), (1.0, 1.0));
    }

    #[test]
    fn the_median_lies_between_its_bounds() {
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[0, -5]), None);
        assert_eq!(median(&[3, 1, 2, 0]), Some((2, 2)));
        assert_eq!(median(&[1, 2, 3, 4]), Some((2, 2)));
        assert_eq!(median(&[i64::MAX, 1, i64::MAX]).map(|(_, most)| most), Some(i64::MAX));
        let mut state = 1u64;
        for scale in [1, 1_000, 100_000_000, 3_600_000_000_000] {
            let mut intervals: Vec<i64> = (0..1001)
                .map(|_| {
                    state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
                    scale + ((state >> 40) as f64 / 2f64.powi(24) * scale as f64) as i64
                })
                .collect();
            let (least, most) = median(&intervals).unwrap();
            intervals.sort_unstable();
            assert!(least <= intervals[500] && intervals[500] <= most && most - least <= least / 128);
        }
    }
}
