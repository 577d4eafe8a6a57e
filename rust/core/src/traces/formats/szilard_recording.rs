//! Recordings of `szilard record`: what each channel is, then one row a sample, then how it ended.
//!
//! Lines that start with `#` are a word and a JSON object: `start` has the three clocks of the first instant, `channel`
//! says sensor, device, rail, kind, unit, boundary and place of one column, `anchor` has the clocks again, `missing` why
//! a column is empty, `mark` and `tokens` what the command said, `end` how it ended. A row is the time since the start on
//! a clock that no one sets and that goes on through suspension, then a cell for each channel: a number, empty where
//! the read failed, `-` where the sensor had nothing new. Reference: docs/recording.md.

use super::Format;
use super::parts::rapl_zone::Zone;
use crate::input::{
    Base, Code, Json, Line, Literal, Place, Refusal, Scale, Stamp, Text, Unit, literal, printable, row, unit,
};
use crate::traces::{Builder, Fault, Head, Kind, Negative, ReadOptions, SensorModel, Slot, Time, Trace, sensor_of};
use std::collections::HashMap;
use std::sync::Arc;

pub(super) const FORMAT: Format = Format {
    name: "szilard-recording",
    description: "szilard record: all sensors of a machine while a command runs",
    units: "by channel: uJ, mJ, uW, mW, W, J",
    channels: "by channel: energy-counter, instant-power, windowed-mean-power",
    clock: "utc",
    boundary: "by channel: chip, board, node",
    sample: "szilard-recording.csv",
    detect,
    read,
};

/// What the first line starts with; the version of the layout follows.
const TITLE: &str = "# szilard-recording ";

/// The version of the layout.
const VERSION: &str = "1";

/// A change of the wall clock against the clock of the rows between two anchors that no adjustment of its rate makes.
/// [ns]
const CLOCK_SET_NS: i64 = 10_000_000;

/// A time that passed in suspension and not otherwise. [ns]
const SUSPENDED_NS: i64 = 1_000_000;

fn detect(head: &Head) -> bool {
    !head.columns_named && head.lines.first().is_some_and(|line| line.starts_with(TITLE))
}

/// A column.
struct Column {
    device: usize,
    slot: usize,
    unit: Option<Unit>,
    range: Option<f64>,
    /// Why it is empty, as it was last said.
    reason: String,
}

/// The clocks of one instant. [ns]
#[derive(Clone, Copy, Default)]
struct Clocks {
    real: i64,
    boot: i64,
    monotonic: i64,
}

/// Kinds of sensors, and a format whose channels come from the same kind.
const SENSORS: [(&str, &str); 5] = [
    ("rapl", "rapl-counter-csv"),
    ("nvml", "nvml-counter-csv"),
    ("amdgpu", "amd-smi-csv"),
    ("ina3221", "tegrastats"),
    ("tegrastats", "tegrastats"),
];

/// What has been read of the file.
#[derive(Default)]
struct Recording {
    columns: Vec<Column>,
    start: Option<Clocks>,
    last: Clocks,
    /// Names of the zones of a processor's counter, and their slots.
    zones: Vec<(usize, String)>,
    settled: bool,
    ended: bool,
    row: bool,
    /// The kind of sensor behind each device.
    sensors: HashMap<String, &'static SensorModel>,
}

fn read(text: &Text, options: &ReadOptions) -> Result<Trace, Refusal> {
    let mut builder = Builder::new(text.path(), options)?;
    let mut recording = Recording { settled: true, ..Recording::default() };
    let mut lines = text.lines();
    while let Some(line) = lines.next(&mut builder.diagnostics)? {
        match line.text.strip_prefix("# ") {
            Some(said) => recording.said(&mut builder, said, &line)?,
            None if line.text.starts_with("time_ns") => builder.header(line.number),
            None if line.text.trim().is_empty() => {}
            None => recording.row(&mut builder, &line)?,
        }
    }
    if !recording.ended && recording.row {
        builder.diagnostics.push(Code::NoEnd, Place::File, None, "the recorder did not write how the command ended");
    }
    recording.place_zones(&mut builder);
    let mut trace = builder.finish(FORMAT.name, recording.settled)?;
    // all samples are there, so nothing is left open
    _ = Zone::count_once(&mut trace);
    for channel in &mut trace.channels {
        channel.sensor = recording.sensors.get(&channel.device).map(|model| Arc::new((*model).clone()));
    }
    Ok(trace)
}

