//! The command on a machine that has nothing else: no Python, no shell, no environment, no /proc.
//!
//! `SZILARD_BINARY=target/x86_64-unknown-linux-musl/release/szilard cargo test -p szilard-cli --test standalone` looks at
//! another binary than that of the tests.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

#[path = "support/tree.rs"]
mod tree;

use std::path::PathBuf;
use std::process::{Command, Output};
use tree::{Tree, stderr};

/// A folder with the binary and the libraries that its loader asks for.
fn machine() -> Tree {
    let given = std::env::var_os("SZILARD_BINARY").map(|path| std::fs::canonicalize(path).unwrap());
    let binary = given.unwrap_or_else(|| PathBuf::from(env!("CARGO_BIN_EXE_szilard")));
    let tree = Tree::steady();
    std::fs::copy(&binary, tree.path("szilard")).unwrap();
    // a static binary has none
    let listed = Command::new("ldd").arg(&binary).output().unwrap();
    let text = String::from_utf8_lossy(&listed.stdout).into_owned();
    for library in text.split_whitespace().filter(|word| word.starts_with('/')) {
        let place = tree.path(&library[1..]);
        std::fs::create_dir_all(place.parent().unwrap()).unwrap();
        std::fs::copy(library, place).unwrap();
    }
    tree
}

/// The binary in that folder as `/`, with no environment; none where neither root nor a name space of users can be had.
fn alone(tree: &Tree, words: &[&str]) -> Option<Output> {
    let direct: &[&str] = &["chroot"];
    let unshared: &[&str] = &["unshare", "--user", "--map-root-user", "chroot"];
    for way in [direct, unshared] {
        let mut command = Command::new(way[0]);
        command.args(&way[1..]).arg(&tree.root).arg("/szilard").args(words).env_clear();
        // the programs that lead there are found without an environment, too
        command.env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
        // 125 is what chroot and unshare exit with where they may not
        match command.output() {
            Ok(output) if output.status.code() != Some(125) && output.status.code() != Some(1) => return Some(output),
            _ => {}
        }
    }
    println!("SKIPPED: neither root nor a name space of users can be had");
    None
}

#[test]
fn the_command_needs_nothing_of_a_machine_but_its_sensors() {
    let tree = machine();
    let Some(output) = alone(&tree, &["calc", "7.2 W * 4.1 s / 50 token"]) else { return };
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(String::from_utf8_lossy(&output.stdout).contains("0.5904 J/token"), "{output:?}");
    // the only program of this machine records itself
    let words = ["record", "--interval", "0.001", "--out", "/run.csv", "--", "/szilard", "reproduce", "C001"];
    let output = alone(&tree, &words).unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(!output.stdout.is_empty() && tree.rows().len() >= 2, "{}", stderr(&output));
    assert!(tree.rows().iter().all(|row| row.ends_with(",7200000")));
    let output = alone(&tree, &["doctor", "--time", "0.01"]).unwrap();
    assert!(String::from_utf8_lossy(&output.stdout).contains("1 channels"), "{output:?}");
}
