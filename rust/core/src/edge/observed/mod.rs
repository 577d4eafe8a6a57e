//! What recordings of a board say: where it throttled and what that cost, and what its latency owes to its temperature.

mod drift;
mod least_squares;
mod request;
mod signal;
mod signals;
mod throttling;

pub(super) use least_squares::fit;

pub use drift::{Drift, latency_drift};
pub use request::Request;
pub use signal::signal;
pub use signals::signals;
pub use throttling::{Cause, Throttling, throttling};
