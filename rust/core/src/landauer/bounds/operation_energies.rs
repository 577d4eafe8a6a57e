//! The multiplications and additions of a token at the energies of a manufacturing technology.
//!
//! E = (e_multiply + e_add) N_MAC. Figures are carried only with the document in which they were seen.

use super::{Bound, BoundInputs, Kind};
use crate::input::printable;
use crate::landauer::LandauerError;
use crate::quantity::Quantity;
use crate::quantity::units::energy_per_token::joule_per_token;
use crate::quantity::units::f64::EnergyPerToken;
use crate::source::Evidence;

/// The rung.
pub(super) static BOUND: Bound = Bound {
    name: "operation-energies",
    kind: Kind::Technology,
    formula: "(e_multiply + e_add) N_MAC",
    assumptions: "one multiplier and one adder of the stated format and node for each multiplication with addition",
    retained: "everything: nothing is said of what is erased",
    not_claimed: "no bound: an estimate for one old node without control, wires or memory, which cost more than the \
                  arithmetic",
    source: "Horowitz, ISSCC 2014, 45 nm, 0.9 V [secondary: the document in which each figure was seen is in ARITHMETIC]",
    energy_per_token,
};

fn energy_per_token(inputs: &BoundInputs) -> Result<Quantity, LandauerError> {
    let Arithmetic { multiply, add, .. } = inputs.arithmetic()?;
    let macs = inputs.model().macs(inputs.context()?)? as f64;
    Ok(Quantity::from(EnergyPerToken::new::<joule_per_token>(macs * (multiply + add))))
}

/// The energies of a multiplier and of an adder.
#[derive(Debug, PartialEq)]
pub struct Arithmetic {
    /// Format and node.
    pub name: &'static str,
    /// Energy of a multiplication. [J]
    pub multiply: f64,
    /// Energy of an addition. [J]
    pub add: f64,
    /// Where the figures come from.
    pub source: &'static str,
    /// How far that was verified.
    pub evidence: Evidence,
    /// The document in which they were seen.
    pub seen_in: &'static str,
}

const HOROWITZ: &str = "Horowitz, Computing's energy problem, ISSCC 2014, 45 nm, 0.9 V";
const SEEN_IN: &str = "stillwater-sc/universal, include/sw/universal/energy/cost_models/generic_45nm.hpp at 64ab570";

/// The arithmetic that is carried.
pub const ARITHMETIC: &[Arithmetic] = &[
    Arithmetic::secondary("fp32-45nm", 3.7e-12, 0.9e-12),
    Arithmetic::secondary("int32-45nm", 3.1e-12, 0.1e-12),
    Arithmetic::secondary("fp16-45nm", 1.1e-12, 0.4e-12),
    Arithmetic::secondary("int8-45nm", 0.2e-12, 0.03e-12),
];

impl Arithmetic {
    const fn secondary(name: &'static str, multiply: f64, add: f64) -> Self {
        Self { name, multiply, add, source: HOROWITZ, evidence: Evidence::Secondary, seen_in: SEEN_IN }
    }

    /// The arithmetic of a format and node.
    ///
    /// # Errors
    /// [`LandauerError::UnknownWord`] with those there are.
    pub fn named(name: &str) -> Result<&'static Self, LandauerError> {
        ARITHMETIC.iter().find(|arithmetic| arithmetic.name == name).ok_or_else(|| LandauerError::UnknownWord {
            what: "arithmetic",
            found: printable(name),
            known: ARITHMETIC.iter().map(|arithmetic| arithmetic.name).collect::<Vec<_>>().join(", "),
        })
    }
}
