//! The Landauer ladder: models and measured energies in, named gaps out.

use crate::errors::{Raise, detached, guard};
use crate::given::{bytes_of, path_of};
use crate::html;
use crate::quantity::{Given, PyQuantity};
use crate::table::{Column, frame};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};
use szilard::boundaries::BoundaryChain;
use szilard::landauer::{
    Gap, Ladder, LadderInputs, LandauerError, Model, Precision, ladder as ladder_of, landauer_limit_of,
};
use szilard::quantity::{Boundary, Quantity};

/// The least mean heat released when one bit is erased, E = k_B T ln 2. [J/bit]
///
/// Parameters
/// ----------
/// temperature
///     Of the coldest freely available bath: the ambient, and not the die. [K]
///
/// Raises
/// ------
/// szilard.errors.LandauerError
///     A temperature that is not above 0 K.
/// szilard.errors.UnitError
///     Something that is no temperature.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> sz.landauer_limit("300 K").value
/// 2.870978885078724e-21
#[pyfunction]
pub fn landauer_limit(temperature: Given) -> PyResult<PyQuantity> {
    guard(|| landauer_limit_of(&temperature.0)).map(PyQuantity)
}

/// What a transformer computes, stores and moves, counted exactly from its config.json.
#[pyclass(name = "Model", module = "szilard", frozen)]
#[derive(Debug, Clone)]
pub struct PyModel(Model);

/// The model that was meant: a `Model`, the name of one that the library carries, a path, or a dictionary.
fn model_of(given: &Bound<'_, PyAny>) -> PyResult<Model> {
    if let Ok(model) = given.cast::<PyModel>() {
        return Ok(model.get().0.clone());
    }
    if given.is_instance_of::<PyDict>() {
        let text: String = given.py().import("json")?.call_method1("dumps", (given,))?.extract()?;
        return guard(|| Model::from_config(&text));
    }
    if given.is_instance_of::<PyString>() {
        let name: String = given.extract()?;
        let is_file = path_of(given)?.is_some_and(|path| path.is_file());
        if !is_file {
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
    /// >>> import szilard as sz
    /// >>> sz.Model.from_config("llama-3-70b").parameters
    /// 70553706496
    #[staticmethod]
    fn from_config(config: &Bound<'_, PyAny>) -> PyResult<Self> {
        model_of(config).map(Self)
    }

    /// The names of the models that the library carries.
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
    fn flops(&self, context: u64) -> PyResult<u128> {
        guard(|| self.0.decode_flops(context))
    }

    /// The floating-point operations to read a prompt of so many tokens.
    #[pyo3(signature = (tokens, causal=true, head_on_last_only=true))]
    fn prefill_flops(&self, tokens: u64, causal: bool, head_on_last_only: bool) -> PyResult<u128> {
        guard(|| self.0.prefill_flops(tokens, causal, head_on_last_only))
    }

    /// The key-value row of one token at so many bytes an element. [B]
    #[pyo3(signature = (bytes_per_element=2))]
    fn kv_bytes_per_token(&self, bytes_per_element: u32) -> u128 {
        self.0.kv_bytes_per_token(bytes_per_element)
    }

    /// The weights read for one step of a batch at so many bits an element. [B]
    #[pyo3(signature = (batch=1, bits=16))]
    fn weight_bytes(&self, batch: u64, bits: u32) -> PyResult<f64> {
        guard(|| self.0.weight_bytes(batch, bits))
    }

    /// The activations written for one token at a context of so many positions.
    fn activation_elements(&self, context: u64) -> PyResult<u128> {
        guard(|| self.0.activation_elements(context))
    }

    fn __repr__(&self) -> String {
        let name = self.0.name().unwrap_or("config");
        format!("Model({name}, {} parameters, {} layers)", self.0.parameters(), self.0.layers())
    }
}

/// The ratio of a measured energy to a named bound, at a named temperature and boundary.
#[pyclass(name = "Gap", module = "szilard", frozen)]
#[derive(Debug, Clone)]
pub struct PyGap(Gap);

#[pymethods]
impl PyGap {
    /// The ratio of the energy to the bound, with its uncertainty and the boundary of the energy.
    #[getter]
    fn ratio(&self) -> PyQuantity {
        PyQuantity(self.0.ratio().clone())
    }

    /// The decimal logarithm of the ratio.
    #[getter]
    fn log10(&self) -> PyResult<PyQuantity> {
        guard(|| self.0.log10()).map(PyQuantity)
    }

    /// The name of the bound.
    #[getter]
    fn bound(&self) -> &'static str {
        self.0.bound().name
    }

    /// How far the bound may be trusted: universal, architecture, convention or technology.
    #[getter]
    fn kind(&self) -> &'static str {
        self.0.bound().kind.word()
    }

    /// The temperature of the bath. [K]
    #[getter]
    fn temperature(&self) -> PyQuantity {
        PyQuantity(self.0.temperature().clone())
    }

    /// The boundary at which the energy was counted, or None.
    #[getter]
    fn boundary(&self) -> Option<&'static str> {
        self.0.boundary().map(Boundary::word)
    }

    /// What the bound does not say.
    #[getter]
    fn not_claimed(&self) -> &'static str {
        self.0.bound().not_claimed
    }

    fn __repr__(&self) -> String {
        self.0.to_string()
    }
}

