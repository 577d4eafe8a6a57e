//! Where the header of a table, or the caller, puts time, device, power and energy.

use super::columns::{Holds, holds, is_mean, is_total, may_contain, quantity};
use crate::input::{Code, Refusal, Title, Unit, printable, title, unit};
use crate::traces::{Builder, ColumnName, Kind, Negative, ReadOptions, Role, Sign, Slot};
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

/// A measured column.
pub(crate) struct Measured {
    pub(crate) column: usize,
    pub(crate) slot: usize,
    pub(crate) unit: Option<Unit>,
    /// Device of the column, where the columns are the devices.
    pub(crate) device: Option<String>,
    /// Slot of the power made from this current.
    pub(crate) power: Option<usize>,
}

/// Where a header, or the caller, puts what.
pub(crate) struct Layout {
    pub(crate) delimiter: char,
    pub(crate) width: usize,
    pub(crate) time: Option<(usize, Option<Unit>)>,
    /// Column of the date, where it stands apart from the time of day.
    pub(crate) date: Option<usize>,
    pub(crate) devices: Vec<usize>,
    pub(crate) measured: Vec<Measured>,
    /// Whether the columns are known to measure parts that do not contain one another.
    pub(crate) total_known: bool,
}

pub(crate) fn layout(
    builder: &mut Builder<'_>,
    options: &ReadOptions,
    cells: &[Cow<'_, str>],
    delimiter: char,
    line: u32,
) -> Result<Layout, Refusal> {
    let titles: Vec<Title> = cells.iter().map(|text| title(text)).collect();
    let mut layout = Layout {
        delimiter,
        width: cells.len(),
        time: None,
        date: None,
        devices: Vec::new(),
        measured: Vec::new(),
        total_known: true,
    };
    let mut wanted = Vec::new();
    if options.columns.is_empty() {
        let times = positions(&titles, |holds| holds == Holds::Time);
        let called = |name: &str| {
            let same = |at: &&usize| titles.get(**at).is_some_and(|title| title.name.eq_ignore_ascii_case(name));
            times.iter().find(same).copied()
        };
        layout.date = called("date").filter(|_| called("time").is_some());
        let time = layout.date.and(called("time")).or(times.first().copied());
        layout.time = time.and_then(|at| Some((at, titles.get(at)?.unit)));
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
    let mut seen = HashSet::new();
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
        if !seen.insert(slot) {
            let found = format!("{name:?} in two units");
            return Err(builder.refuse(Code::DupColumn, line, found, "columns of different names"));
        }
        let power = (kind == Kind::Current)
            .then(|| self::slot(builder, options, &format!("{name} x voltage"), Kind::InstantPower));
        layout.measured.push(Measured { column, slot, unit, device: None, power });
    }
    settle(builder, &mut layout);
    layout.total_known |= !options.columns.is_empty();
    if !layout.total_known {
        let message = format!("whether one of {} contains others is not known", printable(&cells.join(", ")));
        builder.remark(Code::TotalUnknown, line, message);
    }
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

/// Puts the columns in their places: of one quantity the mean stands for the others; energy stands back where power
/// is measured; a column called total contains the others; failing that, several columns are several devices, and there
/// is no total of theirs where one has the name of a whole that may contain the others.
fn settle(builder: &mut Builder<'_>, layout: &mut Layout) {
    let declared =
        |column: &Measured| builder.declared(column.slot).map(|slot| (slot.name.clone(), slot.kind.is_power()));
    let names: Vec<(String, bool)> = layout.measured.iter().filter_map(declared).collect();
    let any_power = names.iter().any(|(_, power)| *power);
    let main = || names.iter().filter(|(_, power)| *power == any_power).map(|(name, _)| name);
    let (mut means, mut columns_of) = (HashMap::new(), HashMap::new());
    for name in main() {
        *columns_of.entry(quantity(name)).or_insert(0) += 1;
        if is_mean(name) {
            means.entry(quantity(name)).or_insert_with(|| name.clone());
        }
    }
    let mut totals = main().filter(|name| is_total(name));
    let total = totals.next().filter(|_| totals.next().is_none()).cloned();
    layout.total_known = total.is_some() || !may_contain(columns_of.keys().map(String::as_str));
    let device_of = |name: &String| match columns_of.get(&quantity(name)) {
        Some(1) => name.clone(),
        _ => quantity(name),
    };
    let columns_are_devices = layout.devices.is_empty() && total.is_none() && columns_of.len() > 1;
    for (column, (name, power)) in layout.measured.iter_mut().zip(&names) {
        let is_main = *power == any_power;
        if let Some(slot) = builder.slot_mut(column.slot) {
            slot.instead = if is_main { means.get(&quantity(name)).cloned() } else { main().next().cloned() };
            slot.instead = slot.instead.take().filter(|better| better != name);
            slot.within = total.clone().filter(|total| total != name);
        }
        if columns_are_devices {
            column.device = if is_main { Some(device_of(name)) } else { main().next().map(device_of) };
        }
    }
}
