//! `szilard read --mlperf`: the official figures of a power run, and whether its log may be believed.

use crate::failure::Failure;
use crate::output::{Answer, diagnostics_text, lines, quantity_json, sections};
use crate::reading::bytes;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use szilard::energy::{
    EnergyRecord, Finding, MlperfCheck, MlperfFiles, MlperfRun, RunFile, Status, mlperf_check, mlperf_run,
};
use szilard::input::{Severity, printable};
use szilard::quantity::Quantity;

const DETAIL: &str = "mlperf_log_detail.txt";
const POWER: &str = "spl.txt";

/// The directory with the measured run, and the one that holds it, its ranging run and the files of the meter.
fn folders(folder: &Path) -> Result<(PathBuf, PathBuf), Failure> {
    let above = || folder.canonicalize().ok().and_then(|path| path.parent().map(Path::to_path_buf));
    let inside = [folder.to_path_buf(), folder.join("performance")];
    if let Some(root) = inside.iter().find(|root| root.join("run_1").join(DETAIL).is_file()) {
        return Ok((root.join("run_1"), root.clone()));
    }
    if folder.join(DETAIL).is_file() {
        let is_run = folder.canonicalize().is_ok_and(|path| path.ends_with("run_1"));
        let root = above().filter(|_| is_run).unwrap_or_else(|| folder.to_path_buf());
        return Ok((folder.to_path_buf(), root));
    }
    let message = format!("{}: no {DETAIL} there, in run_1 or in performance/run_1", folder.display());
    Err(Failure::Usage { message })
}

fn files(folder: &Path) -> Result<MlperfFiles, Failure> {
    let (run, root) = folders(folder)?;
    let needed = |path: PathBuf| -> Result<RunFile, Failure> {
        Ok(RunFile { bytes: bytes(&path)?, path: path.display().to_string() })
    };
    let optional = |folder: &str, name: &str| -> Result<Option<RunFile>, Failure> {
        let found = [root.join(folder).join(name), root.join(name)].into_iter().find(|path| path.is_file());
        found.map(needed).transpose()
    };
    let ranging = |name: &str| -> Result<Option<RunFile>, Failure> {
        let path = root.join("ranging").join(name);
        if path.is_file() { needed(path).map(Some) } else { Ok(None) }
    };
    Ok(MlperfFiles {
        detail: needed(run.join(DETAIL))?,
        power: needed(run.join(POWER))?,
        ranging_detail: ranging(DETAIL)?,
        ranging_power: ranging(POWER)?,
        meter_log: optional("power", "ptd_logs.txt")?,
        client: optional("power", "client.json")?,
        server: optional("power", "server.json")?,
        submitted: submitted(&root),
    })
}

/// The scenario in whose directory a run lies, which is how a submission says what it is of.
fn submitted(root: &Path) -> Option<String> {
    let known = ["offline", "server", "interactive", "singlestream", "multistream"];
    let path = root.canonicalize().ok()?;
    let mut names = path.ancestors().filter_map(|folder| folder.file_name()?.to_str());
    names.find(|name| known.contains(&name.to_lowercase().as_str())).map(str::to_owned)
}

/// The figures of the run in a directory, with the findings where they are asked for.
pub(super) fn answer(folder: &Path, check: bool) -> Result<Answer, Failure> {
    let files = files(folder)?;
    let run = mlperf_run(&files);
    if !check {
        return Ok(of_run(&run?));
    }
    let check = mlperf_check(&files)?;
    // where there is no figure the findings stand alone, and say why or are joined by the reason
    let (figures, reason) = match run {
        Ok(run) => (of_run(&run), None),
        Err(error) => (Answer { json: json!({}), ..Answer::default() }, Some(error.to_string())),
    };
    Ok(with_findings(figures, &check, reason.filter(|_| check.may_be_believed())))
}

