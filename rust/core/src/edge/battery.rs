//! A battery as an energy.

use super::EdgeError;
use super::error::{at_least, positive};
use crate::quantity::Quantity;
use crate::quantity::units::f64::{ElectricCharge, ElectricPotential, Energy};
use crate::quantity::units::{electric_charge::coulomb, electric_potential::volt, energy::joule};

/// The energy of a full battery.
#[derive(Debug, Clone)]
pub struct Battery {
    energy: Quantity,
}

impl Battery {
    /// A battery by its capacity: an energy, or a charge together with the voltage at which it is given.
    ///
    /// # Parameters
    /// - `capacity`: energy or charge. [Wh or Ah]
    /// - `voltage`: nominal voltage; needed for a charge, and not used for an energy. [V]
    ///
    /// # Errors
    /// [`EdgeError::VoltageMissing`] for a charge alone; [`EdgeError::Range`]; [`EdgeError::Unit`].
    ///
    /// # Example
    /// ```
    /// use szilard::edge::Battery;
    ///
    /// let battery = Battery::new(&"20 Ah".parse().unwrap(), Some(&"12.8 V".parse().unwrap())).unwrap();
    /// assert_eq!(battery.energy().to("Wh").unwrap().to_string(), "256 Wh");
    /// assert!(Battery::new(&"20 Ah".parse().unwrap(), None).is_err());
    /// ```
    pub fn new(capacity: &Quantity, voltage: Option<&Quantity>) -> Result<Self, EdgeError> {
        let charge = capacity.as_static().map(|charge: ElectricCharge| charge.get::<coulomb>());
        let energy = match (charge, voltage) {
            (Ok(charge), Some(voltage)) => {
                positive(charge, "the charge of a battery", "C")?;
                let volts = voltage.as_static().map(|voltage: ElectricPotential| voltage.get::<volt>())?;
                positive(volts, "the voltage of a battery", "V")?;
                capacity.times(voltage)?
            }
            (Ok(_), None) => return Err(EdgeError::VoltageMissing { charge: capacity.to_string() }),
            (Err(_), _) => {
                positive(joules(capacity)?, "the energy of a battery", "J")?;
                capacity.clone()
            }
        };
        Ok(Self { energy })
    }

    /// The energy of the full battery.
    pub fn energy(&self) -> &Quantity {
        &self.energy
    }

    /// The share of the full battery that a number of calls takes.
    ///
    /// # Parameters
    /// - `energy_per_call`: at the boundary of the battery, not below 0. [J]
    /// - `calls`: how many.
    ///
    /// # Errors
    /// [`EdgeError::Range`], [`EdgeError::Unit`], [`EdgeError::Boundary`].
    ///
    /// # Example
    /// ```
    /// use szilard::edge::Battery;
    ///
    /// let battery = Battery::new(&"256 Wh".parse().unwrap(), None).unwrap();
    /// let share = battery.share(&"29.52 J".parse().unwrap(), 100).unwrap();
    /// assert_eq!(share.to("%").unwrap().to_string(), "0.3203125 %");
    /// ```
    pub fn share(&self, energy_per_call: &Quantity, calls: u64) -> Result<Quantity, EdgeError> {
        at_least(0.0, joules(energy_per_call)?, "the energy of a call", "J", "a finite value not below 0")?;
        Ok(energy_per_call.times(&Quantity::number(calls as f64)?)?.over(&self.energy)?)
    }
}

fn joules(quantity: &Quantity) -> Result<f64, EdgeError> {
    Ok(quantity.as_static().map(|energy: Energy| energy.get::<joule>())?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quantity(text: &str) -> Quantity {
        text.parse().unwrap()
    }

    #[test]
    fn what_is_no_capacity_is_refused() {
        assert!(matches!(Battery::new(&quantity("20 Ah"), None), Err(EdgeError::VoltageMissing { .. })));
        assert!(matches!(Battery::new(&quantity("20 W"), None), Err(EdgeError::Unit(_))));
        assert!(matches!(Battery::new(&quantity("20 Ah"), Some(&quantity("12.8 A"))), Err(EdgeError::Unit(_))));
        assert!(matches!(Battery::new(&quantity("0 Wh"), None), Err(EdgeError::Range { .. })));
        assert!(matches!(Battery::new(&quantity("-20 Ah"), Some(&quantity("-3 V"))), Err(EdgeError::Range { .. })));
    }
}
