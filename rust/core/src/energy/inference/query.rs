//! What was generated, and how joules per token are asked for.

use crate::energy::attribute::Policy;
use crate::energy::idle::Idle;
use crate::energy::integrate::Rule;
use crate::energy::tokens::TokenLog;
use crate::quantity::Boundary;

/// What was generated: a log, or a bare count for the whole window.
#[derive(Debug, Clone, Copy)]
pub enum Tokens<'a> {
    /// A token log.
    Log(&'a TokenLog),
    /// A number of generated tokens.
    Count(u64),
}

/// How joules per token are asked for.
#[derive(Debug, Clone, Default)]
pub struct InferenceQuery {
    /// Window in the clock of the trace [ns]. Left out: the time in flight of the records, or with a count the trace.
    pub window: Option<(i64, i64)>,
    /// Where the idle draw is taken from; nothing above idle is given without it.
    pub idle: Option<Idle>,
    /// How power is split among requests in flight together.
    pub policy: Policy,
    /// What is added to the times of the token log. [ns]
    pub clock_offset_ns: Option<i64>,
    /// Standard uncertainty of that offset. [ns]
    pub clock_offset_u_ns: f64,
    /// Relative standard uncertainty of the number of generated tokens.
    pub tokens_u: f64,
    /// Whether what is left of the offset is estimated from the requests in flight and the power.
    pub estimate_clock_offset: bool,
    /// Boundary of the energy, where the format of the power log does not settle it.
    pub boundary: Option<Boundary>,
    /// How powers become an energy.
    pub rule: Rule,
    /// Longest interval that is integrated over. [ns]
    pub max_gap_ns: Option<i64>,
    /// How many devices there should be, where the caller knows it.
    pub expected_devices: Option<usize>,
}
