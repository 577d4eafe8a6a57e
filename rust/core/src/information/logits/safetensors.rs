//! Safetensors: a JSON header and raw data; read by the official crate once the header is known to be sound.

use ::safetensors::{SafeTensorError, SafeTensors};

use super::array::{Element, Layout, Logits};
use super::read::{LogitFormat, the_array};
use crate::input::{Code, Json, Place, Refusal};

/// The longest header that is read. [byte]
const HEADER_BYTES: u64 = 16 << 20;
/// The types of the format that are no floating-point logits.
const OTHER_TYPES: [&str; 18] = [
    "BOOL",
    "F4",
    "F6_E2M3",
    "F6_E3M2",
    "U8",
    "I8",
    "F8_E5M2",
    "F8_E4M3",
    "F8_E8M0",
    "F8_E4M3FNUZ",
    "F8_E5M2FNUZ",
    "I16",
    "U16",
    "I32",
    "U32",
    "C64",
    "I64",
    "U64",
];

/// The registry entry.
pub(super) const FORMAT: LogitFormat = LogitFormat {
    name: "safetensors",
    description: "safetensors file with one tensor of logits, or one named `logits`: F16, BF16, F32 or F64",
    extension: "safetensors",
    detect: |bytes| bytes.get(8) == Some(&b'{'),
    read,
};

/// One tensor as the header describes it.
struct Tensor {
    begin: u64,
    end: u64,
    shape: Vec<usize>,
    /// `None` for a type that is no floating-point logits.
    element: Option<Element>,
    dtype: String,
}

fn read(bytes: &[u8], path: &str) -> Result<Logits, Refusal> {
    let refusal = |code, found: String, expected: &str| Refusal::new(code, path, Place::File, found, expected);
    let (header, data_bytes) = checked_header(bytes, path)?;
    let tensors = tensors(header, path)?;
    check_coverage(&tensors, data_bytes, path)?;
    let (name, tensor) = the_array(tensors.iter().map(|(name, tensor)| (name.as_str(), tensor)), path)?;
    let element = tensor.element.ok_or_else(|| {
        refusal(
            Code::Dtype,
            format!("type {}", tensor.dtype),
            "logits as F16, BF16, F32 or F64 (integers are token ids)",
        )
    })?;
    let layout = Layout { element, big_endian: false, fortran: false, shape: tensor.shape.clone() };
    layout.data_bytes(path)?;
    // The official reader has the last word on the file as a whole.
    let unsound = |error: SafeTensorError| {
        let code = match error {
            SafeTensorError::TensorInvalidInfo | SafeTensorError::ValidationOverflow => Code::Shape,
            SafeTensorError::InvalidHeaderDeserialization(_) => Code::Json,
            _ => Code::Offsets,
        };
        refusal(code, error.to_string(), "a sound safetensors file")
    };
    let file = SafeTensors::deserialize(bytes).map_err(unsound)?;
    let array = layout.rows(file.tensor(name).map_err(unsound)?.data(), path)?;
    Ok(Logits { array, shape: layout.shape, path: path.to_owned(), name: Some(name.to_owned()) })
}

/// The header, and the number of bytes behind it.
fn checked_header<'a>(bytes: &'a [u8], path: &str) -> Result<(&'a [u8], u64), Refusal> {
    let refusal = |code, found: String, expected: &str| Refusal::new(code, path, Place::File, found, expected);
    let Some((length, rest)) = bytes.split_first_chunk::<8>() else {
        return Err(refusal(Code::Truncated, format!("{} bytes", bytes.len()), "a header length of 8 bytes"));
    };
    let length = u64::from_le_bytes(*length);
    let there = rest.len() as u64;
    if length > HEADER_BYTES || length > there {
        let expected = format!("at most {HEADER_BYTES} bytes that are in the file");
        return Err(refusal(
            Code::HeaderLen,
            format!("a header of {length} bytes in a file of {}", bytes.len()),
            &expected,
        ));
    }
    let (header, _) = rest.split_at_checked(length as usize).unwrap_or((rest, &[]));
    Ok((header, there - length))
}

