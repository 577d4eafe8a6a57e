//! Saved reports side by side.

use super::error::EnergyError;
use super::report::{REPORT_SCHEMA, Report};
use crate::input::{Code, Place, Refusal};

impl Report {
    /// The report as it is saved: JSON with stable keys.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    /// A saved report; `source` names it in messages.
    ///
    /// # Errors
    /// `E_JSON` where the text is no report of this layout.
    pub fn from_json(text: &str, source: &str) -> Result<Self, EnergyError> {
        let refuse = |place, found: String| Refusal::new(Code::Json, source, place, found, REPORT_SCHEMA);
        let report: Self =
            serde_json::from_str(text).map_err(|error| refuse(Place::Line(error.line() as u64), error.to_string()))?;
        if report.schema != REPORT_SCHEMA {
            return Err(refuse(Place::File, report.schema).into());
        }
        Ok(report)
    }
}

/// One run in a comparison.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// The power log of the run.
    pub trace: String,
    /// Energy per generated token. [J/token]
    pub joule_per_token: f64,
    /// Its standard uncertainty. [J/token]
    pub u_joule_per_token: f64,
    /// Energy per token relative to the first run.
    pub ratio: f64,
    /// Standard uncertainty of the ratio; what both runs share, as the gain of one meter, cancels.
    pub u_ratio: f64,
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
                joule_per_token: figure.coherent_value(),
                u_joule_per_token: figure.u(),
                ratio: ratio.value(),
                u_ratio: ratio.u(),
                output_tokens: report.output_tokens,
                status: report.status.clone(),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::{InferenceQuery, Tokens, energy_per_token};
    use super::*;
    use crate::traces::{ReadOptions, read};

    const BOARD: &str = "GPU-5d2f1c9e-0001";

    fn report(board: &str, watts: u32) -> Report {
        let header = "timestamp, uuid, power.draw [W]";
        let row = |second: u32| format!("2025/03/04 10:00:0{second}.000, {board}, {watts}.00 W");
        let text = format!("{header}\n{}\n{}\n{}\n", row(0), row(1), row(2));
        let trace = read(text.into_bytes(), "run.csv", &ReadOptions::default()).unwrap();
        let result = energy_per_token(&trace, Tokens::Count(100), &InferenceQuery::default()).unwrap();
        Report::new(&trace, &result)
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
    fn the_gain_of_one_meter_cancels_between_two_runs() {
        // 100 W and 150 W on one board: the ratio is 1.5, and what is left of u is far below the 3.6 % gain
        let runs = compare(&[report(BOARD, 100), report(BOARD, 150)]).unwrap();
        assert_eq!((runs[0].ratio, runs[1].ratio), (1.0, 1.5));
        assert!(runs[1].u_joule_per_token / runs[1].joule_per_token > 0.035);
        assert!(runs[1].u_ratio < 1e-3, "{}", runs[1].u_ratio);
    }
    #[test]
    fn the_gains_of_two_meters_do_not_cancel() {
        // two boards known only by their index are two boards: u² adds
        let runs = compare(&[report("0", 100), report("0", 150)]).unwrap();
        assert!((runs[1].u_ratio / runs[1].ratio - 0.036 * 2f64.sqrt()).abs() < 1e-4);
    }
}
