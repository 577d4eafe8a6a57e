//! `szilard lift`: a figure at another boundary.

use crate::failure::Failure;
use crate::output::{Answer, budget_text, lines, quantity_json, sections, table};
use crate::reading::quantity;
use clap::Args;
use serde_json::{Value, json};
use szilard::boundaries::{Applied, BoundaryChain, Factor, Given, Lifted, Step};
use szilard::quantity::{Boundary, Quantity};

/// A figure at another boundary, each factor once.
#[derive(Debug, Args)]
pub(crate) struct Lift {
    /// Energy, power, or energy per token
    #[arg(allow_hyphen_values = true)]
    quantity: String,
    /// Boundary it is counted at: chip, board, node, it, site, grid, primary
    #[arg(long, value_name = "BOUNDARY")]
    from: Option<Boundary>,
    /// Boundary that is asked for
    #[arg(long, value_name = "BOUNDARY")]
    to: Boundary,
    /// Power usage effectiveness, the factor from it to site
    #[arg(long, value_name = "RATIO")]
    pue: Option<String>,
    /// Factor by name: psu=efficiency:0.94, td-loss=loss:0.05 (of what enters), loss-over-output:, or a ratio; an own
    /// name needs its step: chiller@it->site=1.1
    #[arg(long, value_name = "NAME[@STEP]=[KIND:]NUMBER", value_parser = named_factor)]
    factor: Vec<NamedFactor>,
}

/// A factor as it was written.
#[derive(Debug, Clone)]
pub(super) struct NamedFactor {
    name: String,
    step: Option<Step>,
    given: Given,
    number: String,
}

pub(super) fn named_factor(text: &str) -> Result<NamedFactor, String> {
    let expected = "expected NAME=RATIO, NAME=loss:SHARE or NAME=efficiency:SHARE";
    let (name, rest) = text.split_once('=').ok_or(expected)?;
    let (name, step) = match name.split_once('@') {
        Some((name, step)) => (name, Some(step.parse().map_err(|error| format!("{error}"))?)),
        None => (name, None),
    };
    let (given, number) = match rest.split_once(':') {
        None => (Given::Ratio, rest),
        Some(("ratio", number)) => (Given::Ratio, number),
        Some(("efficiency", number)) => (Given::Efficiency, number),
        Some(("loss" | "loss-over-input", number)) => (Given::LossOverInput, number),
        Some(("loss-over-output", number)) => (Given::LossOverOutput, number),
        Some(_) => return Err(expected.to_owned()),
    };
    if name.is_empty() || number.is_empty() {
        return Err(expected.to_owned());
    }
    Ok(NamedFactor { name: name.to_owned(), step, given, number: number.to_owned() })
}

impl Lift {
    pub(super) fn answer(&self) -> Result<Answer, Failure> {
        let figure = quantity("quantity", &self.quantity)?;
        let figure = figure.at(self.from.or(figure.boundary()));
        let chain = BoundaryChain::new(factors(self.pue.as_deref(), &self.factor)?)?;
        let lifted = moved(&chain, &figure, self.to)?;
        Ok(Answer {
            text: lifted_text(&figure, &lifted, &chain),
            json: lifted_json(&figure, &lifted),
            ..Answer::default()
        })
    }
}

/// The factors of a chain as they were written.
pub(super) fn factors(pue: Option<&str>, named: &[NamedFactor]) -> Result<Vec<Factor>, Failure> {
    let pue = pue.map(|number| Ok::<_, Failure>(Factor::new("pue", None, Given::Ratio, &quantity("--pue", number)?)?));
    let named = named.iter().map(|factor| {
        Ok(Factor::new(&factor.name, factor.step, factor.given, &quantity("--factor", &factor.number)?)?)
    });
    pue.into_iter().chain(named).collect()
}

/// The figure at the boundary: upwards or downwards as the rungs lie.
pub(super) fn moved(chain: &BoundaryChain, figure: &Quantity, to: Boundary) -> Result<Lifted, Failure> {
    let down = figure.boundary().is_some_and(|from| to < from);
    Ok(if down { chain.lower(figure, to)? } else { chain.lift(figure, to)? })
}

/// The figure before and after, and what each factor did.
pub(super) fn lifted_text(figure: &Quantity, lifted: &Lifted, chain: &BoundaryChain) -> String {
    let row = |applied: &Applied| {
        vec![
            applied.name.clone(),
            applied.step.to_string(),
            applied.ratio.to_string(),
            applied.added.to_string(),
            [Some(applied.denominator.as_str()), applied.note].into_iter().flatten().collect::<Vec<_>>().join("; "),
        ]
    };
    let rows: Vec<Vec<String>> = lifted.applied.iter().map(row).collect();
    let used = |name: &&str| lifted.applied.iter().any(|applied| applied.name == **name);
    let unused: Vec<&str> = chain.factors().iter().map(Factor::name).filter(|name| !used(name)).collect();
    let head = lines(&[
        ("given", Some(figure.to_string())),
        ("found", Some(lifted.quantity.to_string())),
        ("not on the way", (!unused.is_empty()).then(|| unused.join(", "))),
    ]);
    let factors = match rows.as_slice() {
        [] => String::new(),
        rows => table(&["factor", "step", "ratio", "stands for", "related to"], rows),
    };
    sections(&[head, factors, budget_text(&lifted.quantity)])
}

pub(super) fn lifted_json(figure: &Quantity, lifted: &Lifted) -> Value {
    let applied = lifted.applied.iter().map(|applied| {
        json!({
            "name": applied.name, "step": applied.step.to_string(), "ratio": quantity_json(&applied.ratio),
            "added": quantity_json(&applied.added), "denominator": applied.denominator, "citation": applied.citation,
            "note": applied.note,
        })
    });
    json!({
        "status": "complete",
        "given": quantity_json(figure),
        "quantity": quantity_json(&lifted.quantity),
        "applied": applied.collect::<Vec<_>>(),
    })
}
