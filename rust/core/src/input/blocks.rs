//! A text cut into blocks of whole lines, in memory or in a file that may be larger than memory.

use super::bytes::{Text, UTF8_MARK};
use super::lines::{LINE_LIMIT, Lines};
use std::fs::File;
use std::io::{self, ErrorKind};

/// Usual size of a block: it stays in the cache of its core. [byte]
pub const BLOCK_BYTES: usize = 1 << 20;

/// How much is read at once in search of the end of a line, or of NUL bytes. [byte]
const STEP: usize = 1 << 16;

/// The blocks of a text: block number i holds the lines that start in its `size` bytes, whole.
#[derive(Debug)]
pub struct Blocks<'t> {
    bytes: Bytes<'t>,
    path: &'t str,
    start: u64,
    end: u64,
    nul_tail: usize,
    size: u64,
}

#[derive(Debug)]
enum Bytes<'t> {
    Memory(&'t [u8]),
    File(&'t File),
}

impl<'t> Blocks<'t> {
    /// The blocks of a text in memory, `size` bytes each.
    pub fn of_text(text: &'t Text, size: usize) -> Self {
        let (bytes, end) = (text.bytes(), text.bytes().len() as u64);
        let size = size.max(1) as u64;
        Self { bytes: Bytes::Memory(bytes), path: text.path(), start: 0, end, nul_tail: text.nul_tail(), size }
    }

    /// The blocks of a file that is plain text, `size` bytes each; a byte order mark and a tail of NUL bytes are left
    /// out, as [`Text::open`] does.
    ///
    /// # Errors
    /// What the system says.
    pub fn of_file(file: &'t File, path: &'t str, size: usize) -> io::Result<Self> {
        let length = file.metadata()?.len();
        let mut mark = Vec::new();
        append(file, 0, length.min(UTF8_MARK.len() as u64), &mut mark)?;
        let start = if mark == UTF8_MARK { UTF8_MARK.len() as u64 } else { 0 };
        let (mut end, mut tail) = (length, Vec::new());
        while end > start {
            let from = end.saturating_sub(STEP as u64).max(start);
            tail.clear();
            append(file, from, end, &mut tail)?;
            let kept = tail.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
            end = from + kept as u64;
            if kept > 0 {
                break;
            }
        }
        let nul_tail = usize::try_from(length - end).unwrap_or(usize::MAX);
        Ok(Self { bytes: Bytes::File(file), path, start, end, nul_tail, size: size.max(1) as u64 })
    }

    /// How many blocks there are.
    pub fn count(&self) -> usize {
        usize::try_from((self.end - self.start).div_ceil(self.size)).unwrap_or(usize::MAX)
    }

    /// How many bytes there are. [byte]
    pub fn length(&self) -> u64 {
        self.end - self.start
    }

    /// How many bytes the blocks before this one have. [byte]
    pub fn before(&self, block: usize) -> u64 {
        (block as u64 * self.size).min(self.length())
    }

    /// The lines of a block, of which so many lines stand before the first in the text.
    pub fn lines<'b>(&'b self, block: usize, bytes: &'b [u8], before: u32) -> Lines<'b> {
        let last = block + 1 >= self.count();
        Lines::new(bytes, self.path, if last { self.nul_tail } else { 0 }).after(before)
    }

    /// The bytes of a block, which are none where no line starts in it.
    ///
    /// A line that is longer than the limit is cut behind it.
    ///
    /// # Errors
    /// What the system says.
    pub fn get<'b>(&'b self, block: usize, buffer: &'b mut Vec<u8>) -> io::Result<&'b [u8]> {
        let from = self.start + self.before(block);
        let to = (from + self.size).min(self.end);
        // the byte before tells whether a line starts with the first one
        let look = from.saturating_sub(u64::from(block > 0));
        let most = (to + LINE_LIMIT as u64 + 3).min(self.end);
        let (bytes, whole): (&'b [u8], usize) = match self.bytes {
            Bytes::Memory(bytes) => {
                let index = |at: u64| usize::try_from(at).unwrap_or(usize::MAX);
                (bytes.get(index(look)..index(most)).unwrap_or_default(), index(to - look))
            }
            Bytes::File(file) => {
                let whole = usize::try_from(to - look).unwrap_or(usize::MAX);
                // what is there of an earlier block is written over
                buffer.resize(whole.max(buffer.len().min(2 * whole)), 0);
                fill(file, look, buffer.get_mut(..whole).unwrap_or_default())?;
                let mut length = whole;
                let mut ended = buffer.get(..whole).is_some_and(|block| block.ends_with(b"\n"));
                while !ended && look + (length as u64) < most {
                    let (at, known) = (look + length as u64, length);
                    length += usize::try_from((most - at).min(STEP as u64)).unwrap_or(STEP);
                    buffer.resize(length.max(buffer.len()), 0);
                    let new = buffer.get_mut(known..length).unwrap_or_default();
                    fill(file, at, new)?;
                    ended = new.contains(&b'\n');
                }
                (buffer.get(..length).unwrap_or_default(), whole)
            }
        };
        let first = match block {
            0 => 0,
            _ => match bytes.get(..whole).and_then(|own| own.iter().position(|byte| *byte == b'\n')) {
                Some(at) => at + 1,
                None => return Ok(&[]),
            },
        };
        if first >= whole {
            return Ok(&[]);
        }
        let behind = bytes.get(whole - 1..).unwrap_or_default();
        let end = behind.iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |at| whole + at);
        Ok(bytes.get(first..end).unwrap_or_default())
    }
}

