//! A claimed number against the expression it is said to follow from.

use super::confusion::{Explanation, explanations, is_known};
use super::error::PublishedError;
use super::growth::{misread_growth, per_year};
use super::printed::last_digit;
use super::publication::{Fact, Publication};
use super::registry::Registry;
use super::verdict::Verdict;
use crate::quantity::{Quantity, Unit, compound, evaluate_moving};
use std::cell::RefCell;

/// A claim compared with what its expression gives.
#[derive(Debug, Clone)]
pub struct Audit {
    /// The value of the expression.
    pub computed: Quantity,
    /// The claim.
    pub claimed: Quantity,
    /// Claimed over computed, in coherent units: a pure number, or a time where one is a power and the other an energy.
    /// `None` where nothing comes out of the expression.
    pub ratio: Option<Quantity>,
    /// Whether the two agree within half a unit of the last digit of the claim.
    pub agrees: bool,
    /// The known confusions that would explain the ratio, nearest first; empty where they agree or none does.
    pub explanations: Vec<Explanation>,
}

impl Audit {
    /// What came of the claim: the kind of the nearest explanation, `arithmetic` where there is none.
    pub fn verdict(&self) -> Verdict {
        match self.explanations.first() {
            _ if self.agrees => Verdict::Holds,
            Some(explanation) => explanation.verdict,
            None => Verdict::Arithmetic,
        }
    }
}

/// The comparison of a claim with its expression.
///
/// # Errors
/// Text that is no expression or quantity; dimensions that differ by more than a time or a voltage.
///
/// ```
/// use szilard::published::{Verdict, audit};
///
/// let audit = audit("30e6 * 3 kW", "90 MW").unwrap(); // 90 GW
/// assert!(!audit.agrees && audit.explanations[0].factor == 1e3);
/// assert_eq!(audit.verdict(), Verdict::Unit);
/// ```
pub fn audit(expression: &str, claim: &str) -> Result<Audit, PublishedError> {
    audited(expression, &|_| None, &|_| false, claim, None)
}

impl Registry {
    /// The comparison of a claim with its expression, in which facts may stand by their identities; an explanation names
    /// the fact it draws on, as the growth of one year in the place of that of a path.
    ///
    /// # Errors
    /// As of [`audit`], and [`PublishedError::NoValue`] for a fact that is a range or a bound.
    ///
    /// ```
    /// let registry = szilard::published::Registry::embedded().unwrap();
    /// let audit = registry.audit("448 TWh * 1.16^5", "980 TWh").unwrap(); // 941 TWh
    /// let reason = &audit.explanations[0].reason;
    /// assert!(reason.contains("16.95 %") && reason.contains("2024 to 2025"), "{reason}");
    /// ```
    pub fn audit(&self, expression: &str, claim: &str) -> Result<Audit, PublishedError> {
        let bound = RefCell::new(None);
        let given = |name: &str| match self.fact(name).ok()?.single_value() {
            Ok(value) => Some(value),
            Err(error) => {
                bound.replace(Some(error));
                None
            }
        };
        let is_effectiveness = |name: &str| self.fact(name).is_ok_and(Fact::is_effectiveness);
        let audited = audited(expression, &given, &is_effectiveness, claim, None);
        let mut audit = match (audited, bound.take()) {
            (Err(_), Some(bound)) => return Err(bound),
            (audited, _) => audited?,
        };
        if !audit.agrees {
            let growth = compound(expression, &given);
            let named = growth.and_then(|growth| self.growth_of_one_year(&growth, &audit.claimed, expression, claim));
            if let (Some(named), Some(first)) = (named, audit.explanations.first_mut()) {
                first.reason = format!("{}; {named}", first.reason);
            }
        }
        if !audit.agrees && audit.explanations.is_empty() {
            audit.explanations.extend(self.at_other_boundary(&audit, expression, claim));
        }
        Ok(audit)
    }

