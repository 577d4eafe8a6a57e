//! The operands of every multiplication, held by barriers that fail with a given probability.
//!
//! E = k_B T ln(1/p) (b_w + b_a) N_MAC. At p = 1/2, no reliability at all, it is the count of `mac-convention`.

use super::mac_convention::consumed;
use super::{Bound, BoundInputs, Kind};
use crate::landauer::LandauerError;
use crate::landauer::reliability::checked_probability;
use crate::quantity::Quantity;
use crate::quantity::units::{f64::Information, information::bit};

/// The rung of the reliability barrier.
pub(super) static BOUND: Bound = Bound {
    name: "reliability-barrier",
    kind: Kind::Architecture,
    formula: "kT ln(1/p) (b_w + b_a) N_MAC",
    assumptions: "every operand bit is held behind a thermal barrier and its energy is lost each time",
    retained: "accumulators",
    not_claimed: "the energy is stored in the barrier, and dissipated only where it is not recovered; not Landauer",
    source: "Zhirnov, Cavin, Hutchby and Bourianoff, Proc. IEEE 91, 1934 (2003) [as noted, not read again]",
    energy_per_token,
};

fn energy_per_token(inputs: &BoundInputs) -> Result<Quantity, LandauerError> {
    let held = held_information(inputs.error_probability()?)? / Information::new::<bit>(1.0);
    inputs.erasing(consumed(inputs)? * held)
}

/// The barrier of a bit that is wrong with probability p, in units of the Landauer limit: log2(1/p).
///
/// # Errors
/// [`LandauerError::Range`] unless 0 < p <= 1/2.
///
/// ```
/// use szilard::landauer::bounds::held_information;
/// use szilard::quantity::units::information::bit;
///
/// assert!((held_information(1e-15).unwrap().get::<bit>() - 49.82892142331043).abs() < 1e-13);
/// ```
pub fn held_information(error_probability: f64) -> Result<Information, LandauerError> {
    checked_probability(error_probability)?;
    Ok(Information::new::<bit>(-error_probability.log2()))
}
