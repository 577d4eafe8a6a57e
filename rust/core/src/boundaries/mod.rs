//! The way of a figure over boundaries, from the chip to primary energy, each factor exactly once.

mod chain;
mod cooling;
mod cost_of_thought;
mod effectiveness;
mod error;
mod factor;
mod footprint;
mod generation;
mod overhead;
mod pue;
mod reconcile;
mod step;
mod transformer;
mod years;

pub use chain::{Applied, BoundaryChain, Lifted};
pub use cooling::{cooling_share, pue_from_cooling_share};
pub use cost_of_thought::{Cost, Usage, cost_of_thought};
pub use effectiveness::{Effectiveness, cue, dcie, effectiveness, ere, erf, pue_from_loads};
pub use error::ChainError;
pub use factor::{Factor, Given};
pub use footprint::{Footprint, Intensities, footprint};
pub use generation::{generation_efficiency, generation_mix};
pub use overhead::{Bounds, KnownOverhead, Overhead, overhead};
pub use pue::{PueCategory, pue_at_it_input};
pub use reconcile::{Agreement, Gap, Reconciled, gap, reconcile};
pub use step::{KNOWN_FACTORS, KnownFactor, Step, Totals};
pub use transformer::{TransformerLoss, transformer_loss};
pub use years::Years;
