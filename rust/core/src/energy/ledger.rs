//! Saved reports side by side.

use super::error::EnergyError;
use super::report::{REPORT_SCHEMA, Report};
use super::significance::{Design, Significance, significance};
use crate::input::{Code, Place, Refusal};
use std::collections::BTreeMap;

impl Report {
    /// The report as it is saved: JSON with stable keys.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    /// A saved report; `source` names it in messages. Fields that this version does not know are left out, and
    /// [`Report::unknown_fields`] has their names.
    ///
    /// # Errors
    /// `E_JSON` where the text is no report of this layout, `E_UNKNOWN_FORMAT` where it is one of another layout.
    pub fn from_json(text: &str, source: &str) -> Result<Self, EnergyError> {
        let refuse = |code, place, found: String| Refusal::new(code, source, place, found, REPORT_SCHEMA);
        let bad = |error: serde_json::Error| {
            refuse(Code::Json, Place::Line(error.line() as u64), format!("no such JSON, {error}"))
        };
        let fields: BTreeMap<String, serde::de::IgnoredAny> = serde_json::from_str(text).map_err(bad)?;
        let mut report: Self = serde_json::from_str(text).map_err(bad)?;
        // a minor number behind a point adds fields
        let minor = report.schema.strip_prefix(REPORT_SCHEMA).and_then(|rest| rest.strip_prefix('.'));
        let is_known = report.schema == REPORT_SCHEMA || minor.is_some_and(|minor| minor.parse::<u32>().is_ok());
        if !is_known {
            return Err(refuse(Code::UnknownFormat, Place::File, report.schema).into());
        }
        let known = serde_json::to_value(&report).unwrap_or_default();
        report.unknown_fields = fields.into_keys().filter(|name| known.get(name).is_none()).collect();
        report.energy_per_token()?;
        Ok(report)
    }

    /// Mean number of inference records in flight while there are any; `None` where no record has times.
    pub fn batch(&self) -> Option<f64> {
        let length = |record: &super::report::RequestRecord| {
            let (start, end) = record.start_ns.zip(record.end_ns)?;
            (record.output_tokens > Some(0)).then_some(end.saturating_sub(start) as f64 * 1e-9)
        };
        let busy: f64 = self.requests.iter().filter_map(length).sum();
        (self.in_flight_s > 0.0 && busy > 0.0).then(|| busy / self.in_flight_s)
    }

    /// What was run on what: the labels that the report was saved with, or where it has none the devices.
    pub fn group(&self) -> String {
        if self.labels.is_empty() {
            return self.devices().join(" + ");
        }
        let labels: Vec<String> = self.labels.iter().map(|(name, value)| format!("{name}={value}")).collect();
        labels.join(", ")
    }

    /// The devices of the meter.
    pub fn devices(&self) -> Vec<&str> {
        self.meter.per_device.iter().map(|part| part.device.as_str()).collect()
    }
}

/// One run in a comparison.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// The power log of the run.
    pub trace: String,
    /// What was run on what.
    pub group: String,
    /// Energy per generated token. [J/token]
    pub joule_per_token: f64,
    /// Its standard uncertainty. [J/token]
    pub u_joule_per_token: f64,
    /// Energy per token relative to the first run.
    pub ratio: f64,
    /// Standard uncertainty of the ratio; what both runs share, as the gain of one meter, cancels.
    pub u_ratio: f64,
    /// Mean number of records in flight.
    pub batch: Option<f64>,
    /// Generated tokens. [token]
    pub output_tokens: u64,
    /// complete or incomplete.
    pub status: String,
}

/// The runs, each beside the first.
///
/// # Errors
/// Figures at different boundaries, which do not compare.
pub fn compare(reports: &[Report]) -> Result<Vec<Comparison>, EnergyError> {
    let Some(first) = reports.first() else { return Ok(Vec::new()) };
    let reference = first.energy_per_token()?;
    reports
        .iter()
        .map(|report| {
            let figure = report.energy_per_token()?;
            figure.compare(&reference)?;
            let ratio = figure.over(&reference)?;
            Ok(Comparison {
                trace: report.trace.clone(),
                group: report.group(),
                joule_per_token: figure.coherent_value(),
                u_joule_per_token: figure.u(),
                ratio: ratio.value(),
                u_ratio: ratio.u(),
                batch: report.batch(),
                output_tokens: report.output_tokens,
                status: report.status.clone(),
            })
        })
        .collect()
}