fn of_run(run: &MlperfRun) -> Answer {
    let shown = |quantity: &Option<Quantity>| quantity.as_ref().map(ToString::to_string);
    let scenario = match (&run.submitted, &run.scenario) {
        (Some(submitted), Some(ran)) if !submitted.eq_ignore_ascii_case(ran) => {
            format!("{}, from a run of {}", printable(submitted), printable(ran))
        }
        (Some(submitted), _) => printable(submitted),
        (None, _) => "not stated; the metric is that of Offline, Server and Interactive".to_owned(),
    };
    let inferred = if run.tokens_inferred { "token/s, inferred by loadgen from samples" } else { "token/s" };
    let metric = if run.per_query { "official, per query" } else { "official" };
    let rate = |value: Option<f64>, unit: &str| value.map(|value| format!("{value} {unit}"));
    let weighted = &run.time_weighted;
    let seconds = |ns: i64| ns as f64 * 1e-9;
    let window = seconds(run.window_ns.1 - run.window_ns.0);
    let text = sections(&[
        lines(&[
            ("scenario", Some(scenario)),
            (metric, Some(run.official.to_string())),
            ("mean of samples", Some(run.mean_power.to_string())),
            ("performance", rate(run.tokens_per_second, inferred).or(rate(run.samples_per_second, "samples/s"))),
            ("efficiency", shown(&run.efficiency)),
            ("energy of the mean", Some(run.energy_of_mean.to_string())),
            ("energy per token", shown(&run.per_token)),
            ("tokens per energy", shown(&run.tokens_per_wh)),
        ]),
        lines(&[
            ("time-weighted power", shown(&weighted.mean_power)),
            ("time-weighted energy", shown(&weighted.energy)),
            ("energy per token", shown(&run.per_token_time_weighted)),
            ("window", Some(format!("{window:.3} s with {} samples strictly inside", run.samples))),
            ("status", Some(weighted.status.word().to_owned())),
        ]),
        diagnostics_text(&weighted.reasons, false),
    ]);
    let record = |quantity: &Option<Quantity>| quantity.as_ref().map(quantity_json);
    let json = json!({
        "status": weighted.status.word(),
        "scenario": run.scenario,
        "submitted_scenario": run.submitted,
        "start_ns": run.window_ns.0,
        "end_ns": run.window_ns.1,
        "samples": run.samples,
        "official": quantity_json(&run.official),
        "per_query": run.per_query,
        "mean_power": quantity_json(&run.mean_power),
        "tokens_per_second": run.tokens_per_second,
        "tokens_inferred": run.tokens_inferred,
        "samples_per_second": run.samples_per_second,
        "efficiency": record(&run.efficiency),
        "energy_of_mean": quantity_json(&run.energy_of_mean),
        "energy_per_token": record(&run.per_token),
        "tokens_per_wh": record(&run.tokens_per_wh),
        "energy_per_token_time_weighted": record(&run.per_token_time_weighted),
        "time_weighted": EnergyRecord::from(weighted),
    });
    let incomplete = if weighted.status == Status::Incomplete { super::energy::missing(weighted) } else { Vec::new() };
    Answer { text, json, incomplete, ..Answer::default() }
}

fn with_findings(mut answer: Answer, check: &MlperfCheck, reason: Option<String>) -> Answer {
    let place = |finding: &Finding| match finding.line {
        Some(line) => format!("{}:{line}", printable(&finding.path)),
        None => printable(&finding.path),
    };
    let line = |finding: &Finding| {
        let Finding { code, message, reference, .. } = finding;
        format!("{} {}: {message}\n  the reference checker {reference}\n", code.name(), place(finding))
    };
    let said = if check.may_be_believed() && reason.is_none() {
        "nothing for which the run must be refused"
    } else {
        "refused"
    };
    let head = format!("check: {said}; {} finding(s) on {} samples\n", check.findings.len(), check.samples);
    let found: String = check.findings.iter().map(line).collect();
    answer.text = sections(&[answer.text, head, found]);
    let findings = check.findings.iter().map(|finding| {
        json!({
            "code": finding.code.name(), "severity": finding.code.severity().word(), "line": finding.line,
            "place": place(finding), "channel": null, "message": finding.message,
            "reference_checker": finding.reference,
        })
    });
    let findings: Vec<Value> = findings.collect();
    let is_error = |finding: &&Finding| finding.code.severity() == Severity::Error;
    let reasons = check.findings.iter().filter(is_error);
    answer.refused = reasons
        .map(|finding| format!("{}: {}: {}", place(finding), finding.code, finding.message))
        .chain(reason)
        .collect();
    if let Some(object) = answer.json.as_object_mut() {
        if !answer.refused.is_empty() {
            object.insert("status".to_owned(), json!("refused"));
        }
        object.insert("diagnostics".to_owned(), Value::Array(findings));
    }
    answer
}
