//! Polling logs of hwmon files (INA219, INA226, INA3221 and their like) with the names of the files as titles:
//! `power1_input` in uW, `curr1_input` in mA, `in1_input` in mV, `energy1_input` in uJ.
//!
//! Where there is no power of a number its current times its voltage stands for it. Reference: torvalds/linux,
//! Documentation/hwmon/sysfs-interface.rst.

use super::Format;
use super::parts::sheet::{Cells, Column, Sheet, detects, read as read_sheet};
use crate::input::{Code, Refusal, Text, title};
use crate::traces::{Builder, Head, Kind, ReadOptions, Time, Trace};
use std::borrow::Cow;

pub(super) const FORMAT: Format = Format {
    name: "hwmon-csv",
    description: "polling log of hwmon files such as power1_input (INA219, INA226, INA3221)",
    units: "uW, mA, mV, uJ",
    channels: "instant-power, energy-counter, current, voltage",
    clock: "as stamped: utc, local or relative",
    boundary: "as given",
    sample: "hwmon-csv.csv",
    detect,
    read,
};

const TIMES: [&str; 6] = ["t", "time", "timestamp", "ts", "elapsed", "epoch"];

const SHEET: Sheet = Sheet::new(is_header, column, time);

fn detect(head: &Head) -> bool {
    !head.columns_named && detects(head.lines.get(..1).unwrap_or_default(), is_header)
}

fn is_header(titles: &[Cow<'_, str>]) -> bool {
    titles.iter().any(|title| is_time(title)) && titles.iter().any(|title| column(title).is_some())
}

fn is_time(text: &str) -> bool {
    TIMES.contains(&title(text).name.to_lowercase().as_str())
}

/// The number of a file such as `curr1_input` of a kind.
fn number<'t>(text: &'t str, kind: &str) -> Option<&'t str> {
    let number = text.strip_prefix(kind)?.strip_suffix("_input")?;
    (!number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())).then_some(number)
}

fn column(text: &str) -> Option<Column> {
    let new = |kind, symbol| Some(Column::new(text, kind, symbol));
    match text {
        _ if number(text, "power").is_some() => new(Kind::InstantPower, "uW"),
        _ if number(text, "energy").is_some() => new(Kind::EnergyCounter { range: None }, "uJ"),
        _ if number(text, "curr").is_some() => new(Kind::Current, "mA"),
        _ if number(text, "in").is_some() => new(Kind::Voltage, "mV"),
        _ => None,
    }
}

fn time(builder: &mut Builder<'_>, cells: &Cells<'_>) -> Result<Time, Refusal> {
    let named = cells.titles().find(|title| is_time(title)).unwrap_or_default();
    builder.titled_time(cells.at(named), title(named).unit, cells.line)
}

fn read(text: &Text, options: &ReadOptions) -> Result<Trace, Refusal> {
    let mut builder = Builder::new(text.path(), options)?;
    read_sheet(&mut builder, text, &SHEET)?;
    let names: Vec<String> = builder.slot_names().map(str::to_owned).collect();
    for at in names.iter().filter_map(|name| number(name, "curr")) {
        if !names.contains(&format!("power{at}_input")) && names.contains(&format!("in{at}_input")) {
            builder.product(
                (&format!("curr{at}_input"), &format!("in{at}_input")),
                &format!("power{at}"),
                options.boundary,
            );
        }
    }
    let powers: Vec<String> =
        builder.slot_names().filter(|name| name.starts_with("power")).map(str::to_owned).collect();
    let energies: Vec<String> = names.iter().filter(|name| name.starts_with("energy")).cloned().collect();
    for energy in &energies {
        let power = energy.replace("energy", "power");
        if let Some(slot) = builder.slot_named(&power).and_then(|slot| builder.slot_mut(slot)) {
            slot.instead = Some(energy.clone());
        }
    }
    for name in powers.iter().chain(&energies) {
        if let Some(slot) = builder.slot_named(name).and_then(|slot| builder.slot_mut(slot)) {
            slot.boundary = options.boundary;
        }
    }
    let known = powers.len().max(energies.len()) < 2;
    if !known {
        builder.remark(Code::TotalUnknown, 1, "whether one rail holds another is not said; name a channel");
    }
    builder.finish(FORMAT.name, known)
}
