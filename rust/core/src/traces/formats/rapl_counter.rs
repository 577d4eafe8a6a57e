//! Polling logs of the RAPL energy counters of Linux: time, zone, `energy_uj` and, where logged, its range.
//!
//! `package` holds `core` and `uncore`, `psys` holds packages and memory, `dram` stands beside its package. One package
//! can be seen twice: through MSR and through MMIO, or mirrored over the dies of a socket. The counter wraps at
//! `max_energy_range_uj`. Reference: Linux kernel, Documentation/power/powercap/powercap.rst.

use super::Format;
use super::parts::rapl_zone::Zone;
use crate::input::{
    Code, Line, Literal, Refusal, Scale, Text, Unit, delimiter, distinct, fields, literal, printable, row, title, unit,
};
use crate::quantity::Boundary;
use crate::traces::digest::Undecided;
use crate::traces::lined::{self, Joined, LineReader};
use crate::traces::{Builder, Fault, Head, Kind, Negative, ReadOptions, Slot, Trace};
use std::any::Any;
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

pub(super) const FORMAT: Format = Format {
    name: "rapl-counter-csv",
    description: "polling log of the powercap counters: time, zone, energy_uj, max_energy_range_uj",
    units: "uJ",
    channels: "energy-counter",
    clock: "as stamped: utc, local or relative",
    boundary: "chip (packages and memory), not settled for psys",
    sample: "rapl-counter-csv.csv",
    detect,
    read,
};

/// Titles of the column that names the zone.
const ZONES: [&str; 5] = ["zone", "domain", "name", "path", "zone_name"];

const TIMES: [&str; 6] = ["t", "time", "timestamp", "ts", "epoch", "elapsed"];

fn detect(head: &Head) -> bool {
    let header = |line: &String| fields(line, delimiter(line, None)).is_ok_and(|titles| layout(&titles, ',').is_some());
    !head.columns_named && head.lines.iter().find(|line| !line.starts_with('#')).is_some_and(header)
}

/// Where the header puts what.
struct Layout {
    delimiter: char,
    width: usize,
    time: (usize, Option<Unit>),
    zone: Option<usize>,
    energy: usize,
    range: Option<usize>,
}

