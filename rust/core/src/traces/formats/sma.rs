//! Day files of photovoltaic inverters as SMA's Sunny Explorer and SBFspot export them: two columns an inverter, its total
//! yield in kWh and its power in kW.
//!
//! Six lines of head give delimiter and decimal mark, name, type and serial number of the inverters, and what a column
//! is: `Counter` or `Analog`. The line before the rows has the pattern of the stamps, local without a zone, and the units.
//! The power is the mean since the row before, made of the counter's steps. Energy is what the inverter delivers. Reference:
//! SBFspot/SBFspot, SBFspot/CSVexport.cpp (`ExportProperties`, `ExportDayDataToCSV`).

use super::Format;
use super::parts::sheet::Column;
use crate::input::{Code, Refusal, Text, Unit, patterned_stamp, printable, row};
use crate::traces::{Builder, Head, Kind, ReadOptions, Trace};

pub(super) const FORMAT: Format = Format {
    name: "sma-csv",
    description: "day file of SMA Sunny Explorer or SBFspot: yield and power of photovoltaic inverters",
    units: "kWh, kW",
    channels: "energy-counter, interval-mean-power",
    clock: "local",
    boundary: "as given",
    sample: "sma-csv.csv",
    detect,
    read,
};

const VERSION: &str = "Version CSV1|Tool ";

fn detect(head: &Head) -> bool {
    head.lines.iter().take(2).any(|line| line.starts_with(VERSION))
}

/// The pattern of a stamp such as `dd.MM.yyyy HH:mm:ss` in `strptime` notation; `None` where it is no pattern of a day and
/// a time.
fn pattern(text: &str) -> Option<String> {
    let parts = [("yyyy", "%Y"), ("yy", "%y"), ("MM", "%m"), ("dd", "%d"), ("HH", "%H"), ("mm", "%M"), ("ss", "%S")];
    let known = parts.iter().fold(text.to_owned(), |text, (theirs, ours)| text.replacen(theirs, ours, 1));
    let whole = ["%m", "%d", "%H", "%M"].iter().all(|part| known.contains(part));
    (whole && known.to_lowercase().contains("%y")).then_some(known)
}

fn read(text: &Text, options: &ReadOptions) -> Result<Trace, Refusal> {
    let mut builder = Builder::new(text.path(), options)?;
    let (mut lines, mut delimiter, mut heads) = (text.lines(), ';', Vec::<Vec<String>>::new());
    let mut stamps: Option<String> = None;
    let (mut width, mut measured) = (0, Vec::<(usize, usize, Option<Unit>, String)>::new());
    while let Some(line) = lines.next(&mut builder.diagnostics)? {
        if line.text.trim().is_empty() || line.text.starts_with("sep=") {
            continue;
        }
        if line.text.starts_with(VERSION) {
            if stamps.is_some() {
                builder.remark(Code::HeaderRepeat, line.number, "the header stands here again");
            }
            delimiter = if line.text.contains("|Delimiter comma|") { ',' } else { ';' };
            if line.text.contains("|Decimalpoint comma|") && delimiter != ',' {
                builder.declare_comma();
            }
            (stamps, heads) = (None, Vec::new());
            continue;
        }
        let cells = row(&line, delimiter, text.path())?;
        let Some(known) = &stamps else {
            let cells: Vec<String> = cells.into_iter().map(|cell| cell.into_owned()).collect();
            match cells.first().and_then(|first| pattern(first)) {
                Some(found) => {
                    measured = columns(&mut builder, &heads, &cells);
                    if measured.is_empty() {
                        let expected = "a counter in kWh or a power in kW of each inverter";
                        return Err(builder.refuse(Code::NoPower, line.number, cells.join(" "), expected));
                    }
                    builder.header(line.number);
                    width = cells.len();
                    stamps = Some(found);
                }
                None if cells.first().is_some_and(|first| first.is_empty()) => heads.push(cells),
                None => return Err(builder.refuse(Code::NoHeader, line.number, &line.text, "the pattern and units")),
            }
            continue;
        };
        let Some(stamp) = cells.first().and_then(|cell| patterned_stamp(cell, known)) else {
            let found = cells.first().map(|cell| printable(cell)).unwrap_or_default();
            return Err(builder.refuse(Code::TimeParse, line.number, found, format!("a stamp as {known:?}")));
        };
        // a delimiter at the end of the rows is no field
        let ended = cells.len() == width + 1 && cells.last().is_some_and(|last| last.is_empty());
        if cells.len() != width && !ended {
            let (found, expected) = (format!("{} fields", cells.len()), format!("{width} fields"));
            return Err(builder.refuse(Code::FieldCount, line.number, found, expected));
        }
        builder.record(line.number);
        let time = builder.time(stamp, line.number)?;
        for (at, slot, unit, name) in &measured {
            let cell = cells.get(*at).map_or("", |cell| cell.as_ref());
            let reading = builder.read(*slot, cell, (*unit, None), line.number)?;
            let device = builder.device(name, line.number)?;
            builder.sample((device, *slot), (line.number, time), reading, cell)?;
        }
    }
    if stamps.is_none() {
        return Err(builder.refuse(Code::NoHeader, lines.number(), "no line of units", "the pattern and units"));
    }
    builder.at_given_boundary();
    builder.finish(FORMAT.name, true)
}

/// Column, slot, unit and inverter of each counter and power, by the lines of the head and that of the units.
fn columns(
    builder: &mut Builder<'_>,
    heads: &[Vec<String>],
    units: &[String],
) -> Vec<(usize, usize, Option<Unit>, String)> {
    let mut found = Vec::new();
    for (at, symbol) in units.iter().enumerate().skip(1) {
        let says = |word: &str| heads.last().is_some_and(|kinds| kinds.get(at).is_some_and(|kind| kind == word));
        let column = match symbol.as_str() {
            "kWh" if says("Counter") => Column::new("yield", Kind::EnergyCounter { range: None }, symbol),
            "kW" => Column::new("power", Kind::IntervalMeanPower, symbol).instead("yield"),
            _ => continue,
        };
        let serial = heads.get(2).and_then(|serials| serials.get(at)).filter(|serial| !serial.is_empty());
        let name = serial.cloned().unwrap_or_else(|| format!("column {}", at.div_ceil(2)));
        let slot = builder.slot_named(&column.slot.name).unwrap_or_else(|| builder.slot(column.slot));
        found.push((at, slot, column.unit, name));
    }
    found
}
