//! Claims of a text, each with what it is checked against.

use super::error::PublishedError;
use super::folder::Folder;
use super::place::{Place, first_line};
use super::publication::{Bound, Input};
use super::schema::{CheckEntry, ClaimFile};
use super::verdict::Verdict;
use crate::quantity::{Boundary, Quantity};
use crate::source::Citation;
use crate::source::datasets::{self, CLAIMS};
use std::collections::HashSet;
use std::path::Path;

/// The claims of a text.
#[derive(Debug, Clone)]
pub struct Claims {
    /// The text; its key is the stem of the file.
    pub citation: Citation,
    /// The file.
    pub file: String,
    /// The claims.
    pub claims: Vec<Claim>,
}

/// A claim.
#[derive(Debug, Clone)]
pub struct Claim {
    /// Identity.
    pub id: String,
    /// What is claimed, in short.
    pub claims: String,
    /// Where in the text.
    pub locator: String,
    /// What it is checked against, in the order in which the claim says it.
    pub checks: Vec<Check>,
}

/// One thing that a claim is checked against.
#[derive(Debug, Clone)]
pub struct Check {
    /// The line in the file, counted from 1.
    pub line: usize,
    /// The claimed figure, or the ends of a claimed range, as they are written.
    pub says: Vec<String>,
    /// One unit of the last digit where it is not that of the text.
    pub last_digit: Option<f64>,
    /// What it is checked against.
    pub against: Against,
    /// What is wrong where it does not come out and no confusion explains it.
    pub otherwise: Option<Verdict>,
    /// Why; or what else there is to say.
    pub reason: Option<String>,
}

/// What a claimed figure is checked against.
#[derive(Debug, Clone)]
pub enum Against {
    /// Expressions of inputs.
    Expression {
        /// One for each claimed figure, or one or two for the ends of a range.
        computes: Vec<String>,
        /// Their inputs.
        inputs: Vec<Input>,
        /// Whether it is a share, so that all inputs must be of one year.
        share: bool,
    },
    /// A fact, and what else the claim says of it.
    Fact {
        /// The identity of the fact.
        id: String,
        /// What the claim says of it.
        stated: Stated,
    },
    /// A source that is named, and what else the claim says of the figure in it.
    Source {
        /// Key or identifier of the source.
        named: String,
        /// What the claim says of the figure.
        stated: Stated,
    },
    /// A judgement that is stated, as nothing can be computed.
    Judgement(Verdict),
}

/// What a claim says of its figure besides the value.
#[derive(Debug, Clone, Default)]
pub struct Stated {
    /// The source that is named: a key or an identifier.
    pub attributed: Option<String>,
    /// What it is a figure of.
    pub quantity: Option<String>,
    /// The boundary.
    pub boundary: Option<Boundary>,
    /// What a share is related to.
    pub denominator: Option<String>,
    /// The region.
    pub region: Option<String>,
    /// The year.
    pub year: Option<i32>,
    /// Which side is open, if it is said to be a bound.
    pub bound: Option<Bound>,
}

impl Stated {
    /// The first key of what is said of the figure itself.
    fn first_key(&self) -> Option<&'static str> {
        let keys = [
            ("quantity", self.quantity.is_some()),
            ("boundary", self.boundary.is_some()),
            ("denominator", self.denominator.is_some()),
            ("region", self.region.is_some()),
            ("year", self.year.is_some()),
            ("bound", self.bound.is_some()),
        ];
        keys.into_iter().find(|(_, is_said)| *is_said).map(|(key, _)| key)
    }
}

impl Claims {
    /// The claims of a text that the library carries in `datasets/claims/`.
    ///
    /// # Errors
    /// [`PublishedError::Unknown`].
    ///
    /// ```
    /// use szilard::published::{Claims, Registry, Verdict};
    ///
    /// let claims = Claims::carried("mushrooms-thread").unwrap();
    /// let audits = Registry::embedded().unwrap().audit_claims(&claims).unwrap();
    /// assert_eq!(audits[2].verdicts(), [Verdict::Misattributed]); // 448 TWh is no figure of the IEA
    /// ```
    pub fn carried(key: &str) -> Result<Self, PublishedError> {
        let unknown = || PublishedError::Unknown { what: "text with claims", id: key.to_owned() };
        Self::parse(&format!("{key}.toml"), datasets::text(CLAIMS, key).ok_or_else(unknown)?)
    }

    /// The claims in folders of one's own: their `.toml` files that hold `[[claim]]`.
    ///
    /// # Errors
    /// [`PublishedError::File`], and as of [`Claims::parse`].
    pub fn in_folders(folders: &[&Path]) -> Result<Vec<Self>, PublishedError> {
        let mut found = Vec::new();
        for folder in folders {
            for (file, text) in Folder::read(folder)?.claims() {
                found.push(Self::parse(&file, &text)?);
            }
        }
        Ok(found)
    }

