//! Exports of rd-usb, the logger of the USB meters UM24C, UM25C, UM34C and TC66C: comma separated, units in the titles.
//!
//! `Unix time` is the clock; `Time` shows it in the zone of the host. `Power (W)` is the meter's instant reading and is what
//! is read; the meter's own count of energy stands beside it in steps of 1 mWh, and the same count from the start of the
//! session again. Reference: kolinger/rd-usb, utils/formatting.py (`field_names`) and webapp/index.py (`render_data`).

use super::Format;
use super::parts::sheet::{Column, Sheet, detects, read as read_sheet};
use crate::input::{Refusal, Text};
use crate::traces::{Builder, Head, Kind, ReadOptions, Trace};
use std::borrow::Cow;

pub(super) const FORMAT: Format = Format {
    name: "rd-usb-csv",
    description: "rd-usb export of USB meters UM24C, UM25C, UM34C, TC66C",
    units: "V, A, W, mWh",
    channels: "instant-power, energy-counter, voltage, current",
    clock: "utc",
    boundary: "as given",
    sample: "rd-usb-csv.csv",
    detect,
    read,
};

const TIME: &str = "Unix time";
const POWER: &str = "Power (W)";
const ENERGY: &str = "Accumulated power (mWh)";

const SHEET: Sheet = Sheet::new(is_header, column, |builder, cells| builder.unix_time(cells.at(TIME), "s", cells.line));

fn detect(head: &Head) -> bool {
    !head.columns_named && detects(head.lines.get(..1).unwrap_or_default(), is_header)
}

fn is_header(titles: &[Cow<'_, str>]) -> bool {
    [TIME, POWER, ENERGY].iter().all(|name| titles.iter().any(|title| title == name))
}

fn column(title: &str) -> Option<Column> {
    match title {
        POWER => Some(Column::new("Power", Kind::InstantPower, "W")),
        ENERGY => Some(Column::new("Accumulated power", Kind::EnergyCounter { range: None }, "mWh").instead("Power")),
        "Voltage (V)" => Some(Column::new("Voltage", Kind::Voltage, "V")),
        "Current (A)" => Some(Column::new("Current", Kind::Current, "A")),
        _ => None,
    }
}

fn read(text: &Text, options: &ReadOptions) -> Result<Trace, Refusal> {
    let mut builder = Builder::new(text.path(), options)?;
    read_sheet(&mut builder, text, &SHEET)?;
    builder.at_given_boundary();
    builder.finish(FORMAT.name, true)
}
