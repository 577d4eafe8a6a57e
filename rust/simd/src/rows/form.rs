//! What the fields of plain rows hold: stamps of a known hour, and numbers in a known unit.

/// Powers of ten that are exact in f64 as far as they are needed.
const TENS: [f64; 19] =
    [1.0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18];

/// A second and the steps of its decimals. [ns]
const STEPS: [i64; 10] = [1_000_000_000, 100_000_000, 10_000_000, 1_000_000, 100_000, 10_000, 1_000, 100, 10, 1];

/// Most digits of a number.
const DIGITS: usize = 15;

/// The stamps of an hour.
#[derive(Debug, Clone, Default)]
pub struct Hour {
    /// What they start with; two digits of the minute, a colon, two of the second and its fraction follow.
    pub text: Vec<u8>,
    /// The time at minute 0. [ns]
    pub ns: i64,
}

impl Hour {
    /// The time of a stamp of the hour [ns], and the digits behind the point of its seconds.
    #[inline(always)]
    pub(super) fn time(&self, stamp: &[u8]) -> Option<(i64, usize)> {
        let (hour, rest) = stamp.split_at_checked(self.text.len())?;
        let ([m, inute, b':', s, econd], fraction) = rest.split_first_chunk()? else { return None };
        let two = |ten: u8, one: u8| {
            let (ten, one) = (ten.wrapping_sub(b'0'), one.wrapping_sub(b'0'));
            (ten < 6 && one < 10).then_some(10 * i64::from(ten) + i64::from(one))
        };
        let seconds = 60 * two(*m, *inute)? + two(*s, *econd)?;
        let (places, decimals) = match fraction {
            [] => (0, 0),
            [b'.', rest @ ..] => {
                let (number, places) = leading(rest);
                (Some(places).filter(|places| *places > 0 && *places == rest.len())?, number)
            }
            _ => return None,
        };
        let ns = seconds * STEPS.first()? + decimals.cast_signed() * STEPS.get(places)?;
        same(hour, &self.text).then(|| Some((self.ns.checked_add(ns)?, places)))?
    }
}

/// How the values of a series are written.
#[derive(Debug, Clone, Default)]
pub struct Written {
    /// What stands behind each.
    pub unit: Vec<u8>,
    /// The unit is 10^-power of the SI unit.
    pub power: usize,
    /// Values from this size on are not plain.
    pub below: f64,
}

impl Written {
    /// The value in a field and the digits behind its point.
    #[inline(always)]
    pub(super) fn value(&self, field: &[u8]) -> Option<(f64, usize)> {
        let (mut number, whole) = leading(field);
        let (mut rest, mut places) = (field.get(whole..)?, 0);
        if let [b'.', fraction @ ..] = rest {
            let decimals;
            (decimals, places) = leading(fraction);
            if places == 0 || whole + places > DIGITS {
                return None;
            }
            // a power of ten below 2^53
            number = number * *TENS.get(places)? as u64 + decimals;
            rest = fraction.get(places..)?;
        }
        let plain = whole > 0 && whole <= DIGITS && same(rest, &self.unit);
        plain.then(|| Some((self.scaled(number, places)?, places)))?
    }

    /// The value of a number with so many digits behind its point.
    #[inline(always)]
    pub(super) fn scaled(&self, number: u64, places: usize) -> Option<f64> {
        // both are exact, so that the one operation rounds correctly
        let value = number.cast_signed() as f64 / TENS.get(places + self.power)?;
        (value < self.below).then_some(value)
    }
}

/// The number that the digits at the start of a text make, and how many they are, 16 at most.
#[inline(always)]
pub(super) fn leading(text: &[u8]) -> (u64, usize) {
    let (mut number, mut count) = (0, 0);
    for byte in text.iter().take(DIGITS + 1) {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            break;
        }
        number = 10 * number + u64::from(digit);
        count += 1;
    }
    (number, count)
}

