//! The one place where rows become a trace: readers say what a line holds, the builder applies the rules.

use super::channel::Kind;
use super::digest::{Digest, Known, Undecided};
use super::options::ReadOptions;
use super::place::Records;
use super::reading::{Fault, Reading};
use super::rows::{Row, Rows};
use super::timing::{Day, Time};
use crate::input::{Base, Code, DateOrder, Diagnostics, Place, Refusal, Stamp, Unit, Zone};
use crate::quantity::Boundary;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Most devices of one log.
pub const DEVICE_LIMIT: usize = 65_536;

/// Most series of one log.
pub(super) const SERIES_LIMIT: usize = 4 * DEVICE_LIMIT;

/// How many texts of failed readings are kept for one series.
pub(super) const TEXTS_KEPT: usize = 64;

/// What a negative reading of a channel means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Negative {
    /// The device cannot source power: the sample is dropped and counted.
    Dropped,
    /// The sign is kept.
    Kept,
    /// The sign is kept, and that its convention is not declared is said.
    Undeclared,
    /// Negative is drawn from the source: the sign is turned.
    Turned,
}

/// What a reader says once about a kind of series: a column, a rail, a meter channel.
#[derive(Debug, Clone, PartialEq)]
pub struct Slot {
    /// Name of the series, without its unit.
    pub name: String,
    /// What a sample means.
    pub kind: Kind,
    /// Boundary the energy is counted at, where the format settles it.
    pub boundary: Option<Boundary>,
    /// Name of the series of the same device that contains this one.
    pub within: Option<String>,
    /// Name of the series of the same device that measures the same thing better.
    pub instead: Option<String>,
    /// What a negative reading means.
    pub negative: Negative,
}

/// The rows of one slot of one device.
#[derive(Debug)]
pub(super) struct Series {
    pub device: usize,
    pub slot: usize,
    pub rows: Rows,
    pub step: f64,
    pub fault_texts: Vec<String>,
    /// What is known of the rows of a stream that were taken up and forgotten.
    pub digest: Option<Box<Digest>>,
    /// The same in the end.
    pub known: Option<Known>,
}

impl Series {
    pub fn new(device: usize, slot: usize) -> Self {
        Self { device, slot, rows: Rows::default(), step: 0.0, fault_texts: Vec::new(), digest: None, known: None }
    }

    fn has_readings(&self) -> bool {
        let digested = self.digest.as_ref().is_some_and(|digest| digest.has_readings());
        digested || self.rows.has_values()
    }
}

/// A device by name, and where its series are.
#[derive(Debug)]
pub(super) struct Device {
    pub name: String,
    pub kept: bool,
    pub series: BTreeMap<usize, usize>,
}

/// A trace in the making.
#[derive(Debug)]
pub struct Builder<'a> {
    pub(super) path: &'a str,
    pub(super) options: &'a ReadOptions,
    /// What there is to say so far.
    pub diagnostics: Diagnostics,
    pub(super) base: Option<Base>,
    pub(super) resolution_ns: i64,
    pub(super) leaps: BTreeSet<i64>,
    pub(super) slots: Vec<Slot>,
    pub(super) devices: Vec<Device>,
    pub(super) series: Vec<Series>,
    pub(super) header_line: Option<u32>,
    pub(super) records: Option<(u32, u32)>,
    pub(super) fold_line: Option<u32>,
    pub(super) day: Day,
    pub(super) records_at: Records,
    pub(super) separate: bool,
    pub(super) index: HashMap<String, usize>,
    pub(super) slot_index: HashMap<String, usize>,
    /// The device that was asked for last.
    pub(super) recent_device: usize,
    /// The unit behind the number that was read last, as it is written.
    pub(super) recent_unit: Option<(String, Unit)>,
    /// The stamp that was read last, up to its seconds, and its time at second 0.
    pub(super) recent_minute: Option<(String, DateOrder, Stamp)>,
    /// Why a stream of the rows gives no answer.
    pub(super) undecided: Option<Undecided>,
    pub(super) scales: Vec<Option<Unit>>,
    pub(super) zone: Option<Zone>,
    pub(super) comma: bool,
    pub(super) point: Option<char>,
}

