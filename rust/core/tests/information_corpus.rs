//! The fault corpus of logits and log-probabilities: every row of EXPECT.tsv gives exactly its code, place and value.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may panic")]

use std::path::{Path, PathBuf};

use szilard::information::{
    Base, EntropyOptions, InformationError, TokenInformation, TopLogprobs, read_logits, read_logits_bytes,
    read_logprobs_bytes,
};
use szilard::input::{Code, Place};

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/corpus")
}

struct Row {
    file: String,
    format: String,
    expect: String,
    code: String,
    line: String,
    result: String,
}

fn rows() -> Vec<Row> {
    let table = std::fs::read_to_string(corpus().join("EXPECT.tsv")).unwrap();
    let ours = ["npy", "npz", "safetensors", "openai-logprobs-json"];
    let row = |line: &str| {
        let cells: Vec<String> = line.split('\t').map(str::to_owned).collect();
        let cell = |index: usize| cells[index].clone();
        Row { file: cell(0), format: cell(1), expect: cell(4), code: cell(5), line: cell(6), result: cell(8) }
    };
    table.lines().map(row).filter(|row| ours.contains(&row.format.as_str())).collect()
}

fn bytes_of(row: &Row) -> Vec<u8> {
    std::fs::read(corpus().join(&row.file)).unwrap()
}

fn information(bytes: &[u8], name: &str) -> Result<TokenInformation, InformationError> {
    read_logits_bytes(bytes, name, None)?.token_entropy(&EntropyOptions::default())
}

fn refused(row: &Row, error: &InformationError) {
    let (code, place) = error.code().unwrap_or_else(|| panic!("{}: {error}", row.file));
    assert_eq!((code.name(), place.to_string()), (row.code.as_str(), row.line.clone()), "{}: {error}", row.file);
    assert_eq!(row.expect, "error", "{}", row.file);
    let InformationError::Format(refusal) = error else { unreachable!() };
    assert_eq!(refusal.path, row.file);
}

/// The number behind a name, as in `H=3 bit`.
fn value(text: &str, name: &str) -> f64 {
    let rest = text.split(name).nth(1).unwrap_or_else(|| panic!("no {name} in {text}"));
    rest.split([' ', ';', ',']).next().unwrap().parse().unwrap()
}

/// As many digits as EXPECT.tsv gives, and 1e-12 where it gives a whole number.
fn near(found: f64, expected: f64, file: &str) {
    let tolerance = if expected.fract() == 0.0 { 1e-12 } else { 5.1e-10 };
    assert!((found - expected).abs() <= tolerance, "{file}: {found}, expected {expected}");
}

fn logits_row(row: &Row, bytes: &[u8]) {
    match information(bytes, &row.file) {
        Err(error) => refused(row, &error),
        Ok(information) => {
            assert_eq!(row.expect, "ok", "{}", row.file);
            let bits: Vec<f64> = information.entropy.iter().map(|nat| Base::BIT.from_nat(*nat)).collect();
            if row.result.contains("row0") {
                near(bits[0], value(&row.result, "row0="), &row.file);
                near(bits[1], value(&row.result, "row1="), &row.file);
            } else {
                bits.iter().for_each(|found| near(*found, value(&row.result, "H="), &row.file));
            }
        }
    }
}

fn logprobs_row(row: &Row, bytes: &[u8]) {
    let bounds = |log: TopLogprobs| log.entropy_bounds(None);
    let bounds = match read_logprobs_bytes(bytes, &row.file, Some(&row.format)).and_then(bounds) {
        Err(error) => return refused(row, &error),
        Ok(bounds) => bounds,
    };
    let remarks: Vec<_> =
        bounds.diagnostics.iter().map(|remark| (remark.code.name(), remark.place.to_string())).collect();
    if row.expect == "warn" {
        assert!(remarks.contains(&(row.code.as_str(), row.line.clone())), "{}: {remarks:?}", row.file);
    } else {
        assert_eq!((row.expect.as_str(), remarks.len()), ("ok", 0), "{}", row.file);
    }
    if row.result.contains("surprisal") {
        near(Base::BIT.from_nat(bounds.surprisal[0].unwrap()), value(&row.result, "surprisal "), &row.file);
    } else {
        let name = if row.result.contains("H_lower=") { "H_lower=" } else { "H=" };
        near(Base::BIT.from_nat(bounds.intervals[0].unwrap().lower), value(&row.result, name), &row.file);
    }
    if row.result.contains("entropy no value") {
        assert_eq!(bounds.intervals[0], None);
    }
}

