//! Joules per token: a power log and a token log, joined.

mod clock;
mod per_token;
mod plan;
mod policies;
mod query;
mod result;
mod scale;

pub use per_token::energy_per_token;
pub use policies::by_every_policy;
pub use query::{InferenceQuery, Tokens};
pub use result::{InferenceEnergy, RecordCounts, RequestEnergy};
pub(super) use scale::MeterScale;
