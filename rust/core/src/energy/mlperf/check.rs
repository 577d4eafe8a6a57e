//! Whether the power log of an MLPerf submission may be believed, check by check, and beside each finding what the
//! reference checker (mlcommons/power-dev, compliance/check.py) says of it.

use super::files::MlperfFiles;
use super::finding::Finding;
use super::run::Opened;
use super::samples::{Sample, inside, mean, official_mean};
use super::{clocks, meter_log, session};
use crate::energy::{EnergyError, EnergyQuery, energy};
use crate::input::{Code, Severity};

/// Longest time between two samples of a meter that samples once a second. [ns]
const LONGEST: i64 = 1_500_000_000;
/// Largest relative difference of two means that say the same thing.
const SAME_MEAN: f64 = 1e-3;
/// Largest relative difference of a total and the sum of its channels.
const SAME_SUM: f64 = 1e-3;
/// How far the run may lie below its ranging run.
const BELOW: f64 = 0.05;

/// The outcome of the checks.
#[derive(Debug, Clone, Default)]
pub struct MlperfCheck {
    /// What was found, in the order of the checks.
    pub findings: Vec<Finding>,
    /// How many samples lie strictly inside the window.
    pub samples: usize,
}

impl MlperfCheck {
    /// Whether nothing was found for which the run must be refused.
    pub fn may_be_believed(&self) -> bool {
        self.findings.iter().all(|finding| finding.code.severity() < Severity::Error)
    }
}

/// The checks of a power run: samples in the window, non-positive samples, gaps, uncertainty, ranging against testing,
/// clock steps and whole-hour shifts, channels against total, the window against the phases, one run a log.
///
/// # Errors
/// What the readers refuse. A finding is no error.
pub fn mlperf_check(files: &MlperfFiles) -> Result<MlperfCheck, EnergyError> {
    let run = Opened::of(&files.detail, &files.power)?;
    let path = files.power.path.as_str();
    let mut findings = Vec::new();
    match run.no_overlap(&files.detail.path) {
        Some(refusal) => {
            let message = format!("found {}; expected {}", refusal.found, refusal.expected);
            let reference = "takes a mean of -1 W, and compares it with the ranging run's";
            findings.push(Finding::new(Code::NoOverlap, &files.detail.path, Some(run.line), message, reference));
        }
        None => {
            findings.extend(non_positive(&run, path));
            findings.extend(gaps(&run, path));
            findings.extend(against_time(&run, path)?);
        }
    }
    findings.extend(channels(&run, path));
    findings.extend(clocks::steps(&run.samples, path));
    findings.extend(marks(&run.samples, path));
    let missing = |what: &str, check: &str| {
        let message = format!("{what} is not there: {check} was not checked");
        Finding::new(Code::NotChecked, &files.detail.path, None, message, "refuses a submission without it")
    };
    match &files.meter_log {
        Some(log) => findings.extend(meter_log::findings(log, run.window)?),
        None => findings.push(missing("power/ptd_logs.txt", "the uncertainty of the meter")),
    }
    let ranging = match (&files.ranging_detail, &files.ranging_power) {
        (Some(detail), Some(power)) => Some(Opened::of(detail, power)?),
        _ => None,
    };
    match &ranging {
        Some(ranging) => findings.extend(against_ranging(&run, ranging, path)),
        None => findings.push(missing("ranging", "the power against that of the ranging run")),
    }
    match &files.client {
        Some(client) => {
            findings.extend(session::inside(client, "testing", run.window)?);
            if let Some(ranging) = &ranging {
                findings.extend(session::inside(client, "ranging", ranging.window)?);
            }
            findings.extend(match &files.server {
                Some(server) => session::skew(client, server)?,
                None => vec![missing("power/server.json", "the clocks of client and server")],
            });
        }
        None => findings.push(missing("power/client.json", "the window against the phases of the session")),
    }
    Ok(MlperfCheck { findings, samples: inside(&run.samples, run.window).count() })
}

/// Samples at or below zero, with the mean that leaves them out and the one that does not.
fn non_positive(run: &Opened, path: &str) -> Option<Finding> {
    let all = inside(&run.samples, run.window);
    let positive = |sample: &&Sample| sample.watts.is_some_and(|watts| watts > 0.0);
    let left_out = all.clone().filter(|sample| !positive(sample));
    let first = left_out.clone().next()?;
    let (count, total) = (left_out.count(), all.clone().count());
    let without = official_mean(&run.samples, run.window)?;
    let with = mean(all.filter_map(|sample| sample.watts))?;
    let message = format!(
        "{count} of {total} samples ({:.1} %) are not above zero: the mean is {without} W without them and {with} W with them",
        100.0 * count as f64 / total as f64
    );
    let reference = format!("drops them without a word and takes {without} W");
    Some(Finding::new(Code::NonPositive, path, Some(first.line), message, &reference))
}

