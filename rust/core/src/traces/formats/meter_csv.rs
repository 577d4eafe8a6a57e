//! Delimited tables with a header that names its columns and their units: meters, plugs, simple edge loggers.
//!
//! `time [s],power [W]`, `timestamp_ms;power_mw`, `time,device,energy [kWh]` and their like. A power or energy column
//! needs a unit in its title or in its cells, a numeric time one in its title; or the caller names the columns. A
//! column in joules or watt-hours counts upwards unless its name says that it holds one interval.

use super::Format;
use super::parts::columns::{Holds, holds};
use super::parts::layout::{Layout, layout};
use crate::input::{Cell, Code, DateOrder, Line, Place, Refusal, Text, cell, delimiter, distinct, fields, row, title};
use crate::traces::lined::{self, Joined, LineReader};
use crate::traces::{Builder, ColumnName, Head, ReadOptions, Time, Trace};
use std::any::Any;
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

pub(super) const FORMAT: Format = Format {
    name: "generic-csv",
    description: "delimited table whose titles name time, power or energy and their units",
    units: "as titled: W, J, Wh with SI prefixes",
    channels: "instant-power, windowed-mean-power, energy-counter, interval-energy, current",
    clock: "as stamped: utc, local or relative",
    boundary: "as given",
    sample: "generic-csv.csv",
    detect,
    read,
};

fn detect(head: &Head) -> bool {
    let mut lines = head.lines.iter().filter(|line| !line.starts_with('#'));
    let Some(first) = lines.next() else { return false };
    let second = lines.next();
    let delimiter = delimiter(first, second.map(String::as_str));
    let Ok(cells) = fields(first, delimiter) else { return head.columns_named };
    let titled = |text: &Cow<'_, str>| {
        let title = title(text);
        let wanted = matches!(holds(&title), Holds::Power | Holds::Energy | Holds::IntervalEnergy | Holds::Current);
        wanted && (cells.len() > 1 || title.unit.is_some())
    };
    let is_row =
        |text: &String| fields(text, delimiter).is_ok_and(|row| row.len() == cells.len() && looks_like_data(&row));
    let untitled = cells.len() > 1 && is_row(first) && second.is_none_or(is_row);
    head.columns_named || cells.iter().any(titled) || untitled
}

