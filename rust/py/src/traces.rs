//! Power logs: files and arrays in, traces out.

use crate::errors::{detached, exceptions, guard};
use crate::given::{asked, bytes_of, nanoseconds};
use crate::inference::idle_of;
use crate::quantity::{PyQuantity, Size, word};
use crate::table::{self, Column, frame};
use crate::{energy, html};
use numpy::{PyReadonlyArray1, ToPyArray};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PySlice, PyString};
use std::sync::Arc;
use szilard::energy::{Idle, TOKEN_FORMATS};
use szilard::information::{LOGIT_FORMATS, LOGPROB_FORMATS};
use szilard::input::Severity;
use szilard::quantity::units::electric_potential::volt;
use szilard::quantity::units::f64::ElectricPotential;
use szilard::quantity::{Boundary, Quantity, UnitError};
use szilard::traces::{
    Clock, ColumnChoice, ColumnName, FARTHEST_NS, Format, PowerSeries, ReadOptions, Role, SensorModel, Sign, Trace,
    formats, read, trace_from_arrays as trace_from_arrays_of,
};

/// A power log: channels on one clock, and what there is to say about them.
///
/// ``trace[start:end]`` is the same log with another default window. Times are a `datetime`, text, or a `Quantity`: on
/// a relative clock the time itself, on the others the time since the first sample.
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
    ///     The window; from the first to the last sample where left out.
    /// device, channel
    ///     Only this device, only channels of this name.
    /// method
    ///     "trapezoid", or "mean-of-samples" (the rule of MLPerf Power).
    /// max_gap
    ///     Longest interval that is integrated over, as "2 s". [s] Left out: max(5 × lower median interval, 2 s).
    ///
    /// Raises
    /// ------
    /// szilard.errors.TraceError
    ///     An unknown device, an empty window, fewer than two samples, a counter that may have wrapped twice.
    #[pyo3(signature = (start=None, end=None, device=None, channel=None, method="trapezoid", max_gap=None))]
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
    ) -> PyResult<energy::PyEnergyResult> {
        energy::of_window(py, self, self.window_ns(start, end)?, (device, channel), method, max_gap)
    }

    /// The mean power of a window: its energy over the covered time. [W] The parameters are those of `energy`.
    #[pyo3(signature = (start=None, end=None, device=None, channel=None, method="trapezoid", max_gap=None))]
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
    ) -> PyResult<Option<PyQuantity>> {
        let window = self.window_ns(start, end)?;
        Ok(energy::of_window(py, self, window, (device, channel), method, max_gap)?.mean_power())
    }

    /// The idle power: the mean over a window (start, end), or as `energy_per_token` takes it (a list of two windows, "5th
    /// percentile", a trace); else the 5th percentile of the power samples. [W] Its label in the budget says how.
    #[pyo3(signature = (window=None))]
    fn idle_power(&self, py: Python<'_>, window: Option<&Bound<'_, PyAny>>) -> PyResult<PyQuantity> {
        let source = match (window, self.window) {
            (Some(given), _) => Some(idle_of(self, given)?),
            (None, Some((start, end))) => Some(Idle::Window(start, end)),
            (None, None) => None,
        };
        let idle = detached(py, || szilard::energy::idle_power(&self.trace, source.as_ref()))?;
        Ok(PyQuantity(idle.power))
    }

    /// The same trace, recorded by a meter whose tolerances are stated, all of it or one device.
    ///
    /// Parameters
    /// ----------
    /// statement
    ///     As "gain ±5 %, offset 1 W, noise 5 W": parts of gain, offset, noise of a reading, clock (rate, as 50 ppm),
    ///     update, window and duty, separated by commas. A size is a standard uncertainty, behind ± the half-width of a
    ///     rectangular distribution.
    /// name
    ///     Identity of the meter: gains of recordings by meters of one name are one gain and cancel in a ratio.
    /// device
    ///     Only this device.
    #[pyo3(signature = (statement, name="meter", device=None))]
    fn measured_by(&self, statement: &str, name: &str, device: Option<&str>) -> PyResult<Self> {
        let meter = guard(|| SensorModel::stated(name, statement))?;
        Ok(Self { trace: Arc::new((*self.trace).clone().measured_by(meter, device)), ..self.clone() })
    }

    /// The samples of the window as a long table: time_ns, device, channel, kind, unit, value.
    fn to_polars(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        let parts = PyList::empty(py);
        for channel in &self.trace.channels {
            let samples = &channel.samples;
            let labels = (channel.device.as_str(), channel.name.as_str(), channel.kind.word(), channel.kind.unit());
            parts.append((labels, samples.time_ns.to_pyarray(py), samples.value.to_pyarray(py)))?;
        }
        Ok(py.import("szilard._table")?.call_method1("samples", (parts, self.window))?.unbind())
    }

    /// The power over time, with gaps shaded and the requests of a token log or result as bands: (figure, axes).
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

