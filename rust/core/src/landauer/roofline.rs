//! The least time of a token on a device, and its energy at a stated power.

use super::error::within;
use super::model::limited;
use super::{Device, LandauerError, Model, Precision, Weights};
use crate::quantity::units::f64::{Power, Time, TokenCount};
use crate::quantity::units::{power::watt, time::second, token_count::token};
use crate::quantity::{Method, Quantity};

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
/// - `weights`: as their files store them, in place of the width that `precision` has.
///
/// # Errors
/// [`LandauerError::Count`]; [`LandauerError::UnknownWord`] where the device has no peak for the format;
/// [`LandauerError::Contradiction`] for weights of another model.
///
/// # Example
/// ```
/// use szilard::landauer::{Device, Limit, Model, roofline};
///
/// let (model, device) = (Model::named("llama-3-70b").unwrap(), Device::named("h100-sxm").unwrap());
/// let one = roofline(&model, &device, 1, 2048, "fp8".parse().unwrap(), None).unwrap();
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
    weights: Option<&Weights>,
) -> Result<Roofline, LandauerError> {
    let sequences = limited("batch", batch)? as f64;
    let operations = sequences * model.decode_flops(context)? as f64;
    let row = model.kv_bits_per_token(precision.cache);
    let cache = (model.kv_bits_read(context, precision.cache)? + row) as f64 / 8.0;
    let bytes = model.read_weight_bytes(batch, precision.weight, weights)? + sequences * cache;
    let (peak, bandwidth) = (device.peak(precision.operands)?.value, device.bandwidth);
    let (computing, moving) = (operations / peak, bytes / bandwidth);
    let stored = weights.map_or(model.parameters() as f64 * precision.weight, |weights| weights.bits() as f64);
    Ok(Roofline {
        operations,
        bytes,
        intensity: operations / bytes,
        balance: peak / bandwidth,
        step: Time::new::<second>(computing.max(moving)),
        limited_by: if computing > moving { Limit::Compute } else { Limit::Memory },
        fits: stored / 8.0 + sequences * cache <= device.memory,
        batch: sequences,
    })
}

impl Roofline {
    /// The most tokens in a second, B/t. [token/s]
    pub fn tokens_per_second(&self) -> f64 {
        self.batch / self.step.value
    }

    /// The energy of a token at a mean power over the least time of its step, P t/B: a floor for a device that draws at
    /// least this power while it decodes, and for no other. A rated power is what may be drawn; a step that waits for
    /// its memory draws less. [J/token]
    ///
    /// # Parameters
    /// - `power`: mean power during the step, at the boundary that is meant. [W]
    ///
    /// # Errors
    /// [`LandauerError::Unit`] for what is no power; [`LandauerError::Range`] for one that is not positive and finite.
    ///
    /// # Example
    /// ```
    /// use szilard::landauer::{Device, Model, roofline};
    ///
    /// let (model, device) = (Model::named("llama-3-70b").unwrap(), Device::named("h100-sxm").unwrap());
    /// let one = roofline(&model, &device, 1, 2048, "fp8".parse().unwrap(), None).unwrap();
    /// let energy = one.energy(&device.rated_power().unwrap()).unwrap(); // 700 W for 20.8 ms
    /// assert_eq!(format!("{:.1} {}", energy.value(), energy.unit()), "14.6 J/token");
    /// ```
    pub fn energy(&self, power: &Quantity) -> Result<Quantity, LandauerError> {
        checked_power(power)?;
        let methods = power.methods().iter().copied().chain([Method::Modelled]).collect::<Vec<_>>();
        let step = power.times(&Quantity::from(self.step))?;
        let energy = step.over(&Quantity::from(TokenCount::new::<token>(self.batch)))?;
        Ok(energy.to("J/token")?.by(methods))
    }
}

/// Whether it is a power, positive and finite.
pub(super) fn checked_power(power: &Quantity) -> Result<(), LandauerError> {
    let found = power.as_static().map(|power: Power| power.get::<watt>())?;
    within("the power", found, found.is_finite() && found > 0.0, || "above 0 W, and finite".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_batch_is_limited_by_compute_and_costs_less_for_each_token() {
        let (model, device) = (Model::named("llama-3.1-8b").unwrap(), Device::named("h100-sxm").unwrap());
        let at = |batch| roofline(&model, &device, batch, 1, "bf16".parse().unwrap(), None).unwrap();
        let (one, many) = (at(1), at(2048));
        assert_eq!((one.limited_by, many.limited_by), (Limit::Memory, Limit::Compute));
        assert!(one.intensity < one.balance && many.intensity > many.balance);
        // 700 W for the 4.49 ms that 15.0 GB take at 3.35 TB/s: 3.1 J
        let power: Quantity = "700 W".parse().unwrap();
        assert!((one.energy(&power).unwrap().value() - 3.136).abs() < 0.01, "{:?}", one.energy(&power));
        assert!(many.energy(&power).unwrap().value() < one.energy(&power).unwrap().value() / 100.0);
        assert!(one.energy(&"-1 W".parse().unwrap()).is_err() && one.energy(&"1 J".parse().unwrap()).is_err());
        assert!(one.fits && !roofline(&model, &device, 65536, 8192, "bf16".parse().unwrap(), None).unwrap().fits);
    }
}
