//! Statistics that the Joulescope UI records: `#time,current,voltage,power,charge,energy`, in s, A, V, W, C and J.
//!
//! Power is the mean over the interval that ends at the stamp, energy the instrument's own integral at its full rate; both
//! count from the first row, and the integral is what is read. The same columns without `#` are those of the logger among the
//! examples, and of others in other units: they are read when the format is named. Reference: jetperch/pyjoulescope_ui,
//! `StatisticsRecord`; jetperch/pyjoulescope_examples, bin/downsample_logging.py (columns and units).

use super::Format;
use super::parts::sheet::{Column, Sheet, detects, read as read_sheet};
use crate::input::{Refusal, Text};
use crate::traces::{Builder, Head, Kind, ReadOptions, Trace};
use std::borrow::Cow;

pub(super) const FORMAT: Format = Format {
    name: "joulescope-csv",
    description: "statistics recorded by the Joulescope UI; named, the log of downsample_logging.py",
    units: "A, V, W, J",
    channels: "energy-counter, interval-mean-power, voltage, current",
    clock: "relative",
    boundary: "as given",
    sample: "joulescope-csv.csv",
    detect,
    read,
};

const TITLES: [&str; 6] = ["time", "current", "voltage", "power", "charge", "energy"];

const SHEET: Sheet = Sheet::new(is_header, column, |builder, cells| {
    let time = cells.titles().next().map_or("", |title| cells.at(title)).to_owned();
    builder.elapsed(&time, "s", cells.line)
});

fn detect(head: &Head) -> bool {
    let marked = head.lines.first().is_some_and(|line| line.starts_with('#'));
    !head.columns_named && marked && detects(head.lines.get(..1).unwrap_or_default(), is_header)
}

fn is_header(titles: &[Cow<'_, str>]) -> bool {
    let same = |(title, known): (&Cow<'_, str>, &&str)| title.trim_start_matches('#') == *known;
    titles.len() == TITLES.len() && titles.iter().zip(&TITLES).all(same)
}

fn column(title: &str) -> Option<Column> {
    match title {
        "energy" => Some(Column::new(title, Kind::EnergyCounter { range: Some(f64::MAX) }, "J")),
        "power" => Some(Column::new(title, Kind::IntervalMeanPower, "W").instead("energy")),
        "voltage" => Some(Column::new(title, Kind::Voltage, "V")),
        "current" => Some(Column::new(title, Kind::Current, "A")),
        _ => None,
    }
}

fn read(text: &Text, options: &ReadOptions) -> Result<Trace, Refusal> {
    let mut builder = Builder::new(text.path(), options)?;
    read_sheet(&mut builder, text, &SHEET)?;
    builder.at_given_boundary();
    builder.finish(FORMAT.name, true)
}
