//! Alumet's CSV: `metric;timestamp;value;resource_kind;resource_id;...`, one measurement a row.
//!
//! `rapl_consumed_energy` (attribute `domain`) and `nvml_energy_consumption` are the energy since the measurement before,
//! `nvml_instant_power` is a power. The unit stands behind the name, if it is written. Shares of processes and groups are
//! not read. In the mode `minimal` the energy of a GPU is Alumet's sum over its powers. Reference: alumet-dev/alumet,
//! plugins/csv/README.md, plugins/rapl/README.md and plugins/nvidia-nvml/README.md.

use super::Format;
use super::parts::rapl_zone::{Part, Zone};
use super::parts::sheet::Column;
use crate::input::{Code, DateOrder, Refusal, Text, Unit, delimiter, fields, row, unit};
use crate::quantity::Boundary;
use crate::traces::{Builder, Head, Kind, ReadOptions, Trace};
use std::borrow::Cow;
use std::collections::HashMap;

pub(super) const FORMAT: Format = Format {
    name: "alumet-csv",
    description: "Alumet CSV output with RAPL or NVML metrics",
    units: "by metric: J, mJ, mW",
    channels: "interval-energy, instant-power",
    clock: "utc",
    boundary: "chip (RAPL), board (NVML)",
    sample: "alumet-csv.csv",
    detect,
    read,
};

/// Metrics that are read, with their unit where the name does not carry it.
const METRICS: [(&str, &str); 3] =
    [("rapl_consumed_energy", "J"), ("nvml_energy_consumption", "mJ"), ("nvml_instant_power", "mW")];

fn detect(head: &Head) -> bool {
    let header = |line: &String| fields(line, delimiter(line, None)).is_ok_and(|titles| is_header(&titles));
    head.lines.first().is_some_and(header)
}

fn is_header(titles: &[Cow<'_, str>]) -> bool {
    ["metric", "timestamp", "value", "resource_kind"].iter().all(|name| titles.iter().any(|title| title == name))
}

fn read(text: &Text, options: &ReadOptions) -> Result<Trace, Refusal> {
    let mut builder = Builder::new(text.path(), options)?;
    let (mut lines, mut header, mut slots) = (text.lines(), None::<(char, Vec<String>)>, HashMap::new());
    while let Some(line) = lines.next(&mut builder.diagnostics)? {
        if line.text.trim().is_empty() {
            continue;
        }
        let Some((split, titles)) = &header else {
            let split = delimiter(&line.text, None);
            let titles: Vec<String> = row(&line, split, text.path())?.iter().map(|title| title.to_string()).collect();
            builder.header(line.number);
            header = Some((split, titles));
            continue;
        };
        let cells = row(&line, *split, text.path())?;
        // the late attributes may hold the delimiter
        if cells.len() < titles.len() {
            let (found, expected) = (format!("{} fields", cells.len()), format!("{} fields", titles.len()));
            return Err(builder.refuse(Code::FieldCount, line.number, found, expected));
        }
        let cell = |title: &str| {
            titles.iter().position(|known| known == title).and_then(|at| cells.get(at)).map_or("", |cell| cell.as_ref())
        };
        builder.record(line.number);
        let Some((metric, written)) = metric(cell("metric")).filter(|_| cell("consumer_kind") == "local_machine")
        else {
            continue;
        };
        let late = cell("__late_attributes").split(',').find_map(|part| part.trim().strip_prefix("domain="));
        let domain = Some(cell("domain")).filter(|domain| !domain.is_empty()).or(late).unwrap_or_default();
        let series = (metric, domain.to_owned(), format!("{} {}", cell("resource_kind"), cell("resource_id")));
        let target = match slots.get(&series) {
            Some(target) => *target,
            None => {
                let device = if metric.starts_with("nvml") { cell("resource_id") } else { "0" };
                let target = (builder.device(device, line.number)?, builder.slot(column(&series).slot));
                slots.insert(series, target);
                target
            }
        };
        let reading = builder.read(target.1, cell("value"), (written, None), line.number)?;
        let time = builder.civil_time(cell("timestamp"), DateOrder::YearFirst, line.number)?;
        builder.sample(target, (line.number, time), reading, cell("value"))?;
    }
    if slots.is_empty() && header.is_some() {
        return Err(builder.refuse(
            Code::NoPower,
            1,
            "no energy of the machine",
            "rapl_consumed_energy or nvml metrics",
        ));
    }
    settle(&mut builder, &slots);
    builder.finish(FORMAT.name, true)
}

/// The metric that is read and its unit.
fn metric(name: &str) -> Option<(&'static str, Option<Unit>)> {
    METRICS.iter().find_map(|(metric, symbol)| match name.strip_prefix(metric)? {
        "" => Some((*metric, unit(symbol))),
        suffix => Some((*metric, Some(unit(suffix.strip_prefix('_')?)?))),
    })
}

type Series = (&'static str, String, String);

fn column((metric, domain, resource): &Series) -> Column {
    let name = if domain.is_empty() { (*metric).to_owned() } else { format!("{domain} {resource}") };
    match *metric {
        "nvml_instant_power" => {
            Column::new(name, Kind::InstantPower, "mW").at(Boundary::Board).instead("nvml_energy_consumption")
        }
        "nvml_energy_consumption" => Column::new(name, Kind::IntervalEnergy, "mJ").at(Boundary::Board),
        _ => Column::new(name, Kind::IntervalEnergy, "J").at(Boundary::Chip),
    }
}

/// Puts the domains of processors in their places.
fn settle(builder: &mut Builder<'_>, slots: &HashMap<Series, (usize, usize)>) {
    let of = |part: Part| {
        slots
            .iter()
            .filter(move |((_, domain, _), _)| Zone::named(domain).part == part)
            .map(|(_, target)| target.1)
            .min()
    };
    let name = |builder: &Builder<'_>, slot: Option<usize>| {
        slot.and_then(|slot| builder.declared(slot)).map(|slot| slot.name.clone())
    };
    let (platform, package) = (name(builder, of(Part::Platform)), name(builder, of(Part::Package)));
    for ((_, domain, _), (_, slot)) in slots {
        let part = Zone::named(domain).part;
        if let Some(slot) = builder.slot_mut(*slot) {
            slot.within = match part {
                Part::Package | Part::Memory => platform.clone(),
                Part::Inside => package.clone().or(platform.clone()),
                Part::Platform | Part::Unknown => None,
            };
            if part == Part::Platform {
                slot.boundary = None;
            }
        }
    }
}
