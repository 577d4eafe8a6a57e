//! `dcgmi dmon`: a line of short names behind `#Entity`, a line of units behind `ID`, and one row an entity.
//!
//! There is no time: the interval must be given. `POWER` is the mean power and `TOTEC` the energy counter in mJ. Instances
//! of a partitioned GPU (`GPU-I`) show the whole board and are left out. A field without a unit leaves the line of units
//! shorter than that of names; then the units are those of the fields. Reference: NVIDIA/DCGM, dcgmi/DeviceMonitor.cpp
//! (`SetHeaderForOutput`, `PrintMetricsRow`) and dcgmlib/src/dcgm_fields.cpp.

use super::Format;
use super::parts::sheet::Column;
use crate::input::{Code, Refusal, Text, printable, unit};
use crate::quantity::Boundary;
use crate::traces::{Builder, Head, Kind, ReadOptions, Trace};

pub(super) const FORMAT: Format = Format {
    name: "dcgm-dmon",
    description: "dcgmi dmon of power (155) and energy (156)",
    units: "W, mJ",
    channels: "energy-counter, windowed-mean-power",
    clock: "relative with interval",
    boundary: "board",
    sample: "dcgm-dmon.txt",
    detect,
    read,
};

/// Short names of the fields, best first, and their units where the log has no line of units.
const FIELDS: [(&str, &str); 2] = [("TOTEC", "mJ"), ("POWER", "W")];

fn detect(head: &Head) -> bool {
    head.lines.iter().any(|line| line.trim_start().starts_with("#Entity"))
}

fn read(text: &Text, options: &ReadOptions) -> Result<Trace, Refusal> {
    let mut builder = Builder::new(text.path(), options)?;
    let (mut lines, mut names, mut units) = (text.lines(), Vec::<String>::new(), Vec::<String>::new());
    let mut counts: Vec<u64> = Vec::new();
    while let Some(line) = lines.next(&mut builder.diagnostics)? {
        let words: Vec<&str> = line.text.split_whitespace().collect();
        let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        match words.as_slice() {
            [] => {}
            ["#Entity", fields @ ..] => {
                builder.header(line.number);
                names = owned(fields);
                if !FIELDS.iter().any(|(field, _)| names.iter().any(|name| name == field)) {
                    return Err(builder.refuse(Code::NoPower, line.number, &line.text, "POWER or TOTEC"));
                }
            }
            ["ID", symbols @ ..] => units = owned(symbols),
            ["GPU", id, cells @ ..] if !names.is_empty() => {
                if cells.len() != names.len() {
                    let (found, expected) = (format!("{} fields", cells.len()), format!("{} fields", names.len()));
                    return Err(builder.refuse(Code::FieldCount, line.number, found, expected));
                }
                builder.record(line.number);
                let device = builder.device(id, line.number)?;
                counts.resize(counts.len().max(device + 1), 0);
                let count = counts.get_mut(device).map_or(0, |count| std::mem::replace(count, *count + 1));
                let time = builder.spaced_time(None, count, line.number)?;
                for (field, symbol) in FIELDS {
                    let Some(at) = names.iter().position(|name| name == field) else { continue };
                    let slot = builder.slot_named(field).unwrap_or_else(|| {
                        let both = names.iter().any(|name| name == "TOTEC");
                        builder.slot(column(field, symbol, both).slot)
                    });
                    let written = units.get(at).filter(|_| units.len() == names.len()).map_or(symbol, String::as_str);
                    let text = cells.get(at).copied().unwrap_or_default();
                    let reading = builder.read(slot, text, (unit(written), None), line.number)?;
                    builder.sample((device, slot), (line.number, time), reading, text)?;
                }
            }
            [entity, ..] if entity.starts_with("GPU-") && !names.is_empty() => {
                if !builder.diagnostics.has(Code::MirroredCounter) {
                    builder.remark(
                        Code::MirroredCounter,
                        line.number,
                        "instances show the whole board; they are left out",
                    );
                }
            }
            _ => builder.remark(Code::SkippedLine, line.number, printable(&line.text)),
        }
    }
    builder.finish(FORMAT.name, true)
}

fn column(field: &str, symbol: &str, both: bool) -> Column {
    match field {
        "TOTEC" => Column::new(field, Kind::EnergyCounter { range: Some(18_446_744_073_709_551.616) }, symbol),
        _ if both => Column::new(field, Kind::WindowedMeanPower { window_ns: None }, symbol).sink().instead("TOTEC"),
        _ => Column::new(field, Kind::WindowedMeanPower { window_ns: None }, symbol).sink(),
    }
    .at(Boundary::Board)
}
