//! The answer of a simulation: figures with their uncertainty, and the course of one trial.

use super::plan::Plan;
use super::rig::{Rig, inputs};
use super::run::{Day, Step, run};
use super::scenario::Scenario;
use crate::edge::EdgeError;
use crate::edge::solar::Weather;
use crate::parallel::blocks;
use crate::quantity::{Component, Distribution, Measured, Method, Quantity, Trials, Unit, joint_draws};

/// The most numbers that are drawn, and the most steps of all trials.
const MOST_DRAWN: usize = 20_000_000;
const MOST_WORK: usize = 4_000_000_000;

/// Coverage of the intervals of figures.
const COVERAGE: f64 = 0.95;

/// A figure of a simulation.
#[derive(Debug, Clone)]
pub struct Figure {
    /// Its name.
    pub name: &'static str,
    /// Its value; the mean of the trials where there are several.
    pub quantity: Quantity,
    /// The trials in rising order, where there are several.
    pub trials: Option<Trials>,
}

impl Figure {
    /// The ends of the interval of 95 %; the value twice where it is exact. In the unit of the quantity.
    pub fn interval(&self) -> [f64; 2] {
        let interval = self.trials.as_ref().and_then(|trials| trials.symmetric_interval(COVERAGE).ok());
        interval.map_or([self.quantity.value(); 2], |interval| [interval.low, interval.high])
    }
}

/// What a simulation found.
#[derive(Debug)]
pub struct Outcome {
    /// The figures over all days, by name: `tokens_served`, `full_days` ...
    pub figures: Vec<Figure>,
    /// The days of the course shown.
    pub days: Vec<Day>,
    /// Its steps.
    pub steps: Vec<Step>,
    /// Whether the weather of the course shown is one of many that were drawn.
    pub is_one_of_many: bool,
    /// Number of trials.
    pub trials: usize,
}

impl Outcome {
    /// The figure of a name.
    pub fn figure(&self, name: &str) -> Option<&Figure> {
        self.figures.iter().find(|figure| figure.name == name)
    }
}

/// Names and units of the figures.
const FIGURES: [(&str, &str); 17] = [
    ("tokens_asked", "token"),
    ("tokens_served", "token"),
    ("tokens_unserved", "token"),
    ("unserved_busy", "token"),
    ("unserved_heat", "token"),
    ("unserved_power", "token"),
    ("served_share", "1"),
    ("full_days", "1"),
    ("harvest", "Wh"),
    ("load", "Wh"),
    ("curtailed", "Wh"),
    ("loss", "Wh"),
    ("least_charge", "1"),
    ("end_charge", "1"),
    ("off", "h"),
    ("throttled", "h"),
    ("calls_served_per_day", "1"),
];

/// Places of what a size is judged by.
pub(super) const BUSY: usize = 3;
pub(super) const HEAT: usize = 4;
pub(super) const POWER: usize = 5;
pub(super) const FULL_DAYS: usize = 7;

/// The figures of one trial.
pub(super) type Row = [f64; FIGURES.len()];

/// The figures of the days of one trial, in the order of [`FIGURES`].
fn figures(days: &[Day], rig: &Rig) -> Row {
    let sum = |of: fn(&Step) -> f64| days.iter().map(|day| of(&day.sums)).sum::<f64>() + 0.0;
    let served = sum(|step| step.served);
    let (busy, heat, power) = (sum(|s| s.unserved.busy), sum(|s| s.unserved.heat), sum(|s| s.unserved.power));
    let asked = served + busy + heat + power;
    let tokens = |calls: f64| calls * rig.tokens;
    let count = days.len() as f64;
    [
        tokens(asked),
        tokens(served),
        tokens(busy + heat + power),
        tokens(busy),
        tokens(heat),
        tokens(power),
        // nothing was asked and nothing is missing
        if asked > 0.0 { served / asked } else { 1.0 },
        days.iter().filter(|day| day.is_full()).count() as f64 / count,
        sum(|step| step.harvest_j) / 3600.0,
        sum(|step| step.load_j) / 3600.0,
        sum(|step| step.curtailed_j) / 3600.0,
        sum(|step| step.loss_j) / 3600.0,
        days.iter().map(|day| day.least_charge).fold(1.0, f64::min),
        days.last().map_or(f64::NAN, |day| day.sums.charge),
        (sum(|step| step.length_s) - sum(|step| step.on_s)) / 3600.0,
        sum(|step| step.throttled_s) / 3600.0,
        served / count,
    ]
}

