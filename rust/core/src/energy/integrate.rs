//! Energy of a window of a trace, device by device, with what is covered and what is not.

use super::error::EnergyError;
use super::interval::{Content, Interval};
use super::meter::Meter;
use super::official_mean;
use super::plausibility;
use super::sums::Total;
use super::uncertainty::{self, Asked};
use crate::input::{Code, Diagnostics, Place, proceed};
use crate::quantity::{Basis, Boundary, Component, Measured, Method, Quantity, Unit};
use crate::traces::{Channel, Kind, Trace, cut};

/// How powers become an energy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Rule {
    /// The integral of the linearly interpolated power, E = Σ (P_i + P_{i+1})/2 Δt_i, over covered time.
    #[default]
    Trapezoid,
    /// The unweighted mean of the positive samples strictly inside the window, times the window: the rule of MLPerf
    /// Power (mlcommons/power-dev, compliance check). Kept for comparison; it knows no gaps.
    MeanOfSamples,
}

impl Rule {
    /// The word for options and tables.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Trapezoid => "trapezoid",
            Self::MeanOfSamples => "mean-of-samples",
        }
    }
}

/// Which energy is asked for.
#[derive(Debug, Clone, Default)]
pub struct EnergyQuery {
    /// The window in the clock of the trace [ns]; from the first to the last sample where it is left out.
    pub window: Option<(i64, i64)>,
    /// Only this device.
    pub device: Option<String>,
    /// Only channels of this name; otherwise the outermost measured channel of each device.
    pub channel: Option<String>,
    /// How powers become an energy.
    pub rule: Rule,
    /// Longest interval that is integrated over [ns]; max(5 × lower median interval, 2 s) where it is left out.
    pub max_gap_ns: Option<i64>,
    /// Whether the window is declared steady: its readings are of one level, and the scatter of their mean is s/√N_eff.
    pub steady: bool,
    /// How many devices there should be, where the caller knows it.
    pub expected_devices: Option<usize>,
    /// Whether the readings are not kept, as where a log is read in blocks: the budget then leaves out what they would
    /// say of themselves, only checks of single devices and of equal ones are made, and `I_IN_BLOCKS` says so.
    pub in_blocks: bool,
}

/// Whether everything that was asked for is in a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// All of the window is covered, and nothing speaks against it.
    Complete,
    /// Part of the window is not covered, and the figure is what was seen; or a check puts it in doubt, as the reasons say.
    Incomplete,
}

impl Status {
    /// The word for tables.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Incomplete => "incomplete",
        }
    }
}

/// Energy of one channel in the window.
#[derive(Debug, Clone)]
pub struct DeviceEnergy {
    /// Device.
    pub device: String,
    /// Name of the channel.
    pub channel: String,
    /// Energy with its budget [J]; `None` where the device gave no reading.
    pub energy: Option<Measured>,
    /// Mean power over the covered time. [W]
    pub mean_power_w: Option<f64>,
    /// Covered time. [ns]
    pub covered_ns: i64,
    /// Time of the window that is not covered. [ns]
    pub gap_ns: i64,
    /// Whether all of it is covered.
    pub status: Status,
}

impl DeviceEnergy {
    /// The mean power with the budget of the energy. [W]
    fn mean_power(&self) -> Option<Measured> {
        let (watts, energy) = self.mean_power_w.zip(self.energy.as_ref())?;
        let per_second = if energy.value() == 0.0 { 0.0 } else { watts / energy.value() };
        let part = |part: &Component| Component { contribution: part.contribution * per_second, ..part.clone() };
        Some(Measured::with_components(watts, energy.components().iter().map(part).collect()))
    }
}

