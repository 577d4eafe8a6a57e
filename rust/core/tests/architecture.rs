//! The floors of the house: a module uses only lower floors, and no file grows past its limit.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The floor of each module of the crate.
const FLOORS: &[(&str, u8)] = &[
    ("parallel", 0),
    ("quantity", 1),
    ("input", 2),
    ("source", 2),
    ("information", 3),
    ("traces", 3),
    ("boundaries", 3),
    ("energy", 4),
    ("landauer", 4),
    ("edge", 4),
    ("published", 5),
];

/// Longest file. [line]
const LONGEST: usize = 600;

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

fn sources(folder: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    files(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &mut found);
    assert!(!found.is_empty());
    found
}

/// The modules of the crate that a text names as `crate::module`, doc comments left out.
fn named(text: &str) -> Vec<String> {
    let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    code.flat_map(|line| line.split("crate::").skip(1).map(str::to_owned).collect::<Vec<_>>())
        .map(|rest| rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect())
        .filter(|name: &String| !name.is_empty())
        .collect()
}

#[test]
fn every_module_stands_on_lower_floors_alone() {
    let floors: BTreeMap<&str, u8> = FLOORS.iter().copied().collect();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for path in sources("src") {
        let relative = path.strip_prefix(&root).unwrap();
        let Some(module) = relative.components().next().and_then(|part| part.as_os_str().to_str()) else { continue };
        if module.ends_with(".rs") {
            continue;
        }
        let floor = floors.get(module).unwrap_or_else(|| panic!("{module} has no floor"));
        for used in named(&std::fs::read_to_string(&path).unwrap()) {
            if used == module {
                continue;
            }
            let below = floors.get(used.as_str()).unwrap_or_else(|| panic!("{}: {used} has no floor", path.display()));
            assert!(below < floor, "{} (floor {floor}) uses {used} (floor {below})", path.display());
        }
    }
}

#[test]
fn every_floor_of_the_map_exists() {
    let library = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs")).unwrap();
    for (module, _) in FLOORS {
        assert!(library.contains(&format!("pub mod {module};")), "{module} is not in lib.rs");
    }
}

#[test]
fn no_file_is_longer_than_the_limit() {
    for folder in ["src", "tests", "../simd/src", "../system/src", "../cli/src", "../py/src"] {
        for path in sources(folder) {
            let lines = std::fs::read_to_string(&path).unwrap().lines().count();
            assert!(lines <= LONGEST, "{} has {lines} lines", path.display());
        }
    }
}

#[test]
fn the_core_has_no_clock_no_process_and_no_network() {
    for path in sources("src") {
        let text = std::fs::read_to_string(&path).unwrap();
        for forbidden in ["std::process", "std::net", "SystemTime", "Instant::now", "pyo3"] {
            let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
            assert!(!code.into_iter().any(|line| line.contains(forbidden)), "{} uses {forbidden}", path.display());
        }
    }
}

#[test]
fn unsafe_code_stands_in_the_kernel_and_at_the_system_alone_and_says_why() {
    for folder in ["src", "../cli/src", "../py/src"] {
        for path in sources(folder) {
            let text = std::fs::read_to_string(&path).unwrap();
            assert!(!text.contains("allow(unsafe_code"), "{} allows unsafe code", path.display());
        }
    }
    for path in ["../simd/src", "../system/src"].into_iter().flat_map(sources) {
        let text = std::fs::read_to_string(&path).unwrap();
        let uses = text.matches("unsafe {").count();
        assert!(text.matches("SAFETY:").count() >= uses, "{}: {uses} uses of unsafe code", path.display());
    }
}

#[test]
fn the_kernel_and_the_system_know_nothing_of_the_core() {
    for (folder, used) in [("../simd", "half"), ("../system", "libc")] {
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder).join("Cargo.toml");
        let manifest = std::fs::read_to_string(manifest).unwrap();
        let dependencies = manifest.split("[dependencies]").nth(1).and_then(|rest| rest.split("\n[").next()).unwrap();
        let named: Vec<&str> =
            dependencies.lines().filter_map(|line| line.split_once('.')).map(|(name, _)| name).collect();
        assert_eq!(named[..1], [used]);
        assert!(!dependencies.contains("szilard"));
    }
}
