//! An adversary's sensors, files and commands: every number that is printed is one that was measured.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

#[path = "support/tree.rs"]
mod tree;

use serde_json::Value;
use std::process::Stdio;
use std::time::{Duration, Instant};
use szilard::energy::Status;
use szilard_system::{number, send};
use tree::{Tree, stderr, until};

fn summary(tree: &Tree) -> Value {
    serde_json::from_slice(&std::fs::read(tree.path("s.json")).unwrap()).unwrap()
}

fn folder_of(text: &str) -> Vec<String> {
    text.lines().map(str::to_owned).collect()
}

#[test]
fn what_a_sensor_says_is_a_number_of_its_unit_or_a_reason() {
    let tree = Tree::steady();
    let texts = ["99999999999999999999", "7.2e6", "0x10", "7200000 7200000", "-", "\\377\\376", "7,200,000"];
    let file = tree.path("sys/class/hwmon/hwmon2/power1_input");
    let step = |text: &&str| format!("printf '{text}' > f.new; mv f.new {0}; sleep 0.2", file.display());
    let good = format!("echo 7200000 > f.new; mv f.new {}; sleep 0.5", file.display());
    let script: Vec<String> = texts.iter().map(|text| format!("{}; {good}", step(text))).collect();
    let output = tree.recorded(&["--interval", "0.02"], &["sh", "-c", &script.join("; ")]);
    assert_eq!(output.status.code(), Some(0));
    let cells: Vec<String> = tree.rows().iter().map(|row| row.split_once(',').unwrap().1.to_owned()).collect();
    assert!(cells.iter().all(|cell| cell.is_empty() || cell == "7200000"), "{cells:?}");
    let reasons: Vec<String> = tree.said("missing").iter().map(|said| said["reason"].to_string()).collect();
    // one reason for each text, and the energy is that of the time in which there were numbers
    assert!(reasons.len() >= texts.len(), "{reasons:?}");
    let energy = tree.energy();
    let seconds = energy.covered_ns as f64 * 1e-9;
    assert!((energy.energy.unwrap().value() - 7.2 * seconds).abs() < 1e-9 * 7.2 * seconds);
}

#[test]
fn a_counter_that_may_have_wrapped_twice_has_no_energy() {
    let tree = Tree::rapl();
    // 1 J of range is one wrap in some milliseconds at any power that a processor can have
    tree.put("sys/class/powercap/intel-rapl:0/max_energy_range_uj", "1000000");
    tree.put("sys/class/powercap/intel-rapl:0/energy_uj", "900000");
    let step = tree.set("sys/class/powercap/intel-rapl:0/energy_uj", "100000");
    let script = format!("sleep 0.3; {step}; sleep 0.3");
    let output = tree.recorded(&["--interval", "0.2", "--summary", "s.json"], &["sh", "-c", &script]);
    assert_eq!(output.status.code(), Some(0));
    let said = summary(&tree);
    assert_eq!((said["status"].as_str(), said["energy"].is_null()), (Some("refused"), true), "{said:#}");
    assert!(stderr(&output).contains("E_AMBIGUOUS") || stderr(&output).contains("wrap"), "{}", stderr(&output));
}

#[test]
fn a_command_that_closes_its_output_is_waited_for() {
    let tree = Tree::steady();
    let options = ["--tokens-from", "tok", "--interval", "0.05"];
    let output = tree.recorded(&options, &["sh", "-c", "echo tok; exec >&- 2>&-; sleep 0.5; exit 5"]);
    assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(5), b"tok\n".as_slice()));
    assert!(tree.rows().len() >= 8, "{} rows", tree.rows().len());
}

