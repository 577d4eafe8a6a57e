//! The header of a safetensors file: the length of a JSON object, and the object.

use super::{Weights, elements};
use crate::input::{Code, Json, Place, Refusal, printable};

/// The longest header that is read. [byte]
const HEADER_BYTES: u64 = 16 << 20;

/// Types and their widths. [bit]
const TYPES: &[(&str, u32)] = &[
    ("BOOL", 8),
    ("F4", 4),
    ("F6_E2M3", 6),
    ("F6_E3M2", 6),
    ("U8", 8),
    ("I8", 8),
    ("F8_E5M2", 8),
    ("F8_E4M3", 8),
    ("F8_E8M0", 8),
    ("F8_E4M3FNUZ", 8),
    ("F8_E5M2FNUZ", 8),
    ("I16", 16),
    ("U16", 16),
    ("F16", 16),
    ("BF16", 16),
    ("I32", 32),
    ("U32", 32),
    ("F32", 32),
    ("C64", 64),
    ("F64", 64),
    ("I64", 64),
    ("U64", 64),
];

pub(super) fn read(bytes: &[u8], path: &str) -> Result<Weights, Refusal> {
    let refusal = |code, found: String, expected: &str| Refusal::new(code, path, Place::File, found, expected);
    let Some((length, rest)) = bytes.split_first_chunk::<8>() else {
        return Err(refusal(Code::Truncated, format!("{} bytes", bytes.len()), "a header length of 8 bytes"));
    };
    let length = u64::from_le_bytes(*length);
    let header = usize::try_from(length).ok().filter(|_| length <= HEADER_BYTES).and_then(|length| rest.get(..length));
    let Some(header) = header else {
        let found = format!("a header of {length} bytes in {} bytes", bytes.len());
        let expected = format!("at most {HEADER_BYTES} bytes that are there");
        return Err(refusal(Code::HeaderLen, found, &expected));
    };
    // a place inside the header of a binary file would be no place in the file
    let header = Json::parse(header, path).map_err(|refusal| Refusal { place: Place::File, ..refusal })?;
    let members =
        header.as_object().ok_or_else(|| refusal(Code::Json, header.kind().to_owned(), "an object of tensors"))?;
    let mut weights = Weights::empty("safetensors");
    let mut ranges = Vec::new();
    for (name, tensor) in members.iter().filter(|(name, _)| name != "__metadata__") {
        let unsound =
            |code, what: String, expected: &str| refusal(code, format!("{}: {what}", printable(name)), expected);
        let dtype = tensor.get("dtype").and_then(Json::as_str).unwrap_or("no dtype");
        let width = TYPES.iter().find(|(known, _)| *known == dtype).map(|(_, bits)| u128::from(*bits));
        let width = width.ok_or_else(|| {
            unsound(Code::Dtype, format!("type {}", printable(dtype)), "a type of the safetensors format")
        })?;
        let numbers = |key: &str| {
            let list = tensor.get(key).and_then(Json::as_array)?;
            list.iter().map(|number| number.as_number()?.parse().ok()).collect::<Option<Vec<u64>>>()
        };
        let count = numbers("shape").and_then(|shape| elements(shape.into_iter()));
        let count = count
            .ok_or_else(|| unsound(Code::Shape, "its shape".to_owned(), "whole numbers, at most 2^63 elements"))?;
        let bits = count * width;
        let range = match numbers("data_offsets").as_deref() {
            Some([begin, end]) if begin <= end => Some((*begin, *end)),
            _ => None,
        };
        let range = range.filter(|(begin, end)| u128::from(end - begin) == bits.div_ceil(8));
        let wrong = || unsound(Code::Offsets, "its offsets".to_owned(), "as many bytes as shape and type take");
        ranges.push(range.ok_or_else(wrong)?);
        weights.add(name, dtype, count, bits);
    }
    ranges.sort_unstable();
    let touching = ranges.iter().try_fold(0, |from, (begin, end)| (*begin == from).then_some(*end));
    match touching {
        Some(_) => Ok(weights),
        None => {
            let found = "tensors that overlap or leave holes".to_owned();
            Err(refusal(Code::Offsets, found, "tensors one behind the other, from 0 on"))
        }
    }
}
