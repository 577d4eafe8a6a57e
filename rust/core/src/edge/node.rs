//! A node that answers calls, and how many it is asked.

use super::EdgeError;
use super::error::{at_least, positive};
use super::solar::DAY;
use crate::quantity::Quantity;
use crate::quantity::units::f64::{Power, Ratio, Time, TokenCount};

/// A node: what it draws and how long a call takes it.
#[derive(Debug, Clone)]
pub struct Node {
    /// Power with the model loaded and nothing to do. [W]
    pub idle: Quantity,
    /// Power while it answers. [W]
    pub active: Quantity,
    /// Time that it takes for a call, one at a time. [s]
    pub call_time: Quantity,
    /// Output tokens of a call. [token]
    pub tokens_per_call: Quantity,
}

impl Node {
    /// A node.
    ///
    /// # Errors
    /// [`EdgeError::Range`] for a negative idle power, an active power below it, a call that takes no time or gives no
    /// token; [`EdgeError::Unit`].
    ///
    /// # Example
    /// ```
    /// use szilard::edge::Node;
    ///
    /// let [idle, active, time, tokens] = ["3.8 W", "7.2 W", "4.1 s", "50 token"].map(|text| text.parse().unwrap());
    /// let node = Node::new(&idle, &active, &time, &tokens).unwrap();
    /// assert_eq!(node.energy_per_call().unwrap().to_string(), "29.52 J");
    /// assert!((node.above_idle_per_call().unwrap().value() - 13.94).abs() < 1e-12);
    /// ```
    pub fn new(
        idle: &Quantity,
        active: &Quantity,
        call_time: &Quantity,
        tokens_per_call: &Quantity,
    ) -> Result<Self, EdgeError> {
        let [low, high]: [Power; 2] = [idle.as_static()?, active.as_static()?];
        let (time, tokens): (Time, TokenCount) = (call_time.as_static()?, tokens_per_call.as_static()?);
        at_least(0.0, low.value, "the idle power", "W", "a finite value not below 0")?;
        at_least(low.value, high.value, "the active power", "W", "at least the idle power")?;
        positive(time.value, "the time of a call", "s")?;
        positive(tokens.value, "the tokens of a call", "token")?;
        let [idle, active, call_time, tokens_per_call] =
            [idle, active, call_time, tokens_per_call].map(Quantity::clone);
        Ok(Self { idle, active, call_time, tokens_per_call })
    }

    /// Energy of a call with the idle draw in it, active power times time.
    ///
    /// # Errors
    /// [`EdgeError::Boundary`] where power and time are counted differently.
    pub fn energy_per_call(&self) -> Result<Quantity, EdgeError> {
        Ok(self.active.times(&self.call_time)?)
    }

    /// Energy that a call adds to a node that is on anyway, (active - idle) times time.
    ///
    /// # Errors
    /// [`EdgeError::Boundary`] where the powers are counted differently.
    pub fn above_idle_per_call(&self) -> Result<Quantity, EdgeError> {
        Ok(self.active.minus(&self.idle)?.times(&self.call_time)?)
    }
}

/// Calls that come evenly over a part of each day.
#[derive(Debug, Clone)]
pub struct Demand {
    /// Calls a day.
    pub calls_per_day: Quantity,
    /// Start and end of the part of the day in which they come. [s]
    pub hours_s: [f64; 2],
}

impl Demand {
    /// Calls over the whole day, or between two times of day.
    ///
    /// # Errors
    /// [`EdgeError::Range`] for a negative number and for times that are not of one day and in order;
    /// [`EdgeError::Unit`].
    pub fn new(calls_per_day: &Quantity, hours: Option<[&Quantity; 2]>) -> Result<Self, EdgeError> {
        let calls: Ratio = calls_per_day.as_static()?;
        at_least(0.0, calls.value, "the calls of a day", "", "a finite number not below 0")?;
        let hours_s = match hours {
            None => [0.0, DAY],
            Some([start, end]) => {
                let [start, end]: [Time; 2] = [start.as_static()?, end.as_static()?];
                [start.value, end.value]
            }
        };
        let [start, end] = hours_s;
        if !(0.0 <= start && start < end && end <= DAY) {
            let (what, expected) = ("the end of the hours of demand", "one behind their start, both of one day");
            return Err(EdgeError::Range { what, found: end, unit: "s", expected });
        }
        Ok(Self { calls_per_day: calls_per_day.clone(), hours_s })
    }
}
