//! Claims checked against expressions, facts and the sources they name.

use super::audit::{Audit, audited};
use super::claim::{Against, Check, Claim, Claims, Stated};
use super::confusion::explanations;
use super::error::PublishedError;
use super::printed::last_digit;
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
        Against::Source { named } => of_source(registry, check, named)?,
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
    let other = wrong.and_then(|audit| other_figure(&facts, &audit.claimed, check));
    let (verdict, why) = match wrong.filter(|_| !agrees) {
        None if mixed => {
            let years = years.iter().map(|(from, _)| from.to_string()).collect::<Vec<_>>().join(" and ");
            (Verdict::Boundary, format!("a share of figures of different years: {years}"))
        }
        None => (Verdict::Holds, String::new()),
        Some(audit) => match (&other, audit.explanations.first()) {
            (Some(other), _) => (check.otherwise.unwrap_or(Verdict::Arithmetic), other.clone()),
            (None, Some(explanation)) => {
                (explanation.verdict, format!("x{:.4}: {}", explanation.factor, explanation.reason))
            }
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

/// Another figure of the publications that a claim draws on which has the claimed value: the growth of one year in the
/// place of that of a path.
fn other_figure(facts: &[(&Publication, &Fact)], claimed: &Quantity, check: &Check) -> Option<String> {
    let printed = Check { last_digit: None, ..check.clone() };
    let mut others =
        facts.iter().flat_map(|(publication, _)| publication.facts.iter().map(move |fact| (publication, fact)));
    let (publication, fact) = others.find(|(_, fact)| has_value(fact, claimed, &printed) == Some(true))?;
    let years = if fact.from == fact.to { fact.from.to_string() } else { format!("{} to {}", fact.from, fact.to) };
    let one_year = fact.quantity.starts_with("growth") && fact.to - fact.from == 1;
    let hint = if one_year { ": the growth of one year, not that of the path" } else { "" };
    Some(format!("it is the {} of {years} ({}, {}){hint}", fact.quantity, fact.id, publication.citation.key))
}

/// Whether a fact has a value, within both roundings or inside its range; `None` where the dimensions differ.
fn has_value(fact: &Fact, claimed: &Quantity, check: &Check) -> Option<bool> {
    let digit = check.last_digit.or_else(|| check.says.first().map(|text| last_digit(text))).unwrap_or(0.0);
    let near = |figure: &Quantity| {
        let found = figure.in_unit(claimed.unit()).ok()?;
        let own = fact.last_digit() * found.value() / figure.value();
        Some((found.value() - claimed.value()).abs() <= (digit + own.abs()) / 2.0 * (1.0 + 1e-9))
    };
    let ends: Vec<&Quantity> = [&fact.low, &fact.high].into_iter().flatten().collect();
    match (&fact.value, ends.as_slice()) {
        (Some(value), _) => near(value),
        (None, ends) => ends.iter().filter_map(|end| near(end)).reduce(|left, right| left || right),
    }
}

/// The claimed figure against a fact, and what the claim says of it against what the fact says.
fn of_fact(registry: &Registry, check: &Check, id: &str, stated: &Stated) -> Result<CheckAudit, PublishedError> {
    let unknown = || PublishedError::Unknown { what: "fact", id: id.to_owned() };
    let (publication, fact) = registry.facts().find(|(_, fact)| fact.id == id).ok_or_else(unknown)?;
    let (mut agrees, mut cause) = (true, None);
    for says in &check.says {
        let claimed: Quantity = says.parse()?;
        let same = has_value(fact, &claimed, check);
        let of_fact = [&fact.value, &fact.low, &fact.high].into_iter().flatten().next().ok_or_else(unknown)?;
        cause = cause.or_else(|| cause_of(fact, of_fact, &claimed, says, check).filter(|_| same != Some(true)));
        agrees &= same == Some(true);
    }
    let key = &publication.citation.key;
    let differs = |what: &str, claimed: &str, own: &str| format!("{what}: said {claimed}, the source says {own}");
    let (verdict, why) = if !agrees {
        let unexplained =
            || (check.otherwise.unwrap_or(Verdict::Arithmetic), "the source has another value".to_owned());
        cause.unwrap_or_else(unexplained)
    } else if let Some(named) = stated.attributed.as_ref().filter(|named| *named != key) {
        (Verdict::Misattributed, format!("stands in {key}, not in {named}{}", own_figure(registry, named, fact)))
    } else if let Some(boundary) = stated.boundary.filter(|boundary| Some(*boundary) != boundary_of(fact)) {
        (Verdict::Boundary, differs("boundary", boundary.word(), boundary_of(fact).map_or("none", |own| own.word())))
    } else if let Some(denominator) =
        stated.denominator.as_ref().filter(|named| Some(*named) != fact.denominator.as_ref())
    {
        (Verdict::Boundary, differs("share of", denominator, fact.denominator.as_deref().unwrap_or("nothing named")))
    } else if let Some(region) = stated.region.as_ref().filter(|region| **region != fact.region) {
        (Verdict::Boundary, differs("region", region, &fact.region))
    } else if let Some(year) = stated.year.filter(|year| !(fact.from..=fact.to).contains(year)) {
        (Verdict::Vintage, differs("year", &year.to_string(), &fact.from.to_string()))
    } else {
        (Verdict::Holds, String::new())
    };
    let later = registry.superseded_by(key).map(|later| format!("superseded by {}", later.citation.key));
    let cited = format!("{id}: {}", publication.citation);
    Ok(CheckAudit {
        verdict,
        says: check.says.clone(),
        found: [&fact.value, &fact.low, &fact.high].into_iter().flatten().cloned().collect(),
        ratio: None,
        reason: [Some(why), Some(cited), later]
            .into_iter()
            .flatten()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join("; "),
    })
}

/// What a claimed figure that is not that of a fact may have come from: another dimension, or a known confusion.
fn cause_of(
    fact: &Fact,
    figure: &Quantity,
    claimed: &Quantity,
    says: &str,
    check: &Check,
) -> Option<(Verdict, String)> {
    if claimed.in_unit(figure.unit()).is_err() {
        let why = format!("another dimension: said {}, the source has {}", claimed.unit(), figure.unit());
        return Some((Verdict::Unit, why));
    }
    let value = fact.value.as_ref().filter(|value| value.value() != 0.0 && claimed.value() != 0.0)?;
    let ratio = claimed.at(None).on(None).over(&value.at(None).on(None)).ok()?;
    let half = check.last_digit.unwrap_or(last_digit(says)) / 2.0;
    let found = explanations(&ratio, value, claimed, half, "", says);
    found.first().map(|found| (found.verdict, format!("x{:.4}: {}", found.factor, found.reason)))
}

fn boundary_of(fact: &Fact) -> Option<crate::quantity::Boundary> {
    [&fact.value, &fact.low, &fact.high].into_iter().flatten().next().and_then(Quantity::boundary)
}

/// What the named publisher has for the quantity, region and year of a fact.
fn own_figure(registry: &Registry, named: &str, fact: &Fact) -> String {
    let Ok(source) = registry.publication(named) else { return String::new() };
    let same = |own: &&Fact| {
        (own.quantity.as_str(), own.region.as_str(), own.from, own.to)
            == (&fact.quantity, &fact.region, fact.from, fact.to)
    };
    let of_publisher =
        registry.facts().filter(|(publication, _)| publication.citation.publisher == source.citation.publisher);
    let own = of_publisher.filter(|(_, own)| same(own)).filter_map(|(publication, own)| {
        own.value.as_ref().map(|value| format!("{} {} ({})", value.value(), value.unit(), publication.citation.key))
    });
    let own = own.collect::<Vec<_>>().join(", ");
    if own.is_empty() { own } else { format!(", which has {own}") }
}

/// A figure that is only said to stand in a source.
fn of_source(registry: &Registry, check: &Check, named: &str) -> Result<CheckAudit, PublishedError> {
    let is_named = |publication: &&Publication| {
        publication.citation.key == named || publication.citation.identifier.split(", ").any(|part| part == named)
    };
    let says = check.says.clone();
    let claimed = says.first().map(|text| text.parse::<Quantity>()).transpose()?;
    let (verdict, found, reason) = match (registry.publications().iter().find(is_named), claimed) {
        (None, _) => (Verdict::SourceNotFound, Vec::new(), format!("no publication {named:?} is carried or was found")),
        (Some(publication), None) => (Verdict::Holds, Vec::new(), publication.citation.to_string()),
        (Some(publication), Some(claimed)) => {
            let same = |fact: &&Fact| has_value(fact, &claimed, check) == Some(true);
            match publication.facts.iter().find(same) {
                Some(fact) => (Verdict::Holds, fact.value.iter().cloned().collect(), publication.citation.to_string()),
                None => {
                    let reason =
                        format!("no figure of {} that is carried here has that value", publication.citation.key);
                    (Verdict::SourceNotFound, Vec::new(), reason)
                }
            }
        }
    };
    Ok(CheckAudit { verdict, says, found, ratio: None, reason })
}
