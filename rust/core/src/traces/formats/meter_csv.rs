//! Delimited tables with a header that names its columns and their units: meters, plugs, simple edge loggers.
//!
//! `time [s],power [W]`, `timestamp_ms;power_mw`, `time,device,energy [kWh]` and their like. A power or energy column
//! needs a unit in its title or in its cells, a numeric time one in its title; or the caller names the columns. A
//! column in joules or watt-hours counts upwards unless its name says that it holds one interval.

use super::Format;
use super::parts::columns::{Holds, holds};
use super::parts::layout::{Layout, layout};
use crate::input::{
    Cell, Code, DateOrder, Diagnostics, Line, Lines, Place, Refusal, Text, cell, delimiter, distinct, fields, row,
    title,
};
use crate::traces::{Builder, ColumnName, Head, ReadOptions, Time, Trace};
use std::borrow::Cow;
use std::collections::HashMap;

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
    let mut builder = Builder::new(text.path(), options)?;
    let mut lines = text.lines();
    let Some(first) = next_row(&mut lines, &mut builder.diagnostics)? else {
        return builder.finish(FORMAT.name, true);
    };
    let second = next_row(&mut lines.clone(), &mut Diagnostics::default()).ok().flatten();
    let delimiter = delimiter(&first.text, second.as_ref().map(|line| line.text.as_ref()));
    if delimiter != ',' {
        builder.allow_comma();
    }
    let cells = row(&first, delimiter, text.path())?;
    let by_position = |choice: &crate::traces::ColumnChoice| matches!(choice.column, ColumnName::Position(_));
    let headless = looks_like_data(&cells);
    if headless && (options.columns.is_empty() || !options.columns.iter().all(by_position)) {
        let expected = "a header with units, as in time [s],power [W], or columns by position";
        return Err(builder.refuse(Code::NoHeader, first.number, &first.text, expected));
    }
    if !headless {
        builder.header(first.number);
        distinct(&cells, text.path(), first.place())?;
    }
    let mut layout = layout(&mut builder, options, &cells, delimiter, first.number)?;
    let (mut records, mut total_known) = (Records::default(), layout.total_known);
    if headless {
        records.take(&mut builder, &layout, &cells, first.number)?;
    }
    while let Some(line) = next_row(&mut lines, &mut builder.diagnostics)? {
        let cells = row(&line, delimiter, text.path())?;
        if !headless && !looks_like_data(&cells) && is_header(&cells, layout.time.is_some()) {
            layout = repeated_header(&mut builder, options, &layout, &cells, line.number)?;
            total_known &= layout.total_known;
            continue;
        }
        if cells.len() != layout.width {
            let found = format!("{} fields", cells.len());
            return Err(builder.refuse(Code::FieldCount, line.number, found, format!("{} fields", layout.width)));
        }
        records.take(&mut builder, &layout, &cells, line.number)?;
    }
    builder.finish(FORMAT.name, total_known)
}

/// The next line that is neither blank nor a comment.
fn next_row<'t>(lines: &mut Lines<'t>, diagnostics: &mut Diagnostics) -> Result<Option<Line<'t>>, Refusal> {
    while let Some(line) = lines.next(diagnostics)? {
        if !line.text.trim().is_empty() && !line.text.starts_with('#') {
            return Ok(Some(line));
        }
    }
    Ok(None)
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
