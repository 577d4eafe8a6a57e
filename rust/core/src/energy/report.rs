//! A figure with everything that belongs to it, as it is printed, saved and compared.

use super::inference::InferenceEnergy;
use super::integrate::{EnergyResult, Status};
use crate::input::{Diagnostics, Place, sha256};
use crate::quantity::{Quantity, QuantityError, QuantityRecord};
use crate::traces::Trace;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;

/// Version of the layout of saved reports.
pub const REPORT_SCHEMA: &str = "szilard-report/1";

/// One remark of a report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RemarkRecord {
    /// Stable code.
    pub code: String,
    /// info, warning or error.
    pub severity: String,
    /// Line, where it is about one.
    pub line: Option<u64>,
    /// Place in the file: a line, a JSON path, a row.
    pub place: String,
    /// Channel, device or record it is about.
    pub channel: Option<String>,
    /// One sentence.
    pub message: String,
}

/// The remarks as records, with one more for each kind of which not all were kept.
pub fn remark_records(diagnostics: &Diagnostics) -> Vec<RemarkRecord> {
    let record = |code: crate::input::Code, place: &Place, channel: Option<&str>, message: String| RemarkRecord {
        code: code.name().to_owned(),
        severity: code.severity().word().to_owned(),
        line: place.line(),
        place: place.to_string(),
        channel: channel.map(str::to_owned),
        message,
    };
    let kept = diagnostics.iter().map(|d| record(d.code, &d.place, d.channel.as_deref(), d.message.clone()));
    let rest = diagnostics
        .left_out()
        .map(|(code, channel, count)| record(code, &Place::File, channel, format!("and {count} more of the same")));
    kept.chain(rest).collect()
}

/// Energy of one device.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DeviceRecord {
    /// Device.
    pub device: String,
    /// Channel.
    pub channel: String,
    /// Energy [J]; null where the device gave no reading.
    pub energy_j: Option<f64>,
    /// Standard uncertainty. [J]
    pub u_j: Option<f64>,
    /// Covered time. [s]
    pub covered_s: f64,
    /// Uncovered time. [s]
    pub gap_s: f64,
    /// complete or incomplete.
    pub status: String,
}

/// Energy of a window.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct EnergyRecord {
    /// complete or incomplete.
    pub status: String,
    /// The energy; null where no total is known.
    pub energy: Option<QuantityRecord>,
    /// The mean power.
    pub mean_power: Option<QuantityRecord>,
    /// trapezoid or mean-of-samples.
    pub method: String,
    /// Start of the window in the clock of the trace. [ns]
    pub start_ns: i64,
    /// End of the window. [ns]
    pub end_ns: i64,
    /// Least covered time of a device. [s]
    pub covered_s: f64,
    /// Largest uncovered time of a device. [s]
    pub gap_s: f64,
    /// The parts of the sum.
    pub per_device: Vec<DeviceRecord>,
    /// The remarks.
    pub diagnostics: Vec<RemarkRecord>,
}

impl From<&EnergyResult> for EnergyRecord {
    fn from(result: &EnergyResult) -> Self {
        let seconds = |ns: i64| ns as f64 * 1e-9;
        let per_device = result.per_device.iter().map(|part| DeviceRecord {
            device: part.device.clone(),
            channel: part.channel.clone(),
            energy_j: part.energy.as_ref().map(|energy| energy.value()),
            u_j: part.energy.as_ref().map(|energy| energy.u()),
            covered_s: seconds(part.covered_ns),
            gap_s: seconds(part.gap_ns),
            status: part.status.word().to_owned(),
        });
        Self {
            status: result.status.word().to_owned(),
            energy: result.energy.as_ref().map(QuantityRecord::from),
            mean_power: result.mean_power.as_ref().map(QuantityRecord::from),
            method: result.rule.word().to_owned(),
            start_ns: result.window_ns.0,
            end_ns: result.window_ns.1,
            covered_s: seconds(result.covered_ns),
            gap_s: seconds(result.gap_ns),
            per_device: per_device.collect(),
            diagnostics: remark_records(&result.reasons),
        }
    }
}

