//! A board on a heat sink: one thermal resistance and one heat capacity.

use crate::edge::EdgeError;
use crate::edge::error::{at_least, positive};
use crate::quantity::units::f64::{HeatCapacity, Power, Temperature, ThermalConductance, ThermalResistance};
use crate::quantity::{Function, Quantity};

/// A board that heats up as C dT/dt = P - (T - Ta)/R and throttles at a threshold.
#[derive(Debug, Clone)]
pub struct ThermalNode {
    pub(in crate::edge) resistance: Quantity,
    pub(in crate::edge) capacity: Quantity,
    pub(in crate::edge) ambient: Quantity,
    pub(in crate::edge) threshold: Quantity,
    /// Slope and reference temperature of a leakage.
    pub(in crate::edge) leakage: Option<[Quantity; 2]>,
}

/// When a board throttles.
#[derive(Debug, Clone, PartialEq)]
pub enum Throttle {
    /// Never: the steady temperature does not pass the threshold.
    Never,
    /// After a time from ambient temperature. [s]
    After(Quantity),
}

/// A power that grows with temperature, P = P0 + a (T - Tref).
#[derive(Debug, Clone)]
pub struct Leakage {
    /// Power at the reference temperature. [W]
    pub power: Quantity,
    /// Slope. [W/K]
    pub slope: Quantity,
    /// Reference temperature. [K]
    pub reference: Quantity,
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
    /// [`EdgeError::Range`], [`EdgeError::Unit`].
    ///
    /// # Example
    /// ```
    /// use szilard::edge::{ThermalNode, Throttle};
    ///
    /// let [r, c, ambient, threshold] = ["9.5 K/W", "60 J/K", "28 degC", "80 degC"].map(|text| text.parse().unwrap());
    /// let board = ThermalNode::new(&r, &c, &ambient, &threshold).unwrap();
    /// // 52 K over 9.5 K/W
    /// assert!((board.max_power().unwrap().value() - 5.473684210526316).abs() < 1e-12);
    /// let Throttle::After(time) = board.time_to_throttle(&"7.2 W".parse().unwrap()).unwrap() else { panic!() };
    /// assert!((time.value() - 814.0121491850607).abs() < 1e-9);
    /// ```
    pub fn new(
        resistance: &Quantity,
        capacity: &Quantity,
        ambient: &Quantity,
        threshold: &Quantity,
    ) -> Result<Self, EdgeError> {
        let (r, c): (ThermalResistance, HeatCapacity) = (resistance.as_static()?, capacity.as_static()?);
        positive(r.value, "the thermal resistance", "K/W")?;
        positive(c.value, "the heat capacity", "J/K")?;
        let [least, found] = [kelvins(ambient)?, kelvins(threshold)?];
        positive(least, "the ambient temperature", "K")?;
        at_least(least, found, "the throttling temperature", "K", "at least the ambient")?;
        let [resistance, capacity, ambient, threshold] =
            [resistance, capacity, ambient, threshold].map(|quantity| quantity.at(None).on(None));
        Ok(Self { resistance, capacity, ambient, threshold, leakage: None })
    }

    /// The same board, whose power grows with its temperature by `slope` for each kelvin above `reference`, the
    /// temperature at which its powers were measured.
    ///
    /// # Errors
    /// [`EdgeError::Runaway`] where the slope times the resistance is 1 or more; [`EdgeError::Range`],
    /// [`EdgeError::Unit`].
    pub fn leaking(mut self, slope: &Quantity, reference: &Quantity) -> Result<Self, EdgeError> {
        self.gain(slope, reference)?;
        self.leakage = Some([slope.at(None).on(None), reference.at(None).on(None)]);
        Ok(self)
    }

    /// R. [K/W]
    pub fn resistance(&self) -> &Quantity {
        &self.resistance
    }

    /// Ta. [K]
    pub fn ambient(&self) -> &Quantity {
        &self.ambient
    }

    /// The temperature at which it throttles. [K]
    pub fn threshold(&self) -> &Quantity {
        &self.threshold
    }

    /// The power that the board carries for ever without throttling, (Tth - Ta)/R.
    ///
    /// # Errors
    /// [`EdgeError::Unit`] where the value is not finite.
    pub fn max_power(&self) -> Result<Quantity, EdgeError> {
        Ok(self.threshold.minus(&self.ambient)?.over(&self.resistance)?)
    }

    /// The time until the board throttles under a constant power, starting at ambient temperature,
    ///
    /// t = -R C ln(1 - (Tth - Ta)/(P R)).
    ///
    /// # Parameters
    /// - `power`: P, not below 0. [W]
    ///
    /// # Errors
    /// [`EdgeError::Range`], [`EdgeError::Unit`].
    pub fn time_to_throttle(&self, power: &Quantity) -> Result<Throttle, EdgeError> {
        let power = power.at(None).on(None);
        let watts = watts(&power)?;
        let most = self.max_power()?;
        if watts <= most.coherent_value() {
            return Ok(Throttle::Never);
        }
        let logarithm = most.over(&power)?.negated().map(Function::LnOnePlus)?;
        Ok(Throttle::After(self.resistance.times(&self.capacity)?.times(&logarithm.negated())?))
    }

