//! Whether the heat of a node meets a use at its temperature.

use super::exergy::{above_ambient, bare, exergy_factor, kelvins};
use crate::edge::EdgeError;
use crate::edge::error::{at_least, positive};
use crate::quantity::Quantity;
use crate::quantity::units::f64::{Power, Temperature};

/// What a use can take of the heat of a node.
#[derive(Debug, Clone)]
pub struct HeatMatch {
    /// The heat that the use takes: the smaller of what the node rejects and what the use needs. [W]
    pub delivered: Quantity,
    /// Share of the rejected heat that is used.
    pub share: Quantity,
    /// What the rejected heat is worth as work at the temperature of the source. [W]
    pub exergy: Quantity,
    /// What the delivered heat is worth as work at the temperature of the use. [W]
    pub exergy_delivered: Quantity,
}

/// What a use at a temperature takes of the heat of a node, or why it can take none.
///
/// Heat flows from hot to cold: the source must be warmer than the use by the approach of the exchanger. What is
/// delivered is worth no more than 1 - T0/T_use of it, whatever the source was.
///
/// # Parameters
/// - `heat`: heat that the node rejects, above 0. [W]
/// - `source`: temperature at which it does. [K]
/// - `need`: heat that the use takes, above 0. [W]
/// - `at`: temperature at which the use needs it. [K]
/// - `approach`: smallest difference of temperature of the exchanger between them, not below 0. [K]
/// - `ambient`: T0. [K]
///
/// # Errors
/// [`EdgeError::TooCold`] where the use is too warm for the source; [`EdgeError::Range`], [`EdgeError::Unit`].
///
/// # Example
/// ```
/// use szilard::edge::{EdgeError, heat_match};
///
/// let [heat, source, need] = ["7.2 W", "60 degC", "20 W"].map(|text| text.parse().unwrap());
/// let [preheat, trough, approach, ambient] = ["40 degC", "350 degC", "5 K", "25 degC"].map(|text| text.parse().unwrap());
/// let found = heat_match(&heat, &source, &need, &preheat, &approach, &ambient).unwrap();
/// assert_eq!(found.delivered.to_string(), "7.2 W");
/// // 7.2 W · (1 - 298.15/313.15)
/// assert!((found.exergy_delivered.value() - 0.344882644).abs() < 1e-9);
/// // a trough loop at 350 degC cannot take heat of 60 degC
/// assert!(matches!(heat_match(&heat, &source, &need, &trough, &approach, &ambient), Err(EdgeError::TooCold { .. })));
/// ```
pub fn heat_match(
    heat: &Quantity,
    source: &Quantity,
    need: &Quantity,
    at: &Quantity,
    approach: &Quantity,
    ambient: &Quantity,
) -> Result<HeatMatch, EdgeError> {
    let [rejected, wanted]: [Power; 2] = [heat.as_static()?, need.as_static()?];
    positive(rejected.value, "the heat of a node", "W")?;
    positive(wanted.value, "the heat that a use needs", "W")?;
    let closest: Temperature = approach.as_static()?;
    at_least(0.0, closest.value, "the approach of an exchanger", "K", "a finite value not below 0")?;
    above_ambient(&bare(source), &bare(ambient))?;
    above_ambient(&bare(at), &bare(ambient))?;
    let [source_k, use_k] = [kelvins(source)?, kelvins(at)?];
    if source_k < use_k + closest.value {
        return Err(EdgeError::TooCold { source_k, use_k, approach_k: closest.value });
    }
    let delivered = if rejected <= wanted { heat.clone() } else { need.clone() };
    Ok(HeatMatch {
        share: delivered.over(heat)?,
        exergy: heat.times(&exergy_factor(source, ambient)?)?,
        exergy_delivered: delivered.times(&exergy_factor(at, ambient)?)?,
        delivered,
    })
}
