//! Joules per token as Python sees them.

use crate::errors::guard;
use crate::html;
use crate::picture::drawn;
use crate::quantity::{PyQuantity, budget};
use crate::table::{Column, frame};
use pyo3::prelude::*;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use szilard::energy::{InferenceEnergy, InputRecord, RemarkRecord, Report, page};
use szilard::quantity::{Quantity, QuantityError, QuantityRecord};

/// Joules per token of a recording, and everything that belongs to the figure.
///
/// Examples
/// --------
/// >>> from szilard.demo import recording
/// >>> result = recording()[2]
/// >>> result.per_token, result.status
/// ((5.01 ± 0.18) J/token = (1.392 ± 0.050) kWh/Mtoken [board, gross, measured], 'complete')
/// >>> f"{result.kwh_per_mtoken:.3g}, {result.tokens_per_wh:.3g}, {result.above_idle_per_token:.3g}"
/// '(1.39 ± 0.0502) kWh/Mtoken, (718 ± 25.9) token/Wh, (3.78 ± 0.181) J/token'
/// >>> result.gross, result.above_idle, f"{result.idle_share:.2f}"
/// ((14440 ± 520) J [board, gross, measured], (10880 ± 520) J [board, above-idle, measured], '(0.25 ± 0.01)')
/// >>> result.idle_power, result.idle_method, result.idle_energy, result.unattributed
/// (61 W [board], 'stated power', (1929 ± 70) J [board, idle, measured], (106.8 ± 4.3) J [board, gross, measured])
/// >>> result.meter, result.grid_j, result.in_flight
/// ((16470 ± 590) J [board, gross, measured], 2.9103830456733704e-11, 58.341 s)
/// >>> result.output_tokens, result.prompt_tokens, round(result.batch, 2), result.policy
/// (2881, 5719, 1.1, 'tokens')
/// >>> f"{result.prefill_per_token:.2g}, {result.decode_per_token:.3g}"
/// '(0.4 ± 0.014) J/token, (4.22 ± 0.152) J/token'
/// >>> result.logged, result.clock_offset, result.overlap, result.labels, result.trace[:8]
/// (None, None, 'whole', {}, '<bytes>')
/// >>> result.requests.columns[:3], result.excluded.height, result.reasons["code"].to_list()
/// (['request', 'phase', 'start_ns'], 0, ['W_NA_SAMPLE'])
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
    ///
    /// Examples
    /// --------
    /// >>> from szilard.demo import recording
    /// >>> recording()[2].budget().select("label", "type").row(0)
    /// ('gain of GPU-0de30000-5a11-4a8d-8000-000000001929/power.draw (nvidia board sensor gain)', 'B')
    fn budget(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        budget(py, &self.per_token()?.0)
    }

    /// The report, written as JSON; `load_report` reads it. Files that it was made from are named with their
    /// fingerprints.
    ///
    /// Parameters
    /// ----------
    /// path
    ///     The file to write.
    /// labels
    ///     What was run on what, such as {"model": "llama-3-8b", "quantisation": "fp8", "infrastructure": "vllm"}: runs
    ///     of equal labels are one group.
    ///
    /// Raises
    /// ------
    /// OSError
    ///     A file that cannot be written.
    ///
    /// Examples
    /// --------
    /// >>> import szilard as sz, tempfile
    /// >>> from szilard.demo import recording
    /// >>> path = f"{tempfile.mkdtemp()}/run.json"
    /// >>> recording()[2].save(path, labels={"model": "llama-3-8b"})
    /// >>> sz.load_report(path).labels
    /// {'model': 'llama-3-8b'}
    #[pyo3(signature = (path, labels=None))]
    fn save(&self, py: Python<'_>, path: PathBuf, labels: Option<BTreeMap<String, String>>) -> PyResult<()> {
        let report = self.to_save(labels)?;
        let written = py.detach(|| std::fs::write(&path, report.to_json() + "\n"));
        written.map_err(|error| crate::given::os_error(&error, &path.display().to_string()))
    }

    /// The report as a page of HTML that stands alone, as `szilard report` writes it.
    ///
    /// Parameters
    /// ----------
    /// labels
    ///     What was run on what, as of `save`.
    ///
    /// Raises
    /// ------
    /// OSError
    ///     A file that the report was made from cannot be read any more.
    ///
    /// Examples
    /// --------
    /// >>> from szilard import demo
    /// >>> page = demo.recording()[2].to_html({"model": "demo"})
    /// >>> "(5.01 ± 0.18) J/token" in page, "<script" in page
    /// (True, False)
    ///
    /// Parameters
    /// ----------
    /// labels
    ///     As of `save`.
    ///
    /// Raises
    /// ------
    /// OSError
    ///     A file that the result was made from and that is not there any more.
    ///
    /// Examples
    /// --------
    /// >>> from szilard.demo import recording
    /// >>> recording()[2].to_html()[:15]
    /// '<!DOCTYPE html>'
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
    ///
    /// Parameters
    /// ----------
    /// ax
    ///     Axes to draw on; a figure of its own where left out.
    ///
    /// Examples
    /// --------
    /// >>> from szilard.demo import recording
    /// >>> figure, axes = recording()[2].plot()
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
