//! `szilard energy`: the energy of a window, and joules per token.

use super::compare::Saving;
use crate::failure::Failure;
use crate::output::{
    Answer, DEVICES_LISTED, and_more, budget_text, diagnostics_text, figure, lines, or_dash, sections, table,
};
use crate::reading::{Reading, bytes, ends, nanoseconds, quantity};
use clap::{ArgGroup, Args};
use serde_json::json;
use std::path::PathBuf;
use szilard::energy::{
    Count, EnergyQuery, EnergyRecord, EnergyResult, Excluded, Idle, InferenceEnergy, InferenceQuery, Policy, Report,
    Rule, Status, TokenOptions, Tokens, energy, energy_per_token, read_tokens,
};
use szilard::input::printable;
use szilard::quantity::Quantity;
use szilard::traces::{Clock, SensorModel, Trace};

/// The most records that are listed in text; `--json` has all.
pub(super) const LISTED: usize = 40;

/// The energy of a power log, per token where tokens are given.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("generated").args(["tokens", "count"]))]
pub(crate) struct Energy {
    /// Power log
    file: PathBuf,
    /// Token log; its records inside the power log are counted
    #[arg(long, value_name = "FILE", conflicts_with = "channel")]
    tokens: Option<PathBuf>,
    /// Generated tokens of the whole window
    #[arg(long, value_name = "N", conflicts_with = "channel")]
    count: Option<u64>,
    /// Format of the token log; detected where it is left out
    #[arg(long, value_name = "NAME", requires = "tokens")]
    tokens_format: Option<String>,
    /// Zone of a local clock of the token log, where it is not --tz
    #[arg(long, value_name = "ZONE", requires = "tokens", allow_hyphen_values = true)]
    tokens_tz: Option<String>,
    /// Whose count of the generated tokens is taken, where the token log has two
    #[arg(long, value_parser = token_count, value_name = "server|retokenised", requires = "tokens")]
    tokens_count: Option<Count>,
    /// Window: two times on the clock of the power log (with a zone or Unix seconds, local, or seconds)
    #[arg(long, value_name = "START,END", value_parser = ends, allow_hyphen_values = true, conflicts_with_all = ["start", "end"])]
    window: Option<(String, String)>,
    /// Start of the window
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    start: Option<String>,
    /// End of the window
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    end: Option<String>,
    /// Channel to take instead of the outermost one of each device
    #[arg(long, value_name = "NAME")]
    channel: Option<String>,
    /// How powers become an energy
    #[arg(long, value_parser = rule, default_value = "trapezoid", value_name = "trapezoid|mean-of-samples")]
    method: Rule,
    /// Longest interval that is integrated over, such as "3 s"
    #[arg(long, value_name = "TIME")]
    max_gap: Option<String>,
    /// Number of devices there should be; another one makes the figure incomplete
    #[arg(long, value_name = "N")]
    expect_devices: Option<usize>,
    /// Tolerances of the meter, such as "gain ±5 %, offset 1 W, noise 5 W"
    #[arg(long, value_name = "TEXT")]
    meter: Option<String>,
    /// Name of that meter: gains of recordings by one meter cancel in a ratio
    #[arg(long, value_name = "NAME", default_value = "meter", requires = "meter")]
    meter_name: String,
    #[command(flatten)]
    idle: IdleFrom,
    /// How power is split among records in flight together
    #[arg(long, value_parser = policy, default_value = "tokens", value_name = "tokens|time|regression|exclusive", requires = "generated")]
    policy: Policy,
    /// Standard uncertainty of the number of tokens, such as "2 %"
    #[arg(long, value_name = "SHARE", requires = "generated")]
    tokens_u: Option<String>,
    /// What is added to the times of the token log, such as "-0.4 s" or "(-0.4 ± 0.05) s", or "estimate" to have it from both logs
    #[arg(long, value_name = "TIME|estimate", requires = "tokens", allow_hyphen_values = true)]
    clock_offset: Option<String>,
    #[command(flatten)]
    saving: Saving,
    #[command(flatten)]
    reading: Reading,
}

