//! Rows of `NAME now/mean` behind a stamp and a `RAM used/all` field, as tegrastats writes them.

use super::form::{Hour, Written, leading, same, trailing};
use super::{Columns, Form, Found, Row, read};

/// What stands behind the stamp.
const MEMORY: &[u8] = b" RAM ";

/// What a plain row of rails looks like.
#[derive(Debug, Clone, Default)]
pub struct Rails {
    /// The stamps.
    pub hour: Hour,
    /// What stands before the number in front of each slash behind the first, blanks included, and whether it is a rail.
    pub slashes: Vec<(Vec<u8>, bool)>,
    /// How the powers of the rails are written, without a fraction.
    pub written: Written,
}

impl Rails {
    /// Takes the plain rows at the start of `text`, whose first line has the number behind `before`; the series are in the
    /// order of the rails.
    pub fn read(&mut self, text: &[u8], before: u32, into: &mut [Columns]) -> Found {
        let known = !into.is_empty() && into.len() == self.slashes.iter().filter(|(_, rail)| *rail).count();
        if known { read(self, text, before, into) } else { Found::default() }
    }

    /// The mean behind a slash.
    #[inline(always)]
    fn mean(&self, row: &Row<'_>, slash: usize) -> Option<u64> {
        let text = row.text.get(slash + 1..)?;
        let (mean, digits) = leading(text);
        let (unit, rest) = text.get(digits..)?.split_at_checked(self.written.unit.len())?;
        let ends = matches!(rest, [b' ' | b'\r' | b'\n', ..]);
        (ends && (1..16).contains(&digits) && same(unit, &self.written.unit)).then_some(mean)
    }
}

impl Form for Rails {
    fn between(&self) -> u8 {
        b'/'
    }

    fn count(&self) -> usize {
        self.slashes.len() + 1
    }

    fn never(&self) -> [u8; 2] {
        // control characters, which are none in any row
        [b'\x0b', b'\x1b']
    }

    fn series(&self) -> usize {
        usize::MAX
    }

    #[inline(always)]
    fn take(&mut self, row: &Row<'_>, into: &mut [Columns], found: &mut Found) -> Option<()> {
        let memory = row.mark(0)?;
        let (_, before) = trailing(row.text.get(..memory)?)?;
        let (time_ns, places, length) = self.hour.time(before)?;
        let behind = row.text.get(memory + 1..)?;
        let (_, digits) = leading(behind);
        let sizes = digits > 0 && matches!(behind.get(digits..)?, [b'M', b'B', b' ' | b'\r' | b'\n', ..]);
        if !sizes || !same(before.get(length..)?, MEMORY) {
            return None;
        }
        let mut rails = into.iter_mut();
        let mut first = None;
        for (at, (name, is_rail)) in self.slashes.iter().enumerate() {
            let slash = row.mark(at + 1)?;
            let text = row.text.get(..slash)?;
            let number = if *is_rail { text.strip_suffix(self.written.unit.as_slice())? } else { text };
            let (now, before) = trailing(number)?;
            if !same(before.get(before.len().checked_sub(name.len())?..)?, name) {
                return None;
            }
            if *is_rail {
                let mean = self.mean(row, slash)?;
                first.get_or_insert((now, mean));
                rails.next()?.value.push(self.written.scaled(now, 0)?);
            }
        }
        found.means.push(first?);
        let columns = into.first_mut()?;
        columns.time_ns.push(time_ns);
        columns.line.push(row.line);
        found.stamp_digits = places.max(found.stamp_digits);
        Some(())
    }
}
