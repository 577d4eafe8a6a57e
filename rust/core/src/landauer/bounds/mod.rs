//! The bounds that an energy per token is held against. One file and one line add another.
//!
//! A bound says what it costs, under which assumptions, what it takes as retained, and what it does *not* claim. The
//! [`Kind`] says how far it may be trusted: the spread of the ratios over the rungs is fourteen orders of magnitude, so
//! that a gap without the name of its rung says nothing.

mod activation_writes;
mod bound;
mod data_movement;
mod kv_row;
mod mac_convention;
mod nonlinear_units;
mod output_entropy;
mod reliability_barrier;
mod reversible;
mod token_register;

pub use bound::{Bound, BoundInputs, Kind};
pub use mac_convention::mac_information;
pub use reliability_barrier::held_information;
pub use token_register::{register_information, register_width};

/// All rungs, in the order of the ladder.
pub const REGISTRY: &[&Bound] = &[
    &reversible::BOUND,
    &output_entropy::BOUND,
    &token_register::BOUND,
    &kv_row::BOUND,
    &nonlinear_units::BOUND,
    &activation_writes::BOUND,
    &mac_convention::BOUND,
    &reliability_barrier::BOUND,
    &data_movement::BOUND,
];
