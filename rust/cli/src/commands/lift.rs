//! `szilard lift`: a figure at another boundary.

use crate::chain::ChainArguments;
use crate::failure::Failure;
use crate::output::{Answer, budget_text, lines, quantity_json, sections, table};
use crate::reading::quantity;
use clap::Args;
use serde_json::{Value, json};
use szilard::boundaries::{Applied, BoundaryChain, Factor, Lifted, Step};
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
    #[command(flatten)]
    chain: ChainArguments,
    /// Factor that the figure already holds besides those below its boundary, such as pue; may be given several times
    #[arg(long, value_name = "NAME")]
    holds: Vec<String>,
}

impl Lift {
    pub(super) fn answer(&self) -> Result<Answer, Failure> {
        let figure = quantity("quantity", &self.quantity)?;
        let figure = figure.at(self.from.or(figure.boundary()));
        let chain = self.chain.chain()?;
        let lifted = moved(&chain, &figure, self.to, &self.holds)?;
        Ok(Answer {
            text: lifted_text(&figure, &lifted, &chain),
            json: lifted_json(&figure, &lifted),
            incomplete: missing(&figure, &lifted),
            ..Answer::default()
        })
    }
}

/// The figure at the boundary: upwards or downwards as the rungs lie. What it holds is a matter of the way up.
fn moved(chain: &BoundaryChain, figure: &Quantity, to: Boundary, holds: &[String]) -> Result<Lifted, Failure> {
    let holds: Vec<&str> = holds.iter().map(String::as_str).collect();
    let down = figure.boundary().is_some_and(|from| to < from) && holds.is_empty();
    Ok(if down { chain.lower(figure, to)? } else { chain.lift_holding(figure, &holds, to)? })
}

/// What a step lacks that has only some of its known factors, and what the figure is then.
fn missing(figure: &Quantity, lifted: &Lifted) -> Vec<String> {
    let bound = if lifted.quantity.boundary() > figure.boundary() { "a lower bound" } else { "an upper bound" };
    let lacks = |(step, names): &(Step, Vec<&str>)| format!("{step} without {}: {bound}", names.join(", "));
    lifted.partial.iter().map(lacks).collect()
}

/// The figure before and after, and what each factor did.
pub(super) fn lifted_text(figure: &Quantity, lifted: &Lifted, chain: &BoundaryChain) -> String {
    let row = |applied: &Applied| {
        vec![
            applied.factor.name().to_owned(),
            applied.factor.step().to_string(),
            applied.factor.quantity().to_string(),
            applied.added.to_string(),
            [Some(applied.factor.denominator()), applied.note].into_iter().flatten().collect::<Vec<_>>().join("; "),
        ]
    };
    let cited = |applied: &Applied| {
        let factor = &applied.factor;
        let years = years(factor).map(|years| format!(" ({years})")).unwrap_or_default();
        factor.citation().map(|citation| format!("{}{years}: {citation}\n", factor.name()))
    };
    let cited: String = lifted.applied.iter().filter_map(cited).collect();
    let rows: Vec<Vec<String>> = lifted.applied.iter().map(row).collect();
    let used = |name: &&str| lifted.applied.iter().any(|applied| applied.factor.name() == *name);
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
    sections(&[head, factors, cited, budget_text(&lifted.quantity)])
}

fn years(factor: &Factor) -> Option<String> {
    let (first, last) = factor.years()?;
    Some(if first == last { first.to_string() } else { format!("{first} to {last}") })
}

pub(super) fn lifted_json(figure: &Quantity, lifted: &Lifted) -> Value {
    let applied = lifted.applied.iter().map(|applied| {
        let factor = &applied.factor;
        json!({
            "name": factor.name(), "step": factor.step().to_string(), "ratio": quantity_json(factor.quantity()),
            "added": quantity_json(&applied.added), "denominator": factor.denominator(), "citation": factor.citation(),
            "years": years(factor), "vintage": factor.vintage(), "note": applied.note,
        })
    });
    json!({
        "status": if lifted.partial.is_empty() { "complete" } else { "incomplete" },
        "diagnostics": missing(figure, lifted),
        "given": quantity_json(figure),
        "quantity": quantity_json(&lifted.quantity),
        "applied": applied.collect::<Vec<_>>(),
    })
}
