//! `szilard footprint`: what an energy, or a token, a call and a year, cost in water, carbon and money.

use crate::chain::ChainArguments;
use crate::failure::Failure;
use crate::output::{Answer, lines, quantity_json, sections, table};
use crate::reading::quantity;
use clap::Args;
use serde_json::{Value, json};
use szilard::boundaries::{self as core, Cost, Footprint, Intensities, Usage};
use szilard::quantity::{Boundary, Quantity};

/// Water, carbon and money.
#[derive(Debug, Args)]
pub(crate) struct FootprintCommand {
    /// Energy, power, energy per year or energy per token; fact:ID takes a published one with its boundary
    #[arg(allow_hyphen_values = true)]
    quantity: String,
    /// Boundary it is counted at: chip, board, node, it, site, grid, primary
    #[arg(long, value_name = "BOUNDARY")]
    from: Option<Boundary>,
    #[command(flatten)]
    chain: ChainArguments,
    /// Price of a kilowatt hour at the site meter, a plain number in its currency
    #[arg(long, value_name = "NUMBER")]
    price: Option<f64>,
    /// Carbon dioxide equivalent per energy at the grid, such as "0.37 kg/kWh"
    #[arg(long, value_name = "QUANTITY")]
    carbon: Option<String>,
    /// Water used at the site per IT energy, before the PUE, such as "0.36 L/kWh"
    #[arg(long, value_name = "QUANTITY")]
    wue: Option<String>,
    /// Water used by the power plants per energy at the grid
    #[arg(long, value_name = "QUANTITY")]
    water_off_site: Option<String>,
    /// Tokens of a call, for an energy per token: a token, a call and a year are shown
    #[arg(long, value_name = "NUMBER", requires = "calls_per_year")]
    tokens_per_call: Option<f64>,
    /// Calls of a year
    #[arg(long, value_name = "NUMBER", requires = "tokens_per_call")]
    calls_per_year: Option<f64>,
}

impl FootprintCommand {
    pub(super) fn answer(&self) -> Result<Answer, Failure> {
        let (figure, _) = self.chain.figure(&self.quantity)?;
        let figure = figure.at(self.from.or(figure.boundary()));
        let chain = self.chain.chain()?;
        let optional = |what, text: &Option<String>| text.as_deref().map(|text| quantity(what, text)).transpose();
        let given = Intensities {
            water_on_site: optional("--wue", &self.wue)?,
            water_off_site: optional("--water-off-site", &self.water_off_site)?,
            carbon: optional("--carbon", &self.carbon)?,
            price_per_kwh: self.price,
        };
        let (Some(tokens), Some(calls_per_year)) = (self.tokens_per_call, self.calls_per_year) else {
            let found = core::footprint(&figure, &chain, &given)?;
            let json = json!({ "status": "complete", "given": quantity_json(&figure), "footprint": amounts(&found) });
            return Ok(Answer { text: text(&figure, &found), json, ..Answer::default() });
        };
        let tokens_per_call = quantity("--tokens-per-call", &format!("{tokens} token"))?;
        let costs = core::cost_of_thought(&figure, &Usage { tokens_per_call, calls_per_year }, &chain, &given)?;
        let json = json!({
            "status": "complete",
            "given": quantity_json(&figure),
            "costs": costs.iter().map(cost_json).collect::<Vec<_>>(),
        });
        let head = lines(&[("given", Some(figure.to_string()))]);
        Ok(Answer { text: sections(&[head, costs_table(&costs)?]), json, ..Answer::default() })
    }
}

fn text(figure: &Quantity, found: &Footprint) -> String {
    let shown = |part: &Option<Quantity>| part.as_ref().map(ToString::to_string);
    lines(&[
        ("given", Some(figure.to_string())),
        ("water on site", shown(&found.water_on_site)),
        ("water off site", shown(&found.water_off_site)),
        ("carbon", shown(&found.carbon)),
        ("cost", shown(&found.cost)),
    ])
}

/// The costs in one unit a column.
fn costs_table(costs: &[Cost]) -> Result<String, Failure> {
    let row = |cost: &Cost| {
        let cell = |amount: Option<Quantity>| amount.map_or("-".to_owned(), |amount| format!("{:.4e}", amount.value()));
        Ok([vec![cost.of.to_owned()], cost.in_columns()?.map(cell).to_vec()].concat())
    };
    let rows = costs.iter().map(row).collect::<Result<Vec<_>, Failure>>()?;
    let titles = ["of one", "energy [Wh, site]", "water on site [L]", "water off site [L]", "carbon [g]", "cost"];
    Ok(table(&titles, &rows))
}

fn amounts(found: &Footprint) -> Value {
    let part = |part: &Option<Quantity>| part.as_ref().map(quantity_json);
    json!({
        "water_on_site": part(&found.water_on_site), "water_off_site": part(&found.water_off_site),
        "carbon": part(&found.carbon), "cost": part(&found.cost),
    })
}

fn cost_json(cost: &Cost) -> Value {
    json!({ "of": cost.of, "energy": quantity_json(&cost.energy), "footprint": amounts(&cost.footprint) })
}
