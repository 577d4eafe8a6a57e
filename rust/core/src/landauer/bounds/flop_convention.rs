//! One bit for every operation.
//!
//! E = k_B T ln 2 · 1 bit · FLOP: the one denominator of the program landauer-gap 0.8, kept so that its figures can be
//! compared. A way of counting: an operation has no one bit that it erases.

use super::{Bound, BoundInputs, Kind};
use crate::landauer::LandauerError;
use crate::quantity::Quantity;
use crate::quantity::units::{f64::InformationPerToken, information_per_token::bit_per_token};

/// The rung.
pub(super) static BOUND: Bound = Bound {
    name: "flop-convention",
    kind: Kind::Convention,
    formula: "kT ln2 * 1 bit * FLOP",
    assumptions: "one bit is erased in every floating-point operation",
    retained: "nothing is asked",
    not_claimed: "no property of arithmetic; landauer-gap forms it with facility energy over all tokens and 2 or 6 operations a parameter",
    source: "landauer-gap 0.8.0, floor = kT ln2 for an operation",
    energy_per_token,
};

fn energy_per_token(inputs: &BoundInputs) -> Result<Quantity, LandauerError> {
    let operations = inputs.model().decode_flops(inputs.context()?)? as f64;
    inputs.erasing(InformationPerToken::new::<bit_per_token>(operations))
}
