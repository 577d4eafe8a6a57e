//! Models, and what a device makes of them.

use super::PyWeights;
use super::inputs::Count;
use crate::errors::{Raise, guard};
use crate::given::{bytes_of, path_of};
use crate::quantity::{Given, PyQuantity};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};
use std::path::PathBuf;
use szilard::landauer::{Device, Model, Precision, roofline as roofline_of};

/// What a transformer computes, stores and moves, counted exactly from its config.json.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> llama = sz.Model.from_config("llama-3-70b")
/// >>> llama.name, llama.layers, llama.vocabulary, llama.nonlinear_units
/// ('llama-3-70b', 80, 128256, 2293760)
/// >>> llama.parameters, llama.active_parameters, llama.matmul_parameters
/// (70553706496, 70553706496, 69501714432)
#[pyclass(name = "Model", module = "szilard", frozen)]
#[derive(Debug, Clone)]
pub struct PyModel(pub(super) Model);

/// The model that was meant: a `Model`, the name of one that the library carries, a path, or a dictionary.
pub(super) fn model_of(given: &Bound<'_, PyAny>) -> PyResult<Model> {
    if let Ok(model) = given.cast::<PyModel>() {
        return Ok(model.get().0.clone());
    }
    if given.is_instance_of::<PyDict>() {
        let text: String = given.py().import("json")?.call_method1("dumps", (given,))?.extract()?;
        return guard(|| Model::from_config(&text));
    }
    if given.is_instance_of::<PyString>() {
        let name: String = given.extract()?;
        let path = path_of(given)?;
        let is_path =
            |path: &PathBuf| path.components().count() > 1 || path.extension().is_some_and(|end| end == "json");
        if !path.is_some_and(|path| path.is_file() || is_path(&path)) {
            return guard(|| Model::named(&name));
        }
    }
    let (bytes, _) = bytes_of(given)?;
    guard(|| Model::from_config(&String::from_utf8_lossy(&bytes)))
}

#[pymethods]
impl PyModel {
    /// The model of a Hugging Face configuration: a path, a dictionary, or the name of one that the library carries.
    ///
    /// Parameters
    /// ----------
    /// config
    ///     The path of a config.json, its bytes, a dictionary, or a name out of `names`.
    ///
    /// Raises
    /// ------
    /// szilard.errors.LandauerError
    ///     An unknown name, an architecture that is not counted, a key that is missing or contradicts another.
    /// OSError
    ///     A file that the system does not give.
    ///
    /// Examples
    /// --------
    /// >>> import szilard as sz
    /// >>> sz.Model.from_config("llama-3-70b").parameters
    /// 70553706496
    #[staticmethod]
    fn from_config(config: &Bound<'_, PyAny>) -> PyResult<Self> {
        model_of(config).map(Self)
    }

