//! One measured series: what it is, where it sits in its device, and its samples.

use super::sensor::SensorModel;
use crate::quantity::Boundary;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use szilard_simd::Sketch;

/// What a sample of a channel means, and so how energy follows from it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Power at the instant of the stamp [W].
    InstantPower,
    /// Mean power over the window that ends at the stamp [W]; the length of the window where it is known [ns].
    WindowedMeanPower {
        /// Length of the averaging window. [ns]
        window_ns: Option<i64>,
    },
    /// Mean power over the interval since the sample before [W].
    IntervalMeanPower,
    /// Power that holds until the next sample, because only changes are logged [W].
    HoldPower,
    /// Energy since some start, counted upwards [J]; the value at which it wraps, where it is known [J].
    EnergyCounter {
        /// Range of the counter. [J]
        range: Option<f64>,
    },
    /// Energy of the interval since the sample before [J].
    IntervalEnergy,
    /// Voltage [V].
    Voltage,
    /// Current [A].
    Current,
    /// Temperature [K].
    Temperature,
    /// Clock frequency [Hz].
    Frequency,
    /// Utilisation, 0 to 1.
    Utilisation,
    /// Why clocks are lowered, as the bits of NVML; 0 where they are not.
    ThrottleReasons,
}

impl Kind {
    /// Whether energy can be had from the channel.
    pub fn gives_energy(self) -> bool {
        !matches!(
            self,
            Self::Voltage
                | Self::Current
                | Self::Temperature
                | Self::Frequency
                | Self::Utilisation
                | Self::ThrottleReasons
        )
    }

    /// Whether samples are powers to be integrated over time.
    pub fn is_power(self) -> bool {
        matches!(self, Self::InstantPower | Self::WindowedMeanPower { .. } | Self::IntervalMeanPower | Self::HoldPower)
    }

    /// The unit of the stored values.
    pub fn unit(self) -> &'static str {
        match self {
            Self::InstantPower | Self::WindowedMeanPower { .. } | Self::IntervalMeanPower | Self::HoldPower => "W",
            Self::EnergyCounter { .. } | Self::IntervalEnergy => "J",
            Self::Voltage => "V",
            Self::Current => "A",
            Self::Temperature => "K",
            Self::Frequency => "Hz",
            Self::Utilisation | Self::ThrottleReasons => "1",
        }
    }

    /// The word for tables.
    pub fn word(self) -> &'static str {
        match self {
            Self::InstantPower => "instant-power",
            Self::WindowedMeanPower { .. } => "windowed-mean-power",
            Self::IntervalMeanPower => "interval-mean-power",
            Self::HoldPower => "hold-power",
            Self::EnergyCounter { .. } => "energy-counter",
            Self::IntervalEnergy => "interval-energy",
            Self::Voltage => "voltage",
            Self::Current => "current",
            Self::Temperature => "temperature",
            Self::Frequency => "frequency",
            Self::Utilisation => "utilisation",
            Self::ThrottleReasons => "throttle-reasons",
        }
    }
}

/// The samples of a channel in SI units, in time order inside each segment.
///
/// A new segment starts where the clock stepped back: time is monotone inside a segment and nothing is integrated
/// from one into the next.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Samples {
    /// Time of each sample. [ns]
    pub time_ns: Vec<i64>,
    /// Value of each sample, in the unit of the channel's kind; NaN where that of an interval is missing.
    pub value: Vec<f64>,
    /// Line of each sample in the file, counted from 1 (0 where there are no lines).
    pub line: Vec<u32>,
    /// Index of the first sample of each segment after the first.
    pub breaks: Vec<usize>,
    /// What is known of all samples of a stream, of which only the first and last ones stand here.
    pub beyond: Option<Beyond>,
}

/// No shorter interval is a gap. [ns]
pub const SHORTEST_GAP_NS: i64 = 2_000_000_000;

