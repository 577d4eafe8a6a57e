//! A node on an array and a battery, over days: what it serves, what it does not, and why.

mod advance;
mod budget;
mod outcome;
mod plan;
mod rig;
mod run;
mod scenario;
mod scenario_file;
mod sizing;

pub use budget::{Budget, budget};
pub use outcome::{Figure, Outcome, simulate};
pub use run::{Day, Step, Unserved};
pub use scenario::{Scenario, Steps};
pub use sizing::{Size, Sized, sizing};
