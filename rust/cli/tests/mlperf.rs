//! `szilard read --mlperf`: exit codes and JSON of a run that may be believed and of runs that may not.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod support;

use std::path::PathBuf;
use support::{corpus, szilard};

fn run_of(name: &str, files: &[(&str, &str)]) -> String {
    let folder = std::env::temp_dir().join(format!("szilard-mlperf-{}-{name}", std::process::id()));
    for (path, from) in files {
        let file: PathBuf = folder.join(path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::copy(corpus(from), file).unwrap();
    }
    folder.display().to_string()
}

#[test]
fn a_window_an_hour_away_is_refused_with_and_without_check() {
    let files = [("run_1/mlperf_log_detail.txt", "ptd_06_loadgen_utc_offset.txt"), ("run_1/spl.txt", "ptd_00_spl.txt")];
    let folder = run_of("hour", &files);
    for words in [&["read", "--mlperf", &folder, "--json"][..], &["read", "--mlperf", &folder, "--check", "--json"]] {
        let ran = szilard(words);
        assert_eq!(ran.code, 2, "{ran:?}");
        let json = ran.json();
        assert_eq!(
            (json["status"].as_str(), json["diagnostics"][0]["code"].as_str()),
            (Some("refused"), Some("E_NO_OVERLAP"))
        );
        assert_eq!(json["diagnostics"][0]["line"].as_u64(), Some(1));
        assert!(ran.err.contains("E_NO_OVERLAP") && ran.err.contains("+1 h"), "{ran:?}");
    }
}

#[test]
fn a_warning_of_the_uncertainty_refuses_the_run_and_keeps_its_figures() {
    let folder = run_of("uncertainty", &[("power/ptd_logs.txt", "ptd_05_ptd_logs_uncertainty.txt")]);
    let run = PathBuf::from(&folder).join("run_1");
    std::fs::create_dir_all(&run).unwrap();
    let begin = ":::MLLOG {\"key\": \"power_begin\", \"value\": \"03-04-2025 10:16:40.000\"}\n";
    let end = ":::MLLOG {\"key\": \"power_end\", \"value\": \"03-04-2025 10:26:40.000\"}\n";
    std::fs::write(run.join("mlperf_log_detail.txt"), format!("{begin}{end}")).unwrap();
    let stamp = |s: u32| format!("03-04-2025 {:02}:{:02}:{:02}.000", s / 3600, s / 60 % 60, s % 60);
    let line = |s: u32| format!("Time,{},Watts,1000.000000,Volts,1,Amps,1,PF,1,Mark,m\n", stamp(s));
    std::fs::write(run.join("spl.txt"), (36_990..=37_610).map(line).collect::<String>()).unwrap();
    let ran = szilard(&["read", "--mlperf", &folder]);
    assert!(ran.code == 0 && ran.out.contains("official            (1000.0000"), "{ran:?}");
    let ran = szilard(&["read", "--mlperf", &folder, "--check", "--json"]);
    let json = ran.json();
    let finding = &json["diagnostics"][0];
    assert_eq!((ran.code, finding["code"].as_str(), finding["line"].as_u64()), (2, Some("E_UNCERTAINTY"), Some(4)));
    assert!(finding["reference_checker"].as_str().unwrap().starts_with("passes it"));
    assert_eq!(json["official"]["value"].as_f64(), Some(1000.0));
}

#[test]
fn real_runs_are_complete_and_may_be_believed() {
    let shared = std::env::var_os("SZILARD_SHARED").map_or_else(|| support::root().join("../shared"), PathBuf::from);
    let folder = shared.join("traces/mlperf");
    if !folder.exists() {
        eprintln!("SKIPPED: {} is not there; set SZILARD_SHARED to run this test on real logs", folder.display());
        return;
    }
    let run = folder.join("v51_lenovo_b200_llama3.1-8b_offline").display().to_string();
    for run in [run.clone(), format!("{run}/run_1")] {
        let ran = szilard(&["read", "--mlperf", &run, "--check", "--json"]);
        assert_eq!(ran.code, 0, "{}", ran.err);
        let watts = ran.json()["official"]["value"].as_f64().unwrap();
        assert!((watts - 9436.05296875).abs() < 1e-9 * watts);
    }
}

#[test]
fn a_directory_without_a_run_is_wrong_usage() {
    assert_eq!(szilard(&["read", "--mlperf", "/no/such/folder"]).code, 64);
    assert_eq!(szilard(&["read", "--check", "x.csv"]).code, 64);
}
