//! Energy archives of Shelly meters as CSV: `/emdata/0/data.csv` and `/em1data/0/data.csv` of the second generation, energy of
//! one minute in Wh a row, and `/emeter/0/em_data.csv` of the first, of ten minutes.
//!
//! A stamp is that of an interval and is read as its start. The energy that was returned to the grid is another figure and is
//! not subtracted; where there is any, it is said. Phases `a`, `b`, `c` add up. Reference: shelly-api-docs.shelly.cloud,
//! gen2/ComponentsAndServices/EMData and EM1Data (names and units of the values; `ts` is the time of the first interval); titles of
//! the first generation as users' readers have them.

use super::Format;
use super::parts::archive::Archive;
use crate::input::{Base, Code, DateOrder, Place, Refusal, Text, civil_stamp, delimiter, distinct, fields, row};
use crate::traces::{Builder, Head, ReadOptions, Trace};
use std::borrow::Cow;

pub(super) const FORMAT: Format = Format {
    name: "shelly-csv",
    description: "energy archive of Shelly meters (EMData, EM1Data, em_data.csv)",
    units: "Wh",
    channels: "interval-energy",
    clock: "utc",
    boundary: "as given",
    sample: "shelly-csv.csv",
    detect,
    read,
};

/// Title of the time, and length of an interval in s: of the second and of the first generation.
const GENERATIONS: [(&str, i64); 2] = [("timestamp", 60), ("Date/time UTC", 600)];

fn detect(head: &Head) -> bool {
    let header = |line: &String| fields(line, delimiter(line, None)).is_ok_and(|titles| generation(&titles).is_some());
    !head.columns_named && head.lines.first().is_some_and(header)
}

fn generation(titles: &[Cow<'_, str>]) -> Option<i64> {
    let (_, length) = GENERATIONS.into_iter().find(|(time, _)| titles.first().is_some_and(|title| title == time))?;
    titles.iter().any(|title| Archive::drawn(title)).then_some(length)
}

fn read(text: &Text, options: &ReadOptions) -> Result<Trace, Refusal> {
    let mut builder = Builder::new(text.path(), options)?;
    let (mut lines, mut known) = (text.lines(), None::<(i64, usize)>);
    let mut archive = Archive::default();
    while let Some(line) = lines.next(&mut builder.diagnostics)? {
        if line.text.trim().is_empty() {
            continue;
        }
        let cells = row(&line, ',', text.path())?;
        if let Some(length) = generation(&cells) {
            distinct(&cells, text.path(), Place::Line(u64::from(line.number)))?;
            if known.is_some() {
                builder.remark(Code::HeaderRepeat, line.number, "the header stands here again");
            }
            builder.header(line.number);
            archive.columns(&mut builder, cells.iter().map(|title| title.as_ref()));
            known = Some((length, cells.len()));
            continue;
        }
        let Some((length, width)) = known else {
            return Err(builder.refuse(Code::NoHeader, line.number, &line.text, "a header of a Shelly archive"));
        };
        if cells.len() != width {
            let (found, expected) = (format!("{} fields", cells.len()), format!("{width} fields"));
            return Err(builder.refuse(Code::FieldCount, line.number, found, expected));
        }
        let first = cells.first().map_or("", |cell| cell.as_ref());
        let start = match civil_stamp(first, DateOrder::YearFirst) {
            Some(stamp) => builder.time(crate::input::Stamp { base: Base::Utc, ..stamp }, line.number)?,
            None => builder.unix_time(first, "s", line.number)?,
        };
        archive
            .take(&mut builder, (start, length), line.number, |at| cells.get(at).map_or("", |cell| cell.as_ref()))?;
    }
    archive.finish(builder, FORMAT.name)
}
