//! The erasure of the token by one who holds the model and the context.
//!
//! E = k_B T ln 2 H(Y | context).

use super::{Bound, BoundInputs, Kind};
use crate::landauer::LandauerError;
use crate::quantity::Quantity;

/// The rung of the output entropy.
pub(super) static BOUND: Bound = Bound {
    name: "output-entropy",
    kind: Kind::Universal,
    formula: "kT ln2 H(token | context)",
    assumptions: "the token's last copy is erased, slowly and with a protocol matched to the model's distribution; \
                  logits and sampler share one distribution",
    retained: "model and context, as side information of the eraser",
    not_claimed: "not the cost of choosing the token: a draw raises the entropy of its register; zero for greedy \
                  decoding or a known seed",
    source: "Landauer, IBM J. Res. Dev. 5, 183 (1961), with side information",
    energy_per_token,
};

fn energy_per_token(inputs: &BoundInputs) -> Result<Quantity, LandauerError> {
    Ok(inputs.entropy()?.times(inputs.limit())?)
}