/// A measured energy per token beside every bound.
#[pyclass(name = "Ladder", module = "szilard", frozen)]
#[derive(Debug)]
pub struct PyLadder(Ladder);

#[pymethods]
impl PyLadder {
    /// The table of rungs: bound, kind, energy_per_token_j, u_j, ratio, u_ratio, reason (why there is no ratio),
    /// formula, assumptions, retained, not_claimed, source.
    #[getter]
    fn table(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        let rungs = self.0.rungs();
        let text = |of: fn(&szilard::landauer::Bound) -> &str| {
            Column::Text(rungs.iter().map(|rung| of(rung.bound).to_owned()).collect())
        };
        let energy = |of: fn(&Quantity) -> f64| {
            Column::MaybeFloat(rungs.iter().map(|rung| rung.energy.as_ref().ok().map(of)).collect())
        };
        let ratio = |of: fn(&Quantity) -> f64| {
            Column::MaybeFloat(rungs.iter().map(|rung| rung.gap.as_ref().ok().map(|gap| of(gap.ratio()))).collect())
        };
        let reason = rungs.iter().map(|rung| rung.gap.as_ref().err().map(LandauerError::to_string));
        frame(
            py,
            vec![
                ("bound", text(|bound| bound.name)),
                ("kind", text(|bound| bound.kind.word())),
                ("energy_per_token_j", energy(Quantity::value)),
                ("u_j", energy(Quantity::u)),
                ("ratio", ratio(Quantity::value)),
                ("u_ratio", ratio(Quantity::u)),
                ("reason", Column::MaybeText(reason.collect())),
                ("formula", text(|bound| bound.formula)),
                ("assumptions", text(|bound| bound.assumptions)),
                ("retained", text(|bound| bound.retained)),
                ("not_claimed", text(|bound| bound.not_claimed)),
                ("source", text(|bound| bound.source)),
            ],
        )
    }

    /// The measured energy. [J/token]
    #[getter]
    fn energy(&self) -> PyQuantity {
        PyQuantity(self.0.energy().clone())
    }

    /// The temperature of the bath. [K]
    #[getter]
    fn temperature(&self) -> PyQuantity {
        PyQuantity(self.0.temperature().clone())
    }

    /// The entropy that the energy, as heat, exports to the bath, E/(k_B T ln 2): an identity, and no gap. [bit/token]
    #[getter]
    fn landauer_units(&self) -> PyQuantity {
        PyQuantity(self.0.landauer_units().clone())
    }

