//! Joules per token: a power log and a token log, joined.

mod clock;
mod per_token;
mod plan;
mod query;
mod result;
mod scale;

pub use per_token::energy_per_token;
pub use query::{InferenceQuery, Tokens};
pub use result::{InferenceEnergy, RecordCounts, RequestEnergy};
