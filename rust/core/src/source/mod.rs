//! Where numbers come from: the data sets that the library carries, and their citations.

pub mod datasets;
