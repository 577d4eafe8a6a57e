//! A sensor that shows one value for a while and moves otherwise.

use super::evidence::{About, Check, Evidence, Finding};
use crate::input::Code;
use crate::traces::Channel;
use szilard_simd::Stretch;

pub(super) const CHECK: Check = Check { about: About::Meter, find };

/// So many equal readings in a row are a stretch.
const STRETCH: usize = 20;

/// Elsewhere so large a share of the readings must differ from the one before.
const LIVELY: f64 = 0.9;

/// The step of a printed value must be finer than this share of it, or a steady load repeats by rounding.
const FINE: f64 = 1e-3;

/// A channel that shows one value for twenty readings or more, though its other readings change nine times out of ten and
/// are printed finely enough that a steady load would not repeat: the sensor or its reader hung.
fn find(evidence: &Evidence<'_>) -> Vec<Finding> {
    let of_channel = |channel: &&Channel| {
        let (mut last, mut run, mut longest) = (None, (0usize, 0u32), (0usize, 0u32, 0.0));
        let (mut total, mut changes) = (0usize, 0usize);
        for (_, value, line) in evidence.inside(channel) {
            total += 1;
            if last == Some(value) {
                run.0 += 1;
            } else {
                changes += usize::from(last.is_some());
                run = (1, line);
            }
            if run.0 > longest.0 {
                longest = (run.0, run.1, value);
            }
            last = Some(value);
        }
        if let Some(beyond) = &channel.samples.beyond {
            let Stretch { readings, line, value } = beyond.sketch.longest;
            (total, changes, longest) = (beyond.sketch.readings, beyond.sketch.changes, (readings, line, value));
        }
        let (length, line, value) = longest;
        let elsewhere = total.saturating_sub(length);
        let fine = value != 0.0 && channel.resolution <= FINE * value.abs();
        let hung = length >= STRETCH && elsewhere >= STRETCH && changes as f64 >= LIVELY * elsewhere as f64;
        let message = || format!("{length} readings in a row are {value}, and the others change from one to the next");
        (hung && fine).then(|| evidence.finding(Code::FrozenSensor, Some(line), channel, message()))
    };
    evidence.members.iter().filter_map(of_channel).collect()
}
