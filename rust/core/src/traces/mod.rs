//! Power logs: any format to one typed table, or a reason with file, line and code.

mod arrays;
mod builder;
mod channel;
mod clock;
mod finish;
mod formats;
mod instant;
mod join;
mod options;
mod order;
mod place;
mod plausible;
mod read;
mod reading;
mod sensor;
mod timing;
mod topology;
mod trace;

pub use arrays::{PowerSeries, trace_from_arrays};
pub use builder::{Builder, DEVICE_LIMIT, Negative, Slot};
pub use channel::{Channel, Kind, SHORTEST_GAP_NS, Samples};
pub use clock::{Clock, FARTHEST_NS};
pub use formats::{Format, REGISTRY, tegrastats_rails};
pub use join::{Recording, join};
pub use options::{ColumnChoice, ColumnName, ReadOptions, Role, Sign};
pub use place::Records;
pub use plausible::plausible_power_w;
pub use read::{Head, TraceError, formats, read, read_path};
pub use reading::{Fault, Reading};
pub use sensor::{Gain, SensorModel, board_sensors, sensor_of, sensors};
pub use timing::Time;
pub use topology::{Cut, cut};
pub use trace::Trace;
