//! `szilard simulate`: what a node on an array and a battery serves.

use crate::failure::Failure;
use crate::output::{Answer, figure, lines, quantity_json, sections, table};
use crate::reading::{bytes, given, quantity};
use clap::{Args, ValueEnum};
use serde_json::{Map, Value, json};
use std::path::PathBuf;
use szilard::edge::{self, Budget, Day, EdgeError, Figure, Outcome, Scenario, Size, Sized, Weather};
use szilard::quantity::Quantity;
use szilard::quantity::units::f64::Ratio;

/// The most days that are listed in text; `--json` has all.
const DAYS: usize = 14;

/// A simulation.
#[derive(Debug, Args)]
pub(crate) struct Simulate {
    /// Scenario in TOML; docs/edge.md lists its keys
    file: PathBuf,
    /// Days, in place of those of the file
    #[arg(long, value_name = "NUMBER")]
    days: Option<u32>,
    /// Trials of the Monte Carlo, in place of those of the file
    #[arg(long, value_name = "NUMBER")]
    trials: Option<usize>,
    /// Seed of the Monte Carlo, in place of that of the file
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,
    /// Also the smallest panel or battery, or the most calls, that serve every call on a share of the days
    #[arg(long, requires = "reliability")]
    size: Vec<What>,
    /// That share, such as "95 %"
    #[arg(long, value_name = "SHARE", requires = "size")]
    reliability: Option<String>,
}

/// What is sized.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    /// The array
    Panel,
    /// The battery
    Battery,
    /// The calls of a day
    Calls,
}

impl What {
    fn word(self) -> &'static str {
        match self {
            Self::Panel => "panel",
            Self::Battery => "battery",
            Self::Calls => "calls",
        }
    }

    fn size(self) -> Size {
        match self {
            Self::Panel => Size::Panel,
            Self::Battery => Size::Battery,
            Self::Calls => Size::Calls,
        }
    }
}

impl Simulate {
    pub(super) fn answer(&self) -> Result<Answer, Failure> {
        let path = self.file.display().to_string();
        let text = String::from_utf8(bytes(&self.file)?).map_err(|error| EdgeError::File {
            file: path.clone(),
            line: 1 + error.as_bytes().iter().take(error.utf8_error().valid_up_to()).filter(|b| **b == b'\n').count(),
            reason: "expected UTF-8 text".to_owned(),
        })?;
        let read = Scenario::parse(&path, &text)?;
        let scenario = Scenario {
            days: self.days.unwrap_or(read.days),
            trials: self.trials.unwrap_or(read.trials),
            seed: self.seed.unwrap_or(read.seed),
            ..read
        };
        let reliability = self.reliability.as_deref().map(share).transpose()?;
        let outcome = edge::simulate(&scenario)?;
        let budgets = budgets(&scenario)?;
        let sized = |what: &What| {
            let found = edge::sizing(&scenario, what.size(), reliability.unwrap_or_default());
            match found {
                Err(error @ EdgeError::Unreachable { .. }) => Ok((*what, Err(error.to_string()))),
                found => Ok((*what, Ok(found?))),
            }
        };
        let sizes = self.size.iter().map(sized).collect::<Result<Vec<_>, Failure>>()?;
        let json = json!({
            "status": "complete",
            "trials": outcome.trials,
            "steps": outcome.steps.len(),
            "figures": outcome.figures.iter().map(|one| (one.name.to_owned(), figure_json(one))).collect::<Map<_, _>>(),
            "budget": budgets.iter().map(budget_json).collect::<Vec<_>>(),
            "days_are_one_of_many": outcome.is_one_of_many,
            "days": outcome.days.iter().map(day_json).collect::<Vec<_>>(),
            "sizes": sizes.iter().map(|(what, found)| (what.word().to_owned(), size_json(found))).collect::<Map<_, _>>(),
        });
        let unreachable = sizes.iter().filter_map(|(_, found)| found.as_ref().err().cloned());
        Ok(Answer {
            text: sections(&[
                head(&scenario, &outcome),
                figures_table(&outcome),
                budget_table(&budgets),
                days_table(&outcome),
                sizes_text(&sizes),
            ]),
            json,
            refused: unreachable.collect(),
            ..Answer::default()
        })
    }
}

fn share(text: &str) -> Result<f64, Failure> {
    let ratio: Ratio =
        quantity("--reliability", text)?.as_static().map_err(|error| given("--reliability", text, error))?;
    Ok(ratio.value)
}

/// What each kind of day carries on one line, where the weather is one of days.
fn budgets(scenario: &Scenario) -> Result<Vec<(Quantity, Budget)>, Failure> {
    let mut harvests: Vec<&Quantity> = Vec::new();
    let all: Vec<&Quantity> = match &scenario.sun.weather {
        Weather::Days(days, _) => days.iter().collect(),
        Weather::Kinds(kinds, _) => kinds.iter().map(|kind| &kind.harvest).collect(),
        Weather::Series(_) => Vec::new(),
    };
    for harvest in all {
        if harvests.len() < DAYS && !harvests.contains(&harvest) {
            harvests.push(harvest);
        }
    }
    let made = |harvest: &Quantity| Ok((harvest.to("Wh")?, edge::budget(&scenario.node, harvest)?));
    harvests.into_iter().map(made).collect()
}

