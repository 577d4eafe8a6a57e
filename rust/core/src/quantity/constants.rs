//! Constants of nature, exact since the SI of 2019.
//!
//! Reference: BIPM, The International System of Units, 9th edition (2019), table 1; CODATA 2022 lists the same values.

use super::units::f64::{Action, ElectricCharge, HeatCapacity};
use super::units::{action::joule_second, electric_charge::coulomb, heat_capacity::joule_per_kelvin};

/// Value of the Boltzmann constant. [J/K]
pub const BOLTZMANN: f64 = 1.380_649e-23;
/// Value of the Planck constant. [J s]
pub const PLANCK: f64 = 6.626_070_15e-34;
/// Value of the elementary charge. [C]
pub const ELEMENTARY_CHARGE: f64 = 1.602_176_634e-19;
/// Value of the speed of light in vacuum. [m/s]
pub const SPEED_OF_LIGHT: f64 = 299_792_458.0;

/// The Boltzmann constant k_B.
pub fn boltzmann() -> HeatCapacity {
    HeatCapacity::new::<joule_per_kelvin>(BOLTZMANN)
}

/// The Planck constant h.
pub fn planck() -> Action {
    Action::new::<joule_second>(PLANCK)
}

/// The elementary charge e.
pub fn elementary_charge() -> ElectricCharge {
    ElectricCharge::new::<coulomb>(ELEMENTARY_CHARGE)
}
