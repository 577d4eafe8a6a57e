//! The temperature of the air around a board.

use crate::edge::EdgeError;
use crate::edge::error::at_least;
use crate::edge::series::Series;
use crate::quantity::Quantity;
use crate::quantity::units::f64::{Temperature, Time};

/// The temperature of the air over the day.
#[derive(Debug, Clone)]
pub enum Ambient {
    /// That of the thermal node, at all times.
    Constant,
    /// About that of the thermal node: T = Ta + swing · cos(2π (t - warmest)/day).
    Daily {
        /// Half of the difference between the warmest and the coldest hour, not below 0. [K]
        swing: Quantity,
        /// Time of day of the warmest air. [s]
        warmest_s: f64,
    },
    /// A measured series [K], straight between its samples. The ambient temperature of the node is not used.
    Series(Series),
}

impl Ambient {
    /// A daily wave.
    ///
    /// # Errors
    /// [`EdgeError::Range`], [`EdgeError::Unit`].
    pub fn daily(swing: &Quantity, warmest: &Quantity) -> Result<Self, EdgeError> {
        let kelvins: Temperature = swing.as_static()?;
        let seconds: Time = warmest.as_static()?;
        at_least(0.0, kelvins.value, "the daily swing of the air", "K", "a finite value not below 0")?;
        at_least(0.0, seconds.value, "the time of the warmest air", "s", "a time of day")?;
        Ok(Self::Daily { swing: swing.clone(), warmest_s: seconds.value })
    }
}
