//! One file and one line: every file of a registered folder stands in its registry.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::path::Path;

/// Stems of the files of a folder, `mod` and helpers left out.
fn stems(folder: &str, helpers: &[&str]) -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .filter(|stem| stem != "mod" && !stem.ends_with("_tests") && !helpers.contains(&stem.as_str()))
        .collect()
}

/// The modules that a registry's `mod.rs` lists between `REGISTRY` and its end.
fn listed(module: &str) -> BTreeSet<String> {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(module)).unwrap();
    let (_, registry) = text.split_once("const REGISTRY").unwrap();
    let (_, list) = registry.split_once("= &[").unwrap();
    let (list, _) = list.split_once("];").unwrap();
    list.split(',')
        .filter_map(|item| item.trim().trim_start_matches('&').split_once("::"))
        .map(|(module, _)| module.to_owned())
        .collect()
}

#[test]
fn every_trace_format_is_registered() {
    assert_eq!(stems("src/traces/formats", &[]), listed("src/traces/formats/mod.rs"));
}

#[test]
fn every_trace_format_says_what_its_layout_was_checked_against() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/traces/formats");
    // a table that names its own columns and units has no writer to check
    for stem in stems("src/traces/formats", &["meter_csv"]) {
        let text = std::fs::read_to_string(folder.join(format!("{stem}.rs"))).unwrap();
        let docs: Vec<&str> = text.lines().take_while(|line| line.starts_with("//!")).collect();
        assert!(docs.iter().any(|line| line.contains("Reference:")), "{stem} names no reference");
    }
}

#[test]
fn every_token_format_is_registered() {
    assert_eq!(
        stems("src/energy/token_formats", &["columns", "document", "log_clock"]),
        listed("src/energy/token_formats/mod.rs")
    );
}

#[test]
fn every_plausibility_check_is_registered() {
    assert_eq!(stems("src/energy/plausibility", &["evidence"]), listed("src/energy/plausibility/mod.rs"));
}

#[test]
fn every_sensor_is_registered() {
    let sensors = "../cli/src/record/sensors";
    assert_eq!(stems(sensors, &["files", "sensor"]), listed(&format!("{sensors}/mod.rs")));
}

#[test]
fn every_bound_is_registered() {
    assert_eq!(stems("src/landauer/bounds", &["bound"]), listed("src/landauer/bounds/mod.rs"));
}

#[test]
fn every_data_set_is_carried() {
    use szilard::source::datasets::{MODELS, PUBLICATIONS, TRACES};
    for (folder, extension, table) in
        [("models", "json", MODELS), ("published", "toml", PUBLICATIONS), ("traces", "csv", TRACES)]
    {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../datasets").join(folder);
        let files: BTreeSet<String> = std::fs::read_dir(folder)
            .into_iter()
            .flatten()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|found| found == extension))
            .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
            .collect();
        let carried: BTreeSet<String> = table.iter().map(|(stem, _)| (*stem).to_owned()).collect();
        assert_eq!(files, carried);
    }
}
