//! Expressions with units, boundaries and uncertainty: `7.2 W * 4.1 s / 50 token`, `(E2030/E2024)^(1/6) - 1`.

use super::constants::{boltzmann, elementary_charge, planck};
use super::dimension::Dimension;
use super::distribution::Distribution;
use super::dynamic::Quantity;
use super::error::{QuantityError, UnitError};
use super::leading::{Lead, Part};
use super::model::Function;
use super::syntax::{Expression, Operator, leading_number, parse};
use super::unit::Unit;
use std::str::FromStr;

/// The value of an expression without names.
///
/// `+ - * / ^`, `±` with a standard uncertainty as in `(176 ± 5) TWh`, parentheses, `sqrt exp ln log2 log10 abs sin cos`, `pi`, the constants `k_B`, `h_P` and `e_0`, and numbers with
/// units. A number and the units behind it are one factor: in `a / 50 token` the whole `50 token` is the divisor.
/// What could be read in two ways, as `450 W / 20 token/s`, is refused.
///
/// # Errors
/// [`QuantityError`].
///
/// ```
/// let figure = szilard::quantity::calculate("1000 token/s / (2400 W)").unwrap();
/// assert!((figure.to("token/Wh").unwrap().value() - 1500.0).abs() < 1e-9);
/// ```
pub fn calculate(text: &str) -> Result<Quantity, QuantityError> {
    evaluate(text, &|_| None)
}

/// The value of an expression in which `given` gives the named values.
///
/// # Errors
/// [`QuantityError`]; a name that is also a unit is refused.
pub fn evaluate(text: &str, given: &dyn Fn(&str) -> Option<Quantity>) -> Result<Quantity, QuantityError> {
    evaluate_moving(text, given, &|_| false)
}

/// The value of an expression in which `given` gives the named values and `is_effectiveness` tells which of them are a
/// power usage effectiveness: a figure at `it` times one is at `site`, one at `site` over one is at `it`, however the
/// product is written; a figure at `it` times one less 1 is the overhead, counted at `site`.
///
/// # Errors
/// As of [`evaluate`], and [`BoundaryError::Effectiveness`](super::BoundaryError::Effectiveness) for a figure that such
/// a ratio does not lead away from, as one at `site` that already holds it.
///
/// ```
/// use szilard::quantity::{Boundary, evaluate_moving};
///
/// let given = |name: &str| match name {
///     "E" => "125.7 TWh".parse().ok().map(|figure: szilard::quantity::Quantity| figure.at(Some(Boundary::It))),
///     "PUE" => "1.40".parse().ok(),
///     _ => None,
/// };
/// let site = evaluate_moving("E * PUE", &given, &|name| name == "PUE").unwrap();
/// assert_eq!(site.boundary(), Some(Boundary::Site)); // 176 TWh
/// assert!(evaluate_moving("E * PUE * PUE", &given, &|name| name == "PUE").is_err());
/// ```
pub fn evaluate_moving(
    text: &str,
    given: &dyn Fn(&str) -> Option<Quantity>,
    is_effectiveness: &dyn Fn(&str) -> bool,
) -> Result<Quantity, QuantityError> {
    Ok(value(&parse(text, &|name| given(name).is_some())?, given, is_effectiveness)?.quantity)
}

