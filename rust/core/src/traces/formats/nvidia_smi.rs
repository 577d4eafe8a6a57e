//! `nvidia-smi --query-gpu=... --format=csv`: a header that names the columns and their units, one row a device.
//!
//! Stamps are `2025/03/04 10:00:00.000` of a clock without a zone. `power.draw` is a mean over 1 s on Ampere and
//! later except GA100, and an instant reading on GA100 and older; `power.draw.average` and `power.draw.instant` say
//! which. Messages of nvidia-smi can stand before the header and between the rows. Reference: NVIDIA, NVML,
//! nvmlDeviceGetPowerUsage; the log grantwilkins/energy-inference, plots/parameter-scale-input-test/raw_stats/llama2-13b,
//! nvidia-smi.csv.

use super::Format;
use super::parts::bursts::{burst_size, in_blocks};
use crate::input::{
    Code, DateOrder, Line, Place, Refusal, Text, Unit, delimiter, distinct, fields, printable, row, title,
};
use crate::quantity::Boundary;
use crate::traces::digest::Undecided;
use crate::traces::lined::{self, Joined, LineReader};
use crate::traces::sensor::attach;
use crate::traces::throttle::{is_throttle_column, throttle_cell};
use crate::traces::{Builder, Head, Kind, Negative, ReadOptions, Reading, Slot, Trace};
use std::any::Any;
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;
use szilard_simd::{find, split};

pub(super) const FORMAT: Format = Format {
    name: "nvidia-smi-csv",
    description: "nvidia-smi --query-gpu --format=csv",
    units: "W",
    channels: "windowed-mean-power, instant-power",
    clock: "local",
    boundary: "board",
    sample: "nvidia-smi-csv.csv",
    detect,
    read,
};

/// Power columns from the outermost zone inwards, in each zone the preferred one first: the mean over the whole time
/// before a part-time instant reading.
const ZONES: [[&str; 3]; 3] = [
    ["module.power.draw.average", "module.power.draw", "module.power.draw.instant"],
    ["power.draw.average", "power.draw", "power.draw.instant"],
    ["gpu_memory.power.draw.average", "gpu_memory.power.draw", "gpu_memory.power.draw.instant"],
];

/// Columns that name the device, best first: a MIG instance shares the index of its board.
const IDENTITIES: [&str; 8] =
    ["uuid", "gpu_uuid", "pci.bus_id", "gpu_bus_id", "pci.bus", "serial", "gpu_serial", "index"];

/// Other columns by which a header is known.
const OTHERS: [&str; 6] =
    ["utilization.gpu", "utilization.memory", "memory.used", "temperature.gpu", "pstate", "fan.speed"];

/// How the messages start that nvidia-smi prints instead of data.
const MESSAGES: [&str; 4] = [
    "Failed to initialize NVML",
    "NVIDIA-SMI has failed",
    "No devices were found",
    "Unable to determine the device handle",
];

fn detect(head: &Head) -> bool {
    let headed = head.lines.iter().any(|line| header(line).is_some());
    let message = head.lines.first().is_some_and(|line| MESSAGES.iter().any(|start| line.starts_with(start)));
    !head.columns_named && (headed || message)
}

/// The fields of a header line and their delimiter.
fn header(line: &str) -> Option<(Vec<Cow<'_, str>>, char)> {
    // every header holds one of these; a million rows do not
    if !line.contains("power.draw") && !line.contains("timestamp") {
        return None;
    }
    let delimiter = delimiter(line, None);
    let titles = fields(line, delimiter).ok()?;
    let names: Vec<String> = titles.iter().map(|text| title(text).name).collect();
    let has = |wanted: &[&str]| names.iter().any(|name| wanted.contains(&name.as_str()));
    let known = has(ZONES.as_flattened()) || (has(&["timestamp"]) && has(&OTHERS));
    known.then_some((titles, delimiter))
}

/// Where a header puts what.
struct Layout {
    delimiter: char,
    width: usize,
    time: Option<usize>,
    identities: Vec<usize>,
    model: Option<usize>,
    powers: Vec<(usize, usize, Option<Unit>)>,
    /// Columns that say why clocks are lowered: name, place, slot.
    throttles: Vec<(String, usize, usize)>,
}

fn read(text: &Text, options: &ReadOptions) -> Result<Trace, Refusal> {
    lined::read(FORMAT.name, text, options, reader(options))
}