/// Energy of a window of a trace.
#[derive(Debug, Clone)]
pub struct EnergyResult {
    /// The sum over the devices [J]; `None` where no total is known.
    pub energy: Option<Quantity>,
    /// The mean power: of the samples, or the energy over the covered time. [W]
    pub mean_power: Option<Quantity>,
    /// Whether all of the window is covered on every device.
    pub status: Status,
    /// The window. [ns]
    pub window_ns: (i64, i64),
    /// Least covered time of a device. [ns]
    pub covered_ns: i64,
    /// Largest uncovered time of a device. [ns]
    pub gap_ns: i64,
    /// How powers became an energy.
    pub rule: Rule,
    /// The parts of the sum.
    pub per_device: Vec<DeviceEnergy>,
    /// What there is to say about it.
    pub reasons: Diagnostics,
}

/// Energy of a window of a trace.
///
/// # Errors
/// [`EnergyError`]: nothing to integrate, fewer than two samples, no duration, a window that is not covered at all, a
/// counter that never moves or may have wrapped twice,
/// a result out of range, an unknown device or channel, devices at different boundaries.
pub fn energy(trace: &Trace, query: &EnergyQuery) -> Result<EnergyResult, EnergyError> {
    energy_by(trace, query, &mut |channel, window, reasons| integral(trace, channel, window, query, reasons))
}

/// How the intervals of a channel inside a window are added up.
type Integrate<'i> = &'i mut dyn FnMut(&Channel, (i64, i64), &mut Diagnostics) -> Result<Total, EnergyError>;

/// As [`energy`], with integrals from elsewhere.
pub(super) fn energy_by(
    trace: &Trace,
    query: &EnergyQuery,
    integrate: Integrate<'_>,
) -> Result<EnergyResult, EnergyError> {
    let members = members(trace, query)?;
    let span = trace.span_ns().ok_or_else(|| EnergyError::NoPower { source_name: trace.source.clone() })?;
    let window = query.window.unwrap_or(span);
    if (window.0 >= window.1 && query.window.is_some()) || window.1.checked_sub(window.0).is_none() {
        return Err(EnergyError::Window { start_ns: window.0, end_ns: window.1 });
    }
    let mut reasons = trace.diagnostics.clone();
    let mut parts = Vec::with_capacity(members.len());
    let mut alone = Vec::new();
    for channel in &members {
        proceed(&trace.source)?;
        match device_energy(trace, channel, span, query, (&mut *integrate, &mut reasons)) {
            Ok(part) => parts.push(part),
            Err(error @ (EnergyError::TooFewSamples { .. } | EnergyError::ZeroDuration { .. })) => {
                parts.push(without_energy(channel, window));
                alone.push((channel, error));
            }
            Err(error) => return Err(error),
        }
    }
    if parts.iter().all(|part| part.energy.is_none()) {
        let not_covered =
            EnergyError::NotCovered { source_name: trace.source.clone(), start_ns: window.0, end_ns: window.1 };
        return Err(alone.into_iter().next().map_or(not_covered, |(_, error)| error));
    }
    for (channel, error) in alone {
        let place = error.place().unwrap_or_default();
        let message = "its samples are too few for an energy; it has no value and the sum is without it";
        reasons.push(Code::DeviceMissing, place, Some(&channel.label()), message);
    }
    if query.channel.is_none() {
        parts.extend(without_reading(trace, &members, query));
    }
    // channels of one name in recordings that may contain one another do not add up
    let named = query.channel.is_some() && !trace.is_joined();
    let total_known = trace.total_known || named || members.len() == 1;
    let boundary = if total_known { common_boundary(&members)? } else { None };
    let method = if members.iter().any(|c| c.kind.is_power()) { Method::Measured } else { Method::Counter };
    let figure = |measured: Measured, unit: &str| -> Result<Quantity, EnergyError> {
        let quantity = Quantity::from_measured(measured, unit.parse::<Unit>()?)?;
        Ok(quantity.at(boundary).on(Some(Basis::Gross)).by([method]))
    };
    let (mut energy, mut mean_power) = (None, None);
    if total_known {
        let sum_of_energies = sum(parts.iter().filter_map(|part| part.energy.as_ref()));
        let power = if trace.separate_devices {
            mean_over_all(&sum_of_energies, &parts)
        } else {
            let powers: Vec<Measured> = parts.iter().filter_map(DeviceEnergy::mean_power).collect();
            sum(powers.iter())
        };
        energy = Some(figure(sum_of_energies, "J")?);
        mean_power = Some(figure(power, "W")?);
    }
    let incomplete = parts.iter().any(|part| part.status == Status::Incomplete);
    if query.in_blocks {
        let message = "noise, steps, sampling and gaps are not in the uncertainty, and throttling, nested sums, counters \
                       against polls and parts against wholes were not looked for";
        reasons.push(Code::InBlocks, Place::File, None, message);
    }
    plausibility::of_meter(trace, &members, query, window, &mut reasons);
    let incomplete = incomplete || plausibility::in_doubt(&reasons);
    let read = || parts.iter().filter(|part| part.energy.is_some() || part.status == Status::Incomplete);
    Ok(EnergyResult {
        energy,
        mean_power,
        status: if incomplete { Status::Incomplete } else { Status::Complete },
        window_ns: window,
        covered_ns: read().map(|part| part.covered_ns).min().unwrap_or(0),
        gap_ns: read().map(|part| part.gap_ns).max().unwrap_or(0),
        rule: query.rule,
        per_device: parts,
        reasons,
    })
}

