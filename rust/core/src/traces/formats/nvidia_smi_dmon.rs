//! `nvidia-smi dmon`: two `#` lines of names and units, printed again and again, and one row a device.
//!
//! Power is a whole number of watts, `-` where there is no sensor. There is no time without `-o T`; the time of day of
//! `-o T` passes midnight, `-o DT` puts the date in front. Some versions start the rows with `#` too.
//!
//! Reference: nvidia-smi(1); leimao.github.io/blog/NVIDIA-NVML-GPU-Statistics.

use super::Format;
use crate::input::{Base, Code, DateOrder, Refusal, Stamp, Text, civil_stamp, printable, unit};
use crate::quantity::Boundary;
use crate::traces::{Builder, Head, Kind, Negative, ReadOptions, Slot, Time, Trace};

pub(super) const FORMAT: Format = Format {
    name: "nvidia-smi-dmon",
    description: "nvidia-smi dmon, with or without the time",
    units: "W",
    channels: "windowed-mean-power",
    clock: "local with -o DT, relative with -o T or interval",
    boundary: "board",
    sample: "nvidia-smi-dmon.txt",
    detect,
    read,
};

fn detect(head: &Head) -> bool {
    head.lines.iter().any(|line| names(line).is_some())
}

/// The names of the columns in a header line, whose `gpu` stands before the others but for date and time.
fn names(line: &str) -> Option<Vec<&str>> {
    let names: Vec<&str> = line.trim().strip_prefix('#')?.split_whitespace().collect();
    let first = names.iter().position(|name| !matches!(*name, "Date" | "Time"))?;
    (names.get(first) == Some(&"gpu") && names.len() > first + 1).then_some(names)
}

/// Whether the line is the second line of a header, with the units.
fn is_units(line: &str) -> bool {
    line.trim().starts_with('#') && line.split_whitespace().any(|word| word.trim_start_matches('#') == "Idx")
}

fn read(text: &Text, options: &ReadOptions) -> Result<Trace, Refusal> {
    let mut builder = Builder::new(text.path(), options)?;
    let slot = builder.slot(Slot {
        name: "pwr".to_owned(),
        kind: Kind::WindowedMeanPower { window_ns: None },
        boundary: Some(Boundary::Board),
        within: None,
        instead: None,
        negative: Negative::Dropped,
    });
    let (mut lines, mut header, mut counts) = (text.lines(), None::<Vec<String>>, Vec::new());
    while let Some(line) = lines.next(&mut builder.diagnostics)? {
        let plain = line.text.trim();
        if plain.is_empty() || is_units(plain) {
            continue;
        }
        if let Some(names) = names(plain) {
            builder.header(line.number);
            if !names.contains(&"pwr") {
                return Err(builder.refuse(Code::NoPower, line.number, plain, "a column pwr, as dmon -s p prints"));
            }
            header = Some(names.into_iter().map(str::to_owned).collect());
            continue;
        }
        let cells: Vec<&str> = plain.trim_start_matches('#').split_whitespace().collect();
        let Some(header) = &header else {
            builder.remark(Code::SkippedLine, line.number, printable(plain));
            continue;
        };
        if !cells.first().is_some_and(|cell| cell.starts_with(|c: char| c.is_ascii_digit())) {
            builder.remark(Code::SkippedLine, line.number, printable(plain));
            continue;
        }
        if cells.len() != header.len() {
            let (found, expected) = (format!("{} fields", cells.len()), format!("{} fields", header.len()));
            return Err(builder.refuse(Code::FieldCount, line.number, found, expected));
        }
        let cell = |name: &str| header.iter().zip(&cells).find(|(known, _)| *known == name).map(|(_, cell)| *cell);
        builder.record(line.number);
        let power = cell("pwr").unwrap_or_default();
        let reading = builder.read(slot, power, (unit("W"), None), line.number)?;
        let device = builder.device(cell("gpu").unwrap_or_default(), line.number)?;
        let time = time(&mut builder, (cell("Date"), cell("Time")), (device, line.number), &mut counts)?;
        builder.sample((device, slot), (line.number, time), reading, power)?;
    }
    builder.finish(FORMAT.name, true)
}

fn time(
    builder: &mut Builder<'_>,
    (date, clock): (Option<&str>, Option<&str>),
    (device, line): (usize, u32),
    counts: &mut Vec<u64>,
) -> Result<Time, Refusal> {
    if counts.len() <= device {
        counts.resize(device + 1, 0);
    }
    let count = counts.get_mut(device).map_or(0, |count| std::mem::replace(count, *count + 1));
    match (date, clock) {
        (Some(date), Some(clock)) => match dated(date, clock) {
            Some(stamp) => builder.time(Stamp { base: Base::Local, ..stamp }, line),
            None => Err(builder.refuse(Code::TimeParse, line, format!("{date} {clock}"), "20250304 10:00:00")),
        },
        (None, Some(clock)) => builder.time_of_day(clock, line),
        _ => builder.spaced_time(None, count, line),
    }
}

/// The stamp of a date such as `20250304` and a time of day.
fn dated(date: &str, clock: &str) -> Option<Stamp> {
    let (year, rest) = date.split_at_checked(4)?;
    let (month, day) = rest.split_at_checked(2)?;
    civil_stamp(&format!("{year}-{month}-{day} {clock}"), DateOrder::YearFirst)
}