/// Whether a line of these cells is a row and no header: a number stands in it.
fn looks_like_data(cells: &[Cow<'_, str>]) -> bool {
    cells.iter().any(|text| matches!(cell(text, '.'), Ok(Cell::Number(..))))
}

fn read(text: &Text, options: &ReadOptions) -> Result<Trace, Refusal> {
    lined::read(FORMAT.name, text, options, reader(options))
}

pub(super) fn reader(options: &ReadOptions) -> Box<dyn LineReader> {
    Box::new(Reader { options: options.clone(), ..Reader::default() })
}

#[derive(Default)]
struct Reader {
    options: ReadOptions,
    /// The first row, until the second one tells the delimiter.
    first: Option<(u32, String)>,
    layout: Option<Arc<Layout>>,
    headless: bool,
    /// How many repeated headers were met.
    headers: usize,
    total_known: bool,
    records: Records,
}

impl Reader {
    /// Takes the first row, which the second helps to split.
    fn begin(&mut self, builder: &mut Builder<'_>, second: Option<&str>) -> Result<(), Refusal> {
        let Some((number, text)) = self.first.take() else { return Ok(()) };
        let first = Line { number, text: Cow::Owned(text) };
        let delimiter = delimiter(&first.text, second);
        if delimiter != ',' {
            builder.allow_comma();
        }
        let cells = row(&first, delimiter, builder.path())?;
        let options = &self.options;
        let by_position = |choice: &crate::traces::ColumnChoice| matches!(choice.column, ColumnName::Position(_));
        self.headless = looks_like_data(&cells);
        if self.headless && (options.columns.is_empty() || !options.columns.iter().all(by_position)) {
            let expected = "a header with units, as in time [s],power [W], or columns by position";
            return Err(builder.refuse(Code::NoHeader, first.number, &first.text, expected));
        }
        if !self.headless {
            builder.header(first.number);
            distinct(&cells, builder.path(), first.place())?;
        }
        let layout = layout(builder, options, &cells, delimiter, first.number)?;
        self.total_known = layout.total_known;
        if self.headless {
            self.records.take(builder, &layout, &cells, first.number)?;
        }
        self.layout = Some(Arc::new(layout));
        Ok(())
    }
}

impl LineReader for Reader {
    fn line(&mut self, builder: &mut Builder<'_>, line: &Line<'_>) -> Result<(), Refusal> {
        if line.text.trim().is_empty() || line.text.starts_with('#') {
            return Ok(());
        }
        if self.layout.is_none() && self.first.is_none() {
            self.first = Some((line.number, line.text.to_string()));
            return Ok(());
        }
        self.begin(builder, Some(&line.text))?;
        let Some(layout) = &self.layout else { return Ok(()) };
        let cells = row(line, layout.delimiter, builder.path())?;
        if !self.headless && !looks_like_data(&cells) && is_header(&cells, layout.time.is_some()) {
            let layout = repeated_header(builder, &self.options, layout, &cells, line.number)?;
            self.total_known &= layout.total_known;
            self.layout = Some(Arc::new(layout));
            self.headers += 1;
            return Ok(());
        }
        if cells.len() != layout.width {
            let found = format!("{} fields", cells.len());
            return Err(builder.refuse(Code::FieldCount, line.number, found, format!("{} fields", layout.width)));
        }
        self.records.take(builder, layout, &cells, line.number)
    }

    fn flush(&mut self, builder: &mut Builder<'_>) -> Result<(), Refusal> {
        self.begin(builder, None)
    }

    /// Rows without a time are counted.
    fn fork(&self) -> Option<Box<dyn LineReader>> {
        let layout = self.layout.clone().filter(|layout| layout.time.is_some())?;
        let (options, layout) = (self.options.clone(), Some(layout));
        let known = Self { options, layout, headless: self.headless, total_known: self.total_known, ..Self::default() };
        Some(Box::new(known))
    }

    fn join(&mut self, later: Box<dyn Any>, _: &mut Builder<'_>, _: u32) -> Joined {
        let Ok(later) = later.downcast::<Self>() else { return Joined::Again };
        if later.headers == 0 {
            return Joined::Same;
        }
        (self.layout, self.total_known) = (later.layout, later.total_known);
        self.headers += later.headers;
        Joined::Changed
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }

    fn end(&mut self, builder: &mut Builder<'_>) -> Result<bool, Refusal> {
        self.flush(builder)?;
        Ok(self.layout.is_none() || self.total_known)
    }
}

fn is_header(cells: &[Cow<'_, str>], timed: bool) -> bool {
    let kinds: Vec<Holds> = cells.iter().map(|text| holds(&title(text))).collect();
    (kinds.contains(&Holds::Time) || !timed) && kinds.iter().any(|kind| matches!(kind, Holds::Power | Holds::Energy))
}

fn repeated_header(
    builder: &mut Builder<'_>,
    options: &ReadOptions,
    before: &Layout,
    cells: &[Cow<'_, str>],
    line: u32,
) -> Result<Layout, Refusal> {
    distinct(cells, builder.path(), Place::Line(u64::from(line)))?;
    builder.remark(Code::HeaderRepeat, line, "the header stands here again");
    let layout = layout(builder, options, cells, before.delimiter, line)?;
    let units: HashMap<usize, _> = before.measured.iter().map(|known| (known.slot, known.unit)).collect();
    let changed = layout.measured.iter().any(|new| units.get(&new.slot).is_some_and(|unit| *unit != new.unit));
    if changed {
        builder.remark(Code::UnitChange, line, "the unit changes with the header; each row was read with its own");
    }
    Ok(layout)
}

/// The rows so far, counted for logs without times.
#[derive(Default)]
struct Records {
    counts: Vec<u64>,
}

impl Records {
    fn take(
        &mut self,
        builder: &mut Builder<'_>,
        layout: &Layout,
        cells: &[Cow<'_, str>],
        line: u32,
    ) -> Result<(), Refusal> {
        builder.record(line);
        let text = |at: usize| cells.get(at).map_or("", |cell| cell.as_ref());
        let parts: Vec<&str> = layout.devices.iter().map(|at| text(*at)).collect();
        let name = if parts.is_empty() { "0".to_owned() } else { parts.join("/") };
        let mut readings = Vec::new();
        for column in &layout.measured {
            let reading = builder.read(column.slot, text(column.column), (column.unit, None), line)?;
            readings.push((column, reading));
        }
        let row_device = match layout.measured.first().and_then(|column| column.device.as_deref()) {
            Some(first) => builder.device(first, line)?,
            None => builder.device(&name, line)?,
        };
        let time = self.time(builder, layout, (row_device, line), text)?;
        for (column, reading) in readings {
            let device = match &column.device {
                Some(device) => builder.device(device, line)?,
                None => row_device,
            };
            builder.sample((device, column.slot), (line, time), reading, text(column.column))?;
            if let (Some(power), Some(voltage)) = (column.power, builder.voltage()) {
                let watts = reading.map(|(current, step)| (current * voltage, step * voltage));
                builder.sample((device, power), (line, time), watts, text(column.column))?;
            }
        }
        Ok(())
    }

    fn time<'c>(
        &mut self,
        builder: &mut Builder<'_>,
        layout: &Layout,
        (device, line): (usize, u32),
        text: impl Fn(usize) -> &'c str,
    ) -> Result<Time, Refusal> {
        if self.counts.len() <= device {
            self.counts.resize(device + 1, 0);
        }
        let count = self.counts.get_mut(device).map_or(0, |count| std::mem::replace(count, *count + 1));
        let date = layout.date.map(&text);
        let Some((at, declared)) = layout.time else { return builder.spaced_time(None, count, line) };
        let text = text(at);
        if let Some(date) = date {
            return builder.civil_time(&format!("{date} {text}"), DateOrder::YearFirst, line);
        }
        if builder.pattern_given() {
            return builder.civil_time(text, DateOrder::YearFirst, line);
        }
        builder.titled_time(text, declared, line)
    }
}
