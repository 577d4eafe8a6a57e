//! The operands of every multiplication, charged as erased.
//!
//! E = k_B T ln 2 (b_w + b_a) N_MAC: a weight of b_w and an activation of b_a bits are consumed, and the accumulator
//! keeps its width. A way of counting: acc + a b modulo 2^n with a and b kept is a bijection and erases nothing, and an
//! 8 x 8 bit product of uniform operands that are destroyed erases 2.29 bit, not 16.

use super::{Bound, BoundInputs, Kind};
use crate::landauer::{LandauerError, Precision};
use crate::quantity::Quantity;
use crate::quantity::units::f64::{Information, InformationPerToken, TokenCount};
use crate::quantity::units::{information::bit, token_count::token};

/// The rung of the multiplications.
pub(super) static BOUND: Bound = Bound {
    name: "mac-convention",
    kind: Kind::Convention,
    formula: "kT ln2 (b_w + b_a) N_MAC",
    assumptions: "both operands of every multiplication are erased, bit by bit",
    retained: "accumulators",
    not_claimed: "no property of the map: with the operands kept, a multiplication with addition is a bijection and \
                  costs nothing; a ratio to it restates the energy of an operation",
    source: "counting convention, common in the literature",
    energy_per_token,
};

fn energy_per_token(inputs: &BoundInputs) -> Result<Quantity, LandauerError> {
    inputs.erasing(consumed(inputs)?)
}

/// The operands that decoding a token consumes.
pub(super) fn consumed(inputs: &BoundInputs) -> Result<InformationPerToken, LandauerError> {
    let macs = inputs.model().macs(inputs.context()?)? as f64;
    Ok(macs * mac_information(inputs.precision()?) / TokenCount::new::<token>(1.0))
}

/// The operands of one multiplication, b_w + b_a.
///
/// ```
/// use szilard::landauer::bounds::mac_information;
/// use szilard::quantity::units::information::bit;
///
/// assert_eq!(mac_information("int4xfp16".parse().unwrap()).get::<bit>(), 20.0);
/// ```
pub fn mac_information(precision: Precision) -> Information {
    Information::new::<bit>(precision.weight + f64::from(precision.activation))
}
