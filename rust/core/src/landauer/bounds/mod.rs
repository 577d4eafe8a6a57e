//! The bounds that an energy per token is held against. One file and one line add another.
//!
//! A bound says what it costs, under which assumptions, what it takes as retained, and what it does *not* claim. The
//! [`Kind`] says how far it may be trusted: the spread of the ratios over the rungs is fourteen orders of magnitude, so
//! that a gap without the name of its rung says nothing.

mod activation_writes;
mod bound;
mod channel;
mod cmos_limit;
mod data_movement;
mod exported_entropy;
mod finite_time;
mod flop_convention;
mod gate_level;
mod kv_row;
mod mac_convention;
mod margolus_levitin;
mod noise_margin;
mod nonlinear_units;
mod operation_energies;
mod output_entropy;
mod reliability_barrier;
mod retention_barrier;
mod reversible;
mod state_overwrite;
mod token_register;
mod wrong_model;

pub use bound::{Bound, BoundInputs, Kind};
pub use channel::{least_energy_over_noise, least_energy_over_noise_in_decibels};
pub use cmos_limit::OPERATIONS_PER_JOULE;
pub use data_movement::{MEMORIES, Memory};
pub use finite_time::{Reset, slow_penalty};
pub use gate_level::Circuit;
pub use mac_convention::mac_information;
pub use margolus_levitin::{bremermann_rate, speed_energy, speed_time};
pub use operation_energies::{ARITHMETIC, Arithmetic};
pub use reliability_barrier::held_information;
pub use retention_barrier::Retention;
pub use state_overwrite::multi_information;
pub use token_register::{register_information, register_width};
pub use wrong_model::reset_information;

/// All rungs, in the order of the ladder.
pub const REGISTRY: &[&Bound] = &[
    &reversible::BOUND,
    &exported_entropy::BOUND,
    &output_entropy::BOUND,
    &wrong_model::BOUND,
    &token_register::BOUND,
    &gate_level::BOUND,
    &mac_convention::BOUND,
    &flop_convention::BOUND,
    &nonlinear_units::BOUND,
    &kv_row::BOUND,
    &state_overwrite::BOUND,
    &activation_writes::BOUND,
    &finite_time::BOUND,
    &reliability_barrier::BOUND,
    &retention_barrier::BOUND,
    &noise_margin::BOUND,
    &channel::BOUND,
    &data_movement::BOUND,
    &operation_energies::BOUND,
    &cmos_limit::BOUND,
    &margolus_levitin::BOUND,
];
