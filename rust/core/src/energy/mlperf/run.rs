//! The official metric of an MLPerf power run, and beside it what the same log says of energy and tokens.

use super::detail::Detail;
use super::files::{MlperfFiles, RunFile};
use super::metric::Metric;
use super::samples::{inside, samples};
use crate::energy::doubled::once;
use crate::energy::{EnergyError, EnergyQuery, EnergyResult, Rule, energy};
use crate::input::{Code, Diagnostics, Place, Refusal};
use crate::quantity::Quantity;
use crate::traces::{ReadOptions, Trace, read};

/// The figures of a power run.
#[derive(Debug, Clone)]
pub struct MlperfRun {
    /// Scenario that loadgen ran, such as Offline, where its log states one.
    pub scenario: Option<String>,
    /// Scenario that the metric is of; `None` where none is stated and it is a power for want of one.
    pub submitted: Option<String>,
    /// Measured window on the clock of the power log. [ns]
    pub window_ns: (i64, i64),
    /// Samples strictly inside the window.
    pub samples: usize,
    /// Mean of the positive samples strictly inside the window. [W]
    pub mean_power: Quantity,
    /// The official metric: the mean power [W], or for SingleStream and MultiStream the energy per query [mJ].
    pub official: Quantity,
    /// Whether the official metric is per query.
    pub per_query: bool,
    /// Official performance [token/s], where the run generates tokens.
    pub tokens_per_second: Option<f64>,
    /// Whether loadgen inferred the rate of tokens from samples and a mean number of tokens a sample.
    pub tokens_inferred: bool,
    /// Samples of the benchmark per second. [1/s]
    pub samples_per_second: Option<f64>,
    /// Official efficiency: performance over mean power in token/J, or in samples per J where there are no tokens; per
    /// query, samples per J. `None` where the performance of one scenario would have to stand for another's.
    pub efficiency: Option<Quantity>,
    /// Mean power times the window. [J]
    pub energy_of_mean: Quantity,
    /// Time-weighted energy of the window [J]; none, with `W_CLOCK_STEP`, where two recordings claim some of its time.
    pub time_weighted: EnergyResult,
    /// Mean power over performance. [J/token]
    pub per_token: Option<Quantity>,
    /// Time-weighted mean power over performance. [J/token]
    pub per_token_time_weighted: Option<Quantity>,
    /// Generated tokens per energy, from the mean power. [token/Wh]
    pub tokens_per_wh: Option<Quantity>,
}

/// What the checks share of a run.
pub(super) struct Opened {
    pub detail: Detail,
    /// Begin and end of the window. [ns]
    pub window: (i64, i64),
    /// Line of the begin.
    pub line: u32,
    pub trace: Trace,
    pub samples: Vec<super::samples::Sample>,
}

impl Opened {
    pub fn of(detail: &RunFile, power: &RunFile) -> Result<Self, EnergyError> {
        let found = Detail::read(&detail.text()?, &mut Diagnostics::default())?;
        let ((begin, line), (end, _)) = (found.begin(&detail.path)?, found.end(&detail.path)?);
        if end <= begin {
            return Err(EnergyError::Window { start_ns: begin, end_ns: end });
        }
        let options = ReadOptions { format: Some("ptd-spl".to_owned()), ..ReadOptions::default() };
        let trace = read(power.bytes.clone(), &power.path, &options)?;
        let samples = samples(&power.text()?)?;
        Ok(Self { detail: found, window: (begin, end), line, trace, samples })
    }

    /// The window on the clock of the trace. [ns]
    pub fn on_trace(&self) -> (i64, i64) {
        let elapsed = |ns| self.trace.leaps.elapsed(ns, false);
        (elapsed(self.window.0), elapsed(self.window.1))
    }

    /// Length of the window. [s]
    pub fn seconds(&self) -> f64 {
        (self.window.1 - self.window.0) as f64 * 1e-9
    }

