//! The file of a recording: one `write(2)` for each line, and never a line in part.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use szilard_system::NO_FOLLOW;

/// What is done where there is a file of the name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Existing {
    /// It is left alone, and nothing is recorded.
    Refused,
    /// Another recording is written behind it.
    Continued,
    /// It is emptied.
    Replaced,
}

/// Where lines go.
pub(crate) trait Sink: Send {
    /// Writes once; how many bytes it took.
    fn put(&mut self, bytes: &[u8]) -> io::Result<usize>;
    /// Cuts what is there to a length. [byte]
    fn cut(&mut self, length: u64) -> io::Result<()>;
    /// Waits until it is on the disk.
    fn sync(&self) -> io::Result<()>;
    /// Another hold on it, for waiting elsewhere.
    fn again(&self) -> io::Result<Box<dyn Sink>>;
}

impl Sink for File {
    fn put(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write(bytes)
    }
    fn cut(&mut self, length: u64) -> io::Result<()> {
        self.set_len(length)
    }
    fn sync(&self) -> io::Result<()> {
        self.sync_data()
    }
    fn again(&self) -> io::Result<Box<dyn Sink>> {
        Ok(Box::new(self.try_clone()?))
    }
}

/// The file of a recording.
pub(crate) struct Recording {
    sink: Box<dyn Sink>,
    /// Length of what is whole. [byte]
    length: u64,
    /// Rows that are whole.
    pub rows: u64,
    /// Whether it is waited for the disk after every row.
    pub waits: bool,
    /// Why nothing is written any more.
    pub failed: Option<String>,
}

impl Recording {
    /// The file at a path, made or opened for this process alone.
    ///
    /// # Errors
    /// What the system says; `AlreadyExists` where there is one and it is not to be touched; `WouldBlock` where another
    /// recorder writes to it.
    pub(crate) fn create(path: &Path, existing: Existing) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.append(true).mode(0o600).custom_flags(NO_FOLLOW);
        match existing {
            Existing::Refused => options.create_new(true),
            _ => options.create(true),
        };
        let file = options.open(path)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(ErrorKind::WouldBlock.into()),
            // a file system without locks, and files that have none
            Err(TryLockError::Error(_)) => {}
        }
        if existing == Existing::Replaced && file.metadata()?.is_file() {
            file.set_len(0)?;
        }
        let length = file.metadata()?.len();
        let mut recording = Self { sink: Box::new(file), length, rows: 0, waits: false, failed: None };
        if existing == Existing::Continued && length > 0 {
            recording.end_of_cut_line(path);
        }
        Ok(recording)
    }

    /// A recording into something else.
    #[cfg(test)]
    pub(crate) fn into(sink: Box<dyn Sink>) -> Self {
        Self { sink, length: 0, rows: 0, waits: false, failed: None }
    }

    /// Cuts off what an earlier recorder left of its last line.
    fn end_of_cut_line(&mut self, path: &Path) {
        let whole = std::fs::read(path).ok().and_then(|bytes| bytes.iter().rposition(|byte| *byte == b'\n'));
        let length = whole.map_or(0, |at| at as u64 + 1);
        if length < self.length && self.sink.cut(length).is_ok() {
            self.length = length;
        }
    }

    /// Writes lines with one call of the system; whether all of them are there.
    ///
    /// After a failure nothing more is written, and what was written of these lines is cut off again.
    pub(crate) fn put(&mut self, lines: &[u8]) -> bool {
        if self.failed.is_some() {
            return false;
        }
        let reason = loop {
            match self.sink.put(lines) {
                Ok(count) if count == lines.len() => {
                    self.length += count as u64;
                    return true;
                }
                Ok(_) => break io::Error::from(ErrorKind::StorageFull),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => break error,
            }
        };
        let _ = self.sink.cut(self.length);
        self.failed = Some(reason.to_string());
        false
    }

    /// Writes a row.
    pub(crate) fn row(&mut self, line: &[u8]) {
        if self.put(line) {
            self.rows += 1;
            if self.waits {
                let _ = self.sink.sync();
            }
        }
    }

    /// Another hold on the file, for waiting until it is on the disk.
    pub(crate) fn again(&self) -> Option<Box<dyn Sink>> {
        self.sink.again().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Arc, Mutex};

    /// A disk that takes part of the call of that number, or none of it, and fails from then on.
    struct Disk {
        bytes: Arc<Mutex<Vec<u8>>>,
        calls: usize,
        fails_at: usize,
    }

    impl Sink for Disk {
        fn put(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.calls += 1;
            let taken = match self.calls {
                calls if calls < self.fails_at => bytes.len(),
                calls if calls == self.fails_at && calls % 2 == 0 => bytes.len() / 2,
                _ => return Err(ErrorKind::StorageFull.into()),
            };
            self.bytes.lock().unwrap().extend(&bytes[..taken]);
            Ok(taken)
        }
        fn cut(&mut self, length: u64) -> io::Result<()> {
            self.bytes.lock().unwrap().truncate(length as usize);
            Ok(())
        }
        fn sync(&self) -> io::Result<()> {
            Ok(())
        }
        fn again(&self) -> io::Result<Box<dyn Sink>> {
            Err(ErrorKind::Unsupported.into())
        }
    }

    #[test]
    fn whichever_call_fails_the_lines_before_it_are_whole_and_nothing_follows() {
        for fails_at in 1..=200 {
            let bytes = Arc::<Mutex<Vec<u8>>>::default();
            let mut recording = Recording::into(Box::new(Disk { bytes: bytes.clone(), calls: 0, fails_at }));
            (0..210).for_each(|row| recording.row(format!("{row},7200000\n").as_bytes()));
            let expected: String = (0..fails_at - 1).map(|row| format!("{row},7200000\n")).collect();
            assert_eq!(*bytes.lock().unwrap(), expected.as_bytes(), "call {fails_at}");
            assert_eq!(recording.rows, fails_at as u64 - 1);
            assert!(recording.failed.is_some());
        }
    }

    #[test]
    fn a_file_has_one_recorder_and_is_not_overwritten() {
        let path = std::env::temp_dir().join(format!("szilard-recording-{}.csv", std::process::id()));
        let _ = std::fs::remove_file(&path);
        let mut first = Recording::create(&path, Existing::Refused).unwrap();
        assert!(first.put(b"1,2\n3,"));
        let kind = |existing| Recording::create(&path, existing).err().map(|error| error.kind());
        assert_eq!(kind(Existing::Refused), Some(ErrorKind::AlreadyExists));
        assert_eq!(kind(Existing::Continued), Some(ErrorKind::WouldBlock));
        assert_eq!(kind(Existing::Replaced), Some(ErrorKind::WouldBlock));
        drop(first);
        assert!(Recording::create(&path, Existing::Continued).unwrap().put(b"4,5\n"));
        assert_eq!(std::fs::read(&path).unwrap(), b"1,2\n4,5\n");
        assert_eq!(kind(Existing::Replaced), None);
        assert_eq!(std::fs::read(&path).unwrap(), b"");
        let link = path.with_extension("link");
        let _ = std::fs::remove_file(&link);
        std::os::unix::fs::symlink(&path, &link).unwrap();
        assert!(Recording::create(&link, Existing::Continued).is_err());
        std::fs::remove_file(&link).unwrap();
        std::fs::remove_file(&path).unwrap();
    }
}