    /// The claims a file holds. `file` names the file, its stem is the key; `text` is its content.
    ///
    /// # Errors
    /// [`PublishedError::Syntax`] and [`PublishedError::Entry`], with the line.
    pub fn parse(file: &str, text: &str) -> Result<Self, PublishedError> {
        let syntax = |error: toml::de::Error| PublishedError::Syntax {
            file: file.to_owned(),
            line: error.span().map_or(1, |span| first_line(text, span.start)),
            reason: error.message().to_owned(),
        };
        let content: ClaimFile = toml::from_str(text).map_err(syntax)?;
        let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
        let citation = Citation { key: name.strip_suffix(".toml").unwrap_or(name).to_owned(), ..content.source };
        if let Some(field) = citation.first_empty_field() {
            let place = Place { file, text, what: "source", id: "", at: 0 };
            return Err(place.error(field, "must not be empty"));
        }
        let mut ids = HashSet::new();
        let mut claims = Vec::new();
        for claim in content.claim {
            let at = claim.id.span().start;
            let place = Place { file, text, what: "claim", id: claim.id.get_ref(), at };
            if !ids.insert(claim.id.get_ref().clone()) {
                return Err(place.error("id", "stands in the file twice"));
            }
            for (key, text) in [("claims", &claim.claims), ("locator", &claim.locator)] {
                if text.trim().is_empty() {
                    return Err(place.error(key, "must not be empty"));
                }
            }
            if claim.check.is_empty() {
                return Err(place.error("check", "a claim is checked against something"));
            }
            let checks = claim.check.into_iter().map(|check| {
                let at = check.span().start;
                check.into_inner().checked(&Place { at, ..place })
            });
            let checks = checks.collect::<Result<_, _>>()?;
            let (id, claims_text, locator) = (claim.id.get_ref().clone(), claim.claims, claim.locator);
            claims.push(Claim { id, claims: claims_text, locator, checks });
        }
        Ok(Self { citation, file: file.to_owned(), claims })
    }
}

impl CheckEntry {
    fn checked(self, place: &Place) -> Result<Check, PublishedError> {
        let says = self.says.map(super::schema::OneOrTwo::into_vec).unwrap_or_default();
        for text in &says {
            text.parse::<Quantity>().map_err(|error| place.error("says", error))?;
        }
        let computes = self.computes.map(super::schema::OneOrTwo::into_vec);
        let (has_computes, has_inputs) = (computes.is_some(), !self.inputs.is_empty());
        let inputs = self.inputs.into_iter().map(|(name, input)| input.checked(name, place));
        let inputs = inputs.collect::<Result<Vec<_>, _>>()?;
        let stated = Stated {
            attributed: self.attributed,
            quantity: self.quantity,
            boundary: self.boundary,
            denominator: self.denominator,
            region: self.region,
            year: self.year,
            bound: self.bound,
        };
        let of_figure = stated.first_key();
        let against = match (computes, self.fact, stated.attributed.clone(), self.verdict) {
            (Some(computes), None, None, None) => Against::Expression { computes, inputs, share: self.share },
            (None, Some(id), _, None) => Against::Fact { id, stated },
            (None, None, Some(named), None) => Against::Source { named, stated },
            (None, None, None, Some(verdict)) => Against::Judgement(verdict),
            _ => {
                let one = "is checked against one of an expression (computes), a fact, a named source (attributed) and a \
                           stated verdict";
                return Err(place.error("check", one));
            }
        };
        let is_figure =
            matches!(against, Against::Fact { .. }) || (matches!(against, Against::Source { .. }) && !says.is_empty());
        if let Some(key) = of_figure.filter(|_| !is_figure) {
            return Err(place.error(key, "is said of a figure (says) that a fact or a named source has"));
        }
        if self.share && !has_computes {
            return Err(place.error("share", "is said of an expression"));
        }
        if self.last_digit.is_some() && says.is_empty() {
            return Err(place.error("last_digit", "is that of a figure (says), and there is none"));
        }
        if self.last_digit.is_some_and(|digit| !(digit.is_finite() && digit >= 0.0)) {
            return Err(place.error("last_digit", "must be a finite number not below zero"));
        }
        if self.otherwise.is_some() && matches!(against, Against::Judgement(_)) {
            return Err(place.error("otherwise", "stands beside a stated verdict, and nothing is checked"));
        }
        let unexplained = self.reason.as_deref().is_none_or(|reason| reason.trim().is_empty());
        if matches!(against, Against::Judgement(_)) && unexplained {
            return Err(place.error("reason", "a stated verdict needs a reason"));
        }
        if self.otherwise == Some(Verdict::Holds) {
            return Err(place.error("otherwise", "what does not come out does not hold"));
        }
        if says.is_empty() && (has_computes || matches!(against, Against::Fact { .. })) {
            return Err(place.error("says", "a figure that is checked must be given"));
        }
        if has_inputs && !has_computes {
            return Err(place.error("inputs", "only an expression has inputs"));
        }
        let (last_digit, otherwise, reason) = (self.last_digit, self.otherwise, self.reason);
        Ok(Check { line: place.line("says"), says, last_digit, against, otherwise, reason })
    }
}
