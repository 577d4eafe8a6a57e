//! Numbers as a reader expects them: no more digits than are known.

/// An exact number with all its digits, at most 16; what binary arithmetic left behind the twelfth is rounded away.
pub(super) fn exact(value: f64) -> String {
    let short = significant(value, 12);
    let remainder = short.parse::<f64>().map_or(f64::INFINITY, |rounded| (rounded - value).abs());
    if remainder <= 8.0 * f64::EPSILON * value.abs() { short } else { significant(value, 16) }
}

/// The number with at most `digits` significant digits and no trailing zeros.
fn significant(value: f64, digits: usize) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    let scientific = format!("{value:.*e}", digits.saturating_sub(1));
    let Some((mantissa, exponent)) = scientific.split_once('e') else { return scientific };
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..15).contains(&exponent) {
        let decimals = (digits as i32 - 1 - exponent).max(0) as usize;
        return without_trailing_zeros(&format!("{value:.decimals$}"));
    }
    format!("{}e{exponent}", without_trailing_zeros(mantissa))
}

fn without_trailing_zeros(text: &str) -> String {
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text.to_owned() }
}

/// The value and its standard uncertainty, both to the second significant digit of the uncertainty.
pub(super) fn with_uncertainty(value: f64, u: f64) -> String {
    let place = decimal_place(u) - 1;
    let leading = if value == 0.0 { place } else { decimal_place(value).max(place) };
    if (-5..=12).contains(&leading) && place > -15 {
        let decimals = (-place).max(0) as usize;
        let round = |x: f64| if place > 0 { (x / 10f64.powi(place)).round() * 10f64.powi(place) } else { x };
        return format!("{:.decimals$} ± {:.decimals$}", round(value), round(u));
    }
    let decimals = (leading - place).max(0) as usize;
    let scale = 10f64.powi(leading);
    format!("({:.decimals$} ± {:.decimals$})e{leading}", value / scale, u / scale)
}

/// Decimal exponent of the leading digit, after rounding to two digits.
fn decimal_place(value: f64) -> i32 {
    format!("{:.1e}", value.abs()).split_once('e').and_then(|(_, exponent)| exponent.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_values_show_what_is_known() {
        assert_eq!(exact(7.2 * 4.1 / 50.0), "0.5904"); // the binary product is 0.5903999999999999
        assert_eq!(exact(2.870978885078724e-21), "2.870978885078724e-21");
        assert_eq!(exact(62954.14), "62954.14");
        assert_eq!(exact(-3e20), "-3e20");
        assert_eq!(exact(100.0), "100");
        assert_eq!(exact(1.0 / 3.0), "0.3333333333333333");
    }

    #[test]
    fn uncertainty_decides_the_digits() {
        assert_eq!(with_uncertainty(29.52, 0.3409), "29.52 ± 0.34");
        assert_eq!(with_uncertainty(62954.14, 2266.3), "63000 ± 2300");
        assert_eq!(with_uncertainty(0.099, 0.0996), "0.10 ± 0.10");
        assert_eq!(with_uncertainty(1.5e-21, 2.0e-23), "(1.500 ± 0.020)e-21");
        assert_eq!(with_uncertainty(0.0, 0.5), "0.00 ± 0.50");
    }
}
