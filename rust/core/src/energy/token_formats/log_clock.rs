//! The one clock of a token table: zones, hours that occur twice, leap seconds.

use super::TokenOptions;
use crate::energy::tokens::TokenLog;
use crate::input::{
    Base, Code, DateOrder, LeapSeconds, Place, Placed, Record, Refusal, Stamp, Zone, ZoneFault, civil_stamp,
};
use crate::traces::Clock;

/// The clock of a log: all stamps count from the same, or the log is refused.
pub(super) struct LogClock<'a> {
    base: Option<Base>,
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
        Ok(Self { base: None, zone, path, fold: None, leaps })
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
        if *self.base.get_or_insert(stamp.base) != stamp.base {
            let expected = "stamps that all have a zone, or none";
            return Err(Refusal::new(Code::TimeMixed, self.path, place, "another kind of stamp", expected));
        }
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

    /// The log on this clock, with a remark where stamps lie in an hour that occurs twice, or in a leap second.
    pub fn log(self, mut log: TokenLog) -> TokenLog {
        if let Some(place) = self.fold {
            let message = "times of an hour that occurs twice in the zone; the order of the records told which one";
            log.diagnostics.push(Code::DstFold, place, None, message);
        }
        if self.leaps != LeapSeconds::default() {
            let message = "a leap second; later times were moved by one second";
            log.diagnostics.push(Code::LeapSecond, Place::File, None, message);
        }
        let clock = match (self.base, &self.zone) {
            (Some(Base::Utc), _) | (Some(Base::Local), Some(_)) => Clock::Utc,
            (Some(Base::Local), None) | (None, _) => Clock::Local,
            (Some(Base::Relative), _) => Clock::Relative,
        };
        TokenLog { clock, leaps: self.leaps, ..log }
    }
}
