//! Delimited tables with a header that names its columns and their units: meters, plugs, simple edge loggers.
//!
//! `time [s],power [W]`, `timestamp_ms;power_mw`, `time,device,energy [kWh]` and their like. A power or energy column
//! needs a unit in its title or in its cells, a numeric time one in its title; or the caller names the columns. A
//! column in joules or watt-hours counts upwards unless its name says that it holds one interval.

use super::Format;
use super::columns::{Holds, holds, is_mean, is_total, quantity};
use crate::input::{
    Base, Cell, Code, DateOrder, Diagnostics, Dimension, Line, Lines, Place, Refusal, Scale, Text, Title, Unit, cell,
    delimiter, distinct, fields, numeric_stamp, row, title, unit,
};
use crate::traces::{Builder, ColumnName, Head, Kind, Negative, ReadOptions, Role, Sign, Slot, Time, Trace};
use std::borrow::Cow;

pub(super) const FORMAT: Format = Format {
    name: "generic-csv",
    description: "delimited table whose titles name time, power or energy and their units",
    units: "as titled: W, J, Wh with SI prefixes",
    detect,
    read,
};

/// Name of the channel made from a current and the caller's voltage.
const FROM_CURRENT: &str = "current x voltage";

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

/// A measured column.
struct Measured {
    column: usize,
    slot: usize,
    unit: Option<Unit>,
    /// Device of the column, where the columns are the devices.
    device: Option<String>,
    /// Slot of the power made from this current.
    power: Option<usize>,
}

/// Where a header, or the caller, puts what.
struct Layout {
    delimiter: char,
    width: usize,
    time: Option<(usize, Option<Unit>)>,
    devices: Vec<usize>,
    measured: Vec<Measured>,
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
    let mut records = Records::default();
    if headless {
        records.take(&mut builder, &layout, &cells, first.number)?;
    }
    while let Some(line) = next_row(&mut lines, &mut builder.diagnostics)? {
        let cells = row(&line, delimiter, text.path())?;
        if !headless && !looks_like_data(&cells) && is_header(&cells, layout.time.is_some()) {
            layout = repeated_header(&mut builder, options, &layout, &cells, line.number)?;
            continue;
        }
        if cells.len() != layout.width {
            let found = format!("{} fields", cells.len());
            return Err(builder.refuse(Code::FieldCount, line.number, found, format!("{} fields", layout.width)));
        }
        records.take(&mut builder, &layout, &cells, line.number)?;
    }
    builder.finish(FORMAT.name, true)
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
    let unit_of =
        |layout: &Layout, slot| layout.measured.iter().find(|known| known.slot == slot).map(|known| known.unit);
    let changed = layout.measured.iter().any(|new| unit_of(before, new.slot).is_some_and(|unit| unit != new.unit));
    if changed {
        builder.remark(Code::UnitChange, line, "the unit changes with the header; each row was read with its own");
    }
    Ok(layout)
}

