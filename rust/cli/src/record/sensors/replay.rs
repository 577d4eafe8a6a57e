//! A power log that is played again in the place of a sensor, for trying a set-up and for tests.

use super::{Channel, Found, Reading, Search, Sensor, SensorKind};
use std::path::Path;
use szilard::traces::{ReadOptions, Samples, read_path};

pub(super) const SENSOR: SensorKind =
    SensorKind { name: "replay", what: "a power log that is played again (--replay)", last: false, probe };

struct Replay {
    channels: Vec<Channel>,
    series: Vec<Samples>,
    /// First time of the log. [ns]
    first_ns: i64,
    /// When playing started. [ns]
    start_ns: Option<i64>,
}

fn probe(search: &Search) -> Found {
    let Some(path) = &search.replay else { return Found::nothing("not asked for (--replay)") };
    match open(path) {
        Ok(replay) => Found { sensors: vec![Box::new(replay)], reasons: Vec::new() },
        Err(reason) => Found::nothing(reason),
    }
}

fn open(path: &Path) -> Result<Replay, String> {
    let trace = read_path(path, &ReadOptions::default()).map_err(|error| error.to_string())?;
    let (first_ns, _) = trace.span_ns().ok_or("the log has no times")?;
    let (mut channels, mut series) = (Vec::new(), Vec::new());
    for channel in trace.channels.into_iter().filter(|channel| channel.kind.gives_energy()) {
        let like = Channel::new(SENSOR.name, &channel.device, &channel.name, channel.kind, channel.kind.unit());
        channels.push(Channel {
            boundary: channel.boundary,
            within: channel.within,
            instead: channel.instead,
            placed: trace.total_known,
            modelled: Some(format!("a replay of a {} log", trace.format)),
            ..like
        });
        series.push(channel.samples);
    }
    Ok(Replay { channels, series, first_ns, start_ns: None })
}

impl Sensor for Replay {
    fn channels(&self) -> &[Channel] {
        &self.channels
    }

    fn read(&mut self, now_ns: i64, into: &mut Vec<Reading>) {
        let start = *self.start_ns.get_or_insert(now_ns);
        let at = self.first_ns.saturating_add(now_ns.saturating_sub(start));
        into.extend(self.series.iter().map(|samples| match interpolated(samples, at) {
            Some(value) => Reading::Decimal(value.to_string()),
            None => Reading::Missing("the log that is played has ended".to_owned()),
        }));
    }
}

/// The value on the line between the samples around a time; none outside them.
fn interpolated(samples: &Samples, at: i64) -> Option<f64> {
    let after = samples.time_ns.partition_point(|time| *time < at);
    let sample = |index: usize| Some((*samples.time_ns.get(index)?, *samples.value.get(index)?));
    let (end, to) = sample(after)?;
    let (start, from) = if end == at { (end, to) } else { sample(after.checked_sub(1)?)? };
    let share = if end == start { 0.0 } else { (at - start) as f64 / (end - start) as f64 };
    Some(from + (to - from) * share)
}
