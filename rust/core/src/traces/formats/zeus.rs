//! The log of ZeusMonitor: `start_time,window_name,elapsed_time,gpu0_energy,...`, one measurement window a row.
//!
//! Energies are in J, of the boards alone; times in s. Windows are recordings of their own and may nest: then they have no
//! total. Reference: ml-energy/zeus, zeus/monitor/energy.py (`end_window`).

use super::Format;
use super::parts::sheet::Column;
use crate::input::{Code, Literal, Refusal, Scale, Text, delimiter, fields, literal, row, unit};
use crate::quantity::Boundary;
use crate::traces::{Builder, Head, Kind, ReadOptions, Time, Trace};
use std::borrow::Cow;
use std::collections::HashMap;

pub(super) const FORMAT: Format = Format {
    name: "zeus-csv",
    description: "ZeusMonitor log_file: energy of measurement windows",
    units: "J",
    channels: "interval-energy",
    clock: "utc",
    boundary: "board",
    sample: "zeus-csv.csv",
    detect,
    read,
};

fn detect(head: &Head) -> bool {
    let header = |line: &String| fields(line, delimiter(line, None)).is_ok_and(|titles| is_header(&titles));
    !head.columns_named && head.lines.first().is_some_and(header)
}

fn is_header(titles: &[Cow<'_, str>]) -> bool {
    let energy = titles.iter().any(|title| gpu(title).is_some());
    energy && ["start_time", "window_name", "elapsed_time"].iter().all(|name| titles.iter().any(|title| title == name))
}

fn gpu(title: &str) -> Option<&str> {
    title.strip_prefix("gpu")?.strip_suffix("_energy").filter(|index| index.bytes().all(|byte| byte.is_ascii_digit()))
}

fn read(text: &Text, options: &ReadOptions) -> Result<Trace, Refusal> {
    let mut builder = Builder::new(text.path(), options)?;
    builder.separate_devices();
    let slot = builder.slot(Column::new("energy", Kind::IntervalEnergy, "J").at(Boundary::Board).sink().slot);
    let (mut lines, mut titles, mut names, mut spans) =
        (text.lines(), Vec::<String>::new(), HashMap::new(), Vec::new());
    while let Some(line) = lines.next(&mut builder.diagnostics)? {
        if line.text.trim().is_empty() {
            continue;
        }
        let cells = row(&line, ',', text.path())?;
        if is_header(&cells) {
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
        let start = builder.unix_time(cell("start_time"), "s", line.number)?;
        let elapsed = match literal(cell("elapsed_time"), '.') {
            Literal::Number(number) => number.to_ns(Scale::ONE).filter(|ns| *ns >= 0),
            _ => None,
        };
        let Some(elapsed) = elapsed else {
            return Err(builder.refuse(
                Code::BadNumber,
                line.number,
                cell("elapsed_time"),
                "the length of the window in s",
            ));
        };
        let end = Time { ns: start.ns.saturating_add(elapsed), leap: false };
        spans.push((start.ns, end.ns));
        let times = names.entry(cell("window_name").to_owned()).or_insert(0u32);
        *times += 1;
        let window =
            if *times > 1 { format!("{} ({times})", cell("window_name")) } else { cell("window_name").to_owned() };
        for (title, text) in titles.iter().zip(&cells) {
            let Some(index) = gpu(title) else { continue };
            let device = builder.device(&format!("{window}/{index}"), line.number)?;
            let reading = builder.read(slot, text, (unit("J"), None), line.number)?;
            builder.start((device, slot), (line.number, start))?;
            builder.sample((device, slot), (line.number, end), reading, text)?;
        }
    }
    spans.sort_unstable();
    let nested = spans.windows(2).any(|pair| matches!(pair, [one, two] if two.0 < one.1));
    if nested {
        builder.remark(Code::TotalUnknown, 1, "windows overlap; their sum counts energy twice");
    }
    builder.finish(FORMAT.name, !nested)
}