/// What a node on an array and a battery serves over the days of a scenario, with its uncertainty.
///
/// In each phase of a step P = idle + duty (active - idle) + a (T - Tref), C dT/dt = P - (T - Ta)/R, and what the sun gives
/// beyond that charges the battery at its efficiency until it is full. At the cut-off the controller cuts the node off
/// and on again; at its ceiling the board takes only as many calls as keep it there. Calls come as an even flow; one
/// that is not served at its time is lost. Where an input is uncertain or the weather is drawn, the whole simulation
/// is repeated with drawn inputs (JCGM 101); the same seed gives the same trials on any number of threads.
///
/// # Errors
/// [`EdgeError::Scenario`], [`EdgeError::Range`]; [`EdgeError::Drawn`] where a drawn input is none.
///
/// # Example
/// ```
/// use szilard::edge::{Battery, Daylight, Demand, Node, Scenario, Sun, simulate};
/// use szilard::quantity::Quantity;
///
/// let quantity = |text: &str| text.parse::<Quantity>().unwrap();
/// let node = Node::new(&quantity("3.8 W"), &quantity("7.2 W"), &quantity("4.1 s"), &quantity("50 token")).unwrap();
/// let daylight = Daylight::new(&quantity("12 h"), &quantity("12 h")).unwrap();
/// // one cloudy day, no call at all, from an empty battery: 80 Wh do not carry 91.2 Wh of idling
/// let sun = Sun::days(vec![quantity("80 Wh")], daylight).unwrap();
/// let battery = Battery::new(&quantity("256 Wh"), None).unwrap().between(&quantity("0"), &quantity("0")).unwrap();
/// let demand = Demand::new(&quantity("0"), None).unwrap();
/// let outcome = simulate(&Scenario::new(node, demand, sun, battery).unwrap()).unwrap();
/// assert!(outcome.figure("off").unwrap().quantity.value() > 0.0);
/// ```
pub fn simulate(scenario: &Scenario) -> Result<Outcome, EdgeError> {
    let plan = scenario.plan()?;
    let mut steps = Vec::with_capacity(plan.steps.len() * scenario.days as usize);
    let draws = Draws::new(scenario, &plan)?;
    let (rig, weather) = draws.shown(scenario)?;
    let days = run(scenario, &plan, &rig, &weather, &mut |step| steps.push(*step))?;
    let trials = draws.trials();
    let values = if trials == 1 { vec![figures(&days, &rig)] } else { draws.all(scenario, &plan, &|_| {})? };
    let figures = FIGURES.iter().enumerate().map(|(index, (name, unit))| {
        let column: Vec<f64> = values.iter().filter_map(|row| row.get(index).copied()).collect();
        figure(name, unit, column)
    });
    let is_one_of_many = matches!(scenario.sun.weather, Weather::Kinds(..));
    Ok(Outcome { figures: figures.collect::<Result<_, _>>()?, days, steps, is_one_of_many, trials })
}

fn figure(name: &'static str, unit: &str, column: Vec<f64>) -> Result<Figure, EdgeError> {
    let unit: Unit = unit.parse()?;
    if let [value] = column.as_slice() {
        let quantity = Quantity::from_measured(Measured::exact(*value), unit)?.by([Method::Modelled]);
        return Ok(Figure { name, quantity, trials: None });
    }
    let trials = Trials::new(column)?;
    let u = Component::anonymous("monte carlo", Distribution::Normal, trials.u());
    let measured = Measured::with_components(trials.mean(), vec![u]);
    let quantity = Quantity::from_measured(measured, unit)?.by([Method::Modelled]);
    Ok(Figure { name, quantity, trials: Some(trials) })
}

