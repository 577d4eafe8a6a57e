//! A sensor that shows one value for a while and moves otherwise.

use super::evidence::{About, Check, Evidence, Finding};
use crate::input::Code;
use crate::traces::Channel;
use szilard_simd::Repeats;

pub(super) const CHECK: Check = Check { about: About::Meter, find };

/// Elsewhere so large a share of the readings must differ from the one before.
const LIVELY: f64 = 0.9;

/// The step of a printed value must be finer than this share of it, or a steady load repeats by rounding.
const FINE: f64 = 1e-3;

/// A channel that shows one value for twenty readings or more, though its other readings change nine times out of ten and
/// are printed finely enough that a steady load would not repeat: the sensor or its reader hung.
fn find(evidence: &Evidence<'_>) -> Vec<Finding> {
    let of_channel = |(index, channel): (usize, &&Channel)| {
        let known = evidence.repeats.get(index).copied().flatten();
        let found = known.unwrap_or_else(|| evidence.repeats(channel));
        let (length, first) = found.longest;
        let value = *channel.samples.value.get(first)?;
        let elsewhere = found.readings.saturating_sub(length);
        let changes = found.readings.saturating_sub(1) as f64 - found.equal as f64;
        let fine = value != 0.0 && channel.resolution <= FINE * value.abs();
        let hung = length > 0 && elsewhere >= Repeats::STRETCH && changes >= LIVELY * elsewhere as f64;
        let message = || format!("{length} readings in a row are {value}, and the others change from one to the next");
        let line = channel.samples.line.get(first).copied();
        (hung && fine).then(|| evidence.finding(Code::FrozenSensor, line, channel, message()))
    };
    evidence.members.iter().enumerate().filter_map(of_channel).collect()
}