/// The runs of one group in a comparison.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupComparison {
    /// What was run on what.
    pub group: String,
    /// Number of runs.
    pub runs: usize,
    /// Mean of the energies per token. [J/token]
    pub mean: f64,
    /// Standard deviation from run to run; `None` for one run. [J/token]
    pub deviation: Option<f64>,
    /// The mean relative to that of the first group.
    pub ratio: f64,
    /// Whether it differs from the first group; `None` for that group and where an exact test has too many arrangements.
    pub test: Option<Significance>,
}

/// The groups of runs, each tested against the first.
///
/// Runs of two groups that took turns are compared in pairs, so that a drift, as of the temperature, does not count.
///
/// # Errors
/// Those of [`compare`].
pub fn compare_groups(reports: &[Report]) -> Result<Vec<GroupComparison>, EnergyError> {
    let runs = compare(reports)?;
    let mut names: Vec<&str> = Vec::new();
    for run in &runs {
        if !names.contains(&run.group.as_str()) {
            names.push(&run.group);
        }
    }
    // in the order of time: the start of the window of the meter
    let of = |name: &str| {
        let mut found: Vec<(i64, f64)> = reports
            .iter()
            .zip(&runs)
            .filter(|(_, run)| run.group == name)
            .map(|(report, run)| (report.meter.start_ns, run.joule_per_token))
            .collect();
        found.sort_by_key(|(start, _)| *start);
        found
    };
    let values = |runs: &[(i64, f64)]| runs.iter().map(|(_, value)| *value).collect::<Vec<f64>>();
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let Some(first) = names.first().map(|name| of(name)) else { return Ok(Vec::new()) };
    let reference = values(&first);
    let row = |(index, name): (usize, &&str)| {
        let found = of(name);
        let of_group = values(&found);
        let middle = mean(&of_group);
        let square: f64 = of_group.iter().map(|value| (value - middle).powi(2)).sum();
        let design = if taking_turns(&first, &found) { Design::Paired } else { Design::Unpaired };
        GroupComparison {
            group: (*name).to_owned(),
            runs: of_group.len(),
            mean: middle,
            deviation: (of_group.len() > 1).then(|| (square / (of_group.len() - 1) as f64).sqrt()),
            ratio: middle / mean(&reference),
            test: (index > 0).then(|| significance(&reference, &of_group, design)).flatten(),
        }
    };
    Ok(names.iter().enumerate().map(row).collect())
}

/// Whether two groups have one run each in every two that follow one another in time.
fn taking_turns(one: &[(i64, f64)], other: &[(i64, f64)]) -> bool {
    let mut turns = one.iter().zip(other).map(|(one, other)| (one.0.min(other.0), one.0.max(other.0)));
    let Some(first) = turns.next().filter(|_| one.len() == other.len() && one.len() > 1) else { return false };
    first.0 < first.1
        && turns.try_fold(first.1, |before, (start, end)| (before < start && start < end).then_some(end)).is_some()
}

#[cfg(test)]
mod tests {
    use super::super::{InferenceQuery, Tokens, energy_per_token};
    use super::*;
    use crate::traces::{ReadOptions, read};

    const BOARD: &str = "GPU-5d2f1c9e-0001";

    fn at(board: &str, minute: u32, watts: u32) -> Report {
        let header = "timestamp, uuid, power.draw [W]";
        let row = |second: u32| format!("2025/03/04 10:{minute:02}:0{second}.000, {board}, {watts}.00 W");
        let text = format!("{header}\n{}\n{}\n{}\n", row(0), row(1), row(2));
        let trace = read(text.into_bytes(), "run.csv", &ReadOptions::default()).unwrap();
        let result = energy_per_token(&trace, Tokens::Count(100), &InferenceQuery::default()).unwrap();
        Report::new(&trace, &result)
    }