/// The mean power of recordings that do not run side by side: their energy over their covered time. [W]
fn mean_over_all(energy: &Measured, parts: &[DeviceEnergy]) -> Measured {
    let covered = parts.iter().filter(|part| part.energy.is_some()).map(|part| part.covered_ns as f64 * 1e-9);
    let seconds: f64 = covered.sum();
    let part = |part: &Component| Component { contribution: part.contribution / seconds, ..part.clone() };
    Measured::with_components(energy.value() / seconds, energy.components().iter().map(part).collect())
}

/// The channels whose energies are summed.
pub(super) fn members<'a>(trace: &'a Trace, query: &EnergyQuery) -> Result<Vec<&'a Channel>, EnergyError> {
    let all = || trace.channels.iter().filter(|channel| channel.kind.gives_energy());
    let members: Vec<&Channel> = match &query.channel {
        Some(name) => all().filter(|channel| channel.name == *name || channel.label() == *name).collect(),
        None if !trace.total_known => all().filter(|channel| !channel.samples.is_empty()).collect(),
        None => cut(trace).members.iter().filter_map(|index| trace.channels.get(*index)).collect(),
    };
    if members.is_empty() {
        return Err(match &query.channel {
            Some(name) => unknown("channel", name, all().map(|channel| channel.name.as_str())),
            None => EnergyError::NoPower { source_name: trace.source.clone() },
        });
    }
    let Some(device) = &query.device else { return Ok(members) };
    let of_device: Vec<&Channel> = members.iter().copied().filter(|channel| channel.device == *device).collect();
    if of_device.is_empty() {
        return Err(unknown("device", device, members.iter().map(|channel| channel.device.as_str())));
    }
    Ok(of_device)
}

/// The devices that have no reading at all: they are listed, and have no value.
fn without_reading<'a>(
    trace: &'a Trace,
    members: &[&Channel],
    query: &'a EnergyQuery,
) -> impl Iterator<Item = DeviceEnergy> + use<'a> {
    let mut seen: std::collections::HashSet<String> = members.iter().map(|channel| channel.device.clone()).collect();
    let wanted = |channel: &&Channel| query.device.as_ref().is_none_or(|device| channel.device == *device);
    let silent = trace.channels.iter().filter(|channel| channel.kind.gives_energy()).filter(wanted);
    silent.filter(move |channel| seen.insert(channel.device.clone())).map(|channel| DeviceEnergy {
        device: channel.device.clone(),
        channel: channel.name.clone(),
        energy: None,
        mean_power_w: None,
        covered_ns: 0,
        gap_ns: 0,
        status: Status::Complete,
    })
}