#[test]
fn what_cannot_be_is_said_before_the_command_is_started() {
    let tree = Tree::steady();
    tree.put("old.json", "mine");
    std::fs::create_dir(tree.path("folder")).unwrap();
    let cases: [(&[&str], i32); 9] = [
        (&["--tokens-from", "("], 64),
        (&["--interval", "0"], 64),
        (&["--interval", "1e300"], 64),
        (&["--interval", "5 J"], 2),
        (&["--report", "old.json"], 64),
        (&["--report", "nowhere/report.json"], 2),
        (&["--summary", "run.csv", "--out", "run.csv"], 64),
        (&["--out", "folder"], 64),
        (&["--out", "nowhere/run.csv"], 2),
    ];
    for (options, code) in cases {
        let mut recorder = std::process::Command::new(env!("CARGO_BIN_EXE_szilard"));
        recorder.current_dir(&tree.root).args(["record", "--root", "."]).args(options);
        let output = recorder.args(["--", "sh", "-c", "echo > started"]).output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{options:?}: {}", stderr(&output));
        assert!(!tree.path("started").exists() && !stderr(&output).is_empty(), "{options:?}");
    }
    assert_eq!(std::fs::read_to_string(tree.path("old.json")).unwrap(), "mine");
}

#[test]
fn a_file_that_may_not_be_written_is_said_before_the_command_is_started() {
    use std::os::unix::fs::PermissionsExt;
    use std::os::unix::process::CommandExt;
    let tree = Tree::steady();
    tree.put("run.csv", "mine\n");
    let mode = std::fs::Permissions::from_mode(0o444);
    std::fs::set_permissions(tree.out(), mode).unwrap();
    let binary = tree.path("szilard");
    std::fs::copy(env!("CARGO_BIN_EXE_szilard"), &binary).unwrap();
    let recorder = |user: Option<u32>| {
        let mut recorder = std::process::Command::new(&binary);
        recorder.args(["record", "--append", "--root"]).arg(&tree.root).arg("--out").arg(tree.out());
        recorder.args(["--", "sh", "-c", "exit 7"]).current_dir("/");
        user.into_iter().for_each(|user| _ = recorder.uid(user).gid(user));
        recorder.output()
    };
    // root may write anything: another user where one can be had; whoever is not root has no right as he is
    let output = recorder(Some(65_534)).or_else(|_| recorder(None)).unwrap();
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
    assert!(stderr(&output).contains("ermission denied"), "{}", stderr(&output));
    assert_eq!(tree.text(), "mine\n");
}

#[test]
fn an_interruption_while_the_machine_idles_ends_it_and_nothing_is_started() {
    for signal in [number::SIGINT, number::SIGTERM] {
        let tree = Tree::steady();
        let started = Instant::now();
        let recorder = tree.spawned(&["--idle", "30 s"], &["sh", "-c", "echo > started"]);
        until(|| tree.out().exists() && tree.rows().len() > 1);
        send(recorder.id(), signal).unwrap();
        let output = recorder.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(128 + signal), "{}", stderr(&output));
        assert!(started.elapsed() < Duration::from_secs(20) && !tree.path("started").exists());
        assert_eq!(tree.said("end")[0]["signal"].as_i64(), Some(i64::from(signal)));
        assert!(stderr(&output).contains("came before the command was started"), "{}", stderr(&output));
    }
}

#[test]
fn readings_of_a_meter_between_two_rows_are_counted() {
    let tree = Tree::new();
    tree.put("meter.log", "");
    let meter = format!("{},unit=W", tree.path("meter.log").display());
    let script = "i=0; while [ $i -lt 100 ]; do i=$((i+1)); echo 7.2 >> meter.log; sleep 0.005; done; sleep 0.3";
    let options = ["--interval", "0.2", "--meter", &meter, "--summary", "s.json"];
    let output = tree.recorded(&options, &["sh", "-c", script]);
    let said = stderr(&output);
    assert!(said.contains("readings of meters came") && said.contains("a shorter --interval keeps them"), "{said}");
    let skipped = tree.said("end")[0]["skipped"].as_u64().unwrap();
    let kept = tree.rows().iter().filter(|row| row.ends_with(",7.2")).count() as u64;
    assert_eq!(skipped + kept, 100, "{kept} kept");
}

