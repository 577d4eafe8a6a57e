//! How large a panel or a battery has to be.

use super::outcome::{BUSY, Draws, FULL_DAYS, HEAT, POWER};
use super::plan::Plan;
use super::scenario::Scenario;
use crate::edge::EdgeError;
use crate::quantity::{Method, Quantity};

/// The largest size that is tried, as a multiple of that of the scenario.
const MOST: f64 = 1_048_576.0;
/// How far the answer may lie above the smallest size that does.
const RESOLUTION: f64 = 1e-3;

/// What is sized.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// The array: every harvest grows with it.
    Panel,
    /// The capacity of the battery; cut-off and start stay shares of it.
    Battery,
    /// The calls of a day: the most that are served.
    Calls,
}

/// A size and what it reaches.
#[derive(Debug, Clone)]
pub struct Sized {
    /// The smallest size that does (the most calls), to 0.1 %: W of the array where its rating is known, otherwise a
    /// multiple of its harvest; Wh; calls a day.
    pub size: Quantity,
    /// The mean share of days on which every call was served, at that size.
    pub reliability: f64,
}

/// The smallest panel or battery, or the most calls a day, with which every call is served on a share of the days.
///
/// The share is the mean over the trials of (days on which every call was served)/(days). All sizes see the same drawn
/// inputs and weather, so that a larger panel or battery is never worse but where more calls make a board hotter. Found
/// by bisection over the whole simulation.
///
/// # Parameters
/// - `scenario`: everything but the size.
/// - `size`: what is sized.
/// - `reliability`: share of the days, above 0 and at most 1.
///
/// # Errors
/// [`EdgeError::Unreachable`] with the reason where no size does; those of [`simulate`](super::simulate).
pub fn sizing(scenario: &Scenario, size: Size, reliability: f64) -> Result<Sized, EdgeError> {
    if !(reliability > 0.0 && reliability <= 1.0) {
        let (what, expected) = ("the reliability", "above 0 and at most 1");
        return Err(EdgeError::Range { what, found: reliability, unit: "", expected });
    }
    if size == Size::Calls && scenario.demand.calls_per_day.value() <= 0.0 {
        let (what, found) = ("the calls of a day", "none, of which there is no multiple".to_owned());
        return Err(EdgeError::Scenario { what, found, expected: "a number to start the search from, as 1000" });
    }
    let plan = scenario.plan()?;
    let draws = Draws::new(scenario, &plan)?;
    let search = Search { scenario, plan, draws, size, reliability };
    let factor = match size {
        Size::Calls => search.most()?,
        _ => search.least()?,
    };
    let reached = search.reached(factor)?;
    Ok(Sized { size: search.quantity(factor)?, reliability: reached.full_days })
}

/// Means over the trials.
struct Reached {
    full_days: f64,
    /// Tokens not served for want of time, for heat, for want of power.
    unserved: [f64; 3],
}

struct Search<'a> {
    scenario: &'a Scenario,
    plan: Plan,
    draws: Draws,
    size: Size,
    reliability: f64,
}

impl Search<'_> {
    fn reached(&self, factor: f64) -> Result<Reached, EdgeError> {
        let rows = self.draws.all(self.scenario, &self.plan, &|rig| match self.size {
            Size::Panel => rig.panel *= factor,
            Size::Battery => rig.capacity *= factor,
            Size::Calls => rig.calls *= factor,
        })?;
        let mean = |at: usize| rows.iter().filter_map(|row| row.get(at)).sum::<f64>() / rows.len().max(1) as f64;
        let unserved = [BUSY, HEAT, POWER].map(mean);
        Ok(Reached { full_days: mean(FULL_DAYS), unserved })
    }

    fn does(&self, factor: f64) -> Result<bool, EdgeError> {
        Ok(self.reached(factor)?.full_days >= self.reliability)
    }

    /// The smallest factor that does.
    fn least(&self) -> Result<f64, EdgeError> {
        let (mut low, mut high) = (0.0, 1.0);
        while !self.does(high)? {
            if high >= MOST {
                return Err(self.unreachable(high)?);
            }
            (low, high) = (high, high * 4.0);
        }
        while low == 0.0 && high > 1.0 / MOST {
            let lower = high / 4.0;
            if self.does(lower)? { high = lower } else { low = lower }
        }
        while high - low > RESOLUTION * high && low > 0.0 {
            let middle = 0.5 * (low + high);
            if self.does(middle)? { high = middle } else { low = middle }
        }
        Ok(high)
    }

    /// The largest factor that does.
    fn most(&self) -> Result<f64, EdgeError> {
        let mut low = 1.0;
        while !self.does(low)? {
            if low <= 1.0 / MOST {
                return Err(self.unreachable(low)?);
            }
            low /= 4.0;
        }
        let mut high = 4.0 * low;
        while self.does(high)? {
            if high >= MOST {
                return Ok(high);
            }
            (low, high) = (high, 4.0 * high);
        }
        while high - low > RESOLUTION * high {
            let middle = 0.5 * (low + high);
            if self.does(middle)? { low = middle } else { high = middle }
        }
        Ok(low)
    }

    fn quantity(&self, factor: f64) -> Result<Quantity, EdgeError> {
        let number = Quantity::number(factor)?;
        let size = match (self.size, &self.scenario.sun.rated) {
            (Size::Panel, Some(rated)) => rated.times(&number)?.to("W")?,
            (Size::Panel, None) => number,
            (Size::Battery, _) => self.scenario.battery.energy().times(&number)?.to("Wh")?,
            (Size::Calls, _) => self.scenario.demand.calls_per_day.times(&number)?,
        };
        Ok(size.by([Method::Modelled]))
    }

    fn unreachable(&self, factor: f64) -> Result<EdgeError, EdgeError> {
        let reached = self.reached(factor)?;
        let [busy, heat, power] = reached.unserved;
        let cause = match self.size {
            _ if busy > heat && busy > power => {
                "the calls take more time than there is in the hours in which they come"
            }
            _ if heat > power => "the board is at its ceiling: a better heat sink, or fewer calls",
            Size::Panel => "the battery does not last from one sun to the next however large the panel",
            Size::Battery => "the sun gives less than the node takes however large the battery",
            Size::Calls => "the node is not on all day even without calls",
        };
        let share = 100.0 * reached.full_days;
        let reason = format!("{cause}; every call is served on {share:.1} % of the days");
        let what = match self.size {
            Size::Panel => "panel",
            Size::Battery => "battery",
            Size::Calls => "number of calls",
        };
        Ok(EdgeError::Unreachable { what, most: self.quantity(factor)?.to_string(), reason })
    }
}
