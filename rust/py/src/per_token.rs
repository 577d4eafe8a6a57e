//! The energy per generated token of a power log and a token log.

use crate::energy::rule_of;
use crate::errors::{exceptions, guard};
use crate::given::nanoseconds;
use crate::idle::idle_of;
use crate::inference::PyInferenceEnergy;
use crate::quantity::{Given, Size, word};
use crate::tokens::PyTokenLog;
use crate::traces::PyTrace;
use crate::watched::watched;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use std::sync::Arc;
use szilard::energy::{InferenceQuery, Policy, Report, Tokens, energy_per_token as per_token};

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
///     (start, end); left out: the time in flight of the requests, or with a number the whole trace. [s]
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
///     Standard uncertainty of the number of tokens, as "2 %". [1]
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
