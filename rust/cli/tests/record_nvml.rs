//! NVIDIA's management library, as a library of our own that a file scripts.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

#[path = "support/tree.rs"]
mod tree;

use std::process::Command;
use szilard::energy::{EnergyQuery, energy};
use szilard::input::Code;
use szilard::quantity::Boundary;
use tree::{Tree, stderr};

/// The library, built with the compiler of the machine; none where there is no compiler.
fn library(tree: &Tree, options: &[&str]) -> Option<String> {
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/nvml.c");
    let path = tree.path("libnvidia-ml.so.1").display().to_string();
    let built = Command::new("cc").args(["-shared", "-fPIC", "-o", &path, source]).args(options).status();
    if !built.is_ok_and(|status| status.success()) {
        println!("SKIPPED: no C compiler");
        return None;
    }
    Some(path)
}

fn recorded(tree: &Tree, library: &str, script: &str) -> std::process::Output {
    let options = ["--interval", "0.05", "--nvml", library];
    tree.record(&options, &["sh", "-c", script]).env("FAKE_NVML", tree.path("gpu")).output().unwrap()
}

#[test]
fn a_gpu_is_its_counter_and_one_without_is_its_power() {
    let tree = Tree::new();
    let Some(library) = library(&tree, &[]) else { return };
    tree.put("gpu", "1000000 300000 0 0");
    let script = format!("sleep 0.2; {}; sleep 0.2", tree.set("gpu", "1090000 300000 0 0"));
    let output = recorded(&tree, &library, &script);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let trace = tree.trace();
    let of = |device: &str| {
        let query = EnergyQuery { device: Some(device.to_owned()), ..EnergyQuery::default() };
        energy(&trace, &query).unwrap()
    };
    let counter = of("GPU-00000000-0000-0000-0000-000000000001");
    assert!((counter.energy.unwrap().value() - 90.0).abs() < 1e-9 * 90.0);
    let power = of("GPU-00000000-0000-0000-0000-000000000002");
    let seconds = power.covered_ns as f64 * 1e-9;
    assert!((power.energy.unwrap().value() - 60.0 * seconds).abs() < 1e-9 * 60.0 * seconds);
    let total = tree.energy().energy.unwrap();
    assert!((total.value() - 90.0 - 60.0 * seconds).abs() < 1e-9 * 100.0);
    assert_eq!(total.boundary(), Some(Boundary::Board));
}

#[test]
fn a_lost_gpu_is_missing_and_a_reloaded_driver_starts_its_counter_again() {
    let tree = Tree::new();
    let Some(library) = library(&tree, &[]) else { return };
    tree.put("gpu", "1000000 300000 0 0");
    let lost = tree.set("gpu", "0 0 15 0");
    let again = tree.set("gpu", "5000 300000 0 0");
    let later = tree.set("gpu", "25000 300000 0 0");
    recorded(&tree, &library, &format!("sleep 0.2; {lost}; sleep 0.2; {again}; sleep 0.6; {later}; sleep 0.4"));
    let said: Vec<String> = tree.said("missing").iter().map(|object| object["reason"].to_string()).collect();
    assert!(said.iter().any(|reason| reason.contains("the GPU is lost")), "{said:?}");
    let trace = tree.trace();
    let device = Some("GPU-00000000-0000-0000-0000-000000000001".to_owned());
    let result = energy(&trace, &EnergyQuery { device, ..EnergyQuery::default() }).unwrap();
    // nothing is known of the time without it; 20 J after it
    assert!((result.energy.unwrap().value() - 20.0).abs() < 1e-9 * 20.0);
    assert!(result.gap_ns > 0 && result.reasons.iter().any(|remark| remark.code == Code::CounterReset));
}

#[test]
fn a_library_without_a_function_or_that_is_none_is_a_reason() {
    let tree = Tree::new();
    let Some(library) = library(&tree, &["-DWITHOUT_POWER"]) else { return };
    tree.put("gpu", "1000000 300000 0 0");
    recorded(&tree, &library, &format!("sleep 0.1; {}; sleep 0.1", tree.set("gpu", "1001000 0 0 0")));
    assert!((tree.joules() - 1.0).abs() < 1e-9);
    tree.put("nothing.so", "not a library");
    let none = tree.path("nothing.so").display().to_string();
    let output = tree.recorded(&["--overwrite", "--nvml", &none], &["true"]);
    assert!(stderr(&output).contains("nvml: the library of the driver cannot be loaded"), "{}", stderr(&output));
}

#[test]
fn a_driver_that_hangs_costs_its_readings_and_no_other() {
    let tree = Tree::rapl();
    let Some(library) = library(&tree, &[]) else { return };
    tree.put("gpu", "1000000 300000 0 0");
    let energy = |energy: &str| tree.set("sys/class/powercap/intel-rapl:0/energy_uj", energy);
    let hang = tree.set("gpu", "1000000 300000 0 3000");
    let script =
        format!("sleep 0.2; {hang}; sleep 0.3; {}; sleep 0.5; {}; sleep 0.2", energy("2000000"), energy("4000000"));
    let started = std::time::Instant::now();
    let output = recorded(&tree, &library, &script);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    // the command took 1.2 s, and the hanging read would have taken 3 s twice
    assert!(started.elapsed().as_secs_f64() < 2.5, "{:?}", started.elapsed());
    let trace = tree.trace();
    let query = EnergyQuery { device: Some("cpu".to_owned()), ..EnergyQuery::default() };
    assert!((szilard::energy::energy(&trace, &query).unwrap().energy.unwrap().value() - 3.0).abs() < 1e-9);
    let said: Vec<String> = tree.said("missing").iter().map(|object| object["reason"].to_string()).collect();
    assert!(said.iter().any(|reason| reason.contains("does not answer")), "{said:?}");
    assert!(tree.rows().len() >= 15, "{} rows", tree.rows().len());
}
