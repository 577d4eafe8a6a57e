//! Statements of others about the distance from the Landauer limit, and what becomes of them.

use super::audit::{Audit, audit};
use super::error::PublishedError;
use crate::input::printable;
use crate::source::datasets::{CLAIMS, text};
use serde::Deserialize;

/// What an audit came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It is so.
    Holds,
    /// The number follows, from a premise that is wrong.
    PremiseWrong,
    /// It is not so.
    False,
    /// An estimate, and no bound.
    Estimate,
    /// A way of counting, and no property of what is counted.
    Convention,
    /// A ratio to something else.
    NotALandauerRatio,
    /// The text was not read.
    NotRead,
}

/// A statement, its recomputation where it has a number, and the verdict with its reason.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// Name within its collection.
    pub id: String,
    /// Who says it, and where.
    pub source: String,
    /// What is said.
    pub claim: String,
    /// The number that is claimed, with its unit.
    pub says: Option<String>,
    /// The expression that it is said to follow from.
    pub computation: Option<String>,
    /// Whether the number follows from it.
    pub agrees: Option<bool>,
    /// What the audit came to.
    pub verdict: Verdict,
    /// Why.
    pub reason: String,
    /// How much of the source was seen, where it was not all.
    pub seen_in: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Collection {
    claim: Vec<Claim>,
}

/// The claims of a collection that the library carries, a file of `datasets/claims/`.
///
/// # Errors
/// [`PublishedError::Unknown`] for a collection that is not carried; [`PublishedError::Syntax`] for an unsound file.
///
/// # Example
/// ```
/// use szilard::published::claims;
///
/// let claims = claims("landauer-ratios").unwrap();
/// let brain = claims.iter().find(|claim| claim.id == "brain-close").unwrap();
/// let audit = brain.recomputed().unwrap().unwrap();
/// assert!((audit.computed.value() / 404297.184386745870 - 1.0).abs() < 1e-12);
/// ```
pub fn claims(collection: &str) -> Result<Vec<Claim>, PublishedError> {
    let unknown = || PublishedError::Unknown { what: "collection of claims", id: printable(collection) };
    let text = text(CLAIMS, collection).ok_or_else(unknown)?;
    let content: Collection = toml::from_str(text).map_err(|error| PublishedError::Syntax {
        file: format!("{collection}.toml"),
        line: 1 + error.span().and_then(|span| text.get(..span.start)).map_or(0, |above| above.matches('\n').count()),
        reason: error.message().to_owned(),
    })?;
    Ok(content.claim)
}

impl Claim {
    /// The claimed number against its computation; `None` for a claim without one.
    ///
    /// # Errors
    /// As of [`audit`].
    pub fn recomputed(&self) -> Result<Option<Audit>, PublishedError> {
        match (&self.computation, &self.says) {
            (Some(computation), Some(says)) => audit(computation, says).map(Some),
            _ => Ok(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_carried_claim_is_recomputed_and_comes_out_as_recorded() {
        for (collection, _) in CLAIMS {
            for claim in claims(collection).unwrap() {
                let recomputed = claim.recomputed().unwrap();
                let agrees = recomputed.as_ref().map(|audit| audit.agrees);
                assert_eq!(agrees, claim.agrees, "{}: {recomputed:?}", claim.id);
                assert!(claim.reason.len() > 20 && !claim.source.is_empty(), "{}", claim.id);
                assert!(claim.verdict != Verdict::Holds || agrees != Some(false), "{}", claim.id);
            }
        }
        assert!(claims("no-such-collection").is_err());
    }
}
