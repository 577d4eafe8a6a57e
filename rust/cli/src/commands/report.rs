//! `szilard report`: a saved report as a page.

use crate::failure::Failure;
use crate::output::Answer;
use crate::reading::bytes;
use clap::Args;
use serde_json::json;
use std::path::PathBuf;
use szilard::energy::{Report, page};

/// A page of a saved report.
#[derive(Debug, Args)]
pub(crate) struct ReportCommand {
    /// The report, saved with `szilard energy --save`, `szilard record --report` or `InferenceEnergy.save`
    report: PathBuf,
    /// The page; a file that is there is replaced
    #[arg(short, long, value_name = "FILE")]
    out: PathBuf,
}

impl ReportCommand {
    pub(super) fn answer(&self) -> Result<Answer, Failure> {
        let source = self.report.display().to_string();
        let report = Report::from_json(&String::from_utf8_lossy(&bytes(&self.report)?), &source)?;
        let page = page(&report);
        let out = self.out.display().to_string();
        std::fs::write(&self.out, &page).map_err(|source| Failure::File { path: out.clone(), source })?;
        let incomplete = if report.is_complete() { vec![] } else { vec![format!("{source} is incomplete")] };
        let left_out = &report.unknown_fields;
        let remark = match left_out.is_empty() {
            true => String::new(),
            false => format!("left out, as this version does not know it: {}\n", left_out.join(", ")),
        };
        let figure = report.energy_per_token()?;
        let text = format!("{figure}, {}\n{remark}{out}\n", report.status);
        let json = json!({
            "status": report.status, "report": source, "page": out, "bytes": page.len(), "per_token": report.per_token,
            "diagnostics": left_out,
        });
        Ok(Answer { text, json, incomplete, ..Answer::default() })
    }
}
