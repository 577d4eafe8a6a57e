//! The files of an MLPerf power run.

use crate::input::{Refusal, Text};

/// One file of a run: its name, for messages, and its bytes.
#[derive(Debug, Clone)]
pub struct RunFile {
    /// Name.
    pub path: String,
    /// Content.
    pub bytes: Vec<u8>,
}

impl RunFile {
    pub(super) fn text(&self) -> Result<Text, Refusal> {
        Text::open(self.bytes.clone(), &self.path, false)
    }
}

/// The files of a power run. The core opens no directory: who calls it finds them.
#[derive(Debug, Clone)]
pub struct MlperfFiles {
    /// `run_1/mlperf_log_detail.txt`.
    pub detail: RunFile,
    /// `run_1/spl.txt`.
    pub power: RunFile,
    /// `ranging/mlperf_log_detail.txt`.
    pub ranging_detail: Option<RunFile>,
    /// `ranging/spl.txt`.
    pub ranging_power: Option<RunFile>,
    /// `power/ptd_logs.txt`.
    pub meter_log: Option<RunFile>,
    /// `power/client.json`.
    pub client: Option<RunFile>,
    /// `power/server.json`.
    pub server: Option<RunFile>,
    /// Scenario that the run was submitted for, where a folder says it; otherwise it is that of the log.
    pub submitted: Option<String>,
}
