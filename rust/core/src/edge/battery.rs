//! A battery: its energy, its efficiency and the charge below which it gives nothing.

use super::EdgeError;
use super::error::{at_least, positive};
use crate::quantity::Quantity;
use crate::quantity::units::f64::{ElectricCharge, ElectricPotential, Energy, Ratio};
use crate::quantity::units::{electric_charge::coulomb, electric_potential::volt, energy::joule};

/// A battery that does not age: the energy of the full battery, what of a charge comes back, and where it stops.
#[derive(Debug, Clone)]
pub struct Battery {
    energy: Quantity,
    efficiency: Quantity,
    cut_off: Quantity,
    start: Quantity,
}

impl Battery {
    /// A battery by its capacity: an energy, or a charge together with the voltage at which it is given. It starts full,
    /// loses nothing and gives all, until it is told otherwise.
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
        let (whole, none) = (Quantity::number(1.0)?, Quantity::number(0.0)?);
        Ok(Self { energy, efficiency: whole.clone(), cut_off: none, start: whole })
    }

    /// The same battery, of whose charge only this share comes back; the loss is booked while it charges.
    ///
    /// # Errors
    /// [`EdgeError::Range`] unless it is above 0 and at most 1, [`EdgeError::Unit`].
    pub fn with_efficiency(self, efficiency: &Quantity) -> Result<Self, EdgeError> {
        let found: Ratio = efficiency.as_static()?;
        if !(found.value > 0.0 && found.value <= 1.0) {
            let (what, expected) = ("the efficiency of a battery", "above 0 and at most 1");
            return Err(EdgeError::Range { what, found: found.value, unit: "", expected });
        }
        Ok(Self { efficiency: efficiency.clone(), ..self })
    }

    /// The same battery, whose controller cuts the load off at a share of the full energy, and which starts at another
    /// share.
    ///
    /// # Errors
    /// [`EdgeError::Range`] unless 0 <= cut-off < 1 and cut-off <= start <= 1, [`EdgeError::Unit`].
    pub fn between(self, cut_off: &Quantity, start: &Quantity) -> Result<Self, EdgeError> {
        let [low, first]: [Ratio; 2] = [cut_off.as_static()?, start.as_static()?];
        if !(0.0..1.0).contains(&low.value) {
            let (what, expected) = ("the cut-off of a battery", "a share not below 0 and below 1");
            return Err(EdgeError::Range { what, found: low.value, unit: "", expected });
        }
        if !(low.value..=1.0).contains(&first.value) {
            let (what, expected) = ("the charge at the start", "a share from the cut-off to 1");
            return Err(EdgeError::Range { what, found: first.value, unit: "", expected });
        }
        Ok(Self { cut_off: cut_off.clone(), start: start.clone(), ..self })
    }

    /// The share of a charge that comes back.
    pub fn efficiency(&self) -> &Quantity {
        &self.efficiency
    }

    /// The share of the full energy at which the load is cut off.
    pub fn cut_off(&self) -> &Quantity {
        &self.cut_off
    }

    /// The share of the full energy at the start.
    pub fn start(&self) -> &Quantity {
        &self.start
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
