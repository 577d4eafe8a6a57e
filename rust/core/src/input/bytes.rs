//! Bytes of a text file, decompressed only on request and inside limits, with what is no text refused.

use super::diagnostic::{Code, Place, Refusal};
use super::expand::{OPENED, expand};
use super::lines::Lines;

/// Largest decompressed size. [byte]
pub const EXPANDED_LIMIT: u64 = 1 << 30;

/// Largest ratio of decompressed to compressed size.
pub const EXPANSION_RATIO_LIMIT: u64 = 200;

pub(super) const UTF8_MARK: &[u8] = b"\xef\xbb\xbf";

const COMPRESSIONS: [(&[u8], &str); 5] = [
    (b"\x1f\x8b", "gzip"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"\xfd7zXZ\0", "xz"),
    (b"PK\x03\x04", "zip"),
    (b"BZh", "bzip2"),
];

/// The bytes of one text file, ready to be taken line by line.
#[derive(Debug, Clone)]
pub struct Text {
    bytes: Vec<u8>,
    path: String,
    nul_tail: usize,
}

impl Text {
    /// The text held by `bytes`; `path` names it in messages, `decompress` allows one layer of gzip or
    /// zstd.
    ///
    /// A byte order mark and a tail of NUL bytes are left out. What stands inside the lines is checked as they are
    /// taken, so that the first fault in the order of the file is the one reported.
    ///
    /// # Errors
    /// `E_EMPTY`; `E_COMPRESSED` for compressed bytes (and for a second layer); `E_LIMIT_EXPANSION`, `E_TRUNCATED`
    /// and `E_CORRUPT` while decompressing; `E_ENCODING` for UTF-16; `E_BINARY` when there is nothing but NUL.
    pub fn open(bytes: Vec<u8>, path: &str, decompress: bool) -> Result<Self, Refusal> {
        let refuse = |code, found: &str, expected: &str| Refusal::new(code, path, Place::File, found, expected);
        let mut bytes = match compression(&bytes) {
            Some(kind) if decompress && OPENED.contains(&kind) => expand(kind, &bytes, path)?,
            Some(name) if decompress => return Err(refuse(Code::Compressed, name, "gzip, zstd or plain text")),
            _ => bytes,
        };
        if let Some(name) = compression(&bytes) {
            return Err(refuse(Code::Compressed, name, "plain text (decompress=True opens one layer of gzip or zstd)"));
        }
        if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") || alternating_nul(&bytes) {
            return Err(refuse(Code::ErrorEncoding, "UTF-16", "UTF-8 text"));
        }
        if bytes.starts_with(UTF8_MARK) {
            bytes.drain(..UTF8_MARK.len());
        }
        if bytes.is_empty() {
            return Err(refuse(Code::Empty, "no bytes", "a log"));
        }
        let end = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
        if end == 0 {
            return Err(Refusal::new(Code::Binary, path, Place::Line(1), "nothing but NUL bytes", "a log"));
        }
        let nul_tail = bytes.len() - end;
        bytes.truncate(end);
        Ok(Self { bytes, path: path.to_owned(), nul_tail })
    }

    /// The name of the file in messages.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The bytes, for formats that are not made of lines.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// How many NUL bytes were left out at the end.
    pub fn nul_tail(&self) -> usize {
        self.nul_tail
    }

    /// The lines from the first.
    pub fn lines(&self) -> Lines<'_> {
        Lines::new(&self.bytes, &self.path, self.nul_tail)
    }
}

fn compression(bytes: &[u8]) -> Option<&'static str> {
    COMPRESSIONS.iter().find(|(magic, _)| bytes.starts_with(magic)).map(|(_, name)| *name)
}

/// Whether the first two characters look like UTF-16 without a mark.
fn alternating_nul(bytes: &[u8]) -> bool {
    matches!(bytes, [0, a, 0, b, ..] | [a, 0, b, 0, ..] if *a != 0 && *b != 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compression, write::GzEncoder};
    use std::io::Write;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn code(bytes: &[u8], decompress: bool) -> Code {
        Text::open(bytes.to_vec(), "f", decompress).unwrap_err().code
    }

    #[test]
    fn compressed_bytes_open_only_on_request_and_one_layer_deep() {
        let packed = gzip(b"a,b\n1,2\n");
        assert_eq!(code(&packed, false), Code::Compressed);
        assert_eq!(Text::open(packed.clone(), "f", true).unwrap().bytes, b"a,b\n1,2\n");
        assert_eq!(code(&gzip(&packed), true), Code::Compressed);
        assert_eq!(code(b"BZh91AY", true), Code::Compressed);
        assert_eq!(code(&packed[..packed.len() - 4], true), Code::Truncated);
        let mut damaged = packed;
        let last = damaged.len() - 6;
        damaged[last] ^= 0xff;
        assert_eq!(code(&damaged, true), Code::Corrupt);
    }

    #[test]
    fn expansion_stops_at_the_ratio() {
        // 8 MiB of one byte pack to about 8 KiB: a ratio near 1000.
        assert_eq!(code(&gzip(&vec![b'0'; 8 << 20]), true), Code::LimitExpansion);
    }

    #[test]
    fn what_is_no_utf8_text_is_refused() {
        assert_eq!(code(b"", false), Code::Empty);
        assert_eq!(code(b"\xef\xbb\xbf", false), Code::Empty);
        assert_eq!(code(b"\xff\xfea\0", false), Code::ErrorEncoding);
        assert_eq!(code(b"t\0i\0m\0e\0", false), Code::ErrorEncoding);
        assert_eq!(code(&[0; 9], false), Code::Binary);
    }
}
