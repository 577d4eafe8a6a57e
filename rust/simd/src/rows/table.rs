//! Rows of a table: a stamp, a device and values, each in its column.

use super::form::{Hour, Written, same};
use super::{Columns, Form, Found, Row, read};

/// What a plain row of a table looks like.
#[derive(Debug, Clone, Default)]
pub struct Table {
    /// Between the fields.
    pub delimiter: u8,
    /// How many fields there are.
    pub width: usize,
    /// Column of the stamp.
    pub time: usize,
    /// The stamps.
    pub hour: Hour,
    /// Column of the device.
    pub device: usize,
    /// The devices that are known.
    pub devices: Vec<Vec<u8>>,
    /// Columns of the values.
    pub values: Vec<usize>,
    /// How they are written.
    pub written: Written,
    /// A byte that no plain row has.
    pub never: u8,
    /// The device of the row before.
    pub last: usize,
}

impl Table {
    /// Takes the plain rows at the start of `text`, whose first line has the number behind `before`; the series are in the
    /// order of the devices, and of each device in that of the values.
    pub fn read(&mut self, text: &[u8], before: u32, into: &mut [Columns]) -> Found {
        let known = self.width > 0 && into.len() == self.devices.len() * self.values.len();
        if known { read(self, text, before, into) } else { Found::default() }
    }
}

impl Form for Table {
    fn between(&self) -> u8 {
        self.delimiter
    }

    fn count(&self) -> usize {
        self.width - 1
    }

    fn never(&self) -> [u8; 2] {
        [self.never, b'"']
    }

    fn series(&self) -> usize {
        self.values.len()
    }

    #[inline(always)]
    fn take(&mut self, row: &Row<'_>, into: &mut [Columns], found: &mut Found) -> Option<()> {
        let (start, end) = row.field(self.time)?;
        let (time_ns, places, length) = self.hour.time(row.text.get(start..)?)?;
        if !row.is_blank(start + length, end) {
            return None;
        }
        let (start, end) = row.field(self.device)?;
        let next = if self.last + 1 < self.devices.len() { self.last + 1 } else { 0 };
        let is = |at: &usize| {
            let Some(name) = self.devices.get(*at) else { return false };
            let text = row.text.get(start..start + name.len());
            text.is_some_and(|text| same(text, name)) && row.is_blank(start + name.len(), end)
        };
        self.last = if is(&next) { next } else { (0..self.devices.len()).find(is)? };
        let first = self.last * self.values.len();
        let columns = into.get_mut(first..first + self.values.len())?;
        let most = found.digits.get_mut(first..first + self.values.len())?;
        for ((column, columns), most) in self.values.iter().zip(&mut *columns).zip(most) {
            let (start, end) = row.field(*column)?;
            let (value, digits, length) = self.written.value(row.text.get(start..)?)?;
            if !row.is_blank(start + length, end) {
                return None;
            }
            columns.value.push(value);
            *most = digits.max(*most);
        }
        let first = columns.first_mut()?;
        first.time_ns.push(time_ns);
        first.line.push(row.line);
        found.stamp_digits = places.max(found.stamp_digits);
        Some(())
    }
}
