//! One step of a trial: phases between the moments at which the battery or the board changes what happens.

use super::rig::{Heat, Rig};
use super::run::Step;
use crate::edge::EdgeError;

/// More phases than a step can have: it ends after a ceiling, a cut-off and what follows from them.
const MOST_PHASES: usize = 64;

/// What does not change in a step.
#[derive(Debug, Clone, Copy)]
pub(super) struct Conditions {
    pub length_s: f64,
    pub harvest_w: f64,
    pub ambient_k: f64,
    /// Share of the time that the calls would take, at most 1.
    pub duty: f64,
}

/// What a step leaves to the next.
#[derive(Debug, Clone, Copy)]
pub(super) struct State {
    pub stored_j: f64,
    pub temperature_k: f64,
}

/// What the node does until something changes.
#[derive(Debug, Clone, Copy)]
struct Phase {
    /// Share of the time that it is on: below 1 where the controller cuts it off and on again.
    on: f64,
    /// Share of its on-time that it answers.
    duty: f64,
    /// Whether the ceiling keeps it from more.
    throttled: bool,
    /// Whether it stays at its ceiling.
    held: bool,
    /// Mean power but for the growth with temperature. [W]
    power: f64,
    /// Growth of the power with temperature. [W/K]
    slope: f64,
}

impl Rig {
    /// Takes the state over a step and books what happened.
    ///
    /// In each phase harvest = load + change of the stored energy + curtailed + loss.
    pub fn advance(&self, state: &mut State, at: &Conditions, step: &mut Step) -> Result<(), EdgeError> {
        let mut left = at.length_s;
        for _ in 0..MOST_PHASES {
            if left <= 0.0 {
                return Ok(());
            }
            let phase = self.phase(state, at)?;
            let crossing = self.crossing(&phase, state, at).filter(|time| *time < left);
            let until = crossing.unwrap_or(left);
            let emptied = self.emptied(&phase, state, at, until);
            let length = emptied.unwrap_or(until);
            self.book(&phase, state, at, length, step);
            if emptied.is_some() {
                state.stored_j = self.floor();
            } else if let (Some(heat), Some(_)) = (&self.heat, crossing) {
                state.temperature_k = heat.ceiling;
            }
            left = if emptied.is_none() && crossing.is_none() { 0.0 } else { left - length };
        }
        Err(EdgeError::Unsettled { phases: MOST_PHASES })
    }

    /// The energy below which the battery gives nothing. [J]
    pub fn floor(&self) -> f64 {
        self.cut_off * self.capacity
    }

    fn phase(&self, state: &State, at: &Conditions) -> Result<Phase, EdgeError> {
        let span = self.active - self.idle;
        let (slope, excess) = self.heat.map_or((0.0, 0.0), |heat| (heat.slope, state.temperature_k - heat.reference));
        let growth = slope * excess;
        if self.idle + growth < 0.0 {
            let (what, expected) = ("the idle power at the temperature of the board", "not below 0");
            return Err(EdgeError::Range { what, found: self.idle + growth, unit: "W", expected });
        }
        // what the battery allows: at its cut-off the controller cuts off and on again; it charges while the node is off
        // and discharges while it is on, and these balance
        let starved = |duty: f64| {
            let drawn = self.idle + duty * span + growth;
            let charged = self.efficiency * at.harvest_w;
            let on = charged / (charged + drawn - at.harvest_w);
            let is_starved = state.stored_j <= self.floor() && drawn > at.harvest_w;
            is_starved.then_some(Phase {
                on,
                duty,
                throttled: duty < at.duty,
                held: false,
                power: on * drawn,
                slope: 0.0,
            })
        };
        // what the heat sink allows
        let mut duty = at.duty;
        let mut held = false;
        if let Some(heat) = &self.heat {
            let sustained = heat.sustained(at.ambient_k);
            if state.temperature_k > heat.ceiling {
                duty = 0.0;
            } else if state.temperature_k == heat.ceiling && self.idle + duty * span > sustained {
                if let Some(cool) = starved(duty).filter(|phase| phase.power <= heat.carried(at.ambient_k)) {
                    return Ok(cool);
                }
                held = sustained >= self.idle && span > 0.0;
                duty = if held { ((sustained - self.idle) / span).min(duty) } else { 0.0 };
            }
        }
        let (throttled, power) = (duty < at.duty, self.idle + duty * span);
        Ok(starved(duty).unwrap_or(Phase { on: 1.0, duty, throttled, held, power, slope }))
    }

