//! The command on every power log of the fault corpus under a limit of 512 MB of address space.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod support;

use std::process::{Command, Stdio};
use support::{corpus, root};

/// Address space of the command. [KiB]
const LIMIT: u32 = 512 * 1024;

#[cfg(target_os = "linux")]
#[test]
fn every_log_of_the_corpus_is_read_in_512_megabytes() {
    let table = std::fs::read_to_string(root().join("tests/corpus/EXPECT.tsv")).unwrap();
    let formats: Vec<&str> = szilard::traces::formats().iter().map(|format| format.name).collect();
    let rows = table.lines().skip(1).map(|line| line.split('\t').collect::<Vec<_>>());
    let mut read = 0;
    for row in rows.filter(|row| formats.contains(&row[1])) {
        let words = match row[3] {
            text if text.contains("interval") => vec!["--interval", "0.1 s"],
            text if text.contains("decompress") => vec!["--decompress"],
            _ => Vec::new(),
        };
        for command in ["energy", "read"] {
            let limited = format!("ulimit -v {LIMIT}; exec \"$0\" \"$@\"");
            let output = Command::new("sh")
                .args(["-c", &limited, env!("CARGO_BIN_EXE_szilard"), command, &corpus(row[0])])
                .args(&words)
                .stdin(Stdio::null())
                .output()
                .unwrap();
            // complete, incomplete or refused; what memory ends is none of these
            let code = output.status.code();
            assert!(matches!(code, Some(0 | 2 | 3)), "{command} {}: {output:?}", row[0]);
            let refused = command == "energy" && row[4] == "error";
            assert!(!refused || code == Some(2), "{} gave a value: {output:?}", row[0]);
        }
        read += 1;
    }
    assert!(read > 100, "{read} logs");
}
