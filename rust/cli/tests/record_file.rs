//! The file of a recording, whatever happens to the recorder, the disk, the sensors and the clock.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

#[path = "support/tree.rs"]
mod tree;

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use szilard::energy::{EnergyQuery, Status, energy};
use szilard::input::Code;
use szilard::traces::{ReadOptions, read};
use szilard_system::send;
use tree::{Tree, stderr, until};

/// A hundred recorders, each killed at another moment: the library of the GPU has counted the reads, and every read but
/// the last one, which may not have been finished, is in the file.
#[test]
fn a_killed_recorder_loses_no_completed_sample() {
    let tree = Tree::new();
    let library = tree.path("libnvidia-ml.so.1").display().to_string();
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/nvml.c");
    if !Command::new("cc")
        .args(["-shared", "-fPIC", "-o", &library, source])
        .status()
        .is_ok_and(|status| status.success())
    {
        println!("SKIPPED: no C compiler");
        return;
    }
    tree.put("gpu", "1000000 300000 0 0");
    let (reads, mut rows, mut state) = (tree.path("reads"), 0, 1u64);
    for kill in 0..100 {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let _ = std::fs::remove_file(&reads);
        let _ = std::fs::remove_file(tree.out());
        let mut recorder = tree.record(&["--interval", "0.001", "--nvml", &library], &["sleep", "0.2"]);
        recorder.env("FAKE_NVML", tree.path("gpu")).env("FAKE_NVML_READS", &reads).stderr(Stdio::null());
        let mut recorder = recorder.spawn().unwrap();
        until(|| tree.out().exists() && tree.text().lines().count() > 8);
        std::thread::sleep(Duration::from_micros((state >> 33) % 60_000));
        recorder.kill().unwrap();
        recorder.wait().unwrap();
        let text = tree.text();
        assert!(text.ends_with('\n'), "kill {kill}: the last line is cut");
        let found = tree.rows();
        // two reads look whether there is a counter at all
        let completed = std::fs::metadata(&reads).unwrap().len() as usize - 2;
        assert!(
            found.len() + 1 >= completed && found.len() <= completed,
            "kill {kill}: {} of {completed}",
            found.len()
        );
        assert!(found.iter().all(|row| row.split(',').count() == 4), "kill {kill}");
        if found.len() > 1 {
            let trace = tree.trace();
            assert!(trace.diagnostics.iter().any(|remark| remark.code == Code::NoEnd), "kill {kill}");
        }
        rows += found.len();
    }
    assert!(rows > 1000, "{rows}");
}

#[test]
fn a_full_disk_ends_the_recording_and_not_the_command() {
    let tree = Tree::steady();
    let small = tree.path("small");
    std::fs::create_dir(&small).unwrap();
    let mount = Command::new("mount").args(["-t", "tmpfs", "-o", "size=8k", "tmpfs"]).arg(&small).status();
    if !mount.is_ok_and(|status| status.success()) {
        println!("SKIPPED: only root can make a small disk");
        return;
    }
    let out = small.join("run.csv");
    let recorder = |options: &[&str]| {
        let mut recorder = Command::new(env!("CARGO_BIN_EXE_szilard"));
        recorder
            .args(["record", "--overwrite", "--interval", "0.0005", "--root"])
            .arg(&tree.root)
            .arg("--out")
            .arg(&out);
        recorder.args(options).args(["--", "sh", "-c", "sleep 2; echo whole"]).output().unwrap()
    };
    let (output, strict) = (recorder(&[]), recorder(&["--strict"]));
    let bytes = std::fs::read(&out).unwrap();
    Command::new("umount").arg(&small).status().unwrap();
    assert_eq!(
        (output.status.code(), output.stdout.as_slice()),
        (Some(0), b"whole\n".as_slice()),
        "{}",
        stderr(&output)
    );
    assert!(stderr(&output).contains("the recording ends early: "), "{}", stderr(&output));
    assert_eq!(stderr(&output).matches("the recording ends early").count(), 1);
    assert_eq!(strict.status.code(), Some(1));
    // what it holds is whole
    assert!(bytes.ends_with(b"\n") && bytes.len() > 4000, "{} bytes", bytes.len());
    let trace = read(bytes, "run.csv", &ReadOptions::default()).unwrap();
    let energy = energy(&trace, &EnergyQuery::default()).unwrap();
    let seconds = energy.covered_ns as f64 * 1e-9;
    assert!((energy.energy.unwrap().value() - 7.2 * seconds).abs() < 1e-9 * 7.2 * seconds);
}

