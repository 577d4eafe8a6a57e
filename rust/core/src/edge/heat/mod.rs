//! What the heat of a board is worth, and what can take it: exergy, exchangers, stores, receivers, uses.

mod exchanger;
mod exergy;
mod latent;
mod receiver;
mod reuse;

pub use exchanger::exchanger_effectiveness;
pub use exergy::{exergy_factor, stream_exergy_factor};
pub use latent::LatentStore;
pub use receiver::TroughReceiver;
pub use reuse::{HeatMatch, heat_match};
