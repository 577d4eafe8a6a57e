//! A figure of a benchmark run, from the logs of the run.

use super::error::PublishedError;
use super::folder::LONGEST;
use crate::energy::{MlperfFiles, RunFile, mlperf_run};
use crate::quantity::{Quantity, Unit};
use serde::Deserialize;
use std::fs;
use std::path::{Component, Path};

/// Which run is meant, and which of its figures. The run is one of MLPerf power: `mlperf_log_detail.txt` and `spl.txt`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunStep {
    /// Its folder, by all names under which it may be found below a folder of one's own; the published one first.
    pub folders: Vec<String>,
    /// The figure.
    pub figure: RunFigure,
}

/// A figure of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RunFigure {
    /// The official power: mean of the samples inside the window. [W]
    Power,
    /// The official performance. [token/s]
    TokenRate,
}

impl RunStep {
    /// Whether there is a folder, and every one is named inside the folder that is given.
    pub(super) fn stays_inside(&self) -> bool {
        let inside = |folder: &String| {
            let path = Path::new(folder);
            !folder.is_empty() && path.components().all(|part| matches!(part, Component::Normal(_)))
        };
        !self.folders.is_empty() && self.folders.iter().all(inside)
    }

    /// The name it was published under.
    pub(super) fn name(&self) -> &str {
        self.folders.first().map_or("", String::as_str)
    }

    /// The figure, from the logs in the folder of the run.
    pub(super) fn value(&self, folder: &Path) -> Result<Quantity, PublishedError> {
        let failed = |path: &Path, reason: String| PublishedError::File { path: path.display().to_string(), reason };
        let file = |name: &str| {
            let path = folder.join(name);
            let size = fs::metadata(&path).map_err(|error| failed(&path, error.to_string()))?.len();
            if size > LONGEST {
                return Err(failed(&path, format!("longer than {LONGEST} bytes")));
            }
            let bytes = fs::read(&path).map_err(|error| failed(&path, error.to_string()))?;
            Ok(RunFile { path: path.display().to_string(), bytes })
        };
        let files = MlperfFiles {
            detail: file("mlperf_log_detail.txt")?,
            power: file("spl.txt")?,
            ranging_detail: None,
            ranging_power: None,
            meter_log: None,
            client: None,
            server: None,
            submitted: None,
        };
        let run = mlperf_run(&files).map_err(|error| failed(folder, error.to_string()))?;
        match (self.figure, run.tokens_per_second) {
            (RunFigure::Power, _) => Ok(run.mean_power),
            (RunFigure::TokenRate, Some(rate)) => Ok(Quantity::new(rate, "token/s".parse::<Unit>()?)?),
            (RunFigure::TokenRate, None) => Err(failed(folder, "the run has no tokens per second".to_owned())),
        }
    }
}
