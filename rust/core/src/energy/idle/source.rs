//! Where the idle draw is taken from.

use super::level::{IdlePower, Stretch};
use super::percentile::percentile;
use crate::energy::error::EnergyError;
use crate::energy::integrate::{EnergyQuery, Status, common_boundary, energy, members};
use crate::quantity::{Dimension, Quantity, Unit, units};
use crate::traces::Trace;

/// Share of the samples below the idle level where nothing is said of it.
const PERCENTILE: f64 = 0.05;

/// Where the idle draw is to be taken from.
#[derive(Debug, Clone)]
pub enum Idle {
    /// A window of the same trace. [ns]
    Window(i64, i64),
    /// Two windows of the same trace, before and after the run; in between the power goes straight. [ns]
    BeforeAfter((i64, i64), (i64, i64)),
    /// The time of the trace before the first record and after the last; in between the power goes straight.
    Around,
    /// The power that this share of the samples of each device does not exceed.
    Percentile(f64),
    /// A stated power; without a boundary it is taken at that of the trace.
    Power(Quantity),
    /// The whole of another trace.
    Trace(Box<Trace>),
}

/// The idle power of a trace: the mean over a window, or the 5th percentile of the power samples of each device, summed.
///
/// # Errors
/// Those of [`energy`], and a window that is not covered.
pub fn idle_power(trace: &Trace, source: Option<&Idle>) -> Result<IdlePower, EnergyError> {
    match source {
        Some(source) => source.power(trace, None),
        None => percentile(trace, PERCENTILE),
    }
}

impl Idle {
    /// The share of the samples that [`idle_power`] takes where nothing is said.
    pub const fn default_percentile() -> Self {
        Self::Percentile(PERCENTILE)
    }

    /// The idle power for a trace; `busy` is from the first record to the last.
    ///
    /// # Errors
    /// Those of [`idle_power`], a quantity that is no power, and windows before and after that are not in this order.
    pub(in crate::energy) fn power(&self, trace: &Trace, busy: Option<(i64, i64)>) -> Result<IdlePower, EnergyError> {
        match self {
            Self::Window(start, end) => mean(trace, Some((*start, *end)), "mean over the idle window"),
            Self::Trace(other) => mean(other, None, "mean of the idle trace"),
            Self::Percentile(share) => percentile(trace, *share),
            Self::BeforeAfter(before, after) => drift(trace, *before, *after),
            Self::Around => {
                let span = trace.span_ns().ok_or_else(|| EnergyError::NoPower { source_name: trace.source.clone() })?;
                let busy = busy.unwrap_or(span);
                drift(trace, (span.0, busy.0), (busy.1, span.1))
            }
            Self::Power(power) => {
                let power = power.in_unit(&Unit::coherent(Dimension::of::<units::power::Dimension>()))?;
                let boundary = match power.boundary() {
                    None => common_boundary(&members(trace, &EnergyQuery::default())?)?,
                    stated => stated,
                };
                Ok(IdlePower::constant(power.at(boundary), "stated power".to_owned()))
            }
        }
    }
}

/// The mean over a window that is declared idle, and so steady.
fn mean(trace: &Trace, window: Option<(i64, i64)>, method: &str) -> Result<IdlePower, EnergyError> {
    let result = energy(trace, &EnergyQuery { window, steady: true, ..EnergyQuery::default() })?;
    let unknown = || EnergyError::TotalUnknown { source_name: trace.source.clone() };
    let total = result.energy.ok_or_else(unknown)?;
    let seconds = result.covered_ns as f64 * 1e-9;
    let power = total.over(&Quantity::new(seconds, "s".parse()?)?)?;
    let covered = if result.status == Status::Complete { "" } else { ", part of it not covered" };
    Ok(IdlePower::constant(power, format!("{method} ({seconds:.3} s{covered})")))
}

/// The means before and after, and the straight line between the middles of the two windows.
fn drift(trace: &Trace, before: (i64, i64), after: (i64, i64)) -> Result<IdlePower, EnergyError> {
    let (middle, end) = (Stretch::of(before).middle_ns as i64, Stretch::of(after).middle_ns as i64);
    if before.1 > after.0 || middle >= end {
        return Err(EnergyError::Window { start_ns: before.1, end_ns: after.0 });
    }
    let first = mean(trace, Some(before), "before")?;
    let second = mean(trace, Some(after), "after")?;
    let method = format!("straight between {} and {}", first.method, second.method);
    let power = first.power.plus(&second.power)?.over(&Quantity::number(2.0)?)?;
    Ok(IdlePower { power, method, drift: Some([(middle, first.power), (end, second.power)]) })
}
