//! The output of the command on its way to where it goes, byte by byte as it is, and looked at in passing.

use super::tokens::{Counter, Counts};
use std::fs::File;
use std::io::{self, ErrorKind, PipeReader, PipeWriter, Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// Bytes that are moved at once, which is what a pipe holds.
const CHUNK: usize = 1 << 16;

/// What is moved at most once the command has ended: the largest pipe that a user may have.
const LAST: usize = 1 << 20;

/// What was counted and not yet taken, with the time since boot of the last of it. [ns]
type Tally = Arc<Mutex<Option<(i64, Counts)>>>;

/// The two ends of a stream that is still open.
pub(crate) type Ends = (File, File);

/// The output and the error output of a command.
pub(crate) struct Relays {
    threads: Vec<JoinHandle<Option<Ends>>>,
    tally: Tally,
    /// Closed when the command has ended.
    ended: PipeWriter,
    heard: Arc<PipeReader>,
}

impl Relays {
    /// None yet.
    ///
    /// # Errors
    /// What the system says.
    pub(crate) fn new() -> io::Result<Self> {
        let (heard, ended) = io::pipe()?;
        Ok(Self { threads: Vec::new(), tally: Tally::default(), ended, heard: Arc::new(heard) })
    }

    /// Moves what comes out of a pipe into a file, and counts in it.
    pub(crate) fn add(&mut self, from: impl Into<OwnedFd>, to: OwnedFd, counter: Counter) {
        let (ends, tally, heard) = ((File::from(from.into()), File::from(to)), self.tally.clone(), self.heard.clone());
        self.threads.push(std::thread::spawn(move || move_all(ends, counter, &tally, &heard)));
    }

    /// What was counted since the last call, with the time since boot. [ns]
    pub(crate) fn take(&self) -> Option<(i64, Counts)> {
        self.tally.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Moves what the command has left in its pipes; the streams that other processes still have, and the last counts.
    pub(crate) fn finish(self) -> (Vec<Ends>, Option<(i64, Counts)>) {
        let Self { threads, tally, ended, .. } = self;
        drop(ended);
        let open = threads.into_iter().filter_map(|thread| thread.join().ok().flatten()).collect();
        (open, tally.lock().unwrap_or_else(PoisonError::into_inner).take())
    }
}

/// Moves bytes until the last process that has the stream is gone, or the command has ended and its bytes are through;
/// the stream, where it is still open.
fn move_all((mut from, mut to): Ends, mut counter: Counter, tally: &Tally, ended: &PipeReader) -> Option<Ends> {
    let count = |counts: Option<Counts>| {
        if let Some(counts) = counts {
            let mut tally = tally.lock().unwrap_or_else(PoisonError::into_inner);
            let before = tally.map(|(_, counts)| counts).unwrap_or_default();
            *tally = Some((szilard_system::now().boot_ns, before.and(counts)));
        }
    };
    let (mut chunk, mut left) = (vec![0; CHUNK], LAST);
    let open = loop {
        match szilard_system::wait_for(&[from.as_fd(), ended.as_fd()], -1).as_deref() {
            Ok([false, true]) => break true,
            Ok([true, true]) if left == 0 => break true,
            Ok([false, _]) => continue,
            _ => {}
        }
        let read = match from.read(&mut chunk) {
            Ok(0) => break false,
            Ok(read) => chunk.get(..read).unwrap_or_default(),
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(_) => break false,
        };
        if szilard_system::wait_for(&[ended.as_fd()], 0).is_ok_and(|ready| ready == [true]) {
            left = left.saturating_sub(read.len());
        }
        // where nobody reads any more, the command learns it as it would without us: its pipe is closed
        if write_all(&mut to, read).is_err() {
            break false;
        }
        count(counter.take(read));
    };
    count(counter.rest());
    open.then_some((from, to))
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
