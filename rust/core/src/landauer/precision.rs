//! The widths of the numbers that a model is served with.

use super::LandauerError;
use crate::input::printable;
use std::str::FromStr;

/// Number formats: their words, the name of the format, and its width. [bit]
const FORMATS: &[(&str, &str, u32)] = &[
    ("fp64", "fp64", 64),
    ("float64", "fp64", 64),
    ("fp32", "fp32", 32),
    ("float32", "fp32", 32),
    ("f32", "fp32", 32),
    ("fp16", "fp16", 16),
    ("float16", "fp16", 16),
    ("f16", "fp16", 16),
    ("bf16", "bf16", 16),
    ("bfloat16", "bf16", 16),
    ("fp8", "fp8", 8),
    ("float8", "fp8", 8),
    ("int8", "int8", 8),
    ("uint8", "int8", 8),
    ("fp4", "fp4", 4),
    ("int4", "int4", 4),
    ("uint4", "int4", 4),
];

/// The widths of a stored weight, of an activation and of an element of the key-value cache.
///
/// Written as one format for all (`bf16`), as weight and activation (`int4xfp16`, the cache like the activations), or
/// as all three (`int4xfp16xfp8`). Scales and zero points of block formats are not counted.
///
/// ```
/// use szilard::landauer::Precision;
///
/// let precision: Precision = "int4xfp16".parse().unwrap();
/// assert_eq!((precision.weight, precision.activation, precision.cache), (4, 16, 16));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Precision {
    /// Width of a weight. [bit]
    pub weight: u32,
    /// Width of an activation. [bit]
    pub activation: u32,
    /// Width of an element of the key-value cache. [bit]
    pub cache: u32,
    /// Format of the activations, in which the operations are counted as done: stored weights are widened to it.
    pub operands: &'static str,
}

impl FromStr for Precision {
    type Err = LandauerError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let unknown = || LandauerError::UnknownPrecision {
            found: printable(text),
            known: FORMATS.iter().map(|(word, ..)| *word).collect::<Vec<_>>().join(", "),
        };
        let format =
            |word: &str| FORMATS.iter().find(|(known, ..)| *known == word).map(|(_, name, bits)| (*name, *bits));
        let formats = text.split('x').map(format).collect::<Option<Vec<_>>>().ok_or_else(unknown)?;
        let ((_, weight), (operands, activation), (_, cache)) = match *formats.as_slice() {
            [all] => (all, all, all),
            [weight, activation] => (weight, activation, activation),
            [weight, activation, cache] => (weight, activation, cache),
            _ => return Err(unknown()),
        };
        Ok(Self { weight, activation, cache, operands })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_that_are_not_known_are_refused_with_the_list() {
        for text in ["", "q4_k", "int4x", "fp8xfp8xfp8xfp8", "FP16 "] {
            let error = text.parse::<Precision>().unwrap_err().to_string();
            assert!(error.contains("bfloat16"), "{error}");
        }
    }
}
