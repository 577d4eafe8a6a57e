//! The one clock of a token table: zones, hours that occur twice, leap seconds.

use super::TokenOptions;
use crate::energy::tokens::TokenLog;
use crate::input::{
    Base, Code, DateOrder, LeapSeconds, Place, Placed, Record, Refusal, Stamp, Zone, ZoneFault, civil_stamp,
};
use crate::traces::Clock;

/// The clock of a log: all stamps count from the same, or the log is refused.
///
/// Unix time that has lost a digit is a number like any other. Where at most a quarter of the numbers are of the other
/// kind, it is they that are wrong: the clock is that of the rest, and [`TokenLog::checked`] leaves them out by name.
pub(super) struct LogClock<'a> {
    base: Option<Base>,
    /// How many stamps are Unix time and how many are relative, and where the first of them stands.
    numbers: [(usize, Option<Place>); 2],
    zone: Option<Zone>,
    path: &'a str,
    fold: Option<Place>,
    leaps: LeapSeconds,
}

impl<'a> LogClock<'a> {
    /// The clock of a table, whose leap seconds are known before its first time is placed.
    pub fn new(options: &TokenOptions, path: &'a str, rows: &[Record]) -> Result<Self, Refusal> {
        let zone = options.tz.as_deref().map(|name| {
            let expected = "an IANA zone or an offset such as -05:00";
            Zone::new(name).ok_or_else(|| Refusal::new(Code::TimeZone, path, Place::File, name, expected))
        });
        let zone = zone.transpose()?;
        let cells = rows.iter().flat_map(|row| &row.fields).filter(|cell| cell.contains(":60"));
        let stamps = cells.filter_map(|cell| civil_stamp(cell.trim(), DateOrder::YearFirst));
        let unix = |stamp: Stamp| match (&zone, stamp.base) {
            (Some(zone), Base::Local) => zone.place_after(stamp.ns, i64::MIN).ok().map(|placed| placed.ns),
            _ => Some(stamp.ns),
        };
        let leaps = stamps.filter(|stamp| stamp.leap).filter_map(unix).collect();
        Ok(Self { base: None, numbers: [(0, None), (0, None)], zone, path, fold: None, leaps })
    }

    /// The start of a record on the clock of the log; records stand in the order of their starts, but for less than
    /// half of an hour that occurs twice. [ns]
    pub fn start(&mut self, stamp: Stamp, place: Place) -> Result<i64, Refusal> {
        self.on_clock(stamp, place, Zone::place)
    }

    /// A time of a record that is not before its start, on the clock of the log. [ns]
    pub fn later(&mut self, stamp: Stamp, start_ns: i64, place: Place) -> Result<i64, Refusal> {
        let (start_ns, _) = self.leaps.unix(start_ns);
        self.on_clock(stamp, place, |zone, local| zone.place_after(local, start_ns))
    }

    fn on_clock(
        &mut self,
        stamp: Stamp,
        place: Place,
        placed: impl Fn(&mut Zone, i64) -> Result<Placed, ZoneFault>,
    ) -> Result<i64, Refusal> {
        let base = *self.base.get_or_insert(stamp.base);
        if base != stamp.base && [base, stamp.base].contains(&Base::Local) {
            return Err(self.mixed(place));
        }
        let [utc, relative] = &mut self.numbers;
        let seen = if stamp.base == Base::Relative { relative } else { utc };
        seen.0 += 1;
        seen.1.get_or_insert_with(|| place.clone());
        let (Some(zone), Base::Local) = (&mut self.zone, stamp.base) else {
            return Ok(self.leaps.elapsed(stamp.ns, stamp.leap));
        };
        let Ok(placed) = placed(zone, stamp.ns) else {
            let expected = "a time that exists in the zone";
            return Err(Refusal::new(Code::TimeParse, self.path, place, "a skipped or far time", expected));
        };
        if placed.fold {
            self.fold.get_or_insert(place);
        }
        Ok(self.leaps.elapsed(placed.ns, stamp.leap))
    }

    fn mixed(&self, place: Place) -> Refusal {
        let expected = "stamps that all have a zone, or none, and numbers that all are Unix time, or none";
        Refusal::new(Code::TimeMixed, self.path, place, "another kind of stamp", expected)
    }

    /// The log on this clock, with a remark where stamps lie in an hour that occurs twice, or in a leap second.
    ///
    /// # Errors
    /// `E_TIME_MIXED` where Unix time and relative numbers are mixed and neither are few.
    pub fn log(self, mut log: TokenLog) -> Result<TokenLog, Refusal> {
        let [(utc, utc_at), (relative, relative_at)] = &self.numbers;
        let few = if utc < relative { (utc, utc_at) } else { (relative, relative_at) };
        if let (count, Some(place)) = few
            && count.saturating_mul(4) > utc + relative
        {
            return Err(self.mixed(place.clone()));
        }

        if let Some(place) = self.fold {
            let message = "times of an hour that occurs twice in the zone; the order of the records told which one";
            log.diagnostics.push(Code::DstFold, place, None, message);
        }
        if self.leaps != LeapSeconds::default() {
            let message = "a leap second; later times were moved by one second";
            log.diagnostics.push(Code::LeapSecond, Place::File, None, message);
        }
        let clock = match (self.base, &self.zone) {
            (Some(Base::Local), Some(_)) => Clock::Utc,
            (Some(Base::Local), None) | (None, _) => Clock::Local,
            _ if utc < relative => Clock::Relative,
            _ => Clock::Utc,
        };
        Ok(TokenLog { clock, leaps: self.leaps, ..log })
    }
}
