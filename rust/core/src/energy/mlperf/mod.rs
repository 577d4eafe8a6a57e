//! MLPerf power: the official metric of a run, and whether its power log may be believed.

mod check;
mod clocks;
mod detail;
mod files;
mod finding;
mod meter_log;
mod metric;
mod run;
mod samples;
mod session;

pub use check::{MlperfCheck, mlperf_check};
pub use files::{MlperfFiles, RunFile};
pub use finding::Finding;
pub use run::{MlperfRun, mlperf_run};

pub(super) use detail::{Detail, MARK};
