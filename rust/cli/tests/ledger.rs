//! Reports that are saved and compared, and what a meter does not see.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod support;

use support::{near, number, root, szilard, written};

/// A saved run of 100 tokens at a power for 10 s, from a minute on.
fn saved(model: &str, minute: u32, watts: u32) -> String {
    let rows: String = (0..=10).map(|s| format!("2025-03-04T10:{minute:02}:{s:02}Z,{watts}\n")).collect();
    let name = format!("{model}_{minute}_{watts}");
    let log = written(&format!("{name}.csv"), format!("time,power [W]\n{rows}").as_bytes());
    let path = written(&format!("{name}.json"), b"");
    let label = format!("model={model}");
    let ran = szilard(&["energy", &log, "--count", "100", "--save", &path, "--label", &label]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", ran.out);
    path
}

#[test]
fn runs_that_took_turns_are_tested_in_pairs() {
    // a drift of 10 W from pair to pair hides the 1 W between the models, unless the runs are paired
    let reports: Vec<String> =
        (0..5).flat_map(|k| [saved("a", 2 * k, 100 + 10 * k), saved("b", 2 * k + 1, 101 + 10 * k)]).collect();
    let words: Vec<&str> = ["compare"].into_iter().chain(reports.iter().map(String::as_str)).collect();
    let json = szilard(&[&words[..], &["--json"]].concat()).json();
    near(number(&json["runs"][1]["ratio"]), 1.01, 1e-12);
    near(number(&json["runs"][0]["kwh_per_mtoken"]["value"]), 10.0 / 3.6, 1e-12);
    assert_eq!(json["runs"][3]["labels"]["model"], "b");
    assert_eq!(json["runs"][0]["inputs"][0]["sha256"].as_str().map(str::len), Some(64));
    let test = &json["groups"][1]["test"];
    assert_eq!((number(&test["p"]), test["design"].as_str()), (2.0 / 32.0, Some("paired")));
    let text = szilard(&words).out;
    assert!(text.contains("model=b") && text.contains("paired, 32 arrangements"), "{text}");
}

#[test]
fn a_folder_stands_for_its_reports() {
    let folder = std::path::PathBuf::from(written("ledger/a.json", b"")).parent().unwrap().to_owned();
    for (k, (model, watts)) in
        [("a", 100), ("a", 101), ("a", 102), ("b", 200), ("b", 201), ("b", 202)].iter().enumerate()
    {
        let report = saved(model, 40 + k as u32, *watts);
        std::fs::copy(report, folder.join(format!("{}.json", char::from(b'a' + k as u8)))).unwrap();
    }
    written("ledger/notes.txt", b"no report");
    let json = szilard(&["compare", &folder.display().to_string(), "--json"]).json();
    assert_eq!(json["runs"].as_array().unwrap().len(), 6);
    // 3 against 3: 2/20 at best
    assert_eq!(number(&json["groups"][1]["test"]["p"]), 0.1);
    let empty = std::path::PathBuf::from(written("nothing/x.txt", b"")).parent().unwrap().display().to_string();
    let ran = szilard(&["compare", &empty]);
    assert!(ran.code == 64 && ran.err.contains("a folder without a report"), "{ran:?}");
}

#[test]
fn what_is_no_report_is_refused_and_a_later_one_is_read() {
    let path = saved("later", 30, 100);
    let text = std::fs::read_to_string(&path).unwrap();
    let later = written("later_fields.json", text.replacen('{', "{\"rack\": 7,", 1).as_bytes());
    let ran = szilard(&["compare", &later]);
    assert!(ran.code == 0 && ran.out.contains("rack"), "{ran:?}");
    // a newer minor version adds fields
    let minor = written("minor.json", text.replace("szilard-report/1", "szilard-report/1.3").as_bytes());
    assert_eq!(szilard(&["compare", &minor]).code, 0);
    let other = written("other_layout.json", text.replace("szilard-report/1", "szilard-report/9").as_bytes());
    let ran = szilard(&["compare", &other]);
    assert!(ran.code == 2 && ran.err.contains("E_UNKNOWN_FORMAT"), "{ran:?}");
    let broken = written("broken.json", b"{");
    let ran = szilard(&["compare", &broken]);
    assert!(ran.code == 2 && ran.err.contains("E_JSON"), "{ran:?}");
    assert_eq!(szilard(&["energy", &path, "--save", "x.json"]).code, 64);
}

#[test]
fn the_rails_of_a_module_are_less_than_what_goes_in() {
    let log = root().join("tests/formats/tegrastats.txt");
    let words = ["blind-spot", log.to_str().unwrap(), "--outer-channel", "VDD_IN", "--inner-channel", "VDD_CPU_GPU_CV"];
    let json = szilard(&[&words[..], &["--inner-channel", "VDD_SOC", "--json"]].concat()).json();
    let (outer, inner) = (number(&json["outer"]["value"]), number(&json["inner"]["value"]));
    near(number(&json["difference"]["value"]), outer - inner, 1e-12);
    assert!(0.0 < inner && inner < outer);
    assert!(json["difference"]["boundary"].is_null());
    assert_eq!(szilard(&["blind-spot", log.to_str().unwrap()]).code, 64);
}
