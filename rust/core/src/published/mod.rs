//! Figures of the literature with their citations, and the calculations behind them done again.

mod attribution;
mod audit;
mod claim;
mod claim_audit;
mod confusion;
mod error;
mod factors;
mod folder;
mod growth;
mod place;
mod plausible;
mod printed;
mod publication;
mod registry;
mod reproduce;
mod run_log;
mod scenario;
mod schema;
mod table;
mod verdict;

pub use audit::{Audit, audit};
pub use claim::{Against, Check, Claim, Claims, Stated};
pub use claim_audit::{CheckAudit, ClaimAudit};
pub use confusion::Explanation;
pub use error::PublishedError;
pub use publication::{Bound, Calculation, Digit, End, Fact, Input, Kind, Publication, Source, Way};
pub use registry::Registry;
pub use reproduce::{Reproduction, Status};
pub use run_log::{RunFigure, RunStep};
pub use scenario::{Growth, GrowthStep, Interval, Point};
pub use table::{Choice, Reduce, TableStep};
pub use verdict::Verdict;
