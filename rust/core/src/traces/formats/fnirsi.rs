//! The log of fnirsi_logger.py for FNIRSI USB meters: blank separated, `timestamp ... voltage_V current_A ... energy_Ws`.
//!
//! `energy_Ws` is the logger's own sum of voltage times current at 100 Hz and counts from zero; it is the energy that is
//! read, and the power made of voltage and current stands beside it. Reference:
//! baryluk/fnirsi-usb-power-data-logger, fnirsi_logger.py.

use super::Format;
use super::parts::sheet::Column;
use crate::input::{Code, Refusal, Text, unit};
use crate::traces::{Builder, Head, Kind, ReadOptions, Trace};

pub(super) const FORMAT: Format = Format {
    name: "fnirsi-log",
    description: "fnirsi_logger.py of FNIRSI USB meters",
    units: "V, A, Ws",
    channels: "energy-counter, instant-power, voltage, current",
    clock: "utc",
    boundary: "as given",
    sample: "fnirsi-log.txt",
    detect,
    read,
};

const ENERGY: &str = "energy_Ws";
const VOLTAGE: &str = "voltage_V";
const CURRENT: &str = "current_A";

fn detect(head: &Head) -> bool {
    head.lines.first().is_some_and(|line| is_header(line))
}

fn is_header(line: &str) -> bool {
    let has = |name: &str| line.split_whitespace().any(|word| word == name);
    line.starts_with("timestamp ") && [ENERGY, VOLTAGE, CURRENT].into_iter().all(has)
}

fn read(text: &Text, options: &ReadOptions) -> Result<Trace, Refusal> {
    let mut builder = Builder::new(text.path(), options)?;
    let columns = [(ENERGY, "J"), (VOLTAGE, "V"), (CURRENT, "A")];
    let kinds = [Kind::EnergyCounter { range: Some(f64::MAX) }, Kind::Voltage, Kind::Current];
    let slots = columns.iter().zip(kinds).map(|((name, symbol), kind)| {
        let mut slot = Column::new(*name, kind, symbol).slot;
        slot.boundary = options.boundary;
        (builder.slot(slot), *name, unit(symbol))
    });
    let slots: Vec<_> = slots.collect();
    let (mut lines, mut header) = (text.lines(), Vec::<String>::new());
    while let Some(line) = lines.next(&mut builder.diagnostics)? {
        if line.text.trim().is_empty() {
            continue;
        }
        if is_header(&line.text) {
            if !header.is_empty() {
                builder.remark(Code::HeaderRepeat, line.number, "the header stands here again");
            }
            builder.header(line.number);
            header = line.text.split_whitespace().map(str::to_owned).collect();
            continue;
        }
        let cells: Vec<&str> = line.text.split_whitespace().collect();
        if cells.len() != header.len() {
            let (found, expected) = (format!("{} fields", cells.len()), format!("{} fields", header.len()));
            return Err(builder.refuse(Code::FieldCount, line.number, found, expected));
        }
        let cell =
            |name: &str| header.iter().zip(&cells).find(|(known, _)| *known == name).map_or("", |(_, cell)| *cell);
        builder.record(line.number);
        let time = builder.unix_time(cell("timestamp"), "s", line.number)?;
        let device = builder.device("0", line.number)?;
        for (slot, name, unit) in &slots {
            let reading = builder.read(*slot, cell(name), (*unit, None), line.number)?;
            builder.sample((device, *slot), (line.number, time), reading, cell(name))?;
        }
    }
    builder.product((CURRENT, VOLTAGE), "power", options.boundary);
    if let Some(slot) = builder.slot_named("power").and_then(|slot| builder.slot_mut(slot)) {
        slot.instead = Some(ENERGY.to_owned());
    }
    builder.finish(FORMAT.name, true)
}
