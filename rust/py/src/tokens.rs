//! Token logs as Python sees them.

use crate::errors::exceptions;
use crate::given::bytes_of;
use crate::html;
use crate::picture::drawn;
use crate::table::{self, Column, frame};
use crate::watched::watched;
use pyo3::prelude::*;
use std::sync::Arc;
use szilard::energy::{Count, Counted, Request, TokenLog, TokenOptions, read_tokens as read_log};

/// A token log: requests or phases on one clock.
///
/// Examples
/// --------
/// >>> from szilard.demo import recording
/// >>> tokens = recording()[1]
/// >>> tokens.format, tokens.source, tokens.clock, len(tokens)
/// ('request-csv', '<bytes>', 'utc', 12)
/// >>> tokens.requests.select("request", "prompt_tokens", "output_tokens").row(0)
/// ('r01', 695, 151)
/// >>> tokens.stated.height, tokens.excluded.height, tokens.diagnostics["code"].to_list()
/// (12, 0, [])
#[pyclass(name = "TokenLog", module = "szilard", frozen)]
#[derive(Debug, Clone)]
pub struct PyTokenLog(pub Arc<TokenLog>);

#[pymethods]
impl PyTokenLog {
    /// The name of the format.
    #[getter]
    fn format(&self) -> &'static str {
        self.0.format
    }

    /// The file, or ``<bytes>``.
    #[getter]
    fn source(&self) -> &str {
        &self.0.source
    }

    /// What the times count from: utc, local or relative.
    #[getter]
    fn clock(&self) -> &'static str {
        self.0.clock.word()
    }

    /// The table of requests: request, phase, start_ns, first_token_ns, end_ns, prompt_tokens (computed ones where
    /// cached_tokens is known), cached_tokens, output_tokens, retokenised_tokens, concurrency, line. Unknown is null.
    #[getter]
    fn requests(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        let all = &self.0.requests;
        let count = |of: fn(&Request) -> Option<u64>| {
            Column::MaybeWhole(all.iter().map(|request| of(request).and_then(|n| i64::try_from(n).ok())).collect())
        };
        frame(
            py,
            vec![
                ("request", Column::Text(all.iter().map(|request| request.request.clone()).collect())),
                ("phase", Column::MaybeText(all.iter().map(|request| request.phase.clone()).collect())),
                ("start_ns", Column::MaybeWhole(all.iter().map(|request| request.start_ns).collect())),
                ("first_token_ns", Column::MaybeWhole(all.iter().map(|request| request.first_token_ns).collect())),
                ("end_ns", Column::MaybeWhole(all.iter().map(|request| request.end_ns).collect())),
                ("prompt_tokens", count(|request| request.prompt_tokens)),
                ("cached_tokens", count(|request| request.cached_tokens)),
                ("output_tokens", count(|request| request.output_tokens)),
                ("retokenised_tokens", count(|request| request.retokenised_tokens)),
                ("concurrency", count(|request| request.concurrency)),
                ("line", Column::Whole(all.iter().map(|request| i64::from(request.line)).collect())),
            ],
        )
    }

    /// The table of what records state that is neither a time nor a count of theirs: request, duration_ns, total_tokens
    /// (with the prompt), prompt_tokens_per_s, output_tokens_per_s and total_tokens_per_s (mean rates), logged_energy_j,
    /// logged_per_token_j, line. Unknown is null.
    #[getter]
    fn stated(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        let all = &self.0.requests;
        let rate = |of: Counted| {
            let found = |request: &Request| request.rates.iter().find(|rate| rate.of == of).map(|rate| rate.per_second);
            Column::MaybeFloat(all.iter().map(found).collect())
        };
        let number = |of: fn(&Request) -> Option<f64>| Column::MaybeFloat(all.iter().map(of).collect());
        let total = |request: &Request| request.total_tokens.and_then(|total| i64::try_from(total).ok());
        frame(
            py,
            vec![
                ("request", Column::Text(all.iter().map(|request| request.request.clone()).collect())),
                ("duration_ns", Column::MaybeWhole(all.iter().map(|request| request.duration_ns).collect())),
                ("total_tokens", Column::MaybeWhole(all.iter().map(total).collect())),
                ("prompt_tokens_per_s", rate(Counted::Prompt)),
                ("output_tokens_per_s", rate(Counted::Output)),
                ("total_tokens_per_s", rate(Counted::PromptAndOutput)),
                ("logged_energy_j", number(|request| request.logged_energy_j)),
                ("logged_per_token_j", number(|request| request.logged_per_token_j)),
                ("line", Column::Whole(all.iter().map(|request| i64::from(request.line)).collect())),
            ],
        )
    }

    /// The table of records that were left out: request, line, code, message.
    #[getter]
    fn excluded(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        let all = &self.0.excluded;
        frame(
            py,
            vec![
                ("request", Column::Text(all.iter().map(|left_out| left_out.request.clone()).collect())),
                ("line", Column::Whole(all.iter().map(|left_out| i64::from(left_out.line)).collect())),
                ("code", Column::Text(all.iter().map(|left_out| left_out.code.name().to_owned()).collect())),
                ("message", Column::Text(all.iter().map(|left_out| left_out.message.clone()).collect())),
            ],
        )
    }

    /// The table of remarks: code, severity, line, channel, message, place.
    #[getter]
    fn diagnostics(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        table::diagnostics(py, &self.0.diagnostics)
    }

    fn __len__(&self) -> usize {
        self.0.requests.len()
    }

    /// The requests in flight over time: (figure, axes).
    ///
    /// Parameters
    /// ----------
    /// ax
    ///     Axes to draw on; a figure of its own where left out.
    ///
    /// Examples
    /// --------
    /// >>> from szilard import demo
    /// >>> demo.recording()[1].plot()[1].get_xlabel()
    /// 'time since the first start [s]; 12 requests'
    ///
    /// Parameters
    /// ----------
    /// ax
    ///     Axes to draw on; a figure of its own where left out.
    ///
    /// Examples
    /// --------
    /// >>> from szilard.demo import recording
    /// >>> figure, axes = recording()[1].plot()
    #[pyo3(signature = (ax=None))]
    fn plot(slf: &Bound<'_, Self>, ax: Option<&Bound<'_, PyAny>>) -> PyResult<Py<PyAny>> {
        drawn(slf, "timeline", ax)
    }

    fn __repr__(&self) -> String {
        let (kept, left_out) = (self.0.requests.len(), self.0.excluded.len());
        let clock = self.0.clock.word();
        format!("TokenLog({:?}, {}, {kept} records, {left_out} left out, {clock} clock)", self.0.source, self.0.format)
    }

    fn _repr_html_(slf: &Bound<'_, Self>) -> PyResult<String> {
        html::with_table(slf, "requests")
    }
}