/// The value of a parsed expression, and what it does as a factor.
pub(super) fn value(
    expression: &Expression,
    given: &dyn Fn(&str) -> Option<Quantity>,
    is_effectiveness: &dyn Fn(&str) -> bool,
) -> Result<Part, QuantityError> {
    let value = |part: &Expression| value(part, given, is_effectiveness);
    match expression {
        Expression::Number(number) => Ok(Part::plain(Quantity::number(*number)?)),
        Expression::Name(name) => {
            let quantity = named(name, given)?;
            let lead = if is_effectiveness(name) { Lead::EFFECTIVENESS } else { Lead::Plain };
            Ok(Part { quantity, lead })
        }
        Expression::Call(name, argument) => {
            let argument = value(argument)?;
            let lead = match (name.as_str(), argument.lead) {
                ("abs", lead) => lead,
                (_, Lead::Plain) => Lead::Plain,
                _ => Lead::Nowhere,
            };
            Ok(Part { quantity: call(name, &argument.quantity)?, lead })
        }
        Expression::Negative(inner) => {
            let inner = value(inner)?;
            Ok(Part { quantity: inner.quantity.negated(), ..inner })
        }
        Expression::Binary(operator, left, right) => {
            let written = is_figure(left, given);
            let left = value(left)?;
            if *operator == Operator::Over
                && (written || !left.quantity.unit().is_coherent())
                && names_units(right, given)
            {
                return Ok(Part { quantity: left.quantity.per(&unit(right, "")?)?, ..left });
            }
            if let (Operator::Beside, Expression::Name(name)) = (operator, right.as_ref())
                && given(name).is_none()
                && left.quantity.dimension() == Dimension::NONE
                && let Some(unit) = Unit::symbol_named(name)
            {
                let number = left.quantity.in_unit(&Unit::coherent(Dimension::NONE))?;
                return Ok(Part { quantity: number.given_in(unit)?, ..left });
            }
            let right = value(right)?;
            match operator {
                Operator::Plus => left.plus(&right),
                Operator::Minus => left.minus(&right),
                Operator::Times | Operator::Beside => left.times(&right),
                Operator::Over => left.over(&right),
                Operator::Power => left.power(&right),
                Operator::Within => {
                    let u = left.quantity.tolerance(right.quantity.value(), right.quantity.unit())?;
                    Ok(Part { quantity: left.quantity.with_u(u, "stated with ±", Distribution::Normal)?, ..left })
                }
            }
        }
    }
}

/// Whether an expression is a figure with its unit as it is written, as `(176 ± 5) TWh` or `100 W/m^2`.
fn is_figure(expression: &Expression, given: &dyn Fn(&str) -> Option<Quantity>) -> bool {
    match expression {
        Expression::Binary(Operator::Beside, _, unit) => names_units(unit, given),
        Expression::Binary(Operator::Within, figure, _) => is_figure(figure, given),
        Expression::Binary(Operator::Over, figure, unit) => is_figure(figure, given) && names_units(unit, given),
        _ => false,
    }
}

/// Whether only units stand in an expression, and whole numbers as their powers.
fn names_units(expression: &Expression, given: &dyn Fn(&str) -> Option<Quantity>) -> bool {
    match expression {
        Expression::Name(name) => given(name).is_none() && Unit::symbol_named(name).is_some(),
        Expression::Binary(Operator::Power, base, _) => names_units(base, given),
        Expression::Binary(_, left, right) => names_units(left, given) && names_units(right, given),
        _ => false,
    }
}

fn named(name: &str, given: &dyn Fn(&str) -> Option<Quantity>) -> Result<Quantity, QuantityError> {
    let unit = Unit::symbol_named(name);
    match (given(name), unit, name) {
        (Some(_), Some(_), _) => Err(UnitError::NameIsUnit { name: name.to_owned() }.into()),
        (Some(quantity), None, _) => Ok(quantity),
        (None, _, "pi") => Ok(Quantity::number(std::f64::consts::PI)?),
        (None, _, "k_B") => Ok(boltzmann().into()),
        (None, _, "h_P") => Ok(planck().into()),
        (None, _, "e_0") => Ok(elementary_charge().into()),
        (None, Some(unit), _) if unit.is_thermometer() => {
            Err(UnitError::Thermometer { symbol: name.to_owned() }.into())
        }
        (None, Some(unit), _) => Ok(Quantity::new(1.0, unit)?),
        (None, None, _) => Err(Unit::stranger(name).into()),
    }
}

fn call(name: &str, argument: &Quantity) -> Result<Quantity, QuantityError> {
    let number = Quantity::number;
    match name {
        "sqrt" => argument.power(&number(0.5)?),
        "abs" => Ok(argument.magnitude()),
        "exp" => argument.map(Function::Exp),
        "ln" => argument.map(Function::Ln),
        "sin" => argument.map(Function::Sin),
        "cos" => argument.map(Function::Cos),
        "log2" => argument.map(Function::Ln)?.over(&number(std::f64::consts::LN_2)?),
        "log10" => argument.map(Function::Ln)?.over(&number(std::f64::consts::LN_10)?),
        _ => Err(UnitError::Unknown { found: format!("{name}(…)"), suggestion: None }.into()),
    }
}

