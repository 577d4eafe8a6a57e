//! Time stamps as exact integer nanoseconds, read without guessing.

use super::number::{Decimal, Literal, Scale, literal};
use jiff::civil;
use jiff::fmt::strtime::BrokenDownTime;

const SECOND: i64 = 1_000_000_000;

/// What a stamp counts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Base {
    /// Unix time: the stamp has a zone, an offset, or is an epoch number.
    Utc,
    /// Civil time of an unnamed zone, counted as if it were UTC.
    Local,
    /// Some start of the recording.
    Relative,
}

/// A time stamp.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// The time. [ns]
    pub ns: i64,
    /// What it counts from.
    pub base: Base,
    /// Whether it is a leap second (`:60`), which is counted as the first second of the next minute.
    pub leap: bool,
    /// The last printed digit. [ns]
    pub resolution_ns: i64,
}

/// The order of the parts of a date where it is not year first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateOrder {
    /// `2025-03-04` and `2025/03/04` only.
    YearFirst,
    /// `03-04-2025` too, the fourth of March, because the format is known to write it so.
    MonthFirst,
}

/// The civil or zoned stamp `text`; `None` where it cannot be read without guessing.
///
/// Read are `2025-03-04T10:00:00.5+01:00` and its like (RFC 3339; space or `T`; `.` or `,` before the fraction; `Z`,
/// `UTC`, `+01`, `+0100`), the same with `/` in the date, and month first where the format declares it. `:60` is a
/// leap second. `03/04/2025` is not read: it needs a pattern.
///
/// ```
/// use szilard::input::{DateOrder, civil_stamp};
/// let stamp = civil_stamp("2025/03/04 10:00:00.250", DateOrder::YearFirst).unwrap();
/// assert_eq!((stamp.ns, stamp.resolution_ns), (1_741_082_400_250_000_000, 1_000_000));
/// assert_eq!(civil_stamp("03/04/2025 10:00:00", DateOrder::YearFirst), None);
/// ```
pub fn civil_stamp(text: &str, order: DateOrder) -> Option<Stamp> {
    let (date, clock) = text.split_once(['T', ' '])?;
    let (year, month, day) = date_parts(date, order)?;
    let (clock, zone) = split_zone(clock.trim_start())?;
    let (hour, clock) = clock.split_once(':')?;
    let (minute, second) = match clock.split_once(':') {
        // a colon without digits behind it is a cut stamp
        Some((_, second)) if !second.starts_with(|c: char| c.is_ascii_digit()) => return None,
        Some(parts) => parts,
        None => (clock, ""),
    };
    let resolution_ns = if second.is_empty() { 60 * SECOND } else { SECOND };
    let (second, fraction) = second.split_once(['.', ',']).unwrap_or((second, ""));
    if text.ends_with(['.', ',', ':']) {
        return None;
    }
    let second = if second.is_empty() { 0 } else { two_digits(second)? };
    let leap = second == 60;
    let whole =
        civil::DateTime::new(year, month, day, two_digits(hour)?, two_digits(minute)?, second - i8::from(leap), 0)
            .ok()?;
    let ns = civil_ns(whole)?.checked_add(i64::from(leap) * SECOND)?;
    let ns = if fraction.is_empty() { ns } else { ns.checked_add(fraction_ns(fraction)?)? };
    let (base, offset_s) = zone.map_or((Base::Local, 0), |offset_s| (Base::Utc, offset_s));
    Some(Stamp {
        ns: ns.checked_sub(i64::from(offset_s) * SECOND)?,
        base,
        leap,
        resolution_ns: fraction_step(fraction).map_or(resolution_ns, |step| step),
    })
}

/// The time of day `text`, `10:00:00`, `10:00:00.250` or `10:0:0:250` with milliseconds behind the third colon, and its
/// resolution; `None` where it is none. [ns]
///
/// ```
/// use szilard::input::clock_stamp;
/// assert_eq!(clock_stamp("00:00:01:250"), Some((1_250_000_000, 1_000_000)));
/// assert_eq!(clock_stamp("24:00:00"), None);
/// ```
pub fn clock_stamp(text: &str) -> Option<(i64, i64)> {
    let mut parts = text.split(':');
    let (hour, minute, second) = (parts.next()?, parts.next()?, parts.next()?);
    let milliseconds = parts.next();
    let (second, fraction) = second.split_once(['.', ',']).unwrap_or((second, ""));
    let civil = civil::Time::new(two_digits(hour)?, two_digits(minute)?, two_digits(second)?, 0).ok()?;
    let whole = i64::from(civil.hour()) * 3600 + i64::from(civil.minute()) * 60 + i64::from(civil.second());
    let (part, resolution) = match (milliseconds, fraction) {
        (None, "") => (0, SECOND),
        (None, fraction) => (fraction_ns(fraction)?, fraction_step(fraction)?),
        (Some(milliseconds), "") if (1..=3).contains(&milliseconds.len()) => {
            (i64::from(digits(milliseconds)?) * 1_000_000, 1_000_000)
        }
        _ => return None,
    };
    parts.next().is_none().then_some((whole * SECOND + part, resolution))
}

