//! macOS `powermetrics --format plist`: one XML property list a sample, separated by NUL.
//!
//! `elapsed_ns` is the length of the sample and `processor/combined_power` the mean power over it, in mW; the parts stand
//! beside it. Older versions, whose output asitop reads, have energies instead: `processor/package_energy` and its parts, of
//! the sample, in mJ. The clock is that of the first `timestamp`, and the sum of the elapsed times from there. Reference:
//! the help of powermetrics (`plist`: NUL-separated); no whole file of Apple's was found, and the keys and the units are
//! those that public readers of the format agree on (tlkh/asitop, asitop/parsers.py and asitop/asitop.py, for the energies).

use super::Format;
use super::parts::elapsed::{ANOTHER, Elapsed};
use super::parts::plist::{Scalars, scalars};
use crate::input::{Base, Code, DateOrder, Literal, Place, Refusal, Scale, Stamp, Text, civil_stamp, literal, unit};
use crate::quantity::Boundary;
use crate::traces::{Builder, Head, Kind, Negative, ReadOptions, Slot, Trace};

pub(super) const FORMAT: Format = Format {
    name: "powermetrics-plist",
    description: "macOS powermetrics, property lists separated by NUL (as asitop keeps them)",
    units: "mW, mJ",
    channels: "interval-mean-power, interval-energy",
    clock: "utc with timestamp, else relative",
    boundary: "chip",
    sample: "powermetrics-plist.plist",
    detect,
    read,
};

/// The total and its parts: mean powers in mW and, where there is none of those, energies in mJ.
const POWERS: [&str; 4] = ["combined_power", "cpu_power", "gpu_power", "ane_power"];

const ENERGIES: [&str; 5] = ["package_energy", "cpu_energy", "gpu_energy", "ane_energy", "dram_energy"];

fn detect(head: &Head) -> bool {
    let start = head.start.trim_start_matches(|c: char| c == '\0' || c.is_whitespace());
    start.starts_with("<?xml") && start.contains("<plist") || start.starts_with("<!DOCTYPE plist")
}

fn read(text: &Text, options: &ReadOptions) -> Result<Trace, Refusal> {
    let mut builder = Builder::new(text.path(), options)?;
    let (mut line, mut elapsed, mut total) = (1u32, Elapsed::default(), None);
    let documents: Vec<&[u8]> = text.bytes().split(|byte| *byte == 0).flat_map(appended).collect();
    let count = documents.iter().rposition(|document| !document.trim_ascii().is_empty()).map_or(0, |at| at + 1);
    for (index, document) in documents.into_iter().enumerate() {
        let lines = document.iter().filter(|byte| **byte == b'\n').count();
        let before =
            document.iter().take_while(|byte| byte.is_ascii_whitespace()).filter(|byte| **byte == b'\n').count();
        let first = line.saturating_add(u32::try_from(before).unwrap_or(u32::MAX));
        if !document.trim_ascii().is_empty() {
            let place = Place::Line(u64::from(first));
            let Ok(plain) = std::str::from_utf8(document) else {
                return Err(Refusal::new(Code::ErrorEncoding, text.path(), place, "bytes that are not UTF-8", "UTF-8"));
            };
            match scalars(plain, text.path(), &place) {
                Ok(found) => total = sample(&mut builder, &found, first, &mut elapsed)?.or(total),
                Err(refusal) if refusal.code == Code::Xml && index + 1 == count && index > 0 => {
                    builder.remark(Code::PartialLastBlock, first, "the last document is cut; it was left out");
                }
                Err(refusal) => return Err(refusal),
            }
        }
        line = line.saturating_add(u32::try_from(lines).unwrap_or(u32::MAX));
    }
    if let Some(total) = total {
        let names: Vec<String> = builder.slot_names().filter(|name| *name != total).map(str::to_owned).collect();
        for name in names {
            if let Some(slot) = builder.slot_named(&name).and_then(|slot| builder.slot_mut(slot)) {
                slot.within = Some(total.to_owned());
            }
        }
    } else if !builder.headless() {
        builder.remark(Code::TotalIsSum, 1, "no combined power; the total is the sum of the parts");
    }
    builder.finish(FORMAT.name, true)
}

/// The documents of a piece without NUL: recordings that were appended to one another stand without one between them.
fn appended(mut piece: &[u8]) -> Vec<&[u8]> {
    const END: &[u8] = b"</plist>";
    let mut found = Vec::new();
    while let Some(at) = piece.windows(END.len()).position(|text| text == END) {
        let (document, rest) = piece.split_at(at + END.len());
        found.push(document);
        piece = rest;
    }
    found.push(piece);
    found
}

/// Takes one sample; the name of its total, if it has one.
fn sample(
    builder: &mut Builder<'_>,
    found: &Scalars,
    line: u32,
    chain: &mut Elapsed,
) -> Result<Option<&'static str>, Refusal> {
    let text = |key: &str| found.iter().find(|(known, _)| known == key).map(|(_, text)| text.as_str());
    builder.record(line);
    builder.header(line);
    let length = match text("elapsed_ns").map(|text| literal(text, '.')) {
        Some(Literal::Number(number)) => number.to_ns(Scale { factor: 1, power: -9 }).filter(|ns| *ns >= 0),
        _ => None,
    };
    let Some(length) = length else {
        return Err(builder.refuse(Code::NoTime, line, text("elapsed_ns").unwrap_or("no elapsed_ns"), "elapsed_ns"));
    };
    let stamp = text("timestamp").and_then(|text| civil_stamp(text, DateOrder::YearFirst));
    let relative = Stamp { ns: length, base: Base::Relative, leap: false, resolution_ns: 1 };
    let stamp = match stamp.or(chain.is_first().then_some(relative)) {
        Some(stamp) => Some(builder.time(stamp, line)?.ns()),
        None => None,
    };
    let span = chain.next(stamp, length);
    if span.again {
        builder.remark(Code::HeaderRepeat, line, ANOTHER);
    }
    let device = builder.device("0", line)?;
    let has = |name: &&&str| text(&format!("processor/{name}")).is_some();
    let (names, kind, symbol): (&[&'static str], _, _) = match POWERS.iter().find(has) {
        Some(_) => (&POWERS, Kind::IntervalMeanPower, "mW"),
        None => (&ENERGIES, Kind::IntervalEnergy, "mJ"),
    };
    for name in names {
        let Some(value) = text(&format!("processor/{name}")) else { continue };
        let slot = builder.slot_named(name).unwrap_or_else(|| {
            builder.slot(Slot {
                name: (*name).to_owned(),
                kind,
                boundary: Some(Boundary::Chip),
                within: None,
                instead: None,
                negative: Negative::Kept,
            })
        });
        if span.apart || !builder.has_rows(device, slot) {
            builder.start((device, slot), (line, span.start))?;
        }
        let reading = builder.read(slot, value, (unit(symbol), None), line)?;
        builder.sample((device, slot), (line, span.end), reading, value)?;
    }
    Ok(names.first().copied().filter(|total| has(&total)))
}
