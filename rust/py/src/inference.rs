//! Joules per token as Python sees them.

use crate::energy::rule_of;
use crate::errors::{exceptions, guard};
use crate::given::nanoseconds;
use crate::html;
use crate::idle::idle_of;
use crate::picture::drawn;
use crate::quantity::{Given, PyQuantity, Size, budget, word};
use crate::table::{Column, frame};
use crate::tokens::PyTokenLog;
use crate::traces::PyTrace;
use crate::watched::watched;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use szilard::energy::{
    InferenceEnergy, InferenceQuery, InputRecord, Policy, RemarkRecord, Report, Tokens, energy_per_token as per_token,
    page,
};
use szilard::quantity::{Quantity, QuantityError, QuantityRecord};

/// Joules per token of a recording, and everything that belongs to the figure.
#[pyclass(name = "InferenceEnergy", module = "szilard", frozen)]
#[derive(Debug)]
pub struct PyInferenceEnergy {
    pub(crate) report: Report,
    /// The figures with their models; none in a report that was loaded.
    pub(crate) live: Option<InferenceEnergy>,
    /// The files it was made from, by their roles.
    pub(crate) sources: Vec<(&'static str, String)>,
}

/// A figure of a report.
fn saved(record: &QuantityRecord) -> PyResult<PyQuantity> {
    guard(|| Quantity::try_from(record.clone())).map(PyQuantity)
}

impl PyInferenceEnergy {
    /// The report with its labels and the fingerprints of the files that it was made from.
    fn to_save(&self, labels: Option<BTreeMap<String, String>>) -> PyResult<Report> {
        let mut report = self.report.clone();
        report.labels.extend(labels.unwrap_or_default());
        for (role, name) in &self.sources {
            let path = Path::new(name);
            if path.is_file() {
                let record = InputRecord::of_file(role, path);
                report.inputs.push(record.map_err(|error| crate::given::os_error(&error, name))?);
            }
        }
        Ok(report)
    }

    fn figure(&self, live: fn(&InferenceEnergy) -> &Quantity, record: &QuantityRecord) -> PyResult<PyQuantity> {
        self.live.as_ref().map_or_else(|| saved(record), |result| Ok(PyQuantity(live(result).clone())))
    }

    fn maybe(
        &self,
        live: fn(&InferenceEnergy) -> Option<&Quantity>,
        record: Option<&QuantityRecord>,
    ) -> PyResult<Option<PyQuantity>> {
        match &self.live {
            Some(result) => Ok(live(result).cloned().map(PyQuantity)),
            None => record.map(saved).transpose(),
        }
    }
}

#[pymethods]
impl PyInferenceEnergy {
    /// The energy per generated token. [J/token]
    #[getter]
    fn per_token(&self) -> PyResult<PyQuantity> {
        self.figure(|result| &result.per_token, &self.report.per_token)
    }

    /// The generated tokens per energy. [token/Wh]
    #[getter]
    fn tokens_per_wh(&self) -> PyResult<PyQuantity> {
        self.figure(|result| &result.tokens_per_wh, &self.report.tokens_per_wh)
    }

    /// The energy per generated token. [kWh/Mtoken]
    #[getter]
    fn kwh_per_mtoken(&self) -> PyResult<PyQuantity> {
        self.figure(|result| &result.kwh_per_mtoken, &self.report.kwh_per_mtoken)
    }

    /// The energy while requests that generate tokens were in flight; of the window, where tokens were a number. [J]
    #[getter]
    fn gross(&self) -> PyResult<PyQuantity> {
        self.figure(|result| &result.gross, &self.report.gross)
    }

    /// Gross less the idle draw over the same time [J]; None without `idle`.
    #[getter]
    fn above_idle(&self) -> PyResult<Option<PyQuantity>> {
        self.maybe(|result| result.above_idle.as_ref(), self.report.above_idle.as_ref())
    }

    /// The energy above idle per generated token [J/token]; None without `idle`.
    #[getter]
    fn above_idle_per_token(&self) -> PyResult<Option<PyQuantity>> {
        self.maybe(|result| result.above_idle_per_token.as_ref(), self.report.above_idle_per_token.as_ref())
    }

    /// The idle draw over the time in flight, as a share of gross; None without `idle`.
    #[getter]
    fn idle_share(&self) -> PyResult<Option<PyQuantity>> {
        self.maybe(|result| result.idle_share.as_ref(), self.report.idle_share.as_ref())
    }

    /// The idle power that was used [W]; None without `idle`.
    #[getter]
    fn idle_power(&self) -> PyResult<Option<PyQuantity>> {
        self.maybe(|result| result.idle_power.as_ref().map(|idle| &idle.power), self.report.idle_power.as_ref())
    }

