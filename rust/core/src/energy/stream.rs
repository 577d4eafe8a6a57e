//! The energy of a power log that may be larger than memory.

use super::counter::{Reads, range};
use super::error::EnergyError;
use super::integrate::{EnergyQuery, EnergyResult, Rule, energy, energy_by};
use super::interval::{Interval, Sample};
use super::meter::Run;
use super::sums::{Sums, Total};
use crate::input::{BLOCK_BYTES, Code, Diagnostics, Place, Refusal, append};
use crate::quantity::Boundary;
use crate::traces::{Channel, Clock, Kind, Long, ReadOptions, Samples, Sink, Slot, StreamError, Trace, read, stream};
use std::fs::File;
use std::path::Path;

/// From this size on a log is streamed where its format can be. [byte]
pub const STREAMED_FROM: u64 = 16 << 20;

/// Largest log that is read whole where it cannot be streamed. [byte]
pub const WHOLE_LIMIT: u64 = 4 << 30;

/// The energy of a power log, and what the log is.
#[derive(Debug, Clone)]
pub struct FileEnergy {
    /// The energy of all of it.
    pub result: EnergyResult,
    /// Name of its format.
    pub format: &'static str,
    /// What its times count from.
    pub clock: Clock,
    /// Why it was read whole; `None` where it was streamed.
    pub whole: Option<&'static str>,
}

/// Why a file gives no energy.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The file cannot be read.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// The log gives no energy.
    #[error(transparent)]
    Energy(#[from] EnergyError),
}

/// How a file is read.
#[derive(Debug, Clone, Copy)]
pub struct Streaming {
    /// From this size on a log is streamed. [byte]
    pub from: u64,
    /// Size of the blocks. [byte]
    pub block: usize,
    /// Largest log that is read whole. [byte]
    pub whole: u64,
}

impl Default for Streaming {
    fn default() -> Self {
        Self { from: STREAMED_FROM, block: BLOCK_BYTES, whole: WHOLE_LIMIT }
    }
}

/// The energy of the power log at `path`, which [`crate::traces::read_path`] and [`energy`] give too, to the bit and with
/// the same remarks, in memory that does not grow with the log.
///
/// A log of [`STREAMED_FROM`] or more is streamed where its format is read in parts: nvidia-smi CSV, tegrastats, generic
/// tables, counters. It is read whole, up to [`WHOLE_LIMIT`], where it is smaller, where a window or the mean of samples
/// is asked for, and where something in it needs all rows at once: rows out of order, a leap second, rows without a
/// device.
///
/// # Errors
/// [`FileError`]; `E_LIMIT_SIZE` for a larger log that cannot be streamed, with the reason.
pub fn energy_of_path(path: &Path, options: &ReadOptions, query: &EnergyQuery) -> Result<FileEnergy, FileError> {
    energy_of_path_in(path, options, query, Streaming::default())
}

/// As [`energy_of_path`], with other sizes.
///
/// # Errors
/// Those of [`energy_of_path`].
pub fn energy_of_path_in(
    path: &Path,
    options: &ReadOptions,
    query: &EnergyQuery,
    sizes: Streaming,
) -> Result<FileEnergy, FileError> {
    let name = path.display().to_string();
    let failed = |source| FileError::Io { path: name.clone(), source };
    let mut file = File::open(path).map_err(failed)?;
    let about = file.metadata().map_err(failed)?;
    let reason = if !about.is_file() {
        "it is no regular file"
    } else if about.len() < sizes.from {
        "it is small"
    } else if query.window.is_some() || query.rule != Rule::Trapezoid || query.steady {
        "part of it or its single samples are asked for"
    } else {
        match streamed((&file, &name), options, query, sizes.block) {
            Ok(energy) => return Ok(energy),
            Err(Ended::Stream(StreamError::Refused(refusal))) => return Err(EnergyError::from(refusal).into()),
            Err(Ended::Stream(StreamError::Io(source))) => return Err(failed(source)),
            Err(Ended::Energy(error)) => return Err(error.into()),
            Err(Ended::Stream(StreamError::Undecided(reason))) => reason,
        }
    };
    let too_large = |length: u64| {
        let expected = format!("at most {} bytes of a log that is read whole, because {reason}", sizes.whole);
        let refusal = Refusal::new(Code::LimitSize, &name, Place::File, format!("{length} bytes"), expected);
        FileError::from(EnergyError::from(refusal))
    };
    if about.len() > sizes.whole {
        return Err(too_large(about.len()));
    }
    let mut bytes = Vec::new();
    std::io::Seek::rewind(&mut file)
        .or_else(|error| if about.is_file() { Err(error) } else { Ok(()) })
        .map_err(failed)?;
    append(&mut file, sizes.whole + 1, &mut bytes).map_err(failed)?;
    if bytes.len() as u64 > sizes.whole {
        return Err(too_large(bytes.len() as u64));
    }
    let trace = read(bytes, &name, options).map_err(EnergyError::from)?;
    let result = energy(&trace, query)?;
    Ok(FileEnergy { result, format: trace.format, clock: trace.clock, whole: Some(reason) })
}

/// Why a stream ended without an energy.
enum Ended {
    Stream(StreamError),
    Energy(EnergyError),
}

impl From<StreamError> for Ended {
    fn from(error: StreamError) -> Self {
        Self::Stream(error)
    }
}

