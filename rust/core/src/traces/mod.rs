//! Power logs: any format to one typed table, or a reason with file, line and code.

mod channel;
mod clock;
mod options;
mod trace;

pub use channel::{Channel, Kind, Samples};
pub use clock::Clock;
pub use options::{ColumnChoice, ColumnName, ReadOptions, Role, Sign};
pub use trace::Trace;