    /// How the idle power was found; None without `idle`.
    #[getter]
    fn idle_method(&self) -> Option<&str> {
        self.report.idle_method.as_deref()
    }

    /// The energy up to the first token per prompt token [J/token]; None unless every request knows its first token.
    #[getter]
    fn prefill_per_token(&self) -> PyResult<Option<PyQuantity>> {
        self.maybe(|result| result.prefill_per_token.as_ref(), self.report.prefill_per_token.as_ref())
    }

    /// The energy from the first token on per generated token [J/token]; None as for `prefill_per_token`.
    #[getter]
    fn decode_per_token(&self) -> PyResult<Option<PyQuantity>> {
        self.maybe(|result| result.decode_per_token.as_ref(), self.report.decode_per_token.as_ref())
    }

    /// The energy that the token log itself states for the same records [J]; None where it states none.
    #[getter]
    fn logged(&self) -> PyResult<Option<PyQuantity>> {
        self.maybe(|result| result.logged.as_ref(), self.report.logged.as_ref())
    }

    /// What was added to the times of the token log, where it was estimated [s]; None where it was not.
    #[getter]
    fn clock_offset(&self) -> PyResult<Option<PyQuantity>> {
        self.maybe(|result| result.clock_offset.as_ref(), self.report.clock_offset.as_ref())
    }

    /// How much of the token log lies inside the power log: whole or partial.
    #[getter]
    fn overlap(&self) -> &str {
        &self.report.overlap
    }

    /// The covered energy with no request in flight; with `idle`, that power over the same time. [J]
    #[getter]
    fn idle_energy(&self) -> PyResult<PyQuantity> {
        self.figure(|result| &result.idle_energy, &self.report.idle_energy)
    }

    /// What is left of the meter: meter = requests + idle + unattributed, exactly. [J]
    #[getter]
    fn unattributed(&self) -> PyResult<PyQuantity> {
        self.figure(|result| &result.unattributed, &self.report.unattributed)
    }

    /// The energy of the meter over the window. [J]
    #[getter]
    fn meter(&self) -> PyResult<Option<PyQuantity>> {
        self.maybe(|result| result.meter.energy.as_ref(), self.report.meter.energy.as_ref())
    }

    /// The grid of which all parts of the meter are multiples, so that they sum exactly in any order. [J]
    #[getter]
    fn grid_j(&self) -> f64 {
        self.report.grid_j
    }

    /// The number of generated tokens.
    #[getter]
    fn output_tokens(&self) -> u64 {
        self.report.output_tokens
    }

    /// The number of computed prompt tokens; None unless every request states it.
    #[getter]
    fn prompt_tokens(&self) -> Option<u64> {
        self.report.prompt_tokens
    }

    /// The time with at least one request in flight. [s]
    #[getter]
    fn in_flight(&self) -> PyResult<PyQuantity> {
        guard(|| Ok::<_, QuantityError>(PyQuantity(Quantity::new(self.report.in_flight_s, "s".parse()?)?)))
    }

    /// How power was split among requests in flight together: tokens, time or exclusive.
    #[getter]
    fn policy(&self) -> &str {
        &self.report.policy
    }

    /// complete, or incomplete where part of the time that counts is not covered.
    #[getter]
    fn status(&self) -> &str {
        &self.report.status
    }

    /// The power log.
    #[getter]
    fn trace(&self) -> &str {
        &self.report.trace
    }

    /// The table of requests: request, phase, start_ns, end_ns, energy_j, u_j, prompt_tokens, output_tokens,
    /// energy_per_token_j, status. Unknown is null.
    #[getter]
    fn requests(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        let all = &self.report.requests;
        let count = |count: Option<u64>| count.and_then(|count| i64::try_from(count).ok());
        frame(
            py,
            vec![
                ("request", Column::Text(all.iter().map(|part| part.request.clone()).collect())),
                ("phase", Column::MaybeText(all.iter().map(|part| part.phase.clone()).collect())),
                ("start_ns", Column::MaybeWhole(all.iter().map(|part| part.start_ns).collect())),
                ("end_ns", Column::MaybeWhole(all.iter().map(|part| part.end_ns).collect())),
                ("energy_j", Column::Float(all.iter().map(|part| part.energy_j).collect())),
                ("u_j", Column::Float(all.iter().map(|part| part.u_j).collect())),
                ("prompt_tokens", Column::MaybeWhole(all.iter().map(|part| count(part.prompt_tokens)).collect())),
                ("output_tokens", Column::MaybeWhole(all.iter().map(|part| count(part.output_tokens)).collect())),
                ("energy_per_token_j", Column::MaybeFloat(all.iter().map(|part| part.energy_per_token_j).collect())),
                ("status", Column::Text(all.iter().map(|part| part.status.clone()).collect())),
            ],
        )
    }

