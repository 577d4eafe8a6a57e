//! Figures of the literature with their citations, and the calculations behind them done again.

mod audit;
mod claims;
mod error;
mod printed;
mod publication;
mod registry;
mod reproduce;
mod schema;

pub use audit::{Audit, Explanation, audit};
pub use claims::{Claim, Verdict, claims};
pub use error::PublishedError;
pub use publication::{Bound, Calculation, Fact, Input, Kind, Publication, Source, Way};
pub use registry::Registry;
pub use reproduce::{Reproduction, Status};
