//! A rung: a bound with its energy and the gap to it, or the reasons why not.

use super::bounds::Bound;
use super::{Gap, LandauerError};
use crate::quantity::Quantity;
use std::fmt;

/// A bound, its energy, and the ratio of the measured energy to it; or the reasons why not.
#[derive(Debug, Clone)]
pub struct Rung {
    /// The bound.
    pub bound: &'static Bound,
    /// Its energy. [J/token]
    pub energy: Result<Quantity, LandauerError>,
    /// The gap to it.
    pub gap: Result<Gap, LandauerError>,
}

/// The most tokens that an energy may buy at a rung.
#[derive(Debug, Clone, PartialEq)]
pub enum TokenYield {
    /// The rung asks for no energy: no number bounds the tokens.
    Unbounded,
    /// The inverse of the energy of the rung. [token/Wh]
    AtMost(Quantity),
}

impl fmt::Display for TokenYield {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unbounded => f.write_str("unbounded"),
            Self::AtMost(tokens) => tokens.fmt(f),
        }
    }
}

impl Rung {
    /// The theoretical maximum of tokens for an energy, were the rung all that a token costs; at a convention or a
    /// technology, which are no bounds, what they amount to.
    ///
    /// # Errors
    /// The reason why the rung has no energy.
    ///
    /// # Example
    /// ```
    /// use szilard::landauer::{LadderInputs, Model, ladder};
    ///
    /// let model = Model::named("llama-3-70b").unwrap();
    /// let inputs = LadderInputs::new(&model, "0.39 J/token".parse().unwrap(), "300 K".parse().unwrap());
    /// let ladder = ladder(&inputs).unwrap();
    /// assert_eq!(ladder.rungs()[0].token_yield().unwrap().to_string(), "unbounded");
    /// ```
    pub fn token_yield(&self) -> Result<TokenYield, LandauerError> {
        let energy = self.energy.as_ref().map_err(Clone::clone)?;
        if energy.value() == 0.0 {
            return Ok(TokenYield::Unbounded);
        }
        Ok(TokenYield::AtMost(Quantity::number(1.0)?.over(energy)?.to("token/Wh")?))
    }
}
