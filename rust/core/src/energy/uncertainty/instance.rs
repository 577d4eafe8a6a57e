//! The identity of the sensor behind a channel.

use crate::traces::Channel;

/// The identity of the sensor behind a channel: the name its user gave it, the uuid of its board, or else its name in
/// this one recording, since device 0 of one machine is not device 0 of another. Gains of different recordings then do not
/// cancel, which leaves the uncertainty of their ratio too large and never too small.
pub(super) fn sensor(channel: &Channel) -> String {
    let device = &channel.device;
    if let Some(name) = channel.sensor.as_ref().and_then(|sensor| sensor.instance.as_ref()) {
        return format!("{name}/{device}/{}", channel.name);
    }
    let is_uuid = device.len() >= 16 && device.contains('-') && device.chars().any(|c| c.is_ascii_digit());
    if is_uuid {
        return format!("{device}/{}", channel.name);
    }
    recording(channel)
}

/// The identity of a channel in this one recording: what its readings leave open is shared with no other recording of the
/// same sensor.
pub(super) fn recording(channel: &Channel) -> String {
    format!("{}@{:016x}/{}", channel.device, digest(channel), channel.name)
}

/// A number that tells one recording from another, the same wherever and whenever it is read (FNV-1a).
fn digest(channel: &Channel) -> u64 {
    let samples = channel.samples.time_ns.iter().zip(&channel.samples.value).take(64);
    let words = samples.flat_map(|(time, value)| [time.cast_unsigned(), value.to_bits()]);
    words.chain([channel.samples.len() as u64]).fold(0xcbf2_9ce4_8422_2325_u64, |hash, word| {
        word.to_le_bytes().iter().fold(hash, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3))
    })
}
