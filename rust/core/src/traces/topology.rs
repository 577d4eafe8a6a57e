//! Which channels may be summed: the outermost measured ones, each quantity in one representation.

use super::channel::Channel;
use super::trace::Trace;
use std::collections::{BTreeSet, HashMap};

/// A set of channels that measure disjoint parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cut {
    /// Indices of the channels in the trace.
    pub members: Vec<usize>,
    /// Why these and no others.
    pub reason: String,
}

/// The channels of `trace` whose energies add up to its total.
///
/// In every device the outermost channels that have readings: a channel is left out where another of its device
/// contains it (`within`) or measures the same thing better (`instead`, as a mean over the whole time does against
/// an instant reading), if that other one has readings. There is no total where the places of the channels are not
/// settled.
pub fn cut(trace: &Trace) -> Cut {
    if !trace.total_known {
        let reason = "how the channels nest is not settled; name one to get its energy".to_owned();
        return Cut { members: Vec::new(), reason };
    }
    let measured = |channel: &Channel| channel.kind.gives_energy() && !channel.samples.is_empty();
    let by_name: HashMap<(&str, &str), &Channel> =
        trace.channels.iter().map(|channel| ((channel.device.as_str(), channel.name.as_str()), channel)).collect();
    let mut members = Vec::new();
    let mut reasons = BTreeSet::new();
    for (index, channel) in trace.channels.iter().enumerate().filter(|(_, channel)| measured(channel)) {
        let named = |name: &Option<String>| {
            let other = by_name.get(&(channel.device.as_str(), name.as_deref()?))?;
            (measured(other) && !std::ptr::eq(*other, channel)).then_some(*other)
        };
        if let Some(better) = named(&channel.instead) {
            reasons.insert(format!("{} stands for {}", better.name, channel.name));
        } else if let Some(outer) = outermost(channel, &by_name, &measured) {
            reasons.insert(format!("{} contains {}", outer.name, channel.name));
        } else {
            members.push(index);
        }
    }
    let names: BTreeSet<&str> =
        members.iter().filter_map(|index| Some(trace.channels.get(*index)?.name.as_str())).take(16).collect();
    let mut reason = format!("sum of {}", names.into_iter().collect::<Vec<_>>().join(", "));
    for part in reasons.into_iter().take(16) {
        reason.push_str("; ");
        reason.push_str(&part);
    }
    Cut { members, reason }
}

/// The outermost measured channel that contains `channel`, following the chain of containers outwards.
fn outermost<'t>(
    channel: &'t Channel,
    by_name: &HashMap<(&str, &str), &'t Channel>,
    measured: &impl Fn(&Channel) -> bool,
) -> Option<&'t Channel> {
    let mut found = None;
    let mut at = channel;
    // The chain is as long as the tree is deep; the bound keeps a circle from being followed for ever.
    for _ in 0..16 {
        let Some(outer) = at.within.as_deref().and_then(|name| by_name.get(&(channel.device.as_str(), name))) else {
            break;
        };
        at = outer;
        if measured(at) && !std::ptr::eq(at, channel) {
            found = Some(at);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::channel::{Kind, Samples};
    use super::super::clock::Clock;
    use super::super::place::Records;
    use super::*;
    use crate::input::Diagnostics;

    fn channel(name: &str, within: Option<&str>, instead: Option<&str>, readings: usize) -> Channel {
        Channel {
            name: name.to_owned(),
            device: "0".to_owned(),
            kind: Kind::InstantPower,
            boundary: None,
            within: within.map(str::to_owned),
            instead: instead.map(str::to_owned),
            stamp_resolution_ns: 1,
            sensor: None,
            resolution: 0.0,
            coarse_time: false,
            samples: Samples {
                time_ns: vec![0; readings],
                value: vec![1.0; readings],
                line: vec![1; readings],
                ..Samples::default()
            },
        }
    }

    fn members(channels: Vec<Channel>, total_known: bool) -> Vec<usize> {
        cut(&Trace {
            format: "x",
            source: "x".into(),
            clock: Clock::Relative,
            leaps: crate::input::LeapSeconds::default(),
            channels,
            total_known,
            separate_devices: false,
            records: Records::default(),
            diagnostics: Diagnostics::default(),
        })
        .members
    }

    #[test]
    fn a_total_holds_its_rails_and_a_mean_stands_for_an_instant() {
        let rails =
            vec![channel("A", Some("IN"), None, 2), channel("IN", None, None, 2), channel("B", Some("A"), None, 2)];
        assert_eq!(members(rails.clone(), true), [1]);
        assert_eq!(members(rails, false), [0usize; 0]);
        let mean = vec![channel("instant", None, Some("mean"), 2), channel("mean", None, None, 2)];
        assert_eq!(members(mean, true), [1]);
    }

    #[test]
    fn what_never_reads_contains_nothing() {
        assert_eq!(members(vec![channel("gpu", Some("module"), None, 2), channel("module", None, None, 0)], true), [0]);
        assert_eq!(members(vec![channel("instant", None, Some("mean"), 2), channel("mean", None, None, 0)], true), [0]);
    }

    #[test]
    fn a_circle_ends() {
        assert_eq!(
            members(vec![channel("a", Some("b"), None, 2), channel("b", Some("a"), None, 2)], true),
            [0usize; 0]
        );
    }
}
