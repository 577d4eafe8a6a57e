//! A claimed figure against the facts of a source: its value, and what it is said to be a figure of.

use super::audit::Audit;
use super::claim::{Check, Stated};
use super::claim_audit::CheckAudit;
use super::confusion::explanations;
use super::error::PublishedError;
use super::printed::last_digit;
use super::publication::{Bound, Fact, Publication};
use super::registry::Registry;
use super::verdict::Verdict;
use crate::quantity::{Boundary, Quantity};

type Found = (Verdict, String);

impl Fact {
    /// Its figures as they are written: value, lower and upper end, those that there are.
    pub(super) fn figures(&self) -> impl Iterator<Item = &Quantity> {
        [&self.value, &self.low, &self.high].into_iter().flatten()
    }

    fn years(&self) -> String {
        if self.from == self.to { self.from.to_string() } else { format!("{} to {}", self.from, self.to) }
    }

    /// What it is a figure of, in one line: `electricity consumption of data centres, World, 2030, site, base case`.
    fn subject(&self) -> String {
        let boundary = self.boundary().map(|boundary| boundary.word().to_owned());
        let parts = [Some(self.quantity.clone()), Some(self.region.clone()), Some(self.years()), boundary];
        parts.into_iter().chain([self.scenario.clone()]).flatten().collect::<Vec<_>>().join(", ")
    }
}

impl Stated {
    /// In what a fact is another figure than the one that is spoken of; `None` where in nothing that is said.
    fn differs(&self, fact: &Fact) -> Option<Found> {
        let said = |what: &str, said: &str, own: &str| format!("{what}: said {said}, the source says {own}");
        let other = |stated: &Option<String>, own: Option<&str>| {
            stated.as_deref().filter(|stated| Some(*stated) != own).map(str::to_owned)
        };
        let boundary = fact.boundary();
        if let Some(quantity) = other(&self.quantity, Some(&fact.quantity)) {
            Some((Verdict::Boundary, said("quantity", &quantity, &fact.quantity)))
        } else if let Some(stated) = self.boundary.filter(|stated| Some(*stated) != boundary) {
            Some((Verdict::Boundary, said("boundary", stated.word(), boundary.map_or("none", Boundary::word))))
        } else if let Some(share) = other(&self.denominator, fact.denominator.as_deref()) {
            let own = fact.denominator.as_deref().unwrap_or("nothing named");
            Some((Verdict::Boundary, said("share of", &share, own)))
        } else if let Some(region) = other(&self.region, Some(&fact.region)) {
            Some((Verdict::Boundary, said("region", &region, &fact.region)))
        } else {
            let year = self.year.filter(|year| !(fact.from..=fact.to).contains(year))?;
            Some((Verdict::Vintage, said("year", &year.to_string(), &fact.years())))
        }
    }

    /// The same as said of a fact, where the claim leaves something open.
    fn completed(&self, fact: &Fact) -> Self {
        let year = self.year.or((fact.from == fact.to).then_some(fact.from));
        Self {
            attributed: self.attributed.clone(),
            quantity: self.quantity.clone().or_else(|| Some(fact.quantity.clone())),
            boundary: self.boundary.or_else(|| fact.boundary()),
            denominator: self.denominator.clone().or_else(|| fact.denominator.clone()),
            region: self.region.clone().or_else(|| Some(fact.region.clone())),
            year,
            bound: self.bound,
        }
    }

    /// Whether a bound is given as a value, or a value as a bound.
    fn misses_bound(&self, fact: &Fact) -> Option<Found> {
        let word = |bound: Option<Bound>| {
            bound.map_or("a value", |side| match side {
                Bound::Lower => "a lower bound",
                Bound::Upper => "an upper bound",
            })
        };
        let (said, own) = (word(self.bound), word(fact.bound));
        (said != own)
            .then(|| (Verdict::HoldsInPart, format!("said as {said}, and the source gives {own}: {}", fact.in_words())))
    }
}

/// The claimed figure against a fact, and what the claim says of it against what the fact says.
pub(super) fn of_fact(
    registry: &Registry,
    check: &Check,
    id: &str,
    stated: &Stated,
) -> Result<CheckAudit, PublishedError> {
    let (publication, fact) = registry.found(id)?;
    let mut wrong = None;
    for says in &check.says {
        let claimed: Quantity = says.parse()?;
        if has_value(fact, &claimed, check) != Some(true) && wrong.is_none() {
            wrong = Some(cause_of(fact, &claimed, says, check));
        }
    }
    let key = &publication.citation.key;
    let mut cited = format!("{id}, {}: {}", fact.subject(), publication.citation);
    let found = match wrong {
        Some(wrong) => Some(wrong),
        None => match attributed(registry, publication, fact, stated, check)? {
            Attribution::Elsewhere(other) => {
                cited = format!("{cited}; so {}", other);
                None
            }
            Attribution::Right => stated.differs(fact).or_else(|| stated.misses_bound(fact)),
            Attribution::Wrong(found) => Some(found),
        },
    };
    let (verdict, why) = found.unwrap_or((Verdict::Holds, String::new()));
    let later = registry.superseded_by(key).map(|later| format!("superseded by {}", later.citation.key));
    let parts = [Some(why), Some(cited), later].into_iter().flatten().filter(|part| !part.is_empty());
    Ok(CheckAudit {
        verdict,
        says: check.says.clone(),
        found: fact.figures().cloned().collect(),
        ratio: None,
        reason: parts.collect::<Vec<_>>().join("; "),
    })
}

