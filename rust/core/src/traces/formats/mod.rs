//! Readers of power-log formats: one file each, and one line in [`REGISTRY`].

mod columns;
mod layout;
mod meter_csv;
mod nvidia_smi;
mod ptd_spl;
mod tegrastats;

use super::options::ReadOptions;
use super::read::Head;
use super::trace::Trace;
use crate::input::{Refusal, Text};

/// A format that can be read.
#[derive(Debug, Clone, Copy)]
pub struct Format {
    /// Its name.
    pub name: &'static str,
    /// What writes it.
    pub description: &'static str,
    /// The units its channels are logged in.
    pub units: &'static str,
    /// Whether a text is of this format, by its first lines.
    pub detect: fn(&Head) -> bool,
    /// The trace in a text of this format.
    pub read: fn(&Text, &ReadOptions) -> Result<Trace, Refusal>,
}

/// Every format; of two that detect a text the one that stands first reads it.
pub const REGISTRY: &[Format] = &[nvidia_smi::FORMAT, tegrastats::FORMAT, ptd_spl::FORMAT, meter_csv::FORMAT];
