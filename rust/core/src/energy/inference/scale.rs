//! The budget of a meter, carried over to a part of its energy.

use crate::energy::error::EnergyError;
use crate::quantity::{Basis, Component, Measured, Quantity};

/// The budget of the meter, carried over to a part of its energy.
///
/// A gain scales with the energy of the part. Everything else is at most what it is for the whole meter and is taken in
/// proportion, too, so that the parts of a meter stay fully correlated.
pub(super) struct MeterScale {
    value: f64,
    components: Vec<Component>,
}

impl MeterScale {
    pub fn of(total: &Quantity) -> Self {
        Self { value: total.value(), components: total.measured().components().to_vec() }
    }

    fn components(&self, joules: f64) -> Vec<Component> {
        let share = if self.value == 0.0 { 0.0 } else { joules / self.value };
        let scaled = |part: &Component| Component { contribution: part.contribution * share, ..part.clone() };
        self.components.iter().map(scaled).collect()
    }

    /// Standard uncertainty of a joule. [J]
    pub fn u_per_joule(&self) -> f64 {
        let square: f64 = self.components.iter().map(|part| part.contribution.powi(2)).sum();
        if self.value == 0.0 { 0.0 } else { square.sqrt() / self.value.abs() }
    }

    pub fn figure(&self, total: &Quantity, joules: f64, basis: Basis) -> Result<Quantity, EnergyError> {
        let measured = Measured::with_components(joules, self.components(joules));
        let figure = Quantity::from_measured(measured, total.unit().clone())?;
        Ok(figure.at(total.boundary()).on(Some(basis)).by(total.methods().iter().copied()))
    }
}
