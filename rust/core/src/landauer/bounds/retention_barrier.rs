//! The operands of every multiplication behind barriers that hold them for a time.
//!
//! E = k_B T ln(f0 t/p) (b_w + b_a) N_MAC, from escape at the rate f0 exp(-E/k_B T).

use super::mac_convention::consumed;
use super::{Bound, BoundInputs, Kind};
use crate::landauer::LandauerError;
use crate::landauer::reliability::retention_multiples;
use crate::quantity::Quantity;
use crate::quantity::units::f64::{Frequency, Time};
use crate::quantity::units::information_per_token::bit_per_token;

/// The rung.
pub(super) static BOUND: Bound = Bound {
    name: "retention-barrier",
    kind: Kind::Architecture,
    formula: "kT ln(f0 t/p) (b_w + b_a) N_MAC",
    assumptions: "every operand bit is held for the stated time behind a thermal barrier, and its energy is lost each time",
    retained: "accumulators",
    not_claimed: "stored energy, dissipated only where it is not recovered; not Landauer",
    source: "escape over a barrier, Zhirnov, Cavin, Hutchby and Bourianoff, Proc. IEEE 91, 1934 (2003) [as noted, not read \
                  again]",
    energy_per_token,
};

fn energy_per_token(inputs: &BoundInputs) -> Result<Quantity, LandauerError> {
    let Retention { attempts, hold } = inputs.retention()?;
    let multiples = retention_multiples(attempts, hold, inputs.error_probability()?)?;
    inputs.thermal(multiples * consumed(inputs)?.get::<bit_per_token>())
}

/// How often a bath attempts a barrier, and how long the barrier holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Retention {
    /// Rate of attempts f0. [Hz]
    pub attempts: Frequency,
    /// Time of holding t; f0 t is at least 1. [s]
    pub hold: Time,
}
