//! What the fields of plain rows hold: stamps of a known hour, and numbers in a known unit.

/// Powers of ten that are exact in f64 as far as they are needed.
const TENS: [f64; 19] =
    [1.0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18];

/// The same as integers.
const POWERS: [u64; 16] = {
    let mut powers = [1; 16];
    let mut at = 1;
    while at < powers.len() {
        #[allow(clippy::indexing_slicing, reason = "at is below the length, and the compiler evaluates it")]
        {
            powers[at] = 10 * powers[at - 1];
        }
        at += 1;
    }
    powers
};

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
    /// The time of the stamp at the start of a text [ns], the digits behind the point of its seconds, and its length.
    #[inline(always)]
    pub(super) fn time(&self, text: &[u8]) -> Option<(i64, usize, usize)> {
        let (hour, rest) = text.split_at_checked(self.text.len())?;
        let ([m, inute, b':', s, econd], fraction) = rest.split_first_chunk()? else { return None };
        let two = |ten: u8, one: u8| {
            let (ten, one) = (ten.wrapping_sub(b'0'), one.wrapping_sub(b'0'));
            (ten < 6 && one < 10).then_some(10 * i64::from(ten) + i64::from(one))
        };
        let mut ns = (60 * two(*m, *inute)? + two(*s, *econd)?) * STEPS.first()?;
        let (mut places, mut length) = (0, hour.len() + 5);
        if let [b'.', decimals @ ..] = fraction {
            let number;
            (number, places) = leading(decimals);
            ns += number.cast_signed() * STEPS.get(places).filter(|_| places > 0)?;
            length += 1 + places;
        }
        same(hour, &self.text).then(|| Some((self.ns.checked_add(ns)?, places, length)))?
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
    /// The value at the start of a text, the digits behind its point, and its length with its unit.
    #[inline(always)]
    pub(super) fn value(&self, text: &[u8]) -> Option<(f64, usize, usize)> {
        let (mut number, whole) = leading(text);
        let (mut end, mut places) = (whole, 0);
        if let Some([b'.', fraction @ ..]) = text.get(whole..) {
            let decimals;
            (decimals, places) = leading(fraction);
            if places == 0 || whole + places > DIGITS {
                return None;
            }
            number = number * POWERS.get(places)? + decimals;
            end += 1 + places;
        }
        if whole == 0 || whole > DIGITS {
            return None;
        }
        let unit = text.get(end..end + self.unit.len())?;
        same(unit, &self.unit).then(|| Some((self.scaled(number, places)?, places, end + unit.len())))?
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
    if let Some(eight) = text.first_chunk::<8>() {
        let (digits, odd) = digits(*eight);
        if odd != 0 {
            let count = odd.trailing_zeros() / 8;
            // what is not shifted in is zero
            return (number(if count > 0 { digits << (64 - 8 * count) } else { 0 }), count as usize);
        }
    }
    let mut number = 0;
    let mut count = 0;
    for byte in text.iter().take(DIGITS + 1).take_while(|byte| byte.is_ascii_digit()) {
        number = 10 * number + u64::from(byte - b'0');
        count += 1;
    }
    (number, count)
}

/// The number that the digits at the end of a text make, and what stands before them; none where they are too many.
#[inline(always)]
pub(super) fn trailing(text: &[u8]) -> Option<(u64, &[u8])> {
    let count = match text.last_chunk::<8>().map(|eight| digits(*eight)) {
        Some((_, odd)) if odd != 0 => odd.leading_zeros() as usize / 8,
        _ => text.iter().rev().take_while(|byte| byte.is_ascii_digit()).count(),
    };
    let (before, own) = text.split_at_checked(text.len() - count)?;
    let value = match text.last_chunk::<8>() {
        Some(eight) if (1..8).contains(&count) => number(digits(*eight).0 >> (64 - 8 * count) << (64 - 8 * count)),
        _ => leading(own).0,
    };
    (1..=DIGITS).contains(&count).then_some((value, before))
}

/// Eight characters less that of zero, the first in the lowest byte, and a bit in each byte that is then no digit.
#[inline(always)]
fn digits(eight: [u8; 8]) -> (u64, u64) {
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let digits = u64::from_le_bytes(eight) ^ 0x3030_3030_3030_3030;
    // what is above 9 reaches the highest bit
    let odd = (((digits & !HIGH) + 0x7676_7676_7676_7676) | digits) & HIGH;
    (digits, odd)
}

/// The number that eight digits make, the first in the lowest byte: pairs, then fours, then all.
#[inline(always)]
fn number(digits: u64) -> u64 {
    const FIRST: u64 = 0x0000_00ff_0000_00ff;
    let pairs = digits.wrapping_mul(10).wrapping_add(digits >> 8);
    let high = (pairs & FIRST).wrapping_mul(100 + (1_000_000 << 32));
    let low = (pairs >> 16 & FIRST).wrapping_mul(1 + (10_000 << 32));
    high.wrapping_add(low) >> 32
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
        assert_eq!(hour.time(b"2025/03/04 10:01:02"), Some((36_062_000_000_000, 0, 19)));
        assert_eq!(hour.time(b"2025/03/04 10:59:59.250, 1, and so on"), Some((39_599_250_000_000, 3, 23)));
        assert_eq!(hour.time(b"2025/03/04 10:00:00.000000001"), Some((36_000_000_000_001, 9, 29)));
        for odd in ["11:00:00", "10:60:00", "10:00:60", "10:00:0", "10:00:00.", "10:00:00.0000000001", ""] {
            assert_eq!(hour.time(format!("2025/03/04 {odd}").as_bytes()), None, "{odd}");
        }
    }

    #[test]
    fn values_in_the_unit() {
        let watts = Written { unit: b" W".to_vec(), power: 0, below: 2000.0 };
        let milliwatts = Written { unit: b"mW".to_vec(), power: 3, below: 2000.0 };
        assert_eq!(watts.value(b"664.73 W"), Some((664.73, 2, 8)));
        assert_eq!(watts.value(b"664.73 W, 7 %, 123"), Some((664.73, 2, 8)));
        assert_eq!(watts.value(b"0.00000000000001 W"), Some((1e-14, 14, 18)));
        assert_eq!(milliwatts.value(b"5542mW"), Some((5.542, 0, 6)));
        for odd in ["", " W", "1W", "1 mW", "-1 W", ".5 W", "5. W", "1.2.3 W", "1e3 W", "1_0 W", "2000 W"] {
            for rest in ["", ", 12, 34567"] {
                assert_eq!(watts.value(format!("{odd}{rest}").as_bytes()), None, "{odd}");
            }
        }
        assert_eq!(watts.value(b"0000000000000001 W"), None);
        assert_eq!(watts.value(b"100000000000000.1 W"), None);
    }

    #[test]
    fn digits_at_either_end() {
        let mut state = 1u64;
        for length in 0..20 {
            for rest in ["", "m", "mW/4900mW", "/\u{e9}:::::", ":", "0".repeat(20).as_str()] {
                let digit = || {
                    state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
                    char::from(b'0' + (state >> 33) as u8 % 10)
                };
                let text: String = std::iter::repeat_with(digit).take(length).collect();
                let all = format!("{text}{rest}");
                let expected = all.bytes().take(16).take_while(u8::is_ascii_digit).count();
                let number = all[..expected].parse().unwrap_or(0u64);
                assert_eq!(leading(all.as_bytes()), (number, expected), "{all}");
                let rest = rest.trim_start_matches('0');
                let expected = text.parse().ok().filter(|_| length < 16).map(|number| (number, rest.as_bytes()));
                let found = trailing(format!("{rest}{text}").as_bytes()).map(|(number, rest)| (number, rest.to_vec()));
                assert_eq!(found, expected.map(|(number, rest)| (number, rest.to_vec())), "{rest}{text}");
            }
        }
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
