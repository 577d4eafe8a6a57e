//! Rows that a builder takes in one go, because nothing about them is new.

use super::builder::{Builder, Negative, Row};
use super::plausible::LEAST_SENTINEL;
use crate::input::{Base, Unit};
use szilard_simd::Plain;

/// No plain row has this byte, which stands in every name by which a header is known.
const NEVER: u8 = b'p';

impl Builder<'_> {
    /// Takes the rows at the start of a text that have a stamp of the minute read last, a device that is known, and plain
    /// numbers in the unit read last, which tell nothing new but their samples; how many rows, of how many bytes.
    ///
    /// The table has `width` fields between delimiters; its measured columns are given with their slots and the units of
    /// the header.
    pub(super) fn plain_rows(
        &mut self,
        (delimiter, width): (char, usize),
        (time, device): (usize, usize),
        columns: &[(usize, usize, Option<Unit>)],
        (text, before): (&[u8], u32),
    ) -> (u32, usize) {
        let Some(plain) = self.plain((delimiter, width), (time, device), columns) else { return (0, 0) };
        let found = plain.read(text, before);
        if found.rows == 0 {
            return (0, 0);
        }
        let scale = self.recent_unit.as_ref().map_or(1.0, |(_, unit)| unit.scale.value());
        let all = found.samples.into_iter().zip(found.digits);
        let places = (0..self.devices.len()).flat_map(|device| columns.iter().map(move |(_, slot, _)| (device, *slot)));
        for ((samples, digits), (device, slot)) in all.zip(places) {
            let at = self.devices.get(device).and_then(|device| device.series.get(&slot).copied());
            let Some(series) = at.and_then(|at| self.series.get_mut(at)).filter(|_| !samples.is_empty()) else {
                continue;
            };
            let step = scale * 10f64.powi(-i32::try_from(digits).unwrap_or(0));
            series.step = if series.step == 0.0 { step } else { series.step.min(step) };
            let row = |(time_ns, value, line)| Row { time_ns, line, leap: false, value: Ok(value) };
            series.rows.extend(samples.into_iter().map(row));
        }
        let places = u32::try_from(found.stamp_digits).unwrap_or(9);
        self.resolution_ns = self.resolution_ns.min(10i64.pow(9 - places.min(9)));
        self.record(before.saturating_add(1));
        self.record(before.saturating_add(found.rows));
        (found.rows, found.bytes)
    }

    /// What a plain row looks like; `None` where a row could tell something new.
    fn plain(
        &self,
        (delimiter, width): (char, usize),
        (time, device): (usize, usize),
        columns: &[(usize, usize, Option<Unit>)],
    ) -> Option<Plain> {
        let (symbol, unit) = self.recent_unit.as_ref()?;
        let (minute, _, stamp) = self.recent_minute.as_ref()?;
        let settled = self.zone.is_none() && self.base == Some(Base::Local) && self.point == Some('.');
        let size = unit.scale.factor == 1 && (-3..=0).contains(&unit.scale.power);
        let same = |(_, slot, declared): &(usize, usize, Option<Unit>)| {
            let before = declared.or_else(|| self.scales.get(*slot).copied().flatten());
            let turned = self.slots.get(*slot).is_none_or(|slot| slot.negative == Negative::Turned);
            before == Some(*unit) && !turned
        };
        let known = |device: &super::builder::Device| {
            device.kept && columns.iter().all(|(_, slot, _)| device.series.contains_key(slot))
        };
        if !settled || !size || !columns.iter().all(same) || !self.devices.iter().all(known) {
            return None;
        }
        Some(Plain {
            delimiter: u8::try_from(delimiter).ok()?,
            width,
            time,
            minute: minute.as_bytes().to_vec(),
            minute_ns: stamp.ns,
            device,
            devices: self.devices.iter().map(|device| device.name.as_bytes().to_vec()).collect(),
            values: columns.iter().map(|(column, ..)| *column).collect(),
            unit: format!(" {symbol}").into_bytes(),
            power: usize::try_from(-unit.scale.power).ok()?,
            below: LEAST_SENTINEL,
            never: NEVER,
        })
    }
}
