//! The identities of what a channel shares with others: its sensor, its meter, the clock and the stamps of its log.

use crate::traces::{Channel, Trace};
use std::collections::HashMap;

/// What tells the devices of one recording from those of another, since device 0 of one machine is not device 0 of
/// another: numbers that are the same wherever and whenever the recording is read.
pub(in crate::energy) struct Origins<'t> {
    devices: HashMap<&'t str, u64>,
    /// Of the log; `None` of recordings that were put side by side.
    log: Option<u64>,
}

/// The identities of a channel of one recording.
#[derive(Debug, Clone, Default)]
pub(in crate::energy) struct Identity {
    /// Its input: what it shares with its other windows alone, such as its offset.
    pub input: String,
    /// Its meter, whose gain and clock its other channels share: the name its user gave it, the uuid of its board, or else
    /// its device in this one recording. Gains of different recordings then do not cancel, which leaves the uncertainty of their ratio
    /// too large and never too small.
    pub meter: String,
    /// The channel in this one recording: what its readings leave open is shared with no other recording of it.
    pub recording: String,
    /// The log, all rows of which have one stamp.
    pub log: String,
}

impl<'t> Origins<'t> {
    pub fn of(trace: &'t Trace) -> Self {
        let mut devices = HashMap::new();
        for channel in trace.channels.iter().filter(|channel| !channel.samples.is_empty()) {
            devices.entry(channel.device.as_str()).or_insert_with(|| digest(channel));
        }
        let first = trace.channels.iter().find_map(|channel| devices.get(channel.device.as_str()));
        Self { log: first.copied().filter(|_| !trace.is_joined()), devices }
    }

    /// The identities of a channel.
    pub fn identity(&self, channel: &Channel) -> Identity {
        let (device, name) = (&channel.device, &channel.name);
        let origin = self.devices.get(device.as_str()).copied().unwrap_or_default();
        let stated = channel.sensor.as_ref().and_then(|sensor| sensor.instance.as_deref());
        let is_uuid = device.len() >= 16 && device.contains('-') && device.chars().any(|c| c.is_ascii_digit());
        let meter = match stated {
            Some(name) => name.to_owned(),
            None if is_uuid => device.clone(),
            None => format!("{device}@{origin:016x}"),
        };
        Identity {
            input: if stated.is_some() { format!("{meter}/{device}/{name}") } else { format!("{meter}/{name}") },
            meter,
            recording: format!("{device}@{origin:016x}/{name}"),
            log: self.log.map_or_else(|| format!("{device}@{origin:016x}"), |log| format!("{log:016x}")),
        }
    }
}

/// A number that tells one recording from another (FNV-1a).
fn digest(channel: &Channel) -> u64 {
    let samples = channel.samples.time_ns.iter().zip(&channel.samples.value).take(64);
    let words = samples.flat_map(|(time, value)| [time.cast_unsigned(), value.to_bits()]);
    words.chain([channel.samples.len() as u64]).fold(0xcbf2_9ce4_8422_2325_u64, |hash, word| {
        word.to_le_bytes().iter().fold(hash, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3))
    })
}
