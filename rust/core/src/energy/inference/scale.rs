//! The budget of a meter, carried over to a part of its energy.

use crate::energy::error::EnergyError;
use crate::energy::uncertainty::part_of;
use crate::quantity::{Basis, Component, Measured, Quantity};

/// The budget of the meter, carried over to a part of its energy.
///
/// The parts of a meter stay fully correlated in what belongs to the meter; see [`part_of`] for the rest.
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
        self.components.iter().map(|part| part_of(part, share)).collect()
    }

    pub fn u(&self, joules: f64) -> f64 {
        self.components(joules).iter().map(|part| part.contribution.powi(2)).sum::<f64>().sqrt()
    }

    pub fn figure(&self, total: &Quantity, joules: f64, basis: Basis) -> Result<Quantity, EnergyError> {
        let measured = Measured::with_components(joules, self.components(joules));
        let figure = Quantity::from_measured(measured, total.unit().clone())?;
        Ok(figure.at(total.boundary()).on(Some(basis)).by(total.methods().iter().copied()))
    }
}