pub(super) fn reader(_: &ReadOptions) -> Box<dyn LineReader> {
    Box::new(Reader::default())
}

#[derive(Default)]
struct Reader {
    layout: Option<Arc<Layout>>,
    /// How many headers were met.
    headers: usize,
    unheaded: Option<(u32, String)>,
    rows: Rows,
    /// Where the fields of the present line are.
    fields: Vec<(u32, u32)>,
}

impl Reader {
    /// Takes a line that is a row without quotes, as nearly all lines are; whether it is one.
    fn plain_row(&mut self, builder: &mut Builder<'_>, line: &Line<'_>) -> Result<bool, Refusal> {
        let (Some(layout), text) = (&self.layout, line.text.as_ref()) else { return Ok(false) };
        let Ok(delimiter) = u8::try_from(layout.delimiter) else { return Ok(false) };
        if !split(text.as_bytes(), delimiter, &mut self.fields) || self.fields.len() != layout.width {
            return Ok(false);
        }
        let fields = &self.fields;
        let cell =
            |at: usize| fields.get(at).and_then(|(from, to)| text.get(*from as usize..*to as usize)).unwrap_or("");
        let timed = layout.time.is_some_and(|at| cell(at).starts_with(|c: char| c.is_ascii_digit()));
        // a header has one of these names in it
        if !timed || (find(text.as_bytes(), b'p').is_some() && header(text).is_some()) {
            return Ok(false);
        }
        self.rows.take(builder, layout, &cell, line.number)?;
        Ok(true)
    }
}

impl LineReader for Reader {
    fn line(&mut self, builder: &mut Builder<'_>, line: &Line<'_>) -> Result<(), Refusal> {
        if self.plain_row(builder, line)? || line.text.trim().is_empty() {
            return Ok(());
        }
        if let Some((titles, delimiter)) = header(&line.text) {
            if self.layout.is_some() {
                builder.remark(Code::HeaderRepeat, line.number, "the header stands here again");
            }
            builder.header(line.number);
            let layout = arrange(builder, &titles, delimiter, line.number, self.layout.as_deref())?;
            self.layout = Some(Arc::new(layout));
            self.headers += 1;
            return Ok(());
        }
        let Some(layout) = &self.layout else {
            if line.text.trim_start().starts_with(char::is_numeric) {
                return Err(builder.refuse(Code::NoHeader, line.number, &line.text, "a header with power.draw"));
            }
            builder.remark(Code::SkippedLine, line.number, printable(&line.text));
            self.unheaded.get_or_insert_with(|| (line.number, line.text.to_string()));
            return Ok(());
        };
        let cells = row(line, layout.delimiter, builder.path())?;
        if is_message(layout, &cells) {
            builder.remark(Code::SkippedLine, line.number, printable(&line.text));
            return Ok(());
        }
        if cells.len() != layout.width {
            let found = format!("{} fields", cells.len());
            return Err(builder.refuse(Code::FieldCount, line.number, found, format!("{} fields", layout.width)));
        }
        let cell = |at: usize| cells.get(at).map_or("", |cell| cell.as_ref());
        self.rows.take(builder, layout, &cell, line.number)
    }

    fn plain(&mut self, builder: &mut Builder<'_>, text: &[u8], before: u32) -> (u32, usize) {
        // a mask is no plain number
        let Some(layout) = self.layout.as_deref().filter(|layout| layout.throttles.is_empty()) else { return (0, 0) };
        let (Some(time), Some(device)) = (layout.time, layout.identities.first()) else { return (0, 0) };
        let columns: Vec<_> = layout.powers.iter().map(|(column, slot, unit)| (*column, *slot, *unit)).collect();
        builder.plain_rows((layout.delimiter, layout.width), (time, *device), &columns, (text, before))
    }

    /// Rows without a time, and rows that are given to devices by their order, are counted.
    fn fork(&self) -> Option<Box<dyn LineReader>> {
        let layout = self.layout.clone().filter(|layout| layout.time.is_some())?;
        let counted = self.rows.by_order;
        (!counted).then(|| Box::new(Self { layout: Some(layout), ..Self::default() }) as Box<dyn LineReader>)
    }

    fn join(&mut self, later: Box<dyn Any>, _: &mut Builder<'_>, before: u32) -> Joined {
        let Ok(later) = later.downcast::<Self>() else { return Joined::Again };
        if later.rows.by_order || !self.rows.join(later.rows, before) {
            return Joined::Again;
        }
        if later.headers == 0 {
            return Joined::Same;
        }
        (self.layout, self.headers) = (later.layout, self.headers + later.headers);
        Joined::Changed
    }

