//! `szilard doctor` on folders that stand for `/`: sensors, rights, how often a value changes, clocks, what would be recorded.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod support;
#[path = "support/tree.rs"]
mod tree;

use serde_json::Value;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use support::{Ran, number, szilard};
use tree::Tree;

fn doctor(tree: &Tree, options: &[&str]) -> Ran {
    szilard(&[&["doctor", "--root", tree.root.to_str().unwrap()][..], options].concat())
}

fn reasons(json: &Value) -> Vec<String> {
    let kinds = json["kinds"].as_array().unwrap().iter();
    kinds.flat_map(|kind| kind["reasons"].as_array().unwrap().clone()).map(|reason| reason.to_string()).collect()
}

#[test]
fn what_would_be_recorded_is_listed_with_its_last_value() {
    let tree = Tree::steady();
    tree.zone("intel-rapl:0", "package-0", 1_000_000);
    let ran = doctor(&tree, &["--time", "0.05", "--interval", "0.05", "--json"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let json = ran.json();
    let channels = json["channels"].as_array().unwrap();
    let said = |at: usize, key: &str| channels[at][key].as_str().unwrap().to_owned();
    assert_eq!(channels.len(), 2);
    let zone = ["sensor", "rail", "kind", "unit", "boundary", "value"].map(|key| said(0, key));
    assert_eq!(zone, ["rapl", "intel-rapl:0/package-0", "energy-counter", "uJ", "chip", "1000000"]);
    let rail = ["sensor", "rail", "kind", "unit", "value"].map(|key| said(1, key));
    assert_eq!(rail, ["hwmon", "power1", "instant-power", "uW", "7200000"]);
    // the boundary of a rail only the board knows
    assert!(channels[1]["boundary"].is_null() && channels[1]["update_s"].is_null());
    assert!(number(&channels[0]["read_s"]) > 0.0);
    // a row of 13 digits, two commas, 7 digits each and an end: 30 bytes, 20 times a second
    assert_eq!(number(&json["bytes_per_hour"]), 30.0 * 20.0 * 3600.0);
    let text = doctor(&tree, &["--time", "0.05", "--interval", "0.05"]);
    assert_eq!(text.code, 0);
    assert!(text.out.contains("2 channels every 0.05 s, 2.2 MB an hour"), "{}", text.out);
    assert!(text.out.contains("cpu/intel-rapl:0/package-0") && text.out.contains("energy-counter"), "{}", text.out);
}

#[test]
fn nothing_to_record_is_incomplete_with_every_reason() {
    let tree = Tree::new();
    let ran = doctor(&tree, &["--time", "0.01", "--json"]);
    assert_eq!(ran.code, 3, "{}", ran.err);
    assert!(ran.err.contains("no sensor gives readings: a recording would have no energy"), "{}", ran.err);
    let json = ran.json();
    assert_eq!((json["status"].as_str(), json["channels"].as_array().unwrap().len()), (Some("incomplete"), 0));
    // every kind of sensor is named with why it gives nothing
    let kinds = json["kinds"].as_array().unwrap();
    assert!(kinds.len() >= 11 && kinds.iter().all(|kind| !kind["reasons"].as_array().unwrap().is_empty()));
    let text = doctor(&tree, &["--time", "0.01"]);
    assert!(text.out.contains("would be recorded  nothing") && text.out.contains("not read: rapl: "), "{}", text.out);
}

#[test]
fn a_missing_right_is_explained_and_other_sensors_are_listed() {
    use std::os::unix::fs::PermissionsExt;
    use std::os::unix::process::CommandExt;
    let tree = Tree::steady();
    tree.zone("intel-rapl:0", "package-0", 1_000_000);
    let file = tree.path("sys/class/powercap/intel-rapl:0/energy_uj");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o000)).unwrap();
    let binary = tree.path("szilard");
    std::fs::copy(env!("CARGO_BIN_EXE_szilard"), &binary).unwrap();
    let mut command = std::process::Command::new(&binary);
    command.args(["doctor", "--json", "--time", "0.01", "--root"]).arg(&tree.root).current_dir("/");
    // root may read anything: another user, where one can be had; whoever is not root has no right as he is
    let output = command.uid(65_534).gid(65_534).output().unwrap_or_else(|_| {
        let mut own = std::process::Command::new(&binary);
        own.args(["doctor", "--json", "--time", "0.01", "--root"]).arg(&tree.root).output().unwrap()
    });
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    let reasons = reasons(&json);
    let explained = |reason: &&String| reason.contains("permission denied") && reason.contains("setcap");
    assert!(reasons.iter().find(explained).is_some_and(|reason| reason.contains("CVE-2020-8694")), "{reasons:?}");
    assert_eq!(json["channels"].as_array().unwrap().len(), 1);
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0);
}