    fn report(board: &str, watts: u32) -> Report {
        at(board, 0, watts)
    }

    fn labelled(model: &str, minute: u32, watts: u32) -> Report {
        let labels = [("model".to_owned(), model.to_owned())].into_iter().collect();
        Report { labels, ..at(BOARD, minute, watts) }
    }

    #[test]
    fn a_saved_report_comes_back_whole() {
        let report = report(BOARD, 100);
        let back = Report::from_json(&report.to_json(), "run.json").unwrap();
        assert_eq!(back.to_json(), report.to_json());
        assert!(Report::from_json("{}", "run.json").is_err());
        assert!(Report::from_json(&report.to_json().replace("szilard-report/1", "szilard-report/9"), "r").is_err());
    }

    #[test]
    fn fields_of_a_later_version_are_left_out_by_name() {
        let later = report(BOARD, 100).to_json().replacen('{', "{\"carbon\": {\"value\": 1}, \"rack\": 7,", 1);
        let back = Report::from_json(&later, "run.json").unwrap();
        assert_eq!(back.unknown_fields, ["carbon", "rack"]);
        assert_eq!(back.to_json(), report(BOARD, 100).to_json());
    }

    #[test]
    fn a_report_of_an_earlier_version_has_what_it_had() {
        let mut fields: serde_json::Value = serde_json::from_str(&report(BOARD, 100).to_json()).unwrap();
        for name in ["szilard", "inputs", "labels"] {
            fields.as_object_mut().unwrap().remove(name);
        }
        let back = Report::from_json(&fields.to_string(), "run.json").unwrap();
        assert_eq!((back.szilard.as_str(), back.inputs.len(), back.group().as_str()), ("", 0, BOARD));
    }

    #[test]
    fn the_gain_of_one_meter_cancels_between_two_runs() {
        // 100 W and 150 W on one board: the ratio is 1.5, and what is left of u is far below the 3.6 % gain
        let runs = compare(&[report(BOARD, 100), report(BOARD, 150)]).unwrap();
        assert_eq!((runs[0].ratio, runs[1].ratio), (1.0, 1.5));
        assert!(runs[1].u_joule_per_token / runs[1].joule_per_token > 0.035);
        assert!(runs[1].u_ratio < 1e-3, "{}", runs[1].u_ratio);
        assert_eq!(runs[0].batch, Some(1.0));
    }

    #[test]
    fn the_gains_of_two_meters_do_not_cancel() {
        // two boards known only by their index are two boards: u² adds
        let runs = compare(&[report("0", 100), report("0", 150)]).unwrap();
        assert!((runs[1].u_ratio / runs[1].ratio - 0.036 * 2f64.sqrt()).abs() < 1e-4);
    }

    #[test]
    fn runs_that_took_turns_are_compared_in_pairs() {
        // 2, 2.2, 2.4 J/token against 2.02, 2.22, 2.42: the drift of 0.2 hides the 0.02 unless the runs are paired
        let run = |model: &str, pair: u32, turn: u32| labelled(model, 2 * pair + turn, 100 + 10 * pair + turn);
        let runs: Vec<Report> = (0..5).flat_map(|pair| [run("a", pair, 0), run("b", pair, 1)]).collect();
        let groups = compare_groups(&runs).unwrap();
        assert_eq!((groups[0].group.as_str(), groups[0].runs, groups[0].test), ("model=a", 5, None));
        let test = groups[1].test.unwrap();
        assert_eq!((test.p, test.design), (2.0 / 32.0, Design::Paired));
        // the same runs, all of one before all of the other
        let apart: Vec<Report> = (0..5)
            .map(|k| labelled("a", k, 100 + 10 * k))
            .chain((0..5).map(|k| labelled("b", 10 + k, 101 + 10 * k)))
            .collect();
        let test = compare_groups(&apart).unwrap()[1].test.unwrap();
        assert_eq!((test.design, test.arrangements), (Design::Unpaired, 252));
        assert!(test.p > 0.8);
    }
}
