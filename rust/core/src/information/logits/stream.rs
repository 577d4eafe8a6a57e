//! The information in a file of logits that may be larger than memory: rows go through in parts.

use std::path::Path;

use ndarray::ArrayView2;
use szilard_simd::Logit;

use super::array::Element;
use super::read::{open, read_opened};
use super::source::{Opened, Source};
use crate::information::entropy::{Gathering, TokenInformation};
use crate::information::{EntropyOptions, InformationError};
use crate::input::{Code, Place, Refusal};

use half::{bf16, f16};

/// What is held of a file at once, unless one row is larger. [byte]
const PART_BYTES: usize = 16 << 20;
/// The largest row, and the largest array whose rows do not lie one after the other. [byte]
const HELD_BYTES: usize = 1 << 30;

/// The information in each token of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct FileInformation {
    /// The figures, token by token.
    pub information: TokenInformation,
    /// The shape of one figure a token: `[tokens]` or `[batch, tokens]`.
    pub shape: Vec<usize>,
}

/// The information in each token of a `.npy`, `.npz` or `.safetensors` file, which may be larger than memory: about
/// 32 MiB of it are held at a time. The figures are those of [`crate::information::token_entropy`] to the last bit.
///
/// # Errors
///
/// As [`super::read_logits`] and [`crate::information::token_entropy`], with the name of the file; `E_LIMIT_SIZE` for
/// a row, or an array in Fortran order, above 1 GiB.
pub fn token_entropy_of_file(path: &Path, options: &EntropyOptions<'_>) -> Result<FileInformation, InformationError> {
    let mut source = Source::of_file(path)?;
    let opened = open(&mut source, None)?;
    let (name, shape) = (source.path.clone(), opened.layout.token_shape());
    let is_in_rows = !opened.layout.fortran || opened.layout.row_count() == 1;
    let held = if is_in_rows { opened.layout.row_bytes() } else { opened.layout.data_bytes(&name)? };
    if held > HELD_BYTES {
        let found = format!("{held} bytes that must be held at once");
        let expected = "rows of at most 1 GiB; arrays in Fortran order of at most 1 GiB";
        return Err(Refusal::new(Code::LimitSize, &name, Place::File, found, expected).into());
    }
    let information = if is_in_rows {
        match opened.layout.element {
            Element::F64 => in_parts::<f64>(&mut source, &opened, options),
            Element::F32 => in_parts::<f32>(&mut source, &opened, options),
            Element::F16 => in_parts::<f16>(&mut source, &opened, options),
            Element::Bf16 => in_parts::<bf16>(&mut source, &opened, options),
        }
    } else {
        read_opened(&mut source, opened)?.token_entropy(options)
    };
    Ok(FileInformation { information: information.map_err(|error| error.in_file(&name))?, shape })
}

fn in_parts<T: Logit>(
    source: &mut Source<'_>,
    opened: &Opened,
    options: &EntropyOptions<'_>,
) -> Result<TokenInformation, InformationError> {
    let layout = &opened.layout;
    let (rows, columns, row_bytes) = (layout.row_count(), layout.columns(), layout.row_bytes());
    let mut gathering = Gathering::<T>::new((rows, columns), options)?;
    let mut stream = source.stream(&opened.extent)?;
    stream.fill(&mut vec![0; opened.skip])?;
    let at_once = (PART_BYTES / row_bytes).clamp(1, rows);
    let (mut bytes, mut numbers) = (vec![0; at_once * row_bytes], Vec::new());
    let mut done = 0;
    while done < rows {
        let part = at_once.min(rows - done);
        let read = bytes.get_mut(..part * row_bytes).unwrap_or_default();
        stream.fill(read)?;
        T::from_bytes(read, layout.big_endian, &mut numbers);
        let view = ArrayView2::from_shape((part, columns), &numbers).map_err(|error| {
            Refusal::new(Code::Shape, "<array>", Place::File, error.to_string(), "the elements that the shape says")
        })?;
        gathering.add(view)?;
        done += part;
    }
    stream.finish()?;
    gathering.finish()
}