impl Recording {
    /// Takes a line of a word and an object.
    fn said(&mut self, builder: &mut Builder<'_>, said: &str, line: &Line<'_>) -> Result<(), Refusal> {
        if let Some(version) = said.strip_prefix("szilard-recording ") {
            if version != VERSION {
                let expected = format!("version {VERSION} of the layout");
                return Err(builder.refuse(Code::Header, line.number, version, expected));
            }
            if self.start.is_some() {
                builder.remark(Code::HeaderRepeat, line.number, "another recording starts here");
            }
            let (zones, sensors) = (std::mem::take(&mut self.zones), std::mem::take(&mut self.sensors));
            *self = Self { zones, sensors, settled: self.settled, ..Self::default() };
            return Ok(());
        }
        let Some((word, object)) = said.split_once(": ") else { return Ok(()) };
        let path = builder.path().to_owned();
        let wanted = ["start", "channel", "anchor", "missing", "end"];
        if !wanted.contains(&word) {
            return Ok(());
        }
        let object = Json::parse(object.as_bytes(), &path)
            .map_err(|refusal| builder.refuse(refusal.code, line.number, object, "a JSON object"))?;
        match word {
            "start" => {
                let clocks = clocks(&object)
                    .ok_or_else(|| builder.refuse(Code::Header, line.number, said, "real_ns, boot_ns, monotonic_ns"))?;
                (self.start, self.last) = (Some(clocks), clocks);
            }
            "channel" => self.channel(builder, &object, line.number)?,
            "anchor" => self.anchor(builder, &object, line.number),
            "missing" => {
                let column = whole(&object, "channel").and_then(|at| self.columns.get_mut(usize::try_from(at).ok()?));
                if let (Some(column), Some(reason)) = (column, object.get("reason").and_then(Json::as_str)) {
                    column.reason = reason.to_owned();
                }
            }
            _ => self.ended = true,
        }
        Ok(())
    }

    /// Declares a channel.
    fn channel(&mut self, builder: &mut Builder<'_>, object: &Json<'_>, line: u32) -> Result<(), Refusal> {
        let word = |key: &str| object.get(key).and_then(Json::as_str);
        let missing = |builder: &Builder<'_>, key: &str| {
            builder.refuse(Code::Header, line, format!("a channel without {key}"), format!("{key} as a text"))
        };
        let rail = word("rail").ok_or_else(|| missing(builder, "rail"))?;
        let device = word("device").ok_or_else(|| missing(builder, "device"))?;
        let kind = word("kind").ok_or_else(|| missing(builder, "kind"))?;
        let symbol = word("unit").ok_or_else(|| missing(builder, "unit"))?;
        let unit = unit(symbol).ok_or_else(|| builder.refuse(Code::UnitUnknown, line, symbol, "a known unit"))?;
        let scaled = |scale: Scale| object.get("range").and_then(Json::as_number).and_then(|text| number(text, scale));
        let range = scaled(unit.scale);
        let kind = match kind {
            "energy-counter" => Kind::EnergyCounter { range },
            "instant-power" => Kind::InstantPower,
            "windowed-mean-power" => Kind::WindowedMeanPower { window_ns: None },
            "interval-energy" => Kind::IntervalEnergy,
            _ => return Err(builder.refuse(Code::Header, line, kind, "a kind of power or energy")),
        };
        let boundary = match word("boundary") {
            None => builder.given_boundary(),
            Some(name) => {
                let boundary = name.parse().map_err(|_| builder.refuse(Code::Header, line, name, "a boundary"))?;
                Some(boundary)
            }
        };
        let like = SENSORS.iter().find(|(sensor, _)| word("sensor") == Some(sensor));
        if let Some(model) = like.and_then(|(_, format)| sensor_of(format)) {
            self.sensors.insert(device.to_owned(), model);
        }
        let device = builder.device(device, line)?;
        let slot = builder.slot(Slot {
            name: rail.to_owned(),
            kind,
            boundary,
            within: word("within").map(str::to_owned),
            instead: word("instead").map(str::to_owned),
            negative: Negative::Kept,
        });
        if word("sensor") == Some("rapl") {
            self.zones.push((slot, rail.to_owned()));
        }
        if object.get("placed").and_then(Json::as_bool) == Some(false) {
            self.settled = false;
            builder.remark(
                Code::TotalUnknown,
                line,
                format!("whether another rail holds {} is not said", printable(rail)),
            );
        }
        if let Some(modelled) = word("modelled") {
            builder.remark(Code::Modelled, line, format!("{}: {}", printable(rail), printable(modelled)));
        }
        self.columns.push(Column { device, slot, unit: Some(unit), range, reason: String::new() });
        Ok(())
    }

    /// Compares the clocks with those of the anchor before.
    fn anchor(&mut self, builder: &mut Builder<'_>, object: &Json<'_>, line: u32) {
        let Some(now) = clocks(object) else { return };
        let since = |clock: fn(&Clocks) -> i64| clock(&now).saturating_sub(clock(&self.last));
        let (real, boot) = (since(|clocks| clocks.real), since(|clocks| clocks.boot));
        let suspended = boot.saturating_sub(since(|clocks| clocks.monotonic));
        let step = real.saturating_sub(boot);
        if step.saturating_abs() > CLOCK_SET_NS {
            let message = format!("the wall clock was set by {:+.3} s; times go on as before", step as f64 * 1e-9);
            builder.remark(Code::ClockSet, line, message);
        }
        if suspended > SUSPENDED_NS {
            let message = format!("the machine was suspended for {:.3} s", suspended as f64 * 1e-9);
            builder.remark(Code::Gap, line, message);
        }
        self.last = now;
    }

    /// Takes a row.
    fn row(&mut self, builder: &mut Builder<'_>, line: &Line<'_>) -> Result<(), Refusal> {
        let Some(start) = self.start else {
            return Err(builder.refuse(Code::NoHeader, line.number, &line.text, "a start before the first row"));
        };
        let cells = row(line, ',', builder.path())?;
        if cells.len() != self.columns.len() + 1 {
            let (found, expected) = (format!("{} fields", cells.len()), format!("{} fields", self.columns.len() + 1));
            return Err(builder.refuse(Code::FieldCount, line.number, found, expected));
        }
        let text = cells.first().map_or("", AsRef::as_ref);
        let since = text.parse::<i64>().ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()));
        let Some(ns) = since.and_then(|since| start.real.checked_add(since)) else {
            return Err(builder.refuse(Code::TimeParse, line.number, text, "nanoseconds since the start"));
        };
        let time = builder.time(Stamp { ns, base: Base::Utc, leap: false, resolution_ns: 1 }, line.number)?;
        builder.record(line.number);
        self.row = true;
        for (column, cell) in self.columns.iter().zip(cells.iter().skip(1)) {
            column.take(builder, cell, (line.number, time))?;
        }
        Ok(())
    }

    /// Puts the zones of a processor's counter in their places.
    fn place_zones(&mut self, builder: &mut Builder<'_>) {
        let names: Vec<String> = self.zones.iter().map(|(_, name)| name.clone()).collect();
        let places = Zone::places(&names);
        if places.is_none() && !names.is_empty() {
            self.settled = false;
            let message = format!("how {} nest is not settled", printable(&names.join(", ")));
            builder.diagnostics.push(Code::TotalUnknown, Place::File, None, message);
        }
        for ((slot, _), (within, boundary)) in self.zones.iter().zip(places.into_iter().flatten()) {
            if let Some(slot) = builder.slot_mut(*slot) {
                (slot.within, slot.boundary) = (within, boundary);
            }
        }
    }
}

