//! The entropy that the measured energy delivers to the bath: bookkeeping, and no bound.
//!
//! S = E/(k_B T ln 2), [`Ladder::landauer_units`](crate::landauer::Ladder::landauer_units).

use super::{Bound, BoundInputs, Kind};
use crate::landauer::LandauerError;
use crate::quantity::Quantity;

/// The rung.
pub(super) static BOUND: Bound = Bound {
    name: "exported-entropy",
    kind: Kind::Universal,
    formula: "S = E/(kT ln2), an identity",
    assumptions: "all of the energy leaves as heat to one bath at T",
    retained: "nothing is asked",
    not_claimed: "no bound: it says how much entropy the heat already measured has exported, and nothing of what was computed",
    source: "second law, Q = T dS for a bath",
    energy_per_token,
};

fn energy_per_token(_: &BoundInputs) -> Result<Quantity, LandauerError> {
    let instead = "the figure is landauer_units, E/(kT ln2) in bit/token";
    Err(LandauerError::Identity { bound: BOUND.name, instead })
}