fn head(scenario: &Scenario, outcome: &Outcome) -> String {
    let calls = &scenario.demand.calls_per_day;
    lines(&[
        ("days", Some(scenario.days.to_string())),
        ("steps", Some(outcome.steps.len().to_string())),
        ("trials", Some(outcome.trials.to_string())),
        ("calls a day", Some(calls.to_string())),
        ("energy of a call", scenario.node.energy_per_call().ok().map(|energy| energy.to_string())),
        ("battery", scenario.battery.energy().to("Wh").ok().map(|energy| energy.to_string())),
    ])
}

fn figures_table(outcome: &Outcome) -> String {
    let row = |one: &Figure| {
        let [low, high] = one.interval().map(figure);
        let (value, u) = (figure(one.quantity.value()), figure(one.quantity.u()));
        vec![one.name.to_owned(), value, u, low, high, one.quantity.unit().symbol().to_owned()]
    };
    let rows: Vec<Vec<String>> = outcome.figures.iter().map(row).collect();
    table(&["figure", "value", "u", "2.5 %", "97.5 %", "unit"], &rows)
}

fn budget_table(budgets: &[(Quantity, Budget)]) -> String {
    let number = |calls: &Option<Quantity>| {
        calls.as_ref().map_or("-".to_owned(), |calls| format!("{:.0}", calls.value().floor()))
    };
    let wh = |energy: &Quantity| energy.to("Wh").map_or_else(|_| "-".to_owned(), |energy| figure(energy.value()));
    let row = |(harvest, budget): &(Quantity, Budget)| {
        let time = Some(budget.calls_by_time.clone());
        let cells = [number(&budget.calls_by_energy), number(&time), number(&budget.calls)];
        [vec![figure(harvest.value()), wh(&budget.idle), wh(&budget.surplus)], cells.to_vec()].concat()
    };
    if budgets.is_empty() {
        return String::new();
    }
    let titles = ["harvest [Wh/d]", "idle [Wh/d]", "surplus [Wh/d]", "calls by energy", "calls by time", "calls"];
    table(&titles, &budgets.iter().map(row).collect::<Vec<_>>())
}

fn days_table(outcome: &Outcome) -> String {
    let row = |day: &Day| {
        let sums = &day.sums;
        let hours = |seconds: f64| figure(seconds / 3600.0);
        vec![
            day.day.to_string(),
            figure(sums.harvest_j / 3600.0),
            figure(sums.load_j / 3600.0),
            figure(sums.curtailed_j / 3600.0),
            figure(sums.served),
            figure(sums.unserved.all()),
            figure(100.0 * day.least_charge),
            hours(sums.length_s - sums.on_s),
            hours(sums.throttled_s),
        ]
    };
    let rows: Vec<Vec<String>> = outcome.days.iter().take(DAYS).map(row).collect();
    let titles = [
        "day",
        "harvest [Wh]",
        "load [Wh]",
        "curtailed [Wh]",
        "calls served",
        "unserved",
        "least charge [%]",
        "off [h]",
        "throttled [h]",
    ];
    let more = match outcome.days.len().saturating_sub(DAYS) {
        0 => String::new(),
        more => format!("and {more} more days; --json lists all\n"),
    };
    let many = if outcome.is_one_of_many { "one of the drawn courses of the weather:\n" } else { "" };
    format!("{many}{}{more}", table(&titles, &rows))
}

fn sizes_text(sizes: &[(What, Result<Sized, String>)]) -> String {
    let text = |(what, found): &(What, Result<Sized, String>)| match found {
        Ok(sized) => format!("{}: {:.4} ({:.1} % of the days)\n", what.word(), sized.size, 100.0 * sized.reliability),
        Err(reason) => format!("{}: {reason}\n", what.word()),
    };
    sizes.iter().map(text).collect()
}

fn figure_json(one: &Figure) -> Value {
    let [low, high] = one.interval();
    let mut json = quantity_json(&one.quantity);
    if let Some(object) = json.as_object_mut() {
        object.insert("low".to_owned(), json!(low));
        object.insert("high".to_owned(), json!(high));
        object.insert("coverage".to_owned(), json!(0.95));
    }
    json
}

fn budget_json((harvest, budget): &(Quantity, Budget)) -> Value {
    let maybe = |calls: &Option<Quantity>| calls.as_ref().map(quantity_json);
    json!({
        "harvest": quantity_json(harvest), "idle": quantity_json(&budget.idle), "surplus": quantity_json(&budget.surplus),
        "calls_by_energy": maybe(&budget.calls_by_energy), "calls_by_time": quantity_json(&budget.calls_by_time),
        "calls": maybe(&budget.calls),
    })
}

fn day_json(day: &Day) -> Value {
    let sums = &day.sums;
    json!({
        "day": day.day, "harvest_j": sums.harvest_j, "load_j": sums.load_j, "stored_j": sums.stored_j,
        "curtailed_j": sums.curtailed_j, "loss_j": sums.loss_j, "calls_served": sums.served,
        "unserved_busy": sums.unserved.busy, "unserved_heat": sums.unserved.heat, "unserved_power": sums.unserved.power,
        "least_charge": day.least_charge, "end_charge": sums.charge, "off_s": sums.length_s - sums.on_s,
        "throttled_s": sums.throttled_s, "hottest_k": day.hottest_k,
    })
}

fn size_json(found: &Result<Sized, String>) -> Value {
    match found {
        Ok(sized) => json!({ "size": quantity_json(&sized.size), "reliability": sized.reliability, "reason": null }),
        Err(reason) => json!({ "size": null, "reliability": null, "reason": reason }),
    }
}
