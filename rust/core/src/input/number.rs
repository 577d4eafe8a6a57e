//! Decimal numbers by a strict grammar, kept exactly until they are scaled and rounded once.

use szilard_simd::decimal as decimal_start;

/// Longest number literal. [character]
pub const LITERAL_LIMIT: usize = 64;

/// An exact factor `factor * 10^power`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scale {
    /// The integer part of the factor (3600 for the hour).
    pub factor: u32,
    /// The power of ten.
    pub power: i32,
}

impl Scale {
    /// The factor 1.
    pub const ONE: Self = Self { factor: 1, power: 0 };

    /// The nearest `f64`.
    pub fn value(self) -> f64 {
        f64::from(self.factor) * 10f64.powi(self.power)
    }
}

/// A decimal literal, exact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decimal<'a> {
    negative: bool,
    integer: &'a str,
    fraction: &'a str,
    exponent: i32,
}

/// What a text is, read as a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Literal<'a> {
    /// A number of the grammar.
    Number(Decimal<'a>),
    /// A word for a value that is not finite: `nan`, `inf`, `infinity`.
    Nonfinite,
    /// Something that does not look like a number.
    Text,
    /// Something that looks like a number and breaks the grammar.
    Broken,
}

/// What `text` is, read as a number with `point` before its fraction.
///
/// Grammar: `[+-] digits [point digits] [e [+-] digits]` in ASCII, where the digits before a fraction may be left
/// out; at most [`LITERAL_LIMIT`] characters. Thus `1_00`, `0x1F`, `5.`, `1.2.3` and full-width digits are broken.
///
/// ```
/// use szilard::input::{Literal, Scale, literal};
/// let Literal::Number(number) = literal("110000.00", '.') else { unreachable!() };
/// assert_eq!(number.to_f64(Scale { factor: 1, power: -3 }), Some(110.0));
/// assert_eq!(literal("[N/A]", '.'), Literal::Text);
/// assert_eq!(literal("1_00", '.'), Literal::Broken);
/// ```
pub fn literal(text: &str, point: char) -> Literal<'_> {
    if let Some(number) = plain(text, point) {
        return Literal::Number(number);
    }
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if is_nonfinite(unsigned) {
        return Literal::Nonfinite;
    }
    let mark = |c: char| matches!(c, '+' | '-' | '.' | ',' | '\u{2212}' | '\u{fe63}' | '\u{ff0b}' | '\u{ff0d}');
    if !text.trim_start_matches(mark).starts_with(char::is_numeric) {
        return Literal::Text;
    }
    decimal(unsigned, point, text.starts_with('-')).map_or(Literal::Broken, Literal::Number)
}

/// The number `text` is, where it is one of few digits, a point and few digits, as nearly all numbers of a log are.
fn plain(text: &str, point: char) -> Option<Decimal<'_>> {
    let (integer, fraction, _) = decimal_start(text.as_bytes()).filter(|_| point == '.')?;
    let (integer, rest) = text.split_at_checked(integer)?;
    (rest.len() == fraction + usize::from(fraction > 0)).then(|| Decimal {
        negative: false,
        integer,
        fraction: rest.get(1..).unwrap_or_default(),
        exponent: 0,
    })
}

fn is_nonfinite(unsigned: &str) -> bool {
    ["nan", "inf", "infinity", "-nan(ind)", "nan(ind)"].iter().any(|word| unsigned.eq_ignore_ascii_case(word))
        || unsigned.starts_with("1.#")
}

fn decimal(unsigned: &str, point: char, negative: bool) -> Option<Decimal<'_>> {
    if unsigned.len() >= LITERAL_LIMIT {
        return None;
    }
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, parse_exponent(exponent)?),
        None => (unsigned, 0),
    };
    let (integer, fraction) = match mantissa.split_once(point) {
        Some((integer, fraction)) if is_digits(fraction) => (integer, fraction),
        Some(_) => return None,
        None if is_digits(mantissa) => (mantissa, ""),
        None => return None,
    };
    (integer.is_empty() || is_digits(integer)).then_some(Decimal { negative, integer, fraction, exponent })
}

fn parse_exponent(text: &str) -> Option<i32> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if !is_digits(digits) {
        return None;
    }
    let size = digits.parse::<i32>().unwrap_or(i32::MAX).min(100_000);
    Some(if text.starts_with('-') { -size } else { size })
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

