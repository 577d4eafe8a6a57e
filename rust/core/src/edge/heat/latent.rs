//! A store of heat that melts.

use super::exergy::kelvins;
use crate::edge::EdgeError;
use crate::edge::error::{at_least, positive};
use crate::quantity::Quantity;
use crate::quantity::units::f64::{Mass, SpecificEnergy, SpecificHeat};

/// A phase-change store: a mass that takes heat as a solid, melts, and takes heat as a liquid.
#[derive(Debug, Clone)]
pub struct LatentStore {
    /// Mass. [kg]
    mass: Quantity,
    /// Heat of fusion. [J/kg]
    fusion: Quantity,
    /// Temperature at which it melts. [K]
    melting: Quantity,
    /// Specific heat of the solid and of the liquid. [J/(kg K)]
    specific_heat: [Quantity; 2],
}

impl LatentStore {
    /// A store.
    ///
    /// # Parameters
    /// - `mass`: above 0. [kg]
    /// - `fusion`: heat of fusion, not below 0. [J/kg]
    /// - `melting`: melting temperature. [K]
    /// - `solid`, `liquid`: specific heats, above 0. [J/(kg K)]
    ///
    /// # Errors
    /// [`EdgeError::Range`], [`EdgeError::Unit`].
    pub fn new(
        mass: &Quantity,
        fusion: &Quantity,
        melting: &Quantity,
        solid: &Quantity,
        liquid: &Quantity,
    ) -> Result<Self, EdgeError> {
        let kilograms: Mass = mass.as_static()?;
        positive(kilograms.value, "the mass of a store", "kg")?;
        let latent: SpecificEnergy = fusion.as_static()?;
        at_least(0.0, latent.value, "the heat of fusion", "J/kg", "a finite value not below 0")?;
        positive(kelvins(melting)?, "the melting temperature", "K")?;
        for heat in [solid, liquid] {
            let heat: SpecificHeat = heat.as_static()?;
            positive(heat.value, "the specific heat of a store", "J/(kg K)")?;
        }
        let specific_heat = [solid.clone(), liquid.clone()];
        Ok(Self { mass: mass.clone(), fusion: fusion.clone(), melting: melting.clone(), specific_heat })
    }

    /// The mass. [kg]
    pub fn mass(&self) -> &Quantity {
        &self.mass
    }

    /// The temperature at which it melts. [K]
    pub fn melting(&self) -> &Quantity {
        &self.melting
    }

    /// The heat that the store takes from one temperature to another,
    ///
    /// m (c_s ΔT_s + L + c_l ΔT_l),
    ///
    /// the solid part below the melting temperature, the liquid part above it, and the heat of fusion where the way
    /// starts below it and ends above it. A start at the melting temperature is solid, an end at it molten.
    ///
    /// # Parameters
    /// - `from`: above 0. [K]
    /// - `to`: not below `from`. [K]
    ///
    /// # Errors
    /// [`EdgeError::Range`], [`EdgeError::Unit`].
    ///
    /// # Example
    /// ```
    /// use szilard::edge::LatentStore;
    ///
    /// let [mass, fusion, melting] = ["1 kg", "200 kJ/kg", "45 degC"].map(|text| text.parse().unwrap());
    /// let [solid, liquid] = ["2 kJ/(kg*K)", "2.2 kJ/(kg*K)"].map(|text| text.parse().unwrap());
    /// let store = LatentStore::new(&mass, &fusion, &melting, &solid, &liquid).unwrap();
    /// // 20 K as a solid, melting, 10 K as a liquid
    /// let heat = store.heat(&"25 degC".parse().unwrap(), &"55 degC".parse().unwrap()).unwrap();
    /// assert_eq!(heat.to("kJ").unwrap().value(), 262.0);
    /// ```
    pub fn heat(&self, from: &Quantity, to: &Quantity) -> Result<Quantity, EdgeError> {
        let [start, end, melting] = [kelvins(from)?, kelvins(to)?, kelvins(&self.melting)?];
        positive(start, "the temperature at which a store starts", "K")?;
        at_least(start, end, "the temperature at which a store ends", "K", "at least that at which it starts")?;
        let [solid, liquid] = &self.specific_heat;
        let lower = if start <= melting { Some((from, if end < melting { to } else { &self.melting })) } else { None };
        let upper = if end >= melting { Some((if start > melting { from } else { &self.melting }, to)) } else { None };
        let mut per_mass = Quantity::new(0.0, self.fusion.unit().clone())?;
        for (span, heat) in [(lower, solid), (upper, liquid)] {
            if let Some((from, to)) = span {
                per_mass = per_mass.plus(&heat.times(&to.minus(from)?)?)?;
            }
        }
        if start <= melting && end >= melting {
            per_mass = per_mass.plus(&self.fusion)?;
        }
        Ok(self.mass.times(&per_mass)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quantity(text: &str) -> Quantity {
        text.parse().unwrap()
    }

    fn wax() -> LatentStore {
        let texts = ["1 kg", "200 kJ/kg", "45 degC", "2 kJ/(kg*K)", "2.2 kJ/(kg*K)"].map(quantity);
        let [mass, fusion, melting, solid, liquid] = &texts;
        LatentStore::new(mass, fusion, melting, solid, liquid).unwrap()
    }

    fn heat(from: &str, to: &str) -> f64 {
        wax().heat(&quantity(from), &quantity(to)).unwrap().to("kJ").unwrap().value()
    }

    #[test]
    fn below_and_above_the_melting_point_it_is_a_plain_heat_capacity() {
        assert!((heat("25 degC", "35 degC") - 20.0).abs() < 1e-9);
        assert!((heat("50 degC", "60 degC") - 22.0).abs() < 1e-9);
        assert!((heat("45 degC", "45 degC") - 200.0).abs() < 1e-9);
        // parts add up to the whole
        let parts = heat("25 degC", "40 degC") + heat("40 degC", "50 degC") + heat("50 degC", "55 degC");
        assert!((parts - heat("25 degC", "55 degC")).abs() < 1e-9);
    }

    #[test]
    fn cooling_and_negative_masses_are_refused() {
        assert!(wax().heat(&quantity("50 degC"), &quantity("40 degC")).is_err());
        let [mass, fusion, melting, heat] = ["-1 kg", "1 J/kg", "45 degC", "1 J/(kg*K)"].map(quantity);
        assert!(LatentStore::new(&mass, &fusion, &melting, &heat, &heat).is_err());
    }
}
