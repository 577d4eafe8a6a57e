//! Intervals whose length is measured and whose end carries a coarser stamp.

use crate::traces::Time;

/// A stamp of whole seconds and the time until it is printed differ by less than this from what has elapsed. [ns]
const LOOSE_NS: i64 = 2_000_000_000;

/// What is said where another recording starts in a file.
pub(crate) const ANOTHER: &str =
    "the stamps do not go on from here as the elapsed times do: a pause, or another recording";

/// Where intervals lie that follow one another: the first by its stamp, the next ones by what has elapsed.
#[derive(Default)]
pub(crate) struct Elapsed {
    /// End and stamp of the interval before. [ns]
    before: Option<(i64, Option<i64>)>,
}

/// An interval.
#[derive(Clone, Copy)]
pub(crate) struct Span {
    pub start: Time,
    pub end: Time,
    /// Whether it does not follow the one before: a pause lies between, or another recording starts.
    pub apart: bool,
    /// Whether that is so behind a first one.
    pub again: bool,
}

impl Elapsed {
    /// Whether there was none before.
    pub fn is_first(&self) -> bool {
        self.before.is_none()
    }

    /// The next interval, of a length and with the stamp of its end, if it can be read; without any stamp the first one
    /// starts at zero. [ns]
    pub fn next(&mut self, stamp: Option<i64>, length: i64) -> Span {
        let jumps = |(_, before): &(i64, Option<i64>)| {
            let passed = stamp.zip(*before).map(|(now, before)| now.saturating_sub(before));
            passed.is_some_and(|passed| {
                let late = passed.saturating_sub(length);
                late > LOOSE_NS || (passed < 0 && late < -LOOSE_NS)
            })
        };
        let (is_first, follows) = (self.is_first(), self.before.filter(|before| !jumps(before)));
        let end = match follows {
            Some((before, _)) => before.saturating_add(length),
            None => stamp.unwrap_or(length),
        };
        let start = follows.map_or(end.saturating_sub(length), |(before, _)| before);
        self.before = Some((end, stamp.or(self.before.and_then(|(_, stamp)| stamp))));
        let at = |ns| Time { ns, leap: false };
        Span { start: at(start), end: at(end), apart: follows.is_none(), again: follows.is_none() && !is_first }
    }
}
