//! The mean energy above the ground state that a step of a stated time asks for.
//!
//! E = h/(4 t): no system passes to an orthogonal state sooner. A mean energy that is there, and no dissipation.

use super::{Bound, BoundInputs, Kind};
use crate::landauer::LandauerError;
use crate::landauer::error::within;
use crate::quantity::Quantity;
use crate::quantity::constants::{PLANCK, SPEED_OF_LIGHT, planck};
use crate::quantity::units::f64::{Energy, Time, TokenCount};
use crate::quantity::units::{energy::joule, token_count::token};

/// The rung.
pub(super) static BOUND: Bound = Bound {
    name: "margolus-levitin",
    kind: Kind::Universal,
    formula: "h/(4 t)",
    assumptions: "one passage to an orthogonal state in the stated time for each token",
    retained: "everything: the evolution is unitary",
    not_claimed: "energy that is present, not energy that is spent: it may serve the next step",
    source: "Margolus and Levitin, Physica D 120, 188 (1998) [as noted, not read again]",
    energy_per_token,
};

fn energy_per_token(inputs: &BoundInputs) -> Result<Quantity, LandauerError> {
    let time: Time = inputs.step_time()?.as_static()?;
    Ok(Quantity::from(speed_energy(time)? / TokenCount::new::<token>(1.0)))
}

/// The least mean energy above the ground state of a system that passes to an orthogonal state in a time, h/(4 t).
///
/// # Errors
/// [`LandauerError::Range`] for a time that is not positive and finite.
///
/// # Example
/// ```
/// use szilard::landauer::bounds::speed_energy;
/// use szilard::quantity::units::{energy::joule, f64::Time, time::second};
///
/// let energy = speed_energy(Time::new::<second>(1e-9)).unwrap();
/// assert!((energy.get::<joule>() / 1.6565175375e-25 - 1.0).abs() < 1e-15);
/// ```
pub fn speed_energy(time: Time) -> Result<Energy, LandauerError> {
    let expected = || "above 0, and finite".to_owned();
    within("the time of a step", time.value, time.value > 0.0 && time.value.is_finite(), expected)?;
    Ok(planck() / (4.0 * time))
}

/// The shortest time in which a system of a mean energy passes to an orthogonal state, h/(4 E).
///
/// # Errors
/// [`LandauerError::Range`] for an energy that is not positive and finite.
pub fn speed_time(energy: Energy) -> Result<Time, LandauerError> {
    let (found, expected) = (energy.get::<joule>(), || "above 0 J, and finite".to_owned());
    within("the mean energy", found, found > 0.0 && found.is_finite(), expected)?;
    Ok(planck() / (4.0 * energy))
}

/// Bremermann's rate for a mass, c²/h. [bit/(s kg)]
pub fn bremermann_rate() -> f64 {
    SPEED_OF_LIGHT * SPEED_OF_LIGHT / PLANCK
}
