//! The header of a GGUF file: values by name, which are passed over, and the tensors.

use super::{Weights, elements};
use crate::input::{Code, Place, Refusal, printable};
use std::collections::BTreeSet;

/// The first bytes of every file.
pub(super) const MAGIC: &[u8] = b"GGUF";

/// Most values, and most tensors, that are read.
const MOST: u64 = 1 << 20;
/// The longest name. [byte]
const LONGEST_NAME: u64 = 1 << 16;

/// Types by number: the name, the elements of a block, and what a block takes. [byte]
///
/// ggml-org/llama.cpp, gguf-py/gguf/constants.py at 0024aa7, `GGML_QUANT_SIZES`; types younger than its numbers, which
/// differ between copies of it, are left out.
const TYPES: &[(u32, &str, u64, u64)] = &[
    (0, "F32", 1, 4),
    (1, "F16", 1, 2),
    (2, "Q4_0", 32, 18),
    (3, "Q4_1", 32, 20),
    (6, "Q5_0", 32, 22),
    (7, "Q5_1", 32, 24),
    (8, "Q8_0", 32, 34),
    (10, "Q2_K", 256, 84),
    (11, "Q3_K", 256, 110),
    (12, "Q4_K", 256, 144),
    (13, "Q5_K", 256, 176),
    (14, "Q6_K", 256, 210),
    (15, "Q8_K", 256, 292),
    (16, "IQ2_XXS", 256, 66),
    (17, "IQ2_XS", 256, 74),
    (18, "IQ3_XXS", 256, 98),
    (19, "IQ1_S", 256, 50),
    (20, "IQ4_NL", 32, 18),
    (21, "IQ3_S", 256, 110),
    (22, "IQ2_S", 256, 82),
    (23, "IQ4_XS", 256, 136),
    (24, "I8", 1, 1),
    (25, "I16", 1, 2),
    (26, "I32", 1, 4),
    (27, "I64", 1, 8),
    (28, "F64", 1, 8),
    (29, "IQ1_M", 256, 56),
    (30, "BF16", 1, 2),
    (39, "MXFP4", 32, 17),
];

pub(super) fn read(bytes: &[u8], path: &str) -> Result<Weights, Refusal> {
    let mut header = Header { rest: bytes.get(MAGIC.len()..).unwrap_or_default(), path };
    let version = header.u32()?;
    if !(2..=3).contains(&version) {
        return Err(header.refusal(Code::Range, format!("version {version}"), "version 2 or 3, little-endian"));
    }
    let (tensors, values) = (header.count("tensors")?, header.count("values")?);
    for _ in 0..values {
        header.text()?;
        let kind = header.u32()?;
        header.pass_over(kind, true)?;
    }
    let mut weights = Weights::empty("gguf");
    let mut names = BTreeSet::new();
    for _ in 0..tensors {
        let name = header.text()?;
        let refusal = |code, what: String, expected: &str| {
            Refusal::new(code, path, Place::File, format!("{}: {what}", printable(&name)), expected)
        };
        let dimensions = header.u32()?;
        if dimensions > 8 {
            return Err(refusal(Code::Shape, format!("{dimensions} dimensions"), "at most 8"));
        }
        let shape = (0..dimensions).map(|_| header.u64()).collect::<Result<Vec<u64>, Refusal>>()?;
        let kind = header.u32()?;
        header.u64()?; // where its data begin
        let known = TYPES.iter().find(|(number, ..)| *number == kind);
        let Some((_, word, block, size)) = known else {
            return Err(refusal(Code::Dtype, format!("type {kind}"), "a type whose size is known"));
        };
        let count = elements(shape.iter().copied());
        let whole = shape.first().is_none_or(|row| row.is_multiple_of(*block));
        let Some(count) = count.filter(|_| whole) else {
            return Err(refusal(Code::Shape, format!("shape {shape:?}"), "whole blocks, at most 2^63 elements"));
        };
        weights.add(&name, word, count, count / u128::from(*block) * u128::from(*size) * 8);
        if let Some(twice) = names.replace(name) {
            let found = format!("two tensors {}", printable(&twice));
            return Err(Refusal::new(Code::DupMember, path, Place::File, found, "each name once"));
        }
    }
    Ok(weights)
}

/// The mean width of an element of a block format, by its word in small letters. [bit]
pub(in crate::landauer) fn width_of_block(word: &str) -> Option<f64> {
    let blocks = TYPES.iter().find(|(_, name, block, _)| *block > 1 && name.to_ascii_lowercase() == word);
    blocks.map(|(_, _, block, size)| (8 * size) as f64 / *block as f64)
}

/// The words of the block formats, in small letters.
pub(in crate::landauer) fn block_words() -> impl Iterator<Item = String> {
    TYPES.iter().filter(|(_, _, block, _)| *block > 1).map(|(_, name, ..)| name.to_ascii_lowercase())
}

/// What is left of a header. Every step takes bytes away, so that no header takes longer than it is long.
struct Header<'a> {
    rest: &'a [u8],
    path: &'a str,
}

impl Header<'_> {
    fn refusal(&self, code: Code, found: String, expected: &str) -> Refusal {
        Refusal::new(code, self.path, Place::File, found, expected)
    }

    fn skip(&mut self, length: u64) -> Result<&[u8], Refusal> {
        let taken = usize::try_from(length).ok().and_then(|length| self.rest.split_at_checked(length));
        match taken {
            Some((taken, rest)) => {
                self.rest = rest;
                Ok(taken)
            }
            None => {
                let found = format!("{length} bytes where {} are left", self.rest.len());
                Err(self.refusal(Code::Truncated, found, "the whole header"))
            }
        }
    }

    fn u32(&mut self) -> Result<u32, Refusal> {
        Ok(self.skip(4)?.try_into().map_or(0, u32::from_le_bytes))
    }

    fn u64(&mut self) -> Result<u64, Refusal> {
        Ok(self.skip(8)?.try_into().map_or(0, u64::from_le_bytes))
    }

    fn count(&mut self, what: &str) -> Result<u64, Refusal> {
        let count = self.u64()?;
        if count > MOST {
            return Err(self.refusal(Code::Range, format!("{count} {what}"), "at most 2^20"));
        }
        Ok(count)
    }

    /// A name, as it is written but for bytes that are not UTF-8.
    fn text(&mut self) -> Result<String, Refusal> {
        let length = self.u64()?;
        if length > LONGEST_NAME {
            return Err(self.refusal(Code::HeaderLen, format!("a name of {length} bytes"), "at most 65536 bytes"));
        }
        Ok(String::from_utf8_lossy(self.skip(length)?).into_owned())
    }

    /// Passes over a value; an array holds values of one kind, and no arrays.
    fn pass_over(&mut self, kind: u32, may_be_array: bool) -> Result<(), Refusal> {
        let length = match kind {
            0 | 1 | 7 => 1,
            2 | 3 => 2,
            4..=6 => 4,
            10..=12 => 8,
            8 => self.u64()?,
            9 if may_be_array => return self.pass_over_array(),
            _ => return Err(self.refusal(Code::Dtype, format!("a value of kind {kind}"), "a kind of the format")),
        };
        self.skip(length).map(|_| ())
    }

    fn pass_over_array(&mut self) -> Result<(), Refusal> {
        let (kind, count) = (self.u32()?, self.u64()?);
        for _ in 0..count {
            self.pass_over(kind, false)?;
        }
        Ok(())
    }
}
