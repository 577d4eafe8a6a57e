//! Energies of many windows, costs of phases and what a meter does not see, as Python sees them.

use crate::errors::{detached, exceptions, guard};
use crate::given::nanoseconds;
use crate::quantity::{PyQuantity, Size};
use crate::table::{Column, frame};
use crate::tokens::PyTokenLog;
use crate::traces::PyTrace;
use numpy::PyReadonlyArray1;
use pyo3::prelude::*;
use szilard::energy::{
    BlindSpot, BlindSpotRow, InferenceQuery, LoadClass, MeterChoice, Overlapping, PhaseCosts, Request, RequestEnergy,
    Status, WindowQuery, by_every_policy,
};
use szilard::quantity::Quantity;

/// The energies of many windows at once, over all devices: start_ns, end_ns, energy_j, u_j, gap_s.
///
/// One walk over the sorted windows and the samples, so that 10^6 windows over 10^8 samples take about as long as reading
/// the samples a few times.
///
/// Parameters
/// ----------
/// trace
///     The power log.
/// start_ns, end_ns
///     Columns of times in the clock of the trace. [ns]
/// overlapping
///     What windows get that overlap: "whole" (all of the energy of its time, each), "equal" (power at each instant in
///     equal shares) or "weighted" (in proportion to `weight`). Shared, the energies and what lies outside all windows
///     are the energy of the trace.
/// weight
///     A column of weights above zero.
/// max_gap
///     Longest interval that is integrated over. [s]
/// u
///     Whether the uncertainty of each is given; the budget of the log that it comes from takes a read of the samples more.
///
/// Examples
/// --------
/// >>> import numpy as np, szilard as sz
/// >>> trace = sz.trace_from_arrays(np.arange(6) * 10**9, [100.0] * 6)
/// >>> sz.energies(trace, [1 * 10**9, 2 * 10**9], [4 * 10**9, 5 * 10**9], overlapping="equal")["energy_j"].to_list()
/// [200.0, 200.0]
#[pyfunction]
#[pyo3(signature = (trace, start_ns, end_ns, overlapping="whole", weight=None, max_gap=None, u=true))]
#[expect(clippy::too_many_arguments, reason = "keyword arguments of one function")]
pub fn energies(
    py: Python<'_>,
    trace: &Bound<'_, PyTrace>,
    start_ns: &Bound<'_, PyAny>,
    end_ns: &Bound<'_, PyAny>,
    overlapping: &str,
    weight: Option<&Bound<'_, PyAny>>,
    max_gap: Option<Size>,
    u: bool,
) -> PyResult<Py<PyAny>> {
    let (start, _) = columns(start_ns, start_ns)?;
    let (end, weights) = columns(end_ns, weight.unwrap_or(end_ns))?;
    let (start, end) = (start.as_slice()?, end.as_slice()?);
    if start.len() != end.len() {
        let message = format!("E_DTYPE: {} starts and {} ends", start.len(), end.len());
        return Err(exceptions::TraceError::new_err((message, "E_DTYPE")));
    }
    let overlapping = match (overlapping, weight) {
        ("whole", None) => Overlapping::Whole,
        ("equal", None) => Overlapping::Equal,
        ("weighted", Some(_)) => Overlapping::Weighted(weights.as_slice()?),
        _ => {
            let message = format!("overlapping {overlapping:?}: expected whole or equal, or weighted with weight");
            return Err(exceptions::TraceError::new_err((message, "E_OPTION")));
        }
    };
    let query = WindowQuery { max_gap_ns: max_gap.map(nanoseconds).transpose()?, with_u: u };
    let trace = trace.get();
    let found = detached(py, || {
        let windows: Vec<(i64, i64)> = start.iter().copied().zip(end.iter().copied()).collect();
        szilard::energy::energies(&trace.trace, &windows, overlapping, query)
    })?;
    let u_j = found.u_j.map(|u| ("u_j", Column::Float(u)));
    let gaps = found.gap_ns.iter().map(|gap| *gap as f64 * 1e-9).collect();
    let columns = [
        Some(("start_ns", Column::Whole(start.to_vec()))),
        Some(("end_ns", Column::Whole(end.to_vec()))),
        Some(("energy_j", Column::Float(found.energy_j))),
        u_j,
        Some(("gap_s", Column::Float(gaps))),
    ];
    frame(py, columns.into_iter().flatten().collect())
}