/// The number that the digits at the end of a text make, and what stands before them; none where they are too many.
#[inline(always)]
pub(super) fn trailing(text: &[u8]) -> Option<(u64, &[u8])> {
    let (mut number, mut ten, mut before) = (0, 1, text);
    while let [rest @ .., byte] = before {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            break;
        }
        number += ten * u64::from(digit);
        (ten, before) = (10 * ten, rest);
        if text.len() - before.len() > DIGITS {
            return None;
        }
    }
    (before.len() < text.len()).then_some((number, before))
}

/// Whether two short texts are equal, without a call.
#[inline(always)]
pub(super) fn same(one: &[u8], other: &[u8]) -> bool {
    if one.len() != other.len() {
        return false;
    }
    // first and last words, which overlap
    macro_rules! words {
        ($bytes:literal, $word:ty) => {
            match (one.first_chunk(), one.last_chunk(), other.first_chunk(), other.last_chunk()) {
                (Some(first), Some(last), Some(start), Some(end)) => {
                    let word = |bytes: &[u8; $bytes]| <$word>::from_ne_bytes(*bytes);
                    (word(first) ^ word(start)) | (word(last) ^ word(end)) == 0
                }
                _ => false,
            }
        };
    }
    match one.len() {
        0..4 => one.iter().zip(other).all(|(one, other)| one == other),
        4..8 => words!(4, u32),
        8..16 => words!(8, u64),
        16..=32 => words!(16, u128),
        _ => one == other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stamps_of_the_hour() {
        let hour = Hour { text: b"2025/03/04 10:".to_vec(), ns: 36_000_000_000_000 };
        assert_eq!(hour.time(b"2025/03/04 10:01:02"), Some((36_062_000_000_000, 0)));
        assert_eq!(hour.time(b"2025/03/04 10:59:59.250"), Some((39_599_250_000_000, 3)));
        assert_eq!(hour.time(b"2025/03/04 10:00:00.000000001"), Some((36_000_000_000_001, 9)));
        for odd in ["11:00:00", "10:60:00", "10:00:60", "10:00:0", "10:00:00.", "10:00:00.0000000001", "10:00:00Z", ""]
        {
            assert_eq!(hour.time(format!("2025/03/04 {odd}").as_bytes()), None, "{odd}");
        }
    }

    #[test]
    fn values_in_the_unit() {
        let watts = Written { unit: b" W".to_vec(), power: 0, below: 2000.0 };
        let milliwatts = Written { unit: b"mW".to_vec(), power: 3, below: 2000.0 };
        assert_eq!(watts.value(b"664.73 W"), Some((664.73, 2)));
        assert_eq!(watts.value(b"0.00000000000001 W"), Some((1e-14, 14)));
        assert_eq!(milliwatts.value(b"5542mW"), Some((5.542, 0)));
        for odd in ["", " W", "1W", "1 mW", "-1 W", ".5 W", "5. W", "1.2.3 W", "1e3 W", "1_0 W", "2000 W", "1 W "] {
            assert_eq!(watts.value(odd.as_bytes()), None, "{odd}");
        }
        assert_eq!(watts.value(b"0000000000000001 W"), None);
        assert_eq!(watts.value(b"100000000000000.1 W"), None);
    }

    #[test]
    fn digits_at_either_end() {
        assert_eq!(leading(b"1234mW"), (1234, 4));
        assert_eq!(leading(b"-1"), (0, 0));
        assert_eq!(trailing(b" VDD_IN 0120"), Some((120, &b" VDD_IN "[..])));
        assert_eq!((trailing(b"1."), trailing(b"")), (None, None));
        assert_eq!(trailing(&[b'9'; 15]), Some((999_999_999_999_999, &b""[..])));
        assert_eq!(trailing(&[b'9'; 16]), None);
    }

    #[test]
    fn short_texts_are_compared_in_words() {
        let text: Vec<u8> = (0..40).collect();
        for length in 0..=40 {
            assert!(same(&text[..length], &text[..length]));
            for at in 0..length {
                let mut other = text[..length].to_vec();
                other[at] ^= 64;
                assert!(!same(&text[..length], &other), "{at} of {length}");
            }
        }
    }
}
