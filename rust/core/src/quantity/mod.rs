//! Quantities: values that keep their unit, their uncertainty budget and the boundary they were counted at.
//!
//! Inside the core, formulas use the static types of [`units`]; at the rim there is one dynamic [`Quantity`].

mod arithmetic;
mod boundary;
mod compound;
pub mod constants;
mod correlated;
mod dimension;
mod distribution;
mod dynamic;
mod error;
mod expression;
mod leading;
mod measured;
mod model;
mod monte_carlo;
mod number_format;
mod scale;
mod show;
mod statistics;
mod sum;
mod syntax;
mod tolerance;
mod unit;
#[macro_use]
pub mod units;

pub use boundary::{Basis, Boundary, Method, UnknownWord};
pub use compound::{Compound, compound};
pub use correlated::{correlated, means_of_sets};
pub use dimension::Dimension;
pub use distribution::Distribution;
pub use dynamic::Quantity;
pub use error::{BoundaryError, QuantityError, UnitError};
pub use expression::{calculate, evaluate, evaluate_moving, number_and_unit};
pub use measured::{Component, Evaluation, Measured};
pub use model::Function;
pub use monte_carlo::{DEFAULT_TRIALS, Interval, Trials, joint_draws};
pub use show::QuantityRecord;
pub use statistics::Statistics;
pub use sum::ExactSum;
pub use unit::Unit;
