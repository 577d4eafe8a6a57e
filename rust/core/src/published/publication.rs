//! A publication: its citation, its facts and the calculations it prints.

use super::error::PublishedError;
use super::place::{Place, first_line};
use super::printed::last_digit;
use super::run_log::RunStep;
use super::schema::{CalculationEntry, File, InputEntry};
use super::table::TableStep;
use crate::quantity::{Basis, Boundary, Method, Quantity, Unit};
use crate::source::{Citation, Evidence};
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::{BTreeMap, HashSet};

/// A publication as it is carried in `datasets/published/`.
#[derive(Debug, Clone)]
pub struct Publication {
    /// The citation; its key is the stem of the file.
    pub citation: Citation,
    /// The file.
    pub file: String,
    /// The facts.
    pub facts: Vec<Fact>,
    /// The calculations.
    pub calculations: Vec<Calculation>,
}

/// Which side of a figure is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Bound {
    /// "over 1000 TWh".
    Lower,
    /// "below 2 TWh".
    Upper,
}

impl Bound {
    /// The word that stands for the side in files and tables.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Lower => "lower",
            Self::Upper => "upper",
        }
    }
}

/// A figure of a publication.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fact {
    /// Identity.
    pub id: String,
    /// What it is a figure of.
    pub quantity: String,
    /// The scenario or case of a projection.
    pub scenario: Option<String>,
    /// The figure, with boundary, basis and method; `None` where only a range is given.
    #[serde(default, deserialize_with = "number")]
    pub value: Option<Quantity>,
    /// Lower end of its range.
    #[serde(default, deserialize_with = "number")]
    pub low: Option<Quantity>,
    /// Upper end of its range.
    #[serde(default, deserialize_with = "number")]
    pub high: Option<Quantity>,
    /// Which side is open, if the figure is a bound.
    pub bound: Option<Bound>,
    /// Unit, boundary, basis and method as they are written; the figures carry them.
    unit: String,
    boundary: Option<Boundary>,
    basis: Option<Basis>,
    method: Option<Method>,
    /// One unit of the last printed digit as it is written, then as it is.
    last_digit: Option<f64>,
    /// Whether that is coarser than the figure is printed.
    #[serde(skip)]
    is_coarser: bool,
    /// What a share or an intensity is related to.
    pub denominator: Option<String>,
    /// What is counted and what is not.
    pub scope: Option<String>,
    /// Region.
    pub region: String,
    /// First year.
    pub from: i32,
    /// Last year.
    pub to: i32,
    /// Where in the publication.
    pub locator: String,
    /// How far it was verified.
    pub verified: Evidence,
    /// The document in which a secondary figure was seen.
    pub seen_in: Option<String>,
    /// A remark.
    pub note: Option<String>,
}

/// One unit of the last digit of a number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Digit {
    /// Its size, in the unit of the number.
    pub size: f64,
    /// Whether it is coarser than the number is printed.
    pub is_coarser: bool,
}

/// An end of a range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum End {
    /// The lower end.
    Low,
    /// The upper end.
    High,
}

/// Where the value of an input comes from.
#[derive(Debug, Clone)]
pub enum Source {
    /// A fact by its identity, and the end of its range that is meant; none for its value.
    Fact(String, Option<End>),
    /// A value of its own, with one unit of its last digit.
    Value(Quantity, Digit),
    /// Rows of a table, reduced to one value.
    Table(TableStep),
    /// A figure of a benchmark run, from its logs.
    Run(RunStep),
}

/// A named input of a formula.
#[derive(Debug, Clone)]
pub struct Input {
    /// Its name in the formula.
    pub name: String,
    /// Where its value comes from.
    pub source: Source,
    /// Another boundary than that of the source: given to a figure without one, or taken away (`none`) where the
    /// formula itself compares two boundaries.
    pub boundary: Option<Option<Boundary>>,
}

/// Whether the publication prints the result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The result is printed in the publication.
    Printed,
    /// The result follows from its figures and was worked out independently of this library.
    Derived,
}

/// The way of a result to another boundary.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Way {
    /// The boundary.
    pub to: Boundary,
    /// The factors by name, their ratios as expressions of the inputs.
    pub ratios: BTreeMap<String, String>,
}