impl Column {
    /// Takes a cell: a number, nothing where the read failed, `-` where there was nothing new.
    fn take(&self, builder: &mut Builder<'_>, cell: &str, at: (u32, Time)) -> Result<(), Refusal> {
        if cell == "-" {
            return Ok(());
        }
        let reading = match cell {
            "" => Err(Fault::NotRead),
            _ => builder.read(self.slot, cell, (self.unit, None), at.0)?,
        };
        let past_range = |value: f64| self.range.is_some_and(|range| value > range);
        let reading = reading.and_then(|value| if past_range(value.0) { Err(Fault::BadRead) } else { Ok(value) });
        let text = if cell.is_empty() { self.reason.as_str() } else { cell };
        builder.sample((self.device, self.slot), at, reading, text)
    }
}

fn clocks(object: &Json<'_>) -> Option<Clocks> {
    let of = |key: &str| whole(object, key);
    Some(Clocks { real: of("real_ns")?, boot: of("boot_ns")?, monotonic: of("monotonic_ns")? })
}

/// The whole number under a key.
fn whole(object: &Json<'_>, key: &str) -> Option<i64> {
    object.get(key).and_then(Json::as_number)?.parse().ok()
}

fn number(text: &str, scale: Scale) -> Option<f64> {
    match literal(text, '.') {
        Literal::Number(number) => number.to_f64(scale),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::traces::{ReadOptions, read};

    #[test]
    fn a_channel_has_the_gain_of_its_sensor() {
        let channel = |sensor: &str, device: &str| {
            format!(
                "# channel: {{\"sensor\":\"{sensor}\",\"device\":\"{device}\",\"rail\":\"r\",\"kind\":\"instant-power\",\"unit\":\"W\"}}\n"
            )
        };
        let start =
            "# szilard-recording 1\n# start: {\"real_ns\":1785571200000000000,\"boot_ns\":5,\"monotonic_ns\":4}\n";
        let channels = channel("ina3221", "module") + &channel("battery", "BAT0");
        let text = format!("{start}{channels}time_ns,a,b\n0,7.2,9\n1000000000,7.2,9\n# end: {{}}\n");
        let trace = read(text.into_bytes(), "run.csv", &ReadOptions::default()).unwrap();
        let labels: Vec<Option<&str>> =
            trace.channels.iter().map(|channel| Some(channel.sensor.as_ref()?.label.as_str())).collect();
        assert_eq!(labels, [Some("INA3221 gain"), None]);
    }
}
