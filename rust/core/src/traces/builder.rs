//! The one place where rows become a trace: readers say what a line holds, the builder applies the rules.

use super::channel::Kind;
use super::options::ReadOptions;
use super::plausible::is_sentinel;
use crate::input::{
    Base, Cell, CellFault, Code, DateOrder, Diagnostics, Dimension, Place, Refusal, Stamp, Unit, Zone, ZoneFault, cell,
    civil_stamp, patterned_stamp,
};
use crate::quantity::Boundary;
use std::collections::{BTreeSet, HashMap};

/// Most devices of one log.
pub const DEVICE_LIMIT: usize = 65_536;

/// Most series of one log.
const SERIES_LIMIT: usize = 4 * DEVICE_LIMIT;

/// How many texts of failed readings are kept for one series.
const TEXTS_KEPT: usize = 64;

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
#[derive(Debug, Clone)]
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

/// Why a row has no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The cell is no number.
    NotRead,
    /// The format's own mark of a failed read.
    BadRead,
    /// The value is not finite.
    Nonfinite,
    /// The value is the sentinel of a type.
    Sentinel,
    /// The value is negative where it cannot be.
    Negative,
}

impl Fault {
    pub(super) fn code(self) -> Code {
        match self {
            Self::NotRead => Code::NaSample,
            Self::BadRead => Code::BadRead,
            Self::Nonfinite => Code::Nonfinite,
            Self::Sentinel => Code::Sentinel,
            Self::Negative => Code::NegativePower,
        }
    }
}

/// A reading: its value and printed step in the unit of the kind, or why there is none.
pub type Reading = Result<(f64, f64), Fault>;

/// The time of a record on the clock of the trace.
#[derive(Debug, Clone, Copy)]
pub struct Time {
    ns: i64,
    leap: bool,
}

impl Time {
    /// The time before leap seconds are counted. [ns]
    pub fn ns(self) -> i64 {
        self.ns
    }
}

/// One row of one series.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub time_ns: i64,
    pub line: u32,
    pub leap: bool,
    pub value: Result<f64, Fault>,
}

impl Row {
    #[cfg(test)]
    pub fn new(time_ns: i64, line: u32, value: Result<f64, Fault>) -> Self {
        Self { time_ns, line, leap: false, value }
    }
}

/// The rows of one slot of one device.
#[derive(Debug)]
pub(super) struct Series {
    pub device: usize,
    pub slot: usize,
    pub rows: Vec<Row>,
    pub step: f64,
    pub fault_texts: Vec<String>,
}

/// A device by name, and where its series are.
#[derive(Debug)]
pub(super) struct Device {
    pub name: String,
    pub kept: bool,
    pub series: Vec<Option<usize>>,
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
    index: HashMap<String, usize>,
    scales: Vec<Option<Unit>>,
    zone: Option<Zone>,
    comma: bool,
    point: Option<char>,
}

