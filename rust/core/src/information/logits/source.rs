//! Where the bytes of logits come from: a file or memory, read in parts, so that a file may be larger than memory.

use std::fs::File;
use std::io::{Cursor, ErrorKind, Read, Seek, SeekFrom};
use std::path::Path;

use flate2::Crc;
use flate2::bufread::DeflateDecoder;

use super::array::Layout;
use crate::information::InformationError;
use crate::input::{Code, Place, Refusal};

/// The most that is read of a pipe or device. [byte]
const STREAM_BYTES: u64 = 1 << 30;
/// What is read at once of what is decompressed. [byte]
const BUFFER_BYTES: usize = 64 << 10;

trait Seekable: Read + Seek + Send {}

impl<T: Read + Seek + Send> Seekable for T {}

/// Bytes that can be read from any place.
pub(super) struct Source<'a> {
    bytes: Box<dyn Seekable + 'a>,
    /// How many there are. [byte]
    pub(super) length: u64,
    /// The name in messages.
    pub(super) path: String,
}

impl<'a> Source<'a> {
    pub(super) fn of_bytes(bytes: &'a [u8], path: &str) -> Self {
        Self { length: bytes.len() as u64, bytes: Box::new(Cursor::new(bytes)), path: path.to_owned() }
    }

    /// A file; what has no end of its own, as a pipe, is held in memory.
    pub(super) fn of_file(path: &Path) -> Result<Self, InformationError> {
        let name = path.display().to_string();
        let io = |error: std::io::Error| InformationError::io(&name, &error);
        let file = File::open(path).map_err(io)?;
        let about = file.metadata().map_err(io)?;
        if about.is_file() {
            return Ok(Self { bytes: Box::new(file), length: about.len(), path: name });
        }
        let bytes = at_most(file, STREAM_BYTES, &name)?;
        Ok(Self { length: bytes.len() as u64, bytes: Box::new(Cursor::new(bytes)), path: name })
    }

    /// The bytes from a place on; fewer than `length` where the file ends.
    pub(super) fn at(&mut self, offset: u64, length: usize) -> Result<Vec<u8>, InformationError> {
        let path = &self.path;
        let io = |error: std::io::Error| InformationError::io(path, &error);
        let mut bytes = Vec::new();
        self.bytes.seek(SeekFrom::Start(offset)).map_err(io)?;
        self.bytes.by_ref().take(length as u64).read_to_end(&mut bytes).map_err(io)?;
        Ok(bytes)
    }

    /// The content of an extent, from its start.
    pub(super) fn stream(&mut self, extent: &Extent) -> Result<Stream<'_>, InformationError> {
        self.bytes.seek(SeekFrom::Start(extent.offset)).map_err(|error| InformationError::io(&self.path, &error))?;
        let packed = std::io::BufReader::with_capacity(BUFFER_BYTES, self.bytes.by_ref().take(extent.packed));
        Ok(Stream {
            bytes: if extent.deflated { Box::new(DeflateDecoder::new(packed)) } else { Box::new(packed) },
            check: extent.check.map(|check| (Crc::new(), check)),
            what: extent.name.clone(),
            path: self.path.clone(),
        })
    }
}

/// The whole of something that must not be longer than `limit`.
pub(super) fn at_most(bytes: impl Read, limit: u64, path: &str) -> Result<Vec<u8>, InformationError> {
    let mut read = Vec::new();
    let io = |error: std::io::Error| InformationError::io(path, &error);
    bytes.take(limit.saturating_add(1)).read_to_end(&mut read).map_err(io)?;
    if read.len() as u64 > limit {
        let found = format!("more than {limit} bytes");
        return Err(Refusal::new(Code::LimitSize, path, Place::File, found, format!("at most {limit} bytes")).into());
    }
    Ok(read)
}

/// A part of a file, as it is packed there.
#[derive(Debug, Clone)]
pub(super) struct Extent {
    pub(super) offset: u64,
    pub(super) packed: u64,
    pub(super) deflated: bool,
    /// CRC-32 of the content, where the file states one.
    pub(super) check: Option<u32>,
    /// What it is called in messages.
    pub(super) name: String,
}

/// One array of a file, before its data are read.
pub(super) struct Opened {
    pub(super) layout: Layout,
    /// The name of the array, where its file names it.
    pub(super) name: Option<String>,
    pub(super) extent: Extent,
    /// The bytes of the extent before the data. [byte]
    pub(super) skip: usize,
}

/// The content of an extent, in order.
pub(super) struct Stream<'s> {
    bytes: Box<dyn Read + 's>,
    check: Option<(Crc, u32)>,
    what: String,
    path: String,
}

impl Stream<'_> {
    fn refusal(&self, code: Code, expected: &str) -> InformationError {
        Refusal::new(code, &self.path, Place::File, &self.what, expected).into()
    }

    fn fault(&self, error: &std::io::Error) -> InformationError {
        match error.kind() {
            ErrorKind::UnexpectedEof => self.refusal(Code::Truncated, "as many bytes as the file says"),
            ErrorKind::InvalidInput | ErrorKind::InvalidData => {
                self.refusal(Code::Corrupt, "deflated data that match their CRC-32")
            }
            _ => InformationError::io(&self.path, error),
        }
    }

    /// Fills the buffer with the next bytes.
    ///
    /// # Errors
    ///
    /// `E_TRUNCATED`, `E_CORRUPT`, [`InformationError::Io`].
    pub(super) fn fill(&mut self, buffer: &mut [u8]) -> Result<(), InformationError> {
        self.bytes.read_exact(buffer).map_err(|error| self.fault(&error))?;
        if let Some((sum, _)) = &mut self.check {
            sum.update(buffer);
        }
        Ok(())
    }

    /// Whether the content is sound and as long as it should be: all of it is read, and nothing is kept.
    ///
    /// # Errors
    ///
    /// `E_TRUNCATED`, `E_TRAILING`, `E_CORRUPT`, [`InformationError::Io`].
    pub(super) fn verify(mut self, size: u64) -> Result<(), InformationError> {
        let mut left = size;
        let mut buffer = vec![0; BUFFER_BYTES];
        while left > 0 {
            let part = buffer.len().min(usize::try_from(left).unwrap_or(usize::MAX));
            self.fill(buffer.get_mut(..part).unwrap_or_default())?;
            left -= part as u64;
        }
        self.finish()
    }

    /// The end: nothing is left, and the content is what its CRC says.
    ///
    /// # Errors
    ///
    /// `E_TRAILING`, `E_CORRUPT`, [`InformationError::Io`].
    pub(super) fn finish(mut self) -> Result<(), InformationError> {
        if self.bytes.read(&mut [0]).map_err(|error| self.fault(&error))? > 0 {
            return Err(self.refusal(Code::Trailing, "as many bytes as the file says"));
        }
        match &self.check {
            Some((sum, stated)) if sum.sum() != *stated => {
                Err(self.refusal(Code::Corrupt, "data that match their CRC-32"))
            }
            _ => Ok(()),
        }
    }
}