    /// The table of records that were left out: request, line, code, message.
    #[getter]
    fn excluded(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        let all = &self.report.excluded;
        frame(
            py,
            vec![
                ("request", Column::Text(all.iter().map(|left_out| left_out.request.clone()).collect())),
                ("line", Column::Whole(all.iter().map(|left_out| i64::from(left_out.line)).collect())),
                ("code", Column::Text(all.iter().map(|left_out| left_out.code.clone()).collect())),
                ("message", Column::Text(all.iter().map(|left_out| left_out.message.clone()).collect())),
            ],
        )
    }

    /// The table of remarks: code, severity, line, channel, message, place.
    #[getter]
    fn reasons(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        remarks(py, &self.report.diagnostics)
    }

    /// The table of the components of the uncertainty of `per_token`; see `Quantity.budget`.
    fn budget(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        budget(py, &self.per_token()?.0)
    }

    /// Writes the report as JSON; `load_report` reads it. `labels` say what was run on what, such as
    /// {"model": "llama-3-8b", "quantisation": "fp8", "infrastructure": "vllm"}: runs of equal labels are one group.
    #[pyo3(signature = (path, labels=None))]
    fn save(&self, py: Python<'_>, path: PathBuf, labels: Option<BTreeMap<String, String>>) -> PyResult<()> {
        let report = self.to_save(labels)?;
        let written = py.detach(|| std::fs::write(&path, report.to_json() + "\n"));
        written.map_err(|error| crate::given::os_error(&error, &path.display().to_string()))
    }

    /// The report as a page of HTML that stands alone, as `szilard report` writes it; `labels` as in `save`.
    #[pyo3(signature = (labels=None))]
    fn to_html(&self, labels: Option<BTreeMap<String, String>>) -> PyResult<String> {
        Ok(page(&self.to_save(labels)?))
    }

    /// What was run on what, as the report was saved with.
    #[getter]
    fn labels(&self) -> BTreeMap<String, String> {
        self.report.labels.clone()
    }

    /// The mean number of inference records in flight while there are any.
    #[getter]
    fn batch(&self) -> Option<f64> {
        self.report.batch()
    }

    /// The energy of each request, idle and unattributed energy: (figure, axes).
    #[pyo3(signature = (ax=None))]
    fn plot(slf: &Bound<'_, Self>, ax: Option<&Bound<'_, PyAny>>) -> PyResult<Py<PyAny>> {
        drawn(slf, "requests", ax)
    }

    fn __repr__(&self) -> PyResult<String> {
        let figure = self.per_token()?.0;
        let Report { output_tokens, status, records, .. } = &self.report;
        Ok(format!("InferenceEnergy({figure}, {output_tokens} tokens in {} records, {status})", records.inference))
    }

    fn _repr_html_(&self) -> PyResult<String> {
        let rows: Vec<Vec<String>> = self
            .report
            .requests
            .iter()
            .take(64)
            .map(|part| {
                let per_token = part.energy_per_token_j.map_or(String::new(), |joules| format!("{joules:.4}"));
                vec![part.request.clone(), format!("{:.4}", part.energy_j), per_token, part.status.clone()]
            })
            .collect();
        let header = ["request", "energy [J]", "per token [J/token]", "status"];
        Ok(html::card(&self.__repr__()?, "requests", &header, &rows))
    }
}

fn remarks(py: Python<'_>, all: &[RemarkRecord]) -> PyResult<Py<PyAny>> {
    let line = |remark: &RemarkRecord| remark.line.and_then(|line| i64::try_from(line).ok());
    frame(
        py,
        vec![
            ("code", Column::Text(all.iter().map(|remark| remark.code.clone()).collect())),
            ("severity", Column::Text(all.iter().map(|remark| remark.severity.clone()).collect())),
            ("line", Column::MaybeWhole(all.iter().map(line).collect())),
            ("channel", Column::MaybeText(all.iter().map(|remark| remark.channel.clone()).collect())),
            ("message", Column::Text(all.iter().map(|remark| remark.message.clone()).collect())),
            ("place", Column::Text(all.iter().map(|remark| remark.place.clone()).collect())),
        ],
    )
}

/// The energy per generated token of a power log and a token log.
///
/// E/token = Σ e_r / Σ n_r over the requests r, with e_r the energy of the meter while r is in flight, split by the
/// policy where several are, and n_r its generated tokens. The parts close: meter = requests + idle + unattributed.
///
/// Parameters
/// ----------
/// trace
///     The power log.
/// tokens
///     A token log, or the number of tokens generated in the window.
/// window
///     (start, end); left out: the time in flight of the requests, or with a number the whole trace.
/// idle
///     Where the idle draw is taken from: a window (start, end); a list of two windows before and after, between which
///     the power goes straight, or "around" for the time before the first request and after the last; "5th percentile" of
///     the power samples; a power as "61 W"; a trace; or None for none.
/// policy
///     How power is split among requests in flight together: "tokens" (by their rates), "time" (equally),
///     "regression" (by what their tokens cost, see `phase_costs`), "exclusive" (an overlap is refused).
/// clock_offset
///     Added to the times of the token log, as "-0.2 s" or a quantity with its u [s]; or "estimate", to have it from the requests in flight and
///     the power, with its uncertainty in the budget and a remark.
/// boundary
///     Boundary of the energy, where the power log does not settle it.
/// method
///     "trapezoid", or "mean-of-samples" (the rule of MLPerf Power).
/// max_gap
///     Longest interval that is integrated over. [s]
/// expected_devices
///     How many devices there should be; another number makes the result incomplete.
/// tokens_u
///     Standard uncertainty of the number of tokens, as "2 %".
///
/// Raises
/// ------
/// szilard.errors.TraceError
///     Clocks that do not meet, logs that do not overlap, no generated tokens.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> trace = sz.read_trace(b"time [s],power [W]\n0,7.2\n1,7.2\n2.1,7.2\n3.1,7.2\n4.1,7.2\n")
/// >>> f"{sz.energy_per_token(trace, 50).per_token.value:.4f}"
/// '0.5904'
#[pyfunction]
#[pyo3(signature = (trace, tokens, window=None, idle=None, policy="tokens", clock_offset=None, boundary=None,
                    method="trapezoid", max_gap=None, expected_devices=None, tokens_u=None))]