/// Where the idle draw is taken from.
#[derive(Debug, Args)]
#[group(multiple = false, requires = "generated")]
struct IdleFrom {
    /// Idle power, such as "60 W"
    #[arg(long, value_name = "POWER")]
    idle: Option<String>,
    /// Window of the power log in which it is idle
    #[arg(long, value_name = "START,END", value_parser = ends, allow_hyphen_values = true)]
    idle_window: Option<(String, String)>,
    /// Two windows in which it is idle, before and after the run; in between the power goes straight
    #[arg(long, value_name = "START,END", value_parser = ends, num_args = 2, allow_hyphen_values = true)]
    idle_before_after: Option<Vec<(String, String)>>,
    /// The time of the power log before the first record and after the last; in between the power goes straight
    #[arg(long)]
    idle_around: bool,
    /// Percentile of the power samples, such as 5
    #[arg(long, value_name = "PERCENT")]
    idle_percentile: Option<f64>,
    /// Power log of the idle device
    #[arg(long, value_name = "FILE")]
    idle_trace: Option<PathBuf>,
}

fn rule(text: &str) -> Result<Rule, String> {
    let rules = [Rule::Trapezoid, Rule::MeanOfSamples];
    rules.into_iter().find(|rule| rule.word() == text).ok_or_else(|| "expected trapezoid or mean-of-samples".to_owned())
}

pub(super) fn token_count(text: &str) -> Result<Count, String> {
    let found = Count::ALL.iter().copied().find(|count| count.word() == text);
    found.ok_or_else(|| "expected server or retokenised".to_owned())
}

/// The standard uncertainty of a time. [ns]
fn u_ns(what: &'static str, text: &str) -> Result<f64, Failure> {
    Ok(1e9 * quantity(what, text)?.to("s")?.u())
}

/// A share, such as "2 %".
fn share(what: &'static str, text: &str) -> Result<f64, Failure> {
    Ok(quantity(what, text)?.to("1")?.value())
}

fn policy(text: &str) -> Result<Policy, String> {
    let found = Policy::ALL.iter().copied().find(|policy| policy.word() == text);
    found.ok_or_else(|| "expected tokens, time, regression or exclusive".to_owned())
}

impl Energy {
    pub(super) fn answer(&self, json: bool) -> Result<Answer, Failure> {
        let max_gap_ns = self.max_gap.as_deref().map(|text| nanoseconds("--max-gap", text)).transpose()?;
        if self.tokens.is_none()
            && self.count.is_none()
            && self.window.is_none()
            && self.start.is_none()
            && self.end.is_none()
            && self.meter.is_none()
        {
            let query = self.query(None, max_gap_ns);
            if let Some(found) = self.reading.energy(&self.file, &query)? {
                let path = self.file.display().to_string();
                return Ok(of_window((&path, found.format, found.clock), &found.result, json));
            }
        }
        let mut trace = self.reading.trace(&self.file)?;
        if let Some(statement) = &self.meter {
            trace = trace.measured_by(SensorModel::stated(&self.meter_name, statement)?, None);
        }
        let window = self.window(&trace)?;
        if self.tokens.is_none() && self.count.is_none() {
            return Ok(of_window(log(&trace), &energy(&trace, &self.query(window, max_gap_ns))?, json));
        }
        let log = self.tokens.as_ref().map(|path| {
            let tz = self.tokens_tz.clone().or_else(|| self.reading.tz.clone());
            let options = TokenOptions { format: self.tokens_format.clone(), tz, count: self.tokens_count };
            Ok::<_, Failure>(read_tokens(bytes(path)?, &path.display().to_string(), &options)?)
        });
        let log = log.transpose()?;
        let tokens = match &log {
            Some(log) => Tokens::Log(log),
            None => Tokens::Count(self.count.unwrap_or(0)),
        };
        let estimate_clock_offset = self.clock_offset.as_deref() == Some("estimate");
        let given = self.clock_offset.as_deref().filter(|_| !estimate_clock_offset);
        let offset = given.map(|text| nanoseconds("--clock-offset", text)).transpose()?;
        let query = InferenceQuery {
            window,
            idle: self.idle(&trace)?,
            policy: self.policy,
            clock_offset_ns: offset,
            clock_offset_u_ns: given.map(|text| u_ns("--clock-offset", text)).transpose()?.unwrap_or(0.0),
            tokens_u: self.tokens_u.as_deref().map(|text| share("--tokens-u", text)).transpose()?.unwrap_or(0.0),
            estimate_clock_offset,
            boundary: self.reading.boundary,
            rule: self.method,
            max_gap_ns,
            expected_devices: self.expect_devices,
        };
        let result = energy_per_token(&trace, tokens, &query)?;
        let of_log = self.tokens.as_deref().map(|path| ("tokens", path));
        let inputs: Vec<_> = std::iter::once(("power", self.file.as_path())).chain(of_log).collect();
        self.saving.save(Report::new(&trace, &result), &inputs)?;
        Ok(of_tokens(&trace, &result))
    }

