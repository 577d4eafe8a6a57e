//! Joules per token: integration, idle, attribution to requests, and what is covered.

mod attribute;
mod blind_spot;
mod counter;
mod doubled;
mod error;
mod idle;
mod inference;
mod integrate;
mod interval;
mod join;
mod ledger;
mod meter;
mod mlperf;
mod official_mean;
mod offset;
mod page;

mod partial;
mod plausibility;
mod report;
mod significance;
mod stream;
mod sums;
mod token_formats;
mod tokens;
mod uncertainty;
mod windows;

pub use attribute::{PhaseCosts, Policy, phase_costs};
pub use blind_spot::{BlindSpot, BlindSpotRow, LoadClass, MeterChoice, blind_spot};
pub use counter::AmbiguousCounter;
pub use error::EnergyError;
pub use idle::{Idle, IdlePower, idle_power};
pub use inference::{
    InferenceEnergy, InferenceQuery, RecordCounts, RequestEnergy, Tokens, by_every_policy, energy_per_token,
};
pub use integrate::{DeviceEnergy, EnergyQuery, EnergyResult, Rule, Status, energy};
pub use join::{Overlap, clocks_meet};
pub use ledger::{Comparison, GroupComparison, compare, compare_groups};
pub use mlperf::{Finding, MlperfCheck, MlperfFiles, MlperfRun, RunFile, mlperf_check, mlperf_run};
pub use page::page;
pub use partial::{GapLimitsDiffer, Partial};
pub use report::{
    CountsRecord, DeviceRecord, EnergyRecord, ExcludedRecord, InputRecord, REPORT_SCHEMA, RemarkRecord, Report,
    RequestRecord, remark_records,
};
pub use significance::{Design, Significance, significance};
pub use stream::{FileEnergy, FileError, STREAMED_FROM, Streaming, WHOLE_LIMIT, energy_of_path, energy_of_path_in};
pub use sums::Total;
pub use token_formats::{REGISTRY as TOKEN_FORMATS, TokenFormat, TokenOptions, read_tokens, read_tokens_path};
pub use tokens::{Count, Counted, Excluded, Rate, Request, TokenLog};
pub use windows::{Overlapping, WindowEnergies, WindowQuery, energies, trapezoid};
