//! CodeCarbon's `emissions.csv`: one row a run, or cumulative rows of one run where it is flushed; energies in kWh.
//!
//! The stamp is the local end of the run. Each energy is multiplied by `pue` before it is written, so with a `pue` other
//! than 1 it is that of the site, and the energy divided by it stands beside it. Memory is a model and processors often
//! are. A component that is zero in every row was not measured. Runs are recordings of their own: time between them is
//! no gap. Reference: mlco2/codecarbon, codecarbon/core/measure.py and codecarbon/output_methods/emissions_data.py.

use super::Format;
use crate::input::{Code, DateOrder, Literal, Refusal, Scale, Text, delimiter, distinct, fields, literal, row, unit};
use crate::quantity::Boundary;
use crate::traces::{Builder, Fault, Head, Kind, Negative, ReadOptions, Reading, Slot, Time, Trace};
use std::borrow::Cow;
use std::collections::HashMap;

pub(super) const FORMAT: Format = Format {
    name: "codecarbon-csv",
    description: "CodeCarbon emissions.csv: energy of runs",
    units: "kWh",
    channels: "energy-counter",
    clock: "local",
    boundary: "it, or site where a pue other than 1 is inside",
    sample: "codecarbon-csv.csv",
    detect,
    read,
};

/// The energy that holds the others.
const TOTAL: &str = "energy_consumed";

/// The energy before the PUE that the writer applied.
const BEFORE_PUE: &str = "energy_consumed / pue";

/// The energies and the powers from which a constant betrays a model.
const PARTS: [(&str, &str); 3] =
    [("cpu_energy", "cpu_power"), ("gpu_energy", "gpu_power"), ("ram_energy", "ram_power")];

/// Rows of one constant power that make it a model.
const CONSTANT_ROWS: usize = 3;

fn detect(head: &Head) -> bool {
    let header = |line: &String| fields(line, delimiter(line, None)).is_ok_and(|titles| is_header(&titles));
    !head.columns_named && head.lines.first().is_some_and(header)
}