/// The energy of columns of times that rise and powers, by the trapezoidal rule: the exact sum, rounded once, whatever the
/// number of threads. [J] Nothing is known of a meter here, so it has no uncertainty; `Trace.energy` has.
///
/// Parameters
/// ----------
/// time_ns, power_w
///     Columns of times [ns] and powers. [W]
/// max_gap
///     Longest interval that is integrated over; any where left out. [s]
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> sz.trapezoid([0, 10**9, 3 * 10**9], [10.0, 20.0, 20.0]).value
/// 55.0
#[pyfunction]
#[pyo3(signature = (time_ns, power_w, max_gap=None))]
pub fn trapezoid(
    py: Python<'_>,
    time_ns: &Bound<'_, PyAny>,
    power_w: &Bound<'_, PyAny>,
    max_gap: Option<Size>,
) -> PyResult<PyQuantity> {
    let max_gap_ns = max_gap.map(nanoseconds).transpose()?;
    let (time, power) = columns(time_ns, power_w)?;
    let (time, power) = (time.as_slice()?, power.as_slice()?);
    let total = detached(py, || szilard::energy::trapezoid(time, power, max_gap_ns))?;
    guard(|| Quantity::new(total.energy_j, "J".parse()?)).map(PyQuantity)
}

/// A column of times [ns] and one of numbers.
type Columns<'py> = (PyReadonlyArray1<'py, i64>, PyReadonlyArray1<'py, f64>);

fn columns<'py>(time: &Bound<'py, PyAny>, number: &Bound<'py, PyAny>) -> PyResult<Columns<'py>> {
    time.py().import("szilard._time")?.call_method1("columns", (time, number))?.extract()
}

/// What a prompt token, an output token and a second cost.
#[pyclass(name = "PhaseCosts", module = "szilard", frozen)]
#[derive(Debug)]
pub struct PyPhaseCosts(PhaseCosts);

#[pymethods]
impl PyPhaseCosts {
    /// The energy per computed prompt token. [J/token]
    #[getter]
    fn per_prompt_token(&self) -> PyQuantity {
        PyQuantity(self.0.per_prompt_token.clone())
    }

    /// The energy per generated token. [J/token]
    #[getter]
    fn per_output_token(&self) -> PyQuantity {
        PyQuantity(self.0.per_output_token.clone())
    }

    /// The power that is drawn whatever is in flight. [W]
    #[getter]
    fn per_second(&self) -> PyQuantity {
        PyQuantity(self.0.per_second.clone())
    }

    /// The covariance of the three as the fit gives it, in their order; the gain of the meter is not in it.
    #[getter]
    fn covariance(&self) -> Vec<[f64; 3]> {
        self.0.covariance.to_vec()
    }

    /// The standard deviation of the power about the fit, for a stretch of one second. [W]
    #[getter]
    fn scatter_w(&self) -> f64 {
        self.0.scatter_w
    }

    /// The stretches between starts, first tokens and ends that went in.
    #[getter]
    fn stretches(&self) -> usize {
        self.0.stretches
    }

    fn __repr__(&self) -> String {
        let PhaseCosts { per_prompt_token, per_output_token, per_second, stretches, .. } = &self.0;
        format!("PhaseCosts({per_prompt_token} prompt, {per_output_token} output, {per_second}; {stretches} stretches)")
    }
}

/// The costs of a prompt token, of an output token and of a second, with their covariance, by weighted least squares of
/// the power on the tokens in flight: P = a r_prompt + b r_output + c, over the stretches between starts, first tokens
/// and ends, weighted by their lengths.
///
/// Raises
/// ------
/// szilard.errors.TraceError
///     A record without a first token or tokens; prompt and output tokens that do not vary apart.
#[pyfunction]
#[pyo3(signature = (trace, tokens, clock_offset=None, max_gap=None))]
pub fn phase_costs(
    py: Python<'_>,
    trace: &Bound<'_, PyTrace>,
    tokens: &Bound<'_, PyTokenLog>,
    clock_offset: Option<Size>,
    max_gap: Option<Size>,
) -> PyResult<PyPhaseCosts> {
    let (offset, max_gap) = (clock_offset.map(nanoseconds).transpose()?, max_gap.map(nanoseconds).transpose()?);
    let (trace, log) = (trace.get(), &tokens.get().0);
    detached(py, || szilard::energy::phase_costs(&trace.trace, log, offset, max_gap)).map(PyPhaseCosts)
}

