//! The output of the command on its way to where it goes, byte by byte as it is, and looked at in passing.

use super::tokens::{Counter, Counts};
use std::fs::File;
use std::io::{self, ErrorKind, Read, Write};
use std::os::fd::OwnedFd;
use std::sync::mpsc::Sender;
use std::thread::JoinHandle;
use std::time::Duration;

/// Bytes that are moved at once.
const CHUNK: usize = 1 << 16;

/// A stream on its way.
pub(crate) struct Relay {
    thread: JoinHandle<()>,
}

impl Relay {
    /// Moves what comes out of a pipe into a file, and sends what was counted in it, with the time since boot [ns].
    pub(crate) fn start(from: impl Into<OwnedFd>, to: OwnedFd, counter: Counter, found: Sender<(i64, Counts)>) -> Self {
        let (from, to) = (File::from(from.into()), File::from(to));
        Self { thread: std::thread::spawn(move || move_all(from, to, counter, &found)) }
    }

    /// Waits for the end of the stream, which comes when the last process that has it is gone.
    pub(crate) fn wait(self) {
        let _ = self.thread.join();
    }
}

fn move_all(mut from: File, mut to: File, mut counter: Counter, found: &Sender<(i64, Counts)>) {
    let mut chunk = vec![0; CHUNK];
    loop {
        let count = match from.read(&mut chunk) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(_) => break,
        };
        let bytes = chunk.get(..count).unwrap_or_default();
        // where nobody reads any more, the command learns it as it would without us: its pipe is closed
        if write_all(&mut to, bytes).is_err() {
            break;
        }
        if let Some(counts) = counter.take(bytes) {
            let _ = found.send((szilard_system::now().boot_ns, counts));
        }
    }
    if let Some(counts) = counter.rest() {
        let _ = found.send((szilard_system::now().boot_ns, counts));
    }
}

/// Writes all, also to what says that it cannot take more just now.
fn write_all(to: &mut File, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match to.write(bytes) {
            Ok(0) => return Err(ErrorKind::WriteZero.into()),
            Ok(count) => bytes = bytes.get(count..).unwrap_or_default(),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) if error.kind() == ErrorKind::WouldBlock => std::thread::sleep(Duration::from_millis(1)),
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
