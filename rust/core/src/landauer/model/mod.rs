//! What a transformer computes, stores and moves, counted exactly from its `config.json`.

mod compute;
mod config;
mod families;
mod parameters;
mod parts;
pub mod rules;
mod shape;
mod stored;
mod traffic;

pub(super) use config::limited;
pub use shape::Model;