    /// When the board reaches its ceiling, from below or from above.
    fn crossing(&self, phase: &Phase, state: &State, at: &Conditions) -> Option<f64> {
        let heat = self.heat.as_ref().filter(|_| !phase.held && at.duty > 0.0)?;
        let (target, time) = heat.target(phase.power, phase.slope, at.ambient_k);
        let (now, ceiling) = (state.temperature_k, heat.ceiling);
        let towards = (now < ceiling && target > ceiling) || (now > ceiling && target < ceiling);
        towards.then(|| time * ((ceiling - now) / (target - ceiling)).ln_1p())
    }

    /// When the battery is down to its cut-off, if it is before `until`.
    fn emptied(&self, phase: &Phase, state: &State, at: &Conditions, until: f64) -> Option<f64> {
        if phase.on < 1.0 {
            return None;
        }
        let usable = state.stored_j - self.floor();
        let short = |length: f64| self.load(phase, state, at, length) - at.harvest_w * length - usable;
        if short(until) <= 0.0 {
            return None;
        }
        let drain = phase.power - at.harvest_w;
        if phase.slope == 0.0 {
            return Some((usable / drain).clamp(0.0, until));
        }
        let (mut before, mut after) = (0.0, until);
        for _ in 0..60 {
            let middle = 0.5 * (before + after);
            if short(middle) > 0.0 { after = middle } else { before = middle }
        }
        Some(after)
    }

    /// Energy that the node takes. [J]
    fn load(&self, phase: &Phase, state: &State, at: &Conditions, length: f64) -> f64 {
        let growth = match &self.heat {
            Some(heat) if phase.slope > 0.0 => {
                let (target, time) = heat.target(phase.power, phase.slope, at.ambient_k);
                let decayed = -(-length / time).exp_m1();
                let kelvin_seconds = target * length + (state.temperature_k - target) * time * decayed;
                phase.slope * (kelvin_seconds - heat.reference * length)
            }
            _ => 0.0,
        };
        phase.power * length + growth
    }

    fn book(&self, phase: &Phase, state: &mut State, at: &Conditions, length: f64, step: &mut Step) {
        let load = self.load(phase, state, at, length);
        let harvest = at.harvest_w * length;
        let before = state.stored_j;
        step.harvest_j += harvest;
        step.load_j += load;
        if phase.on < 1.0 {
            step.loss_j += (1.0 - self.efficiency) * (1.0 - phase.on) * harvest;
        } else if load <= harvest {
            let room = (self.capacity - before) / self.efficiency;
            let charged = (harvest - load).min(room);
            state.stored_j = if charged < room { before + self.efficiency * charged } else { self.capacity };
            step.loss_j += (1.0 - self.efficiency) * charged;
            step.curtailed_j += harvest - load - charged;
        } else {
            state.stored_j = (before - (load - harvest)).max(self.floor());
        }
        step.stored_j += state.stored_j - before;
        let call = |seconds: f64| seconds / self.call_s;
        step.served += call(phase.on * phase.duty * length);
        step.unserved.heat += call((at.duty - phase.duty) * length);
        step.unserved.power += call((1.0 - phase.on) * phase.duty * length);
        step.on_s += phase.on * length;
        step.throttled_s += if phase.throttled { phase.on * length } else { 0.0 };
        if let Some(heat) = &self.heat {
            state.temperature_k = match phase.held {
                true => heat.ceiling,
                false => {
                    let (target, time) = heat.target(phase.power, phase.slope, at.ambient_k);
                    target + (state.temperature_k - target) * (-length / time).exp()
                }
            };
        }
    }
}

impl Heat {
    /// The power that keeps the board at its ceiling. [W]
    fn carried(&self, ambient: f64) -> f64 {
        (self.ceiling - ambient) / self.resistance
    }

    /// The same without what it has grown with the temperature. [W]
    fn sustained(&self, ambient: f64) -> f64 {
        self.carried(ambient) - self.slope * (self.ceiling - self.reference)
    }

    /// The temperature that the board goes to [K] and its time constant [s]: with G = 1/R - a,
    /// T∞ = (Ta/R + P - a Tref)/G and τ = C/G.
    fn target(&self, power: f64, slope: f64, ambient: f64) -> (f64, f64) {
        let conductance = 1.0 / self.resistance - slope;
        ((ambient / self.resistance + power - slope * self.reference) / conductance, self.capacity / conductance)
    }
}