/// Energy of one record of the token log.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RequestRecord {
    /// Name or id.
    pub request: String,
    /// Phase.
    pub phase: Option<String>,
    /// Start. [ns]
    pub start_ns: Option<i64>,
    /// End. [ns]
    pub end_ns: Option<i64>,
    /// Energy. [J]
    pub energy_j: f64,
    /// Standard uncertainty. [J]
    pub u_j: f64,
    /// Computed prompt tokens. [token]
    pub prompt_tokens: Option<u64>,
    /// Generated tokens. [token]
    pub output_tokens: Option<u64>,
    /// Energy per generated token [J/token]; null where none were generated.
    pub energy_per_token_j: Option<f64>,
    /// complete or incomplete.
    pub status: String,
}

/// A record that was left out.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ExcludedRecord {
    /// Name or id.
    pub request: String,
    /// Line.
    pub line: u32,
    /// Stable code.
    pub code: String,
    /// One sentence.
    pub message: String,
}

/// How many records there are of which sort.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CountsRecord {
    /// In the log.
    pub total: usize,
    /// Plausible and inside the power log.
    pub inside: usize,
    /// Of those, the ones that generate tokens.
    pub inference: usize,
}

/// A file that a report was made from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InputRecord {
    /// power or tokens.
    pub role: String,
    /// Its name.
    pub name: String,
    /// Its SHA-256 [hexadecimal] when the report was made.
    pub sha256: String,
    /// Its length. \[B\]
    pub bytes: u64,
}

impl InputRecord {
    /// The record of a file as it stands.
    ///
    /// # Errors
    /// Those of reading it.
    pub fn of_file(role: &str, path: &Path) -> std::io::Result<Self> {
        let (sha256, bytes) = sha256(std::fs::File::open(path)?)?;
        Ok(Self { role: role.to_owned(), name: path.display().to_string(), sha256, bytes })
    }
}

/// Joules per token of a run and everything that belongs to the figure: what is printed, saved and compared.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Report {
    /// Version of the layout.
    pub schema: String,
    /// Version of szilard that made it.
    #[serde(default)]
    pub szilard: String,
    /// What was run on what, as its author says: model, quantisation, infrastructure.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// The files it was made from.
    #[serde(default)]
    pub inputs: Vec<InputRecord>,
    /// Names of fields that were left out, as this version does not know them.
    #[serde(skip)]
    pub unknown_fields: Vec<String>,
    /// The power log.
    pub trace: String,
    /// Format of the power log.
    pub format: String,
    /// complete or incomplete.
    pub status: String,
    /// Energy per generated token.
    pub per_token: QuantityRecord,
    /// Generated tokens per energy.
    pub tokens_per_wh: QuantityRecord,
    /// Energy per million generated tokens.
    pub kwh_per_mtoken: QuantityRecord,
    /// Energy of the records that generate tokens.
    pub gross: QuantityRecord,
    /// Energy above idle.
    pub above_idle: Option<QuantityRecord>,
    /// Energy above idle per generated token.
    pub above_idle_per_token: Option<QuantityRecord>,
    /// Idle draw as a share of the gross energy.
    pub idle_share: Option<QuantityRecord>,
    /// The idle power that was used.
    pub idle_power: Option<QuantityRecord>,
    /// How the idle power was found.
    pub idle_method: Option<String>,
    /// Energy up to the first token per prompt token.
    pub prefill_per_token: Option<QuantityRecord>,
    /// Energy from the first token on per generated token.
    pub decode_per_token: Option<QuantityRecord>,
    /// Energy that the token log itself states for the same records.
    pub logged: Option<QuantityRecord>,
    /// Generated tokens. [token]
    pub output_tokens: u64,
    /// Computed prompt tokens. [token]
    pub prompt_tokens: Option<u64>,
    /// How many records there are of which sort.
    pub records: CountsRecord,
    /// What was added to the times of the token log, where it was estimated.
    pub clock_offset: Option<QuantityRecord>,
    /// How much of the token log lies inside the power log: whole or partial.
    pub overlap: String,
    /// How power was split among records in flight together.
    pub policy: String,
    /// Time with at least one inference record in flight. [s]
    pub in_flight_s: f64,
    /// Covered energy with no record in flight.
    pub idle_energy: QuantityRecord,
    /// What is left of the meter.
    pub unattributed: QuantityRecord,
    /// The grid of the parts of the meter. [J]
    pub grid_j: f64,
    /// The meter over the window.
    pub meter: EnergyRecord,
    /// The time-weighted energy of the same window, where the figure was had by another rule.
    pub time_weighted: Option<EnergyRecord>,
    /// Records that were left out.
    pub excluded: Vec<ExcludedRecord>,
    /// The remarks.
    pub diagnostics: Vec<RemarkRecord>,
    /// Energy of each record.
    pub requests: Vec<RequestRecord>,
}

