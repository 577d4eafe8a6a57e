//! One bit for each non-linear unit.
//!
//! E = k_B T ln 2 · L f k for feed-forward blocks of width f in L layers and k experts for each token: linear layers
//! count nothing, each unit behind an activation function one bit. The proper input is the measured mean number of
//! units that change their state; one bit for each is the most that two states can give.

use super::{Bound, BoundInputs, Kind};
use crate::landauer::LandauerError;
use crate::quantity::Quantity;
use crate::quantity::units::{f64::InformationPerToken, information_per_token::bit_per_token};

/// The rung of the non-linear units.
pub(super) static BOUND: Bound = Bound {
    name: "nonlinear-units",
    kind: Kind::Architecture,
    formula: "kT ln2 * L d_ff k * 1 bit",
    assumptions: "linear layers are reversible; every unit behind an activation function erases one bit",
    retained: "inputs of the linear layers, not those of the units",
    not_claimed: "not unavoidable, though its source says so: with the inputs kept, or uncomputed, the units erase \
                  nothing",
    source: "after arXiv:2503.09980 (abstract), at one bit a unit in place of measured flips",
    energy_per_token,
};

fn energy_per_token(inputs: &BoundInputs) -> Result<Quantity, LandauerError> {
    inputs.erasing(InformationPerToken::new::<bit_per_token>(inputs.model().nonlinear_units() as f64))
}