#[test]
fn every_row_gives_its_code_place_and_value() {
    let rows = rows();
    assert!(rows.len() >= 35, "{} rows", rows.len());
    for row in &rows {
        let bytes = bytes_of(row);
        if row.format == "openai-logprobs-json" { logprobs_row(row, &bytes) } else { logits_row(row, &bytes) }
    }
}

#[test]
fn the_tail_of_a_list_is_bounded_from_above_by_the_vocabulary() {
    // lp_01: with n more tokens H = 1.5 + log2(n)/4 at most.
    let log = |name: &str| read_logprobs_bytes(&std::fs::read(corpus().join(name)).unwrap(), name, None).unwrap();
    for more in [1, 2, 1000] {
        let bounds = log("lp_01_tail.json").entropy_bounds(Some(2 + more)).unwrap();
        let upper = bounds.intervals[0].unwrap().upper.unwrap();
        near(Base::BIT.from_nat(upper), 1.5 + (more as f64).log2() / 4.0, "lp_01_tail.json");
    }
    // lp_08: the drawn token, beside the list, belongs to the known mass.
    let bounds = log("lp_08_chosen_not_in_topk.json").entropy_bounds(None).unwrap();
    assert!((bounds.intervals[0].unwrap().tail - 0.499).abs() < 1e-12);
}

#[test]
fn no_prefix_of_a_file_panics_or_passes_for_the_whole() {
    for row in rows() {
        let bytes = bytes_of(&row);
        let step = if bytes.len() <= 8192 { 1 } else { 997 };
        for end in (0..bytes.len()).step_by(step) {
            let prefix = &bytes[..end];
            if row.format == "openai-logprobs-json" {
                let whole = end >= bytes.trim_ascii_end().len();
                assert!(whole || read_logprobs_bytes(prefix, &row.file, None).is_err(), "{} to {end}", row.file);
            } else if row.expect == "ok" {
                assert!(information(prefix, &row.file).is_err(), "{} to {end}", row.file);
            } else {
                let _ = information(prefix, &row.file);
            }
        }
    }
}

#[test]
fn no_changed_byte_panics() {
    for row in rows() {
        let mut bytes = bytes_of(&row);
        for at in 0..bytes.len().min(300) {
            let original = bytes[at];
            for changed in [0, 0xff, original ^ 1, original ^ 0x80, b'9', b'-'] {
                bytes[at] = changed;
                if row.format == "openai-logprobs-json" {
                    let _ =
                        read_logprobs_bytes(&bytes, &row.file, None).and_then(|log| log.entropy_bounds(Some(50_000)));
                } else {
                    let _ = information(&bytes, &row.file);
                }
            }
            bytes[at] = original;
        }
    }
}

#[test]
fn deep_headers_need_no_deep_stack() {
    let bytes = std::fs::read(corpus().join("st_13_deep_header.safetensors")).unwrap();
    let small = std::thread::Builder::new().stack_size(256 << 10);
    let code = small.spawn(move || information(&bytes, "st.safetensors").unwrap_err().code().unwrap().0);
    assert_eq!(code.unwrap().join().unwrap(), Code::JsonDepth);
}

#[test]
fn a_file_that_is_absent_empty_or_compressed_says_so() {
    let error = read_logits(Path::new("/no/such/file.npy")).unwrap_err();
    assert!(matches!(error, InformationError::Io { kind: std::io::ErrorKind::NotFound, .. }));
    let code = |bytes: &[u8]| {
        read_logits_bytes(bytes, "x", None).unwrap_err().code().map(|(code, place)| (code, place.clone()))
    };
    assert_eq!(code(b""), Some((Code::Empty, Place::File)));
    assert_eq!(code(b"\x1f\x8b\x08"), Some((Code::Compressed, Place::File)));
    // A safetensors header of 35 615 bytes starts as gzip does.
    let header = format!("{:<35615}", r#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#);
    let bytes = [&35615_u64.to_le_bytes(), header.as_bytes(), &[0; 8]].concat();
    assert_eq!(bytes[..2], *b"\x1f\x8b");
    assert_eq!(read_logits_bytes(&bytes, "x", None).unwrap().shape, [2]);
    assert_eq!(code(b"no such format"), Some((Code::UnknownFormat, Place::File)));
}
