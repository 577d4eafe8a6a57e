//! Safetensors: a JSON header and raw data; the official crate has the last word on the header.

use ::safetensors::{SafeTensorError, SafeTensors};

use super::array::{Element, Layout};
use super::read::{LogitFormat, the_array};
use super::source::{Extent, Opened, Source};
use crate::information::InformationError;
use crate::input::{Code, Json, Place, Refusal};

/// The longest header that is read. [byte]
const HEADER_BYTES: u64 = 16 << 20;
/// The length of the header stands before it. [byte]
const LENGTH_BYTES: usize = 8;
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
    open,
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

fn open(source: &mut Source<'_>) -> Result<Opened, InformationError> {
    let path = source.path.clone();
    let refusal = |code, found: String, expected: &str| Refusal::new(code, &path, Place::File, found, expected);
    let header = checked_header(source)?;
    let start = (LENGTH_BYTES + header.len()) as u64;
    let tensors = tensors(&header, &path)?;
    check_coverage(&tensors, source.length - start, &path)?;
    let (name, tensor) = the_array(tensors.iter().map(|(name, tensor)| (name.as_str(), tensor)), &path)?;
    let element = tensor.element.ok_or_else(|| {
        let expected = "logits as F16, BF16, F32 or F64 (integers are token ids)";
        refusal(Code::Dtype, format!("type {}", tensor.dtype), expected)
    })?;
    let layout = Layout { element, big_endian: false, fortran: false, shape: tensor.shape.clone() };
    layout.data_bytes(&path)?;
    // The official reader has the last word on the header; that no data follow here is the only thing it may miss.
    match SafeTensors::read_metadata(&[&(header.len() as u64).to_le_bytes(), header.as_slice()].concat()) {
        Ok(_) | Err(SafeTensorError::MetadataIncompleteBuffer) => (),
        Err(error) => {
            let code = match error {
                SafeTensorError::TensorInvalidInfo | SafeTensorError::ValidationOverflow => Code::Shape,
                SafeTensorError::InvalidHeaderDeserialization(_) => Code::Json,
                _ => Code::Offsets,
            };
            return Err(refusal(code, error.to_string(), "a sound safetensors file").into());
        }
    }
    let (offset, packed) = (start + tensor.begin, tensor.end - tensor.begin);
    let extent = Extent { offset, packed, deflated: false, check: None, name: name.to_owned() };
    Ok(Opened { layout, name: Some(name.to_owned()), extent, skip: 0 })
}

/// The header of the file.
fn checked_header(source: &mut Source<'_>) -> Result<Vec<u8>, InformationError> {
    let (path, file) = (source.path.clone(), source.length);
    let refusal = |code, found: String, expected: &str| Refusal::new(code, &path, Place::File, found, expected);
    let length: Result<[u8; LENGTH_BYTES], _> = source.at(0, LENGTH_BYTES)?.try_into();
    let length = length.map_err(|start: Vec<u8>| {
        refusal(Code::Truncated, format!("{} bytes", start.len()), "a header length of 8 bytes")
    })?;
    let length = u64::from_le_bytes(length);
    if length > HEADER_BYTES || length > file - LENGTH_BYTES as u64 {
        let found = format!("a header of {length} bytes in a file of {file}");
        let expected = format!("at most {HEADER_BYTES} bytes that are in the file");
        return Err(refusal(Code::HeaderLen, found, &expected).into());
    }
    source.at(LENGTH_BYTES as u64, length as usize)
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
