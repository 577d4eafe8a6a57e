//! What is kept of the rows of a series: all there is to say about them, however many they are.

mod faults;
mod series;
mod values;

pub(super) use faults::Faults;
pub use series::Sink;
pub(super) use series::{Digest, Known, Undecided};
pub(super) use values::Values;
