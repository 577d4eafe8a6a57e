//! Tables of jtop's statistics (jetson_stats): `time`, `Power TOT` and `Power <rail>` in mW.
//!
//! The total is what jtop takes for it: the input rail of boards that have one, the sum of the rails elsewhere. Older
//! versions wrote `power cur` and `power avg` instead and are not read. Reference: rbonghi/jetson_stats,
//! examples/jtop_logger.py and `stats` in jtop/jtop.py.

use super::Format;
use super::parts::sheet::{Column, Sheet, detects, read as read_sheet};
use crate::input::{Code, DateOrder, Refusal, Text, printable};
use crate::quantity::Boundary;
use crate::traces::{Builder, Head, Kind, ReadOptions, Trace};
use std::borrow::Cow;

pub(super) const FORMAT: Format = Format {
    name: "jtop-csv",
    description: "jtop statistics of a Jetson as CSV",
    units: "mW",
    channels: "instant-power",
    clock: "local",
    boundary: "board",
    sample: "jtop-csv.csv",
    detect,
    read,
};

const TOTAL: &str = "Power TOT";

const SHEET: Sheet = Sheet::new(is_header, column, |builder, cells| {
    builder.civil_time(cells.at("time"), DateOrder::YearFirst, cells.line)
});

fn detect(head: &Head) -> bool {
    !head.columns_named && detects(&head.lines, is_header)
}

fn is_header(titles: &[Cow<'_, str>]) -> bool {
    titles.iter().any(|title| title == "time") && titles.iter().any(|title| column(title).is_some())
}

fn column(title: &str) -> Option<Column> {
    let rail = title.strip_prefix("Power ")?;
    let column = Column::new(title, Kind::InstantPower, "mW");
    Some(if rail == "TOT" { column.at(Boundary::Board).sink() } else { column.within(TOTAL) })
}

fn read(text: &Text, options: &ReadOptions) -> Result<Trace, Refusal> {
    let mut builder = Builder::new(text.path(), options)?;
    read_sheet(&mut builder, text, &SHEET)?;
    let known = builder.has_readings(TOTAL);
    if !known && !builder.headless() {
        let names: Vec<&str> = builder.slot_names().collect();
        let message = format!("no reading of {TOTAL}; how {} nest is not settled", printable(&names.join(", ")));
        builder.remark(Code::TotalUnknown, 1, message);
    }
    builder.finish(FORMAT.name, known)
}
