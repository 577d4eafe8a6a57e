//! The blind reset of the key-value row that a token leaves behind.
//!
//! E = k_B T ln 2 · 2 L k w b for L layers, k key-value heads of width w and elements of b bits, due when the row is
//! evicted; where the cache holds a latent (MLA), its elements.

use super::{Bound, BoundInputs, Kind};
use crate::landauer::LandauerError;
use crate::quantity::Quantity;
use crate::quantity::units::{f64::InformationPerToken, information_per_token::bit_per_token};

/// The rung of the key-value row.
pub(super) static BOUND: Bound = Bound {
    name: "kv-row",
    kind: Kind::Architecture,
    formula: "kT ln2 * 2 L kv hd b, or kT ln2 * L (r + m) b for a latent",
    assumptions: "every bit of the row is overwritten with no regard to the others, each found 0 or 1 alike",
    retained: "nothing",
    not_claimed: "no floor of inference: keys and values are functions of the prompt and the weights, so that with \
                  those at hand the row could be undone for nothing",
    source: "blind reset of a register, Landauer, IBM J. Res. Dev. 5, 183 (1961)",
    energy_per_token,
};

fn energy_per_token(inputs: &BoundInputs) -> Result<Quantity, LandauerError> {
    let bits = inputs.model().kv_bits_per_token(inputs.precision()?.cache);
    inputs.erasing(InformationPerToken::new::<bit_per_token>(bits as f64))
}