#[test]
fn a_fifo_that_nobody_writes_to_is_no_meter_that_stops_the_others() {
    let tree = Tree::steady();
    szilard_system::make_fifo(&tree.path("silent")).unwrap();
    let meter = format!("{},unit=W", tree.path("silent").display());
    let output = tree.recorded(&["--interval", "0.05", "--meter", &meter], &["sleep", "0.4"]);
    assert_eq!(output.status.code(), Some(0));
    let rows = tree.rows();
    assert!(rows.len() >= 6 && rows.iter().all(|row| row.contains("7200000") && row.ends_with(",-")), "{rows:?}");
}

#[test]
fn a_counter_whose_driver_goes_in_the_middle_is_a_gap() {
    let tree = Tree::rapl();
    let zone = tree.path("sys/class/powercap/intel-rapl:0").display().to_string();
    let energy = |value: &str| tree.set("sys/class/powercap/intel-rapl:0/energy_uj", value);
    // 1 J to 3 J; away; back as a counter that starts again: what it counted in between nobody knows
    let script = format!(
        "sleep 0.2; {}; sleep 0.3; mv {zone} {zone}.away; sleep 2.4; mv {zone}.away {zone}; {}; sleep 2.3; {}; sleep 0.2",
        energy("3000000"),
        energy("500000"),
        energy("900000")
    );
    let output = tree.recorded(&["--interval", "0.05"], &["sh", "-c", &script]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let energy = tree.energy();
    assert_eq!(energy.status, Status::Incomplete, "{:?}", folder_of(&stderr(&output)));
    assert!((energy.energy.unwrap().value() - 2.4).abs() < 1e-9);
}

#[test]
fn reports_of_boards_are_a_ledger_without_names_of_hosts_or_users() {
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap().trim().to_owned();
    let ledger = Tree::new();
    for (board, microwatts) in [("jetson", "7200000"), ("orange", "14400000")] {
        let tree = Tree::steady();
        tree.put("sys/class/hwmon/hwmon2/power1_input", microwatts).put("home/alice-of-the-test/run.csv", "");
        let mut recorder = std::process::Command::new(env!("CARGO_BIN_EXE_szilard"));
        let home = tree.path("home/alice-of-the-test");
        let report = ledger.path(&format!("{board}.json"));
        recorder
            .args(["record", "--overwrite", "--interval", "0.02", "--tokens-from", "tok", "--root"])
            .arg(&tree.root);
        recorder.arg("--out").arg(home.join("run.csv")).arg("--report").arg(&report);
        recorder.args(["--label", &format!("board={board}"), "--label", "model=test"]);
        recorder.env("USER", "alice-of-the-test").env("LOGNAME", "alice-of-the-test").env("HOSTNAME", "host-of-alice");
        recorder.env("HOME", &home).current_dir(&home).stderr(Stdio::piped()).stdout(Stdio::null());
        let output = recorder.args(["--", "sh", "-c", "echo tok tok; sleep 0.5"]).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        for file in [home.join("run.csv"), report] {
            let text = std::fs::read_to_string(&file).unwrap();
            assert!(text.len() > 100);
            for name in ["alice-of-the-test", "host-of-alice", host.as_str()] {
                assert!(name.len() < 3 || !text.contains(name), "{name} in {}", file.display());
            }
        }
    }
    let mut compare = std::process::Command::new(env!("CARGO_BIN_EXE_szilard"));
    let output = compare.args(["compare", "--json"]).arg(&ledger.root).output().unwrap();
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    let runs = found["runs"].as_array().unwrap();
    let board = |at: usize| runs[at]["labels"]["board"].as_str().unwrap().to_owned();
    assert_eq!((runs.len(), board(0), board(1)), (2, "jetson".to_owned(), "orange".to_owned()), "{}", stderr(&output));
    // twice the power, about the same time
    let ratio = runs[1]["ratio"].as_f64().unwrap();
    assert!((1.6..2.4).contains(&ratio), "{ratio}");
    assert_eq!(runs[0]["inputs"][0]["name"].as_str(), Some("run.csv"));
    let empty = Tree::new();
    let mut compare = std::process::Command::new(env!("CARGO_BIN_EXE_szilard"));
    assert_eq!(compare.arg("compare").arg(&empty.root).output().unwrap().status.code(), Some(64));
}
