//! A folder that stands for `/`, with the files of sensors in it, and `szilard record` over it.
#![allow(dead_code, clippy::unwrap_used, clippy::panic)]

use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use szilard::energy::{EnergyQuery, EnergyResult, energy};
use szilard::traces::{ReadOptions, Trace, read_path};

static COUNT: AtomicU32 = AtomicU32::new(0);

/// A folder of its own, gone with the value.
pub struct Tree {
    pub root: PathBuf,
}

impl Tree {
    pub fn new() -> Self {
        let name = format!("szilard-tree-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::SeqCst));
        let root = std::env::temp_dir().join(name);
        let _ = std::fs::remove_dir_all(&root);
        std::fs::create_dir_all(&root).unwrap();
        Self { root }
    }

    pub fn path(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }

    /// Writes a file, and the folders above it, so that a reader sees the old or the new text and nothing between.
    pub fn put(&self, path: &str, text: &str) -> &Self {
        let path = self.path(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        let new = path.with_extension("new");
        std::fs::write(&new, text).unwrap();
        std::fs::rename(&new, &path).unwrap();
        self
    }

    /// Writes a program.
    pub fn program(&self, path: &str, text: &str) -> &Self {
        use std::os::unix::fs::PermissionsExt;
        self.put(path, text);
        std::fs::set_permissions(self.path(path), std::fs::Permissions::from_mode(0o755)).unwrap();
        self
    }

    pub fn link(&self, path: &str, to: &str) -> &Self {
        let path = self.path(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        symlink(to, path).unwrap();
        self
    }

    /// A zone of a processor's energy counter.
    pub fn zone(&self, id: &str, name: &str, energy_uj: u64) -> &Self {
        let folder = format!("sys/class/powercap/{id}");
        self.put(&format!("{folder}/name"), &format!("{name}\n"));
        self.put(&format!("{folder}/max_energy_range_uj"), "262143328850\n");
        self.put(&format!("{folder}/energy_uj"), &format!("{energy_uj}\n"))
    }

    /// One processor with a counter.
    pub fn rapl() -> Self {
        let tree = Self::new();
        tree.zone("intel-rapl:0", "package-0", 1_000_000);
        tree
    }

    /// One rail of 7.2 W.
    pub fn steady() -> Self {
        let tree = Self::new();
        tree.put("sys/class/hwmon/hwmon2/name", "ina226").put("sys/class/hwmon/hwmon2/power1_input", "7200000");
        tree
    }

    pub fn out(&self) -> PathBuf {
        self.path("run.csv")
    }

    /// `szilard record` over this folder.
    pub fn record(&self, options: &[&str], command: &[&str]) -> Command {
        // a shell that starts the tests in the background has these ignored, and so would everything below it
        let mut recorder = Command::new("env");
        recorder.args(["--default-signal=INT,QUIT,HUP", env!("CARGO_BIN_EXE_szilard")]);
        let (root, out) = (self.root.display().to_string(), self.out().display().to_string());
        recorder.args(["record", "--root", &root, "--out", &out]).args(options).arg("--").args(command);
        recorder.current_dir(&self.root).stdin(Stdio::null());
        recorder
    }

    pub fn recorded(&self, options: &[&str], command: &[&str]) -> Output {
        self.record(options, command).output().unwrap()
    }

    pub fn spawned(&self, options: &[&str], command: &[&str]) -> Child {
        self.record(options, command).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    /// A shell command that gives a file a new text, all at once.
    pub fn set(&self, path: &str, text: &str) -> String {
        let path = self.path(path).display().to_string();
        format!("echo {text} > {path}.new; mv {path}.new {path}")
    }

    pub fn text(&self) -> String {
        std::fs::read_to_string(self.out()).unwrap()
    }

    pub fn rows(&self) -> Vec<String> {
        let is_row = |line: &&str| line.starts_with(|c: char| c.is_ascii_digit());
        self.text().lines().filter(is_row).map(str::to_owned).collect()
    }

    /// The objects of the lines of that word.
    pub fn said(&self, word: &str) -> Vec<serde_json::Value> {
        let prefix = format!("# {word}: ");
        self.text()
            .lines()
            .filter_map(|line| Some(serde_json::from_str(line.strip_prefix(&prefix)?).unwrap()))
            .collect()
    }

    pub fn trace(&self) -> Trace {
        read_path(&self.out(), &ReadOptions::default()).unwrap()
    }

    pub fn energy(&self) -> EnergyResult {
        energy(&self.trace(), &EnergyQuery::default()).unwrap()
    }

    pub fn joules(&self) -> f64 {
        self.energy().energy.unwrap().value()
    }
}

impl Drop for Tree {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.root);
    }
}

pub fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Waits until a file holds something.
pub fn until(what: impl Fn() -> bool) {
    for _ in 0..1000 {
        if what() {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    panic!("not within 10 s");
}

/// Whether a file is there and not empty.
pub fn written(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|data| data.len() > 0)
}