    fn instant(&self, trace: &Trace, text: &str) -> Result<i64, Failure> {
        Ok(trace.instant_ns(text, self.reading.tz.as_deref())?)
    }

    /// The energy that is asked for, of all devices.
    fn query(&self, window: Option<(i64, i64)>, max_gap_ns: Option<i64>) -> EnergyQuery {
        EnergyQuery {
            window,
            device: None,
            channel: self.channel.clone(),
            rule: self.method,
            max_gap_ns,
            steady: false,
            expected_devices: self.expect_devices,
            in_blocks: false,
        }
    }

    fn window(&self, trace: &Trace) -> Result<Option<(i64, i64)>, Failure> {
        let (start, end) = match &self.window {
            Some((start, end)) => (Some(start), Some(end)),
            None => (self.start.as_ref(), self.end.as_ref()),
        };
        let Some(span) = trace.span_ns().filter(|_| start.is_some() || end.is_some()) else { return Ok(None) };
        let at = |text: Option<&String>, otherwise: i64| text.map_or(Ok(otherwise), |text| self.instant(trace, text));
        Ok(Some((at(start, span.0)?, at(end, span.1)?)))
    }

    fn idle(&self, trace: &Trace) -> Result<Option<Idle>, Failure> {
        let IdleFrom { idle, idle_window, idle_before_after, idle_around, idle_percentile, idle_trace } = &self.idle;
        let window = |(start, end): &(String, String)| -> Result<(i64, i64), Failure> {
            Ok((self.instant(trace, start)?, self.instant(trace, end)?))
        };
        if let Some(power) = idle {
            return Ok(Some(Idle::Power(quantity("--idle", power)?)));
        }
        if let Some(ends) = idle_window {
            return window(ends).map(|(start, end)| Some(Idle::Window(start, end)));
        }
        if let Some([before, after]) = idle_before_after.as_deref() {
            return Ok(Some(Idle::BeforeAfter(window(before)?, window(after)?)));
        }
        if let Some(path) = idle_trace {
            return Ok(Some(Idle::Trace(Box::new(self.reading.trace(path)?))));
        }
        let percentile = idle_percentile.map(|percent| Idle::Percentile(percent / 100.0));
        Ok(percentile.or(idle_around.then_some(Idle::Around)))
    }
}

/// What is missing of a window: the seconds, and why.
pub(super) fn missing(result: &EnergyResult) -> Vec<String> {
    let seconds = format!("covered {}, not covered {}", seconds(result.covered_ns), seconds(result.gap_ns));
    let reasons = diagnostics_text(&result.reasons, false);
    std::iter::once(seconds).chain(reasons.lines().map(str::to_owned)).collect()
}

fn seconds(ns: i64) -> String {
    format!("{:.3} s", ns as f64 * 1e-9)
}

/// Name, format and clock of a power log.
type Log<'l> = (&'l str, &'static str, Clock);

fn log(trace: &Trace) -> Log<'_> {
    (&trace.source, trace.format, trace.clock)
}

/// As JSON or as text: a log of many devices has much of either.
fn of_window(log: Log<'_>, result: &EnergyResult, json: bool) -> Answer {
    let incomplete = if result.status == Status::Incomplete { missing(result) } else { Vec::new() };
    if json {
        return Answer { json: json!(EnergyRecord::from(result)), incomplete, ..Answer::default() };
    }
    let no_total = || "no total: how the rails nest is not settled; ask for a channel".to_owned();
    let energy = result.energy.as_ref().map_or_else(no_total, ToString::to_string);
    let mut rows = vec![("energy", Some(energy))];
    rows.extend(meter_lines(log, result));
    let text = sections(&[
        lines(&rows),
        result.energy.as_ref().map(budget_text).unwrap_or_default(),
        devices_text(result),
        diagnostics_text(&result.reasons, false),
    ]);
    Answer { text, incomplete, ..Answer::default() }
}

/// What is said of a meter besides its energy.
fn meter_lines((source, format, clock): Log<'_>, result: &EnergyResult) -> Vec<(&'static str, Option<String>)> {
    let covered = format!("covered {}, not covered {}", seconds(result.covered_ns), seconds(result.gap_ns));
    vec![
        ("mean power", shown(&result.mean_power)),
        ("status", Some(format!("{}: {covered}", result.status.word()))),
        ("method", Some(result.rule.word().to_owned())),
        ("log", Some(format!("{} ({}, {} clock)", printable(source), format, clock.word()))),
    ]
}

