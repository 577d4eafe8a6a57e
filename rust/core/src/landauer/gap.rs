//! The gap: one ratio with all that it needs to be read.

use super::LandauerError;
use super::bounds::Bound;
use crate::quantity::{Boundary, Function, Quantity};
use std::f64::consts::LN_10;
use std::fmt;

/// The ratio of a measured energy to a named bound, at a named temperature and boundary.
#[derive(Debug, Clone)]
pub struct Gap {
    pub(super) bound: &'static Bound,
    pub(super) ratio: Quantity,
    pub(super) temperature: Quantity,
}

impl Gap {
    /// The bound.
    pub fn bound(&self) -> &'static Bound {
        self.bound
    }

    /// The ratio E/bound with the components of both; its boundary and basis are those of E.
    pub fn ratio(&self) -> &Quantity {
        &self.ratio
    }

    /// The temperature of the bath. [K]
    pub fn temperature(&self) -> &Quantity {
        &self.temperature
    }

    /// The boundary at which the energy was counted.
    pub fn boundary(&self) -> Option<Boundary> {
        self.ratio.boundary()
    }

    /// The decimal logarithm of the ratio, with its uncertainty.
    ///
    /// # Errors
    /// [`LandauerError::NoLogarithm`] where the energy is not above zero, as one above idle may come out.
    pub fn log10(&self) -> Result<Quantity, LandauerError> {
        let ratio = self.ratio.value();
        if ratio <= 0.0 {
            return Err(LandauerError::NoLogarithm { bound: self.bound.name, ratio });
        }
        Ok(self.ratio.map(Function::Ln)?.over(&Quantity::number(LN_10)?)?)
    }
}

impl fmt::Display for Gap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { bound, ratio, temperature } = self;
        write!(f, "{ratio} x {} ({}) at {temperature}", bound.name, bound.kind)?;
        if self.boundary().is_none() { f.write_str(", boundary not stated") } else { Ok(()) }
    }
}
