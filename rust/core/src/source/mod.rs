//! Where numbers come from: the data sets that the library carries, and their citations.

mod citation;
pub mod datasets;
mod evidence;

pub use citation::Citation;
pub use evidence::{Evidence, UnknownGrade};