    /// The names of the models that the library carries.
    ///
    /// Examples
    /// --------
    /// >>> import szilard as sz
    /// >>> "llama-3-70b" in sz.Model.names()
    /// True
    #[staticmethod]
    fn names() -> Vec<&'static str> {
        Model::names()
    }

    /// The name, for a model that the library carries, else None.
    #[getter]
    fn name(&self) -> Option<&str> {
        self.0.name()
    }

    /// The size of the vocabulary. [token]
    #[getter]
    fn vocabulary(&self) -> u128 {
        self.0.vocabulary()
    }

    /// The number of layers.
    #[getter]
    fn layers(&self) -> u128 {
        self.0.layers()
    }

    /// The number of parameters.
    #[getter]
    fn parameters(&self) -> u128 {
        self.0.parameters()
    }

    /// The number of parameters that one token meets: without the experts it does not visit.
    #[getter]
    fn active_parameters(&self) -> u128 {
        self.0.active_parameters()
    }

    /// The floating-point operations to decode one token at a context of so many positions.
    ///
    /// Parameters
    /// ----------
    /// context
    ///     Positions attended to, the token itself included. [token]
    ///
    /// Raises
    /// ------
    /// szilard.errors.LandauerError
    ///     A context that is no whole number from 1 to 2^32.
    ///
    /// Examples
    /// --------
    /// >>> import szilard as sz
    /// >>> sz.Model.from_config("llama-3-70b").flops(2048)
    /// 144372137984
    fn flops(&self, context: Count) -> PyResult<u128> {
        guard(|| self.0.decode_flops(context.0))
    }

    /// The floating-point operations to read a prompt of so many tokens.
    ///
    /// Parameters
    /// ----------
    /// tokens
    ///     Length of the prompt. [token]
    /// causal
    ///     Whether a position attends to itself and those before it only.
    /// head_on_last_only
    ///     Whether the vocabulary is computed for the last position only.
    ///
    /// Raises
    /// ------
    /// szilard.errors.LandauerError
    ///     A prompt that is no whole number from 1 to 2^32.
    ///
    /// Examples
    /// --------
    /// >>> import szilard as sz
    /// >>> sz.Model.from_config("llama-3-70b").prefill_flops(512)
    /// 70440236089344
    #[pyo3(signature = (tokens, causal=true, head_on_last_only=true))]
    fn prefill_flops(&self, tokens: Count, causal: bool, head_on_last_only: bool) -> PyResult<u128> {
        guard(|| self.0.prefill_flops(tokens.0, causal, head_on_last_only))
    }

    /// The key-value row of one token at so many bytes an element. [B]
    ///
    /// Parameters
    /// ----------
    /// bytes_per_element
    ///     Width of an element of the cache. [B]
    ///
    /// Raises
    /// ------
    /// OverflowError
    ///     A width below zero.
    ///
    /// Examples
    /// --------
    /// >>> import szilard as sz
    /// >>> sz.Model.from_config("llama-3-70b").kv_bytes_per_token()
    /// 327680
    #[pyo3(signature = (bytes_per_element=2))]
    fn kv_bytes_per_token(&self, bytes_per_element: u32) -> u128 {
        self.0.kv_bytes_per_token(bytes_per_element)
    }

    /// The key-value cache that decoding one token at a context reads, at so many bits an element. [B]
    ///
    /// Parameters
    /// ----------
    /// context
    ///     Positions attended to, the token itself included. [token]
    /// bits
    ///     Width of an element of the cache. [bit]
    ///
    /// Raises
    /// ------
    /// szilard.errors.LandauerError
    ///     A context that is no whole number from 1 to 2^32.
    ///
    /// Examples
    /// --------
    /// >>> import szilard as sz
    /// >>> sz.Model.from_config("llama-3-70b").kv_bytes_read(2048)
    /// 671088640.0
    #[pyo3(signature = (context, bits=16))]
    fn kv_bytes_read(&self, context: Count, bits: u32) -> PyResult<f64> {
        guard(|| self.0.kv_bits_read(context.0, bits)).map(|bits| bits as f64 / 8.0)
    }

    /// The weights read for one step of a batch: at so many bits an element on average, or as `weights` of
    /// `read_weights` are stored. [B]
    ///
    /// Parameters
    /// ----------
    /// batch
    ///     Sequences decoded together; with experts, more of them are read. [1]
    /// bits
    ///     Width of a weight, on average. [bit]
    /// weights
    ///     Of `read_weights`, in place of `bits`.
    ///
    /// Raises
    /// ------
    /// szilard.errors.LandauerError
    ///     A batch of none, a width that is not above zero, weights that are not those of this model.
    ///
    /// Examples
    /// --------
    /// >>> import szilard as sz
    /// >>> sz.Model.from_config("llama-3-70b").weight_bytes(bits=8.0)
    /// 69503041536.0
    #[pyo3(signature = (batch=Count(1), bits=16.0, weights=None), text_signature = "($self, batch=1, bits=16.0, weights=None)")]
    fn weight_bytes(&self, batch: Count, bits: f64, weights: Option<&Bound<'_, PyWeights>>) -> PyResult<f64> {
        match weights {
            Some(weights) => guard(|| self.0.stored_weight_bytes(&weights.get().0, batch.0)),
            None => guard(|| self.0.weight_bytes(batch.0, bits)),
        }
    }

    /// The experts of a layer that a batch visits on average, chosen uniformly and independently: E (1 - (1 - k/E)^B).
    ///
    /// Parameters
    /// ----------
    /// batch
    ///     Sequences decoded together, B. [1]
    ///
    /// Raises
    /// ------
    /// szilard.errors.LandauerError
    ///     A batch that is no whole number from 1 to 2^32.
    ///
    /// Examples
    /// --------
    /// >>> import szilard as sz
    /// >>> f"{sz.Model.from_config('mixtral-8x7b').distinct_experts(4):.4f}"
    /// '5.4688'
    fn distinct_experts(&self, batch: Count) -> PyResult<f64> {
        guard(|| self.0.distinct_experts(batch.0))
    }

    /// The elements of the matrices that one token is multiplied with: no embedding table, no vectors.
    #[getter]
    fn matmul_parameters(&self) -> u128 {
        self.0.matmul_parameters()
    }

    /// The multiplications with an addition to decode one token at a context of so many positions.
    ///
    /// Parameters
    /// ----------
    /// context
    ///     Positions attended to, the token itself included. [token]
    ///
    /// Raises
    /// ------
    /// szilard.errors.LandauerError
    ///     A context that is no whole number from 1 to 2^32.
    ///
    /// Examples
    /// --------
    /// >>> import szilard as sz
    /// >>> sz.Model.from_config("llama-3-70b").macs(2048)
    /// 72186068992
    fn macs(&self, context: Count) -> PyResult<u128> {
        guard(|| self.0.macs(context.0))
    }

    /// The feed-forward units behind a non-linear function that one token passes.
    #[getter]
    fn nonlinear_units(&self) -> u128 {
        self.0.nonlinear_units()
    }

    /// The activations written for one token at a context of so many positions.
    ///
    /// Parameters
    /// ----------
    /// context
    ///     Positions attended to, the token itself included. [token]
    ///
    /// Raises
    /// ------
    /// szilard.errors.LandauerError
    ///     A context that is no whole number from 1 to 2^32.
    ///
    /// Examples
    /// --------
    /// >>> import szilard as sz
    /// >>> sz.Model.from_config("llama-3-70b").activation_elements(2048)
    /// 33395968
    fn activation_elements(&self, context: Count) -> PyResult<u128> {
        guard(|| self.0.activation_elements(context.0))
    }

    fn __repr__(&self) -> String {
        let name = self.0.name().unwrap_or("config");
        format!("Model({name}, {} parameters, {} layers)", self.0.parameters(), self.0.layers())
    }
}

