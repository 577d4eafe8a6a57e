//! What a code does to the status of a result, and what to do about it: the table `docs/diagnostics.md`.

use super::diagnostic::{Code, Severity};

impl Code {
    /// What the code does to the result that is asked for.
    ///
    /// ```
    /// use szilard::input::Code;
    /// assert_eq!((Code::Gap.effect(), Code::NaSample.effect()), ("incomplete", "none: what it names is left out"));
    /// ```
    pub fn effect(self) -> &'static str {
        match self {
            Self::Gap
            | Self::ClockStep
            | Self::CounterReset
            | Self::CounterRange
            | Self::DeviceMissing
            | Self::EdgeUnresolved => "incomplete",
            _ if self.is_doubt() => "incomplete",
            Self::TotalUnknown => "no total: each channel has its own",
            Self::NaSample
            | Self::NaDevice
            | Self::NulTail
            | Self::PartialLastLine
            | Self::PartialLastBlock
            | Self::Sentinel
            | Self::Nonfinite
            | Self::BadRead
            | Self::CounterNonmonotonic
            | Self::MirroredCounter
            | Self::DupSeries
            | Self::ZeroDevice
            | Self::SkippedLine
            | Self::ImplausibleStamp
            | Self::OutsideTrace
            | Self::NegativeDuration
            | Self::MissingTokens
            | Self::FailedRequest
            | Self::OverlappingPhases
            | Self::NotInference => "none: what it names is left out",
            Self::CoarseTime | Self::OffsetEstimated | Self::TruncatedTail => "none: the uncertainty is wider",
            _ if self.severity() == Severity::Error => "refused",
            _ => "none",
        }
    }

    /// Whether the code comes from a check of plausibility: the figure is whole and hard to believe.
    pub fn is_doubt(self) -> bool {
        matches!(
            self,
            Self::AboveRating
                | Self::ComponentAboveWall
                | Self::CounterDiffers
                | Self::FrozenSensor
                | Self::MirroredSeries
                | Self::DeviceCount
                | Self::NestedSum
                | Self::Throttled
                | Self::TruncatedWindow
                | Self::WarmUp
        )
    }

    /// The name that other tools of the field have for it: SemiAnalysisAI/InferenceX, `utils/aggregate_power.py`.
    ///
    /// ```
    /// use szilard::input::Code;
    /// assert_eq!(Code::Gap.known_as(), Some("sampling_gap_exceeded"));
    /// ```
    pub fn known_as(self) -> Option<&'static str> {
        Some(match self {
            Self::Gap => "sampling_gap_exceeded",
            Self::EdgeUnresolved | Self::TruncatedWindow => "benchmark_window_not_bracketed",
            Self::DeviceCount => "expected_gpu_count_mismatch",
            Self::NaSample | Self::Nonfinite | Self::Sentinel => "invalid_power_sample",
            Self::TooFewSamples => "insufficient_power_samples",
            Self::NoPower => "no_usable_power_samples",
            Self::Window => "invalid_benchmark_window",
            Self::TimeParse => "invalid_timestamp_sample",
            Self::AmbiguousDevices => "gpu_identity_missing",
            _ => return None,
        })
    }

    /// What to do about it.
    ///
    /// ```
    /// use szilard::input::Code;
    /// assert!(Code::NoTime.remedy().contains("interval"));
    /// ```
    pub fn remedy(self) -> &'static str {
        match self {
            Self::Midnight | Self::Wrap | Self::LeapSecond | Self::DecimalComma | Self::NotInference => "nothing",
            Self::GainUnknown => "state the tolerance of the meter beside the figure, or compare runs on one meter",
            Self::InBlocks => "read the whole log where the uncertainty counts",
            Self::NaSample | Self::Sentinel | Self::Nonfinite | Self::BadRead => {
                "look how many there are; a window with many of them is better measured again"
            }
            Self::NaDevice => "measure the device with a tool that reads it, or name the others with devices=",
            Self::ZeroDevice => "do not take it for zero: measure the component otherwise",
            Self::UnitFromCell | Self::UnitChange => "check which of the two units the device prints",
            Self::NulTail | Self::PartialLastLine | Self::PartialLastBlock | Self::LastLineKept => {
                "nothing, if the recording was stopped on purpose; else record again"
            }
            Self::HeaderRepeat => "ask for the energy of one recording with start and end",
            Self::DupTimestamp | Self::CoarseTime => "log stamps with fractions of a second, or give interval=",
            Self::OutOfOrder => "check that one writer wrote the log",
            Self::ClockStep | Self::DstFold => "give tz=, or log in UTC or on a monotonic clock",
            Self::ClockSet => "nothing for energies; another log of the same time needs an offset",
            Self::NoEnd => "look why the recorder was stopped; its rows are whole",
            Self::Gap | Self::DeviceMissing => "ask for a window without it, or give max_gap= and say so",
            Self::EdgeUnresolved => "start the recorder before the run and stop it after",
            Self::NegativePower | Self::NonPositive => "check the direction of the sensor; sign= declares it",
            Self::SignConvention => "give sign=",
            Self::SkippedLine => "read what it says; a message of the tool may explain missing samples",
            Self::Encoding => "write the log in UTF-8",
            Self::ZeroSamples => "check the sensor: it may drop out",
            Self::ManyDevices => "check that the device column names devices",
            Self::TotalIsSum => "state that the total is a sum of rails",
            Self::TotalUnknown => "name a channel with channel=",
            Self::CounterReset | Self::CounterRange | Self::CounterNonmonotonic => {
                "ask for a window without it; log the range of the counter"
            }
            Self::MirroredCounter | Self::DupSeries => "nothing, if they are one sensor; else name one with device=",
            Self::PueInside => "apply no PUE to the figure; the one before it stands beside it",
            Self::Modelled => "do not call the figure measured",
            Self::DeviceOrder => "log the index or the uuid of each row",
            Self::LoggedAverage => "look for lost or glued rows near the line",
            Self::Implausible => "check the unit and the device",
            Self::AboveRating => "check the unit and the device; a transient that long is none",
            Self::ComponentAboveWall => "check which of the two meters holds the other, and their units",
            Self::CounterDiffers => {
                "trust the counter where polling was slow, the polling where the counter was not read anew"
            }
            Self::FrozenSensor => "measure again; look for a hung driver or reader",
            Self::MirroredSeries => "name one of the devices with device=",
            Self::DeviceCount => "measure with a tool that reads all devices, or correct the number",
            Self::NestedSum => "name the total with channel= or device=",
            Self::Throttled => {
                "cool the device or raise its power limit and measure again, or say that it was throttled"
            }
            Self::TruncatedWindow => "start the recorder before the run and stop it after",
            Self::WarmUp => "give window= or drop the first requests",
            Self::NegativeNet => "measure idle again, in the state of the run",
            Self::TruncatedTail => "log more candidates of each token, or state the interval",
            Self::Empty | Self::NoData | Self::NoHeader => {
                "check that the recorder wrote the file, and with its header"
            }
            Self::NoPower => "log power or energy; of a current, give voltage=; of a table, name it with columns=",
            Self::NoTime => "log times, or give interval=",
            Self::Compressed => "give decompress=True, or decompress the file",
            Self::LimitExpansion | Self::LimitSize | Self::LineTooLong | Self::LimitColumns | Self::LimitDevices => {
                "check the file; split it if it is sound"
            }
            Self::Interrupted => "let it come to its end",
            Self::Binary | Self::Corrupt | Self::Truncated => "copy the file again",
            Self::BadNumber => "correct the cell at its source; a failed reading is written as N/A or left empty",
            Self::TimeParse => "give time_format=",
            Self::TimeUnit => "write the unit into the title, or give it with columns=",
            Self::TimeMixed => "write all stamps with a zone, or none",
            Self::TimeZone => "give tz=",
            Self::TooFewSamples | Self::ZeroDuration => "record longer or more often",
            Self::UnclosedQuote | Self::FieldCount | Self::DupColumn => "correct the row or the header at its source",
            Self::UnitUnknown => "write the unit into the title or the cells, or give it with columns=",
            Self::Range | Self::ErrorCounterRange => "check the value and its unit",
            Self::StaleSensor => "check that the counter is read anew each time",
            Self::CounterAmbiguous => "poll the counter more often than it can wrap",
            Self::UnknownFormat => "give format=, or name the columns with columns=",
            Self::UnknownDevice | Self::UnknownColumn => "take one of the names in the message",
            Self::AmbiguousDevices => "log the index or uuid, or give devices=N if the rows alternate",
            Self::Window => "give a window on the clock of the log, its start before its end",
            Self::NoOverlap => "check zone and offset of the two clocks",
            Self::Json | Self::JsonDepth | Self::JsonDupKey | Self::JsonTrailing | Self::Xml => {
                "fetch the document again, whole and alone"
            }
            Self::XmlEntity => "remove the declarations, if you trust the file",
            Self::Scenario => "name the folder of the run after the scenario it was submitted for",
            Self::UnitUnstated => "write the unit into the title",
            Self::DupDevice => "name the recordings that are joined, or keep other devices with devices=",
            Self::IntervalStamp => {
                "switch a known load at a known time, or choose windows longer than the interval by far"
            }
            Self::FormatUnchecked => "compare the energy with the one that the tool itself shows",
            _ => "read in the message what was found and what was expected",
        }
    }
}
