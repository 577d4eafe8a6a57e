//! A device whose energy counter and polled power tell different stories.

use super::evidence::{About, Check, Evidence, Finding};
use crate::input::Code;
use crate::traces::{Channel, Kind};
use std::collections::HashMap;

pub(super) const CHECK: Check = Check { about: About::Meter, find };

/// Counter and polled power of one sensor agree to this share.
const AGREE: f64 = 0.10;

/// Fewer polled samples than this tell little about the mean.
const LEAST: usize = 5;

/// A device whose counter and gauge of one zone differ by more than a tenth in mean power over the time that both saw
/// (ml-energy/zeus#181: 187 J by the counter and 327 J by polling over the same 5 s).
fn find(evidence: &Evidence<'_>) -> Vec<Finding> {
    let channels = &evidence.trace.channels;
    let counters = channels.iter().filter(|channel| matches!(channel.kind, Kind::EnergyCounter { .. }));
    let mut gauges: HashMap<&str, Vec<&Channel>> = HashMap::new();
    for gauge in channels.iter().filter(|channel| channel.kind.is_power()) {
        gauges.entry(&gauge.device).or_default().push(gauge);
    }
    let pairs = counters.flat_map(|counter| {
        let of_device = gauges.get(counter.device.as_str()).into_iter().flatten();
        of_device.filter(|gauge| same_zone(counter, gauge)).map(move |gauge| (counter, *gauge))
    });
    let of_pair = |(counter, gauge): (&Channel, &Channel)| {
        let ends = |channel: &Channel| {
            let mut times = evidence.inside(channel).map(|(time, ..)| time);
            let first = times.next()?;
            Some((first, times.last()?))
        };
        let ((start, end), (from, to)) = (ends(counter)?, ends(gauge)?);
        let both = (start.max(from), end.min(to));
        if evidence.inside(gauge).filter(|(time, ..)| (both.0..=both.1).contains(time)).count() < LEAST {
            return None;
        }
        let (counted, polled) = (evidence.mean_power_in(counter, both)?, evidence.mean_power_in(gauge, both)?);
        let differ = (counted - polled).abs() > AGREE * counted.abs().max(polled.abs());
        let message = format!("{counted:.3} W on average by the counter, {polled:.3} W by {}", gauge.label());
        differ.then(|| evidence.finding(Code::CounterDiffers, None, counter, message))
    };
    pairs.filter_map(of_pair).collect()
}

/// Whether two channels measure one zone of a device: one stands for the other, or both lie in the same place.
fn same_zone(counter: &Channel, gauge: &Channel) -> bool {
    let stands_for = |one: &Channel, other: &Channel| one.instead.as_deref() == Some(other.name.as_str());
    counter.device == gauge.device
        && (stands_for(gauge, counter)
            || stands_for(counter, gauge)
            || (counter.within == gauge.within && counter.boundary.is_some() && counter.boundary == gauge.boundary))
}
