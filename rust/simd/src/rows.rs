//! Plain rows of a table with a stamp, a device and values in one unit, read in one go until something else comes.

use super::text::{decimal, equal, high, trimmed};

/// Most columns of a table that is read in one go.
pub const WIDTH: usize = 64;

/// Longer lines are not read in one go. [byte]
const LONGEST: usize = 1 << 12;

/// Powers of ten that are exact in f64 as far as they are needed.
const TENS: [f64; 19] =
    [1.0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18];

/// What a plain row looks like.
#[derive(Debug, Clone, Default)]
pub struct Plain {
    /// Between the fields.
    pub delimiter: u8,
    /// How many fields there are.
    pub width: usize,
    /// Column of the stamp.
    pub time: usize,
    /// What the stamp starts with; two digits of the second and a fraction follow.
    pub minute: Vec<u8>,
    /// The time at second 0 of it. [ns]
    pub minute_ns: i64,
    /// Column of the device.
    pub device: usize,
    /// The devices that are known.
    pub devices: Vec<Vec<u8>>,
    /// Columns of the values.
    pub values: Vec<usize>,
    /// What stands behind each value.
    pub unit: Vec<u8>,
    /// The unit is 10^-power of the SI unit.
    pub power: usize,
    /// Values from this size on are not plain.
    pub below: f64,
    /// A byte that no plain row has.
    pub never: u8,
}

/// The plain rows that were read.
#[derive(Debug, Default)]
pub struct Found {
    /// Time [ns], value [SI] and line of the samples, by device and in it by value.
    pub samples: Vec<Vec<(i64, f64, u32)>>,
    /// Most digits behind the point of a value, by device and in it by value.
    pub digits: Vec<usize>,
    /// Most digits behind the point of the seconds.
    pub stamp_digits: usize,
    /// How many rows.
    pub rows: u32,
    /// How many bytes.
    pub bytes: usize,
}

impl Plain {
    /// The plain rows at the start of `text`, whose first line has the number behind `before`.
    pub fn read(&self, text: &[u8], before: u32) -> Found {
        let series = self.devices.len() * self.values.len();
        let mut found = Found { samples: vec![Vec::new(); series], digits: vec![0; series], ..Found::default() };
        let (mut ends, mut device) = ([0usize; WIDTH + 1], 0);
        if self.width == 0 || self.width > WIDTH || self.devices.is_empty() {
            return found;
        }
        let mut parsed = vec![(0.0, 0); self.values.len()];
        while let Some(end) = self.fields(text, found.bytes, &mut ends) {
            let field = |at: usize| {
                let start = if at == 0 { found.bytes } else { ends.get(at - 1)? + 1 };
                let (from, to) = trimmed(text, start, *ends.get(at)?);
                text.get(from as usize..to as usize)
            };
            let Some((ns, places)) = field(self.time).and_then(|stamp| self.stamp(stamp)) else { break };
            let Some(name) = field(self.device) else { break };
            let next = if device + 1 < self.devices.len() { device + 1 } else { 0 };
            let same = |at: &usize| self.devices.get(*at).is_some_and(|known| known == name);
            let Some(known) = Some(next).filter(same).or_else(|| (0..self.devices.len()).find(same)) else { break };
            device = known;
            let mut plain = true;
            for (column, parsed) in self.values.iter().zip(&mut parsed) {
                match field(*column).and_then(|text| self.value(text)) {
                    Some(value) => *parsed = value,
                    None => plain = false,
                }
            }
            if !plain {
                break;
            }
            found.rows += 1;
            let first = device * self.values.len();
            for (at, (value, digits)) in (first..).zip(&parsed) {
                if let (Some(samples), Some(most)) = (found.samples.get_mut(at), found.digits.get_mut(at)) {
                    samples.push((ns, *value, before.saturating_add(found.rows)));
                    *most = (*most).max(*digits);
                }
            }
            found.stamp_digits = found.stamp_digits.max(places);
            found.bytes = end;
        }
        found
    }

