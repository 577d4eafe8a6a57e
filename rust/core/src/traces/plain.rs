//! Rows that a builder takes in one go, because nothing about them is new.

use super::builder::{Builder, Negative};
use super::plausible::LEAST_SENTINEL;
use crate::input::{Base, Unit};
use szilard_simd::{Columns, Found, Hour, Rails, Table, Written};

/// No plain row of a table has this byte, which stands in every name by which a header is known.
const NEVER: u8 = b'p';

/// A reading of plain rows behind a line number into the columns of their places.
type Read<'r> = dyn FnMut(&[u8], u32, &mut [Columns]) -> Found + 'r;

impl Builder<'_> {
    /// Takes the rows at the start of a text that have a stamp of the hour read last, a device that is known, and plain
    /// numbers in the unit read last, which tell nothing new but their samples; how many rows, of how many bytes.
    ///
    /// The table has `width` fields between delimiters; its measured columns are given with their slots and the units of
    /// the header.
    pub(super) fn plain_rows(
        &mut self,
        (delimiter, width): (char, usize),
        (time, device): (usize, usize),
        columns: &[(usize, usize, Option<Unit>)],
        text: (&[u8], u32),
    ) -> (u32, usize) {
        let all_known = self.point == Some('.') && self.devices.iter().all(|device| device.kept);
        let unit = self.recent_unit.as_ref().filter(|_| all_known);
        let form = unit.and_then(|(symbol, unit)| {
            let same = |(_, slot, declared): &(usize, usize, Option<Unit>)| self.reads_in(*slot, *declared, *unit);
            let written = written(&format!(" {symbol}"), *unit).filter(|_| columns.iter().all(same))?;
            Some((self.recent_hour()?, written, u8::try_from(delimiter).ok()?, unit.scale.value()))
        });
        let Some((hour, written, delimiter, scale)) = form else { return (0, 0) };
        let mut table = Table {
            delimiter,
            width,
            time,
            hour,
            device,
            devices: self.devices.iter().map(|device| device.name.as_bytes().to_vec()).collect(),
            values: columns.iter().map(|(column, ..)| *column).collect(),
            written,
            never: NEVER,
            last: 0,
        };
        let places = (0..self.devices.len()).flat_map(|device| columns.iter().map(move |(_, slot, _)| (device, *slot)));
        let places: Vec<_> = places.collect();
        let found = self.plain(&places, scale, text, &mut |text, before, into| table.read(text, before, into));
        (found.rows, found.bytes)
    }

    /// As [`Builder::plain_rows`], of rows of the rails of the first device: what stands before the numbers in front of the
    /// slashes of a row, the slot of each rail, and what stands behind the numbers.
    pub(super) fn plain_rails(
        &mut self,
        slashes: &[(Vec<u8>, Option<usize>)],
        (symbol, unit): (&str, Unit),
        text: (&[u8], u32),
    ) -> Found {
        let slots = || slashes.iter().filter_map(|(_, slot)| *slot);
        let kept = self.devices.first().is_some_and(|device| device.kept);
        let same_unit = symbol.is_empty() || self.recent_unit.as_ref() == Some(&(symbol.to_owned(), unit));
        let known = kept && same_unit && slots().all(|slot| self.reads_in(slot, None, unit));
        let form = self.recent_hour().zip(written(symbol, unit)).filter(|_| known);
        let Some((hour, written)) = form else { return Found::default() };
        let slashes_of = slashes.iter().map(|(before, slot)| (before.clone(), slot.is_some())).collect();
        let mut rails = Rails { hour, slashes: slashes_of, written };
        let places: Vec<_> = slots().map(|slot| (0, slot)).collect();
        let scale = unit.scale.value();
        self.plain(&places, scale, text, &mut |text, before, into| rails.read(text, before, into))
    }

    /// Adds the plain rows that `read` finds to the series of these devices and slots, all of which must be there.
    fn plain(
        &mut self,
        places: &[(usize, usize)],
        scale: f64,
        (text, before): (&[u8], u32),
        read: &mut Read<'_>,
    ) -> Found {
        let at = |(device, slot): &(usize, usize)| self.devices.get(*device)?.series.get(slot).copied();
        let Some(series) = places.iter().map(at).collect::<Option<Vec<usize>>>() else { return Found::default() };
        let mut into = Vec::with_capacity(series.len());
        for at in &series {
            into.extend(self.series.get_mut(*at).map(|series| std::mem::take(series.rows.columns_mut())));
        }
        let lengths: Vec<usize> = into.iter().map(|columns| columns.line.len()).collect();
        let found = read(text, before, &mut into);
        for (index, (at, columns)) in series.iter().zip(into).enumerate() {
            let Some(series) = self.series.get_mut(*at) else { continue };
            let digits = found.digits.get(index).filter(|_| Some(&columns.line.len()) > lengths.get(index));
            if let Some(digits) = digits {
                let step = scale * 10f64.powi(-i32::try_from(*digits).unwrap_or(0));
                series.step = if series.step == 0.0 { step } else { series.step.min(step) };
            }
            *series.rows.columns_mut() = columns;
        }
        if found.rows > 0 {
            let places = u32::try_from(found.stamp_digits).unwrap_or(9);
            self.resolution_ns = self.resolution_ns.min(10i64.pow(9 - places.min(9)));
            self.record(before.saturating_add(1));
            self.record(before.saturating_add(found.rows));
        }
        found
    }

    /// Whether the readings of a slot are in this unit and keep their sign, as those before them.
    fn reads_in(&self, slot: usize, declared: Option<Unit>, unit: Unit) -> bool {
        let before = declared.or_else(|| self.scales.get(slot).copied().flatten());
        let turned = self.slots.get(slot).is_none_or(|slot| slot.negative == Negative::Turned);
        before == Some(unit) && !turned
    }

    /// The hour of the stamp read last, where a stamp of it tells the time alone.
    fn recent_hour(&self) -> Option<Hour> {
        let (text, _, stamp) = self.recent_minute.as_ref()?;
        let (hour, minute) = text.as_bytes().strip_suffix(b":")?.split_last_chunk::<2>()?;
        let minutes = match minute {
            [ten @ b'0'..=b'5', one @ b'0'..=b'9'] if hour.ends_with(b":") => i64::from(10 * (ten - b'0') + one - b'0'),
            _ => return None,
        };
        let ns = stamp.ns.checked_sub(minutes.checked_mul(60_000_000_000)?)?;
        let settled = self.zone.is_none() && self.base == Some(Base::Local);
        settled.then(|| Hour { text: hour.to_vec(), ns })
    }
}

/// How numbers in a unit are written; `None` where their values are not one exact division away.
fn written(symbol: &str, unit: Unit) -> Option<Written> {
    let exact = unit.scale.factor == 1 && (-3..=0).contains(&unit.scale.power);
    let power = usize::try_from(-unit.scale.power).ok().filter(|_| exact)?;
    Some(Written { unit: symbol.as_bytes().to_vec(), power, below: LEAST_SENTINEL })
}
