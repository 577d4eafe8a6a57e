//! The budget of a meter, carried over to a part of its energy.

use crate::energy::error::EnergyError;
use crate::energy::uncertainty::{Spread, part_of};
use crate::quantity::{Basis, Component, Measured, Quantity};

/// The budget of the meter, carried over to a part of its energy.
///
/// The parts of a meter stay fully correlated in what belongs to the meter; see [`part_of`] for the rest.
pub(in crate::energy) struct MeterScale {
    value: f64,
    components: Vec<Component>,
    /// The sums of the squares of those that stand alike in a part.
    squares: [(Spread, f64); 3],
}

impl MeterScale {
    pub fn of(total: &Quantity) -> Self {
        let components = total.measured().components().to_vec();
        let square = |spread: Spread| {
            let parts = components.iter().filter(|part| Spread::of(part) == spread);
            (spread, parts.map(|part| part.contribution.powi(2)).sum())
        };
        let squares = [Spread::Proportional, Spread::Independent, Spread::End].map(square);
        Self { value: total.value(), components, squares }
    }

    fn components(&self, joules: f64) -> Vec<Component> {
        let share = if self.value == 0.0 { 0.0 } else { joules / self.value };
        self.components.iter().map(|part| part_of(part, share)).collect()
    }

    /// Standard uncertainty of a part, without its components. [J]
    pub fn u(&self, joules: f64) -> f64 {
        let share = if self.value == 0.0 { 0.0 } else { joules / self.value };
        let square = |(spread, square): &(Spread, f64)| square * spread.factor(share).powi(2);
        self.squares.iter().map(square).sum::<f64>().sqrt()
    }

    pub fn figure(&self, total: &Quantity, joules: f64, basis: Basis) -> Result<Quantity, EnergyError> {
        let measured = Measured::with_components(joules, self.components(joules));
        let figure = Quantity::from_measured(measured, total.unit().clone())?;
        Ok(figure.at(total.boundary()).on(Some(basis)).by(total.methods().iter().copied()))
    }
}
