//! One layer of gzip or zstd, opened inside limits of size and ratio.

use super::bytes::{EXPANDED_LIMIT, EXPANSION_RATIO_LIMIT};
use super::diagnostic::{Code, Place, Refusal};
use super::proceed::append;
use flate2::read::MultiGzDecoder;
use ruzstd::decoding::StreamingDecoder;
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use std::io::{Error, ErrorKind};

/// Largest window of a zstd frame. [byte]
const WINDOW_LIMIT: u64 = 64 << 20;

/// Compressions that are opened on request.
pub(super) const OPENED: [&str; 2] = ["gzip", "zstd"];

/// Why a stream gives no bytes.
enum Fault {
    Cut,
    Window,
    Damaged(String),
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        if error.kind() == ErrorKind::UnexpectedEof { Self::Cut } else { Self::Damaged(error.to_string()) }
    }
}

/// The bytes that a stream of that compression holds, all of its members or frames.
///
/// # Errors
/// `E_LIMIT_EXPANSION`, `E_TRUNCATED`, `E_CORRUPT`.
pub(super) fn expand(kind: &str, bytes: &[u8], path: &str) -> Result<Vec<u8>, Refusal> {
    let refuse = |code, found: String, expected: &str| Refusal::new(code, path, Place::File, found, expected);
    let limit = EXPANDED_LIMIT.min((bytes.len() as u64).saturating_mul(EXPANSION_RATIO_LIMIT));
    let mut expanded = Vec::new();
    let outcome = match kind {
        "zstd" => frames(bytes, limit, &mut expanded),
        _ => append(&mut MultiGzDecoder::new(bytes), limit + 1, &mut expanded).map_err(Fault::from),
    };
    if expanded.len() as u64 > limit {
        let found = format!("more than {limit} bytes in a file of {}", bytes.len());
        return Err(refuse(Code::LimitExpansion, found, "at most 1 GiB and 200 times the compressed size"));
    }
    let whole = format!("a whole {kind} stream");
    match outcome {
        Ok(()) => Ok(expanded),
        Err(Fault::Cut) => Err(refuse(Code::Truncated, format!("the end after {} bytes", bytes.len()), &whole)),
        Err(Fault::Damaged(found)) => Err(refuse(Code::Corrupt, found, &whole)),
        Err(Fault::Window) => {
            Err(refuse(Code::LimitExpansion, "a frame with a larger window".to_owned(), "windows of at most 64 MiB"))
        }
    }
}

/// The frames of a zstd stream, those to be skipped left out, up to `limit` bytes and one more.
fn frames(bytes: &[u8], limit: u64, expanded: &mut Vec<u8>) -> Result<(), Fault> {
    let mut rest = bytes;
    while !rest.is_empty() && expanded.len() as u64 <= limit {
        let mut frame = match StreamingDecoder::new_with_max_window_size(rest, WINDOW_LIMIT) {
            Ok(frame) => frame,
            Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame { length, .. })) => {
                // magic number and length, four bytes each, stand before what is skipped
                let behind = usize::try_from(length).ok().and_then(|length| rest.get(length.checked_add(8)?..));
                rest = behind.ok_or(Fault::Cut)?;
                continue;
            }
            Err(FrameDecoderError::WindowSizeTooBig { .. }) => return Err(Fault::Window),
            Err(error) if rest.len() < 18 => return Err(cut_or(error.to_string(), rest.len() < 6)),
            Err(error) => return Err(Fault::Damaged(error.to_string())),
        };
        let left = limit + 1 - expanded.len() as u64;
        let outcome = append(&mut frame, left, expanded);
        if let Err(error) = outcome {
            return Err(cut_or(error.to_string(), frame.get_ref().is_empty()));
        }
        if expanded.len() as u64 > limit {
            return Ok(());
        }
        let decoder = &frame.decoder;
        if decoder.get_checksum_from_data().is_some_and(|sum| Some(sum) != decoder.get_calculated_checksum()) {
            return Err(Fault::Damaged("a frame whose checksum differs".to_owned()));
        }
        rest = frame.into_inner();
    }
    Ok(())
}

fn cut_or(error: String, cut: bool) -> Fault {
    if cut { Fault::Cut } else { Fault::Damaged(error) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ruzstd::encoding::{CompressionLevel, compress_to_vec};

    fn code(bytes: &[u8]) -> Code {
        expand("zstd", bytes, "f").unwrap_err().code
    }

    #[test]
    fn frames_follow_one_another_and_some_are_skipped() {
        let (one, two) = (compress_to_vec(&b"a,b\n"[..], CompressionLevel::Fastest), b"1,2\n");
        let two = compress_to_vec(&two[..], CompressionLevel::Fastest);
        let skipped = [&0x184d_2a50_u32.to_le_bytes()[..], &3_u32.to_le_bytes(), b"xyz"].concat();
        assert_eq!(expand("zstd", &[&one[..], &skipped, &two].concat(), "f"), Ok(b"a,b\n1,2\n".to_vec()));
        assert_eq!(code(&[&one[..], &skipped[..9]].concat()), Code::Truncated);
    }

    #[test]
    fn what_is_cut_or_damaged_is_said() {
        // digits that do not repeat, so that the frame has a body
        let text: String = (0..2000_u64).map(|i| format!("{},", i * i * 2_654_435_761 % 1_000_003)).collect();
        let packed = compress_to_vec(text.as_bytes(), CompressionLevel::Fastest);
        assert_eq!(expand("zstd", &packed, "f").map(|bytes| bytes.len()), Ok(text.len()));
        for end in [5, packed.len() / 2, packed.len() - 1] {
            assert_eq!(code(&packed[..end]), Code::Truncated, "{end}");
        }
        let mut damaged = packed.clone();
        let last = damaged.len() - 1;
        damaged[last] ^= 0xff;
        assert_eq!(code(&damaged), Code::Corrupt);
        assert_eq!(code(b"\x28\xb5\x2f\xfdx"), Code::Truncated);
        // 2 GiB of window: exponent 21, mantissa 0
        assert_eq!(code(b"\x28\xb5\x2f\xfd\x00\xa8\x01\x00\x00"), Code::LimitExpansion);
    }

    #[test]
    fn expansion_stops_at_the_ratio() {
        let packed = compress_to_vec(&vec![b'0'; 8 << 20][..], CompressionLevel::Fastest);
        assert!(packed.len() < (8 << 20) / 200, "{}", packed.len());
        assert_eq!(code(&packed), Code::LimitExpansion);
    }
}
