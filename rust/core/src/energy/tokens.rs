//! A token log as one typed table: what was generated, and when.

use crate::input::{Code, Diagnostics, LeapSeconds};
use crate::traces::Clock;

/// Which tokens a figure counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// Tokens of the prompt.
    Prompt,
    /// Generated tokens.
    Output,
    /// Both together.
    PromptAndOutput,
}

impl Counted {
    /// The word for tables.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Prompt => "prompt",
            Self::Output => "output",
            Self::PromptAndOutput => "prompt and output",
        }
    }
}

/// A mean rate of tokens: how fast, and not how many.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate {
    /// Which tokens.
    pub of: Counted,
    /// Mean. [token/s]
    pub per_second: f64,
    /// Standard deviation over repetitions, where the log states it. [token/s]
    pub deviation: Option<f64>,
}

impl Rate {
    /// A mean rate [token/s] whose deviation is not stated.
    pub const fn mean(of: Counted, per_second: f64) -> Self {
        Self { of, per_second, deviation: None }
    }
}

/// Who counted the generated tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    /// The server, as it generated them.
    Server,
    /// A client, which made tokens of the text once more.
    Retokenised,
}

impl Count {
    /// Every way to count.
    pub const ALL: &'static [Self] = &[Self::Server, Self::Retokenised];

    /// The word for options and tables.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::Retokenised => "retokenised",
        }
    }

    /// Name of the field that holds the count.
    pub const fn field(self) -> &'static str {
        match self {
            Self::Server => "output_tokens",
            Self::Retokenised => "retokenised_tokens",
        }
    }
}

/// One record of a token log: a request, a phase of a run, an interval, or a whole run.
///
/// Each field holds what its name says or nothing. A rate is no count, a duration is no start, an arrival is no end, and
/// a total that includes the prompt is no number of generated tokens.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Request {
    /// Name or id.
    pub request: String,
    /// Phase, where the log has phases.
    pub phase: Option<String>,
    /// Start, or arrival. [ns]
    pub start_ns: Option<i64>,
    /// First generated token. [ns]
    pub first_token_ns: Option<i64>,
    /// End. [ns]
    pub end_ns: Option<i64>,
    /// How long it took, where the log says it. [ns]
    pub duration_ns: Option<i64>,
    /// Prompt tokens [token]: those that were computed where `cached_tokens` is known, otherwise all that were sent.
    pub prompt_tokens: Option<u64>,
    /// Prompt tokens that came from a cache. [token]
    pub cached_tokens: Option<u64>,
    /// Generated tokens, as the server counts them. [token]
    pub output_tokens: Option<u64>,
    /// Generated tokens, as a client counted them again from the text. [token]
    pub retokenised_tokens: Option<u64>,
    /// Prompt and generated tokens together, where the log states nothing finer. [token]
    pub total_tokens: Option<u64>,
    /// Mean rates. [token/s]
    pub rates: Vec<Rate>,
    /// Requests served together with this one, or the batch size.
    pub concurrency: Option<u64>,
    /// Energy that the log itself states for the record. [J]
    pub logged_energy_j: Option<f64>,
    /// Energy per generated token that the log itself states for the record. [J/token]
    pub logged_per_token_j: Option<f64>,
    /// Whether the record is a phase that generates no tokens (loading a model, say).
    pub is_overhead: bool,
    /// Line of the record.
    pub line: u32,
}

impl Request {
    /// Start and end, where both are known. [ns]
    pub fn interval_ns(&self) -> Option<(i64, i64)> {
        Some((self.start_ns?, self.end_ns?))
    }

    /// Energy per generated token from the energy that the log itself states. [J/token]
    pub fn stated_per_token_j(&self) -> Option<f64> {
        let tokens = self.output_tokens.filter(|tokens| *tokens > 0)?;
        Some(self.logged_energy_j? / tokens as f64)
    }

    /// The record at a later time.
    pub(super) fn later_by(self, offset_ns: i64) -> Self {
        let later = |time: Option<i64>| time.map(|time| time.saturating_add(offset_ns));
        Self {
            start_ns: later(self.start_ns),
            first_token_ns: later(self.first_token_ns),
            end_ns: later(self.end_ns),
            ..self
        }
    }

    /// The record on a clock that counts other leap seconds. A duration elapses: it moves with the start.
    pub(super) fn counting(self, from: &LeapSeconds, to: &LeapSeconds) -> Self {
        let moved = |time: i64| {
            let (unix, inside) = from.unix(time);
            to.elapsed(unix, inside)
        };
        let start = self.start_ns.map(moved);
        let ended = |duration: i64| Some(self.end_ns? == self.start_ns?.saturating_add(duration));
        let whole = self.duration_ns.filter(|duration| ended(*duration) == Some(true));
        let end = start.zip(whole).map(|(start, duration)| start.saturating_add(duration));
        Self {
            start_ns: start,
            first_token_ns: self.first_token_ns.map(moved),
            end_ns: end.or(self.end_ns.map(moved)),
            ..self
        }
    }

