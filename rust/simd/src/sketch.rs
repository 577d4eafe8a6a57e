//! What a series of readings is known by, however long it is: how often it changes, where it stands still, what else is
//! equal to it, and when it first was above any limit.

/// So many different values are told apart.
const VALUES: usize = 10;

/// So many records are kept.
const RECORDS: usize = 1 << 10;

/// Readings that follow one another with the same value.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Stretch {
    /// How many.
    pub readings: usize,
    /// Line of the first.
    pub line: u32,
    /// Their value.
    pub value: f64,
}

/// A summary of readings in bounded memory.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sketch {
    /// How many readings.
    pub readings: usize,
    /// How many differ from the one before.
    pub changes: usize,
    /// The longest stretch of equal readings, the first of them.
    pub longest: Stretch,
    last: Stretch,
    hash: [u64; 2],
    values: Vec<u64>,
    /// The readings above all before them, the first [`RECORDS`] and the last.
    records: Vec<(f64, u32)>,
}

impl Sketch {
    /// Takes the next readings and their lines.
    pub fn take(&mut self, values: &[f64], lines: &[u32]) {
        let mut hash = self.hash;
        for (value, line) in values.iter().zip(lines) {
            if self.last.readings > 0 && self.last.value == *value {
                self.last.readings += 1;
            } else {
                self.changes += usize::from(self.last.readings > 0);
                self.last = Stretch { readings: 1, line: *line, value: *value };
            }
            if self.last.readings > self.longest.readings {
                self.longest = self.last;
            }
            let bits = value.to_bits();
            hash = [
                (hash[0] ^ bits).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29),
                (hash[1] ^ bits).wrapping_mul(0xc2b2_ae3d_27d4_eb4f).rotate_left(31),
            ];
            if self.values.len() < VALUES && !self.values.contains(&bits) {
                self.values.push(bits);
            }
            if self.records.last().is_none_or(|(most, _)| value > most) {
                self.records.truncate(RECORDS);
                self.records.push((*value, *line));
            }
        }
        self.hash = hash;
        self.readings += values.len();
    }

    /// Whether so many different values are among the readings, ten at most.
    pub fn has_values(&self, least: usize) -> bool {
        self.values.len() >= least.min(VALUES)
    }

    /// A number by which equal series are known; those of different ones are equal once in 2^128 times.
    pub fn key(&self) -> (usize, [u64; 2]) {
        (self.readings, self.hash)
    }

    /// The first reading above a limit, and its line; the last record where there are too many records.
    pub fn above(&self, limit: f64) -> Option<(f64, u32)> {
        self.records.iter().find(|(value, _)| *value > limit).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sketch(values: &[f64], size: usize) -> Sketch {
        let lines: Vec<u32> = (2..).take(values.len()).collect();
        let mut sketch = Sketch::default();
        values.chunks(size).zip(lines.chunks(size)).for_each(|(values, lines)| sketch.take(values, lines));
        sketch
    }

    #[test]
    fn parts_say_what_all_readings_say() {
        let values = [5.0, 5.0, 7.0, 7.0, 7.0, 1.0, 9.0, 9.0, 9.0, 2.0];
        for size in 1..=10 {
            let found = sketch(&values, size);
            assert_eq!(found, sketch(&values, 10));
            assert_eq!((found.readings, found.changes), (10, 4));
            assert_eq!(found.longest, Stretch { readings: 3, line: 4, value: 7.0 });
            assert!(found.has_values(5) && !found.has_values(6));
            assert_eq!((found.above(5.0), found.above(6.5), found.above(9.0)), (Some((7.0, 4)), Some((7.0, 4)), None));
        }
        assert_ne!(sketch(&values, 3).key(), sketch(&[5.0, 5.0, 7.0, 7.0, 7.0, 1.0, 9.0, 9.0, 2.0, 9.0], 3).key());
    }

    #[test]
    fn records_are_bounded() {
        let rising: Vec<f64> = (0..5000).map(f64::from).collect();
        let found = sketch(&rising, 100);
        assert_eq!(
            (found.records.len(), found.above(10.0), found.above(4000.0)),
            (1025, Some((11.0, 13)), Some((4999.0, 5001)))
        );
    }
}
