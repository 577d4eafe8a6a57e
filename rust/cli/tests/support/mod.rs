//! Runs the binary as a user does.
#![allow(dead_code, clippy::unwrap_used, clippy::panic)]

use serde_json::Value;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// What a command printed, and what it exited with.
#[derive(Debug)]
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Ran {
    /// The standard output as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

/// `szilard` with these words, in a folder that holds nothing of the project.
pub fn szilard(words: &[&str]) -> Ran {
    let output = Command::new(env!("CARGO_BIN_EXE_szilard"))
        .args(words)
        .current_dir(std::env::temp_dir())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let ran = Ran { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) };
    for character in ran.out.chars().chain(ran.err.chars()) {
        assert!(character == '\n' || !szilard::input::is_hidden(character), "{character:?} went out: {ran:?}");
    }
    ran
}

pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// A file of the fault corpus.
pub fn corpus(name: &str) -> String {
    root().join("tests/corpus").join(name).display().to_string()
}

/// A file of the shared material; says that the test is skipped where it is absent.
pub fn shared(name: &str) -> Option<String> {
    let folder = std::env::var_os("SZILARD_SHARED").map_or_else(|| root().join("../shared"), PathBuf::from);
    let path = folder.join(name);
    if !path.exists() {
        println!("SKIPPED: {} is absent; set SZILARD_SHARED", path.display());
        return None;
    }
    Some(path.display().to_string())
}

/// A file with this content.
pub fn written(name: &str, content: &[u8]) -> String {
    let path = std::env::temp_dir().join(format!("szilard-cli-{}-{name}", std::process::id()));
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, content).unwrap();
    path.display().to_string()
}

pub fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("no number: {value}"))
}

pub fn near(found: f64, expected: f64, relative: f64) {
    assert!((found - expected).abs() <= relative * expected.abs(), "{found}, expected {expected}");
}