/// The energies of the requests by every policy, side by side: request, start_ns, end_ns, prompt_tokens, output_tokens and,
/// for each of tokens, time, regression and exclusive, energy and u, as tokens_j and u_tokens_j. Null where a policy does
/// not apply: regression without first tokens, exclusive where requests overlap.
///
/// Raises
/// ------
/// szilard.errors.TraceError
///     No policy applies: clocks that do not meet, logs that do not overlap, no generated tokens.
#[pyfunction]
#[pyo3(signature = (trace, tokens, clock_offset=None, max_gap=None))]
pub fn policies(
    py: Python<'_>,
    trace: &Bound<'_, PyTrace>,
    tokens: &Bound<'_, PyTokenLog>,
    clock_offset: Option<Size>,
    max_gap: Option<Size>,
) -> PyResult<Py<PyAny>> {
    let clock_offset_ns = clock_offset.map(nanoseconds).transpose()?;
    let query = InferenceQuery {
        clock_offset_ns,
        max_gap_ns: max_gap.map(nanoseconds).transpose()?,
        ..InferenceQuery::default()
    };
    let (trace, log) = (trace.get(), &tokens.get().0);
    let found = detached(py, || {
        let mut found = by_every_policy(&trace.trace, log, &query);
        match found.iter().position(|(_, result)| result.is_ok()) {
            Some(_) => Ok(found),
            None => found.swap_remove(0).1.map(|_| Vec::new()),
        }
    })?;
    let Some(first) = found.iter().find_map(|(_, result)| result.as_ref().ok()) else { return frame(py, Vec::new()) };
    let requests: Vec<_> = first.requests.iter().map(|record| &record.request).collect();
    let count = |of: fn(&Request) -> Option<u64>| {
        let whole = |request: &&Request| of(request).and_then(|count| i64::try_from(count).ok());
        Column::MaybeWhole(requests.iter().map(whole).collect())
    };
    let mut columns = vec![
        ("request".to_owned(), Column::Text(requests.iter().map(|request| request.request.clone()).collect())),
        ("start_ns".to_owned(), Column::MaybeWhole(requests.iter().map(|request| request.start_ns).collect())),
        ("end_ns".to_owned(), Column::MaybeWhole(requests.iter().map(|request| request.end_ns).collect())),
        ("prompt_tokens".to_owned(), count(|request| request.prompt_tokens)),
        ("output_tokens".to_owned(), count(|request| request.output_tokens)),
    ];
    for (policy, result) in &found {
        let records = result.as_ref().map(|result| &result.requests[..]).unwrap_or_default();
        let of = |of: fn(&RequestEnergy) -> f64| {
            Column::MaybeFloat((0..requests.len()).map(|index| records.get(index).map(of)).collect())
        };
        columns.push((format!("{}_j", policy.word()), of(|record| record.energy_j)));
        columns.push((format!("u_{}_j", policy.word()), of(|record| record.u_j)));
    }
    let (names, columns): (Vec<String>, Vec<Column>) = columns.into_iter().unzip();
    frame(py, names.iter().map(String::as_str).zip(columns).collect())
}

/// What an inner meter does not see of an outer one.
#[pyclass(name = "BlindSpot", module = "szilard", frozen)]
#[derive(Debug)]
pub struct PyBlindSpot(BlindSpot);

#[pymethods]
impl PyBlindSpot {
    /// The energy of the outer meter. [J]
    #[getter]
    fn outer(&self) -> PyQuantity {
        PyQuantity(self.0.outer.clone())
    }

    /// The energy of the inner meter over the same time. [J]
    #[getter]
    fn inner(&self) -> PyQuantity {
        PyQuantity(self.0.inner.clone())
    }

    /// Their difference, which is at no one boundary. [J]
    #[getter]
    fn difference(&self) -> PyQuantity {
        PyQuantity(self.0.difference.clone())
    }

    /// The difference as a share of the outer energy.
    #[getter]
    fn share(&self) -> PyQuantity {
        PyQuantity(self.0.share.clone())
    }

