//! The header of a file of weights, whatever its format.

use super::{Weights, gguf, safetensors};
use crate::input::{Code, Place, Refusal};

/// The longest header that is read: as much of a file as [`read_weights`] asks for. [byte]
pub const WEIGHTS_HEADER: u64 = 64 << 20;

/// The types and sizes of the weights of a GGUF or safetensors file, from its first bytes.
///
/// # Parameters
/// - `bytes`: the file, or the first [`WEIGHTS_HEADER`] bytes of it, which hold the header.
/// - `path`: its name, for refusals.
///
/// # Errors
/// [`Refusal`] for another format, a header that is cut off, too long or unsound, and a type that is not known.
///
/// # Example
/// ```
/// let header = br#"{"w":{"dtype":"BF16","shape":[2,3],"data_offsets":[0,12]}}"#;
/// let file = [&(header.len() as u64).to_le_bytes()[..], header].concat();
/// let weights = szilard::landauer::read_weights(&file, "model.safetensors").unwrap();
/// assert_eq!((weights.elements(), weights.mean_width()), (6, Some(16.0)));
/// ```
pub fn read_weights(bytes: &[u8], path: &str) -> Result<Weights, Refusal> {
    if bytes.is_empty() {
        return Err(Refusal::new(Code::Empty, path, Place::File, "0 bytes", "a GGUF or safetensors file"));
    }
    if bytes.starts_with(gguf::MAGIC) {
        return gguf::read(bytes, path);
    }
    if bytes.get(8).is_none_or(|byte| *byte == b'{') {
        return safetensors::read(bytes, path);
    }
    let found = "neither the mark of GGUF nor a JSON header behind its length";
    Err(Refusal::new(Code::Binary, path, Place::File, found, "a GGUF or safetensors file"))
}

/// The number of elements of a shape.
pub(super) fn elements(shape: impl Iterator<Item = u64>) -> Option<u128> {
    shape
        .map(u128::from)
        .try_fold(1_u128, |product, length| product.checked_mul(length).filter(|product| *product <= 1 << 63))
}
