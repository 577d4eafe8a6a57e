//! What is simulated.

use super::plan::{MOST_STEPS, Plan};
use crate::edge::error::positive;
use crate::edge::node::{Demand, Node};
use crate::edge::solar::{DAY, Sun, Weather};
use crate::edge::thermal::{Ambient, ThermalNode};
use crate::edge::{Battery, EdgeError};
use crate::quantity::Quantity;
use crate::quantity::units::f64::Time;

/// The most days, a century.
const MOST_DAYS: u32 = 36_525;

/// Where a day is cut into steps. Inside a step sun, demand and air are even; what the battery and the board do in it
/// is resolved exactly, whatever its length.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Steps {
    /// Steps of one length from midnight [s]; the last of a day may be shorter.
    Fixed(f64),
    /// Steps that end where the sun rises or sets and where the demand starts or ends, none longer than this. [s]
    Events(f64),
}

/// A node, its battery, its sun and its air, over days.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// The node.
    pub node: Node,
    /// The calls it is asked.
    pub demand: Demand,
    /// The sun.
    pub sun: Sun,
    /// The battery.
    pub battery: Battery,
    /// The heat sink; without one the node never throttles.
    pub thermal: Option<ThermalNode>,
    /// The air.
    pub ambient: Ambient,
    /// Days.
    pub days: u32,
    /// Steps.
    pub steps: Steps,
    /// Trials of the Monte Carlo, where an input is uncertain or the weather is drawn.
    pub trials: usize,
    /// Its seed.
    pub seed: u64,
}

impl Scenario {
    /// A scenario without a heat sink, over as many days as the weather lists (one year where it is drawn, the whole days
    /// of a series), in steps of 15 minutes with 1000 trials.
    ///
    /// # Errors
    /// [`EdgeError::Scenario`] where a series holds no whole day.
    pub fn new(node: Node, demand: Demand, sun: Sun, battery: Battery) -> Result<Self, EdgeError> {
        let days = match &sun.weather {
            Weather::Days(days, _) => days.len() as u64,
            Weather::Kinds(..) => 365,
            Weather::Series(series) => (series.span().1 / DAY).floor().max(0.0) as u64,
        };
        let days = u32::try_from(days).unwrap_or(u32::MAX);
        let (thermal, ambient) = (None, Ambient::Constant);
        Ok(Self {
            node,
            demand,
            sun,
            battery,
            thermal,
            ambient,
            days,
            steps: Steps::Fixed(900.0),
            trials: 1000,
            seed: 0,
        })
    }

    /// The same scenario over a number of days.
    pub fn over(self, days: u32) -> Self {
        Self { days, ..self }
    }

    /// The length of a step.
    ///
    /// # Errors
    /// [`EdgeError::Range`], [`EdgeError::Unit`].
    pub fn step_of(length: &Quantity) -> Result<f64, EdgeError> {
        let time: Time = length.as_static()?;
        positive(time.value, "the length of a step", "s")?;
        Ok(time.value)
    }

    /// Where the days are cut, once the scenario is found to be one.
    pub(super) fn plan(&self) -> Result<Plan, EdgeError> {
        let refuse = |what, found: String, expected| Err(EdgeError::Scenario { what, found, expected });
        if !(1..=MOST_DAYS).contains(&self.days) {
            return refuse("the days", self.days.to_string(), "1 to 36 525");
        }
        if matches!(self.ambient, Ambient::Daily { .. } | Ambient::Series(_)) && self.thermal.is_none() {
            return refuse("the air", "a course of its temperature and no thermal node".to_owned(), "a thermal node");
        }
        let end = f64::from(self.days) * DAY;
        let covers = |series: &crate::edge::Series| series.span().0 <= 0.0 && series.span().1 >= end;
        let span = |series: &crate::edge::Series| format!("{:?} s of {end} s", series.span());
        if let Weather::Series(series) = &self.sun.weather
            && !covers(series)
        {
            return refuse("the series of the sun", span(series), "one from the first midnight to the last");
        }
        if let Ambient::Series(series) = &self.ambient
            && !covers(series)
        {
            return refuse("the series of the air", span(series), "one from the first midnight to the last");
        }
        let plan = Plan::new(self)?;
        let steps = plan.steps.len() as u64 * u64::from(self.days);
        if steps > MOST_STEPS {
            return refuse("the steps", steps.to_string(), "at most 10 000 000: fewer days, or longer steps");
        }
        Ok(plan)
    }
}
