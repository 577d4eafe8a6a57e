//! Readings that repeat, in one walk whose parts can be put together.

use std::ops::Range;

/// Readings that are equal to the one before.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Repeats {
    /// Readings.
    pub readings: usize,
    /// Those that repeat the one before.
    pub equal: u64,
    /// Length and first index of the longest run of equal readings, the first of them, where it is a
    /// [`Repeats::STRETCH`] long or longer.
    pub longest: (usize, usize),
    /// Length of the first run.
    lead: usize,
    /// Length and first index of the last run.
    trail: (usize, usize),
    /// Whether the first reading repeats the one before it.
    is_continued: bool,
}

impl Repeats {
    /// Runs of this length are known one by one; of shorter ones only how many readings repeat.
    pub const STRETCH: usize = 20;

    /// Adds readings one by one; `value` holds the one before them too, where there is one.
    pub fn take(&mut self, value: &[f64], samples: Range<usize>) {
        for at in samples {
            let Some(reading) = value.get(at) else { return };
            let is_equal = at.checked_sub(1).and_then(|before| value.get(before)) == Some(reading);
            self.equal += u64::from(is_equal);
            self.is_continued |= self.readings == 0 && is_equal;
            let (length, first) = self.trail;
            self.trail = if is_equal && length > 0 { (length + 1, first) } else { (1, at) };
            self.readings += 1;
            if self.trail.0 == self.readings {
                self.lead = self.readings;
            }
            self.see(self.trail);
        }
    }

    /// Adds readings among which there is no stretch, and so many that repeat.
    pub(crate) fn take_calm(&mut self, value: &[f64], samples: Range<usize>, equal: u64) {
        if samples.len() <= 2 * Self::STRETCH {
            return self.take(value, samples);
        }
        let (until, from, sum) = (samples.start + Self::STRETCH, samples.end - Self::STRETCH, self.equal + equal);
        self.take(value, samples.start..until);
        (self.readings, self.trail) = (self.readings + from - until, (0, 0));
        self.take(value, from..samples.end);
        self.equal = sum;
    }

    /// Adds what stands behind.
    pub fn append(&mut self, next: &Self) {
        if self.readings == 0 || next.readings == 0 {
            *self = if next.readings == 0 { *self } else { *next };
            return;
        }
        self.see(next.longest);
        if next.is_continued {
            let joined = (self.trail.0 + next.lead, self.trail.1);
            self.see(joined);
            if self.lead == self.readings {
                self.lead = joined.0;
            }
            self.trail = if next.lead == next.readings { joined } else { next.trail };
        } else {
            self.trail = next.trail;
        }
        (self.readings, self.equal) = (self.readings + next.readings, self.equal + next.equal);
    }

    fn see(&mut self, run: (usize, usize)) {
        if run.0 >= Self::STRETCH && run.0 > self.longest.0 {
            self.longest = run;
        }
    }
}