impl<'a> Builder<'a> {
    /// An empty trace of the file `path`.
    ///
    /// # Errors
    /// `E_TIME_ZONE` where the caller names an unknown zone.
    pub fn new(path: &'a str, options: &'a ReadOptions) -> Result<Self, Refusal> {
        let zone = match options.tz.as_deref() {
            None => None,
            Some(name) => Some(Zone::new(name).ok_or_else(|| {
                Refusal::new(Code::TimeZone, path, Place::File, name, "an IANA zone name or an offset such as -05:00")
            })?),
        };
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
            index: HashMap::new(),
            scales: Vec::new(),
            zone,
            comma: false,
            point: None,
        })
    }

    /// A refusal at a line.
    pub fn refuse(&self, code: Code, line: u32, found: impl AsRef<str>, expected: impl Into<String>) -> Refusal {
        Refusal::new(code, self.path, Place::Line(u64::from(line)), found, expected)
    }

    /// A remark about a line.
    pub fn remark(&mut self, code: Code, line: u32, message: impl Into<String>) {
        self.diagnostics.push(code, Place::Line(u64::from(line)), None, message);
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

    /// Declares a slot; its number is what [`Builder::sample`] takes.
    pub fn slot(&mut self, slot: Slot) -> usize {
        self.slots.push(slot);
        self.scales.push(None);
        self.slots.len() - 1
    }

    /// The slot of that name.
    pub fn slot_named(&self, name: &str) -> Option<usize> {
        self.slots.iter().position(|slot| slot.name == name)
    }

    /// The names of the slots in the order they were declared.
    pub fn slot_names(&self) -> impl Iterator<Item = &str> {
        self.slots.iter().map(|slot| slot.name.as_str())
    }

    /// Whether any series of that name has a reading.
    pub fn has_readings(&self, name: &str) -> bool {
        let slot = self.slot_named(name);
        self.series.iter().any(|series| Some(series.slot) == slot && series.rows.iter().any(|row| row.value.is_ok()))
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

    /// The supply voltage the caller gives. [V]
    pub fn voltage(&self) -> Option<f64> {
        self.options.voltage
    }

    /// Whether the caller gives the pattern of the stamps.
    pub fn pattern_given(&self) -> bool {
        self.options.time_format.is_some()
    }

    /// Whether the caller gives the interval between samples.
    pub fn interval_given(&self) -> bool {
        self.options.interval_ns.is_some()
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
        if let Some(device) = self.index.get(name) {
            return Ok(*device);
        }
        if self.devices.len() == DEVICE_LIMIT {
            let expected = format!("at most {DEVICE_LIMIT} devices");
            return Err(self.refuse(Code::LimitDevices, line, name, expected));
        }
        let kept = self.options.devices.as_ref().is_none_or(|wanted| wanted.iter().any(|want| want == name));
        self.devices.push(Device { name: name.to_owned(), kept, series: Vec::new() });
        self.index.insert(name.to_owned(), self.devices.len() - 1);
        Ok(self.devices.len() - 1)
    }

    /// The time of a stamp on the clock of the trace; a local clock is taken to UTC where the caller gives the zone.
    ///
    /// # Errors
    /// `E_TIME_MIXED` where stamps of different bases meet, `E_TIME_PARSE` for a time its zone does not have.
    pub fn time(&mut self, stamp: Stamp, line: u32) -> Result<Time, Refusal> {
        let mut ns = stamp.ns;
        match self.base {
            None => self.base = Some(stamp.base),
            Some(base) if base == stamp.base => {}
            Some(base) => {
                let found = format!("a {:?} stamp after {base:?} ones", stamp.base).to_lowercase();
                return Err(self.refuse(Code::TimeMixed, line, found, "all stamps with a zone, or none"));
            }
        }
        if let (Base::Local, Some(zone)) = (stamp.base, &mut self.zone) {
            let placed = zone.place(ns).map_err(|fault| {
                let found = match fault {
                    ZoneFault::Skipped => "a time the zone skips",
                    ZoneFault::Range => "a time out of range",
                };
                self.refuse(Code::TimeParse, line, found, "a time of the zone given as tz")
            })?;
            ns = placed.ns;
            if placed.fold {
                self.fold_line.get_or_insert(line);
            }
            if placed.second_pass && !self.diagnostics.has(Code::DstFold) {
                self.remark(Code::DstFold, line, "the second pass of the repeated hour starts here");
            }
        }
        if stamp.leap && self.leaps.insert(ns - ns.rem_euclid(1_000_000_000)) {
            self.remark(Code::LeapSecond, line, "a leap second; later times were moved by one second");
        }
        self.resolution_ns = self.resolution_ns.min(stamp.resolution_ns);
        Ok(Time { ns, leap: stamp.leap })
    }

    /// The time of the civil or zoned stamp `text`, read by the caller's pattern where there is one.
    ///
    /// # Errors
    /// `E_TIME_PARSE` where it cannot be read without guessing, and those of [`Builder::time`].
    pub fn civil_time(&mut self, text: &str, order: DateOrder, line: u32) -> Result<Time, Refusal> {
        let stamp = match self.options.time_format.as_deref() {
            Some(pattern) => patterned_stamp(text.trim(), pattern),
            None => civil_stamp(text.trim(), order),
        };
        match (stamp, self.options.time_format.as_deref()) {
            (Some(stamp), _) => self.time(stamp, line),
            (None, Some(pattern)) => {
                Err(self.refuse(Code::TimeParse, line, text, format!("a stamp of the pattern {pattern:?}")))
            }
            (None, None) => {
                let expected = "a stamp such as 2025-03-04T10:00:00Z, or time_format= to say its order";
                Err(self.refuse(Code::TimeParse, line, text, expected))
            }
        }
    }

    /// The time of the record number `index` of a log without times.
    ///
    /// # Errors
    /// `E_NO_TIME` where the caller gives no interval, `E_RANGE`.
    pub fn spaced_time(&mut self, start: Option<Stamp>, index: u64, line: u32) -> Result<Time, Refusal> {
        let Some(interval) = self.options.interval_ns else {
            return Err(self.refuse(Code::NoTime, line, "a record without a time", "a time, or interval="));
        };
        let start = start.unwrap_or(Stamp { ns: 0, base: Base::Relative, leap: false, resolution_ns: interval });
        let since = i64::try_from(index).ok().and_then(|index| index.checked_mul(interval));
        match since.and_then(|since| start.ns.checked_add(since)) {
            Some(ns) => self.time(Stamp { ns, resolution_ns: interval, ..start }, line),
            None => Err(self.refuse(Code::Range, line, "a time out of range", "a shorter interval")),
        }
    }

    /// The reading in the cell `text` of a column; `declared` is the unit of its header.
    ///
    /// The unit of the cell is believed before that of the header (`W_UNIT_FROM_CELL`), or tells the unit where the
    /// header has none (`W_UNIT_CHANGE` where it changes); `fallback` is the unit where neither is written.
    ///
    /// # Errors
    /// `E_BAD_NUMBER` for what looks like a number and is none; `E_UNIT_UNKNOWN`.
    pub fn read(
        &mut self,
        slot: usize,
        text: &str,
        (declared, fallback): (Option<Unit>, Option<Unit>),
        line: u32,
    ) -> Result<Reading, Refusal> {
        let bad_number = |text: &str| self.refuse(Code::BadNumber, line, text, "a decimal number");
        let point = self.point_of(text);
        let (number, written) = match cell(text, point) {
            Ok(Cell::Number(number, unit)) => (number, unit),
            Ok(Cell::Nonfinite) => return Ok(Err(Fault::Nonfinite)),
            Ok(Cell::Missing) => return Ok(Err(Fault::NotRead)),
            Err(CellFault::Number) => return Err(bad_number(text)),
            Err(CellFault::Unit) => return Err(self.refuse(Code::UnitUnknown, line, text, "a known unit")),
        };
        if number.has_fraction() && self.point.is_some_and(|seen| seen != point) {
            return Err(self.refuse(Code::BadNumber, line, text, "one decimal mark in the whole file"));
        }
        if number.has_fraction() {
            if point == ',' && self.point.is_none() {
                self.remark(Code::DecimalComma, line, "decimal commas, read as such");
            }
            self.point = Some(point);
        }
        let kind = self.slots.get(slot).map_or(Kind::InstantPower, |slot| slot.kind);
        let Some(unit) = written.or(declared).or(fallback) else {
            let line = self.header_line.unwrap_or(line);
            return Err(self.refuse(Code::UnitUnknown, line, "a column without a unit", "a unit, as in power [W]"));
        };
        if dimension(kind) != Some(unit.dimension) {
            return Err(self.refuse(
                Code::UnitUnknown,
                line,
                text,
                format!("a unit of the same kind as {}", kind.unit()),
            ));
        }
        self.compare_unit(slot, unit, declared, line);
        let Some(value) = number.to_f64(unit.scale) else {
            return Err(self.refuse(Code::BadNumber, line, text, "a number in the range of f64"));
        };
        let step = unit.scale.value() * 10f64.powi(number.step());
        let boundary = self.slots.get(slot).and_then(|slot| slot.boundary);
        Ok(if is_sentinel(value, step, kind, boundary) { Err(Fault::Sentinel) } else { Ok((value, step)) })
    }

    /// The decimal mark of a cell: a comma only where the fields are not separated by commas and no point stands in it.
    pub fn point_of(&self, text: &str) -> char {
        if self.comma && text.contains(',') && !text.contains('.') { ',' } else { '.' }
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
        if entry.series.len() <= slot {
            entry.series.resize(slot + 1, None);
        }
        let place = entry.series.get(slot).copied().flatten().unwrap_or(self.series.len());
        if place == self.series.len() {
            if place == SERIES_LIMIT {
                return Err(self.refuse(Code::LimitDevices, line, "more series", format!("at most {SERIES_LIMIT}")));
            }
            entry.series.splice(slot..=slot, [Some(place)]);
            self.series.push(Series { device, slot, rows: Vec::new(), step: 0.0, fault_texts: Vec::new() });
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
        if value.is_err() && series.fault_texts.len() < TEXTS_KEPT {
            series.fault_texts.push(text.to_owned());
        }
        series.rows.push(Row { time_ns: time.ns, line, leap: time.leap, value });
        Ok(())
    }

    fn compare_unit(&mut self, slot: usize, unit: Unit, declared: Option<Unit>, line: u32) {
        match declared {
            Some(header) if header.scale != unit.scale => {
                self.remark(Code::UnitFromCell, line, "the cell names another unit than the header");
            }
            Some(_) => {}
            None => {
                let before = self.scales.get_mut(slot).and_then(|before| before.replace(unit));
                if before.is_some_and(|before| before.scale != unit.scale) {
                    self.remark(Code::UnitChange, line, "the unit changes here; each row was read with its own");
                }
            }
        }
    }
}

fn dimension(kind: Kind) -> Option<Dimension> {
    match kind {
        Kind::InstantPower | Kind::WindowedMeanPower { .. } | Kind::IntervalMeanPower | Kind::HoldPower => {
            Some(Dimension::Power)
        }
        Kind::EnergyCounter { .. } | Kind::IntervalEnergy => Some(Dimension::Energy),
        Kind::Voltage => Some(Dimension::Voltage),
        Kind::Current => Some(Dimension::Current),
        Kind::Temperature | Kind::Utilisation => None,
    }
}
