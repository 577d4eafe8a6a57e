//! Data files of the Voltcraft Energy Logger 3500 and 4000 (`A....BIN`): blocks of a start code, a date and one record a
//! minute.
//!
//! A block starts with E0 C5 EA and month, day, year since 2000, hour and minute, one byte each, of a clock without a zone.
//! A record has the mean voltage in 0.1 V and the mean current in 1 mA, two bytes each, highest first, and the power factor
//! in 0.01 in one byte; the power is their product, held over the minute from its stamp. FF FF FF FF ends the file.
//! Reference: Lekensteyn/el4000, defs.py (`data_hdr`, `data`) and el4000.py (`process_file`), after the maker's description of the
//! card's files.

use super::Format;
use super::parts::sheet::Column;
use crate::input::{Base, Code, Place, Refusal, Stamp, Text, civil_ns};
use crate::traces::{Builder, Head, Kind, ReadOptions, Trace};
use jiff::civil::DateTime;
use std::borrow::Cow;

pub(super) const FORMAT: Format = Format {
    name: "voltcraft-data",
    description: "data file of the Voltcraft Energy Logger 3500 and 4000, binary",
    units: "0.1 V, 1 mA, 0.01",
    channels: "interval-mean-power",
    clock: "local",
    boundary: "as given",
    sample: "voltcraft-data.bin",
    detect,
    read,
};

const START: [u8; 3] = [0xe0, 0xc5, 0xea];

const END: [u8; 4] = [0xff; 4];

const MINUTE: i64 = 60_000_000_000;

/// No mains voltage is higher. [0.1 V]
const HIGHEST: u16 = 3000;

/// No plug carries more. [mA]
const LARGEST: u16 = 20_000;

fn detect(head: &Head) -> bool {
    head.bytes.starts_with(&START)
}

fn read(text: &Text, options: &ReadOptions) -> Result<Trace, Refusal> {
    let mut builder = Builder::new(text.path(), options)?;
    let refuse = |code, found: String, expected: &str| Refusal::new(code, text.path(), Place::File, found, expected);
    // zeros at the end are records of no current, but the text behind them was taken for a cut tail
    let mut bytes = Cow::Borrowed(text.bytes());
    if text.nul_tail() > 0 {
        let whole = bytes.len() + text.nul_tail();
        bytes.to_mut().resize(whole, 0);
    }
    let mut slot = Column::new("power", Kind::IntervalMeanPower, "W").slot;
    slot.boundary = options.boundary;
    let slot = builder.slot(slot);
    let device = builder.device("0", 0)?;
    let (mut rest, mut clock, mut ended, mut record) = (bytes.as_ref(), None, None, 0u32);
    while !rest.is_empty() && !rest.starts_with(&END) {
        if let [0xe0, 0xc5, 0xea, month, day, year, hour, minute, after @ ..] = rest {
            let parts = [*month, *day, *hour, *minute].map(|part| i8::try_from(part).unwrap_or(-1));
            let [month, day, hour, minute] = parts;
            let civil = DateTime::new(2000 + i16::from(*year), month, day, hour, minute, 0, 0).ok().and_then(civil_ns);
            let Some(ns) = civil else {
                return Err(refuse(
                    Code::TimeParse,
                    format!("a date of {:?}", &parts),
                    "month, day, year, hour, minute",
                ));
            };
            (clock, rest) = (Some(ns), after);
        } else if let ([v1, v0, c1, c0, factor, after @ ..], Some(ns)) = (rest, clock) {
            let (voltage, current) = (u16::from_be_bytes([*v1, *v0]), u16::from_be_bytes([*c1, *c0]));
            if *factor > 100 || voltage > HIGHEST || current > LARGEST {
                let found = format!("{voltage} x 0.1 V, {current} mA and a power factor of {factor} %");
                let expected = "at most 300 V, 20 A and 100 %: a byte may be missing before";
                return Err(refuse(Code::Corrupt, found, expected));
            }
            let units = u64::from(voltage) * u64::from(current) * u64::from(*factor);
            let stamp = |ns| Stamp { ns, base: Base::Local, leap: false, resolution_ns: MINUTE };
            let end = ns.saturating_add(MINUTE);
            builder.record(record);
            if ended != Some(ns) {
                let start = builder.time(stamp(ns), record)?;
                builder.start((device, slot), (record, start))?;
            }
            let time = builder.time(stamp(end), record)?;
            builder.sample((device, slot), (record, time), Ok((units as f64 / 1e6, 0.0)), "")?;
            (clock, ended, rest, record) = (Some(end), Some(end), after, record.saturating_add(1));
        } else {
            let cut = "the last record is cut; it was left out";
            if clock.is_none() {
                return Err(refuse(Code::Magic, "another start".to_owned(), "E0 C5 EA and a date"));
            }
            builder.diagnostics.push(Code::PartialLastBlock, Place::File, None, cut);
            break;
        }
    }
    builder.edges_unknown(MINUTE);
    builder.finish(FORMAT.name, true)
}
