//! Energy of many windows of a trace at once: phases, steps, batches, requests.

use super::attribute::split;
use super::error::EnergyError;
use super::integrate::{EnergyQuery, energy, members};
use super::meter::Meter;
use crate::input::Diagnostics;
use crate::quantity::Measured;
use crate::traces::Trace;
use szilard_simd::{Sharing, Window};

/// What windows get that overlap.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Overlapping<'a> {
    /// The whole energy of its time, each.
    Whole,
    /// Power at each instant in equal shares.
    Equal,
    /// Power at each instant in proportion to weights above zero, one a window.
    Weighted(&'a [f64]),
}

/// Energies of windows, in the order in which these were given.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct WindowEnergies {
    /// Energy of the covered time. [J]
    pub energy_j: Vec<f64>,
    /// Standard uncertainty relative to the energy, the same for all, as that of one meter is.
    pub relative_u: f64,
    /// Time that is not covered, the largest over the devices. [ns]
    pub gap_ns: Vec<i64>,
    /// Covered energy with no window. [J]
    pub outside_j: f64,
}

/// Energies of windows `[start, end]` in the clock of the trace [ns], over all devices.
///
/// E_k = ∫ P dt over the window; where power is shared, E_k = ∫ P w_k / W dt with W the sum of the weights of the windows
/// that hold the instant, so that Σ E_k and what lies outside are the energy of the trace. Windows that are empty get
/// 0 J. Time and space grow linearly with samples and windows.
///
/// # Errors
/// [`EnergyError`]: those of [`energy`], and weights that are not above zero or not as many as the windows.
///
/// # Examples
/// ```
/// use szilard::energy::{Overlapping, energies};
/// use szilard::traces::{Clock, PowerSeries, ReadOptions, trace_from_arrays};
///
/// // 100 W for 5 s
/// let (time, power) = ([0, 1, 2, 3, 4, 5].map(|s| s * 1_000_000_000), [100.0; 6]);
/// let series = PowerSeries { device: "0", time_ns: &time, power_w: &power };
/// let trace = trace_from_arrays(&[series], Clock::Relative, &ReadOptions::default()).unwrap();
/// let windows = [(1_000_000_000, 4_000_000_000), (2_000_000_000, 5_000_000_000)];
/// let whole = energies(&trace, &windows, Overlapping::Whole, None).unwrap();
/// let equal = energies(&trace, &windows, Overlapping::Equal, None).unwrap();
/// assert_eq!((whole.energy_j, equal.energy_j), (vec![300.0, 300.0], vec![200.0, 200.0]));
/// ```
pub fn energies(
    trace: &Trace,
    windows: &[(i64, i64)],
    overlapping: Overlapping<'_>,
    max_gap_ns: Option<i64>,
) -> Result<WindowEnergies, EnergyError> {
    let weights = match overlapping {
        Overlapping::Weighted(weights) => weights,
        Overlapping::Whole | Overlapping::Equal => &[],
    };
    let is_weight = |weight: &f64| *weight > 0.0 && weight.is_finite();
    if matches!(overlapping, Overlapping::Weighted(_)) && weights.len() != windows.len()
        || !weights.iter().all(is_weight)
    {
        let reason = format!("{} windows need as many weights above zero", windows.len());
        return Err(EnergyError::Policy { policy: "weighted", reason });
    }
    let query = EnergyQuery { max_gap_ns, ..EnergyQuery::default() };
    let total = energy(trace, &query)?;
    let unknown = || EnergyError::TotalUnknown { source_name: trace.source.clone() };
    let budget = total.energy.as_ref().map(|total| total.measured()).ok_or_else(unknown)?;
    let span = trace.span_ns().unwrap_or(total.window_ns);
    let channels = members(trace, &query)?;
    let meters: Vec<Meter<'_>> = channels
        .iter()
        .map(|channel| Ok(Meter::read(trace, channel, span, max_gap_ns, &mut Diagnostics::default())?.0))
        .collect::<Result<_, EnergyError>>()?;
    let weight = |index: usize| weights.get(index).copied().unwrap_or(1.0);
    let part = |(index, (start, end)): (usize, &(i64, i64))| Window { start: *start, end: *end, weight: weight(index) };
    let parts: Vec<Window> = windows.iter().enumerate().map(part).collect();
    let sharing = if overlapping == Overlapping::Whole { Sharing::Whole } else { Sharing::Split };
    let shares = split(&meters, &parts, span, sharing);
    let outside = |part: &Window| {
        let length = part.end.saturating_sub(part.start).max(0);
        length - part.end.min(span.1).saturating_sub(part.start.max(span.0)).clamp(0, length)
    };
    Ok(WindowEnergies {
        gap_ns: shares.uncovered.iter().zip(&parts).map(|(gap, part)| gap.saturating_add(outside(part))).collect(),
        energy_j: shares.value,
        relative_u: relative_u(budget),
        outside_j: shares.outside,
    })
}

fn relative_u(budget: &Measured) -> f64 {
    if budget.value() == 0.0 { 0.0 } else { budget.u() / budget.value().abs() }
}
