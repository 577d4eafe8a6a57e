//! Numeric widening: elements of 16, 32 and 64 bit floating point, turned into `f64` without a rounding.

mod widen;

pub use widen::{Logit, widen_slice};
