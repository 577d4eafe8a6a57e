//! Readers of power-log formats: one file each, and one line in [`REGISTRY`].

mod alumet;
mod amd_smi;
mod amd_smi_json;
mod codecarbon;
mod dcgm_dmon;
mod fnirsi;
mod green_metrics;
mod home_assistant;
mod hwmon;
mod ipmi_dcmi;
mod joulescope;
mod jtop;
mod macmon;
mod mactop;
mod meter_csv;
mod mlperf_tiny;
mod nvidia_smi;
mod nvidia_smi_dmon;
mod nvml_counter;
mod otii;
mod parts;
mod perf_stat;
mod power_gadget;
mod powermetrics;
mod powermetrics_plist;
mod ppk2;
mod prometheus_json;
mod prometheus_text;
mod ptd_spl;
mod rapl_counter;
mod rd_usb;
mod redfish;
mod rocm_smi;
mod scaphandre;
mod shelly;
mod shelly_json;
mod sma;
mod szilard_recording;
mod tegrastats;
mod turbostat;
mod uprof;
mod voltcraft;
mod zeus;

pub use tegrastats::tegrastats_rails;

use super::lined::LineReader;
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
    /// The kinds of its channels.
    pub channels: &'static str,
    /// The clock of its times.
    pub clock: &'static str,
    /// The boundary its energy is counted at, and what is inside it already.
    pub boundary: &'static str,
    /// Its sample in `tests/formats`.
    pub sample: &'static str,
    /// Whether a text is of this format, by its first lines.
    pub detect: fn(&Head) -> bool,
    /// The trace in a text of this format.
    pub read: fn(&Text, &ReadOptions) -> Result<Trace, Refusal>,
}

/// Every format; of two that detect a text the one that stands first reads it.
pub const REGISTRY: &[Format] = &[
    szilard_recording::FORMAT,
    nvidia_smi::FORMAT,
    nvidia_smi_dmon::FORMAT,
    nvml_counter::FORMAT,
    rapl_counter::FORMAT,
    prometheus_json::FORMAT,
    powermetrics::FORMAT,
    powermetrics_plist::FORMAT,
    prometheus_text::FORMAT,
    dcgm_dmon::FORMAT,
    codecarbon::FORMAT,
    zeus::FORMAT,
    alumet::FORMAT,
    green_metrics::FORMAT,
    tegrastats::FORMAT,
    perf_stat::FORMAT,
    turbostat::FORMAT,
    macmon::FORMAT,
    mactop::FORMAT,
    scaphandre::FORMAT,
    hwmon::FORMAT,
    ipmi_dcmi::FORMAT,
    redfish::FORMAT,
    home_assistant::FORMAT,
    shelly::FORMAT,
    shelly_json::FORMAT,
    fnirsi::FORMAT,
    rd_usb::FORMAT,
    joulescope::FORMAT,
    otii::FORMAT,
    voltcraft::FORMAT,
    sma::FORMAT,
    jtop::FORMAT,
    amd_smi::FORMAT,
    amd_smi_json::FORMAT,
    rocm_smi::FORMAT,
    power_gadget::FORMAT,
    uprof::FORMAT,
    ppk2::FORMAT,
    ptd_spl::FORMAT,
    mlperf_tiny::FORMAT,
    meter_csv::FORMAT,
];

/// What starts a reader of lines.
type Start = fn(&ReadOptions) -> Box<dyn LineReader>;

/// The formats that are read line by line, and so in parts, and what starts a reader of each.
pub(super) const LINED: &[(&str, Start)] = &[
    (nvidia_smi::FORMAT.name, nvidia_smi::reader),
    (nvml_counter::FORMAT.name, nvml_counter::reader),
    (rapl_counter::FORMAT.name, rapl_counter::reader),
    (tegrastats::FORMAT.name, tegrastats::reader),
    (meter_csv::FORMAT.name, meter_csv::reader),
];