fn layout(titles: &[Cow<'_, str>], delimiter: char) -> Option<Layout> {
    let at = |wanted: &[&str]| titles.iter().position(|text| wanted.contains(&text.to_lowercase().as_str()));
    let timed = |text: &Cow<'_, str>| TIMES.contains(&title(text).name.to_lowercase().as_str());
    let time = titles.iter().position(timed)?;
    Some(Layout {
        delimiter,
        width: titles.len(),
        time: (time, title(titles.get(time)?).unit),
        zone: at(&ZONES),
        energy: at(&["energy_uj"])?,
        range: at(&["max_energy_range_uj"]),
    })
}

fn read(text: &Text, options: &ReadOptions) -> Result<Trace, Refusal> {
    lined::read(FORMAT.name, text, options, reader(options))
}

pub(super) fn reader(_: &ReadOptions) -> Box<dyn LineReader> {
    Box::new(Reader::default())
}

#[derive(Default)]
struct Reader {
    header: Option<Arc<Layout>>,
    /// How many headers were met.
    headers: usize,
    slots: HashMap<String, usize>,
}

impl LineReader for Reader {
    fn line(&mut self, builder: &mut Builder<'_>, line: &Line<'_>) -> Result<(), Refusal> {
        if line.text.trim().is_empty() || line.text.starts_with('#') {
            return Ok(());
        }
        let split = self.header.as_ref().map_or_else(|| delimiter(&line.text, None), |known| known.delimiter);
        let cells = row(line, split, builder.path())?;
        if let Some(found) = layout(&cells, split) {
            distinct(&cells, builder.path(), line.place())?;
            if self.header.is_some() {
                builder.remark(Code::HeaderRepeat, line.number, "the header stands here again");
            }
            builder.header(line.number);
            self.header = Some(Arc::new(found));
            self.headers += 1;
            return Ok(());
        }
        let Some(header) = &self.header else {
            return Err(builder.refuse(Code::NoHeader, line.number, &line.text, "a header with energy_uj"));
        };
        if cells.len() != header.width {
            let (found, expected) = (format!("{} fields", cells.len()), format!("{} fields", header.width));
            return Err(builder.refuse(Code::FieldCount, line.number, found, expected));
        }
        take(builder, header, &cells, line.number, &mut self.slots)
    }

    fn fork(&self) -> Option<Box<dyn LineReader>> {
        let header = Some(self.header.clone()?);
        Some(Box::new(Self { header, headers: 0, slots: self.slots.clone() }))
    }

    fn join(&mut self, later: Box<dyn Any>, _: &mut Builder<'_>, _: u32) -> Joined {
        let Ok(later) = later.downcast::<Self>() else { return Joined::Again };
        let same = later.headers == 0 && later.slots.len() == self.slots.len();
        *self = Self { headers: self.headers + later.headers, ..*later };
        if same { Joined::Same } else { Joined::Changed }
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }

    fn end(&mut self, builder: &mut Builder<'_>) -> Result<bool, Refusal> {
        let names: Vec<String> = builder.slot_names().map(str::to_owned).collect();
        let places = Zone::places(&names);
        if places.is_none() && !names.is_empty() {
            builder.remark(Code::TotalUnknown, 1, format!("how {} nest is not settled", printable(&names.join(", "))));
        }
        for (slot, (within, boundary)) in places.iter().flatten().enumerate() {
            if let Some(slot) = builder.slot_mut(slot) {
                (slot.within, slot.boundary) = (within.clone(), *boundary);
            }
        }
        Ok(places.is_some())
    }

    fn settle(&self, trace: &mut Trace) -> Result<(), Undecided> {
        Zone::count_once(trace)
    }
}

fn take(
    builder: &mut Builder<'_>,
    header: &Layout,
    cells: &[Cow<'_, str>],
    line: u32,
    slots: &mut HashMap<String, usize>,
) -> Result<(), Refusal> {
    let cell = |at: usize| cells.get(at).map_or("", |cell| cell.as_ref());
    builder.record(line);
    let zone = header.zone.map_or("package-0", cell);
    let range = header.range.map(cell).filter(|text| !text.is_empty());
    let slot = match slots.get(zone) {
        Some(slot) => *slot,
        None => {
            let range = range.map(|text| joules(builder, text, line)).transpose()?.filter(|range| *range > 0.0);
            let slot = builder.slot(Slot {
                name: zone.to_owned(),
                kind: Kind::EnergyCounter { range },
                boundary: Some(Boundary::Chip),
                within: None,
                instead: None,
                negative: Negative::Kept,
            });
            slots.insert(zone.to_owned(), slot);
            slot
        }
    };
    let text = cell(header.energy);
    let reading = match builder.read(slot, text, (None, unit("uJ")), line)? {
        Err(Fault::NotRead) => Err(Fault::BadRead),
        reading => reading,
    };
    if let (Ok((value, step)), Some(Kind::EnergyCounter { range: Some(range) })) =
        (reading, builder.declared(slot).map(|slot| slot.kind))
        && value > range + step
    {
        let expected = format!("at most max_energy_range_uj, {range} J");
        return Err(builder.refuse(Code::ErrorCounterRange, line, printable(text), expected));
    }
    let time = builder.titled_time(cell(header.time.0), header.time.1, line)?;
    let device = builder.device("0", line)?;
    builder.sample((device, slot), (line, time), reading, text)
}

fn joules(builder: &mut Builder<'_>, text: &str, line: u32) -> Result<f64, Refusal> {
    let number = match literal(text, '.') {
        Literal::Number(number) => number.to_f64(Scale { factor: 1, power: -6 }),
        _ => None,
    };
    number.ok_or_else(|| builder.refuse(Code::BadNumber, line, text, "the range of the counter in uJ"))
}
