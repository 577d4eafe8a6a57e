//! Home Assistant's history export: `entity_id,state,last_changed`, in UTC. Only changes are written, so a state holds
//! until the next one.
//!
//! The file does not say the unit: the caller gives it with `columns`, for powers or for energies that count upwards.
//! `unavailable` and `unknown` are failed readings. Before the states that are still recorded stand the means of whole
//! hours, stamped with their start. Reference: home-assistant/frontend, src/panels/history/ha-panel-history.ts
//! (`_downloadHistory`, `_getStats`).

use super::Format;
use super::parts::sheet::Column;
use crate::input::{Code, DateOrder, Refusal, Text, delimiter, distinct, fields, row, unit};
use crate::traces::{Builder, Head, Kind, ReadOptions, Role, Trace};
use std::borrow::Cow;

pub(super) const FORMAT: Format = Format {
    name: "home-assistant-csv",
    description: "Home Assistant history export (Shelly and other plugs); needs the unit in columns",
    units: "as given",
    channels: "hold-power, energy-counter",
    clock: "utc",
    boundary: "as given",
    sample: "home-assistant-csv.csv",
    detect,
    read,
};

fn detect(head: &Head) -> bool {
    let header = |line: &String| fields(line, delimiter(line, None)).is_ok_and(|titles| is_header(&titles));
    head.lines.first().is_some_and(header)
}

fn is_header(titles: &[Cow<'_, str>]) -> bool {
    ["entity_id", "state", "last_changed"].iter().all(|name| titles.iter().any(|title| title == name))
}

fn read(text: &Text, options: &ReadOptions) -> Result<Trace, Refusal> {
    let mut builder = Builder::new(text.path(), options)?;
    let choice = options.columns.iter().find(|choice| matches!(choice.role, Role::Power | Role::Energy));
    let Some((kind, symbol)) = choice.and_then(|choice| Some((kind(choice.role), choice.unit.as_deref()?))) else {
        let expected = "columns={\"power\": (\"state\", \"W\")} or {\"energy\": (\"state\", \"kWh\")}";
        return Err(builder.refuse(Code::UnitUnknown, 1, "states without a unit", expected));
    };
    let Some(unit) = unit(symbol) else {
        return Err(builder.refuse(Code::UnitUnknown, 1, symbol, "a unit such as W or kWh"));
    };
    let slot = builder.slot(Column::new("state", kind, symbol).slot);
    if let Some(slot) = builder.slot_mut(slot) {
        slot.boundary = options.boundary;
    }
    let (mut lines, mut titles) = (text.lines(), Vec::<String>::new());
    while let Some(line) = lines.next(&mut builder.diagnostics)? {
        if line.text.trim().is_empty() {
            continue;
        }
        let cells = row(&line, ',', text.path())?;
        if is_header(&cells) {
            distinct(&cells, text.path(), line.place())?;
            if !titles.is_empty() {
                builder.remark(Code::HeaderRepeat, line.number, "the header stands here again");
            }
            builder.header(line.number);
            titles = cells.into_iter().map(Cow::into_owned).collect();
            continue;
        }
        if cells.len() != titles.len() {
            let (found, expected) = (format!("{} fields", cells.len()), format!("{} fields", titles.len()));
            return Err(builder.refuse(Code::FieldCount, line.number, found, expected));
        }
        let cell = |title: &str| {
            titles.iter().position(|known| known == title).and_then(|at| cells.get(at)).map_or("", |cell| cell.as_ref())
        };
        builder.record(line.number);
        let reading = builder.read(slot, cell("state"), (Some(unit), None), line.number)?;
        let device = builder.device(cell("entity_id"), line.number)?;
        let time = builder.civil_time(cell("last_changed"), DateOrder::YearFirst, line.number)?;
        builder.sample((device, slot), (line.number, time), reading, cell("state"))?;
    }
    // an export holds whatever entities were shown: powers beside energies and voltages
    let one = options.devices.is_some() || builder.devices.len() < 2;
    if !one {
        builder.remark(Code::TotalUnknown, 1, "several entities, and the file states no units: name those that add up");
    }
    builder.finish(FORMAT.name, one)
}

fn kind(role: Role) -> Kind {
    if role == Role::Energy { Kind::EnergyCounter { range: Some(f64::MAX) } } else { Kind::HoldPower }
}