/// What is known of the samples of a stream.
#[derive(Debug, Clone, PartialEq)]
pub struct Beyond {
    /// How many there are.
    pub count: usize,
    /// Bounds of the lower median of their positive intervals. [ns]
    pub median_ns: Option<(i64, i64)>,
    /// The intervals that are gaps.
    pub gaps: Vec<Long>,
    /// What the readings are known by.
    pub sketch: Sketch,
}

/// An interval that is longer than most.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Long {
    /// The sample before it.
    pub from: (i64, f64),
    /// The sample after it.
    pub to: (i64, f64),
    /// Line of the sample after it.
    pub line: u32,
}

impl Long {
    /// Its length. [ns]
    pub fn length(&self) -> i64 {
        self.to.0.saturating_sub(self.from.0)
    }
}

impl Samples {
    /// Number of samples.
    pub fn len(&self) -> usize {
        self.beyond.as_ref().map_or(self.time_ns.len(), |beyond| beyond.count)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.time_ns.is_empty()
    }

    /// The lower median of the positive intervals; `None` where there are none. [ns]
    pub fn median_interval_ns(&self) -> Option<i64> {
        if let Some(beyond) = &self.beyond {
            return beyond.median_ns.map(|(least, _)| least);
        }
        let step = |pair: &[i64]| pair.last().zip(pair.first()).map(|(end, start)| end.saturating_sub(*start));
        let intervals = self.segments().flat_map(|(time, _)| time.windows(2)).filter_map(step);
        let mut positive: Vec<i64> = intervals.filter(|interval| *interval > 0).collect();
        let middle = positive.len().checked_sub(1)? / 2;
        Some(*positive.select_nth_unstable(middle).1)
    }

    /// The longest interval that counts as sampled: max(5 x lower median of the positive intervals, 2 s). [ns]
    pub fn gap_limit_ns(&self) -> i64 {
        gap_limit_ns(self.median_interval_ns().unwrap_or(0))
    }

    /// The segments as slices of time and value.
    pub fn segments(&self) -> impl Iterator<Item = (&[i64], &[f64])> {
        let starts = std::iter::once(0).chain(self.breaks.iter().copied());
        let ends = self.breaks.iter().copied().chain(std::iter::once(self.time_ns.len()));
        starts.zip(ends).filter_map(|(start, end)| Some((self.time_ns.get(start..end)?, self.value.get(start..end)?)))
    }
}

/// The longest interval that counts as sampled, of a series with this median interval. [ns]
pub(super) fn gap_limit_ns(median: i64) -> i64 {
    median.saturating_mul(5).max(SHORTEST_GAP_NS)
}

/// One measured series of one device.
#[derive(Debug, Clone, PartialEq)]
pub struct Channel {
    /// Name of the series as the source has it, without its unit: `power.draw`, `VDD_IN`, `Watts`.
    pub name: String,
    /// Device the series belongs to: a board uuid, an index, a zone; `0` where the log has one unnamed device.
    pub device: String,
    /// What a sample means.
    pub kind: Kind,
    /// Boundary at which the energy of the channel is counted, where the format settles it.
    pub boundary: Option<Boundary>,
    /// Name of the channel of the same device that already contains this one (`VDD_IN` contains `VDD_SOC`).
    pub within: Option<String>,
    /// Name of the channel of the same device that measures the same thing better and stands for it in sums.
    pub instead: Option<String>,
    /// Resolution of the stamps. [ns]
    pub stamp_resolution_ns: i64,
    /// What is known about the sensor: of its kind, its board, or as its user stated it.
    pub sensor: Option<Arc<SensorModel>>,
    /// Smallest step of the printed values, in the unit of the kind; 0 where it is not known.
    pub resolution: f64,
    /// Whether the stamps are too coarse to tell samples apart (`W_COARSE_TIME`).
    pub coarse_time: bool,
    /// The samples.
    pub samples: Samples,
}

impl Channel {
    /// `device/name`, the label of the channel in messages and tables.
    pub fn label(&self) -> String {
        format!("{}/{}", self.device, self.name)
    }
}
