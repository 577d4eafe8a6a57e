//! The physics of AI inference: joules per token, bits per token and the distance from the Landauer limit.
//!
//! The way the data goes: bytes -> trace -> energy -> per token -> boundary -> report.
//! A module uses only lower floors (`tests/architecture.rs` holds it to that):
//!
//! | floor | modules |
//! |---|---|
//! | 0 | [`parallel`] (all cores, one order) |
//! | 1 | [`quantity`] (units, uncertainty, boundaries of a figure) |
//! | 2 | [`input`] (bytes to typed cells, or a reason), [`source`] (citations and data sets) |
//! | 3 | [`information`] (bits per token), [`traces`] (power logs), [`boundaries`] (chip to primary energy) |
//! | 4 | [`energy`] (joules per token), [`landauer`] (bounds), [`edge`] (sun, battery, heat sink) |
//! | 5 | [`published`] (figures of the literature, reproduced) |
//!
//! Below them all stands the crate [`simd`], which alone has unsafe code: sums over rows of logits.

#[macro_use]
extern crate uom;

pub mod boundaries;
pub mod edge;
pub mod energy;
pub mod information;
pub mod input;
pub mod landauer;
pub mod parallel;
pub mod published;
pub mod quantity;
pub mod source;
pub mod traces;

pub use szilard_simd as simd;
