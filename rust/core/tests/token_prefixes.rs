//! Token logs cut at any byte: what the text up to the last complete record gives, and that it was cut; or a reason.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::path::{Path, PathBuf};
use szilard::energy::{Request, TOKEN_FORMATS, TokenLog, TokenOptions, read_tokens};
use szilard::input::{Code, Refusal};

fn samples(format: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/formats/tokens");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = files.filter(|path| path.file_stem().unwrap() == format).collect();
    files.sort();
    files
}

fn parsed(bytes: &[u8], format: Option<&str>) -> Result<TokenLog, Refusal> {
    let options = TokenOptions { format: format.map(str::to_owned), ..TokenOptions::default() };
    read_tokens(bytes.to_vec(), "prefix", &options)
}

/// The records of a log, those that were left out with them.
fn records(log: &TokenLog) -> (Vec<Request>, Vec<(String, u32, Code)>) {
    let excluded = log.excluded.iter().map(|one| (one.request.clone(), one.line, one.code));
    (log.requests.clone(), excluded.collect())
}

/// What the text up to the last line end gives; of text without a line end, nothing.
fn up_to_the_last_line_end(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    &bytes[..end]
}

/// One prefix: whether it gave a log.
fn look(prefix: &[u8], format: Option<&str>, whole: &Result<TokenLog, Refusal>) -> bool {
    let said = String::from_utf8_lossy(prefix).into_owned();
    let log = match parsed(prefix, format) {
        Ok(log) => log,
        Err(refusal) => {
            assert!(refusal.code.name().starts_with("E_"), "{refusal}");
            // where the complete part is a log, only an open quote may make more of it none
            let is_log = whole.as_ref().is_ok_and(|whole| !whole.requests.is_empty());
            assert!(!is_log || refusal.code == Code::UnclosedQuote, "{refusal}: {said}");
            return false;
        }
    };
    if prefix.ends_with(b"\n") {
        return true;
    }
    if log.diagnostics.has(Code::PartialLastLine) {
        match whole {
            Ok(whole) => assert_eq!(records(&log), records(whole), "{said}"),
            Err(_) => assert!(log.requests.is_empty() && log.excluded.is_empty(), "{said}"),
        }
        return true;
    }
    // kept are a last line with all its fields, marked, and a document that is closed, which cannot be cut
    assert!(log.diagnostics.has(Code::LastLineKept) || prefix.ends_with(b"}") || prefix.ends_with(b"]"), "{said}");
    let ended = parsed(&[prefix, b"\n"].concat(), format).unwrap();
    assert_eq!(records(&log), records(&ended), "{said}");
    true
}

#[test]
fn every_prefix_gives_its_complete_records_or_a_reason() {
    for format in TOKEN_FORMATS {
        let mut logs = 0;
        for path in samples(format.name) {
            let bytes = std::fs::read(&path).unwrap();
            for named in [None, Some(format.name)] {
                let mut complete: (usize, Result<TokenLog, Refusal>) = (0, parsed(b"", named));
                for end in 0..=bytes.len() {
                    let until = up_to_the_last_line_end(&bytes[..end]).len();
                    if until != complete.0 {
                        complete = (until, parsed(&bytes[..until], named));
                    }
                    logs += usize::from(look(&bytes[..end], named, &complete.1));
                }
            }
        }
        assert!(logs > 0, "{}: no prefix was ever a log", format.name);
    }
}