    fn held(&self) -> usize {
        self.rows.unnamed.len()
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }

    fn end(&mut self, builder: &mut Builder<'_>) -> Result<bool, Refusal> {
        match (&self.layout, &self.unheaded) {
            (None, Some((line, found))) => {
                Err(builder.refuse(Code::NoHeader, *line, found, "a header with power.draw"))
            }
            (Some(_), _) => self.rows.check_devices(builder).map(|()| true),
            (None, None) => Err(builder.refuse(Code::NoHeader, 1, "no whole line", "a header with power.draw")),
        }
    }

    fn settle(&self, trace: &mut Trace) -> Result<(), Undecided> {
        attach(trace, &self.rows.boards);
        Ok(())
    }
}

/// Whether a line between the rows is a message: neither a time nor a number stands where a row has them.
fn is_message(layout: &Layout, cells: &[Cow<'_, str>]) -> bool {
    let starts_numeric =
        |at: usize| cells.get(at).is_some_and(|text| text.trim_start_matches('-').starts_with(char::is_numeric));
    let odd = cells.len() != layout.width || layout.time.is_some();
    odd && !starts_numeric(layout.time.unwrap_or(0)) && !layout.powers.iter().any(|(at, ..)| starts_numeric(*at))
}

fn arrange(
    builder: &mut Builder<'_>,
    titles: &[Cow<'_, str>],
    delimiter: char,
    line: u32,
    before: Option<&Layout>,
) -> Result<Layout, Refusal> {
    let columns: Vec<_> = titles.iter().map(|text| title(text)).collect();
    let names: Vec<Cow<'_, str>> = columns.iter().map(|column| Cow::Borrowed(column.name.as_str())).collect();
    distinct(&names, builder.path(), Place::Line(u64::from(line)))?;
    let at = |name: &str| columns.iter().position(|column| column.name == name);
    let mut powers = Vec::new();
    for (outwards, zone) in ZONES.iter().enumerate() {
        for name in zone {
            let Some(column) = at(name) else { continue };
            let unit = columns.get(column).and_then(|column| column.unit);
            let best = zone.iter().find(|name| at(name).is_some()).filter(|best| *best != name);
            let outer = ZONES.iter().take(outwards).rev().flatten().find(|name| at(name).is_some());
            let slot = builder.slot_named(name).unwrap_or_else(|| declare(builder, name));
            if let Some(slot) = builder.slot_mut(slot) {
                slot.instead = best.map(|name| (*name).to_owned());
                slot.within = outer.map(|name| (*name).to_owned());
            }
            let earlier = before.and_then(|layout| layout.powers.iter().find(|(_, known, _)| *known == slot));
            if earlier.is_some_and(|(_, _, known)| *known != unit) {
                builder.remark(Code::UnitChange, line, format!("the unit of {name} changes here"));
            }
            powers.push((column, slot, unit));
        }
    }
    if powers.is_empty() {
        return Err(builder.refuse(Code::NoPower, line, titles.join(", "), "a power.draw column"));
    }
    let named = columns.iter().enumerate().filter(|(_, column)| is_throttle_column(&column.name));
    let throttles = named.map(|(at, column)| {
        let slot = builder.slot_named(&column.name).unwrap_or_else(|| declare(builder, &column.name));
        (column.name.clone(), at, slot)
    });
    let throttles = throttles.collect();
    if delimiter != ',' {
        builder.allow_comma();
    }
    Ok(Layout {
        delimiter,
        width: titles.len(),
        time: at("timestamp"),
        identities: IDENTITIES.iter().filter_map(|name| at(name)).collect(),
        model: at("name").or(at("gpu_name")),
        powers,
        throttles,
    })
}

fn declare(builder: &mut Builder<'_>, name: &str) -> usize {
    let kind = match name.rsplit('.').next() {
        _ if is_throttle_column(name) => Kind::ThrottleReasons,
        Some("average") => Kind::WindowedMeanPower { window_ns: Some(1_000_000_000) },
        Some("instant") => Kind::InstantPower,
        _ => Kind::WindowedMeanPower { window_ns: None },
    };
    builder.slot(Slot {
        name: name.to_owned(),
        kind,
        boundary: Some(Boundary::Board),
        within: None,
        instead: None,
        negative: Negative::Dropped,
    })
}

/// The rows so far: how many of each device, and what tells whether unnamed ones are of one device.
#[derive(Default)]
struct Rows {
    counts: Vec<u64>,
    unnamed: Vec<(i64, u32)>,
    /// Whether rows were given to devices by their order.
    by_order: bool,
    /// The readings of the present row, each with its slot and column.
    readings: Vec<(usize, Reading, usize)>,
    model: Option<String>,
    boards: HashMap<String, String>,
}

impl Rows {
    fn take<'c>(
        &mut self,
        builder: &mut Builder<'_>,
        layout: &Layout,
        cell: &dyn Fn(usize) -> &'c str,
        line: u32,
    ) -> Result<(), Refusal> {
        builder.record(line);
        let named =
            layout.identities.iter().map(|at| cell(*at)).find(|name| !name.is_empty() && !name.starts_with('['));
        let turn = builder.device_count().map(|devices| (self.unnamed.len() % devices.max(1)).to_string());
        self.by_order |= named.is_none() && turn.is_some();
        let name = named.or(turn.as_deref()).unwrap_or("0");
        let device = builder.device(name, line)?;
        if let Some(model) = layout.model.filter(|_| self.counts.len() <= device).map(cell) {
            self.boards.insert(name.to_owned(), model.to_owned());
        }
        if self.counts.len() <= device {
            self.counts.resize(device + 1, 0);
        }
        let count = self.counts.get_mut(device).map_or(0, |count| std::mem::replace(count, *count + 1));
        self.readings.clear();
        for (column, slot, unit) in &layout.powers {
            self.readings.push((*slot, builder.read(*slot, cell(*column), (*unit, None), line)?, *column));
        }
        let time = match layout.time {
            Some(at) => builder.civil_time(cell(at), DateOrder::YearFirst, line)?,
            None => builder.spaced_time(None, count, line)?,
        };
        for (slot, reading, column) in &self.readings {
            builder.sample((device, *slot), (line, time), *reading, cell(*column))?;
        }
        for (name, column, slot) in &layout.throttles {
            if let Some(mask) = throttle_cell(name, cell(*column)) {
                builder.sample((device, *slot), (line, time), Ok((mask, 0.0)), cell(*column))?;
            }
        }
        if named.is_none() {
            self.unnamed.push((time.ns(), line));
            if let Some(model) = layout.model.map(cell) {
                let first = self.model.get_or_insert_with(|| model.to_owned());
                if first != model && builder.device_count().is_none() {
                    let found = format!("rows of {first} and {model}");
                    return Err(builder.refuse(Code::AmbiguousDevices, line, found, "an index or uuid column"));
                }
            }
        }
        Ok(())
    }

    /// Takes up the rows behind, before which stand so many lines; not where they are of another model.
    fn join(&mut self, later: Self, before: u32) -> bool {
        if self.model.is_some() && later.model.is_some() && self.model != later.model {
            return false;
        }
        self.model = self.model.take().or(later.model);
        self.unnamed.extend(later.unnamed.into_iter().map(|(time, line)| (time, line.saturating_add(before))));
        for (device, board) in later.boards {
            self.boards.entry(device).or_insert(board);
        }
        true
    }

    /// Refuses rows without a device column that come in bursts of one size, as the rows of several devices do.
    fn check_devices(&self, builder: &mut Builder<'_>) -> Result<(), Refusal> {
        if let Some(devices) = builder.device_count().filter(|_| !self.unnamed.is_empty()) {
            let line = self.unnamed.first().map_or(0, |(_, line)| *line);
            if !in_blocks(&self.unnamed, devices) {
                let expected = format!("blocks of {devices} rows closer to each other than to the next block");
                return Err(builder.refuse(Code::AmbiguousDevices, line, "rows in no such blocks", expected));
            }
            let message =
                format!("rows were given to {devices} devices by their order, which the log does not confirm");
            builder.remark(Code::DeviceOrder, line, message);
            return Ok(());
        }
        match burst_size(&self.unnamed) {
            Some(size) if !builder.share_a_stamp(size) => {
                let line = self.unnamed.get(1).map_or(0, |(_, line)| *line);
                let found = format!("rows in bursts of {size} without a device column");
                Err(builder.refuse(Code::AmbiguousDevices, line, found, "an index or uuid column"))
            }
            _ => Ok(()),
        }
    }
}
