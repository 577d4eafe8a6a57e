//! A board on a heat sink: when it throttles, and what its recordings say about it.

mod ambient;
mod fit;
mod node;

pub use ambient::Ambient;
pub use fit::{ThermalFit, fit_thermal};
pub use node::{Leakage, ThermalNode, Throttle};