    /// The record with the end that follows from its start and its duration.
    pub(super) fn timed(self) -> Self {
        Self { end_ns: self.end_ns.or_else(|| Some(self.start_ns?.saturating_add(self.duration_ns?))), ..self }
    }
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
    /// The leap seconds that the log writes out; every time behind one counts it.
    pub leaps: LeapSeconds,
    /// Whose count of the generated tokens the caller chose.
    pub count: Option<Count>,
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

/// Farther than this from the middle of the log, and than two hundred times its spread, no stamp is believed. [ns]
const FAR: i64 = 86_400 * 1_000_000_000;

/// Two phases may overlap by this much and still follow one another. [ns]
const SLACK: i64 = 1_000_000;

impl TokenLog {
    /// Leaves out the records that cannot be true: a stamp that lies far from all others (a lost digit), an end or a
    /// first token before the start, tokens in no time, an id that occurs twice.
    pub(super) fn checked(mut self) -> Self {
        let starts: Vec<i64> = self.requests.iter().filter_map(|request| request.start_ns).collect();
        let middle = median(starts.clone());
        let spread = median(starts.iter().map(|start| start.saturating_sub(middle).saturating_abs()).collect());
        // of two that lie far apart either may be wrong
        let far = if starts.len() < 3 { i64::MAX } else { spread.saturating_mul(200).max(FAR) };
        let mut seen = std::collections::HashSet::new();
        let (mut kept, mut excluded) = (Vec::with_capacity(self.requests.len()), std::mem::take(&mut self.excluded));
        for request in std::mem::take(&mut self.requests) {
            let request = request.timed();
            let fault = implausible(&request, middle, far).or_else(|| {
                let message = || "an earlier record has the same id".to_owned();
                (!seen.insert(request.request.clone())).then(|| (Code::DuplicateId, message()))
            });
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

    /// Leaves out the records of a run of phases, one after the other, that start before the one before them ended.
    pub(super) fn one_at_a_time(mut self) -> Self {
        let mut last: Option<i64> = None;
        let (mut kept, mut excluded) = (Vec::with_capacity(self.requests.len()), std::mem::take(&mut self.excluded));
        for request in std::mem::take(&mut self.requests) {
            let early = last.zip(request.start_ns).map(|(end, start)| end.saturating_sub(start));
            match early.filter(|early| *early > SLACK) {
                Some(early) => excluded.push(Excluded {
                    line: request.line,
                    code: Code::OverlappingPhases,
                    message: format!("starts {:.3} s before the phase before it ended", early as f64 * 1e-9),
                    request: request.request,
                }),
                None => {
                    last = request.end_ns.or(last);
                    kept.push(request);
                }
            }
        }
        self.requests = kept;
        self.excluded = excluded;
        self
    }

    /// First start and last end of the records. [ns]
    pub fn span_ns(&self) -> Option<(i64, i64)> {
        let first = self.requests.iter().filter_map(|request| request.start_ns).min()?;
        let last = self.requests.iter().filter_map(|request| request.end_ns.or(request.start_ns)).max()?;
        Some((first, last))
    }

    /// The sum of a count over the records that state it; `None` where none does. [token]
    ///
    /// ```
    /// use szilard::energy::{TokenOptions, read_tokens};
    /// let log = b"TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:17:03.97,4808,10\n2023-11-16 18:17:04.03,3180,8\n";
    /// let log = read_tokens(log.to_vec(), "trace.csv", &TokenOptions::default()).unwrap();
    /// assert_eq!(log.total(|request| request.prompt_tokens), Some(7988));
    /// assert_eq!(log.total(|request| request.output_tokens), Some(18));
    /// ```
    pub fn total(&self, count: impl Fn(&Request) -> Option<u64>) -> Option<u64> {
        self.requests.iter().filter_map(count).reduce(u64::saturating_add)
    }

    /// Generated tokens of a record by the count that was chosen, or by the server's. [token]
    pub fn generated(&self, request: &Request) -> Option<u64> {
        Self::by(request, self.count.unwrap_or(Count::Server))
    }

    /// Generated tokens of a record by a count. [token]
    pub(super) fn by(request: &Request, count: Count) -> Option<u64> {
        match count {
            Count::Server => request.output_tokens,
            Count::Retokenised => request.retokenised_tokens,
        }
    }

    /// The totals of the two counts, where both are there and differ. [token]
    pub fn counts_differ(&self) -> Option<(u64, u64)> {
        let both = || self.requests.iter().filter_map(|request| request.output_tokens.zip(request.retokenised_tokens));
        let sum = |totals: (u64, u64), (server, again): (u64, u64)| {
            (totals.0.saturating_add(server), totals.1.saturating_add(again))
        };
        both().any(|(server, again)| server != again).then(|| both().fold((0, 0), sum))
    }
}

/// The lower median; 0 of nothing.
fn median(mut values: Vec<i64>) -> i64 {
    values.sort_unstable();
    values.get(values.len().saturating_sub(1) / 2).copied().unwrap_or(0)
}

/// Why the times of a record cannot be true.
fn implausible(request: &Request, middle: i64, far: i64) -> Option<(Code, String)> {
    let start = request.start_ns?;
    let away = start.saturating_sub(middle);
    if away.saturating_abs() > far {
        let days = away as f64 / FAR as f64;
        let message = format!("starts {days:.1} days from the middle of the log; a digit may be lost");
        return Some((Code::ImplausibleStamp, message));
    }
    let seconds = |time: i64| start.saturating_sub(time) as f64 * 1e-9;
    let before = |time: Option<i64>| time.filter(|time| *time < start).map(seconds);
    if let Some(seconds) = before(request.end_ns) {
        return Some((Code::NegativeDuration, format!("ends {seconds:.3} s before it starts")));
    }
    if request.end_ns == Some(start) && request.output_tokens.is_some_and(|count| count > 0) {
        return Some((Code::NegativeDuration, "ends when it starts, and yet has generated tokens".to_owned()));
    }
    before(request.first_token_ns)
        .map(|seconds| (Code::NegativeDuration, format!("has its first token {seconds:.3} s before it starts")))
}
