//! The keys of a file of publications or claims, where they are written otherwise than they are used.

use super::publication::{Bound, End, Fact, Way};
use super::run_log::RunStep;
use super::table::TableStep;
use super::verdict::Verdict;
use crate::quantity::Boundary;
use crate::source::{Citation, Evidence};
use serde::Deserialize;
use std::collections::BTreeMap;
use toml::Spanned;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub publication: Citation,
    #[serde(default)]
    pub fact: Vec<Spanned<Fact>>,
    #[serde(default)]
    pub calculation: Vec<CalculationEntry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CalculationEntry {
    pub id: Spanned<String>,
    pub title: String,
    pub formula: String,
    #[serde(default)]
    pub inputs: BTreeMap<String, InputEntry>,
    pub way: Option<Way>,
    pub printed: Option<String>,
    pub derived: Option<String>,
    pub last_digit: Option<f64>,
    pub boundary: Option<Boundary>,
    pub weak: Option<String>,
    pub inconsistent: Option<String>,
    pub locator: Option<String>,
    pub verified: Evidence,
    pub seen_in: Option<String>,
    pub note: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct InputEntry {
    pub fact: Option<String>,
    pub end: Option<End>,
    pub value: Option<String>,
    pub table: Option<TableStep>,
    pub run: Option<RunStep>,
    pub last_digit: Option<f64>,
    pub note: Option<String>,
    pub boundary: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ClaimFile {
    pub source: Citation,
    #[serde(default)]
    pub claim: Vec<ClaimEntry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ClaimEntry {
    pub id: Spanned<String>,
    pub claims: String,
    pub locator: String,
    #[serde(default)]
    pub check: Vec<Spanned<CheckEntry>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CheckEntry {
    pub says: Option<OneOrTwo>,
    pub last_digit: Option<f64>,
    pub computes: Option<OneOrTwo>,
    #[serde(default)]
    pub inputs: BTreeMap<String, InputEntry>,
    #[serde(default)]
    pub share: bool,
    pub fact: Option<String>,
    pub attributed: Option<String>,
    pub quantity: Option<String>,
    pub boundary: Option<Boundary>,
    pub denominator: Option<String>,
    pub region: Option<String>,
    pub year: Option<i32>,
    pub bound: Option<Bound>,
    pub verdict: Option<Verdict>,
    pub otherwise: Option<Verdict>,
    pub reason: Option<String>,
}

/// A text, or the two ends of a range.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum OneOrTwo {
    One(String),
    Two([String; 2]),
}

impl OneOrTwo {
    pub(super) fn into_vec(self) -> Vec<String> {
        match self {
            Self::One(text) => vec![text],
            Self::Two(texts) => texts.into(),
        }
    }
}