/// A calculation of a publication.
#[derive(Debug, Clone)]
pub struct Calculation {
    /// Identity.
    pub id: String,
    /// The line of the formula in the file of the publication, counted from 1.
    pub line: usize,
    /// What is calculated.
    pub title: String,
    /// The formula.
    pub formula: String,
    /// Its inputs.
    pub inputs: Vec<Input>,
    /// The way over boundaries behind the formula.
    pub way: Option<Way>,
    /// The result it is compared with.
    pub stated: Quantity,
    /// One unit of the last digit of the result, in its unit.
    pub last_digit: f64,
    /// Whether that is coarser than the result is printed.
    pub is_coarser: bool,
    /// Whether the publication prints it.
    pub kind: Kind,
    /// Why the comparison says little.
    pub weak: Option<String>,
    /// Why the publication disagrees with itself.
    pub inconsistent: Option<String>,
    /// Where in the publication.
    pub locator: Option<String>,
    /// How far the printed result was verified.
    pub verified: Evidence,
    /// The document in which a secondary result was seen.
    pub seen_in: Option<String>,
    /// A remark.
    pub note: Option<String>,
}

impl Publication {
    /// The publication a file holds. `file` names the file, its stem is the key; `text` is its content.
    ///
    /// # Errors
    /// [`PublishedError::Syntax`] and [`PublishedError::Entry`]; a number without citation, locator or evidence is one.
    pub fn parse(file: &str, text: &str) -> Result<Self, PublishedError> {
        let syntax = |error: toml::de::Error| PublishedError::Syntax {
            file: file.to_owned(),
            line: error.span().map_or(1, |span| first_line(text, span.start)),
            reason: error.message().to_owned(),
        };
        let content: File = toml::from_str(text).map_err(syntax)?;
        let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
        let key = name.strip_suffix(".toml").unwrap_or(name).to_owned();
        let citation = Citation { key, ..content.publication };
        if let Some(field) = citation.first_empty_field() {
            let place = Place { file, text, what: "publication", id: "", at: 0 };
            return Err(place.error(field, "must not be empty"));
        }
        let mut ids = HashSet::new();
        let facts = content.fact.iter().map(|fact| (&fact.get_ref().id, fact.span().start));
        let calculations = content.calculation.iter().map(|one| (one.id.get_ref(), one.id.span().start));
        for (id, at) in facts.chain(calculations) {
            if !ids.insert(id.clone()) {
                let place = Place { file, text, what: "entry", id, at };
                return Err(place.error("id", "stands in the file twice"));
            }
        }
        let facts = content.fact.into_iter().map(|fact| {
            let at = fact.span().start;
            fact.into_inner().checked(file, text, at)
        });
        let facts = facts.collect::<Result<_, _>>()?;
        let calculations = content.calculation.into_iter().map(|one| one.checked(file, text));
        Ok(Self { citation, file: file.to_owned(), facts, calculations: calculations.collect::<Result<_, _>>()? })
    }
}

impl Place<'_> {
    fn evidence(&self, verified: Evidence, seen_in: Option<&str>) -> Result<(), PublishedError> {
        if verified == Evidence::Secondary && seen_in.is_none_or(|seen| seen.trim().is_empty()) {
            return Err(self.error("seen_in", "a secondary figure names the document in which it was seen"));
        }
        Ok(())
    }

    /// The last digit as given, or as printed. A coarser one than is printed needs a reason in words.
    fn last_digit(&self, given: Option<f64>, text: &str, reason: Option<&str>) -> Result<Digit, PublishedError> {
        let printed = last_digit(text);
        let is_coarser = given.is_some_and(|digit| digit > printed * (1.0 + 1e-9));
        match given {
            Some(digit) if !(digit.is_finite() && digit >= 0.0) => {
                Err(self.error("last_digit", "must be a finite number not below zero"))
            }
            Some(_) if is_coarser && reason.is_none_or(|reason| reason.trim().is_empty()) => {
                Err(self.error("last_digit", "is coarser than what is printed, and nothing says why"))
            }
            given => Ok(Digit { size: given.unwrap_or(printed), is_coarser }),
        }
    }
}