#[test]
fn the_time_between_new_values_is_that_at_which_they_came() {
    let tree = Tree::steady();
    let (file, done) = (tree.path("sys/class/hwmon/hwmon2/power1_input"), AtomicBool::new(false));
    let (ran, written) = std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            let mut written = Vec::new();
            while !done.load(Ordering::SeqCst) {
                let text = (7_200_000 + written.len()).to_string();
                std::fs::write(file.with_extension("new"), text).unwrap();
                std::fs::rename(file.with_extension("new"), &file).unwrap();
                written.push(Instant::now());
                std::thread::sleep(Duration::from_millis(100));
            }
            written
        });
        let ran = doctor(&tree, &["--time", "2", "--interval", "0.02", "--json"]);
        done.store(true, Ordering::SeqCst);
        (ran, writer.join().unwrap())
    });
    let update = number(&ran.json()["channels"][0]["update_s"]);
    let span = written[written.len() - 1] - written[0];
    let between = span.as_secs_f64() / (written.len() - 1) as f64;
    // each reading repeats many times: it is the changes that count
    assert!((update / between - 1.0).abs() < 0.3, "{update} s, written every {between} s");
    let text = "has a new value every";
    assert!(!doctor(&tree, &["--time", "0.05"]).out.contains(text), "a value that stands still has no period");
}

#[test]
fn a_value_that_is_slower_than_the_interval_is_said() {
    let tree = Tree::new();
    tree.put("meter.log", "");
    let meter = format!("{},unit=W", tree.path("meter.log").display());
    let log = tree.path("meter.log");
    let done = AtomicBool::new(false);
    let ran = std::thread::scope(|scope| {
        scope.spawn(|| {
            use std::io::Write;
            let mut file = std::fs::OpenOptions::new().append(true).open(&log).unwrap();
            for number in 0u64.. {
                if done.load(Ordering::SeqCst) {
                    return;
                }
                writeln!(file, "7.{number}").unwrap();
                std::thread::sleep(Duration::from_millis(60));
            }
        });
        let ran = doctor(&tree, &["--time", "1", "--interval", "0.01", "--meter", &meter]);
        done.store(true, Ordering::SeqCst);
        ran
    });
    assert!(ran.out.contains("ms only; an interval below that repeats it"), "{}", ran.out);
}

#[test]
fn the_clocks_are_measured() {
    let tree = Tree::steady();
    let ran = doctor(&tree, &["--time", "0.01", "--interval", "0.002", "--json"]);
    let clock = &ran.json()["clock"];
    let (step, median, most) =
        (number(&clock["step_ns"]), number(&clock["late_median_s"]), number(&clock["late_most_s"]));
    assert!((1.0..1e7).contains(&step), "{step}");
    assert!(0.0 < median && median <= most, "{median} {most}");
    assert!(number(&clock["suspended_s"]) >= 0.0);
    assert!(clock["error_s"].is_null() || number(&clock["error_s"]) >= 0.0);
    assert_eq!(doctor(&tree, &["--interval", "0"]).code, 64);
    assert_eq!(doctor(&tree, &["--time", "-1"]).code, 64);
}

#[test]
fn a_sensor_that_fails_while_it_is_looked_at_is_listed_with_its_reason() {
    let tree = Tree::steady();
    tree.put("sys/class/hwmon/hwmon2/power2_input", "N/A");
    let ran = doctor(&tree, &["--time", "0.02", "--json"]);
    let channels = ran.json()["channels"].as_array().unwrap().clone();
    let bad: Vec<&Value> = channels.iter().filter(|channel| channel["value"].is_null()).collect();
    assert!(bad.iter().all(|channel| channel["reason"].as_str().unwrap().contains("is no whole number")), "{bad:?}");
    assert_eq!(channels.iter().filter(|channel| channel["value"] == "7200000").count(), 1);
}
