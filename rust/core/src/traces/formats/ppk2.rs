//! Exports of Nordic's Power Profiler Kit II: `Timestamp(ms),Current(uA)` with digital channels behind.
//!
//! The file holds no voltage: energy needs the supply voltage from the caller. Samples without a reading are left out of
//! the file. Reference: NordicSemiconductor/pc-nrfconnect-ppk, src/actions/exportChartAction.ts.

use super::Format;
use super::parts::sheet::{Column, Sheet, detects, read as read_sheet};
use crate::input::{Code, Refusal, Text};
use crate::traces::{Builder, Head, Kind, ReadOptions, Trace};
use std::borrow::Cow;

pub(super) const FORMAT: Format = Format {
    name: "ppk2-csv",
    description: "Nordic Power Profiler Kit II export; needs voltage",
    units: "uA",
    channels: "current, instant-power with voltage",
    clock: "relative",
    boundary: "as given",
    sample: "ppk2-csv.csv",
    detect,
    read,
};

const TIME: &str = "Timestamp(ms)";
const CURRENT: &str = "Current(uA)";

const SHEET: Sheet = Sheet::new(is_header, column, |builder, cells| builder.elapsed(cells.at(TIME), "ms", cells.line));

fn detect(head: &Head) -> bool {
    !head.columns_named && detects(head.lines.get(..1).unwrap_or_default(), is_header)
}

fn is_header(titles: &[Cow<'_, str>]) -> bool {
    titles.first().is_some_and(|title| title == TIME) && titles.get(1).is_some_and(|title| title == CURRENT)
}

fn column(title: &str) -> Option<Column> {
    (title == CURRENT).then(|| Column::new("Current", Kind::Current, "uA"))
}

fn read(text: &Text, options: &ReadOptions) -> Result<Trace, Refusal> {
    let mut builder = Builder::new(text.path(), options)?;
    let Some(voltage) = builder.voltage() else {
        return Err(builder.refuse(Code::NoPower, 1, "currents alone", "the supply voltage, as voltage=\"3.3 V\""));
    };
    read_sheet(&mut builder, text, &SHEET)?;
    builder.multiply("Current", "Current x voltage", voltage, options.boundary);
    builder.finish(FORMAT.name, true)
}
