//! `rocm-smi --showpower --csv` in a loop: `device,...Package Power (W)` and one row a card, the header with each.
//!
//! There is no time: the interval must be given. The title tells the average of older boards from the present socket
//! power of newer ones. The second die of a board reads `N/A (Secondary die)`: its power is in that of the first.
//! Reference: ROCm/rocm_smi_lib, python_smi_tools/rocm_smi.py (`showPower`).

use super::Format;
use super::parts::sheet::{Column, Sheet, detects, read as read_sheet};
use crate::input::{Refusal, Text, title};
use crate::quantity::Boundary;
use crate::traces::{Builder, Head, Kind, ReadOptions, Trace};
use std::borrow::Cow;

pub(super) const FORMAT: Format = Format {
    name: "rocm-smi-csv",
    description: "rocm-smi --showpower --csv, repeated",
    units: "W",
    channels: "windowed-mean-power, instant-power",
    clock: "relative with interval",
    boundary: "board",
    sample: "rocm-smi-csv.csv",
    detect,
    read,
};

const AVERAGE: &str = "Average Graphics Package Power";
const CURRENT: &str = "Current Socket Graphics Package Power";

const SHEET: Sheet = Sheet {
    device: |cells| cells.at("device").to_owned(),
    repeats: true,
    ..Sheet::new(is_header, column, |builder, cells| builder.spaced_time(None, cells.count, cells.line))
};

fn detect(head: &Head) -> bool {
    !head.columns_named && detects(&head.lines, is_header)
}

fn is_header(titles: &[Cow<'_, str>]) -> bool {
    titles.iter().any(|title| title == "device") && titles.iter().any(|text| column(text).is_some())
}

fn column(text: &str) -> Option<Column> {
    let (name, kind) = match title(text).name.as_str() {
        AVERAGE => (AVERAGE, Kind::WindowedMeanPower { window_ns: None }),
        CURRENT => (CURRENT, Kind::InstantPower),
        _ => return None,
    };
    let column = Column::new(name, kind, "W").at(Boundary::Board).sink();
    Some(if name == CURRENT { column.instead(AVERAGE) } else { column })
}

fn read(text: &Text, options: &ReadOptions) -> Result<Trace, Refusal> {
    let mut builder = Builder::new(text.path(), options)?;
    read_sheet(&mut builder, text, &SHEET)?;
    builder.finish(FORMAT.name, true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_die_has_no_reading_of_its_own() {
        let scrape = "device,Average Graphics Package Power (W)\ncard0,300.0\ncard1,N/A (Secondary die)\n";
        let options = ReadOptions { interval_ns: Some(1_000_000_000), ..ReadOptions::default() };
        let trace = crate::traces::read(scrape.repeat(2).into_bytes(), "rocm.csv", &options).unwrap();
        let read: Vec<&[f64]> = trace.channels.iter().map(|channel| &channel.samples.value[..]).collect();
        // both dies draw 300 W together, which the first one shows
        assert_eq!(read.concat(), [300.0, 300.0]);
    }
}