fn shown(quantity: &Option<Quantity>) -> Option<String> {
    quantity.as_ref().map(ToString::to_string)
}

fn devices_text(result: &EnergyResult) -> String {
    let rows: Vec<Vec<String>> = result
        .per_device
        .iter()
        .take(DEVICES_LISTED)
        .map(|part| {
            vec![
                part.device.clone(),
                part.channel.clone(),
                or_dash(part.energy.as_ref().map(|energy| figure(energy.value()))),
                or_dash(part.energy.as_ref().filter(|energy| energy.u() > 0.0).map(|energy| figure(energy.u()))),
                or_dash(part.mean_power_w.map(figure)),
                format!("{:.3}", part.covered_ns as f64 * 1e-9),
                format!("{:.3}", part.gap_ns as f64 * 1e-9),
                part.status.word().to_owned(),
            ]
        })
        .collect();
    let titles =
        ["device", "channel", "energy [J]", "u [J]", "mean power [W]", "covered [s]", "not covered [s]", "status"];
    table(&titles, &rows) + &and_more(result.per_device.len().saturating_sub(DEVICES_LISTED))
}

/// The figures of a run, the budget, the devices, what was left out, and the remarks.
pub(super) fn of_tokens(trace: &Trace, result: &InferenceEnergy) -> Answer {
    let counts = result.records;
    let prompt = result.prompt_tokens.map_or("not stated".to_owned(), |tokens| tokens.to_string());
    let figures = lines(&[
        ("energy per token", Some(result.per_token.to_string())),
        ("tokens per energy", Some(result.tokens_per_wh.to_string())),
        ("gross", Some(result.gross.to_string())),
        ("stated by the log", shown(&result.logged)),
        ("above idle", shown(&result.above_idle)),
        ("above idle per token", shown(&result.above_idle_per_token)),
        ("idle power", result.idle_power.as_ref().map(|idle| format!("{}, {}", idle.power, idle.method))),
        ("idle share", shown(&result.idle_share)),
        ("prefill per prompt token", shown(&result.prefill_per_token)),
        ("decode per token", shown(&result.decode_per_token)),
        ("tokens", Some(format!("{} generated, {prompt} prompt", result.output_tokens))),
        (
            "records",
            Some(format!("{} in the log, {} inside, {} inference", counts.total, counts.inside, counts.inference)),
        ),
        ("clock offset", shown(&result.clock_offset)),
        ("overlap", Some(result.overlap.word().to_owned())),
        ("in flight", Some(format!("{}, split by {}", seconds(result.in_flight_ns), result.policy.word()))),
        ("status", Some(result.status.word().to_owned())),
    ]);
    let mut meter = vec![
        ("meter", shown(&result.meter.energy)),
        ("= requests", Some(format!("{} records, see --json", result.requests.len()))),
        ("+ idle", Some(result.idle_energy.to_string())),
        ("+ unattributed", Some(result.unattributed.to_string())),
        ("by trapezoid", result.time_weighted.as_ref().and_then(|weighted| shown(&weighted.energy))),
    ];
    meter.extend(meter_lines(log(trace), &result.meter));
    let text = sections(&[
        figures,
        lines(&meter),
        budget_text(&result.per_token),
        devices_text(&result.meter),
        excluded_text(&result.excluded),
        diagnostics_text(&result.reasons, false),
    ]);
    let incomplete = if result.status == Status::Incomplete {
        let cut = result.requests.iter().filter(|record| record.status == Status::Incomplete).count();
        let records = format!("{cut} of {} records touch time that is not covered", result.requests.len());
        std::iter::once(records).chain(missing(&result.meter)).collect()
    } else {
        Vec::new()
    };
    Answer { text, json: json!(Report::new(trace, result)), incomplete, ..Answer::default() }
}

/// The records that were left out, and why.
pub(super) fn excluded_text(excluded: &[Excluded]) -> String {
    let row = |left_out: &Excluded| {
        let line = left_out.line.to_string();
        vec![left_out.request.clone(), line, left_out.code.name().to_owned(), left_out.message.clone()]
    };
    let rows: Vec<Vec<String>> = excluded.iter().take(LISTED).map(row).collect();
    if rows.is_empty() {
        return String::new();
    }
    let more = excluded.len().saturating_sub(LISTED);
    let rest = if more > 0 { format!("and {more} more; --json lists all\n") } else { String::new() };
    table(&["left out", "line", "code", "reason"], &rows) + &rest
}
