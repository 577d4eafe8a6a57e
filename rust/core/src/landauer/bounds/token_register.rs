//! The blind reset of the register that holds the token.
//!
//! E = k_B T ln V: the reset knows only that there are V tokens. Against the output entropy it pays the mismatch
//! log2 V - H beside the entropy. A binary register has ceil(log2 V) bits, and its blind reset bit by bit costs those.

use super::{Bound, BoundInputs, Kind};
use crate::landauer::LandauerError;
use crate::quantity::Quantity;
use crate::quantity::units::{f64::InformationPerToken, information_per_token::bit_per_token};

/// The rung of the token register.
pub(super) static BOUND: Bound = Bound {
    name: "token-register",
    kind: Kind::Architecture,
    formula: "kT ln V",
    assumptions: "the reset is matched to a uniform distribution over the vocabulary",
    retained: "nothing about the token",
    not_claimed: "not a property of the model: an eraser that knows the distribution pays less; a binary register of \
                  ceil(log2 V) bits that is reset bit by bit pays slightly more",
    source: "output entropy and mismatch cost: Kolchinsky and Wolpert, J. Stat. Mech. 083202 (2017) [as noted, not \
             read again]",
    energy_per_token,
};

fn energy_per_token(inputs: &BoundInputs) -> Result<Quantity, LandauerError> {
    inputs.erasing(register_information(inputs.model().vocabulary()))
}

/// The information that a blind reset of a token's register erases, log2 V.
///
/// ```
/// use szilard::landauer::bounds::register_information;
/// use szilard::quantity::units::information_per_token::bit_per_token;
///
/// assert_eq!(register_information(128_256).get::<bit_per_token>(), 16.968666793195208);
/// ```
pub fn register_information(vocabulary: u128) -> InformationPerToken {
    InformationPerToken::new::<bit_per_token>((vocabulary.max(1) as f64).log2())
}

/// The bits of a binary register that tells the tokens of a vocabulary apart, ceil(log2 V).
pub fn register_width(vocabulary: u128) -> u32 {
    vocabulary.max(1).next_power_of_two().trailing_zeros()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_register_has_whole_bits() {
        for (vocabulary, bits) in [(1, 0), (2, 1), (3, 2), (4, 2), (5, 3), (65_536, 16), (65_537, 17)] {
            assert_eq!(register_width(vocabulary), bits);
        }
    }
}
