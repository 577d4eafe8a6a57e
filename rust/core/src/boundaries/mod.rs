//! The way of a figure over boundaries, from the chip to primary energy, each factor exactly once.

mod chain;
mod cooling;
mod error;
mod factor;
mod footprint;
mod reconcile;
mod step;

pub use chain::{Applied, BoundaryChain, Lifted};
pub use cooling::{cooling_share, pue_from_cooling_share};
pub use error::ChainError;
pub use factor::{Factor, Given};
pub use footprint::{Footprint, Intensities, footprint};
pub use reconcile::{Agreement, Gap, Reconciled, gap, reconcile};
pub use step::{KNOWN_FACTORS, KnownFactor, Step, Totals};
