//! The main job at the command line: a power log and a token log to joules per token.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod support;

use support::{corpus, near, number, root, shared, szilard, written};

/// 10 W for 100 s, one sample a second.
fn steady() -> String {
    let rows: String = (0..=100).map(|second| format!("{second},10\n")).collect();
    written("steady.csv", format!("time [s],power [W]\n{rows}").as_bytes())
}

#[test]
fn constant_power_times_time() {
    let log = steady();
    let energy = |words: &[&str]| szilard(&[&["energy", &log, "--json"], words].concat());
    let json = energy(&[]).json();
    near(number(&json["energy"]["value"]), 1000.0, 1e-14);
    assert_eq!((json["energy"]["unit"].as_str(), json["status"].as_str()), (Some("J"), Some("complete")));
    for key in ["mean_power", "covered_s", "gap_s", "per_device", "diagnostics", "method", "start_ns", "end_ns"] {
        assert!(!json[key].is_null(), "{key}");
    }
    // edges between samples are interpolated: 10 W x 37.25 s
    for words in [&["--window", "12.5,49.75"][..], &["--start", "12.5 s", "--end", "49.75 s"]] {
        near(number(&energy(words).json()["energy"]["value"]), 372.5, 1e-12);
    }
    near(number(&energy(&["--end", "1 min"]).json()["energy"]["value"]), 600.0, 1e-12);
    // 50 tokens: 20 J/token; at 4 W idle 12 J/token are above it
    let json = energy(&["--count", "50", "--idle", "4 W", "--boundary", "node"]).json();
    near(number(&json["per_token"]["value"]), 20.0, 1e-12);
    near(number(&json["above_idle_per_token"]["value"]), 12.0, 1e-12);
    assert_eq!(json["per_token"]["boundary"], "node");
    assert_eq!(json["per_token"]["unit"], "J/token");
}

#[test]
fn idle_before_after_and_around() {
    // 60 W, from 10.5 s to 13.5 s 200 W, from 30.1 s on 64 W
    let watts = |i: usize| match i {
        0..=104 => 60,
        105..=135 => 200,
        136..=300 => 60,
        _ => 64,
    };
    let rows: String = (0..=400).map(|i| format!("{:.1},{}\n", i as f64 * 0.1, watts(i))).collect();
    let log = written("drift.csv", format!("time [s],power [W]\n{rows}").as_bytes());
    let tokens = b"request,start [s],end [s],output_tokens\na,11,12,30\nb,12,13,30\n";
    let tokens = written("drift-tokens.csv", tokens);
    let run = |words: &[&str]| {
        let found = szilard(&[&["energy", &log, "--json"], words].concat());
        let json = found.json();
        (number(&json["above_idle"]["value"]), json["idle_method"].as_str().unwrap().to_owned())
    };
    // 60 W about 5 s and 64 W about 36 s; the window is about 12 s, and its 2 s have 400 J
    let windows = ["--count", "60", "--window", "11,13", "--idle-before-after", "0,10", "32,40"];
    let (above, method) = run(&windows);
    near(above, 400.0 - 2.0 * (60.0 + 4.0 * 7.0 / 31.0), 1e-11);
    assert_eq!(method, "straight between before (10.000 s) and after (8.000 s)");
    let (above, method) = run(&["--tokens", &tokens, "--clock-offset", "0 s", "--idle-around"]);
    let before = (10.4 * 60.0 + 0.1 * 130.0 + 0.5 * 200.0) / 11.0;
    let after = (0.5 * 200.0 + 0.1 * 130.0 + 16.4 * 60.0 + 0.1 * 62.0 + 9.9 * 64.0) / 27.0;
    near(above, 400.0 - 2.0 * (before + (after - before) * 6.5 / 21.0), 1e-10);
    assert_eq!(method, "straight between before (11.000 s) and after (27.000 s)");
}

