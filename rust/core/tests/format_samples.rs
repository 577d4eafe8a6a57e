//! The samples of `tests/formats`: each is detected, read without a warning, and has the energy written beside it in
//! `ENERGY.tsv`; every prefix of it gives what its whole lines give, or a reason.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::path::{Path, PathBuf};
use szilard::energy::{EnergyQuery, energy};
use szilard::input::Code;
use szilard::traces::{ColumnChoice, ColumnName, Head, REGISTRY, ReadOptions, Role, Trace, read};

/// The formats whose writers do not say whether a stamp is the start or the end of its interval.
const UNDOCUMENTED: [&str; 3] = ["voltcraft-data", "shelly-csv", "shelly-json"];

/// One row of the table.
struct Sample {
    format: String,
    file: String,
    options: ReadOptions,
    joules: f64,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/formats")
}

fn samples() -> Vec<Sample> {
    let table = std::fs::read_to_string(folder().join("ENERGY.tsv")).unwrap();
    let row = |line: &str| {
        let cells: Vec<&str> = line.split('\t').collect();
        let option = |name: &str| {
            let given = cells[2].split(' ').find_map(|option| option.strip_prefix(name)?.strip_prefix('='));
            given.map(str::to_owned)
        };
        let options = ReadOptions {
            interval_ns: option("interval").map(|seconds| (seconds.parse::<f64>().unwrap() * 1e9).round() as i64),
            voltage: option("voltage").map(|volts| volts.parse().unwrap()),
            tz: option("tz"),
            time_format: option("time_format").map(|pattern| pattern.replace('_', " ")),
            format: option("format"),
            columns: option("power").into_iter().map(|given| power(&given)).collect(),
            ..ReadOptions::default()
        };
        Sample { format: cells[0].into(), file: cells[1].into(), options, joules: cells[3].parse().unwrap() }
    };
    table.lines().skip(1).map(row).collect()
}

/// The column of a power such as `state:W`.
fn power(given: &str) -> ColumnChoice {
    let (name, unit) = given.split_once(':').unwrap();
    ColumnChoice { role: Role::Power, column: ColumnName::Name(name.to_owned()), unit: Some(unit.to_owned()) }
}

fn bytes(sample: &Sample) -> Vec<u8> {
    std::fs::read(folder().join(&sample.file)).unwrap_or_else(|error| panic!("{}: {error}", sample.file))
}

fn joules(trace: &Trace) -> f64 {
    energy(trace, &EnergyQuery::default()).unwrap().energy.map_or(f64::NAN, |energy| energy.value())
}

#[test]
fn every_format_has_a_sample_with_its_energy() {
    let samples = samples();
    for format in REGISTRY {
        assert!(samples.iter().any(|sample| sample.file == format.sample), "no energy of {}", format.sample);
    }
    for sample in samples {
        let trace = read(bytes(&sample), &sample.file, &sample.options).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(trace.format, sample.format, "{}", sample.file);
        let said: Vec<String> = trace
            .diagnostics
            .iter()
            .filter(|said| said.code.name().starts_with('W'))
            // only of formats that are named
            .filter(|said| said.code != Code::FormatUnchecked || sample.options.format.is_none())
            // only of formats whose writers do not say what they stamp
            .filter(|said| said.code != Code::IntervalStamp || !UNDOCUMENTED.contains(&trace.format))
            .map(|said| format!("{said:?}"))
            .collect();
        assert!(said.is_empty(), "{}: {said:?}", sample.file);
        let found = joules(&trace);
        assert!((found - sample.joules).abs() <= 1e-12 * sample.joules.abs(), "{}: {found} J", sample.file);
    }
}

#[test]
fn no_other_reader_takes_a_sample() {
    for sample in samples().iter().filter(|sample| sample.options.format.is_none()) {
        let bytes = bytes(sample);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let lines = text.lines().filter(|line| !line.trim().is_empty()).map(str::to_owned).collect();
        let head = Head {
            bytes: bytes.iter().take(16).copied().collect(),
            start: text.chars().take(4096).collect(),
            lines,
            columns_named: false,
        };
        let known: Vec<&str> = REGISTRY.iter().filter(|other| (other.detect)(&head)).map(|other| other.name).collect();
        assert_eq!(known[0], sample.format, "{}: {known:?}", sample.file);
        assert!(known.iter().skip(1).all(|other| *other == "generic-csv"), "{}: {known:?}", sample.file);
    }
}

#[test]
fn every_prefix_of_a_sample_is_its_whole_lines_or_a_reason() {
    for sample in samples() {
        let whole = bytes(&sample);
        let ended = whole.contains(&0) || whole.starts_with(b"{") || whole.starts_with(b"[") || whole.starts_with(b"<");
        for end in 0..whole.len().min(4096) {
            let of_prefix = read(whole[..end].to_vec(), "p", &sample.options).map(|trace| samples_of(&trace));
            let last = whole[..end].iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
            if ended || last == end || last == 0 {
                continue;
            }
            let of_lines = read(whole[..last].to_vec(), "p", &sample.options).map(|trace| samples_of(&trace));
            match (of_prefix, of_lines) {
                (Ok(one), Ok(two)) => assert_eq!(one, two, "{} to byte {end}", sample.file),
                (Err(one), Err(two)) => assert_eq!(one.code, two.code, "{} to byte {end}", sample.file),
                (one, two) => panic!("{} to byte {end}: {one:?} and {two:?}", sample.file),
            }
        }
    }
}

fn samples_of(trace: &Trace) -> Vec<(String, Vec<i64>, Vec<u64>)> {
    let bits = |values: &[f64]| values.iter().map(|value| value.to_bits()).collect();
    trace.channels.iter().map(|c| (c.label(), c.samples.time_ns.clone(), bits(&c.samples.value))).collect()
}
