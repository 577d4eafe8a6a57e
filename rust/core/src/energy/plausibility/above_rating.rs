//! Power above what a device is rated for.

use super::evidence::{About, Check, Evidence, Finding};
use crate::input::Code;

pub(super) const CHECK: Check = Check { about: About::Meter, find };

/// Readings above this many times the rating are not believed.
const TIMES: f64 = 2.0;

/// A channel with a reading above twice the rating of its device: the limit that the log prints, else that of the board's
/// data sheet, or as the meter's user states it.
fn find(evidence: &Evidence<'_>) -> Vec<Finding> {
    let of_channel = |channel: &&crate::traces::Channel| {
        let rating = channel.sensor.as_ref().and_then(|sensor| sensor.rating_w)?;
        let (line, watts) = if let Some(beyond) = channel.samples.beyond.as_ref().filter(|_| channel.kind.is_power()) {
            beyond.sketch.above(TIMES * rating).map(|(watts, line)| (Some(line), watts))?
        } else if channel.kind.is_power() {
            evidence
                .inside(channel)
                .find(|(_, watts, _)| *watts > TIMES * rating)
                .map(|(_, watts, line)| (Some(line), watts))?
        } else if evidence.query.in_blocks {
            return None;
        } else {
            (None, evidence.mean_power(channel).filter(|watts| *watts > TIMES * rating)?)
        };
        let message = format!("{watts} W on a device rated {rating} W; check the unit and the device");
        Some(evidence.finding(Code::AboveRating, line, channel, message))
    };
    evidence.members.iter().filter_map(of_channel).collect()
}
