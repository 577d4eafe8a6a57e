//! Polling logs of NVML's energy counter: time, GPU and `total_energy_consumption` in its unit, mJ since the driver was
//! loaded. Reference: NVIDIA, NVML, nvmlDeviceGetTotalEnergyConsumption.

use super::Format;
use super::parts::sheet::{Cells, Column, Sheet, SheetReader, detects};
use crate::input::{Refusal, Text, title};
use crate::quantity::Boundary;
use crate::traces::lined::{self, LineReader};
use crate::traces::{Builder, Head, Kind, ReadOptions, Time, Trace};
use std::borrow::Cow;

pub(super) const FORMAT: Format = Format {
    name: "nvml-counter-csv",
    description: "polling log of NVML's total_energy_consumption",
    units: "as titled: mJ, uJ, J",
    channels: "energy-counter",
    clock: "as stamped: utc, local or relative",
    boundary: "board",
    sample: "nvml-counter-csv.csv",
    detect,
    read,
};

const COUNTERS: [&str; 2] = ["total_energy_consumption", "energy_counter"];

/// A 64-bit number of mJ, which falls only when it starts again.
const COUNTER: Kind = Kind::EnergyCounter { range: Some(18_446_744_073_709_551.616) };

const DEVICES: [&str; 6] = ["gpu", "index", "uuid", "gpu_uuid", "device", "gpu_index"];

const TIMES: [&str; 5] = ["t", "time", "timestamp", "ts", "elapsed"];

const SHEET: Sheet = Sheet { device, ..Sheet::new(is_header, column, time) };

fn detect(head: &Head) -> bool {
    !head.columns_named && detects(&head.lines, is_header)
}

/// The name in a title without its unit, in lower case.
fn name(text: &str) -> String {
    title(text).name.to_lowercase()
}

fn is_header(titles: &[Cow<'_, str>]) -> bool {
    let counter = titles.iter().any(|text| COUNTERS.contains(&name(text).as_str()));
    counter && titles.iter().any(|text| TIMES.contains(&name(text).as_str()))
}

fn column(text: &str) -> Option<Column> {
    let title = title(text);
    let counter = COUNTERS.contains(&title.name.to_lowercase().as_str());
    let column = Column::new(title.name, COUNTER, "").at(Boundary::Board);
    counter.then_some(Column { unit: title.unit, ..column })
}

fn device(cells: &Cells<'_>) -> String {
    let named = cells.titles().find(|text| DEVICES.contains(&name(text).as_str()));
    named.map_or("0", |title| cells.at(title)).to_owned()
}

fn time(builder: &mut Builder<'_>, cells: &Cells<'_>) -> Result<Time, Refusal> {
    let named = cells.titles().find(|text| TIMES.contains(&name(text).as_str())).unwrap_or_default();
    builder.titled_time(cells.at(named), title(named).unit, cells.line)
}

fn read(text: &Text, options: &ReadOptions) -> Result<Trace, Refusal> {
    lined::read(FORMAT.name, text, options, reader(options))
}

pub(super) fn reader(_: &ReadOptions) -> Box<dyn LineReader> {
    Box::new(SheetReader::new(&SHEET))
}