/// Appends the bytes of a file from one place to another.
fn append(file: &File, from: u64, to: u64, buffer: &mut Vec<u8>) -> io::Result<()> {
    let start = buffer.len();
    buffer.resize(start + usize::try_from(to.saturating_sub(from)).unwrap_or(usize::MAX), 0);
    fill(file, from, buffer.get_mut(start..).unwrap_or_default())
}

/// Fills a piece of memory from a place of a file on.
fn fill(file: &File, mut at: u64, mut rest: &mut [u8]) -> io::Result<()> {
    while !rest.is_empty() {
        match read_at(file, rest, at) {
            Ok(0) => return Err(io::Error::new(ErrorKind::UnexpectedEof, "the file became shorter while it was read")),
            Ok(read) => {
                at += read as u64;
                rest = std::mem::take(&mut rest).get_mut(read..).unwrap_or_default();
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

#[cfg(unix)]
fn read_at(file: &File, bytes: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, bytes, at)
}

#[cfg(windows)]
fn read_at(file: &File, bytes: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, bytes, at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::hash::{BuildHasher, RandomState};

    fn joined(blocks: &Blocks<'_>) -> Vec<u8> {
        let mut buffer = Vec::new();
        (0..blocks.count()).flat_map(|block| blocks.get(block, &mut buffer).unwrap().to_vec()).collect()
    }

    #[test]
    fn blocks_of_any_size_are_the_text_and_end_with_their_lines() {
        let unique = RandomState::new().hash_one(0);
        let path = std::env::temp_dir().join(format!("szilard-blocks-{unique:x}"));
        for plain in [&b"a\nbcd\n\n\nefghij\r\nk"[..], b"\n", b"no line end", b"\n\n\n", b"one line\n"] {
            let text = Text::open(plain.to_vec(), "f", false).unwrap();
            std::fs::write(&path, [UTF8_MARK, plain, &[0; 5]].concat()).unwrap();
            let file = File::open(&path).unwrap();
            for size in 1..20 {
                let (memory, stored) = (Blocks::of_text(&text, size), Blocks::of_file(&file, "f", size).unwrap());
                assert_eq!(joined(&memory), plain, "{size}");
                assert_eq!(joined(&stored), plain, "{size}");
                assert_eq!((stored.nul_tail, memory.count()), (5, stored.count()));
                let mut buffer = Vec::new();
                for block in 0..stored.count() - 1 {
                    let bytes = stored.get(block, &mut buffer).unwrap();
                    assert!(bytes.is_empty() || bytes.ends_with(b"\n") || plain.ends_with(bytes));
                }
            }
        }
        std::fs::remove_file(path).unwrap();
    }
}