#[expect(clippy::too_many_arguments, reason = "keyword arguments of one function")]
pub fn energy_per_token(
    py: Python<'_>,
    trace: &Bound<'_, PyTrace>,
    tokens: &Bound<'_, PyAny>,
    window: Option<(Bound<'_, PyAny>, Bound<'_, PyAny>)>,
    idle: Option<&Bound<'_, PyAny>>,
    policy: &str,
    clock_offset: Option<&Bound<'_, PyAny>>,
    boundary: Option<&str>,
    method: &str,
    max_gap: Option<Size>,
    expected_devices: Option<usize>,
    tokens_u: Option<Given>,
) -> PyResult<PyInferenceEnergy> {
    let trace = trace.get();
    let policy = Policy::ALL.iter().copied().find(|known| known.word() == policy).ok_or_else(|| {
        let known: Vec<&str> = Policy::ALL.iter().map(|known| known.word()).collect();
        exceptions::TraceError::new_err(format!("policy {policy:?}: expected one of {}", known.join(", ")))
    })?;
    let window = match &window {
        Some((start, end)) => Some((trace.instant_ns(start)?, trace.instant_ns(end)?)),
        None => trace.window,
    };
    let estimate_clock_offset =
        clock_offset.is_some_and(|given| given.extract::<String>().is_ok_and(|word| word == "estimate"));
    let given = clock_offset.filter(|_| !estimate_clock_offset).map(|given| given.extract::<Given>()).transpose()?;
    let query = InferenceQuery {
        window,
        idle: idle.map(|idle| idle_of(trace, idle)).transpose()?,
        policy,
        clock_offset_ns: given
            .as_ref()
            .map(|Given(at)| nanoseconds(Size(at.value(), at.unit().clone())))
            .transpose()?,
        clock_offset_u_ns: guard(|| given.map_or(Ok(0.0), |Given(at)| at.to("s").map(|at| 1e9 * at.u())))?,
        tokens_u: guard(|| tokens_u.map_or(Ok(0.0), |Given(u)| u.to("1").map(|share| share.value())))?,
        estimate_clock_offset,
        boundary: word(boundary)?,
        rule: rule_of(method)?,
        max_gap_ns: max_gap.map(nanoseconds).transpose()?,
        expected_devices,
    };
    let log = tokens.cast::<PyTokenLog>().ok().map(|log| Arc::clone(&log.get().0));
    let count: u64 = match log {
        Some(_) => 0,
        None => tokens.extract().map_err(|_| {
            PyTypeError::new_err(format!("tokens is a TokenLog or a whole number that is not negative, found {tokens}"))
        })?,
    };
    let of_log = log.iter().map(|log| ("tokens", log.source.clone()));
    let sources = std::iter::once(("power", trace.trace.source.clone())).chain(of_log).collect();
    let (size, trace) = (trace.size(), Arc::clone(&trace.trace));
    let size = size + log.as_ref().map_or(0, |log| 16 * log.requests.len());
    let (report, result) = watched(py, size, None, move || {
        let tokens = log.as_deref().map_or(Tokens::Count(count), Tokens::Log);
        let result = per_token(&trace, tokens, &query)?;
        Ok::<_, szilard::energy::EnergyError>((Report::new(&trace, &result), result))
    })?;
    Ok(PyInferenceEnergy { report, live: Some(result), sources })
}