impl<'a> Builder<'a> {
    /// An empty trace of the file `path`.
    ///
    /// # Errors
    /// `E_TIME_ZONE` where the caller names an unknown zone, `E_RANGE` for an interval that is not above zero.
    pub fn new(path: &'a str, options: &'a ReadOptions) -> Result<Self, Refusal> {
        let zone = match options.tz.as_deref() {
            None => None,
            Some(name) => Some(Zone::new(name).ok_or_else(|| {
                Refusal::new(Code::TimeZone, path, Place::File, name, "an IANA zone name or an offset such as -05:00")
            })?),
        };
        if let Some(interval) = options.interval_ns.filter(|interval| *interval <= 0) {
            let found = format!("an interval of {interval} ns");
            return Err(Refusal::new(Code::Range, path, Place::File, found, "an interval above zero"));
        }
        Ok(Self {
            path,
            options,
            diagnostics: Diagnostics::default(),
            base: None,
            resolution_ns: i64::MAX,
            leaps: BTreeSet::new(),
            slots: Vec::new(),
            devices: Vec::new(),
            series: Vec::new(),
            header_line: None,
            records: None,
            fold_line: None,
            day: Day::default(),
            records_at: Records::default(),
            separate: false,
            index: HashMap::new(),
            slot_index: HashMap::new(),
            recent_device: 0,
            recent_unit: None,
            recent_minute: None,
            undecided: None,
            scales: Vec::new(),
            zone,
            comma: false,
            point: None,
        })
    }

    /// A refusal at a line.
    pub fn refuse(&self, code: Code, line: u32, found: impl AsRef<str>, expected: impl Into<String>) -> Refusal {
        Refusal::new(code, self.path, self.place(line), found, expected)
    }

    /// The place of a record: its line, or its path in a document.
    pub fn place(&self, record: u32) -> Place {
        self.records_at.place(record)
    }

    /// Says that the records from the number `first` on are the elements of the array at `path` of a document.
    pub fn elements(&mut self, first: u32, path: String) {
        self.records_at.elements(first, path);
    }

    /// Says that the devices are recordings of their own: what lies between them is no gap.
    pub fn separate_devices(&mut self) {
        self.separate = true;
    }

    /// A remark about a line.
    pub fn remark(&mut self, code: Code, line: u32, message: impl Into<String>) {
        self.diagnostics.push(code, self.place(line), None, message);
    }

    /// Notes that a header stands at `line`.
    pub fn header(&mut self, line: u32) {
        self.header_line = Some(self.header_line.unwrap_or(line));
    }

    /// Notes that `line` is a record.
    pub fn record(&mut self, line: u32) {
        self.records = Some((self.records.map_or(line, |(first, _)| first), line));
    }

    /// Allows decimal commas, because the fields are not separated by commas.
    pub fn allow_comma(&mut self) {
        self.comma = true;
    }

    /// Says that the file declares decimal commas.
    pub fn declare_comma(&mut self) {
        (self.comma, self.point) = (true, Some(','));
    }

    /// Declares a slot; its number is what [`Builder::sample`] takes.
    pub fn slot(&mut self, slot: Slot) -> usize {
        self.slot_index.insert(slot.name.clone(), self.slots.len());
        self.slots.push(slot);
        self.scales.push(None);
        self.slots.len() - 1
    }

    /// The slot of that name.
    pub fn slot_named(&self, name: &str) -> Option<usize> {
        self.slot_index.get(name).copied()
    }

    /// The names of the slots in the order they were declared.
    pub fn slot_names(&self) -> impl Iterator<Item = &str> {
        self.slots.iter().map(|slot| slot.name.as_str())
    }

    /// Whether any series of that name has a reading.
    pub fn has_readings(&self, name: &str) -> bool {
        let slot = self.slot_named(name);
        self.series.iter().any(|series| Some(series.slot) == slot && series.has_readings())
    }

    /// Whether a series has rows, with a value or without.
    pub fn has_rows(&self, device: usize, slot: usize) -> bool {
        self.devices.get(device).is_some_and(|device| device.series.contains_key(&slot))
    }

