//! Local clocks taken to UTC by a named zone, the hour that occurs twice told by the order of the samples.

use super::time::offset_seconds;
use jiff::Timestamp;
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};

const SECOND: i64 = 1_000_000_000;

/// Why a local stamp has no place in a zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ZoneFault {
    /// The clock was put forward over it.
    Skipped,
    /// It is out of the range of the type.
    Range,
}

/// A local stamp in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placed {
    /// Unix time. [ns]
    pub ns: i64,
    /// Whether the hour occurs twice and this is its second pass.
    pub second_pass: bool,
    /// Whether the hour occurs twice.
    pub fold: bool,
}

/// A zone and the last stamp placed in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Zone {
    zone: TimeZone,
    last: Option<i64>,
}

impl Zone {
    /// The zone `name`: an IANA name, `UTC`, or an offset such as `-05:00`; `None` where there is no such zone.
    pub fn new(name: &str) -> Option<Self> {
        let zone = match offset_seconds(name) {
            Some(seconds) => TimeZone::fixed(Offset::from_seconds(seconds).ok()?),
            None if name == "Z" => TimeZone::UTC,
            None => TimeZone::get(name).ok()?,
        };
        Some(Self { zone, last: None })
    }

    /// The civil time `local` (counted as if it were UTC) in Unix time. Of an hour that occurs twice the pass is
    /// taken that does not go back behind the stamp before.
    ///
    /// # Errors
    /// [`ZoneFault::Skipped`] for a civil time that does not exist in the zone, [`ZoneFault::Range`].
    pub fn place(&mut self, local: i64) -> Result<Placed, ZoneFault> {
        let civil = Timestamp::from_nanosecond(i128::from(local)).map_err(|_| ZoneFault::Range)?;
        let civil = Offset::UTC.to_datetime(civil);
        let shift = |offset: Offset| local.checked_sub(i64::from(offset.seconds()) * SECOND).ok_or(ZoneFault::Range);
        let placed = match self.zone.to_ambiguous_timestamp(civil).offset() {
            AmbiguousOffset::Unambiguous { offset } => Placed { ns: shift(offset)?, second_pass: false, fold: false },
            AmbiguousOffset::Gap { .. } => return Err(ZoneFault::Skipped),
            AmbiguousOffset::Fold { before, after } => {
                let first = shift(before)?;
                let second = shift(after)?;
                // A stamp may lie up to half of the repeated stretch before the one before it and be of the same pass.
                let disorder = second.saturating_sub(first) / 2;
                let second_pass = self.last.is_some_and(|last| first < last.saturating_sub(disorder));
                Placed { ns: if second_pass { second } else { first }, second_pass, fold: true }
            }
        };
        self.last = Some(self.last.map_or(placed.ns, |last| last.max(placed.ns)));
        Ok(placed)
    }

    /// The civil time `local` in Unix time, of an hour that occurs twice the earliest pass not before `earliest`.
    ///
    /// # Errors
    /// Those of [`Zone::place`].
    pub fn place_after(&self, local: i64, earliest: i64) -> Result<Placed, ZoneFault> {
        let first = Self { zone: self.zone.clone(), last: None }.place(local)?;
        if !first.fold || first.ns >= earliest {
            return Ok(first);
        }
        Self { zone: self.zone.clone(), last: Some(i64::MAX) }.place(local)
    }
}

#[cfg(test)]
mod tests {
    use super::super::time::{DateOrder, civil_stamp};
    use super::*;

    fn local(text: &str) -> i64 {
        civil_stamp(text, DateOrder::YearFirst).unwrap().ns
    }

    #[test]
    fn the_repeated_hour_is_told_by_the_order() {
        // Berlin, 2025-10-26: 02:59:59 CEST is 00:59:59 UTC, one second later it is 02:00:00 CET, 01:00:00 UTC.
        let mut berlin = Zone::new("Europe/Berlin").unwrap();
        let before = berlin.place(local("2025-10-26 02:59:59")).unwrap();
        let after = berlin.place(local("2025-10-26 02:00:00")).unwrap();
        assert_eq!((before.ns, before.second_pass), (local("2025-10-26 00:59:59"), false));
        assert_eq!((after.ns, after.second_pass), (local("2025-10-26 01:00:00"), true));
    }

    #[test]
    fn a_repeated_half_hour_is_told_too() {
        // Lord Howe Island, 2025-04-06: 01:59:59 is at +11, one second later it is 01:30:00 at +10:30.
        let mut island = Zone::new("Australia/Lord_Howe").unwrap();
        let before = island.place(local("2025-04-06 01:59:59")).unwrap();
        let after = island.place(local("2025-04-06 01:30:00")).unwrap();
        assert_eq!((after.ns - before.ns, after.second_pass), (SECOND, true));
    }

    #[test]
    fn an_end_in_the_repeated_hour_comes_after_its_start() {
        let mut berlin = Zone::new("Europe/Berlin").unwrap();
        let start = berlin.place(local("2025-10-26 02:55:00")).unwrap().ns;
        let end = berlin.place_after(local("2025-10-26 02:05:00"), start).unwrap();
        assert_eq!((end.ns - start, end.second_pass), (600 * SECOND, true));
        let end = berlin.place_after(local("2025-10-26 02:56:00"), start).unwrap();
        assert_eq!((end.ns - start, end.second_pass), (60 * SECOND, false));
    }

    #[test]
    fn offsets_and_skipped_hours() {
        let mut chicago = Zone::new("-05:00").unwrap();
        assert_eq!(chicago.place(local("2025-03-04 05:00:00")).unwrap().ns, local("2025-03-04 10:00:00"));
        let mut berlin = Zone::new("Europe/Berlin").unwrap();
        assert_eq!(berlin.place(local("2025-03-30 02:30:00")), Err(ZoneFault::Skipped));
        assert!(Zone::new("Mars/Olympus").is_none());
    }
}
