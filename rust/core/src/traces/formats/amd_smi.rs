//! `amd-smi metric` and `amd-smi monitor` as CSV: `timestamp,gpu,socket_power,...`, the header printed again and again.
//!
//! The stamp is Unix time in whole seconds, or civil time; without one the interval must be given. Power is a whole number
//! of watts: the average on some boards and the present socket power on others, `N/A` where there is none. Reference:
//! ROCm/amdsmi, amdsmi_cli/amdsmi_logger.py (`_store_output_amdsmi`, `_print_csv_output`).

use super::Format;
use super::parts::sheet::{Cells, Column, Sheet, detects, read as read_sheet};
use crate::input::{DateOrder, Literal, Refusal, Text, literal};
use crate::quantity::Boundary;
use crate::traces::{Builder, Head, Kind, ReadOptions, Time, Trace};
use std::borrow::Cow;

pub(super) const FORMAT: Format = Format {
    name: "amd-smi-csv",
    description: "amd-smi metric or monitor, CSV",
    units: "W",
    channels: "windowed-mean-power, instant-power",
    clock: "utc, local with civil stamps, or relative with interval",
    boundary: "board",
    sample: "amd-smi-csv.csv",
    detect,
    read,
};

/// Columns of power, best first.
const POWERS: [&str; 4] = ["average_socket_power", "socket_power", "power_usage", "current_socket_power"];

const SHEET: Sheet =
    Sheet { device: |cells| cells.at("gpu").to_owned(), repeats: true, ..Sheet::new(is_header, column, time) };

fn detect(head: &Head) -> bool {
    !head.columns_named && detects(&head.lines, is_header)
}

fn is_header(titles: &[Cow<'_, str>]) -> bool {
    let has = |name: &str| titles.iter().any(|title| title == name);
    has("gpu") && POWERS.iter().any(|name| has(name))
}

fn column(title: &str) -> Option<Column> {
    let name = POWERS.iter().find(|name| **name == title)?;
    let kind =
        if name.starts_with("current") { Kind::InstantPower } else { Kind::WindowedMeanPower { window_ns: None } };
    Some(Column::new(*name, kind, "W").at(Boundary::Board).sink())
}

fn time(builder: &mut Builder<'_>, cells: &Cells<'_>) -> Result<Time, Refusal> {
    let text = cells.at("timestamp");
    match literal(text, '.') {
        _ if text.is_empty() => builder.spaced_time(None, cells.count, cells.line),
        Literal::Number(_) => builder.unix_time(text, "s", cells.line),
        _ => builder.civil_time(text, DateOrder::YearFirst, cells.line),
    }
}

fn read(text: &Text, options: &ReadOptions) -> Result<Trace, Refusal> {
    let mut builder = Builder::new(text.path(), options)?;
    read_sheet(&mut builder, text, &SHEET)?;
    let known: Vec<&str> = POWERS.into_iter().filter(|name| builder.slot_named(name).is_some()).collect();
    if let Some((best, others)) = known.split_first() {
        for name in others {
            if let Some(slot) = builder.slot_named(name).and_then(|slot| builder.slot_mut(slot)) {
                slot.instead = Some((*best).to_owned());
            }
        }
    }
    builder.finish(FORMAT.name, true)
}
