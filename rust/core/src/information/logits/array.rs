//! An owned array of logits in the type it was stored in.

use half::{bf16, f16};
use ndarray::{Array, Array2, Array3, ShapeBuilder};

use crate::information::{Divergence, EntropyOptions, InformationError, TokenInformation, divergence, token_entropy};
use crate::input::{Code, Place, Refusal};
use szilard_simd::Logit;

/// Rows of logits, one distribution over the vocabulary a row, in their stored type.
#[derive(Debug, Clone, PartialEq)]
pub enum LogitArray {
    /// 64-bit.
    F64(Array2<f64>),
    /// 32-bit.
    F32(Array2<f32>),
    /// 16-bit, 11 bits of significand.
    F16(Array2<f16>),
    /// 16-bit, 8 bits of significand.
    Bf16(Array2<bf16>),
}

/// Runs a generic expression on whichever array there is.
macro_rules! with_array {
    ($array:expr, $rows:ident => $body:expr) => {
        match $array {
            LogitArray::F64($rows) => $body,
            LogitArray::F32($rows) => $body,
            LogitArray::F16($rows) => $body,
            LogitArray::Bf16($rows) => $body,
        }
    };
}

/// The logits of one file.
#[derive(Debug, Clone, PartialEq)]
pub struct Logits {
    /// The rows.
    pub array: LogitArray,
    /// The shape in the file: `[V]`, `[tokens, V]` or `[batch, tokens, V]`.
    pub shape: Vec<usize>,
    /// The file, or `<bytes>`.
    pub path: String,
    /// The name of the array, where its file names it.
    pub name: Option<String>,
}

impl Logits {
    /// The information in each token; see [`token_entropy`].
    ///
    /// # Errors
    ///
    /// As [`token_entropy`], with the name of the file.
    pub fn token_entropy(&self, options: &EntropyOptions<'_>) -> Result<TokenInformation, InformationError> {
        with_array!(&self.array, rows => token_entropy(rows.view(), options)).map_err(|error| error.in_file(&self.path))
    }

    /// The divergence of `other` from these logits for each token; see [`divergence`].
    ///
    /// # Errors
    ///
    /// As [`divergence`], with the name of this file.
    pub fn divergence(&self, other: &Self, options: &EntropyOptions<'_>) -> Result<Divergence, InformationError> {
        with_array!(&self.array, p => with_array!(&other.array, q => divergence(p.view(), q.view(), options)))
            .map_err(|error| error.in_file(&self.path))
    }
}

/// An element type as a file names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Element {
    F64,
    F32,
    F16,
    Bf16,
}

impl Element {
    /// The size of one element. [byte]
    pub(super) fn bytes(self) -> usize {
        match self {
            Self::F64 => 8,
            Self::F32 => 4,
            Self::F16 | Self::Bf16 => 2,
        }
    }
}

/// How the elements lie in the file.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    pub(super) element: Element,
    pub(super) big_endian: bool,
    pub(super) fortran: bool,
    pub(super) shape: Vec<usize>,
}

impl Layout {
    /// The size of the data; the shape has one to three axes, and none is empty. [byte]
    ///
    /// # Errors
    ///
    /// `E_SHAPE` for other shapes or a size that overflows, `E_NO_DATA` for an empty axis.
    pub(super) fn data_bytes(&self, path: &str) -> Result<usize, Refusal> {
        let shape = format!("shape {:?}", self.shape);
        let refusal = |code, expected| Refusal::new(code, path, Place::File, &shape, expected);
        if !(1..=3).contains(&self.shape.len()) {
            return Err(refusal(Code::Shape, "[V], [tokens, V] or [batch, tokens, V]"));
        }
        if self.shape.contains(&0) {
            return Err(refusal(Code::NoData, "at least one row of logits"));
        }
        let bytes = self.shape.iter().try_fold(self.element.bytes(), |size, axis| size.checked_mul(*axis));
        bytes
            .filter(|bytes| *bytes <= isize::MAX as usize)
            .ok_or_else(|| refusal(Code::Shape, "a size that can be held"))
    }

    /// The size of one row. [byte]
    pub(super) fn row_bytes(&self) -> usize {
        self.columns() * self.element.bytes()
    }

    /// The numbers of one row.
    pub(super) fn columns(&self) -> usize {
        self.shape.last().copied().unwrap_or_default()
    }

    /// The number of rows.
    pub(super) fn row_count(&self) -> usize {
        self.shape.split_last().map_or(0, |(_, axes)| axes.iter().product())
    }

    /// The shape of one figure a token.
    pub(super) fn token_shape(&self) -> Vec<usize> {
        match self.shape.split_last() {
            Some((_, [])) | None => vec![1],
            Some((_, tokens)) => tokens.to_vec(),
        }
    }

    /// The rows from data of exactly [`Layout::data_bytes`].
    pub(super) fn rows(&self, data: &[u8], path: &str) -> Result<LogitArray, Refusal> {
        let array = match self.element {
            Element::F64 => self.array(data).map(LogitArray::F64),
            Element::F32 => self.array(data).map(LogitArray::F32),
            Element::F16 => self.array(data).map(LogitArray::F16),
            Element::Bf16 => self.array(data).map(LogitArray::Bf16),
        };
        array.ok_or_else(|| {
            let found = format!("{} bytes for shape {:?}", data.len(), self.shape);
            Refusal::new(Code::Shape, path, Place::File, found, "the elements that the shape says")
        })
    }

    fn array<T: Logit>(&self, data: &[u8]) -> Option<Array2<T>> {
        let mut elements = Vec::new();
        T::from_bytes(data, self.big_endian, &mut elements);
        match *self.shape.as_slice() {
            [columns] => Array::from_shape_vec((1, columns), elements).ok(),
            [rows, columns] => Array::from_shape_vec((rows, columns).set_f(self.fortran), elements).ok(),
            [batch, tokens, columns] => {
                let rows = batch.checked_mul(tokens)?;
                let array: Array3<T> =
                    Array::from_shape_vec((batch, tokens, columns).set_f(self.fortran), elements).ok()?;
                // Axes merge without a copy only in C order.
                let array = if self.fortran { array.as_standard_layout().into_owned() } else { array };
                array.into_shape_with_order((rows, columns)).ok()
            }
            _ => None,
        }
    }
}
