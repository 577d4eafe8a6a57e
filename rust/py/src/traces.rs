//! A power log as Python has it.

use crate::errors::{exceptions, guard};
use crate::given::{asked, nanoseconds};
use crate::idle::idle_of;
use crate::quantity::{PyQuantity, Size};
use crate::table::{self, Column, frame};
use crate::watched::watched;
use crate::{energy, html};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyList, PySlice, PyString};
use std::sync::Arc;
use szilard::energy::{EnergyQuery, Idle};
use szilard::input::Severity;
use szilard::quantity::{Boundary, Quantity, UnitError};
use szilard::traces::{Clock, FARTHEST_NS, SensorModel, Trace};

/// A power log: channels on one clock, and what there is to say about them.
///
/// ``trace[start:end]`` is the same log with another default window. Times are a `datetime`, text, or a `Quantity`: on
/// a relative clock the time itself, on the others the time since the first sample.
///
/// Examples
/// --------
/// >>> from szilard.demo import recording
/// >>> trace, tokens, result = recording()
/// >>> trace.format, trace.source, trace.clock, trace.status, trace.duration
/// ('nvidia-smi-csv', '<bytes>', 'utc', 'complete', 89.958 s)
/// >>> trace.start.isoformat(), trace.end.isoformat()
/// ('2026-06-11T12:05:00+00:00', '2026-06-11T12:06:29.958000+00:00')
/// >>> trace.window_in_ns[0], [device[:8] for device in trace.devices]
/// (1781179500000000000, ['GPU-0de3'])
/// >>> trace.channels.select("channel", "kind", "unit", "samples").row(0)
/// ('power.draw', 'windowed-mean-power', 'W', 868)
/// >>> trace.diagnostics["code"].to_list()
/// ['W_NA_SAMPLE']
#[pyclass(name = "Trace", module = "szilard", frozen)]
#[derive(Debug, Clone)]
pub struct PyTrace {
    pub trace: Arc<Trace>,
    /// Zone in which times without one are read.
    pub tz: Option<String>,
    /// The default window. [ns]
    pub window: Option<(i64, i64)>,
}

impl PyTrace {
    /// How much work a look at every sample is, as [`crate::watched::watched`] takes it. [byte]
    pub fn size(&self) -> usize {
        self.trace.channels.iter().map(|channel| 16 * channel.samples.len()).sum()
    }

    /// First and last time of the window. [ns]
    pub fn span_ns(&self) -> PyResult<(i64, i64)> {
        let none = || exceptions::TraceError::new_err(("no channel gives power or energy", "E_NO_POWER"));
        self.window.or_else(|| self.trace.span_ns()).ok_or_else(none)
    }

    /// The time that a caller gives, on the clock of the trace. [ns]
    pub fn instant_ns(&self, time: &Bound<'_, PyAny>) -> PyResult<i64> {
        if let Ok(quantity) = time.cast::<PyQuantity>() {
            let quantity = &quantity.get().0;
            let ns = nanoseconds(Size(quantity.value(), quantity.unit().clone()))?;
            let start = if self.trace.clock == Clock::Relative { 0 } else { self.span_ns()?.0 };
            let ns = start.saturating_add(ns);
            if ns.unsigned_abs() > FARTHEST_NS.unsigned_abs() {
                let message = format!("E_WINDOW: found {quantity}; expected a time within 146 years");
                return Err(exceptions::TraceError::new_err((message, "E_WINDOW")));
            }
            return Ok(ns);
        }
        let text: String = if time.is_instance_of::<PyString>() {
            time.extract()?
        } else if time.hasattr("isoformat")? {
            time.call_method0("isoformat")?.extract()?
        } else {
            let found = time.get_type().name()?;
            return Err(PyTypeError::new_err(format!("a time is a datetime, text or a Quantity, found {found}")));
        };
        self.trace.instant_ns(&text, self.tz.as_deref()).map_err(|refusal| asked(&refusal))
    }

    /// The window between two times, either of which may be left out. [ns]
    pub fn window_ns(
        &self,
        start: Option<&Bound<'_, PyAny>>,
        end: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Option<(i64, i64)>> {
        if start.is_none() && end.is_none() {
            return Ok(self.window);
        }
        let span = self.span_ns()?;
        let at = |time: Option<&Bound<'_, PyAny>>, other| time.map_or(Ok(other), |time| self.instant_ns(time));
        Ok(Some((at(start, span.0)?, at(end, span.1)?)))
    }

    fn moment(&self, py: Python<'_>, ns: i64) -> PyResult<Py<PyAny>> {
        match self.trace.clock {
            Clock::Relative => Ok(Py::new(py, seconds(ns)?)?.into_any()),
            clock => {
                let (ns, _) = self.trace.leaps.unix(ns);
                Ok(py.import("szilard._time")?.call_method1("moment", (ns, clock == Clock::Utc))?.unbind())
            }
        }
    }
}

/// A time as a quantity. [s]
pub fn seconds(ns: i64) -> PyResult<PyQuantity> {
    crate::errors::guard(|| Ok::<_, UnitError>(PyQuantity(Quantity::new(ns as f64 / 1e9, "s".parse()?)?)))
}

#[pymethods]
impl PyTrace {
    /// The name of the format.
    #[getter]
    fn format(&self) -> &'static str {
        self.trace.format
    }

