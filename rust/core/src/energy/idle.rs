//! The idle draw: what the meter shows when nothing is served.

use super::error::EnergyError;
use super::integrate::{EnergyQuery, Status, common_boundary, energy, members};
use crate::quantity::{Basis, Dimension, Measured, Method, Quantity, Unit};
use crate::traces::Trace;

/// Share of the samples below the idle level where no window is given.
const PERCENTILE: f64 = 0.05;

/// An idle power and how it was found.
#[derive(Debug, Clone)]
pub struct IdlePower {
    /// The power. [W]
    pub power: Quantity,
    /// How it was found, in words.
    pub method: String,
}

/// Where the idle draw is to be taken from.
#[derive(Debug, Clone)]
pub enum Idle {
    /// A window of the same trace. [ns]
    Window(i64, i64),
    /// A stated power; without a boundary it is taken at that of the trace.
    Power(Quantity),
    /// The whole of another trace.
    Trace(Box<Trace>),
}

/// The idle power of a trace: the mean over a window, or the 5th percentile of the power samples of each device, summed.
///
/// # Errors
/// Those of [`energy`], and a window that is not covered.
pub fn idle_power(trace: &Trace, window: Option<(i64, i64)>) -> Result<IdlePower, EnergyError> {
    match window {
        Some(window) => mean_power(trace, Some(window), "mean over the idle window"),
        None => percentile(trace),
    }
}

impl Idle {
    /// The idle power for a trace.
    ///
    /// # Errors
    /// Those of [`idle_power`], and a quantity that is no power.
    pub(super) fn power(&self, trace: &Trace) -> Result<IdlePower, EnergyError> {
        match self {
            Self::Window(start, end) => mean_power(trace, Some((*start, *end)), "mean over the idle window"),
            Self::Trace(other) => mean_power(other, None, "mean of the idle trace"),
            Self::Power(power) => {
                let power =
                    power.in_unit(&Unit::coherent(Dimension::of::<crate::quantity::units::power::Dimension>()))?;
                let boundary = match power.boundary() {
                    None => common_boundary(&members(trace, &EnergyQuery::default())?)?,
                    stated => stated,
                };
                Ok(IdlePower { power: power.at(boundary), method: "stated power".to_owned() })
            }
        }
    }
}

fn mean_power(trace: &Trace, window: Option<(i64, i64)>, method: &str) -> Result<IdlePower, EnergyError> {
    let result = energy(trace, &EnergyQuery { window, ..EnergyQuery::default() })?;
    let unknown = || EnergyError::TotalUnknown { source_name: trace.source.clone() };
    let total = result.energy.ok_or_else(unknown)?;
    let seconds = Quantity::new(result.covered_ns as f64 * 1e-9, "s".parse()?)?;
    let power = total.over(&seconds)?;
    let covered = if result.status == Status::Complete { String::new() } else { ", part of it not covered".to_owned() };
    Ok(IdlePower { power, method: format!("{method} ({:.3} s{covered})", result.covered_ns as f64 * 1e-9) })
}

fn percentile(trace: &Trace) -> Result<IdlePower, EnergyError> {
    let members = members(trace, &EnergyQuery::default())?;
    let mut watts = 0.0;
    for channel in &members {
        if !channel.kind.is_power() {
            return Err(EnergyError::NotPower { channel: channel.label(), kind: channel.kind.word() });
        }
        let mut values = channel.samples.value.clone();
        let rank = ((values.len() as f64 * PERCENTILE).ceil() as usize).clamp(1, values.len().max(1)) - 1;
        if values.is_empty() {
            continue;
        }
        watts += *values.select_nth_unstable_by(rank, f64::total_cmp).1;
    }
    let boundary = common_boundary(&members)?;
    let power = Quantity::from_measured(Measured::exact(watts), "W".parse()?)?;
    let power = power.at(boundary).by([Method::Measured]);
    Ok(IdlePower { power, method: "5th percentile of the power samples".to_owned() })
}

/// Idle energy of a time at an idle power.
pub(super) fn idle_energy(idle: &IdlePower, time_ns: i64) -> Result<Quantity, EnergyError> {
    let time = Quantity::new(time_ns as f64 * 1e-9, "s".parse()?)?;
    Ok(idle.power.on(None).times(&time)?.on(Some(Basis::Idle)))
}
