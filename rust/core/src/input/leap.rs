//! Leap seconds that a log writes out as a second numbered 60, and the elapsed time that counts them.

const SECOND: i64 = 1_000_000_000;

/// The leap seconds that a log writes out, and the one rule by which stamps and elapsed times become one another.
///
/// Unix time gives a second numbered 60 the number of the second behind it. A log that writes one shows that a second
/// more elapsed: t = u + n s, with u the Unix time of a stamp and n the leap seconds it has passed; a stamp inside a leap
/// second has not passed that one. A log without any has t = u.
///
/// ```
/// use szilard::input::{DateOrder, LeapSeconds, civil_stamp};
/// let stamp = |text| civil_stamp(text, DateOrder::YearFirst).unwrap();
/// let (leap, next) = (stamp("2016-12-31T23:59:60.5Z"), stamp("2017-01-01T00:00:00.5Z"));
/// let leaps: LeapSeconds = [leap.ns].into_iter().collect();
/// assert_eq!(leaps.elapsed(next.ns, next.leap) - leaps.elapsed(leap.ns, leap.leap), 1_000_000_000);
/// assert_eq!(leaps.unix(leaps.elapsed(leap.ns, true)), (leap.ns, true));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LeapSeconds(Vec<i64>);

impl FromIterator<i64> for LeapSeconds {
    /// The leap seconds in which these stamps lie. [ns of Unix time]
    fn from_iter<T: IntoIterator<Item = i64>>(stamps: T) -> Self {
        let mut seconds: Vec<i64> = stamps.into_iter().map(Self::second).collect();
        seconds.sort_unstable();
        seconds.dedup();
        Self(seconds)
    }
}

impl LeapSeconds {
    /// The start of the second in which a stamp lies. [ns]
    pub fn second(ns: i64) -> i64 {
        ns.saturating_sub(ns.rem_euclid(SECOND))
    }

    /// The starts of the leap seconds. [ns of Unix time]
    pub fn stamps(&self) -> impl Iterator<Item = i64> {
        self.0.iter().copied()
    }

    /// The elapsed time of a stamp, which lies inside a leap second or not. [ns]
    pub fn elapsed(&self, unix_ns: i64, inside: bool) -> i64 {
        let passed = self.0.partition_point(|leap| *leap <= unix_ns).saturating_sub(usize::from(inside));
        unix_ns.saturating_add(seconds(passed))
    }

    /// The Unix time [ns] at an elapsed time, and whether it lies inside a leap second.
    pub fn unix(&self, elapsed_ns: i64) -> (i64, bool) {
        // the leap second number i starts i seconds late
        let (mut low, mut high) = (0, self.0.len());
        while low < high {
            let middle = low.midpoint(high);
            let start = self.0.get(middle).map_or(i64::MAX, |leap| leap.saturating_add(seconds(middle)));
            if start <= elapsed_ns { low = middle + 1 } else { high = middle }
        }
        let start = low.checked_sub(1).and_then(|last| Some(self.0.get(last)?.saturating_add(seconds(last))));
        let inside = start.is_some_and(|start| elapsed_ns < start.saturating_add(SECOND));
        (elapsed_ns.saturating_sub(seconds(low.saturating_sub(usize::from(inside)))), inside)
    }
}

fn seconds(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX).saturating_mul(SECOND)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stamps_and_elapsed_times_are_one_to_one() {
        // a leap second at the end of the seconds 9 and 19: 0 to 9, 9:60, 10 to 19, 19:60, 20 ...
        let leaps: LeapSeconds = [20 * SECOND + 5, 10 * SECOND, 10 * SECOND + 7].into_iter().collect();
        let mut last = None;
        for (second, inside) in (0..10)
            .map(|s| (s, false))
            .chain([(10, true)])
            .chain((10..20).map(|s| (s, false)))
            .chain([(20, true), (20, false)])
        {
            for part in [0, SECOND / 2] {
                let unix = second * SECOND + part;
                let elapsed = leaps.elapsed(unix, inside);
                assert_eq!(leaps.unix(elapsed), (unix, inside));
                assert_eq!(elapsed, last.map_or(0, |last: i64| last + SECOND / 2));
                last = Some(elapsed);
            }
        }
        assert_eq!(LeapSeconds::default().unix(7), (7, false));
        assert_eq!(leaps.elapsed(i64::MAX, false), i64::MAX);
        assert_eq!(LeapSeconds::second(-1), -SECOND);
    }
}
