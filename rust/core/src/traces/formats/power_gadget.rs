//! Intel Power Gadget: power and cumulative energy of each processor, with a summary behind the rows.
//!
//! The cumulative energies start at zero with the elapsed time and are read; the powers beside them are their means.
//! Cores (IA) and graphics (GT) are in the processor, memory (DRAM) is beside it. Reference: the logs
//! Onesco/cpu_power_reader, power.csv, and mlco2/codecarbon, tests/test_data/mock_intel_power_gadget_data.csv.

use super::Format;
use super::parts::sheet::{Column, Sheet, detects, read as read_sheet};
use crate::input::{Refusal, Text};
use crate::quantity::Boundary;
use crate::traces::{Builder, Head, Kind, ReadOptions, Trace};
use std::borrow::Cow;

pub(super) const FORMAT: Format = Format {
    name: "intel-power-gadget",
    description: "Intel Power Gadget log",
    units: "J",
    channels: "energy-counter",
    clock: "relative",
    boundary: "chip (processor and memory)",
    sample: "intel-power-gadget.csv",
    detect,
    read,
};

const ELAPSED: &str = "Elapsed Time (sec)";

const SHEET: Sheet = Sheet {
    from_zero: true,
    ends: |line| line.starts_with("Total Elapsed Time"),
    ..Sheet::new(is_header, column, |builder, cells| builder.elapsed(cells.at(ELAPSED), "s", cells.line))
};

fn detect(head: &Head) -> bool {
    !head.columns_named && detects(&head.lines, is_header)
}

fn is_header(titles: &[Cow<'_, str>]) -> bool {
    ["System Time", "RDTSC", ELAPSED].iter().all(|name| titles.iter().any(|title| title == name))
}

/// The column of a title such as `Cumulative Processor Energy_0(Joules)`.
fn column(title: &str) -> Option<Column> {
    let (zone, package) = title.strip_prefix("Cumulative ")?.strip_suffix("(Joules)")?.split_once(" Energy_")?;
    let processor = format!("Processor Energy_{package}");
    let column = Column::new(format!("{zone} Energy_{package}"), Kind::EnergyCounter { range: None }, "J");
    let column = column.at(Boundary::Chip);
    match zone {
        "Processor" | "DRAM" => Some(column),
        "IA" | "GT" => Some(column.within(processor)),
        _ => None,
    }
}

fn read(text: &Text, options: &ReadOptions) -> Result<Trace, Refusal> {
    let mut builder = Builder::new(text.path(), options)?;
    read_sheet(&mut builder, text, &SHEET)?;
    builder.finish(FORMAT.name, true)
}
