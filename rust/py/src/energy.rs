//! Energy of a window of a trace as Python sees it.

use crate::errors::exceptions;
use crate::given::nanoseconds;
use crate::html;
use crate::picture::drawn;
use crate::quantity::{PyQuantity, Size};
use crate::table::{self, Column, frame};
use crate::traces::{PyTrace, seconds};
use crate::watched::watched;
use pyo3::prelude::*;
use std::sync::Arc;
use szilard::energy::{EnergyQuery, EnergyResult, Rule, energy};
use szilard::quantity::Quantity;

/// How powers become an energy, by its word.
pub fn rule_of(method: &str) -> PyResult<Rule> {
    [Rule::Trapezoid, Rule::MeanOfSamples].into_iter().find(|rule| rule.word() == method).ok_or_else(|| {
        exceptions::TraceError::new_err(format!("method {method:?}: expected trapezoid or mean-of-samples"))
    })
}

/// The status of the default window of a trace.
pub fn status(py: Python<'_>, trace: &PyTrace) -> PyResult<&'static str> {
    let query = EnergyQuery { window: trace.window, ..EnergyQuery::default() };
    Ok(in_window(py, trace, query)?.status.word())
}

fn in_window(py: Python<'_>, trace: &PyTrace, query: EnergyQuery) -> PyResult<EnergyResult> {
    let (size, trace) = (trace.size(), Arc::clone(&trace.trace));
    watched(py, size, None, move || energy(&trace, &query))
}

/// The energy of a window of a trace.
pub fn of_window(
    py: Python<'_>,
    trace: &PyTrace,
    query: EnergyQuery,
    method: &str,
    max_gap: Option<Size>,
) -> PyResult<PyEnergyResult> {
    let max_gap_ns = max_gap.map(nanoseconds).transpose()?;
    let query = EnergyQuery { rule: rule_of(method)?, max_gap_ns, ..query };
    in_window(py, trace, query).map(PyEnergyResult)
}

/// The energy of a window of a trace.
///
/// Examples
/// --------
/// >>> from szilard.demo import recording
/// >>> found = recording()[0].energy()
/// >>> found.energy, f"{found.mean_power:.4g}", found.status
/// ((16470 ± 590) J [board, gross, measured], '(183.1 ± 6.597) W', 'complete')
/// >>> found.covered, found.gap, found.method, found.window_in_ns[0]
/// (89.958 s, 0 s, 'trapezoid', 1781179500000000000)
/// >>> found.reasons["code"].to_list(), found.per_device.columns
/// (['W_NA_SAMPLE'], ['device', 'channel', 'energy_j', 'u_j', 'covered_s', 'gap_s', 'status'])
#[pyclass(name = "EnergyResult", module = "szilard", frozen)]
#[derive(Debug)]
pub struct PyEnergyResult(pub EnergyResult);

#[pymethods]
impl PyEnergyResult {
    /// The energy, gross, at the boundary of the meter [J]; None where no total is known.
    #[getter]
    fn energy(&self) -> Option<PyQuantity> {
        self.0.energy.clone().map(PyQuantity)
    }

    /// The mean power over the covered time [W]; None where no total is known.
    #[getter]
    pub fn mean_power(&self) -> Option<PyQuantity> {
        self.0.mean_power.clone().map(PyQuantity)
    }

    /// complete, or incomplete where part of the window is not covered.
    #[getter]
    fn status(&self) -> &'static str {
        self.0.status.word()
    }

    /// The least covered time of a device. [s]
    #[getter]
    fn covered(&self) -> PyResult<PyQuantity> {
        seconds(self.0.covered_ns)
    }

    /// The largest uncovered time of a device. [s]
    #[getter]
    fn gap(&self) -> PyResult<PyQuantity> {
        seconds(self.0.gap_ns)
    }

    /// trapezoid or mean-of-samples.
    #[getter]
    fn method(&self) -> &'static str {
        self.0.rule.word()
    }

    /// The window in the clock of the trace. [ns]
    #[getter]
    fn window_in_ns(&self) -> (i64, i64) {
        self.0.window_ns
    }

    /// The table of remarks: code, severity, line, channel, message, place.
    #[getter]
    fn reasons(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        table::diagnostics(py, &self.0.reasons)
    }

    /// The table of devices: device, channel, energy_j, u_j, covered_s, gap_s, status. No reading is null, not 0.
    #[getter]
    fn per_device(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        let parts = &self.0.per_device;
        let joules = |of: fn(&szilard::quantity::Measured) -> f64| {
            Column::MaybeFloat(parts.iter().map(|part| part.energy.as_ref().map(of)).collect())
        };
        frame(
            py,
            vec![
                ("device", Column::Text(parts.iter().map(|part| part.device.clone()).collect())),
                ("channel", Column::Text(parts.iter().map(|part| part.channel.clone()).collect())),
                ("energy_j", joules(|energy| energy.value())),
                ("u_j", joules(|energy| energy.u())),
                ("covered_s", Column::Float(parts.iter().map(|part| part.covered_ns as f64 / 1e9).collect())),
                ("gap_s", Column::Float(parts.iter().map(|part| part.gap_ns as f64 / 1e9).collect())),
                ("status", Column::Text(parts.iter().map(|part| part.status.word().to_owned()).collect())),
            ],
        )
    }

    /// The energy of each device as a bar with its uncertainty: (figure, axes).
    ///
    /// Parameters
    /// ----------
    /// ax
    ///     Axes to draw on; a figure of its own where left out.
    ///
    /// Examples
    /// --------
    /// >>> import szilard as sz
    /// >>> sz.read_trace(b"time [s],power [W]\n0,5\n1,5\n2,5\n").energy().plot()[1].get_xlabel()
    /// 'energy [J], ± u'
    ///
    /// Parameters
    /// ----------
    /// ax
    ///     Axes to draw on; a figure of its own where left out.
    ///
    /// Examples
    /// --------
    /// >>> from szilard.demo import recording
    /// >>> figure, axes = recording()[0].energy().plot()
    #[pyo3(signature = (ax=None))]
    fn plot(slf: &Bound<'_, Self>, ax: Option<&Bound<'_, PyAny>>) -> PyResult<Py<PyAny>> {
        drawn(slf, "devices", ax)
    }

    fn __repr__(&self) -> String {
        let total = self.0.energy.as_ref().map_or("no total is known".to_owned(), Quantity::to_string);
        let (covered, gap) = (self.0.covered_ns as f64 / 1e9, self.0.gap_ns as f64 / 1e9);
        format!("EnergyResult({total}, {}, {covered:.3} s covered, {gap:.3} s missing)", self.0.status.word())
    }

    fn _repr_html_(&self) -> String {
        let rows: Vec<Vec<String>> = self
            .0
            .per_device
            .iter()
            .take(64)
            .map(|part| {
                let joules =
                    part.energy.as_ref().map_or("no reading".to_owned(), |energy| format!("{:.6}", energy.value()));
                vec![part.device.clone(), part.channel.clone(), joules, part.status.word().to_owned()]
            })
            .collect();
        html::card(&self.__repr__(), "devices", &["device", "channel", "energy [J]", "status"], &rows)
    }
}
