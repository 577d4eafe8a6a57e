//! The idle draw as a low percentile of the power samples.

use super::level::IdlePower;
use crate::energy::error::EnergyError;
use crate::energy::integrate::{EnergyQuery, common_boundary, members};
use crate::energy::uncertainty::{self, Identity, Origins};
use crate::quantity::{Component, Distribution, Measured, Method, Quantity};
use crate::traces::{Channel, Trace};

/// The sum over the devices of the `share` quantile of their power samples, the value of rank ⌈q N⌉.
///
/// Its scatter is half the distance of the values √(N q (1-q)) ranks to either side, one standard deviation of the number
/// of samples below the quantile. That the device was idle for this share of the time is an assumption.
///
/// # Errors
/// [`EnergyError::Percentile`] outside 0 to 1, [`EnergyError::NotPower`].
pub(super) fn percentile(trace: &Trace, share: f64) -> Result<IdlePower, EnergyError> {
    if !(share > 0.0 && share < 1.0) {
        return Err(EnergyError::Percentile { found: share });
    }
    let members = members(trace, &EnergyQuery::default())?;
    let (origins, mut total) = (Origins::of(trace), Measured::exact(0.0));
    for channel in &members {
        if !channel.kind.is_power() {
            return Err(EnergyError::NotPower { channel: channel.label(), kind: channel.kind.word() });
        }
        if let Some(watts) = of_channel(channel, origins.identity(channel), share) {
            total = total.plus(&watts);
        }
    }
    let power = Quantity::from_measured(total, "W".parse()?)?;
    let power = power.at(common_boundary(&members)?).by([Method::Measured]);
    let method = format!("{}th percentile of the power samples", 100.0 * share);
    Ok(IdlePower::constant(power, method))
}

fn of_channel(channel: &Channel, identity: Identity, share: f64) -> Option<Measured> {
    let mut values: Vec<f64> = channel.samples.value.iter().copied().filter(|value| !value.is_nan()).collect();
    let last = values.len().checked_sub(1)?;
    let count = values.len() as f64;
    let mut at = |rank: f64| {
        let index = (rank.max(1.0) as usize - 1).min(last);
        *values.select_nth_unstable_by(index, f64::total_cmp).1
    };
    let rank = (count * share).ceil();
    let ranks = (count * share * (1.0 - share)).sqrt().ceil();
    let (watts, half) = (at(rank), 0.5 * (at(rank + ranks) - at(rank - ranks)));
    let (id, label) = (format!("percentile:{}", channel.label()), format!("percentile of {}", channel.label()));
    let scatter =
        (half > 0.0).then(|| Component::new(&id, &label, Distribution::Normal, half).type_a((count - 1.0).max(1.0)));
    Some(uncertainty::of_power(channel, identity, watts, scatter))
}