/// The table of every format that can be read: name, kind (trace, tokens, logits or logprobs), description, units, and for
/// power logs the kinds of their channels, their clock, their boundary and the file of their sample.
#[pyfunction(name = "formats")]
pub fn list_formats(py: Python<'_>) -> PyResult<Py<PyAny>> {
    let traces = formats().iter().map(|format| {
        let Format { name, description, units, channels, clock, boundary, sample, .. } = *format;
        [name, "trace", description, units, channels, clock, boundary, sample]
    });
    let short = |name, kind, description, units| [name, kind, description, units, "", "", "", ""];
    let tokens = TOKEN_FORMATS.iter().map(|format| short(format.name, "tokens", format.description, format.units));
    let logits = LOGIT_FORMATS.iter().map(|format| short(format.name, "logits", format.description, "1"));
    let logprobs = LOGPROB_FORMATS.iter().map(|format| short(format.name, "logprobs", format.description, "nat"));
    let all: Vec<[&str; 8]> = traces.chain(tokens).chain(logits).chain(logprobs).collect();
    let titles = ["name", "kind", "description", "units", "channels", "clock", "boundary", "sample"];
    let column = |at: usize| {
        let cell = |entry: &[&str; 8]| entry.get(at).filter(|text| !text.is_empty()).map(|text| (*text).to_owned());
        Column::MaybeText(all.iter().map(cell).collect())
    };
    frame(py, titles.into_iter().enumerate().map(|(at, title)| (title, column(at))).collect())
}

/// The trace in a power log of any known format.
///
/// What the file does not say is asked for, and never guessed: `tz` for a local clock that has to meet another one,
/// `columns` for a table with unusual titles, `interval` for a log without times.
///
/// Parameters
/// ----------
/// source
///     A path, bytes, or an open file.
/// format
///     Name of the format (`formats()`); detected where left out.
/// tz
///     Zone of a local clock: an IANA name or an offset such as "-05:00".
/// time_format
///     Pattern of the time stamps in strptime notation.
/// interval
///     Interval between samples where the stamps do not tell it, as "0.1 s". [s]
/// devices
///     Devices to keep; or how many there are, where rows of several alternate and no column names them.
/// voltage
///     Supply voltage where the log holds only a current, as "12.8 V". [V]
/// columns
///     Role of each column by its title or position: {"time": "t", "power": ("P", "W"), "device": 0}; roles are time,
///     power, energy and device.
/// sign
///     "discharge_positive" or "discharge_negative", for a power that can be negative.
/// boundary
///     Boundary of the energy, where the format does not settle it.
/// decompress
///     Whether gzip may be opened.
///
/// Raises
/// ------
/// szilard.errors.FormatError
///     What is wrong, with path, line, column, code, found and expected.
/// OSError
///     A file that the system does not give.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> trace = sz.read_trace(b"time [s],power [W]\n0,7.2\n4.1,7.2\n", boundary="node")
/// >>> trace.energy().energy.value
/// 29.52
#[pyfunction]
#[pyo3(signature = (source, format=None, tz=None, time_format=None, interval=None, devices=None, voltage=None,
                    columns=None, sign=None, boundary=None, decompress=false))]
