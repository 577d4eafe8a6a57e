//! The memory traffic of a token at a stated energy for each bit.
//!
//! E = e (8 W(B)/B + R(s) + r): the weights W that a step of a batch B reads, shared by its tokens, the cache R that a
//! context s reads, and the row r that is written. The only rung that depends on the batch.

use super::{Bound, BoundInputs, Kind};
use crate::landauer::LandauerError;
use crate::quantity::Quantity;
use crate::quantity::units::{f64::InformationPerToken, information_per_token::bit_per_token};

/// The rung of the data movement.
pub(super) static BOUND: Bound = Bound {
    name: "data-movement",
    kind: Kind::Technology,
    formula: "e (8 W(B)/B + R(s) + r)",
    assumptions: "every weight and every cached element crosses the memory interface once in a step; experts are \
                  chosen uniformly and independently; tokens of a batch share one step and one context length",
    retained: "everything: data are copied, not erased",
    not_claimed: "no bound: an estimate for one memory technology; caches, speculative decoding and another memory \
                  change it",
    source: "transfer energy as given by the caller",
    energy_per_token,
};

fn energy_per_token(inputs: &BoundInputs) -> Result<Quantity, LandauerError> {
    let (transfer, precision) = (inputs.transfer_energy()?, inputs.precision()?);
    let (batch, context) = (inputs.batch()?, inputs.context()?);
    let weights = 8.0 * inputs.model.weight_bytes(batch, precision.weight)? / batch as f64;
    let read = inputs.model.kv_bits_read(context, precision.cache)?;
    let cache = (read + inputs.model.kv_bits_per_token(precision.cache)) as f64;
    Ok(Quantity::from(InformationPerToken::new::<bit_per_token>(weights + cache)).times(transfer)?)
}