    /// complete, or incomplete where a meter does not cover all of the time that both span.
    #[getter]
    fn status(&self) -> &'static str {
        self.0.status.word()
    }

    /// The table over time: start_ns, end_ns, outer_w, inner_w, difference_w, u_w; null where a meter does not cover it.
    #[getter]
    fn rows(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        let rows = &self.0.rows;
        let maybe = |of: fn(&BlindSpotRow) -> Option<f64>| Column::MaybeFloat(rows.iter().map(of).collect());
        frame(
            py,
            vec![
                ("start_ns", Column::Whole(rows.iter().map(|row| row.start_ns).collect())),
                ("end_ns", Column::Whole(rows.iter().map(|row| row.end_ns).collect())),
                ("outer_w", maybe(|row| row.outer_w)),
                ("inner_w", maybe(|row| row.inner_w)),
                ("difference_w", maybe(|row| row.difference_w)),
                ("u_w", maybe(|row| row.u_w)),
            ],
        )
    }

    /// The table over load, from low to high: from_w, to_w, inner_w, difference_w, u_w, rows.
    #[getter]
    fn load(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        let float = |of: fn(&LoadClass) -> f64| Column::Float(self.0.load.iter().map(of).collect());
        frame(
            py,
            vec![
                ("from_w", float(|class| class.from_w)),
                ("to_w", float(|class| class.to_w)),
                ("inner_w", float(|class| class.inner_w)),
                ("difference_w", float(|class| class.difference_w)),
                ("u_w", float(|class| class.u_w)),
                ("rows", Column::Whole(self.0.load.iter().map(|class| class.rows as i64).collect())),
            ],
        )
    }

    fn __repr__(&self) -> String {
        let BlindSpot { difference, share, status, .. } = &self.0;
        let missing = if *status == Status::Complete { "" } else { ", incomplete" };
        format!("BlindSpot({difference} not seen, {share} of the outer meter{missing})")
    }
}

/// What an inner meter does not see of an outer one, over the time that both logs span: a node against the sum of its
/// boards, a module against its rails.
///
/// Parameters
/// ----------
/// outer, inner
///     Power logs on one clock; they may be the same log with different channels.
/// outer_channels, inner_channels
///     Names of channels whose sum is meant; left out, what the log itself sums.
/// offset
///     Added to the times of the inner log; needed where a clock is relative. [s]
/// step
///     Length of a row over time; left out, a sixtieth of the time. [s]
///
/// Raises
/// ------
/// szilard.errors.BoundaryError
///     An inner meter at an outer boundary.
/// szilard.errors.TraceError
///     Clocks that do not meet, no time in common.
///
/// Examples
/// --------
/// >>> import numpy as np, szilard as sz
/// >>> time = np.arange(61) * 10**9
/// >>> board = sz.trace_from_arrays(time, np.linspace(100, 400, 61), boundary="board")
/// >>> node = sz.trace_from_arrays(time, 90 + 1.1 * np.linspace(100, 400, 61), boundary="node")
/// >>> spot = sz.blind_spot(node, board)
/// >>> f"{spot.difference.value:.0f} J of {spot.outer.value:.0f} J"
/// '6900 J of 21900 J'
#[pyfunction]
#[pyo3(signature = (outer, inner, outer_channels=None, inner_channels=None, offset=None, step=None))]
pub fn blind_spot(
    py: Python<'_>,
    outer: &Bound<'_, PyTrace>,
    inner: &Bound<'_, PyTrace>,
    outer_channels: Option<Vec<String>>,
    inner_channels: Option<Vec<String>>,
    offset: Option<Size>,
    step: Option<Size>,
) -> PyResult<PyBlindSpot> {
    let (offset, step) = (offset.map(nanoseconds).transpose()?, step.map(nanoseconds).transpose()?);
    let (outer, inner) = (outer.get(), inner.get());
    detached(py, || {
        let outer = MeterChoice { trace: &outer.trace, channels: outer_channels.unwrap_or_default() };
        let inner = MeterChoice { trace: &inner.trace, channels: inner_channels.unwrap_or_default() };
        szilard::energy::blind_spot(&outer, &inner, offset, step)
    })
    .map(PyBlindSpot)
}
