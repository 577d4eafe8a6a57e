//! A power log as one typed table: channels on one clock, and what there is to say about them.

use super::channel::Channel;
use super::clock::Clock;
use super::place::Records;
use crate::input::{Diagnostics, LeapSeconds};

/// A power log: channels on one clock.
#[derive(Debug, Clone)]
pub struct Trace {
    /// Name of the format it was read from.
    pub format: &'static str,
    /// File it was read from, or `<bytes>`.
    pub source: String,
    /// What the times of all channels count from.
    pub clock: Clock,
    /// The leap seconds that the log writes out; every time behind one counts it.
    pub leaps: LeapSeconds,
    /// The series.
    pub channels: Vec<Channel>,
    /// Whether the channels' places in their devices are settled, so that a total can be given.
    pub total_known: bool,
    /// Whether the devices are recordings of their own, as the runs of a tracker are: time between them is no gap.
    pub separate_devices: bool,
    /// Where the records that the samples came from stand in the file.
    pub records: Records,
    /// What there is to say about the file.
    pub diagnostics: Diagnostics,
}

impl Trace {
    /// First and last time of all channels that give energy. [ns]
    pub fn span_ns(&self) -> Option<(i64, i64)> {
        let times = || self.channels.iter().filter(|c| c.kind.gives_energy()).flat_map(|c| c.samples.segments());
        let first = times().filter_map(|(time, _)| time.first().copied()).min()?;
        let last = times().filter_map(|(time, _)| time.last().copied()).max()?;
        Some((first, last))
    }

    /// Whether it is made of several recordings.
    pub fn is_joined(&self) -> bool {
        self.format == super::join::JOINED
    }

    /// The devices in the order in which they first appear.
    pub fn devices(&self) -> Vec<&str> {
        let mut devices: Vec<&str> = Vec::new();
        let mut seen = std::collections::HashSet::new();
        for channel in &self.channels {
            if seen.insert(channel.device.as_str()) {
                devices.push(&channel.device);
            }
        }
        devices
    }
}
