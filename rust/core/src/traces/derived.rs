//! Series that are made of others, once all rows are there: powers from currents, and what was never measured.

use super::builder::{Builder, Negative, Series, Slot};
use super::channel::Kind;
use super::reading::Fault;
use super::rows::Row;
use crate::input::Code;
use crate::quantity::Boundary;

impl Builder<'_> {
    /// Leaves out the readings of every series that is zero in all of its rows: it was not measured (`W_ZERO_DEVICE`).
    pub fn leave_out_zeros(&mut self) {
        let mut zero = Vec::new();
        for series in &mut self.series {
            let read = || series.rows.iter().filter_map(|row| Some((row.line, row.value.ok()?)));
            let Some((line, _)) = read().next().filter(|_| read().all(|(_, value)| value == 0.0)) else { continue };
            series.rows =
                series.rows.iter().map(|row| Row { value: row.value.and(Err(Fault::Start)), ..row }).collect();
            zero.push((line, self.slots.get(series.slot).map(|slot| slot.name.clone()).unwrap_or_default()));
        }
        for (line, name) in zero {
            self.remark(Code::ZeroDevice, line, format!("{name} is zero in every row; it has no value"));
        }
    }

    /// Makes a series of powers from each series of currents called `current`, at that voltage [V].
    pub fn multiply(&mut self, current: &str, power: &str, voltage: f64, boundary: Option<Boundary>) {
        let Some(from) = self.slot_named(current) else { return };
        let to = self.slot(Slot {
            name: power.to_owned(),
            kind: Kind::InstantPower,
            boundary,
            within: None,
            instead: None,
            negative: Negative::Kept,
        });
        let times = |row: Row| Row { value: row.value.map(|ampere| ampere * voltage), ..row };
        for at in 0..self.series.len() {
            let Some(series) = self.series.get(at).filter(|series| series.slot == from) else { continue };
            let made = Series {
                rows: series.rows.iter().map(times).collect(),
                step: series.step * voltage,
                fault_texts: series.fault_texts.clone(),
                ..Series::new(series.device, to)
            };
            if let Some(device) = self.devices.get_mut(made.device) {
                device.series.insert(to, self.series.len());
            }
            self.series.push(made);
        }
    }

    /// Makes a series of powers from the series of a current and of a voltage that have the same rows.
    pub fn product(&mut self, (current, voltage): (&str, &str), power: &str, boundary: Option<Boundary>) {
        let (Some(current), Some(voltage)) = (self.slot_named(current), self.slot_named(voltage)) else { return };
        let to = self.slot(Slot {
            name: power.to_owned(),
            kind: Kind::InstantPower,
            boundary,
            within: None,
            instead: None,
            negative: Negative::Kept,
        });
        for at in 0..self.devices.len() {
            let of = |slot: usize| self.devices.get(at)?.series.get(&slot).and_then(|at| self.series.get(*at));
            let (Some(amperes), Some(volts)) = (of(current), of(voltage)) else { continue };
            let product = |(ampere, volt): (Row, Row)| Row {
                value: ampere.value.and_then(|ampere| volt.value.map(|volt| ampere * volt)),
                ..ampere
            };
            let made = Series {
                rows: amperes.rows.iter().zip(volts.rows.iter()).map(product).collect(),
                fault_texts: amperes.fault_texts.iter().chain(&volts.fault_texts).cloned().collect(),
                ..Series::new(at, to)
            };
            if let Some(device) = self.devices.get_mut(at) {
                device.series.insert(to, self.series.len());
            }
            self.series.push(made);
        }
    }

    /// Puts every slot whose boundary the format does not settle at that of the caller.
    pub fn at_given_boundary(&mut self) {
        for slot in &mut self.slots {
            slot.boundary = slot.boundary.or(self.options.boundary);
        }
    }
}
