//! A time that a caller names, on the clock of a trace.

use super::clock::{Clock, FARTHEST_NS};
use super::trace::Trace;
use crate::input::{
    Base, Code, DateOrder, Literal, Place, Refusal, Scale, Stamp, Zone, civil_stamp, literal, numeric_stamp,
};
use crate::quantity::Quantity;
use crate::quantity::units::f64::Time;
use crate::quantity::units::time::second;

impl Trace {
    /// The time that `text` names on the clock of the trace. [ns]
    ///
    /// | clock | text |
    /// |---|---|
    /// | utc | RFC 3339 with a zone, or without one where `tz` gives it; Unix time in seconds |
    /// | local | civil time without a zone |
    /// | relative | seconds, with or without their unit: `12.5`, `12.5 s`, `3 min` |
    ///
    /// # Errors
    /// `E_WINDOW` for a text of another clock, `E_TIME_ZONE` for a civil time on a utc clock without `tz`.
    ///
    /// ```
    /// use szilard::traces::{ReadOptions, read};
    /// let log = b"time [s],power [W]\n0,7.2\n4.1,7.2\n";
    /// let trace = read(log.to_vec(), "log.csv", &ReadOptions::default()).unwrap();
    /// assert_eq!(trace.instant_ns("2.5 s", None).unwrap(), 2_500_000_000);
    /// assert!(trace.instant_ns("2025-03-04 10:00:00", None).is_err());
    /// ```
    pub fn instant_ns(&self, text: &str, tz: Option<&str>) -> Result<i64, Refusal> {
        let refusal = |expected: &str| Refusal::new(Code::Window, &self.source, Place::File, text, expected);
        let ns = self.named_ns(text.trim(), tz)?;
        if ns.unsigned_abs() > FARTHEST_NS.unsigned_abs() { Err(refusal("a time within 146 years")) } else { Ok(ns) }
    }

    fn named_ns(&self, text: &str, tz: Option<&str>) -> Result<i64, Refusal> {
        let refusal = |code, expected: &str| Refusal::new(code, &self.source, Place::File, text, expected);
        match (self.clock, stamp(text)) {
            (Clock::Utc, Some(Stamp { ns, base: Base::Utc, leap, .. }))
            | (Clock::Local, Some(Stamp { ns, base: Base::Local, leap, .. })) => Ok(self.leaps.elapsed(ns, leap)),
            (Clock::Relative, Some(Stamp { ns, base: Base::Relative, .. })) => Ok(ns),
            (Clock::Relative, None) => {
                duration_ns(text).ok_or_else(|| refusal(Code::Window, "seconds on the relative clock of the trace"))
            }
            (Clock::Utc, Some(Stamp { ns, base: Base::Local, leap, .. })) => {
                let name = tz.ok_or_else(|| refusal(Code::TimeZone, "a zone in the time, or tz"))?;
                let mut zone = Zone::new(name).ok_or_else(|| refusal(Code::TimeZone, "an IANA zone or an offset"))?;
                let placed = zone.place(ns).map_err(|_| refusal(Code::Window, "a time that occurs in the zone"))?;
                if placed.fold {
                    return Err(refusal(
                        Code::TimeZone,
                        "an offset in the time, for this hour occurs twice in the zone",
                    ));
                }
                Ok(self.leaps.elapsed(placed.ns, leap))
            }
            (Clock::Utc, _) => Err(refusal(Code::Window, "a time with a zone or Unix seconds, as the trace is on UTC")),
            (Clock::Local, _) => {
                Err(refusal(Code::Window, "a civil time without a zone, as the trace is on a local clock"))
            }
            (Clock::Relative, _) => Err(refusal(Code::Window, "seconds on the relative clock of the trace")),
        }
    }

    /// A time on the clock of the trace as [`Trace::instant_ns`] reads it.
    ///
    /// ```
    /// use szilard::traces::{ReadOptions, read};
    /// let log = b"time [s],power [W]\n0,7.2\n4.1,7.2\n";
    /// let trace = read(log.to_vec(), "log.csv", &ReadOptions::default()).unwrap();
    /// assert_eq!(trace.instant_text(4_100_000_000), "4.1 s");
    /// ```
    pub fn instant_text(&self, ns: i64) -> String {
        self.clock.text(ns, &self.leaps)
    }
}

