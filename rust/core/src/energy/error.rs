//! Why an energy could not be had.

use super::counter::AmbiguousCounter;
use super::partial::GapLimitsDiffer;
use crate::input::{Code, Place, Refusal};
use crate::quantity::{Boundary, QuantityError, UnitError};

/// Names as they are written in a call.
fn quoted(names: &[String]) -> String {
    names.iter().map(|name| format!("{name:?}")).collect::<Vec<_>>().join(", ")
}

/// Why a question about energy has no answer.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum EnergyError {
    /// A file that gives no records.
    #[error(transparent)]
    Format(#[from] Refusal),
    /// A channel with fewer than two samples.
    #[error("{source_name}:{place}: {}: {channel} has {found} sample(s); energy needs two", Code::TooFewSamples)]
    TooFewSamples {
        /// The file.
        source_name: String,
        /// Place of the last sample there is.
        place: Place,
        /// Label of the channel.
        channel: String,
        /// How many samples there are.
        found: usize,
    },
    /// A channel whose samples all carry one time.
    #[error("{source_name}:{place}: {}: all samples of {channel} carry the same time", Code::ZeroDuration)]
    ZeroDuration {
        /// The file.
        source_name: String,
        /// Place of the second sample.
        place: Place,
        /// Label of the channel.
        channel: String,
    },
    /// A trace without a channel that gives energy.
    #[error("{source_name}: {}: no channel gives power or energy", Code::NoPower)]
    NoPower {
        /// The file.
        source_name: String,
    },
    /// An energy that is not a finite number.
    #[error("{source_name}:{place}: {}: the energy of {channel} is out of range", Code::Range)]
    Range {
        /// The file.
        source_name: String,
        /// Place of the sample at which it is.
        place: Place,
        /// Label of the channel.
        channel: String,
    },
    /// A window no part of which is covered.
    #[error(
        "{}: {source_name} covers nothing of the window from {:.3} s to {:.3} s",
        Code::NoOverlap, *.start_ns as f64 * 1e-9, *.end_ns as f64 * 1e-9
    )]
    NotCovered {
        /// The file.
        source_name: String,
        /// Start of the window. [ns]
        start_ns: i64,
        /// End of the window. [ns]
        end_ns: i64,
    },
    /// A counter that never moves.
    #[error("{source_name}:{place}: {}: {channel} shows one value in all of its reads", Code::StaleSensor)]
    StaleSensor {
        /// The file.
        source_name: String,
        /// Place of the third read.
        place: Place,
        /// Label of the channel.
        channel: String,
    },
    /// A counter that may have wrapped more than once.
    #[error(
        "{source_name}:{}: {}: {} was not read for {:.0} s and can wrap every {:.0} s",
        .counter.place, Code::CounterAmbiguous, .counter.channel, .counter.seconds, .counter.period
    )]
    CounterAmbiguous {
        /// The file.
        source_name: String,
        /// The interval.
        counter: AmbiguousCounter,
    },
    /// A device or channel that is not there.
    #[error("{}: found {what} {name:?}; expected one of {}", Code::UnknownDevice, quoted(known))]
    Unknown {
        /// What was looked for.
        what: &'static str,
        /// Its name as given.
        name: String,
        /// The names there are.
        known: Vec<String>,
    },
    /// A window that is empty or reversed.
    #[error("{}: found a window from {start_ns} ns to {end_ns} ns; expected its end after its start", Code::Window)]
    Window {
        /// Start. [ns]
        start_ns: i64,
        /// End. [ns]
        end_ns: i64,
    },
    /// A method that needs power samples on a channel that has none.
    #[error("{}: {channel} holds {kind}; mean-of-samples needs power samples", Code::NoPower)]
    NotPower {
        /// Label of the channel.
        channel: String,
        /// Its kind.
        kind: &'static str,
    },
    /// A percentile that is none.
    #[error("{}: a percentile of the power samples lies between 0 and 100, found {}", Code::Range, 100.0 * found)]
    Percentile {
        /// What was given, as a share.
        found: f64,
    },
    /// No sample strictly inside the window.
    #[error("{}: no positive sample of {channel} lies strictly inside the window", Code::NoOverlap)]
    NoSampleInside {
        /// Label of the channel.
        channel: String,
    },
    /// Two clocks that do not meet.
    #[error(
        "{}: the power log {trace} has a {trace_clock} clock and the token log {tokens} a {token_clock} one; {remedy}",
        Code::TimeZone
    )]
    ClocksDiffer {
        /// The power log.
        trace: String,
        /// Its clock.
        trace_clock: &'static str,
        /// The token log.
        tokens: String,
        /// Its clock.
        token_clock: &'static str,
        /// What the caller can say.
        remedy: &'static str,
    },
    /// Logs that do not overlap.
    #[error("{}: the token log runs {tokens}, the power log {trace}: they do not overlap", Code::NoOverlap)]
    NoOverlap {
        /// Times of the token log.
        tokens: String,
        /// Times of the power log.
        trace: String,
    },
    /// A log without a field that the question needs.
    #[error("{source_name}: {}: no record of this {format} log has the field {field}; {remedy}", Code::MissingField)]
    MissingField {
        /// The token log.
        source_name: String,
        /// Its format.
        format: &'static str,
        /// The field.
        field: &'static str,
        /// What the log has instead, or what the caller can do.
        remedy: String,
    },
    /// Two counts of the same tokens that differ.
    #[error(
        "{source_name}: {}: {server} tokens as the server counts them, {retokenised} as retokenised from the text; say \
        which with count",
        Code::CountAmbiguous
    )]
    CountAmbiguous {
        /// The token log.
        source_name: String,
        /// Total as counted by the server. [token]
        server: u64,
        /// Total as retokenised. [token]
        retokenised: u64,
    },
    /// Logs from which no offset between their clocks can be had.
    #[error("{}: {reason}; say what to add to the token log with clock_offset", Code::OffsetUnknown)]
    OffsetUnknown {
        /// Why not.
        reason: String,
    },
    /// Nothing to divide by.
    #[error("{}: {reason}", Code::NoTokens)]
    NoTokens {
        /// Why there are no tokens.
        reason: String,
    },
    /// Columns of samples that cannot be integrated.
    #[error("{reason}")]
    Samples {
        /// What is wrong.
        reason: String,
    },
    /// A policy that does not fit the log.
    #[error("policy {policy}: {reason}")]
    Policy {
        /// The policy.
        policy: &'static str,
        /// Why it does not fit.
        reason: String,
    },
    /// Channels counted at different boundaries.
    #[error("the devices are counted at different boundaries ({}, {}); ask for one of them", left.word(), right.word())]
    MixedBoundaries {
        /// One boundary.
        left: Boundary,
        /// Another one.
        right: Boundary,
    },
    /// A question whose total is not known.
    #[error("{}: how the rails of {source_name} nest is not settled; ask for a channel", Code::TotalUnknown)]
    TotalUnknown {
        /// The file.
        source_name: String,
    },
    /// A quantity.
    #[error(transparent)]
    Quantity(#[from] QuantityError),
    /// Two partials.
    #[error(transparent)]
    Partial(#[from] GapLimitsDiffer),
}

impl From<UnitError> for EnergyError {
    fn from(error: UnitError) -> Self {
        Self::Quantity(error.into())
    }
}

impl EnergyError {
    /// The code of the reason, where it has one.
    pub fn code(&self) -> Option<Code> {
        match self {
            Self::Format(refusal) => Some(refusal.code),
            Self::TooFewSamples { .. } => Some(Code::TooFewSamples),
            Self::ZeroDuration { .. } => Some(Code::ZeroDuration),
            Self::NoPower { .. } | Self::NotPower { .. } => Some(Code::NoPower),
            Self::Range { .. } | Self::Percentile { .. } => Some(Code::Range),
            Self::CounterAmbiguous { .. } => Some(Code::CounterAmbiguous),
            Self::Unknown { .. } => Some(Code::UnknownDevice),
            Self::Window { .. } => Some(Code::Window),
            Self::NoSampleInside { .. } | Self::NoOverlap { .. } | Self::NotCovered { .. } => Some(Code::NoOverlap),
            Self::StaleSensor { .. } => Some(Code::StaleSensor),
            Self::ClocksDiffer { .. } => Some(Code::TimeZone),
            Self::NoTokens { .. } => Some(Code::NoTokens),
            Self::MissingField { .. } => Some(Code::MissingField),
            Self::CountAmbiguous { .. } => Some(Code::CountAmbiguous),
            Self::OffsetUnknown { .. } => Some(Code::OffsetUnknown),
            Self::TotalUnknown { .. } => Some(Code::TotalUnknown),
            Self::Policy { .. }
            | Self::Samples { .. }
            | Self::MixedBoundaries { .. }
            | Self::Quantity(_)
            | Self::Partial(_) => None,
        }
    }

    /// The line it is about, where it is about one.
    pub fn line(&self) -> Option<u64> {
        self.place()?.line()
    }

    /// The place of the file it is about, where it is about one.
    pub fn place(&self) -> Option<Place> {
        match self {
            Self::TooFewSamples { place, .. }
            | Self::ZeroDuration { place, .. }
            | Self::StaleSensor { place, .. }
            | Self::Range { place, .. } => Some(place.clone()),
            Self::CounterAmbiguous { counter, .. } => Some(counter.place.clone()),
            Self::Format(refusal) => Some(refusal.place.clone()),
            _ => None,
        }
    }
}
