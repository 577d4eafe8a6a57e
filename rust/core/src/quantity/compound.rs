//! Growth over several periods, as an expression writes it.

use super::dynamic::Quantity;
use super::expression::value;
use super::syntax::{Expression, Operator, parse};

/// A power in an expression, read as growth over periods.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Compound {
    /// `a * (1 + r)^n`: a value after n periods at the rate r.
    After {
        /// 1 + r.
        factor: f64,
        /// n.
        periods: f64,
    },
    /// `(b / a)^(1/n) - 1`: the mean rate over n periods.
    Rate {
        /// b/a.
        factor: f64,
        /// n.
        periods: f64,
    },
}

/// The growth over two or more periods that an expression is; `None` where it is something else.
///
/// ```
/// use szilard::quantity::{Compound, compound};
///
/// let found = compound("448 TWh * 1.16^5", &|_| None);
/// assert_eq!(found, Some(Compound::After { factor: 1.16, periods: 5.0 }));
/// assert_eq!(compound("448 TWh * 5", &|_| None), None);
/// ```
pub fn compound(text: &str, given: &dyn Fn(&str) -> Option<Quantity>) -> Option<Compound> {
    let expression = parse(text, &|name| given(name).is_some()).ok()?;
    let number = |part: &Expression| {
        let found = value(part, given, &|_| false).ok()?.quantity.to("1").ok()?;
        Some(found.value())
    };
    let power = |part: &Expression| match part {
        Expression::Binary(Operator::Power, base, exponent) => Some((number(base)?, number(exponent)?)),
        _ => None,
    };
    if let Expression::Binary(Operator::Minus, rate, one) = &expression {
        let (factor, share) = power(rate)?;
        let is_rate = **one == Expression::Number(1.0) && share > 0.0 && share <= 0.5;
        return is_rate.then_some(Compound::Rate { factor, periods: 1.0 / share });
    }
    let mut parts = vec![&expression];
    while let Some(part) = parts.pop() {
        match part {
            Expression::Binary(Operator::Times | Operator::Beside, left, right) => parts.extend([&**left, &**right]),
            Expression::Binary(Operator::Over, left, _) => parts.push(left),
            part => match power(part) {
                Some((factor, periods)) if periods >= 2.0 && factor > 0.0 => {
                    return Some(Compound::After { factor, periods });
                }
                _ => {}
            },
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growth_is_told_from_other_powers() {
        let of = |text: &str| compound(text, &|_| None);
        assert_eq!(of("(980/448)^(1/5) - 1"), Some(Compound::Rate { factor: 2.1875, periods: 5.0 }));
        assert_eq!(of("448 TWh * (1 + 16 %)^5"), Some(Compound::After { factor: 1.16, periods: 5.0 }));
        assert_eq!(of("1.16^5 * 448 TWh / 2"), Some(Compound::After { factor: 1.16, periods: 5.0 }));
        for other in ["3 W/m^2", "2 * 3", "(3 m)^2", "4^2 - 2", "9^0.5", "5 + 1.16^5"] {
            assert_eq!(of(other), None, "{other}");
        }
        let named = compound("(b/a)^(1/6) - 1", &|name| match name {
            "a" => "415 TWh".parse().ok(),
            "b" => "945 TWh".parse().ok(),
            _ => None,
        });
        assert!(matches!(named, Some(Compound::Rate { periods, .. }) if (periods - 6.0).abs() < 1e-12));
    }
}
