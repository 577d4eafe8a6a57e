//! Every power log of the fault corpus cut at any byte: the cut log says what its whole lines say, and that a line was cut;
//! where the format has an end of its own it is refused, or says that its last block is left out.
//!
//! Prefixes go to 64 KiB. Reading all of them costs the square of that, so that of long logs every byte of the first 4 KiB
//! and of the last line is cut at, and between them as many as [`BUDGET`] allows; `SZILARD_PREFIXES=all` takes every byte.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use szilard::input::Code;
use szilard::traces::{REGISTRY, ReadOptions, Trace, read};

/// Longest prefix. [byte]
const LONGEST: usize = 64 << 10;

/// Bytes that are read of one log, over all of its prefixes.
const BUDGET: usize = 12 << 20;

/// Samples by channel, and how often each code was given; or the code of the refusal.
type Said = Result<(Vec<(String, Vec<i64>, Vec<u64>)>, BTreeMap<Code, u64>), Code>;

struct Case {
    file: String,
    format: String,
    bytes: Vec<u8>,
    options: ReadOptions,
}

fn cases() -> Vec<Case> {
    let folder: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/corpus");
    let table = std::fs::read_to_string(folder.join("EXPECT.tsv")).unwrap();
    let rows = table.lines().skip(1).map(|line| line.split('\t').map(str::to_owned).collect::<Vec<_>>());
    rows.filter(|row| REGISTRY.iter().any(|format| format.name == row[1]))
        .map(|row| Case {
            bytes: std::fs::read(folder.join(&row[0])).unwrap(),
            options: ReadOptions {
                interval_ns: row[3].contains("interval=\"0.1 s\"").then_some(100_000_000),
                decompress: row[3].contains("decompress=True"),
                format: Some(row[1].clone()),
                ..ReadOptions::default()
            },
            file: row[0].clone(),
            format: row[1].clone(),
        })
        .collect()
}

fn said(bytes: &[u8], options: &ReadOptions) -> Said {
    let bits = |values: &[f64]| values.iter().map(|value| value.to_bits()).collect();
    let samples = |trace: &Trace| {
        trace.channels.iter().map(|c| (c.label(), c.samples.time_ns.clone(), bits(&c.samples.value))).collect()
    };
    match read(bytes.to_vec(), "p", options) {
        Ok(trace) => {
            let mut codes = BTreeMap::new();
            trace.diagnostics.iter().for_each(|remark| *codes.entry(remark.code).or_insert(0) += 1);
            Ok((samples(&trace), codes))
        }
        Err(refusal) => Err(refusal.code),
    }
}

/// Where a log is cut.
fn ends(bytes: &[u8]) -> Vec<usize> {
    let most = bytes.len().min(LONGEST);
    if most * most / 2 <= BUDGET || std::env::var("SZILARD_PREFIXES").is_ok_and(|which| which == "all") {
        return (0..=most).collect();
    }
    let last = bytes[..most - 1].iter().rposition(|byte| *byte == b'\n').map_or(most - 8, |at| at.max(most - 128));
    // the rest costs what is read of the middle on average
    let step = (most * most / (2 * BUDGET)).max(1);
    (0..4096.min(most)).step_by(1 + step / 8).chain((4096..last).step_by(step * 7 + 1)).chain(last..=most).collect()
}

/// Whether the format has an end of its own, apart from that of a line.
fn has_end(case: &Case) -> bool {
    matches!(case.format.as_str(), "prometheus-json" | "powermetrics-plist") || case.bytes.starts_with(b"\x1f\x8b")
}

#[test]
fn a_cut_log_says_what_its_whole_lines_say() {
    for case in cases().iter().filter(|case| !has_end(case)) {
        let mut of_lines: (usize, Said) = (0, Err(Code::Empty));
        for end in ends(&case.bytes) {
            let prefix = &case.bytes[..end];
            let text = &prefix[..prefix.iter().rposition(|byte| *byte != 0).map_or(0, |at| at + 1)];
            let last = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
            let of_prefix = said(prefix, &case.options);
            if last == 0 {
                assert!(of_prefix.is_err(), "{} to byte {end} has no whole line and a value", case.file);
                continue;
            }
            if last != of_lines.0 {
                of_lines = (last, said(&prefix[..last], &case.options));
            }
            let mut expected = of_lines.1.clone();
            if let Ok((_, codes)) = &mut expected {
                if last < text.len() {
                    codes.insert(Code::PartialLastLine, 1);
                }
                if text.len() < end {
                    codes.insert(Code::NulTail, 1);
                }
            }
            assert_eq!(of_prefix, expected, "{} to byte {end}", case.file);
        }
    }
}

#[test]
fn a_cut_document_is_refused_or_says_so() {
    for case in cases().iter().filter(|case| has_end(case)) {
        let whole = said(&case.bytes, &case.options);
        for end in ends(&case.bytes) {
            let prefix = &case.bytes[..end];
            let Ok((samples, codes)) = said(prefix, &case.options) else { continue };
            // a log that is refused for what follows its document may give one before
            let all = whole.as_ref().map_or(&samples, |(all, _)| all);
            for (label, times, values) in &samples {
                let (_, whole_times, whole_values) = all.iter().find(|(known, ..)| known == label).unwrap();
                assert!(whole_times.starts_with(times), "{} to byte {end}", case.file);
                assert!(whole_values.starts_with(values), "{} to byte {end}", case.file);
            }
            let ended = prefix.trim_ascii_end().ends_with(b"}") || prefix.ends_with(b"\0");
            let closed = prefix.trim_ascii_end().ends_with(b"</plist>");
            assert!(ended || closed || codes.contains_key(&Code::PartialLastBlock), "{} to byte {end}", case.file);
        }
    }
}