#[test]
fn a_gap_is_said_and_its_limit_can_be_set() {
    let log = written("gap.csv", b"time [s],power [W]\n0,10\n1,10\n2,10\n9,10\n10,10\n");
    let ran = szilard(&["energy", &log, "--json"]);
    assert_eq!(ran.code, 3);
    near(number(&ran.json()["energy"]["value"]), 30.0, 1e-12);
    assert!(ran.err.contains("covered 3.000 s, not covered 7.000 s") && ran.err.contains("W_GAP"), "{}", ran.err);
    let ran = szilard(&["energy", &log, "--json", "--max-gap", "8 s"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    near(number(&ran.json()["energy"]["value"]), 100.0, 1e-12);
    let ran = szilard(&["read", &log]);
    assert!(ran.code == 3 && ran.err.contains("not covered 7.000 s"), "{ran:?}");
}

#[test]
fn questions_that_have_no_answer_are_refused() {
    let log = steady();
    let cases: &[(&[&str], &str)] = &[
        (&["--window", "50,40"], "E_WINDOW"),
        (&["--window", "2025-01-01T00:00:00Z,2025-01-02T00:00:00Z"], "E_WINDOW"),
        (&["--count", "0"], "E_NO_TOKENS"),
        (&["--channel", "nothing"], "E_UNKNOWN_DEVICE"),
        (&["--device", "nothing"], "E_UNKNOWN_DEVICE"),
        (&["--format", "nothing"], "E_UNKNOWN_FORMAT"),
        (&["--max-gap", "3 W"], "--max-gap"),
        (&["--count", "5", "--idle", "60 J"], "expected a figure in W,"),
    ];
    for (words, reason) in cases {
        let ran = szilard(&[&["energy", log.as_str()], *words].concat());
        assert_eq!(ran.code, 2, "{words:?}: {ran:?}");
        assert!(ran.err.contains(reason), "{words:?}: {}", ran.err);
    }
    let usage: &[&[&str]] = &[
        &["--window", "1"],
        &["--window", "1,2", "--start", "1"],
        &["--method", "simpson"],
        &["--idle", "4 W"],
        &["--idle-window", "1,2"],
        &["--policy", "time"],
        &["--count", "5", "--channel", "power"],
        &["--count", "5", "--idle", "4 W", "--idle-window", "1,2"],
        &["--count", "5", "--tokens", "x.csv"],
        &["--column", "volts=1"],
        &["--boundary", "rack"],
        &["--clock-offset", "1 s"],
    ];
    for words in usage {
        assert_eq!(szilard(&[&["energy", log.as_str()], *words].concat()).code, 64, "{words:?}");
    }
}

#[test]
fn columns_are_named_where_there_is_no_header() {
    let file = corpus("nv_05_no_header_no_unit.csv");
    assert_eq!(szilard(&["energy", &file]).code, 2);
    let text = std::fs::read_to_string(&file).unwrap();
    let power = text.lines().next().unwrap().split(',').position(|cell| cell.contains('.') && !cell.contains(':'));
    let power = format!("power={}:W", power.unwrap());
    let ran = szilard(&["energy", &file, "--column", "time=0", "--column", "device=1", "--column", &power, "--json"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    near(number(&ran.json()["energy"]["value"]), 440.0, 1e-12);
}

#[test]
fn a_trace_is_described() {
    let json = szilard(&["read", &corpus("nv_00_baseline.csv"), "--json"]).json();
    for key in [
        "status",
        "source",
        "format",
        "clock",
        "start_ns",
        "end_ns",
        "duration_s",
        "devices",
        "channels",
        "diagnostics",
    ] {
        assert!(!json[key].is_null(), "{key}");
    }
    assert_eq!((json["format"].as_str(), json["clock"].as_str()), (Some("nvidia-smi-csv"), Some("local")));
    assert_eq!(
        (json["channels"][0]["kind"].as_str(), json["channels"][0]["unit"].as_str()),
        (Some("windowed-mean-power"), Some("W"))
    );
    assert_eq!(
        szilard(&["read", &corpus("nv_00_baseline.csv"), "--tz", "Europe/Berlin", "--json"]).json()["clock"],
        "utc"
    );
}

#[test]
fn the_demo_recording_from_files_and_from_the_program() {
    let folder = root().join("datasets/traces");
    let path = |name: &str| folder.join(name).display().to_string();
    let (log, tokens) = (path("demo_nvidia_smi.csv"), path("demo_tokens.csv"));
    let words = ["energy", &log, "--tokens", &tokens, "--tz", "Europe/Berlin", "--idle", "61 W", "--json"];
    let ran = szilard(&words);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let report = ran.json();
    // sampled at 10 Hz with noise: within 0.5 % of the integral of the power behind it (demo_truth.toml)
    near(number(&report["per_token"]["value"]), 5.018019437695244, 5e-3);
    near(number(&report["above_idle_per_token"]["value"]), 3.782753557792433, 5e-3);
    // the parts of the meter make up the meter, exactly
    let parts: f64 = report["requests"].as_array().unwrap().iter().map(|request| number(&request["energy_j"])).sum();
    let rest = number(&report["idle_energy"]["value"]) + number(&report["unattributed"]["value"]);
    let meter = number(&report["meter"]["energy"]["value"]);
    assert!((parts + rest - meter).abs() <= number(&report["grid_j"]));

    let ran = szilard(&["demo", "--json"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let demo = ran.json();
    assert_eq!(demo["report"]["per_token"]["value"], report["per_token"]["value"]);
    assert!(number(&demo["truth"][0]["deviation"]).abs() < 5e-3);
    assert!(demo["ladder"]["table"].as_array().unwrap().len() >= 7);
    assert_eq!(demo["lift"]["quantity"]["boundary"], "site");
    assert_eq!(demo["reproduction"]["status"], "reproduced");
    let text = szilard(&["demo"]).out;
    for part in ["energy per token", "deviation", "kv-row", "pue", "reproduced", "gain of GPU-"] {
        assert!(text.contains(part), "{part}");
    }
}

const POWER: &str = "traces/nvidia_smi/llama2-13b_a100_nvidia-smi.csv";
const TOKENS: &str = "traces/tokens/llama2-13b_a100_phase_energy.csv";

#[test]
fn llama2_13b_on_an_a100_against_its_own_counters() {
    let (Some(power), Some(tokens)) = (shared(POWER), shared(TOKENS)) else { return };
    let ran = szilard(&["energy", &power, "--tokens", &tokens, "--tz", "-05:00", "--json"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let report = ran.json();
    let counts = &report["records"];
    assert_eq!([&counts["total"], &counts["inside"], &counts["inference"]].map(number), [65.0, 63.0, 61.0]);
    assert_eq!(number(&report["output_tokens"]), 1952.0);
    near(number(&report["gross"]["value"]), 62_954.14, 1e-7);
    near(number(&report["logged"]["value"]), 62_953.575, 1e-8);
    near(number(&report["per_token"]["value"]), 32.251, 1e-5);
    let excluded = report["excluded"].as_array().unwrap();
    assert_eq!((excluded[0]["request"].as_str(), number(&excluded[0]["line"])), (Some("start-inference-G-3"), 49.0));
    assert_eq!(excluded[1]["request"], "start-inference-I-6");
    assert!(excluded.iter().all(|record| record["code"].as_str().unwrap().starts_with(['W', 'E'])));
    let cut = report["diagnostics"].as_array().unwrap().iter().find(|remark| remark["code"] == "W_PARTIAL_LAST_LINE");
    assert_eq!(number(&cut.unwrap()["line"]), 2712.0);

    let text = szilard(&["energy", &power, "--tokens", &tokens, "--tz", "-05:00"]).out;
    for part in [
        "start-inference-G-3",
        "start-inference-I-6",
        "W_PARTIAL_LAST_LINE line 2712",
        "65 in the log",
        "1952 generated",
    ] {
        assert!(text.contains(part), "{part}");
    }
    // the power log is on a local clock and the token log on UTC: without a zone there is no answer
    let ran = szilard(&["energy", &power, "--tokens", &tokens]);
    assert!(ran.code == 2 && ran.err.contains("E_TIME_ZONE"), "{ran:?}");
}

#[test]
fn official_figures_of_three_mlperf_runs() {
    // official W; W x window, J/token and token/Wh as in section 3 of the formats page
    let runs = [
        ("v51_lenovo_b200_llama2-70b_server", 10442.2597402597, 0.105307921, 34185.463),
        ("v51_lenovo_b200_llama3.1-8b_offline", 9436.05296875, 0.064208308, 56067.51),
        ("v51_lenovo_b200_llama3.1-405b_offline", 9891.7643975904, 6.042211212, 595.808),
    ];
    for (run, watts, per_token, per_wh) in runs {
        let file = |name: &str| shared(&format!("traces/mlperf/{run}/run_1/{name}"));
        let (Some(log), Some(detail)) = (file("spl.txt"), file("mlperf_log_detail.txt")) else { return };
        let ran = szilard(&["energy", &log, "--tokens", &detail, "--method", "mean-of-samples", "--json"]);
        assert_eq!(ran.code, 0, "{}", ran.err);
        let report = ran.json();
        near(number(&report["meter"]["mean_power"]["value"]), watts, 1e-9);
        near(number(&report["per_token"]["value"]), per_token, 1e-7);
        near(number(&report["tokens_per_wh"]["value"]), per_wh, 1e-6);
        assert!(!report["time_weighted"]["energy"].is_null());
    }
}
