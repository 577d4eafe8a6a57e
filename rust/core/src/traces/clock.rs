//! What a time in a log counts from.

use crate::input::LeapSeconds;
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// The farthest time from the zero of its clock, 146 years, so that a difference of two times fits. [ns]
pub const FARTHEST_NS: i64 = (1 << 62) - 1;

/// What the integer nanoseconds of a log count from. Behind a leap second that the log writes out they are one second
/// more ([`crate::input::LeapSeconds`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// Unix time: nanoseconds since 1970-01-01T00:00:00Z.
    Utc,
    /// Wall-clock time of an unnamed zone: the civil stamp counted as if it were UTC. It meets another clock only when a zone is given.
    Local,
    /// Time since the start of the recording.
    Relative,
}

impl Clock {
    /// The word for tables.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Utc => "utc",
            Self::Local => "local",
            Self::Relative => "relative",
        }
    }

    /// A time on this clock as a window reads it: RFC 3339, civil time, or seconds. [`ns` in ns]
    ///
    /// ```
    /// use szilard::{input::LeapSeconds, traces::Clock};
    /// assert_eq!(Clock::Utc.text(1_741_082_400_250_000_000, &LeapSeconds::default()), "2025-03-04T10:00:00.25Z");
    /// assert_eq!(Clock::Relative.text(4_100_000_000, &LeapSeconds::default()), "4.1 s");
    /// ```
    pub fn text(self, ns: i64, leaps: &LeapSeconds) -> String {
        if self == Self::Relative {
            return format!("{} s", ns as f64 / 1e9);
        }
        let (unix, leap) = leaps.unix(ns);
        let printed = if leap { unix.saturating_sub(1_000_000_000) } else { unix };
        let timestamp = Timestamp::from_nanosecond(i128::from(printed)).unwrap_or(Timestamp::UNIX_EPOCH);
        let text = match self {
            Self::Utc => timestamp.to_string(),
            _ => timestamp.to_zoned(TimeZone::UTC).datetime().to_string(),
        };
        match text.rsplit_once(":59").filter(|_| leap) {
            Some((minutes, rest)) => format!("{minutes}:60{rest}"),
            None => text,
        }
    }
}
