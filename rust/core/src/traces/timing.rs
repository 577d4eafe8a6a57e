//! Times of records on the one clock of a trace: stamps, patterns, zones, or a caller's interval.

use super::builder::Builder;
use super::clock::FARTHEST_NS;
use crate::input::{Base, Code, DateOrder, LeapSeconds, Refusal, Stamp, ZoneFault, civil_stamp, patterned_stamp};

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
}

impl Builder<'_> {
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
}
