//! Chains of factors between boundaries.

mod chain;
mod cooling;
mod factor;

pub use chain::{PyBoundaryChain, reconcile};
pub use cooling::{cooling_share, pue_from_cooling_share};
pub use factor::{Number, PyFactor};