    /// Where the fields of the row at `start` end, and behind its line end; `None` where it is not plain.
    fn fields(&self, text: &[u8], start: usize, ends: &mut [usize; WIDTH + 1]) -> Option<usize> {
        let (mut count, mut at) = (0, start);
        while at - start < LONGEST {
            let chunk = text.get(at..)?.first_chunk::<16>()?;
            let line_end = equal(chunk, b'\n');
            // the bytes before the end of the line
            let line = if line_end == 0 { u32::MAX } else { (line_end & line_end.wrapping_neg()) - 1 };
            let odd = equal(chunk, b'"') | equal(chunk, self.never) | equal(chunk, 0) | high(chunk);
            if odd & line != 0 {
                return None;
            }
            let mut delimiters = equal(chunk, self.delimiter) & line;
            while delimiters != 0 {
                *ends.get_mut(count)? = at + delimiters.trailing_zeros() as usize;
                count += 1;
                delimiters &= delimiters - 1;
            }
            if line_end != 0 {
                let end = at + line_end.trailing_zeros() as usize;
                *ends.get_mut(count)? = end;
                return (count + 1 == self.width).then_some(end + 1);
            }
            at += 16;
        }
        None
    }

    /// The time of a stamp of the known minute [ns], and the digits behind the point of its seconds.
    fn stamp(&self, text: &[u8]) -> Option<(i64, usize)> {
        let seconds = text.strip_prefix(self.minute.as_slice())?;
        let (whole, places, digits) = decimal(seconds)?;
        let length = whole + places + usize::from(places > 0);
        let step =
            *[1_000_000_000i64, 100_000_000, 10_000_000, 1_000_000, 100_000, 10_000, 1_000, 100, 10, 1].get(places)?;
        let ns = i64::try_from(digits).ok()?.checked_mul(step)?;
        let plain = whole == 2 && seconds.len() == length && ns < 60_000_000_000;
        plain.then(|| Some((self.minute_ns.checked_add(ns)?, places)))?
    }

    /// A value and the digits behind its point.
    fn value(&self, text: &[u8]) -> Option<(f64, usize)> {
        let (whole, places, digits) = decimal(text)?;
        let length = whole + places + usize::from(places > 0);
        if text.get(length..)? != self.unit.as_slice() {
            return None;
        }
        // both are exact, so that the one operation rounds correctly
        let value = digits as f64 / TENS.get(places + self.power)?;
        (value < self.below).then_some((value, places))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_rows_are_read_until_another_comes() {
        let plain = Plain {
            delimiter: b',',
            width: 3,
            time: 0,
            minute: b"2025/03/04 10:00:".to_vec(),
            minute_ns: 600_000_000_000,
            device: 1,
            devices: vec![b"0".to_vec(), b"1".to_vec()],
            values: vec![2],
            unit: b" W".to_vec(),
            power: 0,
            below: 2000.0,
            never: b'p',
        };
        let row = "2025/03/04 10:00:01.500, 0, 100.25 W\n2025/03/04 10:00:01.5, 1, 7 W\r\n";
        for odd in [
            "",
            "2025/03/04 10:01:00.000, 0, 100.25 W\n",
            "2025/03/04 10:00:60.000, 0, 100.25 W\n",
            "2025/03/04 10:00:01.000, 2, 100.25 W\n",
            "2025/03/04 10:00:01.000, 0, [N/A]\n",
            "2025/03/04 10:00:01.000, 0, 100.25 mW\n",
            "2025/03/04 10:00:01.000, 0, 2000.25 W\n",
            "2025/03/04 10:00:01.000, 0, -1.25 W\n",
            "2025/03/04 10:00:01.000, 0, 100.25 W, 3\n",
            "2025/03/04 10:00:01.000, \"0\", 100.25 W\n",
            "2025/03/04 10:00:01.000, 0, 100.25 W",
        ] {
            let text = format!("{row}{odd}{row}");
            let found = plain.read(text.as_bytes(), 5);
            let rows = if odd.is_empty() { 3 } else { 2 };
            // the last rows of a text, hardly longer than what is compared at once, are left over
            assert!(found.rows == rows || (odd.is_empty() && found.rows >= 2), "{odd}: {found:?}");
            assert_eq!(found.samples[0][0], (601_500_000_000, 100.25, 6), "{odd}");
            assert_eq!(found.samples[1][0], (601_500_000_000, 7.0, 7), "{odd}");
            assert_eq!((found.digits.clone(), found.stamp_digits), (vec![2, 0], 3));
            if !odd.is_empty() {
                assert_eq!(found.bytes, row.len(), "{odd}");
            }
        }
    }
}