impl Report {
    /// The report of a figure had from a trace.
    pub fn new(trace: &Trace, result: &InferenceEnergy) -> Self {
        let record = |quantity: &Option<Quantity>| quantity.as_ref().map(QuantityRecord::from);
        let requests = result.requests.iter().map(|part| {
            let tokens = part.request.output_tokens.filter(|tokens| *tokens > 0);
            RequestRecord {
                request: part.request.request.clone(),
                phase: part.request.phase.clone(),
                start_ns: part.request.start_ns,
                end_ns: part.request.end_ns,
                energy_j: part.energy_j,
                u_j: part.u_j,
                prompt_tokens: part.request.prompt_tokens,
                output_tokens: part.request.output_tokens,
                energy_per_token_j: tokens.map(|tokens| part.energy_j / tokens as f64),
                status: part.status.word().to_owned(),
            }
        });
        let excluded = result.excluded.iter().map(|left_out| ExcludedRecord {
            request: left_out.request.clone(),
            line: left_out.line,
            code: left_out.code.name().to_owned(),
            message: left_out.message.clone(),
        });
        let counts = result.records;
        Self {
            schema: REPORT_SCHEMA.to_owned(),
            szilard: env!("CARGO_PKG_VERSION").to_owned(),
            labels: BTreeMap::new(),
            inputs: Vec::new(),
            unknown_fields: Vec::new(),
            trace: trace.source.clone(),
            format: trace.format.to_owned(),
            status: result.status.word().to_owned(),
            per_token: (&result.per_token).into(),
            tokens_per_wh: (&result.tokens_per_wh).into(),
            kwh_per_mtoken: (&result.kwh_per_mtoken).into(),
            gross: (&result.gross).into(),
            above_idle: record(&result.above_idle),
            above_idle_per_token: record(&result.above_idle_per_token),
            idle_share: record(&result.idle_share),
            idle_power: result.idle_power.as_ref().map(|idle| (&idle.power).into()),
            idle_method: result.idle_power.as_ref().map(|idle| idle.method.clone()),
            prefill_per_token: record(&result.prefill_per_token),
            decode_per_token: record(&result.decode_per_token),
            logged: record(&result.logged),
            output_tokens: result.output_tokens,
            prompt_tokens: result.prompt_tokens,
            records: CountsRecord { total: counts.total, inside: counts.inside, inference: counts.inference },
            clock_offset: record(&result.clock_offset),
            overlap: result.overlap.word().to_owned(),
            policy: result.policy.word().to_owned(),
            in_flight_s: result.in_flight_ns as f64 * 1e-9,
            idle_energy: (&result.idle_energy).into(),
            unattributed: (&result.unattributed).into(),
            grid_j: result.grid_j,
            meter: (&result.meter).into(),
            time_weighted: result.time_weighted.as_ref().map(EnergyRecord::from),
            excluded: excluded.collect(),
            diagnostics: remark_records(&result.reasons),
            requests: requests.collect(),
        }
    }

    /// Whether all of the time that counts is covered.
    pub fn is_complete(&self) -> bool {
        self.status == Status::Complete.word()
    }

    /// Energy per generated token.
    ///
    /// # Errors
    /// [`QuantityError`] where a saved report was changed into one that is no quantity.
    pub fn energy_per_token(&self) -> Result<Quantity, QuantityError> {
        self.per_token.clone().try_into()
    }
}
