//! What the headers of files of weights say.

use super::PyModel;
use crate::errors::guard;
use crate::given::head_of;
use crate::html;
use crate::picture::drawn;
use crate::table::{Column, frame};
use pyo3::prelude::*;
use pyo3::types::{PyList, PyTuple};
use szilard::landauer::{StoredType, WEIGHTS_HEADER, Weights, read_weights as weights_of};

/// The types and sizes of a model's weights, from the headers of its files and from nothing else.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> header = b'{"w": {"dtype": "BF16", "shape": [2, 3], "data_offsets": [0, 12]}}'
/// >>> weights = sz.read_weights(len(header).to_bytes(8, "little") + header)
/// >>> weights.format, weights.elements, weights.bytes
/// ('safetensors', 6, 12.0)
/// >>> weights.table.row(0, named=True)["bits_per_element"]
/// 16.0
#[pyclass(name = "Weights", module = "szilard", frozen)]
#[derive(Debug, Clone)]
pub struct PyWeights(pub(super) Weights);

#[pymethods]
impl PyWeights {
    /// The format, "gguf" or "safetensors".
    #[getter]
    fn format(&self) -> &'static str {
        self.0.format
    }

    /// All elements.
    #[getter]
    fn elements(&self) -> u128 {
        self.0.elements()
    }

    /// What all elements take, scales of blocks included, without header and padding. [B]
    #[getter]
    fn bytes(&self) -> f64 {
        self.0.bits() as f64 / 8.0
    }

    /// The table of types: type, tensors, elements, bytes, bits_per_element (scales of blocks included).
    #[getter]
    fn table(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        let column = |of: fn(&StoredType) -> f64| Column::Float(self.0.types.values().map(of).collect());
        let whole = |of: fn(&StoredType) -> u128| {
            Column::MaybeWhole(self.0.types.values().map(|stored| i64::try_from(of(stored)).ok()).collect())
        };
        frame(
            py,
            vec![
                ("type", Column::Text(self.0.types.keys().cloned().collect())),
                ("tensors", whole(|stored| stored.tensors.into())),
                ("elements", whole(|stored| stored.elements)),
                ("bytes", column(|stored| stored.bits as f64 / 8.0)),
                ("bits_per_element", column(|stored| stored.bits as f64 / stored.elements as f64)),
            ],
        )
    }

    /// The bits stored for each parameter of a model, whatever they are packed into.
    ///
    /// Parameters
    /// ----------
    /// model
    ///     The model that the weights are of.
    ///
    /// Examples
    /// --------
    /// >>> import szilard as sz
    /// >>> header = b'{"w": {"dtype": "BF16", "shape": [2, 3], "data_offsets": [0, 12]}}'
    /// >>> weights = sz.read_weights(len(header).to_bytes(8, "little") + header)
    /// >>> f"{weights.bits_per_parameter(sz.Model.from_config('llama-3-70b')):.1e}"  # six weights are no model
    /// '1.4e-09'
    fn bits_per_parameter(&self, model: &Bound<'_, PyModel>) -> f64 {
        self.0.bits() as f64 / model.get().0.parameters() as f64
    }

    /// The bytes of each type of element as bars: (figure, axes).
    ///
    /// Parameters
    /// ----------
    /// ax
    ///     Axes to draw on; a figure of its own where left out.
    ///
    /// Examples
    /// --------
    /// >>> import szilard as sz
    /// >>> header = b'{"w": {"dtype": "BF16", "shape": [2, 3], "data_offsets": [0, 12]}}'
    /// >>> sz.read_weights(len(header).to_bytes(8, "little") + header).plot()[1].get_xlabel()
    /// 'size [B]'
    ///
    /// Parameters
    /// ----------
    /// ax
    ///     Axes to draw on; a figure of its own where left out.
    ///
    /// Examples
    /// --------
    /// >>> import szilard as sz
    /// >>> header = b'{"w": {"dtype": "BF16", "shape": [2, 3], "data_offsets": [0, 12]}}'
    /// >>> figure, axes = sz.read_weights(len(header).to_bytes(8, "little") + header).plot()
    #[pyo3(signature = (ax=None))]
    fn plot(slf: &Bound<'_, Self>, ax: Option<&Bound<'_, PyAny>>) -> PyResult<Py<PyAny>> {
        drawn(slf, "stored_types", ax)
    }

    fn __repr__(&self) -> String {
        let types = self.0.types.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
        format!("Weights({}, {} elements of {types})", self.0.format, self.0.elements())
    }

    fn _repr_html_(slf: &Bound<'_, Self>) -> PyResult<String> {
        html::with_table(slf, "table")
    }
}

/// The types and sizes of weights, from the header of a GGUF or safetensors file, or of all parts of a model together.
///
/// Parameters
/// ----------
/// source
///     A path, bytes or an open file; or a list of them, the parts of one model.
///
/// Raises
/// ------
/// szilard.errors.FormatError
///     With the file and a code: another format, a header that is cut off or unsound, a type that is not known.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> header = b'{"w": {"dtype": "BF16", "shape": [2, 3], "data_offsets": [0, 12]}}'
/// >>> sz.read_weights(len(header).to_bytes(8, "little") + header)
/// Weights(safetensors, 6 elements of BF16)
#[pyfunction]
pub fn read_weights(source: &Bound<'_, PyAny>) -> PyResult<PyWeights> {
    let one = |source: &Bound<'_, PyAny>| {
        let (bytes, name) = head_of(source, WEIGHTS_HEADER)?;
        guard(|| weights_of(&bytes, &name))
    };
    if !(source.is_instance_of::<PyList>() || source.is_instance_of::<PyTuple>()) {
        return one(source).map(PyWeights);
    }
    let mut parts = source.try_iter()?.map(|part| one(&part?));
    let first = parts.next().unwrap_or_else(|| guard(|| weights_of(&[], "<no files>")))?;
    parts.try_fold(first, |all, part| Ok(all.and(&part?))).map(PyWeights)
}