#[test]
fn a_disk_that_takes_nothing_and_a_limit_on_files_end_the_recording_alone() {
    let tree = Tree::steady();
    let mut recorder = Command::new(env!("CARGO_BIN_EXE_szilard"));
    recorder.args(["record", "--overwrite", "--out", "/dev/full", "--root"]).arg(&tree.root);
    let output = recorder.args(["--", "sh", "-c", "exit 6"]).output().unwrap();
    assert_eq!(output.status.code(), Some(6), "{}", stderr(&output));
    assert!(stderr(&output).contains("No space left"), "{}", stderr(&output));
    // past the limit the system sends SIGXFSZ, which ends a program that does not expect it; the command may be ended
    let record = tree.record(&["--interval", "0.001"], &["sh", "-c", "sleep 0.7; exit 8"]);
    let mut shell = Command::new("sh");
    shell.args(["-c", "ulimit -f 4; exec \"$@\"", "sh"]).arg(record.get_program()).args(record.get_args());
    let output = shell.current_dir(&tree.root).output().unwrap();
    assert_eq!(output.status.code(), Some(8), "{}", stderr(&output));
    assert!(stderr(&output).contains("the recording ends early"), "{}", stderr(&output));
    assert!(tree.text().ends_with('\n') && tree.text().len() <= 4096);
    let own = "dd if=/dev/zero of=big bs=1k count=99 2> /dev/null";
    let record = tree.record(&["--overwrite", "--quiet"], &["sh", "-c", own]);
    let mut shell = Command::new("sh");
    shell.args(["-c", "ulimit -f 4; exec \"$@\"", "sh"]).arg(record.get_program()).args(record.get_args());
    // SIGXFSZ of the command's own, 25, as it has it without a recorder
    assert_eq!(shell.current_dir(&tree.root).output().unwrap().status.code(), Some(128 + 25));
}

#[test]
fn a_sensor_that_vanishes_is_missing_with_a_reason_and_comes_back() {
    let tree = Tree::steady();
    tree.zone("intel-rapl:0", "package-0", 1_000_000);
    let file = tree.path("sys/class/hwmon/hwmon2/power1_input");
    let steps = [
        ("absent", "rm $f"),
        ("an empty read", ": > $f"),
        ("is no whole number", "echo N/A > $f"),
        ("a folder", "rm $f; mkdir $f"),
        ("an empty read", "rm $f; mkfifo $f"),
    ];
    // it is asked ever less often while it fails, so that it is back a little later than it could be
    let good = "rm -rf $f; echo 7200000 > $f; sleep 0.6";
    let script: Vec<String> = steps.iter().map(|(_, step)| format!("{step}; sleep 0.25; {good}")).collect();
    let counter = tree.set("sys/class/powercap/intel-rapl:0/energy_uj", "3000000");
    let script = format!("f={}; sleep 0.1; {}; {counter}; sleep 0.2", file.display(), script.join("; "));
    let output = tree.recorded(&["--interval", "0.02"], &["sh", "-c", &script]);
    assert_eq!(output.status.code(), Some(0));
    let reasons: Vec<String> = tree.said("missing").iter().map(|object| object["reason"].to_string()).collect();
    for (reason, _) in steps {
        assert!(reasons.iter().any(|said| said.contains(reason)), "{reason}: {reasons:?}");
    }
    let rows = tree.rows();
    assert!(rows.iter().all(|row| !row.ends_with(",0")), "a failed read is zero");
    assert!(rows.iter().filter(|row| row.ends_with(',')).count() > 10);
    assert!(rows.last().unwrap().ends_with(",7200000"), "{:?}", rows.last());
    // the other one went on
    let trace = tree.trace();
    let of = |device: &str| {
        let query = EnergyQuery { device: Some(device.to_owned()), ..EnergyQuery::default() };
        energy(&trace, &query).unwrap()
    };
    assert!((of("cpu").energy.unwrap().value() - 2.0).abs() < 2e-9);
    assert!(trace.diagnostics.iter().any(|remark| remark.code == Code::NaSample));
}

