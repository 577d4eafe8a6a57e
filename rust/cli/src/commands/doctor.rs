//! `szilard doctor`: what would be recorded here, and what stands in the way of more.

use super::record::reasons_of;
use super::sensors::{Sensors, time};
use crate::failure::Failure;
use crate::output::{Answer, lines, or_dash, sections, table, with};
use crate::record::{Clocks, Found, Seen, SensorKind, clocks, look, search, size_per_hour};
use clap::Args;
use serde_json::{Value, json};

/// Sensors and clocks of this machine, as a recording would find them.
#[derive(Debug, Args)]
pub(crate) struct Doctor {
    /// Time for which each sensor is looked at
    #[arg(long, value_name = "TIME", default_value = "1")]
    time: String,
    /// Interval of the recording that is thought of
    #[arg(long, value_name = "TIME", default_value = "0.1")]
    interval: String,
    #[command(flatten)]
    sensors: Sensors,
}

impl Doctor {
    pub(super) fn answer(&self) -> Result<Answer, Failure> {
        let interval = time("--interval", &self.interval)?;
        if interval.is_zero() {
            return Err(Failure::Usage { message: "--interval: expected a time above 0".to_owned() });
        }
        let (place, long) = (self.sensors.search(interval)?, time("--time", &self.time)?);
        let mut found = search(&place);
        let mut seen = Vec::new();
        for sensor in found.iter_mut().flat_map(|(_, found)| &mut found.sensors) {
            seen.extend(look(sensor.as_mut(), long));
        }
        let (reasons, clocks) = (reasons_of(&found), clocks(interval));
        let size = size_per_hour(&seen, interval);
        let object = json!({
            "status": if seen.is_empty() { "incomplete" } else { "complete" },
            "interval_s": interval.as_secs_f64(),
            "bytes_per_hour": size,
            "channels": seen.iter().map(channel_json).collect::<Vec<_>>(),
            "kinds": found.iter().map(kind_json).collect::<Vec<_>>(),
            "clock": {
                "step_ns": clocks.step_ns, "late_median_s": clocks.late_s.0, "late_most_s": clocks.late_s.1,
                "suspended_s": clocks.suspended_s,
                "synchronised": clocks.wall.map(|wall| wall.synchronised), "error_s": clocks.wall.map(|wall| wall.error_s),
            },
        });
        let none = "no sensor gives readings: a recording would have no energy".to_owned();
        let text = sections(&[
            channels_text(&seen, interval.as_secs_f64()),
            recording_text(&seen, interval.as_secs_f64(), size),
            clocks_text(&clocks),
            reasons.iter().map(|reason| format!("not read: {reason}\n")).collect(),
        ]);
        let incomplete = if seen.is_empty() { vec![none] } else { Vec::new() };
        Ok(Answer { text, json: object, incomplete, ..Answer::default() })
    }
}

fn channel_json(seen: &Seen) -> Value {
    let more = json!({ "update_s": seen.update_s, "read_s": seen.read_s, "value": seen.value, "reason": seen.reason });
    with(seen.channel.json(), more)
}

fn kind_json((kind, found): &(&'static SensorKind, Found)) -> Value {
    json!({ "sensor": kind.name, "what": kind.what, "found": found.sensors.len(), "reasons": found.reasons })
}

const TITLES: [&str; 8] = ["sensor", "channel", "kind", "boundary", "value", "unit", "new every [ms]", "one read [ms]"];

/// The channels, and what is worth knowing about an interval that is shorter than they change.
fn channels_text(seen: &[Seen], interval_s: f64) -> String {
    let milliseconds = |seconds: f64| format!("{:.3}", seconds * 1e3);
    let row = |seen: &Seen| {
        vec![
            seen.channel.sensor.to_owned(),
            seen.channel.label(),
            seen.channel.kind.word().to_owned(),
            or_dash(seen.channel.boundary),
            seen.value.clone().or_else(|| seen.reason.clone()).unwrap_or_else(|| "-".to_owned()),
            seen.channel.unit.clone(),
            or_dash(seen.update_s.map(milliseconds)),
            milliseconds(seen.read_s),
        ]
    };
    let mut text =
        if seen.is_empty() { String::new() } else { table(&TITLES, &seen.iter().map(row).collect::<Vec<_>>()) };
    for slow in seen.iter().filter(|seen| seen.update_s.is_some_and(|update| update > interval_s)) {
        let update = milliseconds(slow.update_s.unwrap_or(0.0));
        text += &format!(
            "{}: has a new value every {update} ms only; an interval below that repeats it\n",
            slow.channel.label()
        );
    }
    text
}

/// What a recording would hold.
fn recording_text(seen: &[Seen], interval_s: f64, size: f64) -> String {
    let what = format!("{} channels every {interval_s} s, {:.1} MB an hour", seen.len(), size * 1e-6);
    lines(&[("would be recorded", Some(if seen.is_empty() { "nothing".to_owned() } else { what }))])
}

fn clocks_text(clocks: &Clocks) -> String {
    let late = format!("{:.3} ms at the median, {:.3} ms at most", clocks.late_s.0 * 1e3, clocks.late_s.1 * 1e3);
    let wall = clocks.wall.map(|wall| {
        let kept = if wall.synchronised { "synchronised" } else { "kept right by nothing" };
        format!("{kept}, off by {:.3} s at most", wall.error_s)
    });
    lines(&[
        ("clock step", Some(format!("{} ns", clocks.step_ns))),
        ("waits are late", Some(late)),
        ("wall clock", wall),
        ("suspended since the start", Some(format!("{:.3} s", clocks.suspended_s))),
    ])
}