    /// The reason why there is no figure, where no positive sample lies strictly inside the window.
    pub fn no_overlap(&self, path: &str) -> Option<Refusal> {
        if super::samples::official_mean(&self.samples, self.window).is_some() {
            return None;
        }
        let span = self.samples.iter().map(|sample| sample.time).min().zip(self.samples.iter().map(|s| s.time).max());
        let seconds = |ns: i64| ns as f64 * 1e-9;
        let log = span.map_or("no samples".to_owned(), |(start, end)| {
            format!("samples from {:.3} s to {:.3} s", seconds(start), seconds(end))
        });
        let hours = span.and_then(|span| super::clocks::whole_hours(self.window, span));
        let hint = hours.map_or(String::new(), |hours| {
            format!("; shifted by exactly {hours:+} h it would lie inside, and no clock is ever shifted silently")
        });
        let found = format!("a window from {:.3} s to {:.3} s", seconds(self.window.0), seconds(self.window.1));
        let expected = format!("positive samples strictly inside; the power log has {log}{hint}");
        Some(Refusal::new(Code::NoOverlap, path, Place::Line(u64::from(self.line)), found, expected))
    }
}

/// The figures of a power run.
///
/// P = mean of the positive samples strictly inside (begin, end), not weighted by time. Offline, Server and
/// Interactive: metric P \[W\], efficiency = rate / P. SingleStream and MultiStream: P (end - begin) / queries \[mJ\],
/// efficiency = samples a query / metric; a MultiStream query has 8 samples, and where a SingleStream run stands for
/// one, 8 of its queries make one. The energy per token is P / rate.
///
/// # Errors
/// `E_NO_OVERLAP` at the line of the begin where no sample lies inside the window (a whole-hour shift is named and
/// never made), `E_NO_DATA` without a window or, per query, without a count of queries, `E_SCENARIO` where no rule says
/// what the metric is, and what the readers refuse.
///
/// Reference: mlcommons/inference, tools/submission/submission_checker/checks/power_check.py.
pub fn mlperf_run(files: &MlperfFiles) -> Result<MlperfRun, EnergyError> {
    let run = Opened::of(&files.detail, &files.power)?;
    if let Some(refusal) = run.no_overlap(&files.detail.path) {
        return Err(refusal.into());
    }
    let query = |rule: Rule| EnergyQuery { window: Some(run.on_trace()), rule, ..EnergyQuery::default() };
    let unknown = || EnergyError::TotalUnknown { source_name: run.trace.source.clone() };
    let official = energy(&run.trace, &query(Rule::MeanOfSamples))?;
    let time_weighted = once(&run.trace, energy(&run.trace, &query(Rule::Trapezoid))?)?;
    let mean_power = official.mean_power.ok_or_else(unknown)?;
    let energy_of_mean = official.energy.ok_or_else(unknown)?;
    let metric = Metric::of(files.submitted.as_deref(), &run.detail, &files.detail.path)?;
    let official_metric = metric.figure(&mean_power, &energy_of_mean)?;
    let (stated, samples) = (run.detail.tokens_per_second, run.detail.samples_per_second);
    let tokens = stated.or(run.detail.inferred_tokens_per_second);
    let rate = |value: f64, unit: &str| -> Result<Quantity, EnergyError> { Ok(Quantity::new(value, unit.parse()?)?) };
    let of_tokens = tokens.filter(|rate| *rate > 0.0).map(|value| rate(value, "token/s")).transpose()?;
    let of_samples = samples.filter(|rate| *rate > 0.0).map(|value| rate(value, "1/s")).transpose()?;
    let efficiency = metric.efficiency(&official_metric, of_tokens.as_ref().or(of_samples.as_ref()))?;
    let over = |power: &Quantity| -> Result<Option<Quantity>, EnergyError> {
        let Some(rate) = &of_tokens else { return Ok(None) };
        Ok(Some(power.over(rate)?.to("J/token")?))
    };
    let per_energy = match &of_tokens {
        Some(rate) => Some(rate.over(&mean_power)?.to("token/Wh")?),
        None => None,
    };
    let weighted_power = time_weighted.mean_power.as_ref().map(over).transpose()?.flatten();
    Ok(MlperfRun {
        scenario: metric.ran.clone(),
        submitted: metric.submitted.clone(),
        window_ns: run.window,
        samples: inside(&run.samples, run.window).count(),
        per_query: metric.per_query.is_some(),
        official: official_metric,
        tokens_per_second: tokens,
        tokens_inferred: tokens.is_some() && stated.is_none(),
        samples_per_second: samples,
        efficiency,
        per_token: over(&mean_power)?,
        per_token_time_weighted: weighted_power,
        tokens_per_wh: per_energy,
        mean_power,
        energy_of_mean,
        time_weighted,
    })
}
