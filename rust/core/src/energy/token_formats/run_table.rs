//! Run table of Experiment Runner: the energy and the time of each run, and no count of tokens.
//!
//! `length` is the number of words that were asked for, not what was generated. `execution_time` is in seconds, from
//! before the run is prepared to its stop.
//!
//! Layout: S2-group/cain-2025-device-remote-llm-energy-rep-pkg, data-analysis/run_table.csv; unit of `execution_time`:
//! experiment/RunnerConfig.py, `populate_run_data`.

use super::columns::Column;
use super::{Head, TokenFormat, TokenOptions, log_of, table};
use crate::energy::tokens::{Request, TokenLog};
use crate::input::{Diagnostics, Refusal, Scale, Text};

pub(super) const FORMAT: TokenFormat = TokenFormat {
    name: "run-table-csv",
    description: "Experiment Runner run table: energy and duration of runs, without tokens",
    units: "execution_time in s, energy_usage_J in J; no tokens and no time of day",
    detect,
    read,
};

fn detect(head: &Head) -> bool {
    let header = head.header();
    ["__run_id", "__done"].iter().all(|name| Column::find(&header, &[name]).is_some())
}

fn read(text: &Text, _: &TokenOptions) -> Result<TokenLog, Refusal> {
    let mut diagnostics = Diagnostics::default();
    let path = text.path();
    let (header, rows) = table(text, &mut diagnostics)?;
    let id = Column::required(&header, "__run_id", path)?;
    let energy = header.fields.iter().position(|field| field.trim() == "energy_usage_J");
    let time = Column::find(&header, &["execution_time"]);
    let phase = Column::find(&header, &["method"]);
    let mut requests = Vec::with_capacity(rows.len());
    for row in &rows {
        requests.push(Request {
            request: id.cell(row).map_or_else(|| format!("line {}", row.line), str::to_owned),
            phase: phase.as_ref().and_then(|phase| phase.cell(row)).map(str::to_owned),
            duration_ns: time.as_ref().map_or(Ok(None), |time| time.seconds_ns(row, path, Scale::ONE))?,
            logged_energy_j: energy.map_or(Ok(None), |at| Column::number_at(row, at, path))?,
            line: row.line,
            ..Request::default()
        });
    }
    Ok(log_of(&FORMAT, text, requests, diagnostics))
}