/// The roofline of decoding one token for each sequence of a batch on a device of the data table: a dictionary with
/// operations, bytes, intensity_flop_per_byte, balance_flop_per_byte, step_s, limited_by and fits, and with power,
/// energy_per_token and the reason where there is none.
///
/// Parameters
/// ----------
/// model
///     A `Model`, the name of one that the library carries, a config.json, or a dictionary.
/// device
///     Name of the device in the data table, as "h100-sxm".
/// batch
///     Sequences decoded together. [1]
/// context
///     Positions attended to by each. [token]
/// dtype
///     Widths of weights, activations and cache, as of `ladder`.
/// weights
///     Of `read_weights`, in place of the width of a weight that `dtype` has.
/// power
///     Mean power during a step; left out, the rated one of the device, where its table has one. [W]
///
/// Raises
/// ------
/// szilard.errors.LandauerError
///     An unknown model, device or format, a device without figures for it, a batch or context of none.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> sz.roofline("llama-3-70b", "h100-sxm", batch=1, context=2048, dtype="fp8")["limited_by"]
/// 'memory'
#[pyfunction]
#[pyo3(signature = (model, device, batch, context, dtype, weights=None, power=None))]
#[expect(clippy::too_many_arguments, reason = "a device, a model and how it is served")]
pub fn roofline<'py>(
    py: Python<'py>,
    model: &Bound<'_, PyAny>,
    device: &str,
    batch: Count,
    context: Count,
    dtype: &str,
    weights: Option<&Bound<'_, PyWeights>>,
    power: Option<Given>,
) -> PyResult<Bound<'py, PyDict>> {
    let model = model_of(model)?;
    let precision: Precision = dtype.parse().map_err(Raise::raise)?;
    let device = guard(|| Device::named(device))?;
    let weights = weights.map(|weights| &weights.get().0);
    let found = guard(|| roofline_of(&model, &device, batch.0, context.0, precision, weights))?;
    let (power, energy) = match power {
        // a power that was given is at fault itself; one that the table lacks is a reason
        Some(power) => (Some(power.0.clone()), Ok(guard(|| found.energy(&power.0))?)),
        None => {
            let rated = device.rated_power();
            (rated.clone().ok(), rated.and_then(|power| found.energy(&power)))
        }
    };
    let answer = PyDict::new(py);
    answer.set_item("operations", found.operations)?;
    answer.set_item("bytes", found.bytes)?;
    answer.set_item("intensity_flop_per_byte", found.intensity)?;
    answer.set_item("balance_flop_per_byte", found.balance)?;
    answer.set_item("step_s", found.step.value)?;
    answer.set_item("limited_by", found.limited_by.word())?;
    answer.set_item("fits", found.fits)?;
    answer.set_item("power", power.map(PyQuantity))?;
    answer.set_item("reason", energy.as_ref().err().map(ToString::to_string))?;
    answer.set_item("energy_per_token", energy.ok().map(PyQuantity))?;
    Ok(answer)
}
