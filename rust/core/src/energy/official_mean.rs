//! The mean power by the rule of MLPerf Power (mlcommons/power-dev, compliance check).

use super::error::EnergyError;
use crate::quantity::ExactSum;
use crate::traces::{Channel, Kind};

/// The unweighted mean of the positive samples strictly inside a window. [W]
pub(super) fn mean_of_samples(channel: &Channel, window: (i64, i64)) -> Result<f64, EnergyError> {
    if !matches!(channel.kind, Kind::InstantPower | Kind::WindowedMeanPower { .. } | Kind::IntervalMeanPower) {
        return Err(EnergyError::NotPower { channel: channel.label(), kind: channel.kind.word() });
    }
    let samples = channel.samples.time_ns.iter().zip(&channel.samples.value);
    let mut exact = ExactSum::default();
    let mut count = 0u32;
    for (_, power) in samples.filter(|(time, power)| window.0 < **time && **time < window.1 && **power > 0.0) {
        exact.add(*power);
        count += 1;
    }
    if count == 0 {
        return Err(EnergyError::NoSampleInside { channel: channel.label() });
    }
    Ok(exact.value() / f64::from(count))
}