/// Whether a figure stands in the source that is named.
enum Attribution {
    /// It does, or none is named.
    Right,
    /// It does, in another publication than the fact that it is checked against.
    Elsewhere(String),
    /// It does not.
    Wrong(Found),
}

fn attributed(
    registry: &Registry,
    publication: &Publication,
    fact: &Fact,
    stated: &Stated,
    check: &Check,
) -> Result<Attribution, PublishedError> {
    let Some(named) = &stated.attributed else { return Ok(Attribution::Right) };
    let key = publication.citation.key.as_str();
    let Some(source) = registry.named(named) else {
        let why = format!("stands in {key}, not in {named}, which is not carried");
        return Ok(Attribution::Wrong((Verdict::Misattributed, why)));
    };
    let own = source.citation.key.as_str();
    if own == key {
        return Ok(Attribution::Right);
    }
    let meant = stated.completed(fact);
    let of_publisher = registry.facts().filter(|(other, _)| other.citation.publisher == source.citation.publisher);
    let same: Vec<(&Publication, &Fact)> = of_publisher.filter(|(_, other)| meant.differs(other).is_none()).collect();
    for (_, other) in same.iter().filter(|(other, _)| other.citation.key == own) {
        let mut agrees = true;
        for says in &check.says {
            agrees &= has_value(other, &says.parse()?, check) == Some(true);
        }
        if agrees {
            return Ok(Attribution::Elsewhere(format!("in {own} ({})", other.id)));
        }
    }
    let others = same.iter().filter(|(other, _)| other.citation.key != key);
    let figures = others.map(|(other, fact)| format!("{} ({})", fact.in_words(), other.citation.key));
    let figures = figures.collect::<Vec<_>>().join(", ");
    let has = if figures.is_empty() { figures } else { format!(", which has {figures}") };
    let also = stated.differs(fact).map(|(_, why)| format!("; {why}")).unwrap_or_default();
    Ok(Attribution::Wrong(match (registry.is_later(key, own), registry.is_later(own, key)) {
        (true, _) => (Verdict::Vintage, format!("stands in {key}, a later vintage than {named}{has}{also}")),
        (_, true) => (Verdict::Vintage, format!("stands in {key}, an earlier vintage than {named}{has}{also}")),
        _ => (Verdict::Misattributed, format!("stands in {key}, not in {named}{has}{also}")),
    }))
}

/// A figure that is only said to stand in a source.
pub(super) fn of_source(
    registry: &Registry,
    check: &Check,
    named: &str,
    stated: &Stated,
) -> Result<CheckAudit, PublishedError> {
    let claimed = check.says.iter().map(|text| text.parse()).collect::<Result<Vec<Quantity>, _>>()?;
    let has_all = |fact: &Fact| claimed.iter().all(|claimed| has_value(fact, claimed, check) == Some(true));
    let in_line = |(publication, fact): (&Publication, &Fact)| {
        format!("{} ({}): {}", fact.id, publication.citation.key, fact.subject())
    };
    let mut found = Vec::new();
    let (verdict, reason) = match registry.named(named) {
        None => (Verdict::SourceNotFound, format!("no publication {named:?} is carried or was found")),
        Some(publication) if claimed.is_empty() => (Verdict::Holds, publication.citation.to_string()),
        Some(publication) => {
            let key = publication.citation.key.as_str();
            let same: Vec<&Fact> = publication.facts.iter().filter(|fact| has_all(fact)).collect();
            let exact: Vec<&Fact> = same.iter().copied().filter(|fact| stated.differs(fact).is_none()).collect();
            let related = |other: &str| registry.is_later(other, key) || registry.is_later(key, other);
            let meant = |(_, fact): &(&Publication, &Fact)| has_all(fact) && stated.differs(fact).is_none();
            let elsewhere = || registry.facts().filter(|(other, _)| other.citation.key != key).filter(meant);
            if let Some(first) = exact.first() {
                found.extend(first.figures().cloned());
                let (verdict, why) = stated.misses_bound(first).unwrap_or((Verdict::Holds, String::new()));
                let lines = exact.iter().map(|fact| in_line((publication, fact))).collect::<Vec<_>>().join("; ");
                (
                    verdict,
                    [why, lines, publication.citation.to_string()]
                        .into_iter()
                        .filter(|part| !part.is_empty())
                        .collect::<Vec<_>>()
                        .join("; "),
                )
            } else if let Some((verdict, why)) = same.first().and_then(|fact| stated.differs(fact)) {
                let lines = same.iter().map(|fact| in_line((publication, fact))).collect::<Vec<_>>().join("; ");
                (verdict, format!("{why}; {lines}"))
            } else if let Some(other) = elsewhere().find(|(other, _)| related(&other.citation.key)) {
                found.extend(other.1.figures().cloned());
                (Verdict::Vintage, format!("stands in another vintage of {key}: {}", in_line(other)))
            } else if let Some(other) = stated.quantity.as_ref().and_then(|_| elsewhere().next()) {
                found.extend(other.1.figures().cloned());
                (Verdict::Misattributed, format!("does not stand in {key}: {}", in_line(other)))
            } else {
                (Verdict::SourceNotFound, format!("no figure of {key} that is carried here has that value"))
            }
        }
    };
    Ok(CheckAudit { verdict, says: check.says.clone(), found, ratio: None, reason })
}

