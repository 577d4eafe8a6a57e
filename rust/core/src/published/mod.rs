//! Figures of the literature with their citations, and the calculations behind them done again.

mod audit;
mod error;
mod folder;
mod place;
mod printed;
mod publication;
mod registry;
mod reproduce;
mod schema;
mod table;

pub use audit::{Audit, Explanation, audit};
pub use error::PublishedError;
pub use publication::{Bound, Calculation, End, Fact, Input, Kind, Publication, Source, Way};
pub use registry::Registry;
pub use reproduce::{Reproduction, Status};
pub use table::{Choice, Reduce, TableStep};
