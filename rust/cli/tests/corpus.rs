//! The fault corpus at the command line: every row of EXPECT.tsv ends with the exit code of its status, and the code of
//! the row is said.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod support;

use support::{corpus, root, szilard};

struct Row {
    file: String,
    format: String,
    options: String,
    code: String,
    line: String,
    status: String,
}

fn rows() -> Vec<Row> {
    let table = std::fs::read_to_string(root().join("tests/corpus/EXPECT.tsv")).unwrap();
    let row = |line: &str| {
        let cells: Vec<&str> = line.split('\t').collect();
        let cell = |index: usize| cells[index].to_owned();
        Row { file: cell(0), format: cell(1), options: cell(3), code: cell(5), line: cell(6), status: cell(7) }
    };
    table.lines().skip(1).map(row).collect()
}

/// The command of a row, for a format that is known: `energy` for power logs, `entropy` for logits.
fn command(row: &Row, formats: &serde_json::Value) -> Option<Vec<String>> {
    let known = formats.as_array().unwrap().iter().find(|format| format["name"] == row.format.as_str())?;
    let mut words = match known["kind"].as_str()? {
        "trace" => vec!["energy".to_owned(), corpus(&row.file)],
        "logits" | "logprobs" => vec!["entropy".to_owned(), corpus(&row.file)],
        _ => return None,
    };
    if let Some((name, value)) = row.options.split_once('=') {
        words.push(format!("--{name}"));
        words.extend((value != "True").then(|| value.trim_matches('"').to_owned()));
        if name == "idle" {
            words.extend(["--count".to_owned(), "1".to_owned()]);
        }
    }
    Some(words)
}

#[test]
fn every_row_ends_with_the_exit_code_of_its_status() {
    let formats = szilard(&["formats", "--json"]).json();
    let mut done = 0;
    let mut unknown = std::collections::BTreeSet::new();
    let mut wrong = Vec::new();
    for row in rows() {
        let Some(words) = command(&row, &formats) else {
            unknown.insert(row.format.clone());
            continue;
        };
        done += 1;
        let words: Vec<&str> = words.iter().map(String::as_str).chain(["--json"]).collect();
        let ran = szilard(&words);
        let code = match row.status.as_str() {
            "complete" => 0,
            "incomplete" => 3,
            _ => 2,
        };
        let said = row.code == "-" || ran.out.contains(&row.code);
        let reasoned = code == 0 || (ran.err.starts_with("szilard: ") && (code == 3 || ran.err.contains(&row.code)));
        let json = ran.json();
        let status = json["status"].as_str() == Some(row.status.as_str());
        let placed = code != 2 || json["diagnostics"][0]["place"].as_str() == Some(row.line.as_str());
        if (ran.code, said, reasoned, status, placed) != (code, true, true, true, true) {
            wrong.push(format!("{} {} line {}: {ran:?}", row.file, row.code, row.line));
        }
    }
    println!("{done} rows; formats without a reader: {unknown:?}");
    assert!(done >= 110, "{done} rows");
    assert!(wrong.is_empty(), "{} of {done} rows:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn names_from_files_reach_no_terminal_unescaped() {
    // tg_06 has ANSI escapes before its records; the helper refuses any control character in what is printed
    let ran = szilard(&["read", &corpus("tg_06_ssh_banner_ansi.txt")]);
    assert!(ran.code == 0 && ran.out.contains("W_SKIPPED_LINE"), "{ran:?}");
    let ran = szilard(&["read", &corpus("gen_07_xss_names.csv"), "--json"]);
    assert_eq!(ran.json()["devices"].as_array().unwrap().len(), 4);
    let log = support::written("escape.csv", b"time [s],device,power [W]\n0,\x1b[31mred,1\n1,\x1b[31mred,1\n");
    for words in [&["read", &log][..], &["energy", &log], &["energy", &log, "--json"], &["read", &log, "--json"]] {
        let ran = szilard(words);
        assert!(ran.out.contains("[31mred") || ran.code == 2, "{ran:?}");
    }
    // neither does the name of a file
    let ran = szilard(&["energy", "/no/such/\u{1b}[2Jfile.csv"]);
    assert!(ran.code == 2 && ran.err.contains("\\u{1b}[2Jfile.csv"), "{ran:?}");
}