fn streamed(log: (&File, &str), options: &ReadOptions, query: &EnergyQuery, block: usize) -> Result<FileEnergy, Ended> {
    let mut meters = Meters { max_gap_ns: query.max_gap_ns, meters: Vec::new() };
    let trace = stream(log, options, block, &mut meters)?;
    if let Some(reason) = undecided(&trace, &meters.meters) {
        return Err(StreamError::Undecided(reason).into());
    }
    let nothing = Metered::default();
    let query = &EnergyQuery { in_blocks: true, ..query.clone() };
    let result = energy_by(&trace, query, &mut |channel, _, reasons| {
        let mut metered = trace.channels.iter().zip(&meters.meters);
        let meter = metered.find(|(known, _)| std::ptr::eq(*known, channel)).map_or(&nothing, |(_, meter)| meter);
        meter.total(&trace, channel, query, reasons)
    });
    let result = result.map_err(Ended::Energy)?;
    Ok(FileEnergy { result, format: trace.format, clock: trace.clock, whole: None })
}

/// What would be decided otherwise if the exact median of the intervals or the boundary of a counter were known.
fn undecided(trace: &Trace, meters: &[Metered]) -> Option<&'static str> {
    let span = trace.span_ns()?;
    for (channel, meter) in trace.channels.iter().zip(meters) {
        let Samples { time_ns, beyond, .. } = &channel.samples;
        let bounds = beyond.as_ref().and_then(|beyond| beyond.median_ns);
        let (Some((low, high)), Some(first), Some(last)) = (bounds, time_ns.first(), time_ns.last()) else { continue };
        let beyond = |time: i64, median: i64| time > median.saturating_mul(3) / 2;
        let ends = [first.saturating_sub(span.0), span.1.saturating_sub(*last)];
        if ends.into_iter().any(|end| beyond(end, low) != beyond(end, high)) {
            return Some("whether a device is missing at one end hangs on the exact median of its intervals");
        }
        if !meter.sums.total(1).energy_j.is_finite() {
            return Some("its energy is out of range");
        }
        if meter.counter.is_some() && meter.boundary != channel.boundary {
            return Some("what a counter can plausibly show hangs on all the channels of the log");
        }
    }
    None
}

/// The meters of all series.
struct Meters {
    max_gap_ns: Option<i64>,
    meters: Vec<Metered>,
}

/// What the intervals of one series add up to so far.
#[derive(Debug, Default)]
struct Metered {
    /// Of the intervals that are no gaps; of all where the caller says what a gap is, and of a counter.
    sums: Sums,
    counter: Option<Reads>,
    boundary: Option<Boundary>,
    kind: Option<Kind>,
    /// The read of a counter that waits for the one behind it.
    waiting: Option<(Sample, u32)>,
}

impl Sink for Meters {
    fn take(&mut self, series: usize, slot: &Slot, before: Option<Sample>, samples: &Samples, sure_ns: i64) {
        if self.meters.len() <= series {
            self.meters.resize_with(series + 1, Metered::default);
        }
        let Some(meter) = self.meters.get_mut(series) else { return };
        let kind = *meter.kind.get_or_insert(slot.kind);
        if let Some(range) = range(kind) {
            meter.boundary = slot.boundary;
            let reads = meter.counter.get_or_insert_with(|| Reads::new(range, slot.boundary));
            let all = samples.time_ns.iter().copied().zip(samples.value.iter().copied());
            for (sample, line) in all.zip(samples.line.iter().copied()) {
                if let Some((waiting, at)) = meter.waiting.replace((sample, line))
                    && let Some(interval) = reads.take(waiting, at, Some(sample.1))
                {
                    meter.sums.add(&interval);
                }
            }
            return;
        }
        let max_gap_ns = self.max_gap_ns.unwrap_or(sure_ns);
        let first = samples.time_ns.first().copied().zip(samples.value.first().copied());
        if let Some((before, first)) = before.zip(first) {
            meter.sums.add(&Interval::between(kind, before, first, max_gap_ns, 0));
        }
        meter.sums.add_run(&Run { kind, max_gap_ns, first: 0, time: &samples.time_ns, value: &samples.value });
    }

    fn covered(&mut self, series: usize, long: &Long) {
        let Some(meter) = self.meters.get_mut(series).filter(|_| self.max_gap_ns.is_none()) else { return };
        let Some(kind) = meter.kind else { return };
        meter.sums.add(&Interval::between(kind, long.from, long.to, i64::MAX, 0));
    }
}

impl Metered {
    /// The sums over all intervals of a channel.
    fn total(
        &self,
        trace: &Trace,
        channel: &Channel,
        query: &EnergyQuery,
        reasons: &mut Diagnostics,
    ) -> Result<Total, EnergyError> {
        let Some(reads) = &self.counter else {
            let total = self.sums.total(1);
            let gaps = channel.samples.beyond.iter().flat_map(|beyond| &beyond.gaps);
            // what was held back at first is no gap for that
            return Ok(match query.max_gap_ns {
                Some(_) => total,
                None => Total { gap_ns: gaps.fold(0, |sum: i64, gap| sum.saturating_add(gap.length())), ..total },
            });
        };
        let (mut reads, mut sums) = (reads.clone(), self.sums.clone());
        if let Some((sample, line)) = self.waiting
            && let Some(interval) = reads.take(sample, line, None)
        {
            sums.add(&interval);
        }
        let counter = reads.say(channel, &trace.records, reasons);
        counter.map_err(|counter| EnergyError::CounterAmbiguous { source_name: trace.source.clone(), counter })?;
        Ok(sums.total(1))
    }
}
