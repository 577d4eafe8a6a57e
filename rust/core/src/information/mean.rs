//! The mean information of tokens, with what is uncertain about it.

use super::Base;
use super::sum::sum;
use crate::quantity::{Component, Distribution, Measured, Quantity, UnitError};

/// A mean over tokens, in the unit of the base it was asked for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MeanInformation {
    /// The mean. [unit of the base/token]
    pub value: f64,
    /// Standard error of the mean over tokens, taken as independent; `None` for one token. [unit of the base/token]
    pub standard_error: Option<f64>,
    /// Standard uncertainty from the rounding of the stored logits, independent from token to token.
    pub u: f64,
    /// The number of tokens.
    pub tokens: usize,
}

impl MeanInformation {
    /// The mean as a quantity, asked for in bit. [bit/token]
    ///
    /// Its budget has the scatter over tokens (type A) and the rounding of the logits, where that is evaluated.
    ///
    /// # Errors
    ///
    /// [`UnitError::NotFinite`] for a mean that is infinite, as that of a masked target.
    pub fn quantity(&self) -> Result<Quantity, UnitError> {
        let freedom = self.tokens as f64 - 1.0;
        let tokens = self
            .standard_error
            .map(|u| Component::anonymous("scatter over tokens", Distribution::StudentT(freedom), u).type_a(freedom));
        let rounding =
            (self.u > 0.0).then(|| Component::anonymous("rounding of the logits", Distribution::Normal, self.u));
        let measured = Measured::with_components(self.value, tokens.into_iter().chain(rounding).collect());
        Quantity::from_measured(measured, "bit/token".parse()?)
    }
}

/// The mean of figures in nat, with rounding uncertainties that are independent.
pub(super) fn mean(nat: &[f64], u: &[f64], base: Base) -> MeanInformation {
    let count = nat.len() as f64;
    let centre = sum(nat.iter().copied()) / count;
    let squares = sum(nat.iter().map(|value| (value - centre).powi(2)));
    let error = (nat.len() > 1).then(|| (squares / (count - 1.0) / count).sqrt());
    MeanInformation {
        value: base.from_nat(centre),
        standard_error: error.map(|error| base.from_nat(error)),
        u: base.from_nat(sum(u.iter().map(|u| u * u)).sqrt() / count),
        tokens: nat.len(),
    }
}
