//! The budget of an energy: what the meter, its readings, its stamps and its gaps leave open.
//!
//! E = g c [Σ w_i (P_i + n_i) + o T] + (what lies between the readings): each file gives the components of one of these.

mod budget;
mod gaps;
mod instance;
mod meter;
mod noise;
mod readings;
mod resolution;
mod sampling;
mod stamps;
mod survey;
mod window;

pub(super) use budget::{Asked, Spread, of_energy, of_power, part_of, unknown_gain};
pub(super) use instance::{Identity, Origins};
pub(super) use readings::Readings;
pub(super) use survey::Survey;
