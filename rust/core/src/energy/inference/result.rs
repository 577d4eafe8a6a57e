//! Joules per token and everything that belongs to the figure.

use crate::energy::attribute::Policy;
use crate::energy::idle::IdlePower;
use crate::energy::integrate::{EnergyResult, Status};
use crate::energy::join::Overlap;
use crate::energy::tokens::{Excluded, Request};
use crate::input::Diagnostics;
use crate::quantity::Quantity;

/// Energy of one record.
#[derive(Debug, Clone)]
pub struct RequestEnergy {
    /// The record.
    pub request: Request,
    /// Its energy, gross, on the grid. [J]
    pub energy_j: f64,
    /// Standard uncertainty of its energy. [J]
    pub u_j: f64,
    /// Whether all of its time is covered.
    pub status: Status,
}

/// How many records there are of which sort.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RecordCounts {
    /// In the log.
    pub total: usize,
    /// Kept: plausible and inside the power log.
    pub inside: usize,
    /// Of those, the ones that generate tokens.
    pub inference: usize,
}

/// Joules per token of a recording, and everything that belongs to the figure.
#[derive(Debug, Clone)]
pub struct InferenceEnergy {
    /// Energy per generated token. [J/token]
    pub per_token: Quantity,
    /// Generated tokens per energy. [token/Wh]
    pub tokens_per_wh: Quantity,
    /// Energy per generated token. [kWh/Mtoken]
    pub kwh_per_mtoken: Quantity,
    /// Energy of the records that generate tokens, or of the window. [J]
    pub gross: Quantity,
    /// Gross energy less the idle draw over the same time. [J]
    pub above_idle: Option<Quantity>,
    /// Energy above idle per generated token. [J/token]
    pub above_idle_per_token: Option<Quantity>,
    /// Idle draw over the time in flight, as a share of the gross energy.
    pub idle_share: Option<Quantity>,
    /// The idle power that was used.
    pub idle_power: Option<IdlePower>,
    /// Energy up to the first token per prompt token [J/token]; where all records know their first token.
    pub prefill_per_token: Option<Quantity>,
    /// Energy from the first token on per generated token. [J/token]
    pub decode_per_token: Option<Quantity>,
    /// Energy that the token log itself states for the same records, from counters. [J]
    pub logged: Option<Quantity>,
    /// Generated tokens. [token]
    pub output_tokens: u64,
    /// Computed prompt tokens, where every record states them. [token]
    pub prompt_tokens: Option<u64>,
    /// How many records there are of which sort.
    pub records: RecordCounts,
    /// Energy of each kept record.
    pub requests: Vec<RequestEnergy>,
    /// Records that were left out, and why.
    pub excluded: Vec<Excluded>,
    /// Covered energy with no record in flight, kept or left out; with a declared idle power, that over the same time. [J]
    pub idle_energy: Quantity,
    /// What is left of the meter, such as records that were left out: meter = requests + idle + unattributed, exactly on
    /// the grid. [J]
    pub unattributed: Quantity,
    /// The grid on which the parts of the meter are given. [J]
    pub grid_j: f64,
    /// The meter over the window.
    pub meter: EnergyResult,
    /// The time-weighted energy of the same window, where the figure was had by another rule.
    pub time_weighted: Option<EnergyResult>,
    /// What was added to the times of the token log, where it was estimated. [s]
    pub clock_offset: Option<Quantity>,
    /// How much of the token log lies inside the power log.
    pub overlap: Overlap,
    /// How power was split.
    pub policy: Policy,
    /// Time with at least one inference record in flight. [ns]
    pub in_flight_ns: i64,
    /// Whether all of the time that counts is covered.
    pub status: Status,
    /// What there is to say about the figure.
    pub reasons: Diagnostics,
}
