//! Times of records on the one clock of a trace: stamps, patterns, zones, or a caller's interval.

use super::builder::Builder;
use super::clock::FARTHEST_NS;
use crate::input::{
    Base, Cell, Code, DateOrder, Dimension, LeapSeconds, Literal, Refusal, Scale, Stamp, Unit, ZoneFault, cell,
    civil_stamp, clock_stamp, literal, numeric_stamp, patterned_stamp,
};
use szilard_simd::decimal;

/// The time of a record on the clock of the trace.
#[derive(Debug, Clone, Copy)]
pub struct Time {
    pub(super) ns: i64,
    pub(super) leap: bool,
}

impl Time {
    /// The time before leap seconds are counted. [ns]
    pub fn ns(self) -> i64 {
        self.ns
    }

    /// The time so much later. [`ns` in ns]
    pub fn after(self, ns: i64) -> Self {
        Self { ns: self.ns.saturating_add(ns), leap: false }
    }
}

/// The day that times of day have reached, counted from the first of them or from a date.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Day {
    /// Midnight of the present day. [ns]
    midnight: i64,
    /// Whether midnight is that of a known date.
    dated: bool,
    /// Time of day of the record before. [ns]
    last: Option<i64>,
}

const DAY: i64 = 86_400_000_000_000;

