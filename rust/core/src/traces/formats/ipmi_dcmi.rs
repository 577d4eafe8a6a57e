//! `ipmitool dcmi power reading` again and again: blocks of text, `Instantaneous power reading: 220 Watts`.
//!
//! The stamp of a block is that of the controller's own clock, without a zone. A reading whose state is not `activated` is
//! none. Minimum, maximum and average are those of a period of the controller and are not read. Newer versions print the
//! stamp in the date format of the locale, which is not guessed: then the interval must be given. Reference:
//! ipmitool/ipmitool, lib/ipmi_dcmi.c (`ipmi_dcmi_pwr_rd`) and `ipmi_timestamp_numeric`.

use super::Format;
use super::parts::sheet::Column;
use crate::input::{Base, DateOrder, Refusal, Stamp, Text, civil_stamp, unit};
use crate::quantity::Boundary;
use crate::traces::{Builder, Fault, Head, Kind, ReadOptions, Trace};

pub(super) const FORMAT: Format = Format {
    name: "ipmi-dcmi",
    description: "ipmitool dcmi power reading, repeated",
    units: "W",
    channels: "instant-power",
    clock: "local, or relative with interval",
    boundary: "node",
    sample: "ipmi-dcmi.txt",
    detect,
    read,
};

const READING: &str = "Instantaneous power reading:";

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

fn detect(head: &Head) -> bool {
    head.lines.iter().any(|line| line.trim_start().starts_with(READING))
}

/// One block: its line, its power, its stamp and its state.
struct Block {
    line: u32,
    power: String,
    stamp: Option<String>,
    state: Option<String>,
}

fn read(text: &Text, options: &ReadOptions) -> Result<Trace, Refusal> {
    let mut builder = Builder::new(text.path(), options)?;
    let (mut lines, mut blocks) = (text.lines(), Vec::<Block>::new());
    while let Some(line) = lines.next(&mut builder.diagnostics)? {
        let value = |name: &str| line.text.split_once(name).map(|(_, value)| value.trim().to_owned());
        if let Some(power) = value(READING) {
            blocks.push(Block { line: line.number, power, stamp: None, state: None });
        } else if let Some(block) = blocks.last_mut() {
            let stamp =
                value("IPMI timestamp:").map(|text| text.split("Sampling").next().unwrap_or("").trim().to_owned());
            block.stamp = stamp.or(block.stamp.take());
            block.state = value("Power reading state is:").or(block.state.take());
        }
    }
    let slot = builder.slot(Column::new("instantaneous", Kind::InstantPower, "W").at(Boundary::Node).sink().slot);
    for (index, block) in blocks.iter().enumerate() {
        builder.record(block.line);
        let device = builder.device("0", block.line)?;
        let reading = builder.read(slot, &block.power, (unit("W"), None), block.line)?;
        let active = block.state.as_deref().is_none_or(|state| state == "activated");
        let reading = if active { reading } else { Err(Fault::BadRead) };
        let time = match block.stamp.as_deref().and_then(stamp).filter(|_| options.interval_ns.is_none()) {
            Some(stamp) => builder.time(stamp, block.line)?,
            None => builder.spaced_time(None, index as u64, block.line)?,
        };
        builder.sample((device, slot), (block.line, time), reading, &block.power)?;
    }
    builder.finish(FORMAT.name, true)
}

/// The stamp `Tue May  9 14:24:36 2023`; the order of a date in figures depends on the locale and is not guessed.
fn stamp(text: &str) -> Option<Stamp> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let [_, month, day, clock, year] = words.as_slice() else { return None };
    let month = MONTHS.iter().position(|name| name == month)? + 1;
    let stamp = civil_stamp(&format!("{year}-{month:02}-{day} {clock}"), DateOrder::YearFirst)?;
    Some(Stamp { base: Base::Local, ..stamp })
}
