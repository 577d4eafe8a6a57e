//! NumPy's `.npy`: one array, versions 1 to 3, in either byte and axis order. Objects are never loaded.

use super::array::{Layout, LogitArray, Logits};
use super::npy_header;
use super::read::LogitFormat;
use crate::input::{Code, Place, Refusal};

const MAGIC: &[u8] = b"\x93NUMPY";
/// The longest header that is read. [byte]
const HEADER_BYTES: usize = 64 << 10;

/// The registry entry.
pub(super) const FORMAT: LogitFormat = LogitFormat {
    name: "npy",
    description: "NumPy array of logits: float16, float32 or float64; [V], [tokens, V] or [batch, tokens, V]",
    extension: "npy",
    detect: |bytes| bytes.starts_with(MAGIC),
    read,
};

fn read(bytes: &[u8], path: &str) -> Result<Logits, Refusal> {
    let (array, layout) = array(bytes, path)?;
    Ok(Logits { array, shape: layout.shape, path: path.to_owned(), name: None })
}

/// The rows of a whole `.npy` file, and how they lay in it.
pub(super) fn array(bytes: &[u8], path: &str) -> Result<(LogitArray, Layout), Refusal> {
    let refusal = |code, found: String, expected: &str| Refusal::new(code, path, Place::File, found, expected);
    if bytes.starts_with(&[0x80]) {
        return Err(refusal(Code::Pickle, "a pickle".to_owned(), "a .npy array; pickles are never loaded"));
    }
    if !bytes.starts_with(MAGIC) && !MAGIC.starts_with(bytes) {
        return Err(refusal(Code::Magic, format!("{:02x?}", bytes.get(..6).unwrap_or(bytes)), "\\x93NUMPY"));
    }
    let truncated = || refusal(Code::Truncated, format!("{} bytes", bytes.len()), "a whole header");
    let version = bytes.get(MAGIC.len()..MAGIC.len() + 2).ok_or_else(truncated)?;
    let start = match version {
        [1, 0] => 10,
        [2 | 3, 0] => 12,
        _ => return Err(refusal(Code::Magic, format!("version {version:?}"), "version 1.0, 2.0 or 3.0")),
    };
    let length = bytes.get(8..start).ok_or_else(truncated)?;
    let length = length.iter().rev().fold(0, |length, byte| length << 8 | usize::from(*byte));
    let header = bytes.get(start..).and_then(|rest| rest.get(..length)).filter(|_| length <= HEADER_BYTES);
    let header = header.ok_or_else(|| {
        let expected = format!("at most {HEADER_BYTES} bytes that are in the file");
        refusal(Code::HeaderLen, format!("a header of {length} bytes in a file of {}", bytes.len()), &expected)
    })?;
    let header = std::str::from_utf8(header)
        .map_err(|_| refusal(Code::ErrorEncoding, "a header that is not text".to_owned(), "UTF-8"))?;
    let layout = npy_header::layout(header, path)?;
    let size = layout.data_bytes(path)?;
    let data = bytes.get(start + length..).unwrap_or_default();
    let found = format!("{} bytes of data", data.len());
    let expected = format!("{size} bytes for shape {:?}", layout.shape);
    match data.len() {
        there if there < size => Err(refusal(Code::Truncated, found, &expected)),
        there if there > size => Err(refusal(Code::Trailing, found, &expected)),
        _ => Ok((layout.rows(data, path)?, layout)),
    }
}

#[cfg(test)]
#[path = "npy_tests.rs"]
mod tests;
