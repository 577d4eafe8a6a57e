//! Energy from the sun: an array, the days it sees, and how a day passes.

mod array;
mod day;
mod sun;

pub use array::SolarArray;
pub(super) use day::DAY;
pub use day::Daylight;
pub use sun::{DayKind, Sun, Weather};