fn layout(
    builder: &mut Builder<'_>,
    options: &ReadOptions,
    cells: &[Cow<'_, str>],
    delimiter: char,
    line: u32,
) -> Result<Layout, Refusal> {
    let titles: Vec<Title> = cells.iter().map(|text| title(text)).collect();
    let mut layout = Layout { delimiter, width: cells.len(), time: None, devices: Vec::new(), measured: Vec::new() };
    let mut wanted = Vec::new();
    if options.columns.is_empty() {
        layout.time =
            positions(&titles, |holds| holds == Holds::Time).first().and_then(|at| Some((*at, titles.get(*at)?.unit)));
        layout.devices = positions(&titles, |holds| holds == Holds::Device);
        wanted = readings(builder, options, &titles, line)?;
    }
    for choice in &options.columns {
        let column = match &choice.column {
            ColumnName::Position(at) => Some(*at).filter(|at| *at < cells.len()),
            ColumnName::Name(name) => {
                let named = |(title, text): (&Title, &Cow<'_, str>)| title.name == *name || text.as_ref() == name;
                titles.iter().zip(cells).position(named)
            }
        };
        let (Some(column), Some(title)) = (column, column.and_then(|at| titles.get(at))) else {
            let found = format!("columns {}", cells.join(", "));
            return Err(builder.refuse(Code::UnknownColumn, line, found, format!("{:?}", choice.column)));
        };
        let chosen = match choice.unit.as_deref() {
            None => title.unit,
            Some(text) => {
                Some(unit(text).ok_or_else(|| builder.refuse(Code::UnitUnknown, line, text, "a known unit"))?)
            }
        };
        match choice.role {
            Role::Time => layout.time = Some((column, chosen)),
            Role::Device => layout.devices.push(column),
            Role::Power => wanted.push((column, Holds::Power, chosen)),
            Role::Energy => wanted.push((column, Holds::Energy, chosen)),
        }
    }
    if wanted.is_empty() {
        return Err(builder.refuse(Code::NoPower, line, cells.join(", "), "a power or energy column"));
    }
    let headless = builder.headless();
    for (column, kind, unit) in wanted {
        let name = match titles.get(column) {
            Some(title) if !headless => title.name.clone(),
            _ => format!("column {column}"),
        };
        let kind = match kind {
            Holds::Energy => Kind::EnergyCounter { range: None },
            Holds::IntervalEnergy => Kind::IntervalEnergy,
            Holds::Current => Kind::Current,
            _ if is_mean(&name) => Kind::WindowedMeanPower { window_ns: None },
            _ => Kind::InstantPower,
        };
        let slot = slot(builder, options, &name, kind);
        let power = (kind == Kind::Current).then(|| slot_of_current(builder, options));
        layout.measured.push(Measured { column, slot, unit, device: None, power });
    }
    settle(builder, &mut layout);
    Ok(layout)
}

fn positions(titles: &[Title], wanted: impl Fn(Holds) -> bool) -> Vec<usize> {
    titles.iter().enumerate().filter(|(_, title)| wanted(holds(title))).map(|(index, _)| index).collect()
}

/// The columns to read: those of power and energy with a unit; else those without one, whose cells must then have
/// it; else a current, where the caller gives the voltage.
fn readings(
    builder: &Builder<'_>,
    options: &ReadOptions,
    titles: &[Title],
    line: u32,
) -> Result<Vec<(usize, Holds, Option<Unit>)>, Refusal> {
    let is_reading = |holds| matches!(holds, Holds::Power | Holds::Energy | Holds::IntervalEnergy);
    let all = titles.iter().enumerate().map(|(column, title)| (column, holds(title), title));
    let named: Vec<_> = all.clone().filter(|(_, kind, _)| is_reading(*kind)).collect();
    let mut columns: Vec<_> = named
        .iter()
        .filter(|(.., title)| title.unit.is_some())
        .map(|(at, kind, title)| (*at, *kind, title.unit))
        .collect();
    if columns.is_empty() {
        if let Some((.., title)) = named.iter().find(|(.., title)| title.unit_text.is_some()) {
            let found = title.unit_text.clone().unwrap_or_default();
            return Err(builder.refuse(
                Code::UnitUnknown,
                line,
                format!("unit {found:?}"),
                "a unit such as W, mW, J, kWh",
            ));
        }
        columns = named.iter().map(|(at, kind, _)| (*at, *kind, None)).collect();
    }
    if columns.is_empty() && options.voltage.is_some() {
        columns = all
            .filter(|(_, kind, _)| *kind == Holds::Current)
            .map(|(at, kind, title)| (at, kind, title.unit))
            .collect();
    }
    Ok(columns)
}

fn slot(builder: &mut Builder<'_>, options: &ReadOptions, name: &str, kind: Kind) -> usize {
    if let Some(known) = builder.slot_named(name) {
        return known;
    }
    let negative = match options.sign {
        None => Negative::Undeclared,
        Some(Sign::DischargePositive) => Negative::Kept,
        Some(Sign::DischargeNegative) => Negative::Turned,
    };
    let (name, boundary) = (name.to_owned(), options.boundary);
    builder.slot(Slot { name, kind, boundary, within: None, instead: None, negative })
}

fn slot_of_current(builder: &mut Builder<'_>, options: &ReadOptions) -> usize {
    slot(builder, options, FROM_CURRENT, Kind::InstantPower)
}

/// Puts the columns in their places: of one quantity the mean stands for the others; energy stands back where power
/// is measured; a column called total contains the others; failing that, several columns are several devices.
fn settle(builder: &mut Builder<'_>, layout: &mut Layout) {
    let names: Vec<(usize, String, bool)> = layout
        .measured
        .iter()
        .filter_map(|column| {
            builder.declared(column.slot).map(|slot| (column.slot, slot.name.clone(), slot.kind.is_power()))
        })
        .collect();
    let any_power = names.iter().any(|(.., power)| *power);
    let main: Vec<&(usize, String, bool)> = names.iter().filter(|(.., power)| *power == any_power).collect();
    let mut quantities: Vec<String> = main.iter().map(|(_, name, _)| quantity(name)).collect();
    quantities.dedup();
    let totals: Vec<&String> = main.iter().map(|(_, name, _)| name).filter(|name| is_total(name)).collect();
    let total = match totals.as_slice() {
        [total] => Some((*total).clone()),
        _ => None,
    };
    for (slot, name, power) in &names {
        let mean =
            main.iter().map(|(_, other, _)| other).find(|other| is_mean(other) && quantity(other) == quantity(name));
        let instead = match (power == &any_power, mean) {
            (false, _) => main.first().map(|(_, name, _)| name.clone()),
            (true, mean) => mean.filter(|mean| *mean != name).cloned(),
        };
        if let Some(slot) = builder.slot_mut(*slot) {
            slot.instead = instead;
            slot.within = total.clone().filter(|total| total != name);
        }
    }
    if layout.devices.is_empty() && total.is_none() && quantities.len() > 1 {
        let first = main.first().map(|(_, name, _)| quantity(name));
        for column in &mut layout.measured {
            let Some((_, name, power)) = names.iter().find(|(slot, ..)| *slot == column.slot) else { continue };
            let own = main.iter().filter(|(_, other, _)| quantity(other) == quantity(name)).count() < 2;
            let device = if own { name.clone() } else { quantity(name) };
            column.device = if *power == any_power { Some(device) } else { first.clone() };
        }
    }
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
        let Some((at, declared)) = layout.time else { return builder.spaced_time(None, count, line) };
        let text = text(at);
        if builder.pattern_given() {
            return builder.civil_time(text, DateOrder::YearFirst, line);
        }
        match (cell(text, builder.point_of(text)), declared) {
            (Ok(Cell::Number(number, written)), declared) => {
                let Some(unit) = written.or(declared) else {
                    return Err(builder.refuse(Code::TimeUnit, line, text, suggestion(text)));
                };
                match numeric_stamp(number, unit.scale).filter(|_| unit.dimension == Dimension::Time) {
                    Some(stamp) => builder.time(stamp, line),
                    None => Err(builder.refuse(Code::TimeParse, line, text, "a time in the range of the type")),
                }
            }
            _ => builder.civil_time(text, DateOrder::YearFirst, line),
        }
    }
}

/// What to say about a number without a unit: the unit in which it would be a time of this century.
fn suggestion(text: &str) -> String {
    let units = [("s", 0), ("ms", -3), ("us", -6), ("ns", -9)];
    let Ok(Cell::Number(number, _)) = cell(text, '.') else { return "a unit, as in timestamp_ms".to_owned() };
    let epoch = units.into_iter().find_map(|(name, power)| {
        let stamp = numeric_stamp(number, Scale { factor: 1, power })?;
        (stamp.base == Base::Utc).then_some((name, stamp.ns))
    });
    match epoch {
        Some((name, ns)) => {
            let time =
                jiff::Timestamp::from_nanosecond(i128::from(ns)).map(|time| time.to_string()).unwrap_or_default();
            format!("a unit in the title, as in timestamp_{name} (in {name} this would be {time})")
        }
        None => "a unit in the title, as in time [s]".to_owned(),
    }
}
