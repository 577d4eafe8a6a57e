//! The growth of one year in the place of that of a path.

use super::confusion::Explanation;
use super::error::PublishedError;
use super::registry::Registry;
use super::verdict::Verdict;
use crate::quantity::{Compound, Dimension, Quantity, Unit};

/// Rates that differ by more than this ratio were hardly taken for each other.
const FAR: f64 = 2.0;

/// The claim as a number where the expression is a rate per period and the claim says `16 %/yr`.
pub(super) fn per_year(claimed: Quantity, growth: Option<&Compound>) -> Result<Quantity, PublishedError> {
    let per_time = Dimension::NONE.over(Dimension([0, 0, 1, 0, 0, 0, 0]));
    if matches!(growth, Some(Compound::Rate { .. })) && Some(claimed.dimension()) == per_time {
        let yearly = claimed.to("%/yr")?;
        return Ok(Quantity::new(yearly.value(), "%".parse::<Unit>()?)?);
    }
    Ok(claimed)
}

/// What the rate that stands there gives, and the one that would be needed; `None` where these are too far apart.
pub(super) fn misread_growth(growth: &Compound, claimed: &Quantity, ratio: &Quantity) -> Option<Explanation> {
    if ratio.dimension() != Dimension::NONE {
        return None;
    }
    let off = ratio.coherent_value();
    let (said, needed, periods) = rates(growth, claimed, off)?;
    let near = said > 0.0 && needed > 0.0 && said / needed < FAR && needed / said < FAR;
    near.then(|| Explanation {
        reason: format!(
            "{:.2} % a year over {} years give x{:.4}, and {:.2} % are needed for x{:.4}, as where the growth of \
             one year stands for that of a path",
            100.0 * said,
            (periods * 1e3).round() / 1e3,
            (1.0 + said).powf(periods),
            100.0 * needed,
            (1.0 + needed).powf(periods)
        ),
        factor: off,
        verdict: Verdict::Arithmetic,
    })
}

/// The rate that is said, the one that would be needed, and the periods.
fn rates(growth: &Compound, claimed: &Quantity, off: f64) -> Option<(f64, f64, f64)> {
    Some(match growth {
        Compound::After { factor, periods } => (factor - 1.0, factor * off.powf(1.0 / periods) - 1.0, *periods),
        Compound::Rate { factor, periods } => {
            (claimed.to("1").ok()?.value(), factor.powf(1.0 / periods) - 1.0, *periods)
        }
    })
}

impl Registry {
    /// The fact that is the growth of one year with the rate that is said, from a publication whose figures stand in the
    /// expression or the claim.
    pub(super) fn growth_of_one_year(
        &self,
        growth: &Compound,
        claimed: &Quantity,
        expression: &str,
        claim: &str,
    ) -> Option<String> {
        let (said, ..) = rates(growth, claimed, 1.0)?;
        let text = format!("{expression} ; {claim}");
        let numbers: Vec<f64> =
            text.split(|c: char| !(c.is_ascii_digit() || c == '.')).filter_map(|number| number.parse().ok()).collect();
        let stands = |id: &str, figure: &Quantity| {
            text.contains(id) || (figure.dimension() != Dimension::NONE && numbers.contains(&figure.value()))
        };
        let one_year = self.facts().filter(|(publication, fact)| {
            let rate = fact.value.as_ref().filter(|_| fact.quantity.starts_with("growth") && fact.to - fact.from == 1);
            let rate = rate.and_then(|rate| rate.to("%/yr").or_else(|_| rate.to("%")).ok());
            let same = rate.is_some_and(|rate| (rate.value() - 100.0 * said).abs() <= fact.last_digit() / 2.0);
            same && publication.facts.iter().any(|own| own.value.iter().any(|figure| stands(&own.id, figure)))
        });
        let named = one_year.map(|(publication, fact)| {
            let (key, id) = (&publication.citation.key, &fact.id);
            format!("{:.2} % is the {} from {} to {} ({id}, {key})", 100.0 * said, fact.quantity, fact.from, fact.to)
        });
        let named = named.collect::<Vec<_>>().join("; ");
        (!named.is_empty()).then_some(named)
    }
}
