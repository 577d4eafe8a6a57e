//! What a caller may tell a reader.

use crate::quantity::Boundary;

/// What a column of a generic table holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Time of the sample.
    Time,
    /// Power.
    Power,
    /// Cumulative energy.
    Energy,
    /// Name of the device the row belongs to.
    Device,
}

/// A column named by the caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnChoice {
    /// What it holds.
    pub role: Role,
    /// Which column it is.
    pub column: ColumnName,
    /// Its unit, where the header does not say it.
    pub unit: Option<String>,
}

/// How a column is pointed at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ColumnName {
    /// By its name in the header, with or without the unit.
    Name(String),
    /// By its position, counted from 0.
    Position(usize),
}

/// The sign convention of a power column that can be negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// Positive values are drawn from the source (the convention of this crate).
    DischargePositive,
    /// Negative values are drawn from the source.
    DischargeNegative,
}

/// What a caller may tell a reader; everything left out is read from the file or refused.
#[derive(Debug, Clone, Default)]
pub struct ReadOptions {
    /// Name of the format; detected where it is left out.
    pub format: Option<String>,
    /// Zone of a local clock: an IANA name or an offset such as `-05:00`.
    pub tz: Option<String>,
    /// Pattern of the time stamps in `strptime` notation.
    pub time_format: Option<String>,
    /// Interval between samples where the stamps do not tell it. [ns]
    pub interval_ns: Option<i64>,
    /// Devices to keep; all where it is left out.
    pub devices: Option<Vec<String>>,
    /// Number of devices whose rows alternate in one order, where no column names them.
    pub device_count: Option<usize>,
    /// Supply voltage where the log holds only a current. [V]
    pub voltage: Option<f64>,
    /// Columns of a table without a header, or with an unusual one.
    pub columns: Vec<ColumnChoice>,
    /// Sign convention of a signed power column.
    pub sign: Option<Sign>,
    /// Boundary of the measured energy, where the format does not settle it.
    pub boundary: Option<Boundary>,
    /// Whether compressed bytes may be decompressed.
    pub decompress: bool,
}