/// Time without samples inside the window, its edges with it.
fn gaps(run: &Opened, path: &str) -> Option<Finding> {
    let (mut last, mut longest, mut found) = ((run.window.0, run.line), 0i64, Vec::new());
    let ends = inside(&run.samples, run.window).map(|sample| (sample.time, sample.line));
    for (time, line) in ends.chain([(run.window.1, 0)]) {
        let gap = time.saturating_sub(last.0);
        if gap > LONGEST {
            longest = longest.max(gap);
            found.push(if line == 0 { last.1 } else { line });
        }
        last = (time, line);
    }
    let first = *found.first()?;
    let message = format!(
        "{} gap(s) between samples of more than {} s, the longest {:.3} s, in a window of {:.3} s with {} samples",
        found.len(),
        LONGEST as f64 * 1e-9,
        longest as f64 * 1e-9,
        run.seconds(),
        inside(&run.samples, run.window).count()
    );
    let reference = "no rule for gaps: it takes the mean of the samples that there are";
    Some(Finding::new(Code::Gap, path, Some(first), message, reference))
}

/// The mean of the samples against the mean over time.
fn against_time(run: &Opened, path: &str) -> Result<Option<Finding>, EnergyError> {
    let query = EnergyQuery { window: Some(run.on_trace()), ..EnergyQuery::default() };
    let weighted = energy(&run.trace, &query)?.mean_power.map(|power| power.value());
    let Some((samples, weighted)) = official_mean(&run.samples, run.window).zip(weighted) else { return Ok(None) };
    if (samples - weighted).abs() <= SAME_MEAN * weighted.abs() {
        return Ok(None);
    }
    let message = format!("the mean of the samples is {samples} W, the mean over covered time {weighted} W");
    let reference = format!("takes the mean of the samples, {samples} W");
    Ok(Some(Finding::new(Code::MeanDiffers, path, None, message, &reference)))
}

/// Channels that do not add up to their total.
fn channels(run: &Opened, path: &str) -> Option<Finding> {
    let apart = |sample: &Sample| {
        let (total, sum) = sample.watts.zip(sample.channels)?;
        ((sum - total).abs() > SAME_SUM * total.abs()).then_some((total, sum))
    };
    let mut wrong = run.samples.iter().filter_map(|sample| Some((sample.line, apart(sample)?)));
    let (line, (total, sum)) = wrong.next()?;
    let message = format!(
        "the channels of {} sample(s) do not add up: first {sum} W against a total of {total} W",
        wrong.count() + 1
    );
    let reference = "no rule: it reads the total alone";
    Some(Finding::new(Code::ChannelSum, path, Some(line), message, reference))
}

/// More than one run in a log.
fn marks(samples: &[Sample], path: &str) -> Option<Finding> {
    let first = samples.first()?;
    let other = samples.iter().find(|sample| sample.mark != first.mark)?;
    let message = format!("samples of {:?} and of {:?} in one log", first.mark, other.mark);
    Some(Finding::new(Code::SeveralRuns, path, Some(other.line), message, "no rule: it reads the stamps alone"))
}

/// Power and length of the run against those of its ranging run.
fn against_ranging(run: &Opened, ranging: &Opened, path: &str) -> Vec<Finding> {
    let mut found = Vec::new();
    let powers = official_mean(&run.samples, run.window).zip(official_mean(&ranging.samples, ranging.window));
    if let Some((testing, ranging)) = powers
        && testing <= (1.0 - BELOW) * ranging
    {
        let below = 100.0 * (1.0 - testing / ranging);
        let message = format!("{testing} W is {below:.2} % below the {ranging} W of the ranging run");
        found.push(Finding::new(Code::BelowRanging, path, None, message, "refuses it: at most 5 %"));
    }
    let shorter = 1.0 - run.seconds() / ranging.seconds();
    if shorter > BELOW {
        let message = format!(
            "the run of {:.3} s is {:.1} % shorter than the ranging run of {:.3} s",
            run.seconds(),
            100.0 * shorter,
            ranging.seconds()
        );
        let reference = if shorter > 0.5 {
            "warns of it, and names a limit of 5 percent"
        } else {
            "passes it: it names a limit of 5 percent and tests 50"
        };
        found.push(Finding::new(Code::ShorterThanRanging, path, None, message, reference));
    }
    found
}
