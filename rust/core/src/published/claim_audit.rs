//! Claims checked against expressions, facts and the sources they name.

use super::attribution::{of_fact, of_source, other_figure};
use super::audit::{Audit, audited};
use super::claim::{Against, Check, Claim, Claims};
use super::error::PublishedError;
use super::publication::{Fact, Input, Publication, Source};
use super::registry::Registry;
use super::reproduce::value;
use super::verdict::Verdict;
use crate::quantity::Quantity;
use std::collections::HashMap;

/// What came of a claim.
#[derive(Debug, Clone)]
pub struct ClaimAudit {
    /// Identity of the claim.
    pub id: String,
    /// What is claimed.
    pub claims: String,
    /// Where in the text.
    pub locator: String,
    /// What came of each check.
    pub checks: Vec<CheckAudit>,
}

/// What came of a check.
#[derive(Debug, Clone)]
pub struct CheckAudit {
    /// The verdict.
    pub verdict: Verdict,
    /// The claimed figure, or the ends of a range.
    pub says: Vec<String>,
    /// What is computed, or stands in the source.
    pub found: Vec<Quantity>,
    /// Claimed over found, where both are single figures of one dimension and differ.
    pub ratio: Option<f64>,
    /// Why, and with which citation.
    pub reason: String,
}

impl ClaimAudit {
    /// The verdicts that do not hold, each once; `holds` where there are none, `holds in part` first where some hold.
    pub fn verdicts(&self) -> Vec<Verdict> {
        let mut wrong: Vec<Verdict> =
            self.checks.iter().map(|check| check.verdict).filter(|verdict| *verdict != Verdict::Holds).collect();
        let in_part = wrong.len() < self.checks.len();
        let mut seen = Vec::new();
        wrong.retain(|verdict| {
            !seen.contains(verdict) && {
                seen.push(*verdict);
                true
            }
        });
        match (wrong.is_empty(), in_part) {
            (true, _) => vec![Verdict::Holds],
            (false, true) => [vec![Verdict::HoldsInPart], wrong].concat(),
            (false, false) => wrong,
        }
    }
}

impl Registry {
    /// The claims of a text, checked.
    ///
    /// # Errors
    /// The first check that cannot be done, with file and line.
    pub fn audit_claims(&self, claims: &Claims) -> Result<Vec<ClaimAudit>, PublishedError> {
        claims.claims.iter().map(|claim| self.audit_claim(&claims.file, claim)).collect()
    }

    fn audit_claim(&self, file: &str, claim: &Claim) -> Result<ClaimAudit, PublishedError> {
        let checks = claim
            .checks
            .iter()
            .map(|check| checked(self, &claim.id, check).map_err(|error| error.of(file, check.line, &claim.id)));
        Ok(ClaimAudit {
            id: claim.id.clone(),
            claims: claim.claims.clone(),
            locator: claim.locator.clone(),
            checks: checks.collect::<Result<_, _>>()?,
        })
    }
}

fn checked(registry: &Registry, id: &str, check: &Check) -> Result<CheckAudit, PublishedError> {
    let mut done = match &check.against {
        Against::Expression { computes, inputs, share } => computed(registry, id, check, computes, inputs, *share)?,
        Against::Fact { id, stated } => of_fact(registry, check, id, stated)?,
        Against::Source { named, stated } => of_source(registry, check, named, stated)?,
        Against::Judgement(verdict) => CheckAudit {
            verdict: *verdict,
            says: check.says.clone(),
            found: Vec::new(),
            ratio: None,
            reason: String::new(),
        },
    };
    if let Some(reason) = &check.reason {
        done.reason =
            [done.reason.as_str(), reason].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("; ");
    }
    Ok(done)
}