/// A figure as a bare number, until its fact gives it the unit.
fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Quantity>, D::Error> {
    let value = Option::<f64>::deserialize(deserializer)?;
    value.map(Quantity::number).transpose().map_err(serde::de::Error::custom)
}

impl Fact {
    /// Whether it is a power usage effectiveness, which leads from IT to site.
    pub fn is_effectiveness(&self) -> bool {
        self.quantity.contains("power usage effectiveness")
    }

    /// One unit of the last printed digit, in the unit of the figure.
    pub fn last_digit(&self) -> f64 {
        self.last_digit.unwrap_or_default()
    }

    /// Whether its last digit is taken as coarser than it is printed.
    pub fn is_coarser(&self) -> bool {
        self.is_coarser
    }

    /// The fact with its figures in their unit, at their boundary.
    fn checked(mut self, file: &str, text: &str, at: usize) -> Result<Self, PublishedError> {
        let id = self.id.clone();
        let entry = Place { file, text, what: "fact", id: &id, at };
        entry.evidence(self.verified, self.seen_in.as_deref())?;
        for (key, text) in [("id", &self.id), ("quantity", &self.quantity), ("locator", &self.locator)] {
            if text.trim().is_empty() {
                return Err(entry.error(key, "must not be empty"));
            }
        }
        let unit: Unit = self.unit.parse().map_err(|error| entry.error("unit", error))?;
        let given: Vec<f64> = [&self.low, &self.value, &self.high].into_iter().flatten().map(Quantity::value).collect();
        if given.is_empty() {
            return Err(entry.error("value", "a fact has a value or a range"));
        }
        if !given.is_sorted() {
            return Err(entry.error("low", "low, value and high must ascend"));
        }
        if self.from > self.to {
            return Err(entry.error("from", "must not be after to"));
        }
        // 1.40 is printed to a hundredth, which the number 1.4 does not say
        let printed = |key: &str, figure: &Quantity| {
            let written = entry.written(key).map(|text| text.replace('_', ""));
            let same = written.filter(|text| text.parse() == Ok(figure.value()));
            same.unwrap_or_else(|| figure.value().to_string())
        };
        let ends = [("low", &self.low), ("value", &self.value), ("high", &self.high)];
        let digits = ends.iter().filter_map(|(key, figure)| Some(last_digit(&printed(key, figure.as_ref()?))));
        let finest = digits.fold(f64::INFINITY, f64::min);
        let printed = match &self.value {
            Some(value) => entry.last_digit(self.last_digit, &printed("value", value), self.note.as_deref())?,
            None => Digit { size: self.last_digit.unwrap_or(finest), is_coarser: false },
        };
        (self.last_digit, self.is_coarser) = (Some(printed.size), printed.is_coarser);
        for (key, figure) in [("value", &mut self.value), ("low", &mut self.low), ("high", &mut self.high)] {
            if let Some(number) = figure {
                let figure = Quantity::new(number.value(), unit.clone()).map_err(|error| entry.error(key, error))?;
                *number = figure.at(self.boundary).on(self.basis).by(self.method);
            }
        }
        match self.impossible() {
            Some((key, reason)) => Err(entry.error(key, reason)),
            None => Ok(self),
        }
    }
}

impl CalculationEntry {
    fn checked(self, file: &str, text: &str) -> Result<Calculation, PublishedError> {
        let at = self.id.span().start;
        let id = self.id.into_inner();
        let entry = Place { file, text, what: "calculation", id: &id, at };
        entry.evidence(self.verified, self.seen_in.as_deref())?;
        let (kind, stated_text) = match (&self.printed, &self.derived) {
            (Some(printed), None) => (Kind::Printed, printed),
            (None, Some(derived)) => (Kind::Derived, derived),
            _ => return Err(entry.error("printed", "a calculation has either a printed or a derived result")),
        };
        let stated: Quantity = stated_text.parse().map_err(|error| entry.error("printed", error))?;
        if stated.value() == 0.0 {
            return Err(entry.error("printed", "a result of zero has no relative difference"));
        }
        let Digit { size: last_digit, is_coarser } =
            entry.last_digit(self.last_digit, stated_text, self.weak.as_deref())?;
        let inputs = self.inputs.into_iter().map(|(name, input)| input.checked(name, &entry));
        Ok(Calculation {
            inputs: inputs.collect::<Result<_, _>>()?,
            line: entry.line("formula"),
            way: self.way,
            stated: stated.at(self.boundary),
            last_digit,
            is_coarser,
            kind,
            id,
            title: self.title,
            formula: self.formula,
            weak: self.weak,
            inconsistent: self.inconsistent,
            locator: self.locator,
            verified: self.verified,
            seen_in: self.seen_in,
            note: self.note,
        })
    }
}