    /// The file, or ``<bytes>``.
    #[getter]
    fn source(&self) -> &str {
        &self.trace.source
    }

    /// What the times count from: utc, local (a civil time of an unnamed zone) or relative.
    #[getter]
    fn clock(&self) -> &'static str {
        self.trace.clock.word()
    }

    /// The first time: an aware datetime on UTC, a naive one on a local clock, a Quantity on a relative one.
    #[getter]
    fn start(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        self.moment(py, self.span_ns()?.0)
    }

    /// The last time.
    #[getter]
    fn end(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        self.moment(py, self.span_ns()?.1)
    }

    /// The time from start to end. [s]
    #[getter]
    fn duration(&self) -> PyResult<PyQuantity> {
        let (start, end) = self.span_ns()?;
        seconds(end - start)
    }

    /// The window in the clock of the trace. [ns]
    #[getter]
    fn window_in_ns(&self) -> PyResult<(i64, i64)> {
        self.span_ns()
    }

    /// The devices in the order in which they first appear.
    #[getter]
    fn devices(&self) -> Vec<String> {
        self.trace.devices().into_iter().map(str::to_owned).collect()
    }

    /// The table of channels: device, channel, kind, unit, boundary, within, samples, resolution, gap_limit_s (the
    /// longest interval of a gauge that is integrated over unless `max_gap` says otherwise).
    #[getter]
    fn channels(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        let all = &self.trace.channels;
        let boundary = |boundary: Option<Boundary>| boundary.map(|boundary| boundary.word().to_owned());
        frame(
            py,
            vec![
                ("device", Column::Text(all.iter().map(|channel| channel.device.clone()).collect())),
                ("channel", Column::Text(all.iter().map(|channel| channel.name.clone()).collect())),
                ("kind", Column::Text(all.iter().map(|channel| channel.kind.word().to_owned()).collect())),
                ("unit", Column::Text(all.iter().map(|channel| channel.kind.unit().to_owned()).collect())),
                ("boundary", Column::MaybeText(all.iter().map(|channel| boundary(channel.boundary)).collect())),
                ("within", Column::MaybeText(all.iter().map(|channel| channel.within.clone()).collect())),
                ("samples", Column::Whole(all.iter().map(|channel| channel.samples.len() as i64).collect())),
                ("resolution", Column::Float(all.iter().map(|channel| channel.resolution).collect())),
                ("gap_limit_s", Column::Float(all.iter().map(|c| c.samples.gap_limit_ns() as f64 / 1e9).collect())),
            ],
        )
    }

    /// The table of remarks: code, severity, line, channel, message, place.
    #[getter]
    fn diagnostics(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        table::diagnostics(py, &self.trace.diagnostics)
    }

    /// Whether the energy of the window is complete or incomplete.
    #[getter]
    fn status(&self, py: Python<'_>) -> PyResult<&'static str> {
        energy::status(py, self)
    }

    /// The energy of a window, with what is covered and what is not.
    ///
    /// E = Σ (P_i + P_(i+1))/2 Δt over covered time, edges interpolated; a difference for counters, a sum for interval
    /// energies. The sum over devices takes the outermost measured channel of each.
    ///
    /// Parameters
    /// ----------
    /// start, end
    ///     The window: a `datetime`, text, or a `Quantity`; from the first to the last sample where left out. [s]
    /// device, channel
    ///     Only this device, only channels of this name.
    /// method
    ///     "trapezoid", or "mean-of-samples" (the rule of MLPerf Power).
    /// max_gap
    ///     Longest interval that is integrated over, as "2 s". Left out: max(5 × lower median interval, 2 s). [s]
    /// steady
    ///     Whether the window is declared steady, as that of an idle device: its readings scatter about one level.
    /// expected_devices
    ///     How many devices there should be; another number makes the result incomplete. [1]
    ///
    /// Raises
    /// ------
    /// szilard.errors.TraceError
    ///     An unknown device, an empty window, fewer than two samples, a counter that may have wrapped twice.
    ///
    /// Examples
    /// --------
    /// >>> from szilard.demo import recording
    /// >>> trace = recording()[0]
    /// >>> trace.energy("2026-06-11T12:05:10Z", "2026-06-11T12:06:10Z", device=trace.devices[0])
    /// EnergyResult((13750 ± 500) J [board, gross, measured], complete, 60.000 s covered, 0.000 s missing)
    #[pyo3(signature = (start=None, end=None, device=None, channel=None, method="trapezoid", max_gap=None,
                        steady=false, expected_devices=None))]
    #[expect(clippy::too_many_arguments, reason = "keyword arguments of one method")]
    fn energy(
        &self,
        py: Python<'_>,
        start: Option<&Bound<'_, PyAny>>,
        end: Option<&Bound<'_, PyAny>>,
        device: Option<String>,
        channel: Option<String>,
        method: &str,
        max_gap: Option<Size>,
        steady: bool,
        expected_devices: Option<usize>,
    ) -> PyResult<energy::PyEnergyResult> {
        let window = self.window_ns(start, end)?;
        let query = EnergyQuery { window, device, channel, steady, expected_devices, ..EnergyQuery::default() };
        energy::of_window(py, self, query, method, max_gap)
    }

    /// The mean power of a window: its energy over the covered time. [W]
    ///
    /// Parameters as of `Trace.energy`.
    ///
    /// Raises
    /// ------
    /// szilard.errors.TraceError
    ///     As of `energy`.
    ///
    /// Examples
    /// --------
    /// >>> from szilard.demo import recording
    /// >>> f"{recording()[0].mean_power():.4g}"
    /// '(183.1 ± 6.597) W'
    #[pyo3(signature = (start=None, end=None, device=None, channel=None, method="trapezoid", max_gap=None,
                        steady=false, expected_devices=None))]
    #[expect(clippy::too_many_arguments, reason = "keyword arguments of one method")]
    fn mean_power(
        &self,
        py: Python<'_>,
        start: Option<&Bound<'_, PyAny>>,
        end: Option<&Bound<'_, PyAny>>,
        device: Option<String>,
        channel: Option<String>,
        method: &str,
        max_gap: Option<Size>,
        steady: bool,
        expected_devices: Option<usize>,
    ) -> PyResult<Option<PyQuantity>> {
        let window = self.window_ns(start, end)?;
        let query = EnergyQuery { window, device, channel, steady, expected_devices, ..EnergyQuery::default() };
        Ok(energy::of_window(py, self, query, method, max_gap)?.mean_power())
    }

    /// The idle power, whose label in the budget says how it was had. [W]
    ///
    /// Parameters
    /// ----------
    /// window
    ///     A window (start, end) whose mean is taken, or what `energy_per_token` takes (a list of two windows, "5th
    ///     percentile", a trace); left out, the 5th percentile of the power samples.
    ///
    /// Raises
    /// ------
    /// szilard.errors.TraceError
    ///     A window without samples.
    ///
    /// Examples
    /// --------
    /// >>> from szilard.demo import recording
    /// >>> f"{recording()[0].idle_power('5th percentile'):.3g}"
    /// '(60 ± 2.16) W'
    #[pyo3(signature = (window=None))]
    fn idle_power(&self, py: Python<'_>, window: Option<&Bound<'_, PyAny>>) -> PyResult<PyQuantity> {
        let source = match (window, self.window) {
            (Some(given), _) => Some(idle_of(self, given)?),
            (None, Some((start, end))) => Some(Idle::Window(start, end)),
            (None, None) => None,
        };
        let trace = Arc::clone(&self.trace);
        let idle = watched(py, self.size(), None, move || szilard::energy::idle_power(&trace, source.as_ref()))?;
        Ok(PyQuantity(idle.power))
    }

    /// The same trace, recorded by a meter whose tolerances are stated, all of it or one device.
    ///
    /// Parameters
    /// ----------
    /// statement
    ///     As "gain ±5 %, offset 1 W, noise 5 W": parts of gain, offset, noise of a reading, clock (rate, as 50 ppm),
    ///     update, window and duty, separated by commas. A size is a standard uncertainty, behind ± the half-width of a
    ///     rectangular distribution. [%, W, s]
    /// name
    ///     Identity of the meter: gains of recordings by meters of one name are one gain and cancel in a ratio.
    /// device
    ///     Only this device.
    ///
    /// Raises
    /// ------
    /// szilard.errors.UnitError
    ///     A statement that cannot be read, with the part at fault.
    ///
    /// Examples
    /// --------
    /// >>> import numpy as np, szilard as sz
    /// >>> trace = sz.trace_from_arrays(np.arange(5) * 10**9, [100.0] * 5).measured_by("gain ±5 %")
    /// >>> trace.energy().energy
    /// (400 ± 12) J [gross, measured]
    #[pyo3(signature = (statement, name="meter", device=None))]
    fn measured_by(&self, statement: &str, name: &str, device: Option<&str>) -> PyResult<Self> {
        let meter = guard(|| SensorModel::stated(name, statement))?;
        Ok(Self { trace: Arc::new((*self.trace).clone().measured_by(meter, device)), ..self.clone() })
    }

    /// The samples of each channel in the window: a list of ((device, channel, kind, unit), times [ns], values).
    ///
    /// >>> import szilard as sz
    /// >>> ((labels, time_ns, power),) = sz.read_trace(b"time [s],power [W]\n0,5\n1,7\n2,6\n").arrays()
    /// >>> labels[3], power
    /// ('W', array([5., 7., 6.]))
    ///
    /// Examples
    /// --------
    /// >>> from szilard.demo import recording
    /// >>> labels, time_ns, power_w = recording()[0].arrays()[0]
    /// >>> labels[1:], time_ns.shape == power_w.shape
    /// (('power.draw', 'windowed-mean-power', 'W'), True)
    fn arrays<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        table::arrays(py, &self.trace, self.window)
    }

    /// The samples of the window as a long table: time_ns, device, channel, kind, unit, value.
    ///
    /// Examples
    /// --------
    /// >>> from szilard.demo import recording
    /// >>> recording()[0].to_polars().columns
    /// ['time_ns', 'device', 'channel', 'kind', 'unit', 'value']
    fn to_polars(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        Ok(py.import("szilard._table")?.call_method1("samples", (self.arrays(py)?,))?.unbind())
    }

    /// The power over time, with gaps shaded and the requests of a token log or result as bands: (figure, axes).
    ///
    /// Parameters
    /// ----------
    /// tokens
    ///     A token log or a result, whose requests are drawn as bands.
    /// ax
    ///     Axes to draw on; a figure of its own where left out.
    ///
    /// Examples
    /// --------
    /// >>> from szilard.demo import recording
    /// >>> trace, tokens, result = recording()
    /// >>> figure, axes = trace.plot(tokens)
    #[pyo3(signature = (tokens=None, ax=None))]
    fn plot(
        slf: &Bound<'_, Self>,
        tokens: Option<&Bound<'_, PyAny>>,
        ax: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Py<PyAny>> {
        Ok(slf.py().import("szilard.plotting")?.call_method1("trace", (slf, tokens, ax))?.unbind())
    }

    fn __getitem__(&self, key: &Bound<'_, PyAny>) -> PyResult<Self> {
        let slice =
            key.cast::<PySlice>().map_err(|_| PyTypeError::new_err("a trace is sliced by times: trace[start:end]"))?;
        if !slice.getattr("step")?.is_none() {
            return Err(PyValueError::new_err("a slice of a trace has no step"));
        }
        let (start, end) = (slice.getattr("start")?, slice.getattr("stop")?);
        let window =
            self.window_ns(Some(&start).filter(|time| !time.is_none()), Some(&end).filter(|time| !time.is_none()))?;
        if let Some((start, end)) = window.filter(|(start, end)| start >= end) {
            let message = format!("E_WINDOW: the window from {start} ns to {end} ns is empty");
            return Err(exceptions::TraceError::new_err((message, "E_WINDOW")));
        }
        Ok(Self { window, ..self.clone() })
    }

    fn __repr__(&self) -> PyResult<String> {
        let (start, end) = self.span_ns()?;
        let (devices, channels) = (self.trace.devices().len(), self.trace.channels.len());
        let warnings = self.trace.diagnostics.iter().filter(|remark| remark.code.severity() > Severity::Info).count();
        Ok(format!(
            "Trace({:?}, {}, {devices} devices, {channels} channels, {:.3} s on a {} clock, {warnings} warnings)",
            self.trace.source,
            self.trace.format,
            (end - start) as f64 / 1e9,
            self.trace.clock.word(),
        ))
    }

    fn _repr_html_(&self) -> PyResult<String> {
        let rows: Vec<Vec<String>> = self
            .trace
            .channels
            .iter()
            .take(64)
            .map(|channel| {
                vec![
                    channel.device.clone(),
                    channel.name.clone(),
                    channel.kind.word().to_owned(),
                    channel.samples.len().to_string(),
                ]
            })
            .collect();
        Ok(html::card(&self.__repr__()?, "channels", &["device", "channel", "kind", "samples"], &rows))
    }
}
