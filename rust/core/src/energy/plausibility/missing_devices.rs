//! Fewer or more devices than there should be.

use super::evidence::{About, Check, Evidence, Finding};
use crate::input::{Code, Place};
use std::collections::BTreeSet;

pub(super) const CHECK: Check = Check { about: About::Meter, find };

/// Another number of devices with readings than the caller expects.
fn find(evidence: &Evidence<'_>) -> Vec<Finding> {
    let Some(expected) = evidence.query.expected_devices else { return Vec::new() };
    let devices: BTreeSet<&str> = evidence.members.iter().map(|channel| channel.device.as_str()).collect();
    if devices.len() == expected {
        return Vec::new();
    }
    let names: Vec<&str> = devices.iter().copied().take(16).collect();
    let message =
        format!("{} devices have readings ({}), and {expected} were expected", devices.len(), names.join(", "));
    vec![Finding { code: Code::DeviceCount, place: Place::File, channel: None, message }]
}
