//! Exports of Qoitech's Otii: a time and, of each instrument, columns such as `Arc Main Current (A)`, `Arc Main Voltage (V)`
//! and `Arc Main Energy (J)`.
//!
//! Neither the writer's source nor its documentation shows the table, so it is read only when named, and says so. What a
//! column holds is the last word of its title and the unit behind it; the words before are the device. The energy counts
//! from the start of the recording; the power made of current and voltage stands beside it. Reference: the header in a user's script
//! (`"Wall-clock time (UTC)","Arc Main Current (A)","Arc Main Voltage (V)","Arc Main Energy (J)"`), nothing of the writer's.

use super::Format;
use super::parts::sheet::Column;
use crate::input::{
    Base, Code, DateOrder, Literal, Place, Refusal, Stamp, Text, civil_stamp, distinct, fields, literal, row, title,
};
use crate::traces::{Builder, Kind, ReadOptions, Trace};
use std::borrow::Cow;

pub(super) const FORMAT: Format = Format {
    name: "otii-csv",
    description: "Otii recording exported as CSV; read only when named",
    units: "A, V, W, J",
    channels: "energy-counter, instant-power, voltage, current",
    clock: "utc for a wall clock, else relative",
    boundary: "as given",
    sample: "otii-csv.csv",
    detect: |_| false,
    read,
};

/// The series of a title such as `Arc Main Energy (J)`, and its device.
fn column(text: &str) -> Option<(Column, String)> {
    let parts = title(text);
    let (device, what) = parts.name.rsplit_once(' ')?;
    let kind = match what {
        "Energy" => Kind::EnergyCounter { range: Some(f64::MAX) },
        "Power" => Kind::InstantPower,
        "Voltage" => Kind::Voltage,
        "Current" => Kind::Current,
        _ => return None,
    };
    let mut column = Column::new(what, kind, parts.unit_text.as_deref()?);
    if what == "Power" {
        column = column.instead("Energy");
    }
    Some((column, device.to_owned()))
}

fn is_header(titles: &[Cow<'_, str>]) -> bool {
    titles.iter().any(|text| column(text).is_some())
}

fn read(text: &Text, options: &ReadOptions) -> Result<Trace, Refusal> {
    let mut builder = Builder::new(text.path(), options)?;
    builder.remark(Code::FormatUnchecked, 1, "the layout of Otii exports was not checked against their writer");
    let (mut lines, mut width, mut utc, mut measured) = (text.lines(), 0, false, Vec::new());
    while let Some(line) = lines.next(&mut builder.diagnostics)? {
        if line.text.trim().is_empty() {
            continue;
        }
        if measured.is_empty() {
            let titles = fields(&line.text, ',').unwrap_or_default();
            if !is_header(&titles) {
                return Err(builder.refuse(Code::NoHeader, line.number, &line.text, "a header of Otii"));
            }
            distinct(&titles, text.path(), Place::Line(u64::from(line.number)))?;
            builder.header(line.number);
            width = titles.len();
            utc = titles.first().is_some_and(|title| title.ends_with("(UTC)"));
            for (at, (column, device)) in titles.iter().enumerate().filter_map(|(at, t)| Some((at, column(t)?))) {
                let known = builder.slot_named(&column.slot.name);
                measured.push((at, known.unwrap_or_else(|| builder.slot(column.slot)), column.unit, device));
            }
            continue;
        }
        let cells = row(&line, ',', text.path())?;
        if cells.len() != width {
            let (found, expected) = (format!("{} fields", cells.len()), format!("{width} fields"));
            return Err(builder.refuse(Code::FieldCount, line.number, found, expected));
        }
        let cell = |at: usize| cells.get(at).map_or("", |cell| cell.as_ref());
        builder.record(line.number);
        let time = match literal(cell(0), '.') {
            Literal::Number(_) => builder.elapsed(cell(0), "s", line.number)?,
            _ => match civil_stamp(cell(0), DateOrder::YearFirst) {
                Some(stamp) if utc => builder.time(Stamp { base: Base::Utc, ..stamp }, line.number)?,
                _ => builder.civil_time(cell(0), DateOrder::YearFirst, line.number)?,
            },
        };
        for (at, slot, unit, device) in &measured {
            let reading = builder.read(*slot, cell(*at), (*unit, None), line.number)?;
            let device = builder.device(device, line.number)?;
            builder.sample((device, *slot), (line.number, time), reading, cell(*at))?;
        }
    }
    builder.product(("Current", "Voltage"), "Current x voltage", options.boundary);
    if let Some(slot) = builder.slot_named("Current x voltage").and_then(|slot| builder.slot_mut(slot)) {
        slot.instead = Some("Energy".to_owned());
    }
    builder.at_given_boundary();
    builder.finish(FORMAT.name, true)
}