/// The stamp `text` read by the `strptime` pattern; `None` where it does not fit.
pub fn patterned_stamp(text: &str, pattern: &str) -> Option<Stamp> {
    let parts = BrokenDownTime::parse(pattern, text).ok()?;
    let (ns, base) = match (parts.offset(), parts.to_datetime()) {
        (None, Ok(civil)) => (civil_ns(civil)?, Base::Local),
        _ => (i64::try_from(parts.to_timestamp().ok()?.as_nanosecond()).ok()?, Base::Utc),
    };
    let fraction = text.rsplit_once(['.', ',']).map_or("", |(_, tail)| tail);
    let digits = fraction.bytes().take_while(u8::is_ascii_digit).count();
    let printed =
        fraction.get(..digits).filter(|_| pattern.contains('f') || pattern.contains('N')).and_then(fraction_step);
    let whole = if ["%S", "%T", "%s", "%c", "%r", "%X"].iter().any(|mark| pattern.contains(mark)) { 1 } else { 60 };
    Some(Stamp { ns, base, leap: false, resolution_ns: printed.unwrap_or(whole * SECOND) })
}

/// The number times `scale` as a stamp; `None` where it is out of range.
///
/// A number of seconds between 2001 and 2100 is Unix time, any other is relative to some start.
pub fn numeric_stamp(number: Decimal<'_>, scale: Scale) -> Option<Stamp> {
    let ns = number.to_ns(scale)?;
    let epoch = (1_000_000_000 * SECOND..4_102_444_800 * SECOND).contains(&ns);
    let power = number.step() + scale.power + 9;
    let step = if power < 0 { 1 } else { 10i64.checked_pow(power.unsigned_abs()).unwrap_or(i64::MAX) };
    Some(Stamp {
        ns,
        base: if epoch { Base::Utc } else { Base::Relative },
        leap: false,
        resolution_ns: step.saturating_mul(i64::from(scale.factor)),
    })
}

/// The civil time counted as if it were UTC. [ns]
pub fn civil_ns(civil: civil::DateTime) -> Option<i64> {
    let days = i64::from(civil::date(1970, 1, 1).until(civil.date()).ok()?.get_days());
    let clock = civil.time();
    let seconds = i64::from(clock.hour()) * 3600 + i64::from(clock.minute()) * 60 + i64::from(clock.second());
    let ns = i64::from(clock.subsec_nanosecond());
    (days * 86_400 + seconds).checked_mul(SECOND)?.checked_add(ns)
}

fn date_parts(date: &str, order: DateOrder) -> Option<(i16, i8, i8)> {
    let separator = if date.contains('/') { '/' } else { '-' };
    let mut parts = date.split(separator);
    let (first, second, third) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let (year, month, day) = match (first.len(), third.len(), order) {
        (4, 1..=2, _) => (first, second, third),
        (2, 4, DateOrder::MonthFirst) => (third, first, second),
        _ => return None,
    };
    Some((i16::try_from(digits(year)?).ok()?, two_digits(month)?, two_digits(day)?))
}

/// The clock and, where one is written, the offset from UTC in seconds.
fn split_zone(clock: &str) -> Option<(&str, Option<i32>)> {
    for name in ["Z", "z", " UTC", " GMT", "UTC"] {
        if let Some(clock) = clock.strip_suffix(name) {
            return Some((clock, Some(0)));
        }
    }
    let Some(at) = clock.rfind(['+', '-']) else { return Some((clock, None)) };
    let (clock, zone) = clock.split_at_checked(at)?;
    let offset = offset_seconds(zone)?;
    Some((clock.trim_end(), Some(offset)))
}

/// The offset `+01:00`, `-0530` or `+01` in seconds.
pub(super) fn offset_seconds(text: &str) -> Option<i32> {
    let unsigned = text.strip_prefix(['+', '-'])?;
    let (hour, minute) = match unsigned.len() {
        2 => (unsigned, "00"),
        4 => unsigned.split_at_checked(2)?,
        5 => unsigned.split_once(':')?,
        _ => return None,
    };
    let (hour, minute) = (i32::from(two_digits(hour)?), i32::from(two_digits(minute)?));
    let size = hour * 3600 + minute * 60;
    (hour <= 23 && minute <= 59).then_some(if text.starts_with('-') { -size } else { size })
}