    /// The gap to a named bound, as "kv-row".
    ///
    /// Raises
    /// ------
    /// szilard.errors.LandauerError
    ///     An unknown bound, a bound of 0 J, an input that was not given.
    fn gap(&self, bound: &str) -> PyResult<PyGap> {
        guard(|| self.0.gap(bound).cloned()).map(PyGap)
    }

    /// The ladder over decades, coloured by kind: (figure, axes).
    #[pyo3(signature = (ax=None))]
    fn plot(slf: &Bound<'_, Self>, ax: Option<&Bound<'_, PyAny>>) -> PyResult<Py<PyAny>> {
        Ok(slf.py().import("szilard.plotting")?.call_method1("ladder", (slf, ax))?.unbind())
    }

    fn __repr__(&self) -> String {
        self.0.to_string().trim_end().to_owned()
    }

    fn _repr_html_(&self) -> String {
        let rows: Vec<Vec<String>> = self
            .0
            .rungs()
            .iter()
            .map(|rung| {
                let ratio = rung.gap.as_ref().map_or_else(ToString::to_string, |gap| gap.ratio().to_string());
                vec![
                    rung.bound.name.to_owned(),
                    rung.bound.kind.word().to_owned(),
                    ratio,
                    rung.bound.not_claimed.to_owned(),
                ]
            })
            .collect();
        let line = format!("{} at {}", self.0.energy(), self.0.temperature());
        html::card(&line, "gap to each bound", &["bound", "kind", "ratio", "not claimed"], &rows)
    }
}

/// A measured energy per token beside every bound; a bound without its inputs is listed with that reason.
///
/// Parameters
/// ----------
/// model
///     A `Model`, the name of one that the library carries, a config.json, or a dictionary.
/// energy
///     Energy per token, at the boundary it was counted at. [J/token]
/// temperature
///     Of the coldest freely available bath: the ambient, and not the die. [K]
/// entropy
///     Entropy of the next token given model and context. [bit/token]
/// batch
///     Sequences decoded together.
/// context
///     Positions attended to, the token itself included.
/// dtype
///     Widths of weights, activations and cache: "bf16", "int4xfp16", "int4xfp16xfp8".
/// chain
///     A `BoundaryChain` that brings the energy to the board before it is compared.
/// error_probability
///     Probability that a switch is found in the wrong state.
/// transfer_energy
///     Energy to move a bit from memory to the chip. [J/bit]
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> ladder = sz.ladder("llama-3-70b", energy="0.39 J/token", temperature="300 K", dtype="fp8", context=2048)
/// >>> f"{ladder.gap('mac-convention').ratio:.3e}"
/// '1.176e+08'
#[pyfunction]
#[pyo3(signature = (model, energy, temperature, entropy=None, batch=None, context=None, dtype=None, chain=None,
                    error_probability=None, transfer_energy=None))]
#[expect(clippy::too_many_arguments, reason = "each input belongs to a bound")]
pub fn ladder(
    py: Python<'_>,
    model: &Bound<'_, PyAny>,
    energy: Given,
    temperature: Given,
    entropy: Option<Given>,
    batch: Option<u64>,
    context: Option<u64>,
    dtype: Option<&str>,
    chain: Option<&Bound<'_, crate::boundaries::PyBoundaryChain>>,
    error_probability: Option<f64>,
    transfer_energy: Option<Given>,
) -> PyResult<PyLadder> {
    let model = model_of(model)?;
    let precision = dtype.map(str::parse::<Precision>).transpose().map_err(Raise::raise)?;
    let to_board = |chain: &BoundaryChain| chain.bring(&energy.0, Boundary::Board);
    let energy = match chain {
        Some(chain) => guard(|| to_board(&chain.get().0))?.quantity,
        None => energy.0.clone(),
    };
    let entropy = entropy.map(|given| given.0);
    let transfer_energy = transfer_energy.map(|given| given.0);
    detached(py, || {
        ladder_of(&LadderInputs {
            entropy,
            batch,
            context,
            precision,
            error_probability,
            transfer_energy,
            ..LadderInputs::new(&model, energy, temperature.0)
        })
    })
    .map(PyLadder)
}
