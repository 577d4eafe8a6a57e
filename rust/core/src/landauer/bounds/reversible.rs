//! Rung 0: reversible computation.
//!
//! E = 0. Compute, copy the token out, and run the computation backwards: prompt, weights and text are kept, nothing
//! is erased. Drawing the token from bath noise raises the entropy of its register, and so costs no work either.

use super::{Bound, BoundInputs, Kind};
use crate::landauer::LandauerError;
use crate::quantity::Quantity;
use crate::quantity::units::{energy_per_token::joule_per_token, f64::EnergyPerToken};

/// The reversible rung.
pub(super) static BOUND: Bound = Bound {
    name: "reversible",
    kind: Kind::Universal,
    formula: "0",
    assumptions: "compute, copy out, uncompute; unlimited time and scratch space",
    retained: "prompt, weights, text",
    not_claimed: "no target: nothing is said of the time and the space that it takes; no ratio is formed against it",
    source: "Bennett, IBM J. Res. Dev. 17, 525 (1973)",
    energy_per_token,
};

fn energy_per_token(_: &BoundInputs) -> Result<Quantity, LandauerError> {
    Ok(Quantity::from(EnergyPerToken::new::<joule_per_token>(0.0)))
}