    /// The name of the file in messages.
    pub fn path(&self) -> &'_ str {
        self.path
    }

    /// Whether no header was met.
    pub fn headless(&self) -> bool {
        self.header_line.is_none()
    }

    /// What was declared about a slot.
    pub fn declared(&self, slot: usize) -> Option<&Slot> {
        self.slots.get(slot)
    }

    /// The number of devices the caller gives.
    pub fn device_count(&self) -> Option<usize> {
        self.options.device_count
    }

    /// The boundary the caller gives.
    pub fn given_boundary(&self) -> Option<Boundary> {
        self.options.boundary
    }

    /// The supply voltage the caller gives. [V]
    pub fn voltage(&self) -> Option<f64> {
        self.options.voltage
    }

    /// Whether the caller gives the pattern of the stamps.
    pub fn pattern_given(&self) -> bool {
        self.options.time_format.is_some()
    }

    /// Whether so many rows of one device can share a stamp, because the caller gives an interval that is so much
    /// shorter than the stamps tell.
    pub fn share_a_stamp(&self, rows: usize) -> bool {
        let interval = self.options.interval_ns.unwrap_or(i64::MAX);
        rows as f64 * interval as f64 <= 1.2 * self.resolution_ns as f64
    }

    /// Changes what was declared about a slot.
    pub fn slot_mut(&mut self, slot: usize) -> Option<&mut Slot> {
        self.slots.get_mut(slot)
    }

    /// The device of that name, made on first sight.
    ///
    /// # Errors
    /// `E_LIMIT_DEVICES`.
    pub fn device(&mut self, name: &str, line: u32) -> Result<usize, Refusal> {
        // devices mostly come in turn
        let next = self.recent_device + 1;
        let next = if next < self.devices.len() { next } else { 0 };
        if self.devices.get(next).is_some_and(|device| device.name == name) {
            self.recent_device = next;
            return Ok(next);
        }
        if let Some(device) = self.index.get(name) {
            self.recent_device = *device;
            return Ok(*device);
        }
        if self.devices.len() == DEVICE_LIMIT {
            let expected = format!("at most {DEVICE_LIMIT} devices");
            return Err(self.refuse(Code::LimitDevices, line, name, expected));
        }
        let kept = self.options.devices.as_ref().is_none_or(|wanted| wanted.iter().any(|want| want == name));
        self.devices.push(Device { name: name.to_owned(), kept, series: BTreeMap::new() });
        self.index.insert(name.to_owned(), self.devices.len() - 1);
        Ok(self.devices.len() - 1)
    }

    /// Adds a row.
    ///
    /// # Errors
    /// `E_LIMIT_DEVICES` where there are too many series.
    pub fn sample(
        &mut self,
        (device, slot): (usize, usize),
        (line, time): (u32, Time),
        reading: Reading,
        text: &str,
    ) -> Result<(), Refusal> {
        let Some(entry) = self.devices.get_mut(device).filter(|device| device.kept) else { return Ok(()) };
        let place = entry.series.get(&slot).copied().unwrap_or(self.series.len());
        if place == self.series.len() {
            if place == SERIES_LIMIT {
                return Err(self.refuse(Code::LimitDevices, line, "more series", format!("at most {SERIES_LIMIT}")));
            }
            entry.series.insert(slot, place);
            self.series.push(Series::new(device, slot));
        }
        let negative = self.slots.get(slot).map_or(Negative::Kept, |slot| slot.negative);
        let Some(series) = self.series.get_mut(place) else { return Ok(()) };
        let value = match reading {
            Ok((value, _)) if value < 0.0 && negative == Negative::Dropped => Err(Fault::Negative),
            Ok((value, step)) => {
                series.step = if series.step == 0.0 { step } else { series.step.min(step) };
                Ok(if negative == Negative::Turned { -value } else { value })
            }
            Err(fault) => Err(fault),
        };
        if value.is_err_and(|fault| fault != Fault::Start) && series.fault_texts.len() < TEXTS_KEPT {
            series.fault_texts.push(text.to_owned());
        }
        series.rows.push(Row { time_ns: time.ns, line, leap: time.leap, value });
        Ok(())
    }

    /// Marks the start of an interval whose energy or mean power comes with the next row of the series.
    ///
    /// # Errors
    /// Those of [`Builder::sample`].
    pub fn start(&mut self, series: (usize, usize), at: (u32, Time)) -> Result<(), Refusal> {
        self.sample(series, at, Err(Fault::Start), "")
    }
}