impl InputEntry {
    pub(super) fn checked(self, name: String, entry: &Place) -> Result<Input, PublishedError> {
        let source = match (self.fact, self.value, self.table, self.run) {
            (Some(_), None, None, None) if self.last_digit.is_some() => {
                return Err(entry.error("inputs", "last_digit of a fact stands with the fact"));
            }
            (Some(fact), None, None, None) => Source::Fact(fact, self.end),
            (None, Some(text), None, None) => {
                let quantity = text.parse().map_err(|error| entry.error("inputs", error))?;
                Source::Value(quantity, entry.last_digit(self.last_digit, &text, self.note.as_deref())?)
            }
            (None, None, Some(step), None) => {
                step.unit.parse::<Unit>().map_err(|error| entry.error("inputs", error))?;
                Source::Table(step)
            }
            (None, None, None, Some(step)) if step.stays_inside() => Source::Run(step),
            (None, None, None, Some(_)) => {
                return Err(entry.error("inputs", format!("{name}: the folder of a run lies inside the folder given")));
            }
            _ => return Err(entry.error("inputs", format!("{name} needs one of a fact, a value, a table and a run"))),
        };
        let boundary = match self.boundary.as_deref() {
            None => None,
            Some("none") => Some(None),
            Some(word) => Some(Some(word.parse().map_err(|error| entry.error("inputs", error))?)),
        };
        Ok(Input { name, source, boundary })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str =
        "[publication]\ntitle = \"T\"\npublisher = \"P\"\nyear = 2025\nvintage = \"2025\"\nidentifier = \"doi:1\"\n";
    const FACT: &str = "[[fact]]\nid = \"F1\"\nquantity = \"E\"\nvalue = 4.15\nunit = \"TWh/yr\"\nboundary = \"site\"\nmethod = \"modelled\"\nregion = \"World\"\nfrom = 2024\nto = 2024\nlocator = \"p. 1\"\nverified = \"read\"\n";

    fn error(text: &str) -> String {
        Publication::parse("x.toml", text).unwrap_err().to_string()
    }

    #[test]
    fn a_fact_carries_everything() {
        let publication = Publication::parse("x.toml", &format!("{HEAD}{FACT}")).unwrap();
        let fact = &publication.facts[0];
        assert_eq!(fact.value.as_ref().unwrap().to_string(), "4.15 TWh/yr [site, modelled]");
        assert!((fact.last_digit() - 0.01).abs() < 1e-15);
        assert_eq!(publication.citation.key, "x");
    }

    #[test]
    fn what_says_too_little_does_not_load() {
        let with = |from: &str, to: &str| error(&format!("{HEAD}{FACT}").replace(from, to));
        assert!(with("doi:1", " ").contains("publication, identifier: must not be empty"));
        assert!(with("\"p. 1\"", "\"\"").contains("x.toml, line 17, fact F1, locator"));
        assert!(with("\"read\"", "\"memory\"").starts_with("x.toml, line 18: \"memory\" is no evidence"));
        assert!(with("\"read\"", "\"secondary\"").contains("fact F1, seen_in"));
        assert!(with("TWh/yr", "TWh/year2").contains("fact F1, unit"));
        assert!(with("\"site\"", "\"rack\"").contains("line 12"));
        assert!(with("value = 4.15", "").contains("a value or a range"));
        assert!(with("value = 4.15", "value = 4.15\nlow = 5").contains("ascend"));
        assert!(with("value = 4.15", "value = nan").contains("finite"));
        assert!(with("value = 4.15", "value = 4.15\nlast_digit = 0.1").contains("nothing says why"));
        assert!(with("verified", "certified").contains("unknown field"));
        assert!(error(&format!("{HEAD}{FACT}{FACT}")).contains("stands in the file twice"));
        assert!(error("[publication").contains("line 1"));
    }
}
