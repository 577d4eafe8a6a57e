//! The operations of a token at the efficiency that CMOS may reach.
//!
//! E = FLOP/η with η = 4.7·10¹⁵ operations of 4 bits for a joule.

use super::{Bound, BoundInputs, Kind};
use crate::landauer::LandauerError;
use crate::quantity::Quantity;
use crate::quantity::units::{energy_per_token::joule_per_token, f64::EnergyPerToken};

/// Operations of 4 bits for a joule, geometric mean of the estimate of arXiv:2312.08595 (abstract). [1/J]
pub const OPERATIONS_PER_JOULE: f64 = 4.7e15;

/// The rung.
pub(super) static BOUND: Bound = Bound {
    name: "cmos-limit",
    kind: Kind::Technology,
    formula: "FLOP / (4.7e15 FLOP/J)",
    assumptions: "operations of 4 bits, whatever the model is served with; the geometric mean of an estimated range",
    retained: "everything: nothing is said of what is erased",
    not_claimed: "no bound: an estimate of where one technology ends, for another precision than most models are served with",
    source: "Ho and others, arXiv:2312.08595 (abstract): 4.7e15 FP4 operations for a joule, geometric mean",
    energy_per_token,
};

fn energy_per_token(inputs: &BoundInputs) -> Result<Quantity, LandauerError> {
    let operations = inputs.model().decode_flops(inputs.context()?)? as f64;
    Ok(Quantity::from(EnergyPerToken::new::<joule_per_token>(operations / OPERATIONS_PER_JOULE)))
}
