//! The least time of a token on a device, and its energy at a stated power.

use super::model::limited;
use super::{LandauerError, Model, Precision};
use crate::input::printable;
use crate::quantity::units::f64::{EnergyPerToken, Frequency, Power, Time, TokenCount};
use crate::quantity::units::{frequency::hertz, time::second, token_count::token};
use crate::source::datasets::{HARDWARE, text};

/// A device as its data sheet has it: peaks of dense operations, and the bandwidth of its memory.
#[derive(Debug, Clone, PartialEq)]
pub struct Device {
    /// Its name.
    pub name: &'static str,
    /// Memory. [B]
    pub memory: f64,
    /// Bandwidth of the memory. [B/s]
    pub bandwidth: f64,
    /// Where the row was read.
    pub source: &'static str,
    peaks: Vec<(&'static str, f64)>,
}

impl Device {
    /// The devices that the library carries, of `datasets/hardware.csv`.
    pub fn all() -> Vec<Self> {
        let mut lines = text(HARDWARE, "hardware").unwrap_or_default().lines();
        let titles: Vec<&str> = lines.next().unwrap_or_default().split(',').collect();
        lines.filter_map(|line| Self::row(&titles, line)).collect()
    }

    /// A row: the source, quoted, is its last cell. A test holds every row of the table to it.
    fn row(titles: &[&'static str], line: &'static str) -> Option<Self> {
        let (cells, source) = line.split_once(",\"")?;
        let cells: Vec<&'static str> = cells.split(',').collect();
        let cell = |title: &str| {
            let index = titles.iter().position(|known| *known == title)?;
            cells.get(index).copied().filter(|cell| !cell.is_empty())
        };
        let number = |title: &str| cell(title)?.parse::<f64>().ok();
        let peaks = titles.iter().filter_map(|title| {
            let format = title.strip_suffix("_tflops").or(title.strip_suffix("_tops"))?;
            Some((format, number(title)? * 1e12))
        });
        Some(Self {
            name: cell("device")?,
            memory: number("memory_gb")? * 1e9,
            bandwidth: number("bandwidth_tb_per_s")? * 1e12,
            source: source.strip_suffix('"')?,
            peaks: peaks.collect(),
        })
    }

    /// The device of a name.
    ///
    /// # Errors
    /// [`LandauerError::UnknownWord`] with the names there are.
    pub fn named(name: &str) -> Result<Self, LandauerError> {
        let devices = Self::all();
        let known = || devices.iter().map(|device| device.name).collect::<Vec<_>>().join(", ");
        let unknown = || LandauerError::UnknownWord { what: "device", found: printable(name), known: known() };
        devices.iter().find(|device| device.name == name).cloned().ok_or_else(unknown)
    }

    /// The peak rate of dense operations in a number format.
    ///
    /// # Errors
    /// [`LandauerError::UnknownWord`] for a format whose peak is not in the table: no other one is taken for it.
    ///
    /// # Example
    /// ```
    /// use szilard::landauer::Device;
    ///
    /// let device = Device::named("a100-sxm-80gb").unwrap();
    /// assert_eq!(device.peak("bf16").unwrap().value, 312e12);
    /// assert!(device.peak("fp8").is_err());
    /// ```
    pub fn peak(&self, format: &str) -> Result<Frequency, LandauerError> {
        let known = || self.peaks.iter().map(|(format, _)| *format).collect::<Vec<_>>().join(", ");
        match self.peaks.iter().find(|(known, _)| *known == format) {
            Some((_, peak)) => Ok(Frequency::new::<hertz>(*peak)),
            None => {
                Err(LandauerError::UnknownWord { what: "peak of the device", found: printable(format), known: known() })
            }
        }
    }
}

/// What limits a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// The rate of operations.
    Compute,
    /// The bandwidth of the memory.
    Memory,
}

impl Limit {
    /// The word for tables.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Compute => "compute",
            Self::Memory => "memory",
        }
    }
}

/// The roofline of decoding one token for each sequence of a batch.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Roofline {
    /// Operations of the step.
    pub operations: f64,
    /// Bytes that cross the memory interface in the step. [B]
    pub bytes: f64,
    /// Operations for each byte. [1/B]
    pub intensity: f64,
    /// The intensity at which compute and memory take the same time. [1/B]
    pub balance: f64,
    /// The least time of the step, the larger one of operations over peak and bytes over bandwidth. [s]
    pub step: Time,
    /// What limits it.
    pub limited_by: Limit,
    /// Whether the weights and the caches of the batch fit into the memory of the device.
    pub fits: bool,
    batch: f64,
}

