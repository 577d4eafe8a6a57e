//! One trial over all days.

use super::advance::{Conditions, State};
use super::plan::{Plan, Slot};
use super::rig::Rig;
use super::scenario::Scenario;
use crate::edge::EdgeError;
use crate::edge::solar::{DAY, Weather};
use crate::edge::thermal::Ambient;

/// Calls that were not served, by what stood in the way.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Unserved {
    /// More calls than the node can answer one after another.
    pub busy: f64,
    /// The board was at its ceiling.
    pub heat: f64,
    /// The battery was at its cut-off.
    pub power: f64,
}

impl Unserved {
    /// All of them.
    pub fn all(&self) -> f64 {
        self.busy + self.heat + self.power
    }
}

/// What happened in a step: harvest = load + change of the stored energy + curtailed + loss.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Step {
    /// Since the midnight at which the simulation starts. [s]
    pub start_s: f64,
    /// Length. [s]
    pub length_s: f64,
    /// Energy that the array offered. [J]
    pub harvest_j: f64,
    /// Energy that the node took. [J]
    pub load_j: f64,
    /// Change of the energy in the battery. [J]
    pub stored_j: f64,
    /// Energy that found the battery full. [J]
    pub curtailed_j: f64,
    /// Energy lost in the battery. [J]
    pub loss_j: f64,
    /// Energy in the battery at the end over that of the full one.
    pub charge: f64,
    /// Temperature of the board at the end. [K]
    pub temperature_k: Option<f64>,
    /// Calls served.
    pub served: f64,
    /// Calls not served.
    pub unserved: Unserved,
    /// Time that the node was on. [s]
    pub on_s: f64,
    /// Time that the ceiling kept it from calls. [s]
    pub throttled_s: f64,
}

/// What happened on a day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Day {
    /// Counted from 0.
    pub day: u32,
    /// The sums over the day, and charge and temperature at its end.
    pub sums: Step,
    /// The lowest charge at the end of a step.
    pub least_charge: f64,
    /// The highest temperature at the end of a step. [K]
    pub hottest_k: Option<f64>,
}

impl Day {
    /// Whether every call of the day was served, but for rounding.
    pub fn is_full(&self) -> bool {
        let asked = self.sums.served + self.sums.unserved.all();
        self.sums.unserved.all() <= 1e-9 * asked
    }
}

impl Step {
    fn add(&mut self, step: &Self) {
        self.length_s += step.length_s;
        self.harvest_j += step.harvest_j;
        self.load_j += step.load_j;
        self.stored_j += step.stored_j;
        self.curtailed_j += step.curtailed_j;
        self.loss_j += step.loss_j;
        self.charge = step.charge;
        self.temperature_k = step.temperature_k;
        self.served += step.served;
        self.unserved.busy += step.unserved.busy;
        self.unserved.heat += step.unserved.heat;
        self.unserved.power += step.unserved.power;
        self.on_s += step.on_s;
        self.throttled_s += step.throttled_s;
    }
}

/// The days of a trial, and each step given to `seen`.
///
/// `drawn` are numbers uniform between 0 and 1, one for each day, where the weather is drawn.
pub(super) fn run(
    scenario: &Scenario,
    plan: &Plan,
    rig: &Rig,
    drawn: &[f64],
    seen: &mut dyn FnMut(&Step),
) -> Result<Vec<Day>, EdgeError> {
    let mut state = State { stored_j: rig.start * rig.capacity, temperature_k: 0.0 };
    let mut days = Vec::with_capacity(scenario.days as usize);
    for day in 0..scenario.days {
        let harvest = match &scenario.sun.weather {
            Weather::Days(list, _) => rig.harvest.get(day as usize % list.len().max(1)).copied().unwrap_or(f64::NAN),
            Weather::Kinds(..) => rig.kind(drawn.get(day as usize).copied().unwrap_or(f64::NAN)),
            Weather::Series(_) => 0.0,
        };
        let midnight = f64::from(day) * DAY;
        let sums = Step { start_s: midnight, ..Step::default() };
        let mut this = Day { day, sums, least_charge: state.stored_j / rig.capacity, hottest_k: None };
        for slot in &plan.steps {
            let step = one(scenario, rig, (midnight, harvest), slot, &mut state)?;
            this.sums.add(&step);
            this.least_charge = this.least_charge.min(step.charge);
            this.hottest_k = match (this.hottest_k, step.temperature_k) {
                (Some(hottest), Some(now)) => Some(hottest.max(now)),
                (hottest, now) => hottest.or(now),
            };
            seen(&step);
        }
        days.push(this);
    }
    Ok(days)
}

fn one(
    scenario: &Scenario,
    rig: &Rig,
    (midnight, harvest): (f64, f64),
    slot: &Slot,
    state: &mut State,
) -> Result<Step, EdgeError> {
    let Slot { start_s, length_s, .. } = *slot;
    let start_s = midnight + start_s;
    let mean = |series: &crate::edge::Series| {
        series.integral(start_s, start_s + length_s).map_or(f64::NAN, |integral| integral / length_s)
    };
    let harvest_w = match &scenario.sun.weather {
        Weather::Series(series) => rig.panel * mean(series).max(0.0),
        _ => rig.panel * harvest * slot.harvest / length_s,
    };
    let ambient_k = match (&scenario.ambient, &rig.heat) {
        (Ambient::Series(series), _) => mean(series),
        (_, Some(heat)) => heat.ambient + heat.swing * slot.warmth,
        (_, None) => 0.0,
    };
    if state.temperature_k == 0.0 {
        state.temperature_k = ambient_k;
    }
    let asked = rig.calls * slot.calls;
    let duty = asked * rig.call_s / length_s;
    let mut step = Step { start_s, length_s, ..Step::default() };
    step.unserved.busy = (duty - 1.0).max(0.0) * length_s / rig.call_s;
    rig.advance(state, &Conditions { length_s, harvest_w, ambient_k, duty: duty.min(1.0) }, &mut step)?;
    step.charge = state.stored_j / rig.capacity;
    step.temperature_k = rig.heat.map(|_| state.temperature_k);
    Ok(step)
}