fn stamp(text: &str) -> Option<Stamp> {
    match literal(text, '.') {
        Literal::Number(number) => numeric_stamp(number, Scale::ONE),
        _ => civil_stamp(text, DateOrder::YearFirst),
    }
}

/// A time with its unit. [ns]
fn duration_ns(text: &str) -> Option<i64> {
    let time: Time = text.parse::<Quantity>().ok()?.as_static().ok()?;
    let ns = (time.get::<second>() * 1e9).round();
    (ns.abs() < 9.2e18).then_some(ns as i64)
}

#[cfg(test)]
mod tests {
    use super::super::place::Records;
    use super::*;
    use crate::input::{Diagnostics, LeapSeconds};

    fn on(clock: Clock) -> Trace {
        Trace {
            format: "generic-csv",
            source: "log.csv".to_owned(),
            clock,
            leaps: LeapSeconds::default(),
            channels: Vec::new(),
            total_known: true,
            separate_devices: false,
            records: Records::default(),
            diagnostics: Diagnostics::default(),
        }
    }

    #[test]
    fn what_is_written_reads_back() {
        for clock in [Clock::Utc, Clock::Local, Clock::Relative] {
            let trace = on(clock);
            for ns in [1_741_082_400_250_000_000, 1_741_082_400_000_000_001] {
                let ns = if clock == Clock::Relative { ns % 1_000_000_000_000 } else { ns };
                assert_eq!(trace.instant_ns(&trace.instant_text(ns), None), Ok(ns), "{}", trace.instant_text(ns));
            }
        }
        assert_eq!(on(Clock::Local).instant_text(1_741_082_400_250_000_000), "2025-03-04T10:00:00.25");
    }

    #[test]
    fn a_time_behind_a_leap_second_counts_it() {
        let leap = stamp("2016-12-31T23:59:60Z").unwrap().ns;
        for clock in [Clock::Utc, Clock::Local] {
            let trace = Trace { leaps: [leap].into_iter().collect(), ..on(clock) };
            for (behind, text) in
                [(-1, "2016-12-31T23:59:59"), (0, "2016-12-31T23:59:60.5"), (2, "2017-01-01T00:00:01")]
            {
                let text = format!("{text}{}", if clock == Clock::Utc { "Z" } else { "" });
                let half = if behind == 0 { 500_000_000 } else { 0 };
                let ns = leap + behind * 1_000_000_000 + half;
                assert_eq!((trace.instant_ns(&text, None), trace.instant_text(ns)), (Ok(ns), text));
            }
        }
    }

    #[test]
    fn a_time_is_read_on_its_own_clock_only() {
        let (utc, local, relative) = (on(Clock::Utc), on(Clock::Local), on(Clock::Relative));
        // 2025-03-04 10:00:00 UTC
        let ns = 1_741_082_400_000_000_000;
        assert_eq!(utc.instant_ns("2025-03-04T11:00:00+01:00", None), Ok(ns));
        assert_eq!(utc.instant_ns("2025-03-04 11:00:00", Some("Europe/Berlin")), Ok(ns));
        assert_eq!(utc.instant_ns("1741082400", None), Ok(ns));
        assert_eq!(local.instant_ns("2025-03-04 10:00:00", None), Ok(ns));
        assert_eq!(relative.instant_ns("12.5", None), Ok(12_500_000_000));
        assert_eq!(relative.instant_ns("1.5 min", None), Ok(90_000_000_000));
        let code = |trace: &Trace, text: &str, tz| trace.instant_ns(text, tz).unwrap_err().code;
        assert_eq!(code(&utc, "2025-03-04 11:00:00", None), Code::TimeZone);
        assert_eq!(code(&utc, "2025-10-26 02:30:00", Some("Europe/Berlin")), Code::TimeZone);
        assert_eq!(code(&utc, "12.5", None), Code::Window);
        assert_eq!(code(&local, "2025-03-04T10:00:00Z", None), Code::Window);
        assert_eq!(code(&relative, "2025-03-04 10:00:00", None), Code::Window);
        assert_eq!(code(&relative, "12.5 W", None), Code::Window);
    }
}