impl Decimal<'_> {
    /// The power of ten of the last printed digit.
    pub fn step(&self) -> i32 {
        self.exponent - i32::try_from(self.fraction.len()).unwrap_or(0)
    }

    /// Whether a fraction is printed.
    pub fn has_fraction(&self) -> bool {
        !self.fraction.is_empty()
    }

    /// The literal times `scale`, rounded once to the nearest `f64`; `None` beyond its range.
    pub fn to_f64(&self, scale: Scale) -> Option<f64> {
        let power = self.step() + scale.power;
        let digits = self.digits().and_then(|digits| digits.checked_mul(u128::from(scale.factor)));
        let size = match digits {
            Some(digits) if digits < (1 << 53) && power.unsigned_abs() <= 22 => {
                // Both are exact in f64, so that the one operation rounds correctly.
                let (digits, ten) = (digits as u64 as f64, power_of_ten(power.abs()));
                if power < 0 { digits / ten } else { digits * ten }
            }
            Some(digits) => format!("{digits}e{power}").parse().ok()?,
            None => {
                let written = format!("{}{}e{power}", self.integer, self.fraction);
                written.parse::<f64>().ok()? * f64::from(scale.factor)
            }
        };
        let value = if self.negative { -size } else { size };
        value.is_finite().then_some(value)
    }

    /// The literal times `scale` (of the unit of time) as whole nanoseconds, exact to nine decimals of the second and
    /// rounded to the nearest beyond; `None` beyond the range. [ns]
    pub fn to_ns(&self, scale: Scale) -> Option<i64> {
        let digits = self.digits()?.checked_mul(u128::from(scale.factor))?;
        let power = self.step() + scale.power + 9;
        let ten = 10u128.checked_pow(power.unsigned_abs());
        let size = match (power >= 0, ten) {
            (true, Some(ten)) => digits.checked_mul(ten)?,
            (true, None) => {
                if digits == 0 {
                    0
                } else {
                    return None;
                }
            }
            (false, Some(ten)) => digits / ten + u128::from(digits % ten >= ten.div_ceil(2)),
            (false, None) => 0,
        };
        let size = i64::try_from(size).ok()?;
        Some(if self.negative { -size } else { size })
    }

    fn digits(&self) -> Option<u128> {
        if self.integer.len() + self.fraction.len() <= 19 {
            let digits = self.integer.bytes().chain(self.fraction.bytes());
            return Some(u128::from(digits.fold(0u64, |sum, digit| sum * 10 + u64::from(digit - b'0'))));
        }
        let digits = self.integer.bytes().chain(self.fraction.bytes());
        digits
            .map(|digit| u128::from(digit - b'0'))
            .try_fold(0u128, |sum, digit| sum.checked_mul(10)?.checked_add(digit))
    }
}

/// The power of ten, which is exact up to the 22nd.
fn power_of_ten(power: i32) -> f64 {
    const TENS: [f64; 7] = [1.0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6];
    let known = usize::try_from(power).ok().and_then(|power| TENS.get(power));
    known.copied().unwrap_or_else(|| 10f64.powi(power))
}

/// The finite number that a text is; `None` where it is none.
///
/// ```
/// use szilard::input::finite;
/// assert_eq!((finite(" 33.33 "), finite("1e999"), finite("12 W")), (Some(33.33), None, None));
/// ```
pub fn finite(text: &str) -> Option<f64> {
    match literal(text.trim(), '.') {
        Literal::Number(number) => number.to_f64(Scale::ONE),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Decimal<'_> {
        match literal(text, '.') {
            Literal::Number(number) => number,
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn the_grammar_takes_decimals_and_nothing_else() {
        for good in ["0", "-5.00", "+5", ".5", "1e3", "1E-3", "007", "18446744073709551615"] {
            assert!(matches!(literal(good, '.'), Literal::Number(_)), "{good}");
        }
        let long = "1".repeat(LITERAL_LIMIT);
        for bad in ["1_00", "１００", "0x1F", "5.", "1.2.3", "1,5", "1e", "1e+", "--1", "1 0", "−5", "12O.00", &long]
        {
            assert_eq!(literal(bad, '.'), Literal::Broken, "{bad}");
        }
        for word in ["nan", "NaN", "inf", "-Infinity", "1.#QNAN"] {
            assert_eq!(literal(word, '.'), Literal::Nonfinite, "{word}");
        }
        for text in ["", "-", "[N/A]", "N/A", "unavailable", "None", "-foo"] {
            assert_eq!(literal(text, '.'), Literal::Text, "{text}");
        }
    }

    #[test]
    fn scaling_rounds_once() {
        // 0.1 mW is the f64 nearest to 0.0001, and 110000.00 mW is 110 W exactly.
        assert_eq!(number("0.1").to_f64(Scale { factor: 1, power: -3 }), Some(0.0001));
        assert_eq!(number("110000.00").to_f64(Scale { factor: 1, power: -3 }), Some(110.0));
        // 10.001 kWh = 10.001 * 3.6e6 J = 36 003 600 J exactly.
        assert_eq!(number("10.001").to_f64(Scale { factor: 3600, power: 3 }), Some(36_003_600.0));
        assert_eq!(number("1e400").to_f64(Scale::ONE), None);
        assert_eq!(number("-123456789.123456789e-3").to_f64(Scale::ONE), Some(-123_456.789_123_456_8));
    }

    #[test]
    fn nanoseconds_are_exact() {
        let second = Scale::ONE;
        assert_eq!(number("0.1").to_ns(second), Some(100_000_000));
        assert_eq!(number("1741082400000").to_ns(Scale { factor: 1, power: -3 }), Some(1_741_082_400_000_000_000));
        assert_eq!(number("1741082400.123456789").to_ns(second), Some(1_741_082_400_123_456_789));
        assert_eq!(number("-0.0000000015").to_ns(second), Some(-2));
        assert_eq!(number("2").to_ns(Scale { factor: 3600, power: 0 }), Some(7_200_000_000_000));
        assert_eq!(number("1e30").to_ns(second), None);
        assert_eq!(number("1e-60").to_ns(second), Some(0));
    }

    #[test]
    fn the_decimal_comma_is_one_point_among_others() {
        let Literal::Number(number) = literal("100,50", ',') else { panic!() };
        assert_eq!((number.to_f64(Scale::ONE), number.step()), (Some(100.5), -2));
        assert_eq!(literal("1.234,5", ','), Literal::Broken);
    }
}
