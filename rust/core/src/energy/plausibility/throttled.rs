//! A device that lowered its clocks during the window.

use super::evidence::{About, Check, Evidence, Finding};
use crate::input::Code;
use crate::traces::{Channel, Kind, throttle_reasons};
use std::collections::HashSet;

pub(super) const CHECK: Check = Check { about: About::Meter, find };

/// A device whose log says, for at least one row of the window, that its clocks were lowered by a power cap, by heat or by
/// its supply. The names of the reasons are those of NVML.
fn find(evidence: &Evidence<'_>) -> Vec<Finding> {
    let devices: HashSet<&str> = evidence.members.iter().map(|channel| channel.device.as_str()).collect();
    let flags = evidence.trace.channels.iter().filter(|channel| channel.kind == Kind::ThrottleReasons);
    let of_channel = |channel: &Channel| {
        let (mut rows, mut slowed, mut first, mut bits) = (0usize, 0usize, None, 0u64);
        for (_, value, line) in evidence.inside(channel) {
            rows += 1;
            let active = throttle_reasons(value as u64);
            if active != 0 {
                slowed += 1;
                bits |= active;
                first = first.or(Some(line));
            }
        }
        let names = crate::traces::throttle_names(bits).collect::<Vec<_>>().join(", ");
        let share = 100.0 * slowed as f64 / rows.max(1) as f64;
        let message = || format!("{names} in {share:.1} % of the rows");
        first.map(|line| evidence.finding(Code::Throttled, Some(line), channel, message()))
    };
    flags.filter(|channel| devices.contains(channel.device.as_str())).filter_map(of_channel).collect()
}
