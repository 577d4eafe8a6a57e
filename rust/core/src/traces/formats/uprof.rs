//! AMD uProf's timechart: a preamble, then `RecordId,Timestamp,socket0-package-power,...` every interval.
//!
//! Powers are means over the sampling interval, in W; cores lie in their package and are left out. The time of day has
//! milliseconds behind its third colon, without leading zeros; the date stands in the preamble. Reference: the log
//! grantwilkins/energy-inference, plots/parameter-scale-input-test/raw_stats/llama2-13b, timechart.csv.

use super::Format;
use super::parts::sheet::{Column, Sheet, detects, read as read_sheet};
use crate::input::{DateOrder, Diagnostics, Refusal, Text, civil_stamp};
use crate::quantity::Boundary;
use crate::traces::{Builder, Head, Kind, ReadOptions, Trace};
use std::borrow::Cow;

pub(super) const FORMAT: Format = Format {
    name: "amd-uprof-timechart",
    description: "AMD uProf timechart, CSV",
    units: "W",
    channels: "interval-mean-power",
    clock: "local with the date of the preamble",
    boundary: "chip",
    sample: "amd-uprof-timechart.csv",
    detect,
    read,
};

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Lines in which the start of the profile stands.
const PREAMBLE_LINES: usize = 64;

const SHEET: Sheet = Sheet {
    preamble: true,
    ..Sheet::new(is_header, column, |builder, cells| builder.time_of_day(cells.at("Timestamp"), cells.line))
};

fn detect(head: &Head) -> bool {
    let report = head.lines.first().is_some_and(|line| line.starts_with("AMDPROFILER POWER PROFILE REPORT"));
    report || detects(&head.lines, is_header)
}

fn is_header(titles: &[Cow<'_, str>]) -> bool {
    titles.first().is_some_and(|title| title == "RecordId") && titles.get(1).is_some_and(|title| title == "Timestamp")
}

fn column(title: &str) -> Option<Column> {
    title.ends_with("-package-power").then(|| Column::new(title, Kind::IntervalMeanPower, "W").at(Boundary::Chip))
}

fn read(text: &Text, options: &ReadOptions) -> Result<Trace, Refusal> {
    let mut builder = Builder::new(text.path(), options)?;
    let mut lines = text.lines();
    for _ in 0..PREAMBLE_LINES {
        let Ok(Some(line)) = lines.next(&mut Diagnostics::default()) else { break };
        if let Some(stamp) = line.text.strip_prefix("Profile Start Time:,").and_then(date) {
            builder.first_day(stamp);
        }
    }
    read_sheet(&mut builder, text, &SHEET)?;
    builder.finish(FORMAT.name, true)
}

/// Midnight of a start such as `Apr-18-2024_10-08-42,`.
fn date(text: &str) -> Option<crate::input::Stamp> {
    let mut parts = text.split(['-', '_']);
    let month = MONTHS.iter().position(|name| Some(*name) == parts.clone().next())? + 1;
    let (day, year) = (parts.nth(1)?, parts.next()?);
    civil_stamp(&format!("{year}-{month:02}-{day} 00:00:00"), DateOrder::YearFirst)
}
