//! The recorder: all sensors of a machine while a command runs, and nothing of the command changed.
//!
//! | file | what it is |
//! |---|---|
//! | `sensors/` | where power and energy are read from, one file each |
//! | `recording` | the file: one `write(2)` a line, never a line in part |
//! | `sampler` | the thread that reads all sensors in time, and what it does about one that blocks |
//! | `progress` | the text of a row, with what has changed since the row before |
//! | `header` | what stands before the rows |
//! | `child` | the command: its start, its signals, its end |
//! | `relay` | its output on the way to where it goes, byte by byte as it is |
//! | `tokens` | what was generated, from that output or from the metrics of a server |
//! | `marks` | marks of phases, from a FIFO |
//! | `session` | all of it, from the first row to the last |
//! | `examine` | what a recording here would be worth |
//! | `report` | the figures when it has ended |

mod child;
mod examine;
mod header;
mod marks;
mod progress;
mod recording;
mod relay;
mod report;
mod sampler;
mod sensors;
mod session;
mod tokens;

pub(crate) use examine::{Clocks, Seen, clocks, look, size_per_hour};
pub(crate) use header::board;
pub(crate) use marks::Marks;
pub(crate) use recording::{Existing, Recording};
pub(crate) use report::{Figures, Ran, figures};
pub(crate) use sensors::{Found, MeterSpec, ModelSpec, Search, SensorKind, search};
pub(crate) use session::{Done, Plan, run};
pub(crate) use tokens::{Counter, Metrics};