/// The number and the unit of a literal quantity, as they are written: `28 degC` stays in degC.
///
/// # Errors
/// [`UnitError`].
pub fn number_and_unit(text: &str) -> Result<(f64, Unit), UnitError> {
    let (number, unit) = leading_number(text)?;
    let unit = match unit.trim() {
        "" => Unit::coherent(Dimension::NONE),
        unit if unit.starts_with(|first: char| first.is_ascii_digit()) => {
            let at = text.trim_end().chars().count() - unit.chars().count() + 1;
            return Err(UnitError::Syntax { text: text.to_owned(), at, expected: "a unit".to_owned() });
        }
        unit => unit.parse()?,
    };
    Ok((number, unit))
}

/// A literal quantity: one number and its unit, or with `±` what [`calculate`] reads.
impl FromStr for Quantity {
    type Err = QuantityError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.contains('±') {
            return calculate(text);
        }
        let (number, unit) = number_and_unit(text)?;
        Ok(Self::new(number, unit)?)
    }
}

/// A unit: symbols, products, quotients, whole powers, and whole numbers as in `kWh/(1000 token)`.
impl FromStr for Unit {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(unit(&parse(text, &|_| false)?, text)?.written(text.trim()))
    }
}

fn unit(expression: &Expression, text: &str) -> Result<Unit, UnitError> {
    let no_unit = || UnitError::Syntax { text: text.to_owned(), at: 1, expected: "a unit".to_owned() };
    match expression {
        Expression::Number(number) if *number >= 1.0 && number.fract() == 0.0 && *number < 1e18 => {
            Unit::whole_number(*number as u64)
        }
        Expression::Name(name) => Unit::symbol_named(name).ok_or_else(|| Unit::stranger(name)),
        Expression::Binary(Operator::Times | Operator::Beside, left, right) => {
            unit(left, text)?.times(&unit(right, text)?)
        }
        Expression::Binary(Operator::Over, left, right) => unit(left, text)?.over(&unit(right, text)?),
        Expression::Binary(Operator::Power, base, exponent) => {
            let exponent = match exponent.as_ref() {
                Expression::Number(number) => *number,
                Expression::Negative(inner) => match inner.as_ref() {
                    Expression::Number(number) => -number,
                    _ => return Err(no_unit()),
                },
                _ => return Err(no_unit()),
            };
            if exponent.fract() != 0.0 || exponent.abs() > f64::from(i8::MAX) {
                return Err(no_unit());
            }
            unit(base, text)?.power(exponent as i8)
        }
        _ => Err(no_unit()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(text: &str, unit: &str, expected: f64) {
        let found = calculate(text).unwrap().to(unit).unwrap().value();
        assert!((found - expected).abs() <= 1e-12 * expected.abs(), "{text}: {found} {unit}");
    }

    #[test]
    fn the_arithmetic_of_the_field() {
        close("7.2 W * 4.1 s / 50 token", "kWh/Mtoken", 0.164);
        close("450 W / (20 token/s)", "kWh/Mtoken", 6.25);
        close("2400 W / (1000 token/s)", "kWh/Mtoken", 2.0 / 3.0);
        close("30e6 * 3 kW", "GW", 90.0);
        close("1 kcal", "Wh", 4184.0 / 3600.0);
        close("176 TWh/yr", "GW", 176e3 / 8760.0);
        close("100 W/ft^2", "W/m^2", 100.0 / 0.09290304);
        close("20 Ah * 12.8 V", "Wh", 256.0);
        close("k_B * 300 K * ln(2) / (1 bit)", "J/bit", 2.870978885078724e-21);
        close("3412.14163312794 Btu", "kWh", 1.0);
        close("1 nat/token", "bit/token", std::f64::consts::LOG2_E);
        close("0.047 kWh/(1000 token)", "J/token", 169.2);
        close("30 % * 10 J", "J", 3.0);
        close("(945/415)^(1/6) - 1", "%", 14.700141050110904);
    }

    #[test]
    fn a_standard_uncertainty_stands_behind_its_sign() {
        for text in ["(176 ± 5) TWh", "176 TWh ± 5 TWh", "176 TWh ± 5e3 GWh"] {
            for figure in [calculate(text).unwrap(), text.parse().unwrap()] {
                let found = (figure.value(), figure.u(), figure.unit().symbol());
                assert!(found.0 == 176.0 && (found.1 - 5.0).abs() < 1e-12 && found.2 == "TWh", "{text}: {found:?}");
            }
        }
        assert!((calculate("1.40 ± 2 %").unwrap().u() - 0.028).abs() < 1e-12);
        // u(2a) = 2 u(a), and it binds tighter than a product
        assert!((calculate("2 * 3 W ± 1 W").unwrap().u() - 2.0).abs() < 1e-12);
        assert!(calculate("176 TWh ± 5").is_err() && calculate("3 W ± 2 s").is_err());
    }

    #[test]
    fn literals_keep_their_unit() {
        let figure: Quantity = "0.164 kWh/Mtoken".parse().unwrap();
        assert_eq!((figure.value(), figure.unit().symbol()), (0.164, "kWh/Mtoken"));
        assert_eq!(calculate("8.2 Wh").unwrap().unit().symbol(), "Wh");
        assert_eq!(calculate("30e6 * 3 kW").unwrap().unit().symbol(), "kW");
    }

    #[test]
    fn names_come_from_the_caller_and_are_no_units() {
        let energy = |name: &str| match name {
            "E2024" => "415 TWh".parse().ok(),
            "E2030" => "945 TWh".parse().ok(),
            "W" => "1 J".parse().ok(),
            _ => None,
        };
        let growth = evaluate("(E2030/E2024)^(1/6) - 1", &energy).unwrap();
        assert!((growth.value() - 0.147001410501109).abs() < 1e-12);
        let clash = evaluate("2 * W", &energy).unwrap_err();
        assert_eq!(clash.to_string(), "a name that is a unit cannot name a value: \"W\"");
        assert!(evaluate("E1999", &energy).is_err());
    }

    #[test]
    fn a_query_is_no_unit_and_its_energy_goes_to_tokens_and_back() {
        for text in ["0.3 Wh/query", "2 prompts", "0.3 Wh per query"] {
            let refused = calculate(text).map(|found| found.to_string());
            assert!(refused.is_err(), "{text}: {refused:?}");
        }
        let refused = "0.3 Wh/query".parse::<Quantity>().unwrap_err().to_string();
        assert!(
            refused.contains("0.3 Wh / (500 token)") && refused.contains("2.16 J/token * (500 token)"),
            "{refused}"
        );
        close("0.3 Wh / (500 token)", "J/token", 2.16); // 1080 J over 500 tokens
        close("2.16 J/token * (500 token)", "Wh", 0.3);
        close("47 Wh/1000", "J", 169.2);
    }

    #[test]
    fn a_rate_per_year_stays_one() {
        for (text, unit) in [
            ("176 TWh/yr", "TWh/yr"),
            ("415 TWh/yr * 1.1", "TWh/yr"),
            ("415 TWh/yr / 98 %", "TWh/yr"),
            ("50 % * 415 TWh/yr", "TWh/yr"),
            ("35 kWh/d", "kWh/d"),
            ("(176 ± 5) TWh/yr", "TWh/yr"),
            ("12 kWh / (2 h)", "W"),
            ("12 kWh / 2 h", "W"),
        ] {
            assert_eq!(calculate(text).unwrap().unit().symbol(), unit, "{text}");
        }
        let uncertain = calculate("(176 ± 5) TWh/yr").unwrap();
        assert_eq!((uncertain.value(), uncertain.u()), (176.0, 5.0));
    }

    #[test]
    fn unit_errors_say_what_was_expected() {
        assert!(calculate("1 J + 1 J/token").unwrap_err().to_string().contains("expected a figure in J,"));
        assert!("5 KW".parse::<Quantity>().unwrap_err().to_string().contains("did you mean \"kW\""));
        assert!("1 W/m2".parse::<Quantity>().unwrap_err().to_string().contains("m^2"));
        assert!("5".parse::<Quantity>().is_ok());
        assert!("J".parse::<Quantity>().is_err());
        assert!("5 J 3".parse::<Quantity>().is_err());
        assert!("5 degC/W".parse::<Quantity>().is_err());
        assert!("W\u{202e}".parse::<Unit>().is_err());
    }
}