impl Builder<'_> {
    /// Says on which date the times of day start, as a stamp at its midnight.
    pub fn first_day(&mut self, midnight: Stamp) {
        self.day = Day { midnight: midnight.ns, dated: true, last: None };
    }

    /// The time of the time of day `text`; one that lies half a day or more before the record before is of the next day
    /// (`I_MIDNIGHT`).
    ///
    /// # Errors
    /// `E_TIME_PARSE`, and those of [`Builder::time`].
    pub fn time_of_day(&mut self, text: &str, line: u32) -> Result<Time, Refusal> {
        let Some((of_day, resolution_ns)) = clock_stamp(text.trim()) else {
            return Err(self.refuse(Code::TimeParse, line, text, "a time of day such as 10:00:00"));
        };
        if self.day.last.is_some_and(|last| last.saturating_sub(of_day) > DAY / 2) {
            self.remark(Code::Midnight, line, "the time of day passed midnight");
            self.day.midnight = self.day.midnight.saturating_add(DAY);
        }
        self.day.last = Some(of_day);
        let base = if self.day.dated { Base::Local } else { Base::Relative };
        self.time(Stamp { ns: self.day.midnight.saturating_add(of_day), base, leap: false, resolution_ns }, line)
    }

    /// The time that `text` counts in `unit` from the zero of the recording's own clock.
    ///
    /// # Errors
    /// `E_TIME_PARSE` for what is no number, and those of [`Builder::time`].
    pub fn elapsed(&mut self, text: &str, unit: &str, line: u32) -> Result<Time, Refusal> {
        self.number_time(text, unit, Base::Relative, line)
    }

    /// The Unix time that `text` counts in `unit`.
    ///
    /// # Errors
    /// `E_TIME_PARSE` for what is no number, and those of [`Builder::time`].
    pub fn unix_time(&mut self, text: &str, unit: &str, line: u32) -> Result<Time, Refusal> {
        self.number_time(text, unit, Base::Utc, line)
    }

    /// The time in a cell of a column whose title declares a unit or none: a number of it, or a civil or zoned stamp.
    ///
    /// # Errors
    /// `E_TIME_UNIT` for a number without a unit, `E_TIME_PARSE`, and those of [`Builder::time`].
    pub fn titled_time(&mut self, text: &str, declared: Option<Unit>, line: u32) -> Result<Time, Refusal> {
        let Ok(Cell::Number(number, written)) = cell(text, self.point_of(text)) else {
            return self.civil_time(text, DateOrder::YearFirst, line);
        };
        let Some(unit) = written.or(declared) else {
            return Err(self.refuse(Code::TimeUnit, line, text, suggestion(text)));
        };
        match numeric_stamp(number, unit.scale).filter(|_| unit.dimension == Dimension::Time) {
            Some(stamp) => self.time(stamp, line),
            None => Err(self.refuse(Code::TimeParse, line, text, "a time in the range of the type")),
        }
    }

    fn number_time(&mut self, text: &str, unit: &str, base: Base, line: u32) -> Result<Time, Refusal> {
        let scale = crate::input::unit(unit).map_or(Scale::ONE, |unit| unit.scale);
        let stamp = match literal(text.trim(), self.point_of(text)) {
            Literal::Number(number) => numeric_stamp(number, scale),
            _ => None,
        };
        match stamp {
            Some(stamp) => self.time(Stamp { base, ..stamp }, line),
            None => Err(self.refuse(Code::TimeParse, line, text, format!("a time in {unit}"))),
        }
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
        if stamp.leap && self.leaps.insert(LeapSeconds::second(ns)) {
            self.remark(Code::LeapSecond, line, "a leap second; later times were moved by one second");
        }
        if ns.unsigned_abs() > FARTHEST_NS.unsigned_abs() {
            return Err(self.refuse(Code::Range, line, format!("a time of {ns} ns"), "a time within 146 years"));
        }
        self.resolution_ns = self.resolution_ns.min(stamp.resolution_ns);
        Ok(Time { ns, leap: stamp.leap })
    }

    /// Says that the intervals may start or end at their stamps, so that a window is open by one interval at each end.
    pub(super) fn edges_unknown(&mut self, interval_ns: i64) {
        self.resolution_ns = interval_ns;
        let message = "whether a stamp is that of the start or the end of an interval is not documented; it was read as the start";
        self.remark(
            Code::IntervalStamp,
            self.header_line.or(self.records.map(|(first, _)| first)).unwrap_or(0),
            message,
        );
    }

    /// The time of the civil or zoned stamp `text`, read by the caller's pattern where there is one.
    ///
    /// # Errors
    /// `E_TIME_PARSE` where it cannot be read without guessing, and those of [`Builder::time`].
    pub fn civil_time(&mut self, text: &str, order: DateOrder, line: u32) -> Result<Time, Refusal> {
        if let Some(stamp) = self.stamp_in_same_minute(text, order) {
            return self.time(stamp, line);
        }
        let stamp = match self.options.time_format.as_deref() {
            Some(pattern) => patterned_stamp(text.trim(), pattern),
            None => civil_stamp(text.trim(), order),
        };
        match (stamp, self.options.time_format.as_deref()) {
            (Some(stamp), pattern) => {
                if pattern.is_none() {
                    self.keep_minute(text.trim(), order, stamp);
                }
                self.time(stamp, line)
            }
            (None, Some(pattern)) => {
                Err(self.refuse(Code::TimeParse, line, text, format!("a stamp of the pattern {pattern:?}")))
            }
            (None, None) => {
                let expected = "a stamp such as 2025-03-04T10:00:00Z, or time_format= to say its order";
                Err(self.refuse(Code::TimeParse, line, text, expected))
            }
        }
    }

    /// The stamp `text`, where it is in the same minute as the one kept and ends with seconds.
    fn stamp_in_same_minute(&self, text: &str, order: DateOrder) -> Option<Stamp> {
        let (minute, known_order, stamp) = self.recent_minute.as_ref()?;
        let (ns, resolution_ns) = seconds_ns(text.strip_prefix(minute.as_str())?)?;
        (*known_order == order).then_some(Stamp { ns: stamp.ns.checked_add(ns)?, resolution_ns, ..*stamp })
    }

    /// Keeps a stamp up to its seconds, if it ends with them.
    fn keep_minute(&mut self, text: &str, order: DateOrder, stamp: Stamp) {
        let Some((minute, seconds)) = text.rfind(':').and_then(|at| text.split_at_checked(at + 1)) else { return };
        let Some((ns, _)) = seconds_ns(seconds) else { return };
        let whole = minute.matches(':').count() == 2 && stamp.base == Base::Local && !stamp.leap;
        if let (true, Some(start)) = (whole, stamp.ns.checked_sub(ns)) {
            self.recent_minute = Some((minute.to_owned(), order, Stamp { ns: start, ..stamp }));
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
}

/// The seconds `05` or `05.250` of a minute and their last digit; `None` for any other text. [ns]
fn seconds_ns(text: &str) -> Option<(i64, i64)> {
    let (whole, fraction, digits) = decimal(text.as_bytes())?;
    let point = usize::from(fraction > 0);
    let step = [1_000_000_000, 100_000_000, 10_000_000, 1_000_000, 100_000, 10_000, 1_000, 100, 10, 1].get(fraction)?;
    let ns = i64::try_from(digits).ok()?.checked_mul(*step)?;
    (whole == 2 && text.len() == whole + point + fraction && ns < 60_000_000_000).then_some((ns, *step))
}

/// What to say about a number without a unit: the unit in which it would be a time of this century.
fn suggestion(text: &str) -> String {
    let units = [("s", 0), ("ms", -3), ("us", -6), ("ns", -9)];
    let Ok(Cell::Number(number, _)) = cell(text, '.') else { return "a unit, as in timestamp_ms".to_owned() };
    let epoch = units.into_iter().find_map(|(name, power)| {
        let stamp = numeric_stamp(number, Scale { factor: 1, power })?;
        (stamp.base == Base::Utc).then_some((name, stamp.ns))
    });
    match epoch {
        Some((name, ns)) => {
            let time =
                jiff::Timestamp::from_nanosecond(i128::from(ns)).map(|time| time.to_string()).unwrap_or_default();
            format!("a unit in the title, as in timestamp_{name} (in {name} this would be {time})")
        }
        None => "a unit in the title, as in time [s]".to_owned(),
    }
}