#[test]
fn a_recorder_that_is_stopped_leaves_a_gap() {
    let tree = Tree::steady();
    let recorder = tree.spawned(&["--interval", "0.05"], &["sh", "-c", "echo > ready; sleep 4"]);
    until(|| tree.path("ready").exists());
    std::thread::sleep(Duration::from_millis(300));
    send(recorder.id(), 19).unwrap();
    std::thread::sleep(Duration::from_millis(2700));
    send(recorder.id(), 18).unwrap();
    assert_eq!(recorder.wait_with_output().unwrap().status.code(), Some(0));
    let energy = tree.energy();
    assert_eq!(energy.status, Status::Incomplete);
    assert!(energy.gap_ns > 2_500_000_000, "{}", energy.gap_ns);
    let seconds = energy.covered_ns as f64 * 1e-9;
    assert!((energy.energy.unwrap().value() - 7.2 * seconds).abs() < 1e-9 * 7.2 * seconds);
    assert!(tree.said("end")[0]["missed"].as_u64().unwrap() > 40);
}

#[test]
fn a_file_is_not_overwritten_unless_asked_and_can_be_continued() {
    let tree = Tree::steady();
    assert_eq!(tree.recorded(&[], &["sleep", "0.2"]).status.code(), Some(0));
    let first = tree.text();
    let output = tree.recorded(&[], &["sh", "-c", "echo > started"]);
    assert_eq!(output.status.code(), Some(64), "{}", stderr(&output));
    assert!(!tree.path("started").exists() && tree.text() == first);
    let output = tree.recorded(&["--append"], &["sleep", "0.2"]);
    assert!(tree.text().starts_with(&first) && tree.said("start").len() == 2, "{}", stderr(&output));
    // the report is about the second one
    assert!(stderr(&output).contains(": 0.2"), "{}", stderr(&output));
    assert!(tree.trace().diagnostics.iter().any(|remark| remark.code == Code::HeaderRepeat));
    tree.recorded(&["--overwrite"], &["sleep", "0.2"]);
    assert_eq!(tree.said("start").len(), 1);
    let folder = Command::new(env!("CARGO_BIN_EXE_szilard"))
        .args(["record", "--root"])
        .arg(&tree.root)
        .args(["--out", "/nowhere/run.csv", "--", "true"])
        .output()
        .unwrap();
    assert_eq!(folder.status.code(), Some(2), "{}", stderr(&folder));
}

#[test]
fn two_recorders_do_not_write_to_one_file() {
    let tree = Tree::steady();
    let first = tree.spawned(&[], &["sh", "-c", "echo > ready; sleep 0.6"]);
    until(|| tree.path("ready").exists());
    for options in ["--append", "--overwrite"] {
        let output = tree.recorded(&[options], &["sh", "-c", "echo > second"]);
        assert_eq!(output.status.code(), Some(64));
        assert!(stderr(&output).contains("another recorder writes to it"), "{}", stderr(&output));
    }
    assert!(!tree.path("second").exists());
    assert_eq!(first.wait_with_output().unwrap().status.code(), Some(0));
    assert_eq!(tree.said("start").len(), 1);
}

