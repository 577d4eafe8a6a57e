//! The ladder, the boundaries and the published figures at the command line.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod support;

use support::{near, number, szilard, written};

#[test]
fn every_rung_has_a_gap_or_a_reason() {
    let words = ["landauer", "llama-3-70b", "--energy", "0.39 J/token", "--boundary", "board", "--json"];
    let bare = szilard(&words).json();
    assert_eq!(bare["energy"]["boundary"], "board");
    for row in bare["table"].as_array().unwrap() {
        assert!(row["gap"].is_null() != row["reason"].is_null(), "{row}");
        assert!(!row["kind"].as_str().unwrap().is_empty() && !row["not_claimed"].as_str().unwrap().is_empty());
    }
    let entropy = [&words[..], &["--entropy", "1 bit/token"]].concat();
    let full = szilard(&entropy).json();
    let rung = full["table"].as_array().unwrap().iter().find(|row| row["bound"] == "output-entropy").unwrap();
    // k_B 300 K ln 2 per bit
    near(number(&rung["energy"]["value"]), 2.870978885078724e-21, 1e-12);
    near(number(&rung["gap"]["value"]), 0.39 / 2.870978885078724e-21, 1e-12);
    let text = szilard(&["landauer", "llama-3-70b", "--energy", "7.2 W * 4.1 s / 50 token"]).out;
    assert!(text.contains("0.5904 J/token") && text.contains("counted at        not stated"), "{text}");
}

