//! `szilard compare`: saved reports side by side; and how a report is saved.

use crate::failure::Failure;
use crate::output::{Answer, figure, or_dash, sections, table};
use crate::reading::bytes;
use clap::Args;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use szilard::energy::{Comparison, GroupComparison, InputRecord, Report, compare, compare_groups};

/// Reports of runs side by side.
#[derive(Debug, Args)]
pub(crate) struct Compare {
    /// Reports, saved with `szilard energy --save`, `szilard record --report` or `InferenceEnergy.save`, or folders of them;
    /// each is compared with the first
    #[arg(required = true)]
    reports: Vec<PathBuf>,
}

/// How a report is saved.
#[derive(Debug, Args)]
pub(super) struct Saving {
    /// Save the report as JSON, for `szilard compare`
    #[arg(long, value_name = "FILE", requires = "generated")]
    save: Option<PathBuf>,
    /// What was run on what, such as model=llama-3-8b; may be given several times
    #[arg(long, value_name = "NAME=VALUE", value_parser = label, requires = "save")]
    label: Vec<(String, String)>,
}

pub(super) fn label(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("expected NAME=VALUE")?;
    Ok((name.trim().to_owned(), value.trim().to_owned()))
}

impl Saving {
    /// Saves a report with its labels and the fingerprints of the files that it was made from, where that was asked.
    pub(super) fn save(&self, report: Report, inputs: &[(&str, &Path)]) -> Result<(), Failure> {
        let Some(path) = &self.save else { return Ok(()) };
        let fails = |path: &Path| {
            let path = path.display().to_string();
            move |source| Failure::File { path, source }
        };
        let record = |(role, path): &(&str, &Path)| InputRecord::of_file(role, path).map_err(fails(path));
        let inputs = inputs.iter().map(record).collect::<Result<_, _>>()?;
        let report = Report { labels: self.label.iter().cloned().collect(), inputs, ..report };
        std::fs::write(path, report.to_json() + "\n").map_err(fails(path))
    }
}

/// The files, and those that end in .json of each folder, sorted by name.
fn listed(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    for path in paths {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let failed = |source| Failure::File { path: path.display().to_string(), source };
        let entries = std::fs::read_dir(path).map_err(failed)?.collect::<Result<Vec<_>, _>>().map_err(failed)?;
        let mut found: Vec<PathBuf> = entries.into_iter().map(|entry| entry.path()).collect();
        found.retain(|file| file.extension().is_some_and(|extension| extension == "json"));
        if found.is_empty() {
            return Err(Failure::Usage { message: format!("{}: a folder without a report", path.display()) });
        }
        found.sort();
        files.extend(found);
    }
    Ok(files)
}

impl Compare {
    pub(super) fn answer(&self) -> Result<Answer, Failure> {
        let load = |path: &PathBuf| -> Result<Report, Failure> {
            let source = path.display().to_string();
            Ok(Report::from_json(&String::from_utf8_lossy(&bytes(path)?), &source)?)
        };
        let paths = listed(&self.reports)?;
        let reports: Vec<Report> = paths.iter().map(load).collect::<Result<_, _>>()?;
        let (runs, groups) = (compare(&reports)?, compare_groups(&reports)?);
        let both = || paths.iter().zip(&reports);
        let remarks: Vec<String> = both()
            .filter(|(_, report)| !report.unknown_fields.is_empty())
            .map(|(path, report)| {
                let fields = report.unknown_fields.join(", ");
                format!("{}: left out, as this version does not know it: {fields}\n", path.display())
            })
            .collect();
        let incomplete = both()
            .filter(|(_, report)| !report.is_complete())
            .map(|(path, _)| format!("{} is incomplete", path.display()))
            .collect();
        let rows: Vec<Vec<String>> = both().zip(&runs).map(|((path, report), run)| row(path, report, run)).collect();
        let titles = [
            "report",
            "group",
            "J/token",
            "u",
            "token/Wh",
            "kWh/Mtoken",
            "ratio",
            "u ratio",
            "idle share",
            "batch",
            "boundary",
            "status",
        ];
        let text = sections(&[table(&titles, &rows), groups_text(&groups), remarks.concat()]);
        let json = json!({
            "status": if reports.iter().all(Report::is_complete) { "complete" } else { "incomplete" },
            "runs": both().zip(&runs).map(|((path, report), run)| run_json(path, report, run)).collect::<Vec<_>>(),
            "groups": groups.iter().map(group_json).collect::<Vec<_>>(),
            "diagnostics": remarks,
        });
        Ok(Answer { text, json, incomplete, ..Answer::default() })
    }
}

fn row(path: &Path, report: &Report, run: &Comparison) -> Vec<String> {
    vec![
        path.display().to_string(),
        run.group.clone(),
        figure(run.joule_per_token),
        figure(run.u_joule_per_token),
        figure(report.tokens_per_wh.value),
        figure(report.kwh_per_mtoken.value),
        figure(run.ratio),
        figure(run.u_ratio),
        or_dash(report.idle_share.as_ref().map(|share| figure(share.value))),
        or_dash(run.batch.map(figure)),
        or_dash(report.per_token.boundary),
        run.status.clone(),
    ]
}

fn groups_text(groups: &[GroupComparison]) -> String {
    let row = |group: &GroupComparison| {
        vec![
            group.group.clone(),
            group.runs.to_string(),
            figure(group.mean),
            or_dash(group.deviation.map(figure)),
            figure(group.ratio),
            or_dash(group.test.map(|test| format!("{:.4}", test.p))),
            or_dash(group.test.map(|test| format!("{}, {} arrangements", test.design.word(), test.arrangements))),
        ]
    };
    if groups.len() < 2 {
        return String::new();
    }
    let rows: Vec<Vec<String>> = groups.iter().map(row).collect();
    table(&["group", "runs", "mean [J/token]", "sd [J/token]", "ratio", "p", "permutation test"], &rows)
}

fn run_json(path: &Path, report: &Report, run: &Comparison) -> Value {
    json!({
        "report": path.display().to_string(), "trace": run.trace, "group": run.group, "labels": report.labels,
        "devices": report.devices(), "status": run.status, "per_token": report.per_token,
        "tokens_per_wh": report.tokens_per_wh, "kwh_per_mtoken": report.kwh_per_mtoken,
        "idle_share": report.idle_share, "ratio": run.ratio, "u_ratio": run.u_ratio, "batch": run.batch,
        "output_tokens": run.output_tokens, "policy": report.policy, "szilard": report.szilard, "inputs": report.inputs,
    })
}

fn group_json(group: &GroupComparison) -> Value {
    let test = group.test.map(
        |test| json!({ "p": test.p, "arrangements": test.arrangements, "design": test.design.word(), "sides": 2 }),
    );
    json!({
        "group": group.group, "runs": group.runs, "mean_j_per_token": group.mean, "sd_j_per_token": group.deviation,
        "ratio": group.ratio, "test": test,
    })
}
