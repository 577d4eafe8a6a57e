//! The blind reset of every activation that decoding a token writes.
//!
//! E = k_B T ln 2 · b N(s), with activations of b bits and the elements N at a context s of
//! [`Model::activation_elements`](crate::landauer::Model::activation_elements).

use super::{Bound, BoundInputs, Kind};
use crate::landauer::LandauerError;
use crate::quantity::Quantity;
use crate::quantity::units::{f64::InformationPerToken, information_per_token::bit_per_token};

/// The rung of the activation writes.
pub(super) static BOUND: Bound = Bound {
    name: "activation-writes",
    kind: Kind::Convention,
    formula: "kT ln2 * b_a * (elements written by the unfused schedule)",
    assumptions: "no two operations are fused; every element is overwritten blind, bit by bit",
    retained: "nothing",
    not_claimed: "no floor: activations are functions of the prompt and the weights, and a fused kernel writes fewer",
    source: "counting convention of this project",
    energy_per_token,
};

fn energy_per_token(inputs: &BoundInputs) -> Result<Quantity, LandauerError> {
    let elements = inputs.model().activation_elements(inputs.context()?)? as f64;
    let width = f64::from(inputs.precision()?.activation);
    inputs.erasing(InformationPerToken::new::<bit_per_token>(elements * width))
}