#[test]
fn a_ladder_needs_a_model_an_energy_per_token_and_a_bath() {
    let config = written("config.json", br#"{"model_type": "no-such-type"}"#);
    let cases: &[(&[&str], &str)] = &[
        (&["no-such-model", "--energy", "0.39 J/token"], "known are"),
        (&[&config, "--energy", "0.39 J/token"], "no-such-type"),
        (&["llama-3-70b", "--energy", "0.39 J"], "J/token"),
        (&["llama-3-70b", "--energy", "0.39 J/token", "--temperature", "0 K"], "above 0 K"),
        (&["llama-3-70b", "--energy", "0.39 J/token", "--entropy", "100 bit/token"], "vocabulary"),
    ];
    for (words, reason) in cases {
        let ran = szilard(&[&["landauer"], *words].concat());
        assert!(ran.code == 2 && ran.err.contains(reason), "{words:?}: {ran:?}");
    }
    assert_eq!(szilard(&["landauer", "llama-3-70b"]).code, 64);
    assert_eq!(szilard(&["landauer", "llama-3-70b", "--energy", "1 J/token", "--dtype", "q4_k"]).code, 64);
}

#[test]
fn every_input_fills_its_rung() {
    let words = [
        "landauer",
        "llama-3-70b",
        "--energy",
        "0.39 J/token",
        "--boundary",
        "board",
        "--entropy",
        "1.5 bit/token",
        "--cross-entropy",
        "1.7 bit/token",
        "--batch",
        "16",
        "--context",
        "2048",
        "--dtype",
        "fp8",
        "--circuit",
        "mul-u8",
        "--arithmetic",
        "int8-45nm",
        "--error-probability",
        "1e-15",
        "--relaxation-rate",
        "1 GHz",
        "--reset-time",
        "1 us",
        "--reset-error",
        "1e-3",
        "--attempt-rate",
        "1 THz",
        "--hold-time",
        "1 s",
        "--transfer-energy",
        "hbm2",
        "--step-time",
        "1 ns",
        "--device",
        "h100-sxm",
        "--json",
    ];
    let full = szilard(&words).json();
    let row = |name: &str| full["table"].as_array().unwrap().iter().find(|row| row["bound"] == name).unwrap().clone();
    for row in full["table"].as_array().unwrap() {
        let without = ["reversible", "exported-entropy", "state-overwrite"].contains(&row["bound"].as_str().unwrap());
        assert_eq!(row["gap"].is_null(), without, "{row}");
    }
    // 16 bit for each of 72 186 068 992 multiplications
    near(number(&row("mac-convention")["gap"]["value"]), 1.17614599395e8, 1e-9);
    // penalty (1 - 2e-3)^2/1000 beside ln 2 - h(1e-3) for 8 x 163 840 bits
    let per_bit = number(&row("finite-time")["energy"]["value"]) / number(&row("kv-row")["energy"]["value"]);
    near(per_bit, (0.685_239_925_447_713_2 + 0.996004e-3) / std::f64::consts::LN_2, 1e-12);
    assert!(row("reversible")["unbounded"].as_bool().unwrap() && row("reversible")["tokens_per_wh"].is_null());
    near(number(&row("cmos-limit")["tokens_per_wh"]["value"]), 3600.0 * 4.7e15 / 144_372_137_984.0, 1e-12);
    assert_eq!(full["roofline"]["limited_by"], "memory");
    // 0.39 J at the board hold 0.039 J of regulators: 0.351 J at the chip
    let board = [&words[..4], &["--boundary", "board", "--factor", "regulators=efficiency:0.9", "--json"]].concat();
    let chip = szilard(&board).json();
    assert_eq!(chip["energy"]["boundary"], "chip");
    near(number(&chip["energy"]["value"]), 0.351, 1e-12);
    let hot = szilard(&["landauer", "gpt2", "--energy", "1 J/token", "--temperature", "70 degC"]);
    assert!(hot.code == 0 && hot.out.contains("W_DIE_TEMPERATURE") && hot.out.contains("unbounded"), "{}", hot.out);
}

#[test]
fn up_and_down_are_inverse() {
    // 0.39 x 1.4 / (1 - 0.05)
    let chain = ["--pue", "1.4", "--factor", "td-loss=loss:0.05", "--json"];
    let up = szilard(&[&["lift", "0.39 J/token", "--from", "it", "--to", "grid"], &chain[..]].concat()).json();
    let value = number(&up["quantity"]["value"]);
    near(value, 0.39 * 1.4 / 0.95, 1e-14);
    assert_eq!((up["quantity"]["boundary"].as_str(), up["applied"].as_array().unwrap().len()), (Some("grid"), 2));
    let figure = format!("{value} J/token");
    let down = szilard(&[&["lift", figure.as_str(), "--from", "grid", "--to", "it"], &chain[..]].concat()).json();
    near(number(&down["quantity"]["value"]), 0.39, 1e-14);
    let psu = ["lift", "94 W", "--from", "board", "--to", "node", "--factor", "psu=efficiency:0.94", "--json"];
    near(number(&szilard(&psu).json()["quantity"]["value"]), 100.0, 1e-14);
}

#[test]
fn a_factor_is_applied_once_and_none_is_assumed() {
    let cases: &[(&[&str], &str)] = &[
        (&["176 TWh", "--from", "site", "--to", "site", "--pue", "1.4"], "applied twice"),
        (&["1 J", "--from", "board", "--to", "site", "--pue", "1.4"], "no factor for the step"),
        (&["1 J", "--from", "it", "--to", "site"], "no factor for the step"),
        (&["1 J", "--to", "site", "--pue", "1.4"], "no boundary"),
        (&["1 token", "--from", "it", "--to", "site", "--pue", "1.4"], "only energy"),
        (&["1 J", "--from", "it", "--to", "site", "--pue", "0.9"], "at least 1"),
        (&["1 J", "--from", "it", "--to", "site", "--pue", "1.4", "--factor", "cooling=1.3"], "already holds"),
        (&["1 J", "--from", "it", "--to", "site", "--factor", "magic=1.3"], "unknown factor"),
    ];
    for (words, reason) in cases {
        let ran = szilard(&[&["lift"], *words].concat());
        assert!(ran.code == 2 && ran.err.contains(reason), "{words:?}: {ran:?}");
    }
    for words in
        [&["--to", "moon"][..], &["--to", "site", "--factor", "pue"], &["--to", "site", "--factor", "pue=gain:2"]]
    {
        assert_eq!(szilard(&[&["lift", "1 J", "--from", "it"], words].concat()).code, 64, "{words:?}");
    }
    let own = ["lift", "1 J", "--from", "it", "--to", "site", "--factor", "chiller@it->site=1.1", "--json"];
    near(number(&szilard(&own).json()["quantity"]["value"]), 1.1, 1e-14);
}

#[test]
fn published_calculations_come_out() {
    let rows = szilard(&["reproduce", "--json"]).json();
    assert!(rows.as_array().unwrap().len() >= 10);
    for row in rows.as_array().unwrap() {
        let off = number(&row["difference_relative"]).abs();
        assert_eq!(row["status"] == "reproduced", off <= number(&row["tolerance"]) * (1.0 + 1e-9), "{row}");
        assert!(!row["citation"].as_str().unwrap().is_empty());
    }
    // (945/415)^(1/6) - 1, printed as 15 %
    let one = szilard(&["reproduce", "C001", "--json"]).json();
    near(number(&one[0]["computed"]["value"]), 14.700141050110904, 1e-9);
    let publication = szilard(&["reproduce", "google_2025", "--json"]).json();
    assert!(publication.as_array().unwrap().len() > 1);
    let ran = szilard(&["reproduce", "no-such-thing"]);
    assert!(ran.code == 2 && ran.err.contains("no calculation or publication"), "{ran:?}");
}