fn is_header(titles: &[Cow<'_, str>]) -> bool {
    ["timestamp", "project_name", "duration", TOTAL].iter().all(|name| titles.iter().any(|title| title == name))
}

/// One row: its line, its run, its end and duration, and its cells by title.
struct Run {
    line: u32,
    name: String,
    end: Time,
    start: Time,
    machine: bool,
    pue: Option<f64>,
    cells: Vec<(String, String)>,
}

impl Run {
    fn cell(&self, title: &str) -> &str {
        self.cells.iter().find(|(known, _)| known == title).map_or("", |(_, cell)| cell.as_str())
    }
}

fn read(text: &Text, options: &ReadOptions) -> Result<Trace, Refusal> {
    let mut builder = Builder::new(text.path(), options)?;
    builder.separate_devices();
    let (mut lines, mut header, mut runs) = (text.lines(), None::<(char, Vec<String>)>, Vec::new());
    while let Some(line) = lines.next(&mut builder.diagnostics)? {
        if line.text.trim().is_empty() {
            continue;
        }
        let split = delimiter(&line.text, None);
        if let Some(titles) = fields(&line.text, split).ok().filter(|titles| is_header(titles)) {
            distinct(&titles, text.path(), line.place())?;
            if header.is_some() {
                builder.remark(Code::HeaderRepeat, line.number, "another header, and its columns, from here");
            }
            builder.header(line.number);
            header = Some((split, titles.into_iter().map(|title| title.into_owned()).collect()));
            continue;
        }
        let Some((split, titles)) = &header else {
            return Err(builder.refuse(Code::NoHeader, line.number, &line.text, "a header with energy_consumed"));
        };
        let cells = row(&line, *split, text.path())?;
        if cells.len() != titles.len() {
            let (found, expected) = (format!("{} fields", cells.len()), format!("{} fields", titles.len()));
            return Err(builder.refuse(Code::FieldCount, line.number, found, expected));
        }
        let cells = titles.iter().cloned().zip(cells.into_iter().map(Cow::into_owned)).collect();
        runs.push(run(&mut builder, cells, line.number)?);
    }
    name_restarts(&mut runs);
    let zero: Vec<&str> = PARTS.iter().map(|(energy, _)| *energy).filter(|energy| is_zero(&runs, energy)).collect();
    say(&mut builder, &runs, &zero);
    let mut slots = Slots::default();
    let mut last: HashMap<&str, Time> = HashMap::new();
    for run in &runs {
        // rows of one run are cumulative: its start is given once
        let first = last.insert(&run.name, run.end).is_none();
        take(&mut builder, run, first, &zero, &mut slots)?;
    }
    let known = !overlap(&runs);
    if !known {
        builder.remark(Code::TotalUnknown, 1, "runs that measure the whole machine overlap; their sum counts it twice");
    }
    builder.finish(FORMAT.name, known)
}

fn run(builder: &mut Builder<'_>, cells: Vec<(String, String)>, line: u32) -> Result<Run, Refusal> {
    builder.record(line);
    let cell = |title: &str| cells.iter().find(|(known, _)| known == title).map_or("", |(_, cell)| cell.trim());
    let number = |title: &str| match literal(cell(title), '.') {
        Literal::Number(number) => Some(number),
        _ => None,
    };
    let duration = number("duration").and_then(|number| number.to_ns(Scale::ONE)).filter(|ns| *ns >= 0);
    let Some(duration) = duration else {
        return Err(builder.refuse(Code::BadNumber, line, cell("duration"), "the duration of the run in s"));
    };
    let end = builder.civil_time(cell("timestamp"), DateOrder::YearFirst, line)?;
    let start = Time { ns: end.ns.saturating_sub(duration), leap: false };
    let id = cell("run_id");
    let name = if id.is_empty() { format!("{} {}", cell("project_name"), cell("timestamp")) } else { id.to_owned() };
    let pue = number("pue").and_then(|number| number.to_f64(Scale::ONE)).filter(|pue| *pue > 0.0 && *pue != 1.0);
    let machine = cell("tracking_mode") != "process";
    Ok(Run { line, name, end, start, machine, pue, cells })
}

/// Gives a run a name of its own where its identity comes again with less time behind it: it was started again.
fn name_restarts(runs: &mut [Run]) {
    let mut last: HashMap<String, (i64, u32)> = HashMap::new();
    for run in runs {
        let length = run.end.ns.saturating_sub(run.start.ns);
        let (longest, restarts) = last.entry(run.name.clone()).or_insert((-1, 0));
        *restarts += u32::from(length < *longest);
        *longest = length;
        if *restarts > 0 {
            run.name = format!("{} ({})", run.name, *restarts + 1);
        }
    }
}

/// Whether a column is there and zero in every row that has it.
fn is_zero(runs: &[Run], title: &str) -> bool {
    let mut cells = runs.iter().map(|run| run.cell(title)).filter(|cell| !cell.is_empty()).peekable();
    let zero =
        |cell: &str| matches!(literal(cell, '.'), Literal::Number(number) if number.to_f64(Scale::ONE) == Some(0.0));
    cells.peek().is_some() && cells.all(zero)
}

fn say(builder: &mut Builder<'_>, runs: &[Run], zero: &[&str]) {
    for (energy, power) in PARTS {
        let with = |title: &str| runs.iter().find(|run| !run.cell(title).is_empty()).map_or(1, |run| run.line);
        if zero.contains(&energy) {
            builder.remark(Code::ZeroDevice, with(energy), format!("{energy} is zero in every row; it has no value"));
        } else if is_constant(runs, power) {
            let message = format!("{power} is the same in every row: a constant, and no measurement");
            builder.remark(Code::Modelled, with(power), message);
        }
    }
    if let Some((run, pue)) = runs.iter().find_map(|run| Some((run, run.pue?))) {
        let message = format!("each energy was multiplied by the pue of {pue}; no PUE may be applied again");
        builder.remark(Code::PueInside, run.line, message);
    }
}

fn is_constant(runs: &[Run], title: &str) -> bool {
    let cells: Vec<&str> = runs.iter().map(|run| run.cell(title)).filter(|cell| !cell.is_empty()).collect();
    cells.len() >= CONSTANT_ROWS && cells.iter().all(|cell| Some(cell) == cells.first())
}

fn take(builder: &mut Builder<'_>, run: &Run, first: bool, zero: &[&str], slots: &mut Slots) -> Result<(), Refusal> {
    let device = builder.device(&run.name, run.line)?;
    let written = if run.pue.is_some() { Boundary::Site } else { Boundary::It };
    let add = |builder: &mut Builder<'_>, slot: usize, reading: Reading, text: &str| {
        if first && reading.is_ok() {
            builder.sample((device, slot), (run.line, run.start), Ok((0.0, 0.0)), text)?;
        }
        builder.sample((device, slot), (run.line, run.end), reading, text)
    };
    for name in [TOTAL].into_iter().chain(PARTS.map(|(energy, _)| energy)) {
        let text = run.cell(name);
        if text.is_empty() && name != TOTAL {
            continue;
        }
        let slot = slots.of(builder, name, written);
        let reading = match builder.read(slot, text, (unit("kWh"), None), run.line)? {
            Ok(_) if zero.contains(&name) => Err(Fault::NotRead),
            reading => reading,
        };
        add(builder, slot, reading, text)?;
        if let Some(pue) = run.pue.filter(|_| name == TOTAL) {
            let slot = slots.of(builder, BEFORE_PUE, Boundary::It);
            add(builder, slot, reading.map(|(energy, step)| (energy / pue, step / pue)), text)?;
        }
    }
    Ok(())
}

/// The slots by name and boundary.
#[derive(Default)]
struct Slots(HashMap<(&'static str, Boundary), usize>);

impl Slots {
    fn of(&mut self, builder: &mut Builder<'_>, name: &'static str, boundary: Boundary) -> usize {
        *self.0.entry((name, boundary)).or_insert_with(|| {
            builder.slot(Slot {
                name: name.to_owned(),
                kind: Kind::EnergyCounter { range: None },
                boundary: Some(boundary),
                within: (name != TOTAL).then(|| TOTAL.to_owned()),
                instead: None,
                negative: Negative::Kept,
            })
        })
    }
}

/// Whether two runs that measure the whole machine overlap by more than their stamps of one second leave open.
fn overlap(runs: &[Run]) -> bool {
    let mut spans: HashMap<&str, (i64, i64)> = HashMap::new();
    for run in runs.iter().filter(|run| run.machine) {
        let span = spans.entry(&run.name).or_insert((run.start.ns, run.end.ns));
        *span = (span.0.min(run.start.ns), span.1.max(run.end.ns));
    }
    let mut spans: Vec<(i64, i64)> = spans.into_values().collect();
    spans.sort_unstable();
    let mut reached = i64::MIN;
    for (start, end) in spans {
        if reached.saturating_sub(start) > 2_000_000_000 {
            return true;
        }
        reached = reached.max(end);
    }
    false
}