/// The tensors that the header names, by name.
fn tensors(header: &[u8], path: &str) -> Result<Vec<(String, Tensor)>, Refusal> {
    // A place inside the header of a binary file would be no place in the file.
    let in_file = |refusal: Refusal| Refusal { place: Place::File, ..refusal };
    let header = Json::parse(header, path).map_err(in_file)?;
    let expected = "an object of tensors";
    let members =
        header.as_object().ok_or_else(|| Refusal::new(Code::Json, path, Place::File, header.kind(), expected))?;
    let tensors = members.iter().filter(|(name, _)| name != "__metadata__");
    tensors.map(|(name, description)| Ok((name.to_string(), tensor(description, name, path)?))).collect()
}

fn tensor(description: &Json<'_>, name: &str, path: &str) -> Result<Tensor, Refusal> {
    let refusal =
        |code, what: &str, expected: &str| Refusal::new(code, path, Place::File, format!("{name}: {what}"), expected);
    let dtype = description.get("dtype").and_then(Json::as_str).unwrap_or("no dtype");
    let element = match dtype {
        "F64" => Some(Element::F64),
        "F32" => Some(Element::F32),
        "F16" => Some(Element::F16),
        "BF16" => Some(Element::Bf16),
        other if OTHER_TYPES.contains(&other) => None,
        other => return Err(refusal(Code::Dtype, other, "a type of the format")),
    };
    let numbers = |key: &str| -> Option<Vec<u64>> {
        description.get(key)?.as_array()?.iter().map(|number| number.as_number()?.parse().ok()).collect()
    };
    let offsets = numbers("data_offsets").unwrap_or_default();
    let &[begin, end] = offsets.as_slice() else {
        return Err(refusal(Code::Offsets, "no pair of offsets", "data_offsets of begin and end"));
    };
    if begin > end {
        return Err(refusal(Code::Offsets, &format!("offsets {begin} to {end}"), "an end not before the begin"));
    }
    let shape = numbers("shape").and_then(|shape| shape.into_iter().map(|axis| usize::try_from(axis).ok()).collect());
    let shape: Vec<usize> = shape.ok_or_else(|| refusal(Code::Shape, "no shape", "a list of non-negative integers"))?;
    if let Some(element) = element {
        let elements = shape.iter().try_fold(1_u64, |size, axis| size.checked_mul(*axis as u64));
        let size = elements.and_then(|elements| elements.checked_mul(element.bytes() as u64));
        if size != Some(end - begin) {
            let found = format!("shape {shape:?} of {dtype} over {} bytes", end - begin);
            return Err(refusal(Code::Shape, &found, "as many bytes as the shape needs"));
        }
    }
    Ok(Tensor { begin, end, shape, element, dtype: dtype.to_owned() })
}

/// Whether the tensors cover the data exactly: no hole, no overlap, nothing left over.
fn check_coverage(tensors: &[(String, Tensor)], data_bytes: u64, path: &str) -> Result<(), Refusal> {
    let refusal = |code, found: String, expected: &str| Err(Refusal::new(code, path, Place::File, found, expected));
    let mut spans: Vec<(u64, u64)> = tensors.iter().map(|(_, tensor)| (tensor.begin, tensor.end)).collect();
    spans.sort_unstable();
    let mut covered = 0;
    for (begin, end) in spans {
        if begin != covered {
            return refusal(
                Code::Offsets,
                format!("a tensor from {begin} after one to {covered}"),
                "no hole and no overlap",
            );
        }
        covered = end;
    }
    match data_bytes {
        there if there < covered => {
            refusal(Code::Truncated, format!("{there} bytes of data"), &format!("{covered} bytes"))
        }
        there if there > covered => {
            refusal(Code::Trailing, format!("{there} bytes of data"), &format!("{covered} bytes"))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
#[path = "safetensors_tests.rs"]
mod tests;
