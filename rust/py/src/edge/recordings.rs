//! What recordings of a board say about its heat.

use crate::errors::guard;
use crate::given::{bytes_of, nanoseconds};
use crate::quantity::{Given, PyQuantity, Size};
use crate::table::{Column, frame};
use crate::tokens::PyTokenLog;
use numpy::PyReadonlyArray1;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use szilard::edge::{self as core, Cause, EdgeError, Request, ThermalFit, signal};
use szilard::traces::{Channel, Kind, ReadOptions};

/// A series as Python gives it: times [ns] and values.
type Series<'py> = (PyReadonlyArray1<'py, i64>, PyReadonlyArray1<'py, f64>);

fn channel(kind: Kind, (time_ns, value): &Series<'_>) -> Result<Channel, EdgeError> {
    signal(kind, time_ns.as_array().to_vec(), value.as_array().to_vec())
}

fn requests(tokens: Option<&PyTokenLog>) -> Vec<Request> {
    let one = |request: &szilard::energy::Request| {
        let (start_ns, end_ns) = request.start_ns.zip(request.end_ns)?;
        Some(Request { start_ns, end_ns, output_tokens: request.output_tokens? as f64 })
    };
    tokens.map(|log| log.0.requests.iter().filter_map(one).collect()).unwrap_or_default()
}

/// The temperatures [K] and clocks [Hz] that stand beside the power in a log (nvidia-smi, tegrastats, tables with a header): a
/// table with time_ns, device, channel, kind, unit and value. Times are on the clock of the log.
///
/// Parameters
/// ----------
/// source
///     A path, bytes, or an open file.
/// tz
///     Zone of a local clock: an IANA name or an offset such as "-05:00".
/// interval
///     Time between rows, for a log without times. [s]
///
/// Raises
/// ------
/// szilard.errors.EdgeError
///     A log without temperatures and clocks, or that cannot be read.
/// OSError
///     A file that the system does not give.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> sz.edge.read_signals(b"time [s],power [W],temp [degC]\n0,7.2,40\n1,7.2,41\n")["value"].to_list()
/// [313.15, 314.15]
#[pyfunction]
#[pyo3(signature = (source, *, tz=None, interval=None))]
pub fn read_signals(
    py: Python<'_>,
    source: &Bound<'_, PyAny>,
    tz: Option<String>,
    interval: Option<Size>,
) -> PyResult<Py<PyAny>> {
    let (bytes, path) = bytes_of(source)?;
    let options = ReadOptions { tz, interval_ns: interval.map(nanoseconds).transpose()?, ..ReadOptions::default() };
    let channels = guard(|| core::signals(bytes, &path, &options))?;
    let of = |text: &dyn Fn(&Channel) -> String| {
        let rows = |channel: &Channel| vec![text(channel); channel.samples.len()];
        Column::Text(channels.iter().flat_map(rows).collect())
    };
    frame(
        py,
        vec![
            ("time_ns", Column::Whole(channels.iter().flat_map(|one| one.samples.time_ns.clone()).collect())),
            ("device", of(&|channel| channel.device.clone())),
            ("channel", of(&|channel| channel.name.clone())),
            ("kind", of(&|channel| channel.kind.word().to_owned())),
            ("unit", of(&|channel| channel.kind.unit().to_owned())),
            ("value", Column::Float(channels.iter().flat_map(|one| one.samples.value.clone()).collect())),
        ],
    )
}

