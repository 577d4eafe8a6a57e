//! Saved reports and their comparison as Python sees them.

use crate::errors::{Raise, detached};
use crate::given::bytes_of;
use crate::inference::PyInferenceEnergy;
use crate::table::{Column, frame};
use pyo3::prelude::*;
use szilard::energy::{Comparison, GroupComparison, Report};

/// A report that was saved with `InferenceEnergy.save`. Fields of a later version are left out, and a warning names them.
///
/// Parameters
/// ----------
/// source
///     Path, bytes or open file of a report.
///
/// Raises
/// ------
/// szilard.errors.FormatError
///     A file that is no report.
/// OSError
///     A file that the system does not give.
///
/// Examples
/// --------
/// >>> import szilard as sz, tempfile
/// >>> from szilard.demo import recording
/// >>> path = f"{tempfile.mkdtemp()}/run.json"
/// >>> recording()[2].save(path)
/// >>> sz.load_report(path).per_token
/// (5.01 ± 0.18) J/token = (1.392 ± 0.050) kWh/Mtoken [board, gross, measured]
#[pyfunction]
pub fn load_report(py: Python<'_>, source: &Bound<'_, PyAny>) -> PyResult<PyInferenceEnergy> {
    let (bytes, name) = bytes_of(source)?;
    let report = detached(py, || Report::from_json(&String::from_utf8_lossy(&bytes), &name))?;
    if !report.unknown_fields.is_empty() {
        let message =
            format!("{name}: left out, as this version does not know it: {}", report.unknown_fields.join(", "));
        py.import("warnings")?.call_method1("warn", (message,))?;
    }
    Ok(PyInferenceEnergy { report, live: None, sources: Vec::new() })
}

fn reports_of(runs: &[PyRef<'_, PyInferenceEnergy>]) -> Vec<Report> {
    runs.iter().map(|run| run.report.clone()).collect()
}

/// The ledger of several runs, one a row, each beside the first: trace, group, devices, status, energy_per_token_j, u_j,
/// ratio, u_ratio, above_idle_per_token_j, idle_share, tokens_per_wh, kwh_per_mtoken, batch (mean number of requests in
/// flight), output_tokens, gross_j, boundary, policy. What two runs share, as the gain of one meter, cancels in their
/// ratio. Unknown is null.
///
/// Parameters
/// ----------
/// reports
///     Results or loaded reports, in the order of the rows.
///
/// Raises
/// ------
/// szilard.errors.BoundaryError
///     Figures at different boundaries.
/// szilard.errors.TraceError
///     No report.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> from szilard.demo import recording
/// >>> result = recording()[2]
/// >>> sz.compare([result, result]).select("ratio", "u_ratio").row(1)
/// (1.0, 0.0)
#[pyfunction]
pub fn compare(py: Python<'_>, reports: Vec<PyRef<'_, PyInferenceEnergy>>) -> PyResult<Py<PyAny>> {
    let runs = reports_of(&reports);
    let beside: Vec<Comparison> = szilard::energy::compare(&runs).map_err(Raise::raise)?;
    let float = |of: fn(&Report) -> Option<f64>| Column::MaybeFloat(runs.iter().map(of).collect());
    let ratio = |of: fn(&Comparison) -> f64| Column::Float(beside.iter().map(of).collect());
    let text = |of: fn(&Report) -> String| Column::Text(runs.iter().map(of).collect());
    let tokens = |run: &Report| i64::try_from(run.output_tokens).ok();
    let boundary = |run: &Report| run.per_token.boundary.map(|boundary| boundary.word().to_owned());
    frame(
        py,
        vec![
            ("trace", text(|run| run.trace.clone())),
            ("group", text(Report::group)),
            ("devices", text(|run| run.devices().join(" + "))),
            ("status", text(|run| run.status.clone())),
            ("energy_per_token_j", float(|run| Some(run.per_token.value))),
            ("u_j", float(|run| Some(run.per_token.u))),
            ("ratio", ratio(|run| run.ratio)),
            ("u_ratio", ratio(|run| run.u_ratio)),
            ("above_idle_per_token_j", float(|run| run.above_idle_per_token.as_ref().map(|figure| figure.value))),
            ("idle_share", float(|run| run.idle_share.as_ref().map(|figure| figure.value))),
            ("tokens_per_wh", float(|run| Some(run.tokens_per_wh.value))),
            ("kwh_per_mtoken", float(|run| Some(run.kwh_per_mtoken.value))),
            ("batch", float(Report::batch)),
            ("output_tokens", Column::MaybeWhole(runs.iter().map(tokens).collect())),
            ("gross_j", float(|run| Some(run.gross.value))),
            ("boundary", Column::MaybeText(runs.iter().map(boundary).collect())),
            ("policy", text(|run| run.policy.clone())),
        ],
    )
}

/// The groups of runs (equal labels, or else equal devices), each tested against the first: group, runs, mean_j, sd_j,
/// ratio, p, design, arrangements.
///
/// p is that of the exact two-sided permutation test of the means: the share of all arrangements of the runs that differ
/// by as much. Where the runs of two groups took turns, it is over exchanges within pairs (design "paired"), so that a
/// drift does not count; else "unpaired". With few runs p cannot be small: 5 against 5 give 2/252 at best, 5 pairs 2/32.
///
/// Parameters
/// ----------
/// reports
///     Results or loaded reports, in the order in which they were run.
///
/// Raises
/// ------
/// szilard.errors.BoundaryError
///     Figures at different boundaries.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> from szilard.demo import recording
/// >>> result = recording()[2]
/// >>> sz.compare_groups([result] * 3).select("runs", "sd_j").row(0)
/// (3, 0.0)
#[pyfunction]
pub fn compare_groups(py: Python<'_>, reports: Vec<PyRef<'_, PyInferenceEnergy>>) -> PyResult<Py<PyAny>> {
    let groups = szilard::energy::compare_groups(&reports_of(&reports)).map_err(Raise::raise)?;
    let test = |of: fn(&szilard::energy::Significance) -> f64| {
        Column::MaybeFloat(groups.iter().map(|group| group.test.as_ref().map(of)).collect())
    };
    let float = |of: fn(&GroupComparison) -> f64| Column::Float(groups.iter().map(of).collect());
    let design = |group: &GroupComparison| group.test.map(|test| test.design.word().to_owned());
    let arrangements = |group: &GroupComparison| group.test.and_then(|test| i64::try_from(test.arrangements).ok());
    frame(
        py,
        vec![
            ("group", Column::Text(groups.iter().map(|group| group.group.clone()).collect())),
            ("runs", Column::Whole(groups.iter().map(|group| group.runs as i64).collect())),
            ("mean_j", float(|group| group.mean)),
            ("sd_j", Column::MaybeFloat(groups.iter().map(|group| group.deviation).collect())),
            ("ratio", float(|group| group.ratio)),
            ("p", test(|test| test.p)),
            ("design", Column::MaybeText(groups.iter().map(design).collect())),
            ("arrangements", Column::MaybeWhole(groups.iter().map(arrangements).collect())),
        ],
    )
}