/// The row of a channel that covers nothing of the window.
fn without_energy(channel: &Channel, window: (i64, i64)) -> DeviceEnergy {
    DeviceEnergy {
        device: channel.device.clone(),
        channel: channel.name.clone(),
        energy: None,
        mean_power_w: None,
        covered_ns: 0,
        gap_ns: window.1.saturating_sub(window.0),
        status: Status::Incomplete,
    }
}

fn unknown<'a>(what: &'static str, name: &str, known: impl Iterator<Item = &'a str>) -> EnergyError {
    let mut names: Vec<String> = known.map(str::to_owned).collect();
    names.sort_unstable();
    names.dedup();
    names.truncate(20);
    EnergyError::Unknown { what, name: name.to_owned(), known: names }
}

/// First and last time of a channel. [ns]
fn span_of(channel: &Channel) -> Option<(i64, i64)> {
    let first = channel.samples.segments().filter_map(|(time, _)| time.first().copied()).min()?;
    let last = channel.samples.segments().filter_map(|(time, _)| time.last().copied()).max()?;
    Some((first, last))
}

/// The boundary that all channels share.
pub(super) fn common_boundary(members: &[&Channel]) -> Result<Option<Boundary>, EnergyError> {
    let first = members.first().and_then(|channel| channel.boundary);
    match members.iter().map(|channel| channel.boundary).find(|boundary| *boundary != first) {
        None => Ok(first),
        Some(other) => Err(EnergyError::MixedBoundaries {
            left: first.unwrap_or(Boundary::Chip),
            right: other.unwrap_or(Boundary::Chip),
        }),
    }
}

/// The sum of energies of different devices: values added exactly, components kept apart.
fn sum<'a>(parts: impl Iterator<Item = &'a Measured>) -> Measured {
    let mut exact = crate::quantity::ExactSum::default();
    let mut components: Vec<Component> = Vec::new();
    for part in parts {
        exact.add(part.value());
        components.extend(part.components().iter().cloned());
    }
    Measured::with_components(exact.value(), components)
}

