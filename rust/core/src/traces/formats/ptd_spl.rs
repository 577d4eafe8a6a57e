//! SPEC PTDaemon's `spl.txt` as MLPerf power submissions hold it: `Time,<stamp>,Watts,<w>,...,Mark,<session>`.
//!
//! Month-first stamps of a clock without a zone. The first `Watts` is the total of all channels; `Ch1`, `Ch2` or
//! `Analyzer1` start a group of fields of one channel. `-1.000000` marks a failed read.
//!
//! Reference: mlcommons/inference_results_v5.1, closed/Lenovo/results, performance/run_1/spl.txt.

use super::Format;
use crate::input::{Code, DateOrder, Refusal, Text, printable, unit};
use crate::quantity::Boundary;
use crate::traces::{Builder, Fault, Head, Kind, Negative, ReadOptions, Slot, Trace};
use std::collections::HashSet;

pub(super) const FORMAT: Format = Format {
    name: "ptd-spl",
    description: "SPEC PTDaemon log of a power analyzer (MLPerf spl.txt)",
    units: "W",
    channels: "instant-power",
    clock: "local",
    boundary: "node",
    sample: "ptd-spl.txt",
    detect,
    read,
};

const FIELDS: [&str; 6] = ["Time", "Watts", "Volts", "Amps", "PF", "Mark"];

/// Name of the channel that contains the others.
const TOTAL: &str = "Watts";

fn detect(head: &Head) -> bool {
    head.lines.iter().any(|line| is_record(line))
}

/// Whether the line starts as `Time,<digit...>,Watts,`.
fn is_record(line: &str) -> bool {
    let mut fields = line.split(',');
    fields.next() == Some("Time")
        && fields.next().is_some_and(|stamp| stamp.starts_with(|c: char| c.is_ascii_digit()))
        && fields.next() == Some("Watts")
}

fn read(text: &Text, options: &ReadOptions) -> Result<Trace, Refusal> {
    let mut builder = Builder::new(text.path(), options)?;
    let (mut lines, mut session) = (text.lines(), None);
    while let Some(line) = lines.next(&mut builder.diagnostics)? {
        if !line.text.starts_with("Time,") {
            if !line.text.trim().is_empty() {
                builder.remark(Code::SkippedLine, line.number, printable(&line.text));
            }
            continue;
        }
        record(&mut builder, &line.text, line.number)?;
        let mark = line.text.split_once(",Mark,").map(|(_, mark)| mark.split(',').next().unwrap_or(mark).to_owned());
        if session.is_some() && mark.is_some() && session != mark {
            builder.remark(Code::HeaderRepeat, line.number, "another session starts here; the file holds several");
        }
        session = mark.or(session);
    }
    builder.finish(FORMAT.name, true)
}

fn record(builder: &mut Builder<'_>, text: &str, line: u32) -> Result<(), Refusal> {
    let watt = unit("W");
    let mut fields = text.split(',').map(str::trim);
    let mut group: Option<&str> = None;
    let mut time = None;
    let (mut readings, mut seen) = (Vec::new(), HashSet::new());
    while let Some(key) = fields.next() {
        if key.starts_with(|c: char| c.is_ascii_digit()) {
            return Err(builder.refuse(
                Code::FieldCount,
                line,
                text,
                "a name before each value; a comma is no decimal mark",
            ));
        }
        if !FIELDS.contains(&key) {
            group = Some(key);
            continue;
        }
        let Some(value) = fields.next() else {
            return Err(builder.refuse(Code::FieldCount, line, text, format!("a value after {key}")));
        };
        match key {
            "Time" if group.is_none() => time = Some(builder.civil_time(value, DateOrder::MonthFirst, line)?),
            "Watts" if !seen.insert(group) => {
                let found = format!("Watts of {} twice", group.unwrap_or(TOTAL));
                return Err(builder.refuse(Code::FieldCount, line, found, "one reading of a channel"));
            }
            "Watts" => readings.push((group.unwrap_or(TOTAL), value)),
            _ => {}
        }
    }
    builder.record(line);
    let (Some(time), device) = (time, builder.device("0", line)?) else {
        return Err(builder.refuse(Code::NoTime, line, text, "a Time field"));
    };
    for (name, value) in readings {
        let slot = builder.slot_named(name).unwrap_or_else(|| declare(builder, name));
        let reading = match builder.read(slot, value, (watt, None), line)? {
            Ok((-1.0, _)) => Err(Fault::BadRead),
            reading => reading,
        };
        builder.sample((device, slot), (line, time), reading, value)?;
    }
    Ok(())
}

fn declare(builder: &mut Builder<'_>, name: &str) -> usize {
    let total = name == TOTAL;
    builder.slot(Slot {
        name: name.to_owned(),
        kind: Kind::InstantPower,
        boundary: total.then_some(Boundary::Node),
        within: (!total).then(|| TOTAL.to_owned()),
        instead: None,
        negative: Negative::Kept,
    })
}
