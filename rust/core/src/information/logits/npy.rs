//! NumPy's `.npy`: one array, versions 1 to 3, in either byte and axis order. Objects are never loaded.

use super::array::Layout;
use super::npy_header;
use super::read::LogitFormat;
use super::source::{Extent, Opened, Source};
use crate::information::InformationError;
use crate::input::{Code, Place, Refusal};

const MAGIC: &[u8] = b"\x93NUMPY";
/// The longest header that is read. [byte]
const HEADER_BYTES: usize = 64 << 10;
/// Magic, version and the length of the header, at most. [byte]
pub(super) const LONGEST_START: usize = 12;

/// The registry entry.
pub(super) const FORMAT: LogitFormat = LogitFormat {
    name: "npy",
    description: "NumPy array of logits: float16, float32 or float64; [V], [tokens, V] or [batch, tokens, V]",
    extension: "npy",
    detect: |bytes| bytes.starts_with(MAGIC),
    open,
};

fn open(source: &mut Source<'_>) -> Result<Opened, InformationError> {
    let (length, path) = (source.length, source.path.clone());
    let start = source.at(0, LONGEST_START)?;
    let (layout, skip) = header(&start, length, &path, |length| source.at(0, length))?;
    let extent = Extent { offset: 0, packed: length, deflated: false, check: None, name: "the data".to_owned() };
    Ok(Opened { layout, name: None, extent, skip })
}

/// The layout of a `.npy` file of `length` bytes that starts like this, and how long its header is; `more` gives a
/// longer start.
pub(super) fn header(
    start: &[u8],
    length: u64,
    path: &str,
    more: impl FnOnce(usize) -> Result<Vec<u8>, InformationError>,
) -> Result<(Layout, usize), InformationError> {
    let refusal = |code, found: String, expected: &str| Refusal::new(code, path, Place::File, found, expected);
    if start.starts_with(&[0x80]) {
        return Err(refusal(Code::Pickle, "a pickle".to_owned(), "a .npy array; pickles are never loaded").into());
    }
    if !start.starts_with(MAGIC) && !MAGIC.starts_with(start) {
        return Err(refusal(Code::Magic, format!("{:02x?}", start.get(..6).unwrap_or(start)), "\\x93NUMPY").into());
    }
    let truncated = || refusal(Code::Truncated, format!("{length} bytes"), "a whole header");
    let version = start.get(MAGIC.len()..MAGIC.len() + 2).ok_or_else(truncated)?;
    let before = match version {
        [1, 0] => 10,
        [2 | 3, 0] => LONGEST_START,
        _ => return Err(refusal(Code::Magic, format!("version {version:?}"), "version 1.0, 2.0 or 3.0").into()),
    };
    let stated = start.get(8..before).ok_or_else(truncated)?;
    let stated = stated.iter().rev().fold(0, |length, byte| length << 8 | usize::from(*byte));
    if stated > HEADER_BYTES || (before + stated) as u64 > length {
        let found = format!("a header of {stated} bytes in a file of {length}");
        let expected = format!("at most {HEADER_BYTES} bytes that are in the file");
        return Err(refusal(Code::HeaderLen, found, &expected).into());
    }
    let start = more(before + stated)?;
    let text = start.get(before..before + stated).ok_or_else(truncated)?;
    let text = std::str::from_utf8(text)
        .map_err(|_| refusal(Code::ErrorEncoding, "a header that is not text".to_owned(), "UTF-8"))?;
    let layout = npy_header::layout(text, path)?;
    let (size, there) = (layout.data_bytes(path)? as u64, length - (before + stated) as u64);
    let found = format!("{there} bytes of data");
    let expected = format!("{size} bytes for shape {:?}", layout.shape);
    match there {
        _ if there < size => Err(refusal(Code::Truncated, found, &expected).into()),
        _ if there > size => Err(refusal(Code::Trailing, found, &expected).into()),
        _ => Ok((layout, before + stated)),
    }
}

#[cfg(test)]
#[path = "npy_tests.rs"]
mod tests;
