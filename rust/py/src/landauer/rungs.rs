//! The limit, the gap and the ladder.

use super::inputs::Inputs;
use super::model::model_of;
use crate::errors::{detached, guard};
use crate::html;
use crate::picture::drawn;
use crate::quantity::{Given, PyQuantity};
use crate::table::{Column, frame};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use szilard::landauer::{Gap, Ladder, LandauerError, Rung, TokenYield, ladder as ladder_of, landauer_limit_of};
use szilard::quantity::{Boundary, Interval, Quantity};

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

/// The ratio of a measured energy to a named bound, at a named temperature and boundary.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> gap = sz.ladder("llama-3-70b", "0.39 J/token", "300 K", dtype="fp8", context=2048).gap("mac-convention")
/// >>> f"{gap.ratio:.3e}, 10^{gap.log10:.3f}", gap.bound, gap.kind
/// ('1.176e+08, 10^8.070', 'mac-convention', 'convention')
/// >>> gap.temperature, gap.boundary, gap.not_claimed.split(":")[0]
/// (300 K, None, 'no property of the map')
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
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> energy = sz.Quantity("0.39 J/token", boundary="board")
/// >>> ladder = sz.ladder("llama-3-70b", energy, "300 K", dtype="fp8", context=2048)
/// >>> ladder.energy, ladder.measured, ladder.temperature
/// (0.39 J/token = 0.1083333333333333 kWh/Mtoken [board], 0.39 J/token = 0.1083333333333333 kWh/Mtoken [board], 300 K)
/// >>> ladder.table["bound"].to_list()[:3], ladder.warnings
/// (['reversible', 'exported-entropy', 'output-entropy'], [])
/// >>> f"{ladder.landauer_units:.3e}", ladder.entropy_export_ratio
/// ('1.358e+20 bit/token', None)
#[pyclass(name = "Ladder", module = "szilard", frozen)]
#[derive(Debug)]
pub struct PyLadder(pub(super) Ladder);

#[pymethods]
impl PyLadder {
    /// The table of rungs: bound, kind, energy_per_token_j, u_j, ratio, u_ratio, ratio_low and ratio_high (95 %),
    /// interval_reason (why there is none), log10, u_log10, boundary (of the energy), tokens_per_wh (at most; null where unbounded, for a rung of 0 J), unbounded,
    /// reason (why there is no ratio), formula, assumptions, retained, not_claimed, source.
    #[getter]
    fn table(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        let boundary = self.0.energy().boundary();
        let rungs: Vec<_> = self.0.rungs().iter().map(|rung| (rung, boundary)).collect();
        frame(py, [columns(&rungs), words(&rungs)].into_iter().flatten().collect())
    }

    /// What the reader should know about the inputs: (code, message) each.
    #[getter]
    fn warnings(&self) -> Vec<(&'static str, String)> {
        self.0.diagnostics().iter().map(|remark| (remark.code.name(), remark.message.clone())).collect()
    }

    /// The exported entropy over the entropy of the token, or None without one: a number of its own, and no gap.
    #[getter]
    fn entropy_export_ratio(&self) -> Option<PyQuantity> {
        self.0.entropy_export_ratio().ok().cloned().map(PyQuantity)
    }

    /// The energy that the bounds are held against: the measured one, or what it is at the chip. [J/token]
    #[getter]
    fn energy(&self) -> PyQuantity {
        PyQuantity(self.0.energy().clone())
    }

