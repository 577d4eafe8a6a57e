//! MLPerf power: the official metric of a run, and whether its power log may be believed.

mod check;
mod clocks;
mod detail;
mod meter_log;
mod metric;
mod run;
mod samples;
mod session;

pub use check::{Finding, MlperfCheck, mlperf_check};
pub use run::{MlperfFiles, MlperfRun, RunFile, mlperf_run};

pub(super) use detail::{Detail, MARK};
