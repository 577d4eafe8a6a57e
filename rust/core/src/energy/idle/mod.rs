//! The idle draw: what the meter shows when nothing is served.

mod level;
mod percentile;
mod source;

pub use level::IdlePower;
pub(super) use level::Stretch;
pub use source::{Idle, idle_power};