/// The times at which a board throttled by one sign, with the tokens that each cost: a table with cause, start_ns, end_ns,
/// call_s, tokens and tokens_u. The cost is null where no call lies outside of such times to compare with.
///
/// Parameters
/// ----------
/// limit
///     The limit. [Hz, K or W]
/// cause
///     "clock" at or below `limit` while calls are answered, "temperature" or "power-cap" at or above it; "reasons" are
///     those that NVML gives for a lowered clock (bits of clocks_event_reasons.active), and have no limit.
/// time_ns
///     Times of the recording on the clock of the token log: a column. [ns]
/// values
///     What was recorded at each: a column of the same length. [Hz, K or W]
/// tokens
///     The token log; without it no cost is known, and clocks are refused.
///
/// Raises
/// ------
/// ValueError
///     An unknown cause.
/// szilard.errors.EdgeError
///     A limit of another dimension, clocks without a token log.
///
/// Examples
/// --------
/// >>> import numpy as np, szilard as sz
/// >>> second, kelvins = 10**9, np.array([340.0, 356.0, 359.0, 341.0, 340.0])
/// >>> found = sz.edge.throttling("temperature", "80 degC", np.arange(5) * second, kelvins)
/// >>> found["start_ns"].to_list(), found["end_ns"].to_list()
/// ([1000000000], [3000000000])
#[pyfunction]
#[pyo3(signature = (cause, limit, time_ns, values, tokens=None))]
pub fn throttling(
    py: Python<'_>,
    cause: &str,
    limit: Option<Given>,
    time_ns: PyReadonlyArray1<'_, i64>,
    values: PyReadonlyArray1<'_, f64>,
    tokens: Option<&PyTokenLog>,
) -> PyResult<Py<PyAny>> {
    let sign: (Kind, &str, fn(f64) -> Cause) = match cause {
        "clock" => (Kind::Frequency, "Hz", Cause::Clock),
        "temperature" => (Kind::Temperature, "K", Cause::Temperature),
        "power-cap" => (Kind::InstantPower, "W", Cause::PowerCap),
        "reasons" => (Kind::ThrottleReasons, "1", |_| Cause::Reasons),
        _ => {
            let expected = "expected clock, temperature, power-cap or reasons";
            return Err(PyValueError::new_err(format!("{cause:?}: {expected}")));
        }
    };
    let (kind, unit, of_limit) = sign;
    if limit.is_none() != (kind == Kind::ThrottleReasons) {
        return Err(PyValueError::new_err("a limit goes with clock, temperature and power-cap, and with them alone"));
    }
    let found = guard(|| {
        let limit = limit.map(|limit| Ok::<_, EdgeError>(limit.0.to(unit)?.value())).transpose()?;
        let cause = of_limit(limit.unwrap_or_default());
        core::throttling(&channel(kind, &(time_ns, values))?, cause, &requests(tokens))
    })?;
    let tokens = |of: fn(&szilard::quantity::Quantity) -> f64| {
        Column::MaybeFloat(found.iter().map(|one| one.tokens.as_ref().map(of)).collect())
    };
    frame(
        py,
        vec![
            ("cause", Column::Text(found.iter().map(|one| one.cause.word().to_owned()).collect())),
            ("start_ns", Column::Whole(found.iter().map(|one| one.start_ns).collect())),
            ("end_ns", Column::Whole(found.iter().map(|one| one.end_ns).collect())),
            ("call_s", Column::Float(found.iter().map(|one| one.call_s).collect())),
            ("tokens", tokens(|tokens| tokens.value())),
            ("tokens_u", tokens(|tokens| tokens.u())),
        ],
    )
}

/// The regression of the time of a token on the temperature of the board during the call: slope [s/token/K], at_mean
/// [s/token] at temperature [K], and, where calls from `second_from_ns` on are another group, their plain difference and
/// the effect that remains at equal temperature. Neighbouring residuals that are correlated widen the uncertainty.
///
/// Parameters
/// ----------
/// tokens
///     The token log.
/// time_ns
///     Times of the recorded temperature on the clock of the token log: a column. [ns]
/// kelvins
///     Temperature at each: a column of the same length. [K]
/// second_from_ns
///     The time from which calls are of the second group. [ns]
///
/// Raises
/// ------
/// szilard.errors.EdgeError
///     Fewer than three calls with times and tokens inside the recording.
///
/// Examples
/// --------
/// >>> import numpy as np, szilard as sz
/// >>> from szilard.demo import recording
/// >>> tokens = recording()[1]
/// >>> start = tokens.requests["start_ns"].min()
/// >>> time = start + np.arange(91) * 10**9
/// >>> found = sz.edge.latency_drift(tokens, time, np.linspace(320.0, 350.0, 91))
/// >>> sorted(found)[:2]
/// ['at_mean', 'calls']
#[pyfunction]
#[pyo3(signature = (tokens, time_ns, kelvins, *, second_from_ns=None))]
pub fn latency_drift<'py>(
    py: Python<'py>,
    tokens: &PyTokenLog,
    time_ns: PyReadonlyArray1<'_, i64>,
    kelvins: PyReadonlyArray1<'_, f64>,
    second_from_ns: Option<i64>,
) -> PyResult<Bound<'py, PyDict>> {
    let found = guard(|| {
        let temperature = channel(Kind::Temperature, &(time_ns, kelvins))?;
        core::latency_drift(&requests(Some(tokens)), &temperature, second_from_ns)
    })?;
    let table = PyDict::new(py);
    table.set_item("slope", PyQuantity(found.slope))?;
    table.set_item("at_mean", PyQuantity(found.at_mean))?;
    table.set_item("temperature", PyQuantity(found.temperature))?;
    table.set_item("difference", found.difference.map(PyQuantity))?;
    table.set_item("effect", found.effect.map(PyQuantity))?;
    table.set_item("determination", found.determination)?;
    table.set_item("calls", found.calls)?;
    table.set_item("left_out", found.left_out)?;
    Ok(table)
}

