//! macOS `powermetrics` as text: blocks of one sample, each with the time that elapsed, powers in mW.
//!
//! A power is the mean over the elapsed time of its block, and the clock is the sum of those times from the first stamp:
//! the stamps themselves have a resolution of one second. The combined or package power holds CPU, GPU and ANE; display,
//! memory and storage are in none. `GPU Power` is printed in two sections of one block; the first counts.
//!
//! Reference: the logs singhkays/apple-m1-power-consumption-powermetrics, powermetric-logs, and mlco2/codecarbon,
//! tests/test_data/mock_powermetrics_log.txt.

use super::Format;
use super::parts::elapsed::{ANOTHER, Elapsed, Span};
use crate::input::{Base, Code, DateOrder, Literal, Refusal, Scale, Stamp, Text, civil_stamp, literal, unit};
use crate::quantity::Boundary;
use crate::traces::{Builder, Head, Kind, Negative, ReadOptions, Slot, Trace};

pub(super) const FORMAT: Format = Format {
    name: "powermetrics-text",
    description: "macOS powermetrics, text output",
    units: "mW",
    channels: "interval-mean-power",
    clock: "utc",
    boundary: "chip",
    sample: "powermetrics-text.txt",
    detect,
    read,
};

const BLOCK: &str = "*** Sampled system activity (";

/// Lines that are a total, best first.
const TOTALS: [&str; 2] = ["Combined Power (CPU + GPU + ANE)", "Package Power"];

/// Lines that are parts of it.
const PARTS: [&str; 5] = ["CPU Power", "GPU Power", "ANE Power", "DRAM Power", "Package Power"];

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

fn detect(head: &Head) -> bool {
    head.lines.iter().any(|line| line.starts_with(BLOCK))
}

/// One block: its line, its times, and its powers as they are printed.
struct Block {
    line: u32,
    span: Span,
    powers: Vec<(&'static str, String, u32)>,
}

fn read(text: &Text, options: &ReadOptions) -> Result<Trace, Refusal> {
    let mut builder = Builder::new(text.path(), options)?;
    let (mut lines, mut blocks, mut elapsed) = (text.lines(), Vec::<Block>::new(), Elapsed::default());
    while let Some(line) = lines.next(&mut builder.diagnostics)? {
        if let Some(head) = line.text.strip_prefix(BLOCK) {
            blocks.push(open(&mut builder, head, &mut elapsed, line.number)?);
        } else if let (Some(block), Some((name, value))) = (blocks.last_mut(), line.text.split_once(':')) {
            let known = TOTALS.iter().chain(&PARTS).find(|known| **known == name.trim()).copied();
            if let Some(name) = known.filter(|name| block.powers.iter().all(|(first, ..)| first != name)) {
                block.powers.push((name, value.trim().to_owned(), line.number));
            }
        }
    }
    // the last block is whole only if it prints every power that the first one prints
    let whole = |block: &Block, first: &Block| {
        first.powers.iter().all(|(name, ..)| block.powers.iter().any(|(known, ..)| known == name))
    };
    let cut = blocks.split_first().and_then(|(first, rest)| Some(!whole(rest.last()?, first))).unwrap_or(false);
    if cut {
        blocks.pop();
        builder.remark(Code::PartialLastBlock, lines.number(), "the last block is cut here; it was left out");
    }
    let total = TOTALS.into_iter().find(|name| blocks.iter().any(|block| block.powers.iter().any(|p| p.0 == *name)));
    if total.is_none() && !blocks.is_empty() {
        builder.remark(Code::TotalIsSum, 1, "no combined or package power; the total is the sum of the parts");
    }
    emit(&mut builder, &blocks, total)?;
    builder.finish(FORMAT.name, true)
}

/// A block from its first line, `Tue Mar  4 10:00:00 2025 +0100) (1003.55ms elapsed) ***`.
fn open(builder: &mut Builder<'_>, head: &str, chain: &mut Elapsed, line: u32) -> Result<Block, Refusal> {
    builder.record(line);
    let expected = "Sampled system activity (date) (1000.00ms elapsed)";
    let parts = head.split_once(") (").and_then(|(date, rest)| Some((date, rest.split_once("ms elapsed)")?.0)));
    let Some((date, elapsed)) = parts else { return Err(builder.refuse(Code::TimeParse, line, head, expected)) };
    let length = match literal(elapsed.trim(), '.') {
        Literal::Number(number) => number.to_ns(Scale { factor: 1, power: -3 }).filter(|ns| *ns >= 0),
        _ => None,
    };
    let Some(length) = length else { return Err(builder.refuse(Code::BadNumber, line, elapsed, "elapsed ms")) };
    let stamp = stamp(date).map(|stamp| builder.time(stamp, line)).transpose()?;
    if stamp.is_none() && chain.is_first() {
        return Err(builder.refuse(Code::TimeParse, line, date, expected));
    }
    let span = chain.next(stamp.map(|time| time.ns()), length);
    if span.again {
        builder.remark(Code::HeaderRepeat, line, ANOTHER);
    }
    Ok(Block { line, span, powers: Vec::new() })
}

/// The stamp `Tue Mar 30 10:22:02 2021 -0700`.
fn stamp(text: &str) -> Option<Stamp> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let [_, month, day, clock, year, zone] = words.as_slice() else { return None };
    let month = MONTHS.iter().position(|name| name == month)? + 1;
    let stamp = civil_stamp(&format!("{year}-{month:02}-{day} {clock}{zone}"), DateOrder::YearFirst)?;
    Some(Stamp { base: Base::Utc, ..stamp })
}

/// The rows of all blocks: every power of a block, and the start of its interval before the first.
fn emit(builder: &mut Builder<'_>, blocks: &[Block], total: Option<&'static str>) -> Result<(), Refusal> {
    for block in blocks {
        let device = builder.device("0", block.line)?;
        for (name, text, line) in &block.powers {
            let slot = builder.slot_named(name).unwrap_or_else(|| {
                builder.slot(Slot {
                    name: (*name).to_owned(),
                    kind: Kind::IntervalMeanPower,
                    boundary: Some(Boundary::Chip),
                    within: total.filter(|total| total != name).map(str::to_owned),
                    instead: None,
                    negative: Negative::Kept,
                })
            });
            if block.span.apart || !builder.has_rows(device, slot) {
                builder.start((device, slot), (block.line, block.span.start))?;
            }
            let reading = builder.read(slot, text, (unit("mW"), None), *line)?;
            builder.sample((device, slot), (block.line, block.span.end), reading, text)?;
        }
    }
    Ok(())
}
