//! The erasure of the token by an eraser that is tuned to another distribution.
//!
//! E = k_B T ln 2 H(p, q), the cross entropy: the entropy under p and the mismatch cost D(p, q) beside it.

use super::gate_level::shannon;
use super::{Bound, BoundInputs, Kind};
use crate::landauer::LandauerError;
use crate::landauer::error::within;
use crate::quantity::Quantity;
use crate::quantity::units::{f64::Information, information::bit};

/// The rung.
pub(super) static BOUND: Bound = Bound {
    name: "wrong-model",
    kind: Kind::Architecture,
    formula: "kT ln2 H(p, q) = kT ln2 (H(p) + D(p, q))",
    assumptions: "the eraser is matched to q and meets tokens of p; one slow reset; no cycle is left unfinished",
    retained: "context, and the other model q",
    not_claimed: "not the cost of choosing the token; with p at hand instead of q the eraser pays the output entropy",
    source: "mismatch cost: Kolchinsky and Wolpert, J. Stat. Mech. 083202 (2017) [as noted, not read again]; review \
                  arXiv:1905.05669 (abstract)",
    energy_per_token,
};

fn energy_per_token(inputs: &BoundInputs) -> Result<Quantity, LandauerError> {
    Ok(inputs.cross_entropy()?.times(inputs.limit())?)
}

/// What a reset tuned to `prior` erases when it meets `actual`, the entropy and the mismatch D(actual, prior).
///
/// The mismatch is infinite where the prior excludes a state that occurs.
///
/// # Errors
/// [`LandauerError::Range`] unless both are probabilities of the same states that add up to 1 within 1e-9.
///
/// # Example
/// ```
/// use szilard::landauer::bounds::reset_information;
/// use szilard::quantity::units::information::bit;
///
/// let (entropy, mismatch) = reset_information(&[0.5, 0.25, 0.125, 0.125], &[0.25; 4]).unwrap();
/// assert_eq!((entropy.get::<bit>(), mismatch.get::<bit>()), (1.75, 0.25));
/// ```
pub fn reset_information(actual: &[f64], prior: &[f64]) -> Result<(Information, Information), LandauerError> {
    let entropy = shannon(actual)?;
    shannon(prior)?;
    let alike = actual.len() == prior.len();
    within("the number of states", prior.len() as f64, alike, || format!("{} as of the other", actual.len()))?;
    let pairs = actual.iter().zip(prior).filter(|(p, _)| **p > 0.0);
    let mismatch: f64 = pairs.map(|(p, q)| p * (p / q).log2()).sum();
    Ok((entropy, Information::new::<bit>(mismatch.max(0.0))))
}
