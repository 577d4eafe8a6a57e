//! Answers of Shelly meters of the second generation to `EMData.GetData` and `EM1Data.GetData`: `keys`, and `data` of blocks with
//! the time of the first interval, its length and a row of values an interval.
//!
//! The values are those of the CSV archive. Several answers, one after another, are one archive; an answer may be wrapped in
//! `result` as the remote procedure call returns it. Reference: shelly-api-docs.shelly.cloud,
//! gen2/ComponentsAndServices/EMData (`GetDataResult`: keys, data, ts, period, values).

use super::Format;
use super::parts::archive::Archive;
use super::parts::documents::{cell, documents};
use crate::input::{Base, Code, Json, Literal, Refusal, Scale, Stamp, Text, literal};
use crate::traces::{Builder, Head, ReadOptions, Trace};

pub(super) const FORMAT: Format = Format {
    name: "shelly-json",
    description: "answer of a Shelly meter to EMData.GetData or EM1Data.GetData",
    units: "Wh",
    channels: "interval-energy",
    clock: "utc",
    boundary: "as given",
    sample: "shelly-json.json",
    detect,
    read,
};

fn detect(head: &Head) -> bool {
    let start = head.start.trim_start();
    start.starts_with('{') && start.contains("\"keys\"") && start.contains("total_act_energy\"")
}

fn read(text: &Text, options: &ReadOptions) -> Result<Trace, Refusal> {
    let mut builder = Builder::new(text.path(), options)?;
    let mut archive = Archive::default();
    for (document, line) in documents(&mut builder, text)? {
        let answer = document.get("result").unwrap_or(&document);
        let (Some(keys), Some(blocks)) =
            (answer.get("keys").and_then(Json::as_array), answer.get("data").and_then(Json::as_array))
        else {
            return Err(builder.refuse(Code::NoData, line, "a document", "keys and data"));
        };
        builder.header(line);
        archive.columns(&mut builder, keys.iter().map(|key| key.as_str().unwrap_or_default()));
        for block in blocks {
            let (Some(first), Some(period)) = (seconds(block.get("ts")), seconds(block.get("period"))) else {
                return Err(builder.refuse(Code::NoTime, line, "a block", "ts and period in s"));
            };
            for (index, values) in (0i64..).zip(block.get("values").and_then(Json::as_array).unwrap_or_default()) {
                let values = values.as_array().unwrap_or_default();
                if values.len() != keys.len() {
                    let (found, expected) = (format!("{} values", values.len()), format!("{} values", keys.len()));
                    return Err(builder.refuse(Code::FieldCount, line, found, expected));
                }
                let ns = first.saturating_add(index.saturating_mul(period)).saturating_mul(1_000_000_000);
                let start = Stamp { ns, base: Base::Utc, leap: false, resolution_ns: 1_000_000_000 };
                let start = builder.time(start, line)?;
                archive.take(&mut builder, (start, period), line, |at| cell(values.get(at)))?;
            }
        }
    }
    archive.finish(builder, FORMAT.name)
}

/// A whole number of seconds above zero.
fn seconds(value: Option<&Json<'_>>) -> Option<i64> {
    match literal(cell(value), '.') {
        Literal::Number(number) => number.to_ns(Scale { factor: 1, power: -9 }).filter(|seconds| *seconds > 0),
        _ => None,
    }
}