/// The roofline of a decoding step: max(B FLOP(s)/peak, (W(B) + B (R(s) + r))/bandwidth).
///
/// # Parameters
/// - `batch`: B sequences decoded together. [token]
/// - `context`: positions s that each attends to. [token]
/// - `precision`: widths of what is stored; the operations run in the format of the activations.
///
/// # Errors
/// [`LandauerError::Count`]; [`LandauerError::UnknownWord`] where the device has no peak for the format.
///
/// # Example
/// ```
/// use szilard::landauer::{Device, Limit, Model, roofline};
///
/// let (model, device) = (Model::named("llama-3-70b").unwrap(), Device::named("h100-sxm").unwrap());
/// let one = roofline(&model, &device, 1, 2048, "fp8".parse().unwrap()).unwrap();
/// assert_eq!(one.limited_by, Limit::Memory); // 69.8 GB at 3.35 TB/s
/// assert!((one.step.value - 20.8e-3).abs() < 0.1e-3);
/// ```
///
/// # References
/// Williams, Waterman and Patterson, Roofline, Commun. ACM 52, 65 (2009), as noted, not read again.
pub fn roofline(
    model: &Model,
    device: &Device,
    batch: u64,
    context: u64,
    precision: Precision,
) -> Result<Roofline, LandauerError> {
    let sequences = limited("batch", batch)? as f64;
    let operations = sequences * model.decode_flops(context)? as f64;
    let row = model.kv_bits_per_token(precision.cache);
    let cache = (model.kv_bits_read(context, precision.cache)? + row) as f64 / 8.0;
    let bytes = model.weight_bytes(batch, precision.weight)? + sequences * cache;
    let (peak, bandwidth) = (device.peak(precision.operands)?.value, device.bandwidth);
    let (computing, moving) = (operations / peak, bytes / bandwidth);
    let stored = model.parameters() as f64 * f64::from(precision.weight) / 8.0 + sequences * cache;
    Ok(Roofline {
        operations,
        bytes,
        intensity: operations / bytes,
        balance: peak / bandwidth,
        step: Time::new::<second>(computing.max(moving)),
        limited_by: if computing > moving { Limit::Compute } else { Limit::Memory },
        fits: stored <= device.memory,
        batch: sequences,
    })
}

impl Roofline {
    /// The energy of a token at a mean power over the least time of its step, P t/B: a floor for a device that draws at
    /// least this power while it decodes, and for no other.
    ///
    /// # Parameters
    /// - `power`: mean power during the step, at the boundary that is meant. [W]
    ///
    /// # Errors
    /// [`LandauerError::Range`] for a power that is not positive and finite.
    pub fn energy(&self, power: Power) -> Result<EnergyPerToken, LandauerError> {
        let found = power.value;
        if !(found.is_finite() && found > 0.0) {
            return Err(LandauerError::Range {
                what: "the power",
                found,
                expected: "above 0 W, and finite".to_owned(),
            });
        }
        Ok(power * self.step / TokenCount::new::<token>(self.batch))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quantity::units::power::watt;

    #[test]
    fn every_row_of_the_table_is_a_device_with_its_source() {
        let rows = text(HARDWARE, "hardware").unwrap().lines().count() - 1;
        let devices = Device::all();
        assert_eq!(devices.len(), rows);
        for device in &devices {
            assert!(device.source.len() > 20 && device.bandwidth > 1e11 && !device.peaks.is_empty(), "{}", device.name);
        }
        assert!(Device::named("h100").unwrap_err().to_string().contains("h100-sxm"));
    }

    #[test]
    fn a_large_batch_is_limited_by_compute_and_costs_less_for_each_token() {
        let (model, device) = (Model::named("llama-3.1-8b").unwrap(), Device::named("h100-sxm").unwrap());
        let at = |batch| roofline(&model, &device, batch, 1, "bf16".parse().unwrap()).unwrap();
        let (one, many) = (at(1), at(2048));
        assert_eq!((one.limited_by, many.limited_by), (Limit::Memory, Limit::Compute));
        assert!(one.intensity < one.balance && many.intensity > many.balance);
        // 700 W for the 4.49 ms that 15.0 GB take at 3.35 TB/s: 3.1 J
        let power = Power::new::<watt>(700.0);
        assert!((one.energy(power).unwrap().value - 3.136).abs() < 0.01, "{:?}", one.energy(power));
        assert!(many.energy(power).unwrap().value < one.energy(power).unwrap().value / 100.0);
        assert!(one.energy(Power::new::<watt>(-1.0)).is_err());
        assert!(one.fits && !roofline(&model, &device, 65536, 8192, "bf16".parse().unwrap()).unwrap().fits);
    }
}