fn device_energy(
    trace: &Trace,
    channel: &Channel,
    span: (i64, i64),
    query: &EnergyQuery,
    (integrate, reasons): (Integrate<'_>, &mut Diagnostics),
) -> Result<DeviceEnergy, EnergyError> {
    let row = |energy: Option<Measured>, total: &Total, mean_power_w: Option<f64>, status: Status| DeviceEnergy {
        device: channel.device.clone(),
        channel: channel.name.clone(),
        energy,
        mean_power_w,
        covered_ns: total.covered_ns,
        gap_ns: total.gap_ns,
        status,
    };
    enough(trace, channel)?;
    let window = query.window.unwrap_or_else(|| own_window(trace, channel, span));
    let mut total = integrate(channel, window, reasons)?;
    let spanned_ns = total.covered_ns.saturating_add(total.gap_ns);
    if channel.samples.breaks.is_empty() {
        let outside = window.1.saturating_sub(window.0).saturating_sub(spanned_ns).max(0);
        total.gap_ns = total.gap_ns.saturating_add(outside);
        if outside > 0 && query.window.is_some() {
            let message = format!("{:.3} s of the window lie outside the samples", outside as f64 * 1e-9);
            reasons.push(Code::EdgeUnresolved, Place::File, Some(&channel.label()), message);
        }
    }
    if total.covered_ns == 0 && query.rule == Rule::Trapezoid {
        return Ok(without_energy(channel, window));
    }
    let status =
        if total.gap_ns > 0 || !channel.samples.breaks.is_empty() { Status::Incomplete } else { Status::Complete };
    let (value, mean_power_w) = match query.rule {
        Rule::Trapezoid => {
            let seconds = total.covered_ns as f64 * 1e-9;
            (total.energy_j, (total.covered_ns > 0).then(|| total.energy_j / seconds))
        }
        Rule::MeanOfSamples => {
            let mean = official_mean::mean_of_samples(channel, window)?;
            (mean * (window.1 - window.0) as f64 * 1e-9, Some(mean))
        }
    };
    if let Some(left_out) = uncertainty::unknown_gain(channel) {
        let message = format!("the uncertainty leaves out {left_out}");
        reasons.push(Code::GainUnknown, Place::File, Some(&channel.label()), message);
    }
    let asked = Asked { window, steady: query.steady, in_blocks: query.in_blocks, max_gap_ns: query.max_gap_ns };
    let energy = uncertainty::of_energy(channel, value, &total, asked);
    Ok(row(Some(energy), &total, mean_power_w, status))
}

/// The sums over the intervals of a channel inside a window.
fn integral(
    trace: &Trace,
    channel: &Channel,
    window: (i64, i64),
    query: &EnergyQuery,
    reasons: &mut Diagnostics,
) -> Result<Total, EnergyError> {
    let (meter, sums) = Meter::read(trace, channel, window, query.max_gap_ns, reasons)?;
    let total = sums.total(1);
    if !total.energy_j.is_finite() {
        let place = trace.records.place(channel.samples.line.get(overflow(&meter, window)).copied().unwrap_or(0));
        return Err(EnergyError::Range { source_name: trace.source.clone(), place, channel: channel.label() });
    }
    Ok(total)
}

/// The sample at the end of the first interval whose energy is no finite number.
fn overflow(meter: &Meter<'_>, window: (i64, i64)) -> usize {
    let beyond = |interval: &Interval| match interval.content {
        Content::Ramp(from, to) => !((from.abs() + to.abs()) * interval.length() as f64).is_finite(),
        Content::Energy(energy) => !(energy * 2e9).is_finite(),
        Content::Gap(_) => false,
    };
    let mut inside = meter.iter().filter_map(|interval| interval.clipped(window.0, window.1));
    inside.find(beyond).map_or(0, |interval| interval.index)
}

/// An error unless there are two samples at two times and, of a counter, one read in three that differs.
fn enough(trace: &Trace, channel: &Channel) -> Result<(), EnergyError> {
    let samples = &channel.samples;
    let place = |index: usize| trace.records.place(samples.line.get(index).copied().unwrap_or(0));
    if samples.len() < 2 {
        return Err(EnergyError::TooFewSamples {
            source_name: trace.source.clone(),
            place: place(0),
            channel: channel.label(),
            found: samples.len(),
        });
    }
    if samples.time_ns.iter().all(|time| Some(time) == samples.time_ns.first()) {
        return Err(EnergyError::ZeroDuration {
            source_name: trace.source.clone(),
            place: place(1),
            channel: channel.label(),
        });
    }
    let still = samples.value.iter().all(|value| Some(value) == samples.value.first());
    if matches!(channel.kind, Kind::EnergyCounter { .. }) && samples.len() >= 3 && still {
        return Err(EnergyError::StaleSensor {
            source_name: trace.source.clone(),
            place: place(2),
            channel: channel.label(),
        });
    }
    Ok(())
}

/// The window of a channel where none was asked for: its own samples, but the whole trace where it starts late or ends
/// early by more than one and a half of its intervals, unless the devices are recordings of their own.
fn own_window(trace: &Trace, channel: &Channel, span: (i64, i64)) -> (i64, i64) {
    let own = span_of(channel).unwrap_or(span);
    if trace.separate_devices {
        return own;
    }
    if own == span {
        return own;
    }
    let slack = channel.samples.median_interval_ns().unwrap_or(0).saturating_mul(3) / 2;
    let start = if own.0.saturating_sub(span.0) > slack { span.0 } else { own.0 };
    let end = if span.1.saturating_sub(own.1) > slack { span.1 } else { own.1 };
    (start, end)
}
