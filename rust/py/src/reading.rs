//! Power logs from files and arrays.

use crate::energy::PyEnergyResult;
use crate::given::{bytes_of, nanoseconds};
use crate::quantity::{Size, word};
use crate::table::{Column, frame};
use crate::traces::PyTrace;
use crate::watched::watched;
use numpy::PyReadonlyArray1;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};
use std::path::PathBuf;
use std::sync::Arc;
use szilard::energy::{EnergyQuery, TOKEN_FORMATS, energy_of_path};
use szilard::information::{LOGIT_FORMATS, LOGPROB_FORMATS};
use szilard::quantity::units::electric_potential::volt;
use szilard::quantity::units::f64::ElectricPotential;
use szilard::quantity::{Quantity, UnitError};
use szilard::traces::{
    Clock, ColumnChoice, ColumnName, Format, PowerSeries, ReadOptions, Role, Sign, formats, read,
    trace_from_arrays as trace_from_arrays_of,
};

/// The table of every format that can be read: name, kind (trace, tokens, logits or logprobs), description, units, and
/// for power logs the kinds of their channels, their clock, their boundary and the file of their sample.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> table = sz.formats()
/// >>> table.filter(table["name"] == "nvidia-smi-csv").select("kind", "clock", "boundary").row(0)
/// ('trace', 'local', 'board')
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
///     Whether gzip or zstd may be opened.
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
    let options = ReadOptions {
        format,
        tz: tz.clone(),
        time_format,
        interval_ns: interval.map(nanoseconds).transpose()?,
        voltage: voltage.map(volts).transpose()?,
        columns: columns.map_or(Ok(Vec::new()), column_choices)?,
        sign: sign.map(sign_of).transpose()?,
        boundary: word(boundary)?,
        decompress,
        ..kept(devices)?
    };
    let (bytes, name) = bytes_of(source)?;
    let trace = watched(py, bytes.len(), None, move || read(bytes, &name, &options))?;
    Ok(PyTrace { trace: Arc::new(trace), tz, window: None })
}

/// The energy of all of a power log, which may be larger than memory.
///
/// The energies, covered time and reader's remarks of `read_trace(path).energy()`, to the bit, in memory that does not
/// grow with the log: nvidia-smi CSV, tegrastats, tables and counters of 16 MiB or more are read in blocks, side by side.
/// The uncertainty then leaves out noise, steps, sampling and gaps, and of the checks those that compare different series
/// or look at throttling are not made, as `I_IN_BLOCKS` says; frozen and mirrored sensors are found. Other formats, and logs with rows out of order, are read whole, up to 4 GiB. It can be interrupted.
///
/// Parameters
/// ----------
/// path
///     The power log.
/// channel, max_gap
///     As `Trace.energy` takes them.
/// progress
///     Called with the bytes read and all bytes, at most ten times a second; True for a bar on standard error; left out,
///     a bar where standard error is a terminal; False for none.
/// format, tz, time_format, interval, devices, voltage, columns, sign, boundary, decompress
///     As `read_trace` takes them.
///
/// Raises
/// ------
/// szilard.errors.FormatError
///     What is wrong, as from `read_trace`; E_LIMIT_SIZE for a log above 4 GiB that must be read whole.
/// szilard.errors.TraceError
///     What is wrong, as from `Trace.energy`.
/// OSError
///     A file that the system does not give.
///
/// Examples
/// --------
/// >>> import pathlib, tempfile, szilard as sz
/// >>> with tempfile.TemporaryDirectory() as folder:
/// ...     path = pathlib.Path(folder, "log.csv")
/// ...     _ = path.write_text("time [s],power [W]\n0,7.2\n2,7.2\n4.1,7.2\n")
/// ...     sz.energy(path, max_gap="3 s").energy.value
/// 29.52
#[pyfunction]
#[pyo3(signature = (path, channel=None, max_gap=None, progress=None, *, format=None, tz=None, time_format=None,
                    interval=None, devices=None, voltage=None, columns=None, sign=None, boundary=None,
                    decompress=false))]
#[expect(clippy::too_many_arguments, reason = "as many as a log can leave open")]
pub fn energy(
    py: Python<'_>,
    path: PathBuf,
    channel: Option<String>,
    max_gap: Option<Size>,
    progress: Option<&Bound<'_, PyAny>>,
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
) -> PyResult<PyEnergyResult> {
    let options = ReadOptions {
        format,
        tz,
        time_format,
        interval_ns: interval.map(nanoseconds).transpose()?,
        voltage: voltage.map(volts).transpose()?,
        columns: columns.map_or(Ok(Vec::new()), column_choices)?,
        sign: sign.map(sign_of).transpose()?,
        boundary: word(boundary)?,
        decompress,
        ..kept(devices)?
    };
    let query = EnergyQuery { channel, max_gap_ns: max_gap.map(nanoseconds).transpose()?, ..EnergyQuery::default() };
    let shown = py.import("szilard._progress")?.call_method1("shown", (progress,))?;
    let shown = (!shown.is_none()).then(|| shown.unbind());
    let found = watched(py, usize::MAX, shown.as_ref(), move || energy_of_path(&path, &options, &query));
    if let Some(end) = shown.and_then(|shown| shown.getattr(py, "end").ok()) {
        end.call0(py)?;
    }
    found.map(|found| PyEnergyResult(found.result))
}

/// The devices to keep, by name or by number.
fn kept(devices: Option<&Bound<'_, PyAny>>) -> PyResult<ReadOptions> {
    let device_count = devices.and_then(|devices| devices.extract().ok());
    let named = devices.filter(|_| device_count.is_none());
    let devices = named.map(|names| names.try_iter()?.map(|name| name?.str()?.extract()).collect()).transpose()?;
    Ok(ReadOptions { devices, device_count, ..ReadOptions::default() })
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
/// Raises
/// ------
/// szilard.errors.TraceError
///     Columns of another type.
/// szilard.errors.FormatError
///     Columns of different length, fewer than two samples.
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
    let (time, power) = (time.as_slice()?.to_vec(), power.as_slice()?.to_vec());
    let (size, device) = (16 * power.len(), device.to_owned());
    let trace = watched(py, size, None, move || {
        let series = PowerSeries { device: &device, time_ns: &time, power_w: &power };
        trace_from_arrays_of(&[series], clock, &options)
    })?;
    Ok(PyTrace { trace: Arc::new(trace), tz: None, window: None })
}