/// Another figure of the publications that a claim draws on which has the claimed value, and what was then confused: the
/// growth of one year with that of a path, one denominator, boundary, region or year with another; `None` where it does not
/// tell.
pub(super) fn other_figure(
    facts: &[(&Publication, &Fact)],
    audit: &Audit,
    check: &Check,
) -> Option<(Option<Verdict>, String)> {
    let printed = Check { last_digit: None, ..check.clone() };
    let mut others =
        facts.iter().flat_map(|(publication, _)| publication.facts.iter().map(move |fact| (publication, fact)));
    let (publication, fact) = others.find(|(_, fact)| has_value(fact, &audit.claimed, &printed) == Some(true))?;
    let (years, key) = (fact.years(), &publication.citation.key);
    let why = format!("it is the {} of {years} ({}, {key})", fact.quantity, fact.id);
    if fact.quantity.starts_with("growth") && fact.to - fact.from == 1 {
        return Some((Some(Verdict::Arithmetic), format!("{why}: the growth of one year, not that of the path")));
    }
    let boundaries = fact.boundary().zip(audit.computed.boundary());
    let same = facts.iter().find(|(_, drawn)| drawn.quantity == fact.quantity);
    let apart = same.is_some_and(|(_, drawn)| drawn.region != fact.region || drawn.from != fact.from);
    let other = fact.denominator.is_some() || apart || boundaries.is_some_and(|(own, computed)| own != computed);
    let of = fact.denominator.as_ref().map(|denominator| format!(", related to {denominator}")).unwrap_or_default();
    Some((other.then_some(Verdict::Boundary), format!("{why}{of}")))
}

/// Whether a fact has a value, within both roundings or inside its range; `None` where the dimensions differ.
fn has_value(fact: &Fact, claimed: &Quantity, check: &Check) -> Option<bool> {
    let digit = check.last_digit.or_else(|| check.says.first().map(|text| last_digit(text))).unwrap_or(0.0);
    let near = |figure: &Quantity| {
        let found = figure.in_unit(claimed.unit()).ok()?;
        let own = fact.last_digit() * found.value() / figure.value();
        Some((found.value() - claimed.value()).abs() <= (digit + own.abs()) / 2.0 * (1.0 + 1e-9))
    };
    match &fact.value {
        Some(value) => near(value),
        None => fact.figures().filter_map(near).reduce(|left, right| left || right),
    }
}

/// What a claimed figure that is not that of a fact may have come from: another dimension, a known confusion, a bound.
fn cause_of(fact: &Fact, claimed: &Quantity, says: &str, check: &Check) -> Found {
    let figure = fact.figures().find(|figure| claimed.in_unit(figure.unit()).is_ok());
    if let (None, Some(own)) = (figure, fact.figures().next()) {
        let why = format!("another dimension: said {}, the source has {}", claimed.unit(), own.unit());
        return (Verdict::Unit, why);
    }
    let value = fact.value.as_ref().filter(|value| value.value() != 0.0 && claimed.value() != 0.0);
    let found = value.and_then(|value| {
        let ratio = claimed.at(None).on(None).over(&value.at(None).on(None)).ok()?;
        let half = check.last_digit.unwrap_or(last_digit(says)) / 2.0;
        explanations(&ratio, value, claimed, half, "", says).into_iter().next()
    });
    if let Some(found) = found {
        return (found.verdict, format!("x{:.4}: {}", found.factor, found.reason));
    }
    let allowed = fact.bound.zip(value).is_some_and(|(side, value)| match side {
        Bound::Lower => claimed.coherent_value() > value.coherent_value(),
        Bound::Upper => claimed.coherent_value() < value.coherent_value(),
    });
    match (allowed, check.otherwise) {
        (true, None) => (Verdict::NotCheckable, format!("the source gives a bound alone: {}", fact.in_words())),
        (_, otherwise) => {
            (otherwise.unwrap_or(Verdict::Arithmetic), format!("the source has another value: {}", fact.in_words()))
        }
    }
}
