//! `szilard scenario`: what each source and vintage has for a quantity over the years.

use super::reproduce::registry;
use crate::failure::Failure;
use crate::output::{Answer, or_dash, quantity_json, sections, table};
use clap::Args;
use serde_json::{Value, json};
use std::path::PathBuf;
use szilard::published::{GrowthStep, Point, PublishedError};
use szilard::quantity::Quantity;

/// Figures of a quantity over the years.
#[derive(Debug, Args)]
pub(crate) struct Scenario {
    /// Quantity as the facts name it
    #[arg(default_value = "electricity consumption of data centres")]
    quantity: String,
    /// Region as the facts name it
    #[arg(long, default_value = "World")]
    region: String,
    /// Folder with publications of one's own; may be given several times
    #[arg(long, value_name = "FOLDER")]
    folder: Vec<PathBuf>,
}

impl Scenario {
    pub(super) fn answer(&self) -> Result<Answer, Failure> {
        let registry = registry(&self.folder)?;
        let path = registry.path(&self.quantity, &self.region);
        if path.is_empty() {
            let id = format!("{} in {}", self.quantity, self.region);
            return Err(PublishedError::Unknown { what: "figure of", id }.into());
        }
        let steps = registry.steps(&path)?;
        let row = |step: &GrowthStep<'_>| {
            let percent =
                |rate: &Option<Quantity>| or_dash(rate.as_ref().map(|rate| format!("{:.2}", 100.0 * rate.value())));
            let rates = &step.growth.per_year;
            vec![
                step.publication.citation.key.clone(),
                format!("{} to {}", step.from.from, step.to.from),
                percent(&rates.value),
                percent(&rates.low),
                percent(&rates.high),
                or_dash(step.to.scenario.clone()),
            ]
        };
        let rows: Vec<Vec<String>> = steps.iter().map(row).collect();
        let titles = ["publication", "years", "growth [%/yr]", "low", "high", "scenario"];
        let growth_table = if rows.is_empty() { String::new() } else { table(&titles, &rows) };
        let growth_json = steps.iter().map(|step| {
            let rate = |rate: &Option<Quantity>| rate.as_ref().map(quantity_json);
            let rates = &step.growth.per_year;
            json!({
                "publication": step.publication.citation.key, "from": step.from.id, "to": step.to.id,
                "years": step.growth.years, "per_year": rate(&rates.value), "low": rate(&rates.low),
                "high": rate(&rates.high),
            })
        });
        let json = json!({
            "quantity": self.quantity,
            "region": self.region,
            "figures": path.iter().map(point_json).collect::<Vec<_>>(),
            "growth": growth_json.collect::<Vec<_>>(),
        });
        Ok(Answer { text: sections(&[path_table(&path), growth_table]), json, ..Answer::default() })
    }
}

fn path_table(path: &[Point<'_>]) -> String {
    let value = |figure: &Option<Quantity>| or_dash(figure.as_ref().map(Quantity::value));
    let row = |point: &Point<'_>| {
        let fact = point.fact;
        let figure = fact.interval();
        let any = [&fact.value, &fact.low, &fact.high].into_iter().flatten().next();
        vec![
            fact.from.to_string(),
            value(&figure.value),
            value(&figure.low),
            value(&figure.high),
            or_dash(any.map(|figure| figure.unit().symbol())),
            or_dash(fact.boundary()),
            or_dash(fact.scenario.clone()),
            point.publication.citation.key.clone(),
            point.publication.citation.vintage.clone(),
            or_dash(point.superseded_by),
            fact.id.clone(),
        ]
    };
    let rows: Vec<Vec<String>> = path.iter().map(row).collect();
    let titles = [
        "year",
        "value",
        "low",
        "high",
        "unit",
        "boundary",
        "scenario",
        "publication",
        "vintage",
        "superseded by",
        "fact",
    ];
    table(&titles, &rows)
}

fn point_json(point: &Point<'_>) -> Value {
    let fact = point.fact;
    let figure = |figure: &Option<Quantity>| figure.as_ref().map(quantity_json);
    let range = fact.interval();
    json!({
        "fact": fact.id, "from": fact.from, "to": fact.to, "value": figure(&range.value), "low": figure(&range.low),
        "high": figure(&range.high), "bound": fact.bound.map(|side| side.word()), "scenario": fact.scenario, "publication": point.publication.citation.key,
        "vintage": point.publication.citation.vintage, "superseded_by": point.superseded_by,
        "citation": point.publication.citation.to_string(),
    })
}
