//! The overwriting of cache and activations by one who holds what they follow from.
//!
//! E = k_B T ln 2 H(state | prompt, weights) = 0: keys, values and activations are functions of both. The blind resets
//! of the same state are `kv-row` and `activation-writes`; what they pay beyond the joint entropy is the
//! multi-information of its parts.

use super::gate_level::shannon;
use super::{Bound, BoundInputs, Kind};
use crate::landauer::LandauerError;
use crate::landauer::error::within;
use crate::quantity::Quantity;
use crate::quantity::units::f64::Information;
use crate::quantity::units::{energy_per_token::joule_per_token, f64::EnergyPerToken};
use std::collections::BTreeMap;

/// The rung.
pub(super) static BOUND: Bound = Bound {
    name: "state-overwrite",
    kind: Kind::Universal,
    formula: "kT ln2 H(state | prompt, weights) = 0",
    assumptions: "the state is undone by computing it again from what is kept",
    retained: "prompt, weights, text",
    not_claimed: "no target: recomputation takes time; a noisy or non-deterministic kernel leaves entropy that is not zero",
    source: "Landauer, IBM J. Res. Dev. 5, 183 (1961), with side information; multi-information: Boyd, Mandal and \
                  Crutchfield, arXiv:1708.03030 (abstract)",
    energy_per_token,
};

fn energy_per_token(_: &BoundInputs) -> Result<Quantity, LandauerError> {
    Ok(Quantity::from(EnergyPerToken::new::<joule_per_token>(0.0)))
}

/// The joint entropy of the parts of a state, and what resetting them one by one pays beyond it: the sum of their own
/// entropies less the joint one, their multi-information.
///
/// # Parameters
/// - `states`: the values of the parts and the probability of each joint state.
///
/// # Errors
/// [`LandauerError::Range`] unless all states have the same parts and the probabilities add up to 1 within 1e-9.
///
/// # Example
/// ```
/// use szilard::landauer::bounds::multi_information;
/// use szilard::quantity::units::information::bit;
///
/// // two copies of one fair bit: 1 bit together, 2 bits one by one
/// let (joint, excess) = multi_information(&[(&[0, 0], 0.5), (&[1, 1], 0.5)]).unwrap();
/// assert_eq!((joint.get::<bit>(), excess.get::<bit>()), (1.0, 1.0));
/// ```
pub fn multi_information(states: &[(&[u64], f64)]) -> Result<(Information, Information), LandauerError> {
    let parts = states.first().map_or(0, |(values, _)| values.len());
    let alike = states.iter().all(|(values, _)| values.len() == parts);
    within("the number of parts", parts as f64, alike, || "the same in every state".to_owned())?;
    let mut whole: BTreeMap<&[u64], f64> = BTreeMap::new();
    let mut single: Vec<BTreeMap<u64, f64>> = vec![BTreeMap::new(); parts];
    for (values, probability) in states {
        *whole.entry(values).or_insert(0.0) += probability;
        for (own, value) in single.iter_mut().zip(*values) {
            *own.entry(*value).or_insert(0.0) += probability;
        }
    }
    let joint = shannon(&whole.into_values().collect::<Vec<_>>())?;
    let entropies = single.into_iter().map(|own| shannon(&own.into_values().collect::<Vec<_>>()));
    let sum = entropies.sum::<Result<Information, LandauerError>>()?;
    Ok((joint, sum - joint))
}
