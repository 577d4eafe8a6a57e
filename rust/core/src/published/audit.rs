//! A claimed number against the expression it is said to follow from.

use super::error::PublishedError;
use super::printed::last_digit;
use crate::quantity::{Dimension, Quantity, Unit, calculate};

/// A claim compared with what its expression gives.
#[derive(Debug, Clone)]
pub struct Audit {
    /// The value of the expression.
    pub computed: Quantity,
    /// The claim.
    pub claimed: Quantity,
    /// Claimed over computed, in coherent units: a pure number, or a time where one is a power and the other an energy.
    pub ratio: Quantity,
    /// Whether the two agree within half a unit of the last digit of the claim.
    pub agrees: bool,
    /// The known confusions that would explain the ratio; empty where they agree or none does.
    pub explanations: Vec<Explanation>,
}

/// A confusion that would explain a ratio.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Explanation {
    /// What was confused.
    pub reason: &'static str,
    /// The ratio it makes.
    pub factor: f64,
}

const fn by(factor: f64, reason: &'static str) -> Explanation {
    Explanation { reason, factor }
}

/// Confusions between figures of one dimension; each explains its factor and the inverse.
const CONFUSIONS: &[Explanation] = &[
    by(1e3, "a prefix of a thousand (k, M, G, T), or per 1000 against per one"),
    by(1e6, "two prefixes of a thousand, or per million against per one"),
    by(1e9, "three prefixes of a thousand"),
    by(10.0, "a slipped decimal point"),
    by(100.0, "a percentage read as a number"),
    by(3.6, "kJ and Wh"),
    by(4.184, "kcal and kJ"),
    by(4.184 / 3.6, "kcal and Wh"),
    by(1.0 / 0.09290304, "per ft^2 and per m^2"),
    by(8760.0, "per year and per hour"),
    by(24.0, "per day and per hour"),
    by(8.0, "bit and byte"),
    by(std::f64::consts::LOG2_E, "nat and bit"),
];

/// Confusions between a power and an energy. [s]
const TIMES: &[Explanation] = &[
    by(31_536_000.0, "an energy per year written as a power, or the other way round"),
    by(86_400.0, "an energy per day written as a power, or the other way round"),
    by(3600.0, "kWh and kW"),
];

/// What a ratio means that no known confusion explains and that is a number of the expression itself.
const FACTOR_TWICE: &str =
    "a number of the expression taken once too often or left out, as a PUE on a figure that already holds it";

/// The comparison of a claim with its expression.
///
/// # Errors
/// Text that is no expression or quantity; dimensions that differ by more than a time.
///
/// ```
/// let audit = szilard::published::audit("30e6 * 3 kW", "90 MW").unwrap();
/// assert!(!audit.agrees && audit.explanations[0].factor == 1e3); // 90 GW
/// ```
pub fn audit(expression: &str, claim: &str) -> Result<Audit, PublishedError> {
    let computed = calculate(expression)?;
    let claimed: Quantity = claim.parse()?;
    let ratio = claimed.at(None).over(&computed.at(None))?;
    let time = Dimension([0, 0, 1, 0, 0, 0, 0]);
    let confusions = match ratio.dimension() {
        Dimension::NONE => CONFUSIONS,
        dimension if dimension == time || Some(dimension) == Dimension::NONE.over(time) => TIMES,
        _ => {
            claimed.in_unit(&Unit::coherent(computed.dimension()))?;
            CONFUSIONS
        }
    };
    let tolerance = last_digit(claim) / 2.0 / claimed.value().abs() * (1.0 + 1e-9);
    let near = |factor: f64| (ratio.coherent_value() / factor - 1.0).abs() <= tolerance;
    let agrees = ratio.dimension() == Dimension::NONE && near(1.0);
    let explains = |confusion: &&Explanation| near(confusion.factor) || near(confusion.factor.recip());
    let mut explanations: Vec<Explanation> =
        if agrees { Vec::new() } else { confusions.iter().filter(explains).copied().collect() };
    if !agrees && explanations.is_empty() {
        let numbers = expression.split(|c: char| !(c.is_ascii_digit() || c == '.'));
        let factors = numbers.filter_map(|number| number.parse().ok()).filter(|factor: &f64| *factor > 1.0);
        explanations = factors.map(|factor| by(factor, FACTOR_TWICE)).find(|own| explains(&own)).into_iter().collect();
    }
    Ok(Audit { computed, claimed, ratio, agrees, explanations })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reasons(expression: &str, claim: &str) -> Vec<&'static str> {
        audit(expression, claim).unwrap().explanations.iter().map(|explanation| explanation.reason).collect()
    }

    #[test]
    fn known_confusions_are_named() {
        // 1 W/ft² is 10.76 W/m²; 1 kcal is 1.162 Wh and 4.184 kJ; 47 Wh are the energy of 1000 queries
        assert_eq!(reasons("150 W/ft^2", "150 W/m^2"), ["per ft^2 and per m^2"]);
        assert_eq!(reasons("1 kcal", "1.000 Wh"), ["kcal and Wh"]);
        assert_eq!(reasons("29.52 kJ", "29.52 Wh"), ["kJ and Wh"]);
        assert_eq!(
            reasons("0.047 kWh / 1000", "47 Wh"),
            ["a prefix of a thousand (k, M, G, T), or per 1000 against per one"]
        );
        assert_eq!(reasons("20.09 GW", "176.0 TWh"), ["an energy per year written as a power, or the other way round"]);
    }

    #[test]
    fn a_pue_on_site_energy_is_found_in_the_ratio() {
        // 176 TWh at the site with PUE 1.2 hold 29.33 TWh of overhead; 35.2 is 0.2 x 176
        assert_eq!(reasons("176 TWh * (1 - 1/1.2)", "35.2 TWh"), [FACTOR_TWICE]);
        assert!(audit("176 TWh * (1 - 1/1.2)", "29.3 TWh").unwrap().agrees);
    }

    #[test]
    fn a_rounded_claim_agrees() {
        let audit = audit("7.2 W * 4.1 s", "0.008 Wh").unwrap(); // 0.0082 Wh
        assert!(audit.agrees && audit.explanations.is_empty());
        assert!(super::audit("7.2 W", "3 bit").is_err());
        assert!(reasons("2 J", "3.00 J").is_empty());
    }
}
