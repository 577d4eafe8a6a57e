//! Energy of many windows of a trace at once: phases, steps, batches, requests.

use super::attribute::split;
use super::error::EnergyError;
use super::inference::MeterScale;
use super::integrate::{EnergyQuery, energy, members};
use super::meter::{Meter, Run};
use super::sums::{Sums, Total};
use crate::traces::{Kind, Trace};
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

/// Energies of windows, in the order in which they were given.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct WindowEnergies {
    /// Energy of the covered time. [J]
    pub energy_j: Vec<f64>,
    /// Standard uncertainty of each, from the budget of the whole log, where it was asked for. [J]
    pub u_j: Option<Vec<f64>>,
    /// Time that is not covered, the largest over the devices. [ns]
    pub gap_ns: Vec<i64>,
    /// Covered energy with no window. [J]
    pub outside_j: f64,
}

/// How energies of windows are asked for.
#[derive(Debug, Clone, Copy, Default)]
pub struct WindowQuery {
    /// Longest interval that is integrated over [ns]; max(5 × lower median interval, 2 s) where it is left out.
    pub max_gap_ns: Option<i64>,
    /// Whether uncertainties are asked for: the budget of the whole log takes many reads of it.
    pub with_u: bool,
}

/// Energy and time of a column of samples that rise in time, by the trapezoidal rule: exact, rounded once.
///
/// E = Σ (P_i + P_(i+1))/2 Δt_i over intervals of at most `max_gap_ns` (any, where it is left out).
///
/// # Errors
/// [`EnergyError::Samples`] where there are fewer than two samples, as many times as powers are not there, time steps back
/// or an energy is no finite number.
///
/// # Examples
/// ```
/// let total = szilard::energy::trapezoid(&[0, 1_000_000_000, 3_000_000_000], &[10.0, 20.0, 20.0], None).unwrap();
/// assert_eq!(total.energy_j, 55.0);
/// ```
pub fn trapezoid(time_ns: &[i64], power_w: &[f64], max_gap_ns: Option<i64>) -> Result<Total, EnergyError> {
    let refuse = |reason: &str| Err(EnergyError::Samples { reason: reason.to_owned() });
    if time_ns.len() != power_w.len() || time_ns.len() < 2 {
        return refuse(&format!(
            "found {} times and {} powers; expected at least two samples, as many times as powers",
            time_ns.len(),
            power_w.len()
        ));
    }
    let max_gap_ns = max_gap_ns.unwrap_or(i64::MAX);
    let run = Run { kind: Kind::InstantPower, max_gap_ns, first: 0, time: time_ns, value: power_w };
    let sums = Sums::of_run(&run);
    let total = sums.total(1);
    match (sums.is_backward(), total.energy_j.is_finite()) {
        (true, _) => refuse("found a time before the one ahead of it; expected times that rise"),
        (_, false) => refuse("found a power that is no number, or an energy out of range; expected finite ones"),
        _ => Ok(total),
    }
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
/// use szilard::energy::{Overlapping, WindowQuery, energies};
/// use szilard::traces::{Clock, PowerSeries, ReadOptions, trace_from_arrays};
///
/// // 100 W for 5 s
/// let (time, power) = ([0, 1, 2, 3, 4, 5].map(|s| s * 1_000_000_000), [100.0; 6]);
/// let series = PowerSeries { device: "0", time_ns: &time, power_w: &power };
/// let trace = trace_from_arrays(&[series], Clock::Relative, &ReadOptions::default()).unwrap();
/// let windows = [(1_000_000_000, 4_000_000_000), (2_000_000_000, 5_000_000_000)];
/// let whole = energies(&trace, &windows, Overlapping::Whole, WindowQuery::default()).unwrap();
/// let equal = energies(&trace, &windows, Overlapping::Equal, WindowQuery::default()).unwrap();
/// assert_eq!((whole.energy_j, equal.energy_j), (vec![300.0, 300.0], vec![200.0, 200.0]));
/// ```
pub fn energies(
    trace: &Trace,
    windows: &[(i64, i64)],
    overlapping: Overlapping<'_>,
    query: WindowQuery,
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
    let of_log = EnergyQuery { max_gap_ns: query.max_gap_ns, ..EnergyQuery::default() };
    let span = trace.span_ns().ok_or_else(|| EnergyError::NoPower { source_name: trace.source.clone() })?;
    let channels = members(trace, &of_log)?;
    let meters = Meter::all(trace, &channels, span, query.max_gap_ns)?;
    let weight = |index: usize| weights.get(index).copied().unwrap_or(1.0);
    let part = |(index, (start, end)): (usize, &(i64, i64))| Window { start: *start, end: *end, weight: weight(index) };
    let parts: Vec<Window> = windows.iter().enumerate().map(part).collect();
    let sharing = if overlapping == Overlapping::Whole { Sharing::Whole } else { Sharing::Split };
    let shares = split(&meters, &parts, span, sharing);
    let outside = |part: &Window| {
        let length = part.end.saturating_sub(part.start).max(0);
        length - part.end.min(span.1).saturating_sub(part.start.max(span.0)).clamp(0, length)
    };
    let u_j = match query.with_u {
        true => {
            let unknown = || EnergyError::TotalUnknown { source_name: trace.source.clone() };
            let scale = MeterScale::of(&energy(trace, &of_log)?.energy.ok_or_else(unknown)?);
            Some(shares.value.iter().map(|joules| scale.u(*joules)).collect())
        }
        false => None,
    };
    Ok(WindowEnergies {
        gap_ns: shares.uncovered.iter().zip(&parts).map(|(gap, part)| gap.saturating_add(outside(part))).collect(),
        energy_j: shares.value,
        u_j,
        outside_j: shares.outside,
    })
}
