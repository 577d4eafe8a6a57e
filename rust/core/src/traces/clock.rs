//! What a time in a log counts from.

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
}
