//! Quantities: the dynamic type of the core as a Python number.

mod budget;
mod class;
mod construction;
mod expression;
mod given;
mod operators;

pub use budget::budget;
pub use class::PyQuantity;
pub use expression::calc;
pub use given::{Given, Size, operand, word};
