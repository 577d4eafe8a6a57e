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

use evidence::Evidence;
pub(super) use evidence::{Run, in_doubt, of_meter, of_run};

/// What a check has found.
type Check = fn(&Evidence<'_>) -> Vec<evidence::Finding>;

/// The checks of a meter over a window.
const OF_METER: &[Check] = &[
    above_rating::check,
    component_above_wall::check,
    counter_against_poll::check,
    frozen::check,
    mirrored::check,
    missing_devices::check,
    nested::check,
    throttled::check,
];

/// The checks of a run of requests.
const OF_RUN: &[Check] = &[truncated::check, warm_up::check];
