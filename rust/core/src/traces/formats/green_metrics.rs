//! Metric logs of the Green Metrics Tool: Unix time in us, energy of the interval in uJ, name of the zone.
//!
//! A row without a name does not say what it measures nor in which unit: it is read only with the unit from the caller.
//! Where the counter wraps the writer leaves the interval out. Reference: green-coding-solutions/green-metrics-tool,
//! metric_providers/cpu/energy/rapl/msr/component/source.c and provider.py.

use super::Format;
use super::parts::rapl_zone::Zone;
use super::parts::sheet::Column;
use crate::input::{Code, Refusal, Text, printable, unit};
use crate::traces::{Builder, Head, Kind, ReadOptions, Role, Trace};

pub(super) const FORMAT: Format = Format {
    name: "green-metrics-log",
    description: "Green Metrics Tool log of an energy provider",
    units: "uJ",
    channels: "interval-energy",
    clock: "utc",
    boundary: "chip for RAPL zones, else as given",
    sample: "green-metrics-log.txt",
    detect,
    read,
};

fn detect(head: &Head) -> bool {
    head.lines.first().is_some_and(|line| is_record(line)) && head.lines.get(1).is_none_or(|line| is_record(line))
}

/// Whether the line is a time of 16 digits, a whole number and at most one name.
fn is_record(line: &str) -> bool {
    let words: Vec<&str> = line.split_whitespace().collect();
    let digits = |text: &&str| text.bytes().all(|byte| byte.is_ascii_digit());
    let numbers =
        words.first().is_some_and(|time| time.len() == 16 && digits(time)) && words.get(1).is_some_and(digits);
    numbers && (2..=3).contains(&words.len()) && !line.contains([',', ';'])
}

fn read(text: &Text, options: &ReadOptions) -> Result<Trace, Refusal> {
    let mut builder = Builder::new(text.path(), options)?;
    let given =
        options.columns.iter().find(|choice| choice.role == Role::Energy).and_then(|choice| choice.unit.as_deref());
    let mut lines = text.lines();
    while let Some(line) = lines.next(&mut builder.diagnostics)? {
        let words: Vec<&str> = line.text.split_whitespace().collect();
        let (time, energy, zone) = match words.as_slice() {
            [] => continue,
            [time, energy, zone] => (*time, *energy, *zone),
            [time, energy] => (*time, *energy, "machine"),
            _ => return Err(builder.refuse(Code::FieldCount, line.number, &line.text, "time, energy and name")),
        };
        builder.record(line.number);
        let symbol = match (words.len(), given) {
            (_, Some(symbol)) => symbol,
            (3, None) => "uJ",
            _ => {
                let expected = "the name of the zone, or columns= with the unit of the energy";
                return Err(builder.refuse(Code::UnitUnknown, line.number, "an energy without a name", expected));
            }
        };
        let known = builder.slot_named(zone);
        let slot = known.unwrap_or_else(|| builder.slot(Column::new(zone, Kind::IntervalEnergy, symbol).slot));
        let reading = builder.read(slot, energy, (unit(symbol), None), line.number)?;
        let time = builder.unix_time(time, "us", line.number)?;
        let device = builder.device("0", line.number)?;
        builder.sample((device, slot), (line.number, time), reading, energy)?;
    }
    let names: Vec<String> = builder.slot_names().map(str::to_owned).collect();
    let alone = names.len() == 1;
    let places = Zone::places(&names).or_else(|| alone.then(|| vec![(None, options.boundary)]));
    if places.is_none() && !names.is_empty() {
        builder.remark(Code::TotalUnknown, 1, format!("how {} nest is not settled", printable(&names.join(", "))));
    }
    for (slot, (within, boundary)) in places.iter().flatten().enumerate() {
        if let Some(slot) = builder.slot_mut(slot) {
            (slot.within, slot.boundary) = (within.clone(), *boundary);
        }
    }
    builder.finish(FORMAT.name, places.is_some())
}