/// The drawn inputs and days of all trials.
pub(super) struct Draws {
    inputs: Vec<Measured>,
    /// Of each input its values in all trials; empty where nothing is uncertain and nothing is drawn.
    drawn: Vec<Vec<f64>>,
}

impl Draws {
    pub fn new(scenario: &Scenario, plan: &Plan) -> Result<Self, EdgeError> {
        let inputs = inputs(scenario)?;
        let days = if matches!(scenario.sun.weather, Weather::Kinds(..)) { scenario.days } else { 0 };
        if days == 0 && inputs.iter().all(|input| input.u() == 0.0) {
            return Ok(Self { inputs, drawn: Vec::new() });
        }
        let refuse = |found: String, expected| Err(EdgeError::Scenario { what: "the trials", found, expected });
        if scenario.trials < 2 {
            return refuse(scenario.trials.to_string(), "at least 2, as an input is uncertain or the weather is drawn");
        }
        let numbers = (inputs.len() + days as usize).saturating_mul(scenario.trials);
        let work = plan.steps.len().saturating_mul(scenario.days as usize).saturating_mul(scenario.trials);
        if numbers > MOST_DRAWN || work > MOST_WORK {
            let found = format!("{} of {} steps", scenario.trials, plan.steps.len() * scenario.days as usize);
            return refuse(found, "fewer trials, fewer days or longer steps: at most 4 000 000 000 steps in all");
        }
        // the number that draws the kind of a day: uniform from 0 to 1
        let uniform = |day| {
            let width = Distribution::Rectangular.standard_of_half_width().unwrap_or_default();
            let source =
                Component::new(&format!("weather of day {day}"), "weather", Distribution::Rectangular, 0.5 * width);
            Measured::with_components(0.5, vec![source])
        };
        let weather: Vec<Measured> = (0..days).map(uniform).collect();
        let all: Vec<&Measured> = inputs.iter().chain(&weather).collect();
        let drawn = joint_draws(&all, scenario.trials, scenario.seed)?;
        Ok(Self { inputs, drawn })
    }

    pub fn trials(&self) -> usize {
        self.drawn.first().map_or(1, Vec::len)
    }

    /// The rig with its inputs as they are given, in the weather of the first trial where that is drawn.
    fn shown(&self, scenario: &Scenario) -> Result<(Rig, Vec<f64>), EdgeError> {
        let rig = Rig::of(scenario, &mut self.inputs.iter().map(Measured::value))?;
        Ok((rig, self.row(0, self.inputs.len())))
    }

    /// The numbers of a trial from an input on.
    fn row(&self, trial: usize, from: usize) -> Vec<f64> {
        self.drawn.iter().skip(from).filter_map(|values| values.get(trial).copied()).collect()
    }

    /// The figures of every trial, with each rig changed by `change` first.
    pub fn all(
        &self,
        scenario: &Scenario,
        plan: &Plan,
        change: &(dyn Fn(&mut Rig) + Sync),
    ) -> Result<Vec<Row>, EdgeError> {
        let one = |trial: usize| {
            let mut rig = match self.drawn.is_empty() {
                true => Rig::of(scenario, &mut self.inputs.iter().map(Measured::value))?,
                false => Rig::of(scenario, &mut self.row(trial, 0).into_iter())?,
            };
            change(&mut rig);
            let days = run(scenario, plan, &rig, &self.row(trial, self.inputs.len()), &mut |_| {})?;
            Ok(figures(&days, &rig))
        };
        blocks(self.trials(), 1, &|range| range.map(one).collect::<Result<Vec<_>, EdgeError>>()).into_iter().try_fold(
            Vec::new(),
            |mut all, block| {
                all.extend(block?);
                Ok(all)
            },
        )
    }
}