#[expect(clippy::too_many_arguments, reason = "as many as a log can leave open")]
pub fn read_trace(
    py: Python<'_>,
    source: &Bound<'_, PyAny>,
    format: Option<String>,
    tz: Option<String>,
    time_format: Option<String>,
    interval: Option<Size>,
    devices: Option<&Bound<'_, PyAny>>,
    voltage: Option<Size>,
    columns: Option<&Bound<'_, PyDict>>,
    sign: Option<&str>,
    boundary: Option<&str>,
    decompress: bool,
) -> PyResult<PyTrace> {
    let device_count = devices.and_then(|devices| devices.extract().ok());
    let named = devices.filter(|_| device_count.is_none());
    let devices = named.map(|names| names.try_iter()?.map(|name| name?.str()?.extract()).collect()).transpose()?;
    let options = ReadOptions {
        format,
        tz: tz.clone(),
        time_format,
        interval_ns: interval.map(nanoseconds).transpose()?,
        devices,
        device_count,
        voltage: voltage.map(volts).transpose()?,
        columns: columns.map_or(Ok(Vec::new()), column_choices)?,
        sign: sign.map(sign_of).transpose()?,
        boundary: word(boundary)?,
        decompress,
    };
    let (bytes, name) = bytes_of(source)?;
    let trace = detached(py, || read(bytes, &name, &options))?;
    Ok(PyTrace { trace: Arc::new(trace), tz, window: None })
}

fn volts(size: Size) -> PyResult<f64> {
    crate::errors::guard(|| {
        let voltage: ElectricPotential = Quantity::new(size.0, size.1)?.as_static()?;
        Ok::<_, UnitError>(voltage.get::<volt>())
    })
}

fn sign_of(text: &str) -> PyResult<Sign> {
    match text.replace('-', "_").as_str() {
        "discharge_positive" => Ok(Sign::DischargePositive),
        "discharge_negative" => Ok(Sign::DischargeNegative),
        _ => Err(PyValueError::new_err(format!("sign {text:?}: expected discharge_positive or discharge_negative"))),
    }
}

fn column_choices(columns: &Bound<'_, PyDict>) -> PyResult<Vec<ColumnChoice>> {
    let choice = |(role, given): (Bound<'_, PyAny>, Bound<'_, PyAny>)| {
        let role: String = role.extract()?;
        let role = match role.as_str() {
            "time" => Role::Time,
            "power" => Role::Power,
            "energy" => Role::Energy,
            "device" => Role::Device,
            _ => return Err(PyValueError::new_err(format!("role {role:?}: expected time, power, energy or device"))),
        };
        let (column, unit) = match given.extract::<(Bound<'_, PyAny>, Option<String>)>() {
            Ok((column, unit)) if !given.is_instance_of::<PyString>() => (column, unit),
            _ => (given, None),
        };
        let column = match column.extract::<usize>() {
            Ok(position) => ColumnName::Position(position),
            Err(_) => ColumnName::Name(column.extract()?),
        };
        Ok(ColumnChoice { role, column, unit })
    };
    columns.iter().map(choice).collect()
}

/// A trace from numbers in memory, by the same rules as one from a file. A power that is not finite is missing.
///
/// Parameters
/// ----------
/// time_ns
///     Time of each sample. [ns] On UTC: since 1970-01-01T00:00:00Z.
/// power_w
///     Instantaneous power at that time. [W]
/// device
///     Name of the device.
/// boundary
///     Boundary of the measured energy.
/// clock
///     utc, local or relative.
///
/// Examples
/// --------
/// >>> import numpy as np, szilard as sz
/// >>> trace = sz.trace_from_arrays(np.array([0, 1, 2]) * 10**9, [100.0, 100.0, 100.0], boundary="board")
/// >>> trace.energy().energy.value
/// 200.0
#[pyfunction]
#[pyo3(signature = (time_ns, power_w, device="0", boundary=None, clock="utc"))]
pub fn trace_from_arrays(
    py: Python<'_>,
    time_ns: &Bound<'_, PyAny>,
    power_w: &Bound<'_, PyAny>,
    device: &str,
    boundary: Option<&str>,
    clock: &str,
) -> PyResult<PyTrace> {
    let options = ReadOptions { boundary: word(boundary)?, ..ReadOptions::default() };
    let clock = match clock {
        "utc" => Clock::Utc,
        "local" => Clock::Local,
        "relative" => Clock::Relative,
        _ => return Err(PyValueError::new_err(format!("clock {clock:?}: expected utc, local or relative"))),
    };
    let helper = py.import("szilard._time")?.call_method1("columns", (time_ns, power_w))?;
    let (time, power): (PyReadonlyArray1<'_, i64>, PyReadonlyArray1<'_, f64>) = helper.extract()?;
    let series = PowerSeries { device, time_ns: time.as_slice()?, power_w: power.as_slice()? };
    let trace = detached(py, || trace_from_arrays_of(&[series], clock, &options))?;
    Ok(PyTrace { trace: Arc::new(trace), tz: None, window: None })
}
