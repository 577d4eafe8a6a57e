//! Quantities: values that keep their unit, their uncertainty budget and the boundary they were counted at.

mod boundary;

pub use boundary::{Basis, Boundary, Method, UnknownWord};
