//! The widths of the numbers that a model is served with.

use super::LandauerError;
use super::weights::{block_words, width_of_block};
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
/// as all three (`int4xfp16xfp8`). A weight may be stored in a block format of GGUF (`q4_kxfp16`): its width is then the
/// mean one, scales of the blocks included. The scales of any other format are not counted; a file of weights has them.
///
/// ```
/// use szilard::landauer::Precision;
///
/// let precision: Precision = "int4xfp16".parse().unwrap();
/// assert_eq!((precision.weight, precision.activation, precision.cache), (4.0, 16, 16));
/// assert_eq!("q4_kxfp16".parse::<Precision>().unwrap().weight, 4.5); // 144 bytes for 256 weights
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Precision {
    /// Mean width of a weight. [bit]
    pub weight: f64,
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
        let format =
            |word: &str| FORMATS.iter().find(|(known, ..)| *known == word).map(|(_, name, bits)| (*name, *bits));
        let weight = |word: &str| format(word).map(|(_, bits)| f64::from(bits)).or_else(|| width_of_block(word));
        // the words of block formats may hold an x, those of the others do not: parts are split off from the right
        let one = || Some((weight(text)?, format(text)?, format(text)?));
        let two = || {
            let (before, activation) = text.rsplit_once('x')?;
            Some((weight(before)?, format(activation)?, format(activation)?))
        };
        let three = || {
            let (before, cache) = text.rsplit_once('x')?;
            let (before, activation) = before.rsplit_once('x')?;
            Some((weight(before)?, format(activation)?, format(cache)?))
        };
        let Some((weight, (operands, activation), (_, cache))) = one().or_else(two).or_else(three) else {
            let plain = FORMATS.iter().map(|(word, ..)| (*word).to_owned());
            let known = plain.chain(block_words()).collect::<Vec<_>>().join(", ");
            return Err(LandauerError::UnknownPrecision { found: printable(text), known });
        };
        Ok(Self { weight, activation, cache, operands })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_that_are_not_known_are_refused_with_the_list() {
        for text in ["", "q9_k", "int4x", "fp8xfp8xfp8xfp8", "FP16 ", "xfp16", "x", "fp16xq4_k", "fp16xfp16xq8_0"] {
            let error = text.parse::<Precision>().unwrap_err().to_string();
            assert!(error.contains("bfloat16") && error.contains("q4_k"), "{error}");
        }
    }

    #[test]
    fn blocks_hold_weights_and_nothing_else() {
        // 17 bytes for 32 weights; the words hold an x
        let widths = |text: &str| text.parse::<Precision>().map(|p| (p.weight, p.activation, p.cache)).ok();
        assert_eq!(widths("mxfp4xbf16"), Some((4.25, 16, 16)));
        assert_eq!(widths("iq2_xxsxfp16xfp8"), Some((2.0625, 16, 8)));
        assert_eq!(widths("q8_0xint8xfp16"), Some((8.5, 8, 16)));
        // activations in blocks are not counted here
        assert_eq!(widths("mxfp4"), None);
    }
}
