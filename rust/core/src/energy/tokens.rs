//! A token log as one typed table: what was generated, and when.

use crate::input::{Code, Diagnostics, LeapSeconds, Place, Refusal};
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
    /// Prompt and generated tokens together, where the log states them so. [token]
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
    /// Its start and end, where both can be believed: time in which it was in flight all the same. [ns]
    pub interval_ns: Option<(i64, i64)>,
}

impl Excluded {
    /// A record that was left out, with the time it occupies; that of an implausible stamp is not believed.
    pub(super) fn of(request: Request, code: Code, message: String) -> Self {
        let request = request.timed();
        let interval_ns = request.interval_ns().filter(|(start, end)| start < end && code != Code::ImplausibleStamp);
        Self { request: request.request, line: request.line, code, message, interval_ns }
    }
}

/// Farther than this from the middle of the log, and than two hundred times its spread, no stamp is believed. [ns]
const FAR: i64 = 86_400 * 1_000_000_000;

/// Two phases may overlap by this much and still follow one another. [ns]
const SLACK: i64 = 1_000_000;

impl TokenLog {
    /// Leaves out the records that cannot be true: a stamp that lies far from all others (a lost digit), a first token
    /// outside start and end, a negative duration or energy, tokens in no time, a total below its prompt, an id that
    /// occurs twice. A total that is not the sum of its parts is remarked.
    pub(super) fn checked(mut self) -> Self {
        let starts: Vec<i64> = self.requests.iter().filter_map(|request| request.start_ns).collect();
        let middle = median(starts.clone());
        let spread = median(starts.iter().map(|start| start.saturating_sub(middle).saturating_abs()).collect());
        // of two that lie far apart either may be wrong
        let far = if starts.len() < 3 { i64::MAX } else { spread.saturating_mul(200).max(FAR) };
        let is_uncounted = |request: &Request| request.output_tokens.or(request.retokenised_tokens).is_none();
        let counted = !self.requests.iter().all(is_uncounted);
        let mut seen = std::collections::HashSet::new();
        let (mut kept, mut excluded) = (Vec::with_capacity(self.requests.len()), std::mem::take(&mut self.excluded));
        for request in std::mem::take(&mut self.requests) {
            let request = request.timed();
            let differs = contradiction(&request);
            let uncounted = is_uncounted(&request);
            let lost = differs.clone().filter(|_| uncounted).map(|message| (Code::LoggedDiffers, message));
            let fault = implausible(&request, middle, far).or(lost).or_else(|| {
                let message = || "an earlier record has the same id".to_owned();
                // what will be left out for want of a count makes no later record a duplicate
                let is_first = (counted && uncounted) || seen.insert(request.request.clone());
                (!is_first).then(|| (Code::DuplicateId, message()))
            });
            match fault {
                Some((code, message)) => excluded.push(Excluded::of(request, code, message)),
                None => {
                    if let Some(message) = differs {
                        let place = Place::Line(u64::from(request.line));
                        self.diagnostics.push(Code::LoggedDiffers, place, Some(&request.request), message);
                    }
                    kept.push(request);
                }
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
                Some(early) => {
                    let message = format!("starts {:.3} s before the phase before it ended", early as f64 * 1e-9);
                    excluded.push(Excluded::of(request, Code::OverlappingPhases, message));
                }
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

    /// The sum of a count over the records that state it [token]; `None` where none does, or where it leaves the range
    /// of the type ([`Self::in_range`]).
    ///
    /// ```
    /// use szilard::energy::{TokenOptions, read_tokens};
    /// let log = b"TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:17:03.97,4808,10\n2023-11-16 18:17:04.03,3180,8\n";
    /// let log = read_tokens(log.to_vec(), "trace.csv", &TokenOptions::default()).unwrap();
    /// assert_eq!(log.total(|request| request.prompt_tokens), Some(7988));
    /// assert_eq!(log.total(|request| request.output_tokens), Some(18));
    /// ```
    pub fn total(&self, count: impl Fn(&Request) -> Option<u64>) -> Option<u64> {
        self.requests.iter().filter_map(count).map(Some).reduce(|sum, count| sum?.checked_add(count?)).flatten()
    }

    /// Nothing, where the sum of every one of its counts is in the range of the type.
    ///
    /// # Errors
    /// `E_RANGE` at the record with which a sum leaves it.
    pub fn in_range(&self) -> Result<(), Refusal> {
        let counts = |request: &Request| {
            let Request { prompt_tokens, cached_tokens, output_tokens, retokenised_tokens, total_tokens, .. } =
                *request;
            [prompt_tokens, cached_tokens, output_tokens, retokenised_tokens, total_tokens]
        };
        let mut sums = [0u64; 5];
        for request in &self.requests {
            for (sum, count) in sums.iter_mut().zip(counts(request)) {
                *sum = sum.checked_add(count.unwrap_or(0)).ok_or_else(|| {
                    let place = Place::Line(u64::from(request.line));
                    let expected = "counts with a sum below 2^64";
                    Refusal::new(Code::Range, &self.source, place, "more than 2^64 tokens", expected)
                })?;
            }
        }
        Ok(())
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

/// The sum of durations that are all stated; a negative one in place of the sum, by which its record is left out. [ns]
pub(super) fn elapsed(parts: &[Option<i64>]) -> Option<i64> {
    let negative = parts.iter().flatten().copied().find(|part| *part < 0);
    negative.or_else(|| parts.iter().copied().try_fold(0i64, |sum, part| Some(sum.saturating_add(part?))))
}

/// Why the times of a record cannot be true, or its energy.
fn implausible(request: &Request, middle: i64, far: i64) -> Option<(Code, String)> {
    let negative = |message: String| Some((Code::NegativeDuration, message));
    if let Some(energy) = request.logged_energy_j.filter(|energy| *energy < 0.0) {
        return negative(format!("states an energy of {energy} J"));
    }
    let Some(start) = request.start_ns else {
        let duration = request.duration_ns.filter(|duration| *duration < 0)?;
        return negative(format!("states a duration of {:.3} s", duration as f64 * 1e-9));
    };
    let away = start.saturating_sub(middle);
    if away.saturating_abs() > far {
        let days = away as f64 / FAR as f64;
        let message = format!("starts {days:.1} days from the middle of the log; a digit may be lost");
        return Some((Code::ImplausibleStamp, message));
    }
    let seconds = |time: i64| start.saturating_sub(time) as f64 * 1e-9;
    let before = |time: Option<i64>| time.filter(|time| *time < start).map(seconds);
    if let Some(seconds) = before(request.end_ns) {
        return negative(format!("ends {seconds:.3} s before it starts"));
    }
    if let Some(duration) = request.duration_ns.filter(|duration| *duration < 0) {
        return negative(format!("states a duration of {:.3} s", duration as f64 * 1e-9));
    }
    if request.end_ns == Some(start) && request.output_tokens.is_some_and(|count| count > 0) {
        return negative("ends when it starts, and yet has generated tokens".to_owned());
    }
    if let Some(seconds) = before(request.first_token_ns) {
        return negative(format!("has its first token {seconds:.3} s before it starts"));
    }
    let late = request.first_token_ns.zip(request.end_ns).map(|(first, end)| first.saturating_sub(end));
    let late = late.filter(|late| *late > 0)? as f64 * 1e-9;
    negative(format!("has its first token {late:.3} s behind its end"))
}

/// What two statements of a record about its tokens contradict each other in: a total and the parts of it.
fn contradiction(request: &Request) -> Option<String> {
    let (total, prompt) = (request.total_tokens?, request.prompt_tokens?);
    let cached = request.cached_tokens.unwrap_or(0);
    let Some(output) = request.output_tokens else {
        return (total < prompt).then(|| format!("states {prompt} prompt tokens, and {total} in total"));
    };
    let parts = prompt.checked_add(output);
    let adds_up = parts == Some(total) || parts.and_then(|parts| parts.checked_add(cached)) == Some(total);
    (!adds_up).then(|| format!("states {prompt} prompt and {output} generated tokens, and {total} in total"))
}
