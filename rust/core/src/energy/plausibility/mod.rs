//! What makes a figure hard to believe: one file a check, and a line in the table to add one.
//!
//! A check that finds something gives a code, the place and a sentence, and the status of the figure is lowered: it is
//! not refused, and it is not to be published as it stands.

mod above_rating;
mod component_above_wall;
mod counter_against_poll;
mod evidence;
mod frozen;
mod mirrored;
mod missing_devices;
mod nested;
mod throttled;
mod truncated;
mod warm_up;

use evidence::Check;
pub(super) use evidence::{Run, in_doubt, of_meter, of_run};

/// The checks that need no more of a log than what is kept of it where it is read in blocks.
const IN_BLOCKS: &[Check] = &[above_rating::CHECK, frozen::CHECK, mirrored::CHECK, missing_devices::CHECK];

/// Every check.
const REGISTRY: &[Check] = &[
    above_rating::CHECK,
    component_above_wall::CHECK,
    counter_against_poll::CHECK,
    frozen::CHECK,
    mirrored::CHECK,
    missing_devices::CHECK,
    nested::CHECK,
    throttled::CHECK,
    truncated::CHECK,
    warm_up::CHECK,
];
