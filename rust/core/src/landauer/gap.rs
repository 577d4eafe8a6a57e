//! The gap: one ratio with all that it needs to be read.

use super::LandauerError;
use super::bounds::Bound;
use crate::quantity::{Boundary, Function, Interval, Quantity};
use std::f64::consts::LN_10;
use std::fmt;

/// From this u/x on a symmetric interval of a positive figure says nothing: 3 u reach 0.
const WIDEST: f64 = 1.0 / 3.0;

/// The ratio of a measured energy to a named bound, at a named temperature and boundary.
#[derive(Debug, Clone)]
pub struct Gap {
    pub(super) bound: &'static Bound,
    pub(super) ratio: Quantity,
    pub(super) temperature: Quantity,
    /// The larger u/x of energy and bound.
    pub(super) spread: f64,
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
    /// [`LandauerError::Unit`] where the ratio is too small to be a number.
    pub fn log10(&self) -> Result<Quantity, LandauerError> {
        Ok(self.ratio.map(Function::Ln)?.over(&Quantity::number(LN_10)?)?)
    }

    /// The interval that covers the ratio with a probability of `coverage`. Energy and bound are above 0, and so is it.
    ///
    /// # Errors
    /// [`LandauerError::NoInterval`] where u/x of energy or bound reaches 1/3, or the interval 0: a symmetric interval
    /// would then hold ratios that cannot be. [`LandauerError::Unit`] for a coverage outside (0, 1).
    ///
    /// # Example
    /// ```
    /// use szilard::landauer::{LadderInputs, Model, ladder};
    /// use szilard::quantity::{Distribution, Quantity};
    ///
    /// let model = Model::named("llama-3-70b").unwrap();
    /// let interval = |u| {
    ///     let energy = "1 J/token".parse::<Quantity>().unwrap().with_u(u, "meter", Distribution::Normal).unwrap();
    ///     let ladder = ladder(&LadderInputs::new(&model, energy, "300 K".parse().unwrap())).unwrap();
    ///     ladder.gap("token-register").unwrap().interval(0.95)
    /// };
    /// assert!(interval(0.1).unwrap().low > 0.0);
    /// assert!(interval(0.8).unwrap_err().to_string().contains("no symmetric interval"));
    /// ```
    pub fn interval(&self, coverage: f64) -> Result<Interval, LandauerError> {
        let none = LandauerError::NoInterval { bound: self.bound.name, spread: self.spread };
        if self.spread >= WIDEST {
            return Err(none);
        }
        let found = self.ratio.measured().interval(coverage)?;
        if found.low > 0.0 { Ok(found) } else { Err(none) }
    }
}

impl fmt::Display for Gap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { bound, ratio, temperature, .. } = self;
        write!(f, "{ratio} x {} ({}) at {temperature}", bound.name, bound.kind)?;
        if self.boundary().is_none() { f.write_str(", boundary not stated") } else { Ok(()) }
    }
}
