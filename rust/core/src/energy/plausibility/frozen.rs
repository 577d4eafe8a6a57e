//! A sensor that shows one value for a while and moves otherwise.

use super::evidence::{About, Check, Evidence, Finding};
use crate::input::Code;
use crate::traces::Channel;
use szilard_simd::{Repeats, Stretch};

pub(super) const CHECK: Check = Check { about: About::Meter, find };

/// Elsewhere so large a share of the readings must differ from the one before.
const LIVELY: f64 = 0.9;

/// The step of a printed value must be finer than this share of it, or a steady load repeats by rounding.
const FINE: f64 = 1e-3;

/// A channel that shows one value for twenty readings or more, though its other readings change nine times out of ten and
/// are printed finely enough that a steady load would not repeat: the sensor or its reader hung.
fn find(evidence: &Evidence<'_>) -> Vec<Finding> {
    let of_channel = |(index, channel): (usize, &&Channel)| {
        let (total, changes, Stretch { readings: length, line, value }) = match &channel.samples.beyond {
            Some(beyond) => (beyond.sketch.readings, beyond.sketch.changes as f64, beyond.sketch.longest),
            None => {
                let known = evidence.repeats.get(index).copied().flatten();
                let found = known.unwrap_or_else(|| evidence.repeats(channel));
                let (readings, first) = found.longest;
                let (value, line) = (channel.samples.value.get(first)?, channel.samples.line.get(first)?);
                let changes = found.readings.saturating_sub(1) as f64 - found.equal as f64;
                (found.readings, changes, Stretch { readings, line: *line, value: *value })
            }
        };
        let elsewhere = total.saturating_sub(length);
        let fine = value != 0.0 && channel.resolution <= FINE * value.abs();
        let hung = length >= Repeats::STRETCH && elsewhere >= Repeats::STRETCH && changes >= LIVELY * elsewhere as f64;
        let message = || format!("{length} readings in a row are {value}, and the others change from one to the next");
        (hung && fine).then(|| evidence.finding(Code::FrozenSensor, Some(line), channel, message()))
    };
    evidence.members.iter().enumerate().filter_map(of_channel).collect()
}
