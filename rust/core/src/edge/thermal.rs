//! A board on a heat sink: one thermal resistance and one heat capacity.

use super::EdgeError;
use super::error::{at_least, positive};
use crate::quantity::units::f64::{
    HeatCapacity, Power, Ratio, Temperature, ThermalConductance, ThermalResistance, Time,
};
use crate::quantity::units::{
    heat_capacity::joule_per_kelvin, power::watt, ratio::ratio, temperature::kelvin,
    thermal_conductance::watt_per_kelvin, thermal_resistance::kelvin_per_watt,
};

/// A board that heats up as C dT/dt = P - (T - Ta)/R and throttles at a threshold.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ThermalNode {
    resistance: ThermalResistance,
    capacity: HeatCapacity,
    ambient: Temperature,
    threshold: Temperature,
}

/// When a board throttles.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Throttle {
    /// Never: the steady temperature does not pass the threshold.
    Never,
    /// After a time from ambient temperature. [s]
    After(Time),
}

/// A power that grows with temperature, P = P0 + a (T - Tref).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Leakage {
    /// Power at the reference temperature. [W]
    pub power: Power,
    /// Slope. [W/K]
    pub slope: ThermalConductance,
    /// Reference temperature. [K]
    pub reference: Temperature,
}

impl ThermalNode {
    /// A board.
    ///
    /// # Parameters
    /// - `resistance`: R, from the junction to the ambient. [K/W]
    /// - `capacity`: C. [J/K]
    /// - `ambient`: Ta. [K]
    /// - `threshold`: the temperature at which it throttles, not below the ambient. [K]
    ///
    /// # Errors
    /// [`EdgeError::Range`].
    pub fn new(
        resistance: ThermalResistance,
        capacity: HeatCapacity,
        ambient: Temperature,
        threshold: Temperature,
    ) -> Result<Self, EdgeError> {
        positive(resistance.get::<kelvin_per_watt>(), "the thermal resistance", "K/W")?;
        positive(capacity.get::<joule_per_kelvin>(), "the heat capacity", "J/K")?;
        positive(ambient.get::<kelvin>(), "the ambient temperature", "K")?;
        let (least, found) = (ambient.get::<kelvin>(), threshold.get::<kelvin>());
        at_least(least, found, "the throttling temperature", "K", "at least the ambient")?;
        Ok(Self { resistance, capacity, ambient, threshold })
    }

    /// The power that the board carries for ever without throttling, (Tth - Ta)/R.
    pub fn max_power(&self) -> Power {
        (self.threshold - self.ambient) / self.resistance
    }

    /// The time until the board throttles under a constant power, starting at ambient temperature,
    ///
    /// t = -R C ln(1 - (Tth - Ta)/(P R)).
    ///
    /// # Parameters
    /// - `power`: P, not below 0. [W]
    ///
    /// # Errors
    /// [`EdgeError::Range`].
    pub fn time_to_throttle(&self, power: Power) -> Result<Throttle, EdgeError> {
        at_least(0.0, power.get::<watt>(), "the power", "W", "a finite value not below 0")?;
        if power <= self.max_power() {
            return Ok(Throttle::Never);
        }
        let share: Ratio = self.max_power() / power;
        Ok(Throttle::After(self.resistance * self.capacity * -(-share.get::<ratio>()).ln_1p()))
    }

    /// The steady temperature under a power that grows with temperature,
    ///
    /// T = (Ta + R (P0 - a Tref))/(1 - a R).
    ///
    /// # Errors
    /// [`EdgeError::Runaway`] where a R >= 1: there is no steady temperature. [`EdgeError::Range`] for a power or slope
    /// that is negative or not finite.
    pub fn steady_temperature(&self, leakage: Leakage) -> Result<Temperature, EdgeError> {
        let Leakage { power, slope, reference } = leakage;
        at_least(0.0, power.get::<watt>(), "the power", "W", "a finite value not below 0")?;
        at_least(0.0, slope.get::<watt_per_kelvin>(), "the slope of the leakage", "W/K", "a finite value not below 0")?;
        positive(reference.get::<kelvin>(), "the reference temperature", "K")?;
        let gain: Ratio = slope * self.resistance;
        if gain.get::<ratio>() >= 1.0 {
            return Err(EdgeError::Runaway { gain: gain.get::<ratio>() });
        }
        Ok((self.ambient + self.resistance * (power - slope * reference)) / (Ratio::new::<ratio>(1.0) - gain))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quantity::units::time::second;

    fn board() -> ThermalNode {
        ThermalNode::new(
            ThermalResistance::new::<kelvin_per_watt>(9.5),
            HeatCapacity::new::<joule_per_kelvin>(60.0),
            Temperature::new::<kelvin>(301.15),
            Temperature::new::<kelvin>(353.15),
        )
        .unwrap()
    }

    #[test]
    fn a_board_at_its_rated_power_never_throttles_and_above_it_does() {
        let board = board();
        assert_eq!(board.time_to_throttle(board.max_power()).unwrap(), Throttle::Never);
        let Throttle::After(time) = board.time_to_throttle(Power::new::<watt>(7.2)).unwrap() else {
            panic!("throttles")
        };
        // 52 K over 68.4 K, time constant 570 s
        assert!((time.get::<second>() - 814.012_149_185_060_7).abs() < 1e-9);
        assert!(board.time_to_throttle(Power::new::<watt>(-1.0)).is_err());
    }

    #[test]
    fn leakage_raises_the_steady_temperature_until_there_is_none() {
        let leaking = |slope: f64| {
            board().steady_temperature(Leakage {
                power: Power::new::<watt>(4.0),
                slope: ThermalConductance::new::<watt_per_kelvin>(slope),
                reference: Temperature::new::<kelvin>(301.15),
            })
        };
        // without: 28 degC + 38 K; with 0.02 W/K about the ambient: 38 K/(1 - 0.19)
        assert!((leaking(0.0).unwrap().get::<kelvin>() - 339.15).abs() < 1e-12);
        assert!((leaking(0.02).unwrap().get::<kelvin>() - (301.15 + 38.0 / 0.81)).abs() < 1e-10);
        assert!(matches!(leaking(0.2), Err(EdgeError::Runaway { .. })));
    }

    #[test]
    fn a_heat_sink_that_cannot_be_is_refused() {
        let kelvins = Temperature::new::<kelvin>;
        let [resistance, none] = [9.5, 0.0].map(ThermalResistance::new::<kelvin_per_watt>);
        let capacity = HeatCapacity::new::<joule_per_kelvin>(60.0);
        assert!(ThermalNode::new(none, capacity, kelvins(301.15), kelvins(353.15)).is_err());
        assert!(ThermalNode::new(resistance, capacity, kelvins(353.15), kelvins(301.15)).is_err());
        assert!(ThermalNode::new(resistance, capacity, kelvins(f64::NAN), kelvins(301.15)).is_err());
    }
}