/// The token log in a file of any known format.
///
/// Parameters
/// ----------
/// source
///     A path, bytes, or an open file.
/// format
///     Name of the format (`formats()`); detected where left out.
/// tz
///     Zone of a local clock: an IANA name or an offset such as "-05:00".
/// count
///     Whose count of the generated tokens is taken where a log has two: "server" or "retokenised".
///
/// Raises
/// ------
/// szilard.errors.FormatError
///     With the file, line, column and code: a log of no known format, or one that gives no value.
/// szilard.errors.TraceError
///     Another word for `count`.
/// OSError
///     A file that the system does not give.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> log = b"request,start,end,output_tokens\nr1,2026-06-11T12:05:10Z,2026-06-11T12:05:14Z,151\n"
/// >>> sz.read_tokens(log).requests["output_tokens"].to_list()
/// [151]
#[pyfunction]
#[pyo3(signature = (source, format=None, tz=None, count=None))]
pub fn read_tokens(
    py: Python<'_>,
    source: &Bound<'_, PyAny>,
    format: Option<String>,
    tz: Option<String>,
    count: Option<&str>,
) -> PyResult<PyTokenLog> {
    let (bytes, name) = bytes_of(source)?;
    let count = count.map(|word| {
        let known = || exceptions::TraceError::new_err(format!("count {word:?}: expected server or retokenised"));
        Count::ALL.iter().copied().find(|count| count.word() == word).ok_or_else(known)
    });
    let options = TokenOptions { format, tz, count: count.transpose()? };
    watched(py, bytes.len(), None, move || read_log(bytes, &name, &options)).map(|log| PyTokenLog(Arc::new(log)))
}
