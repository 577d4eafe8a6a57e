//! `turbostat`: a table a sample, columns by name; powers are means over the interval, in W.
//!
//! The row of the whole system has `-` for its CPU; a summary (`-S`) has that row alone. `PkgWatt` holds `CorWatt` and
//! `GFXWatt`, `RAMWatt` is beside it, `SysWatt` holds all. There is no time without `Time_Of_Day_Seconds`, which
//! ends the interval. The energies of `--Joules` are not read. Reference: torvalds/linux,
//! tools/power/x86/turbostat/turbostat.8 and the table `bic` of turbostat.c.

use super::Format;
use super::parts::sheet::Column;
use crate::input::{Base, Code, Literal, Refusal, Scale, Stamp, Text, literal, numeric_stamp, unit};
use crate::quantity::Boundary;
use crate::traces::{Builder, Head, Kind, ReadOptions, Time, Trace};

pub(super) const FORMAT: Format = Format {
    name: "turbostat",
    description: "turbostat, full table or summary",
    units: "W",
    channels: "interval-mean-power",
    clock: "utc with Time_Of_Day_Seconds, else relative with interval",
    boundary: "chip (packages and memory), not settled with SysWatt",
    sample: "turbostat.txt",
    detect,
    read,
};

const POWERS: [&str; 5] = ["SysWatt", "PkgWatt", "RAMWatt", "CorWatt", "GFXWatt"];

const TIME: &str = "Time_Of_Day_Seconds";

fn detect(head: &Head) -> bool {
    head.lines.iter().any(|line| is_header(line) || line.starts_with("turbostat version "))
}

fn is_header(line: &str) -> bool {
    let mut words = line.split_whitespace();
    let first = words.clone().next().is_some_and(|word| word.starts_with(|c: char| c.is_ascii_alphabetic()));
    first && words.any(|word| word == "PkgWatt" || word == "SysWatt")
}

fn read(text: &Text, options: &ReadOptions) -> Result<Trace, Refusal> {
    let mut builder = Builder::new(text.path(), options)?;
    let (mut lines, mut header, mut count) = (text.lines(), None::<Vec<String>>, 0u64);
    while let Some(line) = lines.next(&mut builder.diagnostics)? {
        if is_header(&line.text) {
            builder.header(line.number);
            header = Some(line.text.split_whitespace().map(str::to_owned).collect());
            continue;
        }
        let Some(header) = &header else { continue };
        let cells: Vec<&str> = line.text.split_whitespace().collect();
        let at = |name: &str| header.iter().position(|known| known == name);
        let of_system =
            ["CPU", "Core", "Package"].iter().find_map(|name| at(name)).is_none_or(|at| cells.get(at) == Some(&"-"));
        if cells.is_empty() || !of_system {
            continue;
        }
        if cells.len() != header.len() {
            let (found, expected) = (format!("{} fields", cells.len()), format!("{} fields", header.len()));
            return Err(builder.refuse(Code::FieldCount, line.number, found, expected));
        }
        let cell = |name: &str| at(name).and_then(|at| cells.get(at)).copied();
        builder.record(line.number);
        let (start, end) = times(&mut builder, cell(TIME), count, line.number)?;
        count += 1;
        let device = builder.device("0", line.number)?;
        for name in POWERS {
            let Some(text) = cell(name) else { continue };
            let slot = builder.slot_named(name).unwrap_or_else(|| builder.slot(column(name, header).slot));
            if let Some(start) = start.filter(|_| !builder.has_rows(device, slot)) {
                builder.start((device, slot), (line.number, start))?;
            }
            let reading = builder.read(slot, text, (unit("W"), None), line.number)?;
            builder.sample((device, slot), (line.number, end), reading, text)?;
        }
    }
    if builder.headless() {
        return Err(builder.refuse(Code::NoHeader, 1, "no table", "a header with PkgWatt"));
    }
    builder.leave_out_zeros();
    builder.finish(FORMAT.name, true)
}

fn column(name: &str, header: &[String]) -> Column {
    let has = |name: &str| header.iter().any(|known| known == name);
    let column = Column::new(name, Kind::IntervalMeanPower, "W");
    match name {
        "SysWatt" => column,
        "PkgWatt" | "RAMWatt" if has("SysWatt") => column.at(Boundary::Chip).within("SysWatt"),
        "PkgWatt" | "RAMWatt" => column.at(Boundary::Chip),
        _ => column.at(Boundary::Chip).within("PkgWatt"),
    }
}

/// The start, where it is known, and the end of the sample number `count`.
fn times(
    builder: &mut Builder<'_>,
    stamp: Option<&str>,
    count: u64,
    line: u32,
) -> Result<(Option<Time>, Time), Refusal> {
    let Some(text) = stamp else {
        let start = builder.spaced_time(None, count, line)?;
        return Ok((Some(start), builder.spaced_time(None, count.saturating_add(1), line)?));
    };
    let stamp = match literal(text, '.') {
        Literal::Number(number) => numeric_stamp(number, Scale::ONE),
        _ => None,
    };
    match stamp {
        Some(stamp) => Ok((None, builder.time(Stamp { base: Base::Utc, ..stamp }, line)?)),
        None => Err(builder.refuse(Code::TimeParse, line, text, "Unix time in s")),
    }
}
