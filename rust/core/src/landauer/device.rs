//! The devices whose peaks, bandwidth and power were read.

use super::LandauerError;
use crate::input::printable;
use crate::quantity::units::f64::{Frequency, Power};
use crate::quantity::units::{frequency::hertz, power::watt};
use crate::quantity::{Boundary, Method, Quantity};
use crate::source::datasets::{HARDWARE, text};

/// A device as its data sheet has it: peaks of dense operations, the bandwidth of its memory, and its rated power.
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
    /// Where the power was read; empty where the table has none.
    pub power_source: &'static str,
    power: Option<f64>,
    peaks: Vec<(&'static str, f64)>,
}

impl Device {
    /// The devices that the library carries, of `datasets/hardware.csv`.
    pub fn all() -> Vec<Self> {
        let mut lines = text(HARDWARE, "hardware").unwrap_or_default().lines();
        let titles: Vec<&str> = lines.next().unwrap_or_default().split(',').collect();
        lines.filter_map(|line| Self::row(&titles, line)).collect()
    }

    /// A row: both sources, quoted, are its last cells. A test holds every row of the table to it.
    fn row(titles: &[&'static str], line: &'static str) -> Option<Self> {
        let (cells, sources) = line.split_once(",\"")?;
        let (source, power_source) = sources.strip_suffix('"')?.split_once("\",\"")?;
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
            source,
            power_source,
            power: number("power_w"),
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

    /// The rated power of the board, what its data sheet says it may draw and not what it draws. [W]
    ///
    /// # Errors
    /// [`LandauerError::MissingInput`] where the table has none, for want of a source or because sources differ.
    ///
    /// # Example
    /// ```
    /// use szilard::landauer::Device;
    ///
    /// assert_eq!(Device::named("l4").unwrap().rated_power().unwrap().to_string(), "72 W [board, nameplate]");
    /// assert!(Device::named("l40s").unwrap().rated_power().is_err());
    /// ```
    pub fn rated_power(&self) -> Result<Quantity, LandauerError> {
        let input = "power of the device (W; the table has none with a source for this one)";
        let power = self.power.ok_or(LandauerError::MissingInput { input })?;
        let power = Quantity::from(Power::new::<watt>(power));
        Ok(power.at(Some(Boundary::Board)).by([Method::Nameplate]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_table_is_a_device_with_its_sources() {
        let rows = text(HARDWARE, "hardware").unwrap().lines().count() - 1;
        let devices = Device::all();
        assert_eq!(devices.len(), rows);
        for device in &devices {
            assert!(device.source.len() > 20 && device.bandwidth > 1e11 && !device.peaks.is_empty(), "{}", device.name);
            assert_eq!(device.power.is_some(), device.power_source.len() > 20, "{}", device.name);
            // operations for each byte at which compute and memory balance, in the widest format of the row
            let balance = device.peaks.first().unwrap().1 / device.bandwidth;
            assert!((0.3..1000.0).contains(&balance), "{}", device.name);
        }
        // 819 GB/s to its memory; 1600 Gbps is what links the chips
        assert_eq!(Device::named("tpu-v5e").unwrap().bandwidth, 0.819e12);
        assert!(Device::named("h100").unwrap_err().to_string().contains("h100-sxm"));
    }
}
