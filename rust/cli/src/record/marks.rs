//! Marks of phases, as lines of a FIFO: `start prefill`, `end prefill`, or any text.

use serde_json::{Value, json};
use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Read};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// Longest text of a mark. [byte]
const LONGEST: usize = 1024;

/// A FIFO into which marks are written.
pub(crate) struct Marks {
    fifo: File,
    line: Vec<u8>,
    /// Path of the FIFO, where it is ours.
    made: Option<PathBuf>,
}

impl Marks {
    /// The FIFO at a path, made where there is none.
    ///
    /// # Errors
    /// What the system says; `AlreadyExists` for a file that is no FIFO.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let made = match szilard_system::make_fifo(path) {
            Ok(()) => true,
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                if !std::fs::metadata(path)?.file_type().is_fifo() {
                    return Err(error);
                }
                false
            }
            Err(error) => return Err(error),
        };
        // with a writer of our own there is no end of file between two others
        let fifo = OpenOptions::new().read(true).write(true).custom_flags(szilard_system::NON_BLOCKING).open(path)?;
        Ok(Self { fifo, line: Vec::new(), made: made.then(|| path.to_owned()) })
    }

    /// What to wait for.
    pub(crate) fn as_fd(&self) -> BorrowedFd<'_> {
        self.fifo.as_fd()
    }

    /// The marks that have come.
    pub(crate) fn take(&mut self) -> Vec<Value> {
        let (mut buffer, mut marks) = ([0; 1024], Vec::new());
        while let Ok(count @ 1..) = self.fifo.read(&mut buffer) {
            for byte in buffer.iter().take(count) {
                match byte {
                    b'\n' => marks.push(mark(&String::from_utf8_lossy(&std::mem::take(&mut self.line)))),
                    _ if self.line.len() < LONGEST => self.line.push(*byte),
                    _ => {}
                }
            }
        }
        marks
    }
}

impl Drop for Marks {
    fn drop(&mut self) {
        if let Some(path) = &self.made {
            let _ = std::fs::remove_file(path);
        }
    }
}

fn mark(text: &str) -> Value {
    let text = text.trim();
    match text.split_once(' ') {
        Some((event @ ("start" | "end"), phase)) => json!({ "event": event, "phase": phase.trim() }),
        _ => json!({ "event": "note", "text": text }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn lines_are_marks_whoever_writes_them() {
        let path = std::env::temp_dir().join(format!("szilard-marks-{}", std::process::id()));
        let mut marks = Marks::open(&path).unwrap();
        for text in ["start prefill\n", "end prefill\nwarm", " enough\n"] {
            OpenOptions::new().write(true).open(&path).unwrap().write_all(text.as_bytes()).unwrap();
        }
        let expected = [
            json!({ "event": "start", "phase": "prefill" }),
            json!({ "event": "end", "phase": "prefill" }),
            json!({ "event": "note", "text": "warm enough" }),
        ];
        assert_eq!(marks.take(), expected);
        assert!(marks.take().is_empty());
        drop(marks);
        assert!(!path.exists());
        std::fs::write(&path, "a file").unwrap();
        assert!(Marks::open(&path).is_err());
        std::fs::remove_file(&path).unwrap();
    }
}