    /// The claim as a figure of the publications that the expression draws on, counted at another boundary than what is
    /// computed.
    fn at_other_boundary(&self, audit: &Audit, expression: &str, claim: &str) -> Option<Explanation> {
        let computed = audit.computed.boundary()?;
        let half = last_digit(claim) / 2.0 * (1.0 + 1e-9);
        let names: Vec<&str> = expression.split(|c: char| !(c.is_alphanumeric() || "_-".contains(c))).collect();
        let drawn = |publication: &Publication| publication.facts.iter().any(|own| names.contains(&own.id.as_str()));
        let same = |fact: &Fact| {
            let found = fact.value.as_ref()?.in_unit(audit.claimed.unit()).ok()?;
            ((found.value() - audit.claimed.value()).abs() <= half).then_some(found.boundary()?)
        };
        let drawn = self.facts().filter(|(publication, _)| drawn(publication));
        let mut others = drawn.filter_map(|(publication, fact)| Some((publication, fact, same(fact)?)));
        let (publication, fact, at) = others.find(|(.., at)| *at != computed)?;
        let (key, id) = (&publication.citation.key, &fact.id);
        Some(Explanation {
            reason: format!("{id} ({key}) has that value at {at}, and what is computed is counted at {computed}"),
            factor: audit.ratio.as_ref()?.coherent_value(),
            verdict: Verdict::Boundary,
        })
    }
}