#[test]
fn an_interval_that_cannot_be_kept_is_counted_and_the_command_is_not_held_up() {
    let tree = Tree::steady();
    let started = Instant::now();
    let count = "i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done";
    let output = tree.recorded(&["--interval", "0.0001"], &["sh", "-c", count]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(started.elapsed() < Duration::from_secs(10));
    let end = &tree.said("end")[0];
    assert_eq!(end["rows"].as_u64(), Some(tree.rows().len() as u64));
    assert!(end["missed"].is_u64());
    assert_eq!(tree.energy().status, Status::Complete);
}

#[test]
fn the_file_is_its_owner_s_alone() {
    use std::os::unix::fs::PermissionsExt;
    let tree = Tree::steady();
    tree.recorded(&[], &["true"]);
    assert_eq!(std::fs::metadata(tree.out()).unwrap().permissions().mode() & 0o777, 0o600);
    let text = tree.text();
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap();
    assert!(!text.contains(host.trim()), "the name of the host");
}

#[test]
fn without_a_sensor_there_is_no_energy_and_the_command_runs() {
    let tree = Tree::new();
    let mut recorder = Command::new(env!("CARGO_BIN_EXE_szilard"));
    recorder.args(["--json", "record", "--root"]).arg(&tree.root).arg("--out").arg(tree.out());
    let output = recorder.args(["--", "sh", "-c", "echo ran; exit 9"]).output().unwrap();
    assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(9), b"ran\n".as_slice()));
    let said: serde_json::Value = serde_json::from_slice(&output.stderr).unwrap();
    assert_eq!((said["status"].as_str(), said["energy"].is_null()), (Some("refused"), true));
    // one reason at least for each kind of sensor
    let reasons: Vec<&str> =
        said["reasons"].as_array().unwrap().iter().map(|reason| reason.as_str().unwrap()).collect();
    for kind in [
        "rapl",
        "nvml",
        "amdgpu",
        "ina3221",
        "hwmon",
        "battery",
        "raspberry-pmic",
        "meter",
        "replay",
        "tegrastats",
        "model",
    ] {
        assert!(reasons.iter().any(|reason| reason.starts_with(&format!("{kind}: "))), "{kind}: {reasons:?}");
    }
    assert!(!tree.out().exists());
    let output = tree.recorded(&["--require-sensor"], &["sh", "-c", "echo > started"]);
    assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
    assert!(!tree.path("started").exists());
}

#[test]
fn a_stated_power_is_a_model_and_only_where_there_is_no_sensor() {
    let tree = Tree::new();
    let model = ["--model-tdp", "65 W", "--model-u", "40 %", "--tokens-from", "tok", "--interval", "0.05"];
    let output = tree.recorded(&model, &["sh", "-c", "echo tok tok; sleep 0.3"]);
    let energy = tree.energy();
    let seconds = energy.covered_ns as f64 * 1e-9;
    assert!((energy.energy.unwrap().value() - 65.0 * seconds).abs() < 1e-9 * 65.0 * seconds);
    assert!(energy.reasons.iter().any(|remark| remark.code == Code::Modelled), "{}", stderr(&output));
    let mut recorder = Command::new(env!("CARGO_BIN_EXE_szilard"));
    recorder
        .args(["--json", "record", "--overwrite", "--root"])
        .arg(&tree.root)
        .arg("--out")
        .arg(tree.out())
        .args(model);
    let output = recorder.args(["--", "sh", "-c", "echo tok; sleep 0.3"]).output().unwrap();
    let said: serde_json::Value = serde_json::from_slice(&output.stderr).unwrap();
    let (value, u) = (said["energy"]["value"].as_f64().unwrap(), said["energy"]["u"].as_f64().unwrap());
    assert!((u / value - 0.4).abs() < 1e-3, "{said:#}");
    assert_eq!(said["energy"]["method"].as_str(), Some("modelled"));
    assert_eq!(said["per_token"]["method"].as_str(), Some("modelled"));
    let tree = Tree::steady();
    tree.recorded(&model, &["sleep", "0.3"]);
    assert!(tree.trace().diagnostics.iter().all(|remark| remark.code != Code::Modelled));
    let energy = tree.energy();
    let seconds = energy.covered_ns as f64 * 1e-9;
    assert!((energy.energy.unwrap().value() - 7.2 * seconds).abs() < 1e-9 * 7.2 * seconds);
}
