//! Every class of ending has its exit code and, where there is no value, its reason on standard error.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod support;

use support::{corpus, szilard, written};

#[test]
fn a_value_is_zero() {
    let ran = szilard(&["calc", "7.2 W * 4.1 s / 50 token"]);
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (0, "0.5904 J/token = 0.164 kWh/Mtoken\n", ""));
    for words in [&["--help"][..], &["--version"], &["help", "calc"], &["calc", "--help"], &["formats"]] {
        let ran = szilard(words);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{words:?}");
        assert!(!ran.out.is_empty());
    }
}

#[test]
fn a_refusal_is_two_and_says_why() {
    let cases: &[(&[&str], &str)] = &[
        (&["calc", "1 J + 1 W"], "expected a figure in J,"),
        (&["calc", "1 J +"], "character"),
        (&["calc", "5 KW"], "did you mean \"kW\""),
        (&["calc", "1 J", "--to", "W"], "--to"),
        (&["entropy", "/no/such/file.npy"], "/no/such/file.npy"),
        (&["entropy", "/"], "directory"),
    ];
    for (words, reason) in cases {
        let ran = szilard(words);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{words:?}: {ran:?}");
        assert!(ran.err.starts_with("szilard: refused: ") && ran.err.contains(reason), "{words:?}: {}", ran.err);
    }
}

#[test]
fn a_refusal_of_a_file_names_file_place_and_code() {
    let file = corpus("npy_11_nan.npy");
    let ran = szilard(&["entropy", &file]);
    assert_eq!(ran.code, 2);
    assert!(
        ran.err.contains(&file) && ran.err.contains("E_NONFINITE") && ran.err.contains("row 1 col 3"),
        "{}",
        ran.err
    );
    let unknown = szilard(&["entropy", &written("words.bin", b"no such format")]);
    assert!(unknown.code == 2 && unknown.err.contains("E_UNKNOWN_FORMAT"), "{unknown:?}");
}

#[test]
fn a_refusal_in_json_is_still_json() {
    let ran = szilard(&["entropy", &corpus("npy_02_object_pickle.npy"), "--json"]);
    let json = ran.json();
    assert_eq!((ran.code, json["status"].as_str()), (2, Some("refused")));
    assert_eq!(json["diagnostics"][0]["code"], "E_PICKLE");
    assert!(ran.err.contains("E_PICKLE"));
}

#[test]
fn wrong_usage_is_sixty_four() {
    let logprobs = corpus("lp_00_half_half.json");
    let cases: &[&[&str]] = &[
        &[],
        &["no-such-command"],
        &["calc"],
        &["calc", "1 J", "2 J"],
        &["calc", "1 J", "--no-such-option"],
        &["entropy", "x.npy", "--base", "7"],
        &["entropy", "x.npy", "--vocab-size", "many"],
        &["entropy", &logprobs, "--temperature", "0.7"],
    ];
    for words in cases {
        let ran = szilard(words);
        assert_eq!((ran.code, ran.out.as_str()), (64, ""), "{words:?}: {ran:?}");
        assert!(!ran.err.is_empty(), "{words:?}");
    }
}

#[test]
fn expressions_may_start_with_a_sign() {
    assert_eq!(szilard(&["calc", "-3 J"]).out, "-3 J\n");
    assert_eq!(szilard(&["calc", "-3 J", "--json"]).json()["value"], -3.0);
    assert_eq!(szilard(&["--json", "calc", "1 kWh", "--to", "MJ"]).json()["value"], 3.6);
}