    /// The steady temperature under a power that grows with temperature,
    ///
    /// T = (Ta + R (P0 - a Tref))/(1 - a R).
    ///
    /// # Errors
    /// [`EdgeError::Runaway`] where a R >= 1: there is no steady temperature. [`EdgeError::Range`] for a power or slope
    /// that is negative; [`EdgeError::Unit`].
    pub fn steady_temperature(&self, leakage: &Leakage) -> Result<Quantity, EdgeError> {
        let Leakage { power, slope, reference } = leakage;
        watts(power)?;
        let gain = self.gain(slope, reference)?;
        let [power, slope, reference] = [power, slope, reference].map(|quantity| quantity.at(None).on(None));
        let heat = power.minus(&slope.times(&reference)?)?;
        let sum = self.ambient.plus(&self.resistance.times(&heat)?)?;
        Ok(sum.over(&Quantity::number(1.0)?.minus(&gain)?)?)
    }

    fn gain(&self, slope: &Quantity, reference: &Quantity) -> Result<Quantity, EdgeError> {
        let found: ThermalConductance = slope.as_static()?;
        at_least(0.0, found.value, "the slope of the leakage", "W/K", "a finite value not below 0")?;
        positive(kelvins(reference)?, "the reference temperature", "K")?;
        let gain = slope.at(None).on(None).times(&self.resistance)?;
        if gain.value() >= 1.0 {
            return Err(EdgeError::Runaway { gain: gain.value() });
        }
        Ok(gain)
    }
}

fn kelvins(quantity: &Quantity) -> Result<f64, EdgeError> {
    let temperature: Temperature = quantity.as_static()?;
    Ok(temperature.value)
}

fn watts(quantity: &Quantity) -> Result<f64, EdgeError> {
    let power: Power = quantity.as_static()?;
    at_least(0.0, power.value, "the power", "W", "a finite value not below 0")?;
    Ok(power.value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quantity(text: &str) -> Quantity {
        text.parse().unwrap()
    }

    fn node(texts: [&str; 4]) -> Result<ThermalNode, EdgeError> {
        let [resistance, capacity, ambient, threshold] = texts.map(quantity);
        ThermalNode::new(&resistance, &capacity, &ambient, &threshold)
    }

    fn board() -> ThermalNode {
        node(["9.5 K/W", "60 J/K", "301.15 K", "353.15 K"]).unwrap()
    }

    #[test]
    fn a_board_at_its_rated_power_never_throttles_and_above_it_does() {
        let board = board();
        assert_eq!(board.time_to_throttle(&board.max_power().unwrap()).unwrap(), Throttle::Never);
        let Throttle::After(time) = board.time_to_throttle(&quantity("7.2 W")).unwrap() else { panic!("throttles") };
        // 52 K over 68.4 K, time constant 570 s
        assert!((time.value() - 814.012_149_185_060_7).abs() < 1e-9);
        assert!(board.time_to_throttle(&quantity("-1 W")).is_err());
    }

    #[test]
    fn leakage_raises_the_steady_temperature_until_there_is_none() {
        let leaking = |slope: &str| {
            board().steady_temperature(&Leakage {
                power: quantity("4 W"),
                slope: quantity(slope),
                reference: quantity("301.15 K"),
            })
        };
        // without: 28 degC + 38 K; with 0.02 W/K about the ambient: 38 K/(1 - 0.19)
        assert!((leaking("0 W/K").unwrap().value() - 339.15).abs() < 1e-12);
        assert!((leaking("0.02 W/K").unwrap().value() - (301.15 + 38.0 / 0.81)).abs() < 1e-10);
        assert!(matches!(leaking("0.2 W/K"), Err(EdgeError::Runaway { .. })));
        assert!(matches!(board().leaking(&quantity("0.2 W/K"), &quantity("300 K")), Err(EdgeError::Runaway { .. })));
    }

    #[test]
    fn a_heat_sink_that_cannot_be_is_refused() {
        assert!(node(["0 K/W", "60 J/K", "301.15 K", "353.15 K"]).is_err());
        assert!(node(["9.5 K/W", "60 J/K", "353.15 K", "301.15 K"]).is_err());
        assert!(node(["9.5 K/W", "-60 J/K", "301.15 K", "353.15 K"]).is_err());
        assert!(node(["9.5 W", "60 J/K", "301.15 K", "353.15 K"]).is_err());
    }

    #[test]
    fn the_uncertainty_of_the_resistance_goes_along() {
        let resistance = quantity("9.5 K/W").with_u(0.19, "r", crate::quantity::Distribution::Normal).unwrap();
        let [capacity, ambient, threshold] = ["60 J/K", "301.15 K", "353.15 K"].map(quantity);
        let power = ThermalNode::new(&resistance, &capacity, &ambient, &threshold).unwrap().max_power().unwrap();
        // 2 % of R are 2 % of the power
        assert!((power.u() / power.value() - 0.02).abs() < 1e-12);
    }
}