/// The claimed figures against expressions: one by one, or inside the range that two of them span.
fn computed(
    registry: &Registry,
    id: &str,
    check: &Check,
    computes: &[String],
    inputs: &[Input],
    share: bool,
) -> Result<CheckAudit, PublishedError> {
    let values: HashMap<&str, Quantity> = inputs
        .iter()
        .map(|input| Ok((input.name.as_str(), value(registry, id, input)?)))
        .collect::<Result<_, PublishedError>>()?;
    let given = |name: &str| values.get(name).cloned();
    let is_effectiveness = |name: &str| registry.is_effectiveness(inputs, name);
    let mut audits = Vec::new();
    for place in 0..check.says.len().max(computes.len()) {
        let says = check.says.get(place).or(check.says.last());
        if let (Some(says), Some(expression)) = (says, computes.get(place).or(computes.last())) {
            audits.push(audited(expression, &given, &is_effectiveness, says, check.last_digit)?);
        }
    }
    let agrees =
        if check.says.len() == computes.len() { audits.iter().all(|audit| audit.agrees) } else { inside(&audits) };
    let facts: Vec<(&Publication, &Fact)> = inputs.iter().filter_map(|input| fact_of(registry, input)).collect();
    let years: Vec<(i32, i32)> = facts.iter().map(|(_, fact)| (fact.from, fact.to)).collect();
    let mixed = share && years.iter().any(|year| Some(year) != years.first());
    let wrong = audits.iter().find(|audit| !audit.agrees);
    let other = wrong.and_then(|audit| other_figure(&facts, audit, check));
    let (verdict, why) = match wrong.filter(|_| !agrees) {
        None if mixed => {
            let years = years.iter().map(|(from, _)| from.to_string()).collect::<Vec<_>>().join(" and ");
            (Verdict::Boundary, format!("a share of figures of different years: {years}"))
        }
        None => (Verdict::Holds, String::new()),
        // what is found goes before what the file expects
        Some(audit) => match (audit.explanations.first(), other) {
            (Some(found), other) => {
                let why = format!("x{:.4}: {}", found.factor, found.reason);
                (
                    found.verdict,
                    [Some(why), other.map(|(_, why)| why)].into_iter().flatten().collect::<Vec<_>>().join("; "),
                )
            }
            (None, Some((found, why))) => (found.or(check.otherwise).unwrap_or(Verdict::Arithmetic), why),
            (None, None) => (check.otherwise.unwrap_or(Verdict::Arithmetic), String::new()),
        },
    };
    let cited = facts.iter().map(|(publication, fact)| format!("{} ({})", fact.id, publication.citation.key));
    let cited = cited.collect::<Vec<_>>().join(", ");
    Ok(CheckAudit {
        verdict,
        says: check.says.clone(),
        found: audits.iter().take(computes.len()).map(in_unit_of_claim).collect(),
        ratio: wrong.filter(|_| !agrees).and_then(|audit| audit.ratio.as_ref()).map(Quantity::coherent_value),
        reason: [why, cited].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("; "),
    })
}

fn in_unit_of_claim(audit: &Audit) -> Quantity {
    audit.computed.in_unit(audit.claimed.unit()).unwrap_or_else(|_| audit.computed.clone())
}

/// Whether a claimed range and what is computed overlap: one value inside the claimed ends, or the claim inside two
/// computed ones.
fn inside(audits: &[Audit]) -> bool {
    let ratio = |audit: &Audit| audit.ratio.as_ref().map_or(f64::INFINITY, Quantity::coherent_value);
    let ratios: Vec<f64> = audits.iter().map(ratio).collect();
    let any = |test: fn(f64) -> bool| ratios.iter().any(|ratio| test(*ratio));
    audits.iter().any(|audit| audit.agrees) || (any(|ratio| ratio <= 1.0) && any(|ratio| ratio >= 1.0))
}

fn fact_of<'a>(registry: &'a Registry, input: &Input) -> Option<(&'a Publication, &'a Fact)> {
    match &input.source {
        Source::Fact(id, _) => registry.facts().find(|(_, fact)| fact.id == *id),
        Source::Value(..) | Source::Table(_) | Source::Run(_) => None,
    }
}
