//! Energy of a meter split over what was in flight.
//!
//! | file | what it is |
//! |---|---|
//! | `policy` | how power is split |
//! | `pieces` | energy between neighbouring cuts of the time |
//! | `sweep` | one walk over the sorted starts and ends |
//! | `regression` | what a prompt token, an output token and a second cost |
//! | `grid` | parts whose sum is exact in any order |

mod grid;
mod pieces;
mod policy;
mod regression;
mod sweep;

pub(super) use grid::{grid, on_grid};
pub use policy::Policy;
pub(super) use regression::costs_of;
pub use regression::{PhaseCosts, phase_costs};
pub(super) use sweep::split;
