//! Two devices that show the readings of one.

use super::evidence::{About, Check, Evidence, Finding};
use crate::input::Code;
use crate::traces::Channel;
use std::collections::{HashMap, HashSet};

pub(super) const CHECK: Check = Check { about: About::Meter, find };

/// Fewer equal readings than this may be chance.
const LEAST: usize = 20;

/// So many different values must be among them.
const DIFFERENT: usize = 10;

/// Two summed channels of different devices with the same twenty readings or more, of ten values or more: one sensor under
/// two names, which counts twice (mlco2/codecarbon#1274: mirrored dies).
fn find(evidence: &Evidence<'_>) -> Vec<Finding> {
    let mut known: HashMap<u64, &Channel> = HashMap::new();
    let mut found = Vec::new();
    for channel in evidence.members {
        let (mut count, mut values) = (0usize, HashSet::new());
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        for (_, value, _) in evidence.inside(channel) {
            count += 1;
            if values.len() < DIFFERENT {
                values.insert(value.to_bits());
            }
            hash = (hash ^ value.to_bits()).wrapping_mul(0x100_0000_01b3).rotate_left(29);
        }
        let mut varied = values.len() >= DIFFERENT;
        if let Some(beyond) = &channel.samples.beyond {
            let key;
            (count, key) = beyond.sketch.key();
            (hash, varied) = (key[0], beyond.sketch.has_values(DIFFERENT));
        }
        if count < LEAST || !varied {
            continue;
        }
        match known.get(&hash) {
            Some(twin) if same(evidence, twin, channel) => {
                let message = format!("the same {count} readings as {}; the sum holds both", twin.label());
                let line = evidence.inside(channel).next().map(|(.., line)| line);
                found.push(evidence.finding(Code::MirroredSeries, line, channel, message));
            }
            _ => drop(known.insert(hash, channel)),
        }
    }
    found
}

fn same(evidence: &Evidence<'_>, one: &Channel, other: &Channel) -> bool {
    if let (Some(one), Some(other)) = (&one.samples.beyond, &other.samples.beyond) {
        return one.sketch.key() == other.sketch.key();
    }
    evidence.inside(one).map(|(_, value, _)| value).eq(evidence.inside(other).map(|(_, value, _)| value))
}