    /// The energy as it was measured. [J/token]
    #[getter]
    fn measured(&self) -> PyQuantity {
        PyQuantity(self.0.measured().clone())
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
    /// Parameters
    /// ----------
    /// bound
    ///     Its name, out of the column `bound` of `table`.
    ///
    /// Raises
    /// ------
    /// szilard.errors.LandauerError
    ///     An unknown bound, a bound of 0 J, an input that was not given.
    ///
    /// Examples
    /// --------
    /// >>> import szilard as sz
    /// >>> f"{sz.ladder('llama-3-70b', '0.39 J/token', '300 K').gap('token-register').ratio:.3e}"
    /// '8.005e+18'
    fn gap(&self, bound: &str) -> PyResult<PyGap> {
        guard(|| self.0.gap(bound).cloned()).map(PyGap)
    }

    /// The ladder over decades, coloured by kind: (figure, axes).
    ///
    /// Parameters
    /// ----------
    /// ax
    ///     Axes to draw on; a figure of its own where left out.
    ///
    /// Examples
    /// --------
    /// >>> import szilard as sz
    /// >>> figure, axes = sz.ladder("llama-3-70b", "0.39 J/token", "300 K", dtype="fp8", context=2048).plot()
    /// >>> axes.get_xscale()
    /// 'log'
    #[pyo3(signature = (ax=None))]
    fn plot(slf: &Bound<'_, Self>, ax: Option<&Bound<'_, PyAny>>) -> PyResult<Py<PyAny>> {
        drawn(slf, "ladder", ax)
    }

    fn __repr__(&self) -> String {
        let (all, with_ratio) = (self.0.rungs().len(), self.0.rungs().iter().filter(|rung| rung.gap.is_ok()).count());
        let (energy, temperature) = (self.0.energy(), self.0.temperature());
        let remarks: String = self.0.diagnostics().iter().map(|remark| format!("; {}", remark.code)).collect();
        format!("Ladder({energy} at {temperature}, a ratio to {with_ratio} of {all} rungs{remarks})")
    }

    fn __str__(&self) -> String {
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
        let remarks = self.0.diagnostics().iter().map(|remark| format!("; {}: {}", remark.code, remark.message));
        let line = format!("{} at {}{}", self.0.energy(), self.0.temperature(), remarks.collect::<String>());
        html::card(&line, "gap to each bound", &["bound", "kind", "ratio", "not claimed"], &rows)
    }
}

/// The columns of rungs that say what they come to, each for an energy that was counted at a boundary.
pub(super) fn columns(rungs: &[(&Rung, Option<Boundary>)]) -> Vec<(&'static str, Column)> {
    let energy = |of: fn(&Quantity) -> f64| {
        Column::MaybeFloat(rungs.iter().map(|(rung, _)| rung.energy.as_ref().ok().map(of)).collect())
    };
    let of_gap = |of: fn(&Gap) -> Option<f64>| {
        Column::MaybeFloat(rungs.iter().map(|(rung, _)| rung.gap.as_ref().ok().and_then(of)).collect())
    };
    let intervals: Vec<_> = rungs.iter().map(|(rung, _)| Some(rung.gap.as_ref().ok()?.interval(0.95))).collect();
    let ends = |of: fn(&Interval) -> f64| {
        Column::MaybeFloat(intervals.iter().map(|it| it.as_ref()?.as_ref().ok().map(of)).collect())
    };
    let no_interval = intervals.iter().map(|it| it.as_ref()?.as_ref().err().map(LandauerError::to_string));
    let yields: Vec<_> = rungs.iter().map(|(rung, _)| rung.token_yield().ok()).collect();
    let tokens = yields.iter().map(|tokens| match tokens {
        Some(TokenYield::AtMost(tokens)) => Some(tokens.value()),
        Some(TokenYield::Unbounded) | None => None,
    });
    let unbounded =
        yields.iter().map(|tokens| (*tokens == Some(TokenYield::Unbounded)).then(|| "unbounded".to_owned()));
    let reason = rungs.iter().map(|(rung, _)| rung.gap.as_ref().err().map(LandauerError::to_string));
    let text = |of: fn(&szilard::landauer::Bound) -> &str| {
        Column::Text(rungs.iter().map(|(rung, _)| of(rung.bound).to_owned()).collect())
    };
    vec![
        ("bound", text(|bound| bound.name)),
        ("kind", text(|bound| bound.kind.word())),
        ("energy_per_token_j", energy(Quantity::value)),
        ("u_j", energy(Quantity::u)),
        ("ratio", of_gap(|gap| Some(gap.ratio().value()))),
        ("u_ratio", of_gap(|gap| Some(gap.ratio().u()))),
        ("ratio_low", ends(|interval| interval.low)),
        ("ratio_high", ends(|interval| interval.high)),
        ("interval_reason", Column::MaybeText(no_interval.collect())),
        ("log10", of_gap(|gap| gap.log10().ok().map(|log10| log10.value()))),
        ("u_log10", of_gap(|gap| gap.log10().ok().map(|log10| log10.u()))),
        ("boundary", Column::MaybeText(rungs.iter().map(|(_, at)| at.map(|at| at.word().to_owned())).collect())),
        ("tokens_per_wh", Column::MaybeFloat(tokens.collect())),
        ("unbounded", Column::MaybeText(unbounded.collect())),
        ("reason", Column::MaybeText(reason.collect())),
    ]
}

/// The columns that say how a bound is meant.
fn words(rungs: &[(&Rung, Option<Boundary>)]) -> Vec<(&'static str, Column)> {
    let text = |of: fn(&szilard::landauer::Bound) -> &str| {
        Column::Text(rungs.iter().map(|(rung, _)| of(rung.bound).to_owned()).collect())
    };
    vec![
        ("formula", text(|bound| bound.formula)),
        ("assumptions", text(|bound| bound.assumptions)),
        ("retained", text(|bound| bound.retained)),
        ("not_claimed", text(|bound| bound.not_claimed)),
        ("source", text(|bound| bound.source)),
    ]
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
///     Widths of weights, activations and cache: "bf16", "int4xfp16", "int4xfp16xfp8", "q4_kxfp16".
/// weights
///     Of `read_weights`: what a step reads, as the files store it. Widths of operands stay those of `dtype`.
/// chain
///     A `BoundaryChain` with the factors between the boundary of the energy and the chip, to which it is lowered.
/// error_probability
///     Probability that a switch is found in the wrong state. [1]
/// transfer_energy
///     Energy to move a bit from memory to the chip, or a memory: "hbm2", "gddr5". [J/bit]
/// cross_entropy
///     Surprisal of the tokens under another model, to which the eraser is tuned. [bit/token]
/// circuit
///     Circuit in which a multiplication destroys its operands, as "mul-u8".
/// arithmetic
///     Adder and multiplier of a technology, as "fp16-45nm".
/// relaxation_rate, reset_time, reset_error
///     Two-state memory that is reset in a time to an error. [Hz], [s], probability
/// diffusivity, half_spacing, reset_time, free_end
///     Overdamped bit between two wells that is reset in a time. [m²/s], [m], [s]
/// attempt_rate, hold_time
///     How often a bath attempts a barrier, and how long the barrier holds. [Hz], [s]
/// step_time
///     Time in which the machine passes to an orthogonal state for a token. [s]
///
/// Raises
/// ------
/// szilard.errors.LandauerError
///     An unknown model or format, a temperature that is not above 0 K, an input out of range.
/// szilard.errors.BoundaryError
///     An energy that the chain cannot lower to the chip.
/// szilard.errors.UnitError
///     An input of another dimension than stands behind it.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> ladder = sz.ladder("llama-3-70b", energy="0.39 J/token", temperature="300 K", dtype="fp8", context=2048)
/// >>> f"{ladder.gap('mac-convention').ratio:.3e}"
/// '1.176e+08'
#[pyfunction]
#[pyo3(signature = (model, energy, temperature, **inputs),
       text_signature = "(model, energy, temperature, *, entropy=None, batch=None, context=None, dtype=None, weights=None, chain=None, error_probability=None, transfer_energy=None, cross_entropy=None, circuit=None, arithmetic=None, relaxation_rate=None, reset_time=None, reset_error=None, diffusivity=None, half_spacing=None, free_end=None, attempt_rate=None, hold_time=None, step_time=None)")]
pub fn ladder(
    py: Python<'_>,
    model: &Bound<'_, PyAny>,
    energy: Given,
    temperature: Given,
    inputs: Option<&Bound<'_, PyDict>>,
) -> PyResult<PyLadder> {
    let (model, inputs) = (model_of(model)?, Inputs::of(inputs)?);
    detached(py, || ladder_of(&inputs.ladder(&model, energy.0, temperature.0))).map(PyLadder)
}
