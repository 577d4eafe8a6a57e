//! How fine a printed number is.

/// The value of one unit of the last digit of a decimal number as it is printed: 0.01 for `1.40`, 1 for `15 %`,
/// 1e-23 for `2.87e-21`. What stands behind the number is not looked at.
pub(super) fn last_digit(text: &str) -> f64 {
    let text = text.trim().trim_start_matches(['(', '-', '+', '\u{2212}']);
    let length = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (mantissa, rest) = text.split_at_checked(length).unwrap_or((text, ""));
    let decimals = mantissa.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    let exponent = rest.strip_prefix(['e', 'E']).map_or(0, |power| {
        let signed = power.strip_prefix('+').unwrap_or(power);
        let end = signed.char_indices().skip(1).find(|(_, c)| !c.is_ascii_digit()).map_or(signed.len(), |(at, _)| at);
        signed.get(..end).and_then(|digits| digits.parse::<i32>().ok()).unwrap_or(0)
    });
    let decimals = i32::try_from(decimals).unwrap_or(i32::MAX);
    10f64.powi(exponent.saturating_sub(decimals))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_digit_is_the_one_that_is_printed() {
        for (text, expected) in [
            ("15 %", 1.0),
            ("1.40", 0.01),
            ("0.24 Wh", 0.01),
            ("-19.6 %", 0.1),
            ("2.87e-21 J/bit", 1e-23),
            ("3 eV", 1.0),
            ("3e6 W", 1e6),
            ("130", 1.0),
        ] {
            assert!((last_digit(text) / expected - 1.0).abs() < 1e-12, "{text}: {}", last_digit(text));
        }
    }
}