fn fraction_ns(fraction: &str) -> Option<i64> {
    let number = format!("0.{fraction}");
    match literal(&number, '.') {
        Literal::Number(number) if fraction.bytes().all(|byte| byte.is_ascii_digit()) => number.to_ns(Scale::ONE),
        _ => None,
    }
}

fn fraction_step(fraction: &str) -> Option<i64> {
    let places = u32::try_from(fraction.len()).ok().filter(|places| *places > 0)?;
    Some(10i64.pow(9 - places.min(9)))
}

fn two_digits(text: &str) -> Option<i8> {
    if (1..=2).contains(&text.len()) { digits(text).and_then(|value| i8::try_from(value).ok()) } else { None }
}

fn digits(text: &str) -> Option<u32> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn civil(text: &str) -> Option<Stamp> {
        civil_stamp(text, DateOrder::YearFirst)
    }

    #[test]
    fn one_instant_in_many_spellings() {
        // 2025-03-04T10:00:00Z is 1 741 082 400 s after the epoch (date -u -d @1741082400).
        for text in [
            "2025-03-04T10:00:00Z",
            "2025-03-04 11:00:00+01:00",
            "2025-03-04T11:00:00.000+0100",
            "2025/03/04 05:00:00 -05",
            "2025-03-04T10:00:00,0 UTC",
        ] {
            let stamp = civil(text).unwrap();
            assert_eq!((stamp.ns, stamp.base), (1_741_082_400 * SECOND, Base::Utc), "{text}");
        }
        assert_eq!(civil("2025/03/04 10:00:00.000").unwrap().base, Base::Local);
        let month_first = civil_stamp("03-04-2025 10:00:00", DateOrder::MonthFirst).unwrap();
        assert_eq!((month_first.ns, month_first.resolution_ns), (1_741_082_400 * SECOND, SECOND));
    }

    #[test]
    fn what_needs_a_guess_is_not_read() {
        for text in [
            "03/04/2025 10:00:00",
            "03-04-2025 10:00:00",
            "2025-02-29 10:00:00",
            "2025-03-04",
            "2025-03-04 10:00:00.",
            "2025-03-04 10:00:.000",
            "2025-03-04 10:00:-00",
            "2025-03-04 10:00:61",
            "2025-03-04 24:00:00",
            "10:00:00",
            "2025-03-04 10:00:00+25:00",
            "2025-03-04 10:00:00 CET",
            "9999-01-01 00:00:00",
            "",
        ] {
            assert_eq!(civil(text), None, "{text}");
        }
    }

    #[test]
    fn a_leap_second_is_the_first_of_the_next_minute() {
        let (leap, next) = (civil("2016/12/31 23:59:60.5").unwrap(), civil("2017/01/01 00:00:00.5").unwrap());
        assert_eq!((leap.ns, leap.leap), (next.ns, true));
    }

    #[test]
    fn numbers_are_exact_and_epochs_are_known_by_their_size() {
        let numeric_stamp = |text, scale| match literal(text, '.') {
            Literal::Number(number) => numeric_stamp(number, scale),
            _ => None,
        };
        let stamp = numeric_stamp("1741082400000", Scale { factor: 1, power: -3 }).unwrap();
        assert_eq!((stamp.ns, stamp.base, stamp.resolution_ns), (1_741_082_400 * SECOND, Base::Utc, 1_000_000));
        let stamp = numeric_stamp("0.1", Scale::ONE).unwrap();
        assert_eq!((stamp.ns, stamp.base, stamp.resolution_ns), (100_000_000, Base::Relative, 100_000_000));
        assert_eq!(numeric_stamp("2", Scale { factor: 3600, power: 0 }).unwrap().resolution_ns, 3600 * SECOND);
    }

    #[test]
    fn a_pattern_settles_the_order() {
        let stamp = patterned_stamp("03/04/2025 10:00:00.250", "%d/%m/%Y %H:%M:%S%.f").unwrap();
        assert_eq!((stamp.ns, stamp.resolution_ns), (1_743_674_400 * SECOND + 250_000_000, 1_000_000));
        assert_eq!(patterned_stamp("16/06/2020 09:59", "%d/%m/%Y %H:%M").unwrap().resolution_ns, 60 * SECOND);
        assert_eq!(patterned_stamp("1741082400", "%s").unwrap().base, Base::Utc);
        assert_eq!(patterned_stamp("x", "%d/%m/%Y"), None);
    }
}
