//! Inference at the edge: sun in, battery between, heat out.

mod battery;
mod error;
mod exergy;
mod solar;
mod thermal;

pub use battery::Battery;
pub use error::EdgeError;
pub use exergy::{exergy_factor, stream_exergy_factor};
pub use solar::SolarArray;
pub use thermal::{Leakage, ThermalNode, Throttle};