/// The comparison with named values in the expression, and one unit of the last digit of the claim where it is not that
/// of the text.
pub(super) fn audited(
    expression: &str,
    given: &dyn Fn(&str) -> Option<Quantity>,
    is_effectiveness: &dyn Fn(&str) -> bool,
    claim: &str,
    digit: Option<f64>,
) -> Result<Audit, PublishedError> {
    let computed = evaluate_moving(expression, given, is_effectiveness)?;
    let growth = compound(expression, given);
    let claimed = per_year(claim.parse()?, growth.as_ref())?;
    let dimension = claimed.dimension().over(computed.dimension());
    if !dimension.is_some_and(is_known) {
        claimed.in_unit(&Unit::coherent(computed.dimension()))?;
    }
    let ratio = match computed.value() {
        0.0 => None,
        _ => Some(claimed.at(None).on(None).over(&computed.at(None).on(None))?),
    };
    let half = digit.unwrap_or(last_digit(claim)) / 2.0 * (1.0 + 1e-9);
    let same_unit = computed.in_unit(claimed.unit()).ok();
    let agrees = same_unit.as_ref().is_some_and(|found| (found.value() - claimed.value()).abs() <= half);
    let misread = |ratio: &Quantity| growth.as_ref().and_then(|growth| misread_growth(growth, &claimed, ratio));
    let explanations = match &ratio {
        Some(ratio) if !agrees && claimed.value() != 0.0 => match misread(ratio) {
            Some(misread) => vec![misread],
            None => explanations(ratio, &computed, &claimed, half, expression, claim),
        },
        _ => Vec::new(),
    };
    Ok(Audit { computed, claimed, ratio, agrees, explanations })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pue_leads_from_it_to_site_once() {
        let registry = Registry::embedded().unwrap();
        // F001: 415 TWh/yr at the site; F058: PUE 1.45; 415/1.45 = 286.2
        let refused = registry.audit("F001 * F058", "602 TWh/yr").unwrap_err().to_string();
        assert!(refused.contains("twice"), "{refused}");
        assert!(registry.audit("F058 * F001", "602 TWh/yr").is_err());
        let it = registry.audit("F001 / F058", "286.2 TWh/yr").unwrap();
        assert!(it.agrees && it.computed.boundary() == Some(crate::quantity::Boundary::It));
        assert!(registry.audit("F001 / F058 * F058", "415 TWh/yr").unwrap().agrees);
        // 1.5 % of the world's demand at the busbar are 463 TWh/yr; 415 TWh/yr are counted at the site
        assert_eq!(registry.audit("F003*F114", "415 TWh/yr").unwrap().verdict(), Verdict::Boundary);
        for twice in
            ["F001 / F058 / F058", "(F058)*F001", "1*(F058)*F001", "F001*F058^1", "F001/(1/F058)", "F001*(F058-1)"]
        {
            assert!(registry.audit(twice, "602 TWh/yr").is_err(), "{twice}");
        }
        // 176 TWh/yr at the site and a PUE of 1.4: 50.3 TWh/yr of overhead
        assert!(registry.audit("F040 * (1 - 1/F045)", "50 TWh/yr").unwrap().agrees);
    }

    #[test]
    fn a_bound_is_no_value_and_says_so() {
        let refused =
            |expression: &str| Registry::embedded().unwrap().audit(expression, "1200 TWh/yr").unwrap_err().to_string();
        let expected = "F039 has no single value: over 1200 TWh/yr; give one of its ends, or another fact";
        assert_eq!(refused("F039 * 1"), expected);
        assert!(refused("2 * F044").contains("325 to 580 TWh/yr"), "{}", refused("2 * F044"));
    }

    #[test]
    fn zero_is_a_figure_like_any_other() {
        for (expression, claim) in [("1000 kW", "0 kW"), ("0", "1"), ("0 J", "3 J"), ("0.6 kW", "0 kW")] {
            let audit = audit(expression, claim).unwrap();
            assert_eq!(audit.verdict(), Verdict::Arithmetic, "{expression} = {claim}");
            assert_eq!(audit.ratio.is_none(), expression.starts_with("0 ") || expression == "0");
        }
        for (expression, claim) in [("0 W", "0 kW"), ("0.3 kW", "0 kW"), ("0", "0.0")] {
            assert!(audit(expression, claim).unwrap().agrees, "{expression} = {claim}"); // 0.3 rounds to 0
        }
        assert!(audit("0 J", "1 W").is_ok() && audit("0 J", "1 bit").is_err());
    }

    #[test]
    fn a_confusion_explains_only_its_own_factor_and_kind() {
        // 3.5 and 3.7 are not 3.6; a pure ratio is no energy; a mass is none; 1.2 on a number is no PUE
        for (expression, claim) in
            [("10.0 kJ", "9.72 Wh"), ("10.0 kJ", "10.28 Wh"), ("10.0", "36.0"), ("1.00 kg", "3.60 kg")]
        {
            assert_eq!(explained(expression, claim), [], "{expression} = {claim}");
        }
        assert_eq!(explained("5.00 W", "53.8 W"), []); // 10.76, and nothing is said per area
        assert_eq!(explained("2.00 J * 1.2", "2.88 J"), [(1.2, Verdict::Arithmetic)]);
        assert_eq!(explained("10 J", "37 J"), []);
    }

    fn explained(expression: &str, claim: &str) -> Vec<(f64, Verdict)> {
        let found = audit(expression, claim).unwrap().explanations;
        found.iter().map(|explanation| (explanation.factor, explanation.verdict)).collect()
    }

    #[test]
    fn known_confusions_are_named() {
        // 1 W/ft² is 10.76 W/m²; 1 kcal is 1.162 Wh and 4.184 kJ; 47 Wh are the energy of 1000 queries
        assert_eq!(explained("150 W/ft^2", "150 W/m^2"), [(1.0 / 0.092_903_04, Verdict::Unit)]);
        assert_eq!(explained("1 kcal", "1.000 Wh"), [(4.184 / 3.6, Verdict::Unit)]);
        assert_eq!(explained("29.52 kJ", "29.52 Wh"), [(3.6, Verdict::Unit)]);
        assert_eq!(explained("0.047 kWh / 1000", "47 Wh"), [(1e3, Verdict::Unit)]);
        assert_eq!(explained("20.09 GW", "176.0 TWh"), [(31_536_000.0, Verdict::Unit)]);
        assert_eq!(explained("4 Wh / (8 kWh)", "0.5 %"), [(10.0, Verdict::Arithmetic)]);
        assert_eq!(explained("16 bit", "16.0 byte"), [(8.0, Verdict::Unit)]);
    }

    #[test]
    fn kilocalories_that_became_watt_hours_over_kilojoules() {
        // 1 kcal = 4.184 kJ, written as 4 Wh; 10 kcal as 40 Wh, rounded harder than it is printed
        for (expression, claim) in [("1 kcal", "4 Wh"), ("10 kcal", "40 Wh")] {
            assert_eq!(explained(expression, claim), [(3.6, Verdict::Unit)], "{claim}");
        }
        // and a prefix on top: 1 kcal is 1.162 Wh, 3.6e-3 of what is claimed
        assert_eq!(explained("1 kcal", "4.184 kWh")[0].0, 3.6 * 1e3);
    }

    #[test]
    fn a_pue_on_site_energy_is_found_in_the_ratio() {
        // 176 TWh at the site with PUE 1.2 hold 29.33 TWh of overhead; 35.2 is 0.2 x 176
        assert_eq!(explained("176 TWh * (1 - 1/1.2)", "35.2 TWh"), [(1.2, Verdict::Boundary)]);
        assert!(audit("176 TWh * (1 - 1/1.2)", "29.3 TWh").unwrap().agrees);
    }

    #[test]
    fn a_charge_is_no_energy_without_its_voltage() {
        // 100 calls of 29.52 J of 20 Ah: 0.32 % of a pack of 12.8 V, 1.28 % of a cell of 3.2 V
        let audit = audit("100 * 7.2 W * 4.1 s / (20 Ah)", "1.2 %").unwrap();
        let reason = &audit.explanations[0].reason;
        assert!(reason.contains("0.32 % at 12.8 V") && reason.contains("1.28 % at 3.2 V"), "{reason}");
        assert_eq!(audit.verdict(), Verdict::Unit);
    }

    #[test]
    fn the_growth_of_one_year_is_not_that_of_the_path() {
        // (980/448)^(1/5) - 1 = 16.95 %; 448 x 1.16^5 = 941
        let registry = Registry::embedded().unwrap();
        for (expression, claim) in [
            ("448 TWh * 1.16^5", "980 TWh"),
            ("448 TWh/yr * (1 + 16 %)^5", "980 TWh/yr"),
            ("(980/448)^(1/5) - 1", "16 %"),
            ("(980/448)^(1/5) - 1", "16 %/yr"),
            ("(980 TWh/yr / (448 TWh/yr))^(1/5) - 1", "16 %"),
            ("(F032 / F031)^(1/5) - 1", "16 %"),
        ] {
            let plain = registry.audit(expression, claim).unwrap();
            let reason = &plain.explanations[0].reason;
            assert!(reason.contains("16.95 %"), "{expression}: {reason}");
            assert!(reason.contains("the growth of one year"), "{expression}: {reason}");
            assert_eq!(plain.verdict(), Verdict::Arithmetic);
        }
        let named = registry.audit("448 TWh * 1.16^5", "980 TWh").unwrap().explanations[0].reason.clone();
        assert!(named.contains("2024 to 2025") && named.contains("gartner_2025"), "{named}");
        assert!(registry.audit("(980/448)^(1/5) - 1", "17 %/yr").unwrap().agrees);
        // a claim that would need 190 % a year is not explained by growth
        assert!(registry.audit("448 TWh * 1.16^5", "94100 TWh").unwrap().explanations[0].factor == 100.0);
    }

    #[test]
    fn a_rounded_claim_agrees() {
        let audit = audit("7.2 W * 4.1 s", "0.008 Wh").unwrap(); // 0.0082 Wh
        assert!(audit.agrees && audit.explanations.is_empty());
        assert!(super::audit("7.2 W", "3 bit").is_err());
        assert_eq!(super::audit("2 J", "3.00 J").unwrap().verdict(), Verdict::Arithmetic);
    }
}