/// A heat sink as a recording of power and temperature shows it.
///
/// Examples
/// --------
/// >>> import numpy as np, szilard as sz
/// >>> time = np.arange(0, 1201, 10) * 10**9
/// >>> kelvins = 298.15 + 6 * 7.2 * (1 - np.exp(-time / 1e9 / 480))  # R = 6 K/W, C = 80 J/K under 7.2 W
/// >>> found = sz.edge.fit_thermal(time, np.full(time.size, 7.2), time, kelvins, ambient="25 degC")
/// >>> f"{found.resistance:.3f}, {found.capacity:.2f}, {found.time_constant:.1f}"
/// '(6.000 ± 0.000) K/W, (80.00 ± 0.00) J/K, (480.0 ± 0.0) s'
/// >>> found.ambient, found.residual_k < 0.01
/// (298.15 K, True)
#[pyclass(name = "ThermalFit", module = "szilard.edge", frozen)]
#[derive(Debug)]
pub struct PyThermalFit(ThermalFit);

#[pymethods]
impl PyThermalFit {
    /// R. [K/W]
    #[getter]
    fn resistance(&self) -> PyQuantity {
        PyQuantity(self.0.resistance.clone())
    }

    /// C, correlated with R. [J/K]
    #[getter]
    fn capacity(&self) -> PyQuantity {
        PyQuantity(self.0.capacity.clone())
    }

    /// R C. [s]
    #[getter]
    fn time_constant(&self) -> PyQuantity {
        PyQuantity(self.0.time_constant.clone())
    }

    /// Ta, as given or as found. [K]
    #[getter]
    fn ambient(&self) -> PyQuantity {
        PyQuantity(self.0.ambient.clone())
    }

    /// Root of the mean squared residual. [K]
    #[getter]
    fn residual_k(&self) -> f64 {
        self.0.residual_k
    }

    fn __repr__(&self) -> String {
        let ThermalFit { resistance, capacity, residual_k, .. } = &self.0;
        format!("ThermalFit(R = {resistance:.3}, C = {capacity:.3}, residual {residual_k:.2} K)")
    }
}

/// The heat sink with which C dT/dt = P - (T - Ta)/R follows a recorded temperature.
///
/// Parameters
/// ----------
/// power_ns
///     Times of the power: a column. [ns]
/// watts
///     What heats the board, at each: a column of the same length. [W]
/// temperature_ns
///     Times of the temperature, on the same clock: a column. [ns]
/// kelvins
///     Temperature at each: a column of the same length. [K]
/// ambient
///     Ta; fitted where it is not given. [K]
///
/// Raises
/// ------
/// szilard.errors.EdgeError
///     Too few readings, times that do not overlap, a temperature that does not follow the power.
///
/// Examples
/// --------
/// >>> import numpy as np, szilard as sz
/// >>> time = np.arange(0, 1201, 10) * 10**9
/// >>> kelvins = 298.15 + 6 * 7.2 * (1 - np.exp(-time / 1e9 / 480))  # R = 6 K/W, C = 80 J/K under 7.2 W
/// >>> found = sz.edge.fit_thermal(time, np.full(time.size, 7.2), time, kelvins, ambient="25 degC")
/// >>> f"{found.resistance:.3f}, {found.capacity:.2f}"
/// '(6.000 ± 0.000) K/W, (80.00 ± 0.00) J/K'
#[pyfunction]
#[pyo3(signature = (power_ns, watts, temperature_ns, kelvins, ambient=None))]
pub fn fit_thermal(
    power_ns: PyReadonlyArray1<'_, i64>,
    watts: PyReadonlyArray1<'_, f64>,
    temperature_ns: PyReadonlyArray1<'_, i64>,
    kelvins: PyReadonlyArray1<'_, f64>,
    ambient: Option<Given>,
) -> PyResult<PyThermalFit> {
    guard(|| {
        let power = channel(Kind::InstantPower, &(power_ns, watts))?;
        let temperature = channel(Kind::Temperature, &(temperature_ns, kelvins))?;
        core::fit_thermal(&power, &temperature, ambient.as_ref().map(|given| &given.0))
    })
    .map(PyThermalFit)
}
