//! A token log as one typed table: what was generated, and when.

use crate::input::{Code, Diagnostics};
use crate::traces::Clock;

/// One record of a token log: a request, or a phase of a run.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Request {
    /// Name or id.
    pub request: String,
    /// Phase, where the log has phases.
    pub phase: Option<String>,
    /// Start. [ns]
    pub start_ns: i64,
    /// First generated token. [ns]
    pub first_token_ns: Option<i64>,
    /// End. [ns]
    pub end_ns: Option<i64>,
    /// Prompt tokens that were computed. [token]
    pub prompt_tokens: Option<u64>,
    /// Prompt tokens that came from a cache. [token]
    pub cached_tokens: Option<u64>,
    /// Generated tokens, as the server counts them. [token]
    pub output_tokens: Option<u64>,
    /// Generated tokens, as a client counted them again from the text. [token]
    pub retokenised_tokens: Option<u64>,
    /// Requests served together with this one, or the batch size.
    pub concurrency: Option<u64>,
    /// Energy that the log itself states for the record, from a counter. [J]
    pub logged_energy_j: Option<f64>,
    /// Whether the record is a phase that generates no tokens (loading a model, say).
    pub is_overhead: bool,
    /// Line of the record.
    pub line: u32,
}

/// A token log: records on one clock.
#[derive(Debug, Clone)]
pub struct TokenLog {
    /// Name of the format it was read from.
    pub format: &'static str,
    /// File it was read from, or `<bytes>`.
    pub source: String,
    /// What the times count from.
    pub clock: Clock,
    /// The records in the order of the file.
    pub requests: Vec<Request>,
    /// Records that were left out, with the code that says why.
    pub excluded: Vec<Excluded>,
    /// What there is to say about the file.
    pub diagnostics: Diagnostics,
}

/// A record that was left out.
#[derive(Debug, Clone, PartialEq)]
pub struct Excluded {
    /// Name or id.
    pub request: String,
    /// Line of the record.
    pub line: u32,
    /// Why.
    pub code: Code,
    /// One sentence with the particulars.
    pub message: String,
}

/// Farther than this from the middle of the log, and than a hundred times its spread, no stamp is believed. [ns]
const FAR: i64 = 86_400 * 1_000_000_000;

impl TokenLog {
    /// Leaves out the records that cannot be true: a stamp that lies far from all others (a lost digit), an end before
    /// the start, tokens in no time, an id that occurs twice.
    pub(super) fn checked(mut self) -> Self {
        let mut starts: Vec<i64> = self.requests.iter().map(|request| request.start_ns).collect();
        starts.sort_unstable();
        let at = |part: usize| starts.get(starts.len().saturating_sub(1) * part / 4).copied().unwrap_or(0);
        let (middle, spread) = (at(2), at(3).saturating_sub(at(1)));
        let far = spread.saturating_mul(100).max(FAR);
        let mut seen = std::collections::HashSet::new();
        let (mut kept, mut excluded) = (Vec::with_capacity(self.requests.len()), std::mem::take(&mut self.excluded));
        for request in std::mem::take(&mut self.requests) {
            let away = request.start_ns.saturating_sub(middle);
            let fault = if away.saturating_abs() > far {
                let days = away as f64 / FAR as f64;
                Some((
                    Code::ImplausibleStamp,
                    format!("starts {days:.1} days from the middle of the log; a digit may be lost"),
                ))
            } else if let Some(end) = request.end_ns.filter(|end| *end < request.start_ns) {
                let seconds = request.start_ns.saturating_sub(end) as f64 * 1e-9;
                Some((Code::NegativeDuration, format!("ends {seconds:.3} s before it starts")))
            } else if request.end_ns == Some(request.start_ns) && request.output_tokens.is_some_and(|count| count > 0) {
                Some((Code::NegativeDuration, "ends when it starts, and yet has generated tokens".to_owned()))
            } else if !seen.insert(request.request.clone()) {
                Some((Code::DuplicateId, "an earlier record has the same id".to_owned()))
            } else {
                None
            };
            match fault {
                Some((code, message)) => {
                    excluded.push(Excluded { request: request.request, line: request.line, code, message });
                }
                None => kept.push(request),
            }
        }
        self.requests = kept;
        self.excluded = excluded;
        self
    }

    /// First start and last end of the records. [ns]
    pub fn span_ns(&self) -> Option<(i64, i64)> {
        let first = self.requests.iter().map(|request| request.start_ns).min()?;
        let last = self.requests.iter().map(|request| request.end_ns.unwrap_or(request.start_ns)).max()?;
        Some((first, last))
    }
}
