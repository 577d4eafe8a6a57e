//! `szilard lift`: a figure at another boundary.

use crate::chain::ChainArguments;
use crate::failure::Failure;
use crate::output::{Answer, budget_text, lines, quantity_json, sections, table};
use clap::Args;
use serde_json::{Value, json};
use szilard::boundaries::{Applied, BoundaryChain, Factor, Lifted, Years};
use szilard::quantity::{Boundary, Quantity};

/// A figure at another boundary, each factor once.
#[derive(Debug, Args)]
pub(crate) struct Lift {
    /// Energy, power, energy per year or energy per token; fact:ID takes a published one with its boundary and year
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
    /// Year the figure is about, or the first and the last one (2018-2022), so that factors of another time are said; a
    /// fact has its own
    #[arg(long, value_name = "YEAR", value_parser = years)]
    year: Option<Years>,
}

fn years(text: &str) -> Result<Years, String> {
    let year = |text: &str| text.trim().parse::<i32>().map_err(|_| format!("{text:?}: expected a year, or 2018-2022"));
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let years = Years(year(first)?, year(last)?);
    if years.0 <= years.1 { Ok(years) } else { Err(format!("{text:?}: the first year comes first")) }
}

impl Lift {
    pub(super) fn answer(&self) -> Result<Answer, Failure> {
        let (figure, years) = self.chain.figure(&self.quantity)?;
        let figure = figure.at(self.from.or(figure.boundary()));
        let chain = self.chain.chain()?;
        let lifted = moved(&chain, &figure, self.to, &self.holds)?;
        let mixed = lifted.mixed(self.year.or(years));
        let said: String = mixed.iter().map(|reservation| format!("{reservation}\n")).collect();
        Ok(Answer {
            text: sections(&[lifted_text(&figure, &lifted, &chain), said]),
            json: lifted_json(&figure, &lifted, &mixed),
            incomplete: lifted.missing(),
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
        let years = observed(factor).map(|years| format!(" ({years})")).unwrap_or_default();
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

fn observed(factor: &Factor) -> Option<String> {
    factor.years().map(|(first, last)| Years(first, last).to_string())
}

/// `mixed` is what is said of figure and factors that are of different times.
pub(super) fn lifted_json(figure: &Quantity, lifted: &Lifted, mixed: &[String]) -> Value {
    let applied = lifted.applied.iter().map(|applied| {
        let factor = &applied.factor;
        json!({
            "name": factor.name(), "step": factor.step().to_string(), "ratio": quantity_json(factor.quantity()),
            "added": quantity_json(&applied.added), "denominator": factor.denominator(), "citation": factor.citation(),
            "years": observed(factor), "vintage": factor.vintage(), "note": applied.note,
        })
    });
    let diagnostics: Vec<String> = lifted.missing().into_iter().chain(mixed.iter().cloned()).collect();
    json!({
        "status": if lifted.partial.is_empty() { "complete" } else { "incomplete" },
        "diagnostics": diagnostics,
        "given": quantity_json(figure),
        "quantity": quantity_json(&lifted.quantity),
        "applied": applied.collect::<Vec<_>>(),
    })
}
