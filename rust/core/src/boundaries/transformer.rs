//! Loss of a power transformer and the exergy that it destroys.

use super::cooling::number;
use super::error::ChainError;
use crate::quantity::Quantity;

/// What a transformer loses at a load.
#[derive(Debug, Clone)]
pub struct TransformerLoss {
    /// P_0 + P_k x². [W]
    pub loss: Quantity,
    /// Power out over power in. [1]
    pub efficiency: Quantity,
    /// Work that can no longer be had from the power that goes in: the loss less what its heat is still worth. [W]
    pub exergy_destroyed: Quantity,
    /// Entropy produced, exergy destroyed over the temperature of the ambient. [W/K]
    pub entropy_produced: Quantity,
}

/// The loss of a transformer at a load.
///
/// loss = P_0 + P_k x² with x = P_out/S_n at unit power factor; η = P_out/(P_out + loss). Electricity is work
/// throughout, and of the heat at T a share 1 - T_0/T could still be had as work, so that the exergy destroyed is
/// loss T_0/T: all of the loss where its heat leaves at the temperature of the ambient.
///
/// - `output`: power out. [W]
/// - `rated`: rated power S_n. [W]
/// - `no_load`: loss without load, P_0. [W]
/// - `load`: loss of the windings at rated load, P_k. [W]
/// - `heat`: temperature at which the heat leaves, at least that of the ambient. [K]
/// - `ambient`: T_0. [K]
///
/// # Errors
/// [`ChainError::Range`] for a load of 0 or less or above 1.5 times the rated one, negative losses, and temperatures
/// out of order.
///
/// ```
/// let quantity = |text: &str| text.parse().unwrap();
/// let (output, rated) = (quantity("50 MW"), quantity("100 MW"));
/// let (hot, ambient) = (quantity("360 K"), quantity("300 K"));
/// let found = szilard::boundaries::transformer_loss(
///     &output, &rated, &quantity("50 kW"), &quantity("400 kW"), &hot, &ambient,
/// ).unwrap();
/// assert!((found.loss.to("kW").unwrap().value() - 150.0).abs() < 1e-9); // 50 + 400/4
/// assert!((found.exergy_destroyed.to("kW").unwrap().value() - 125.0).abs() < 1e-9); // x 300/360
/// assert!((found.efficiency.value() - 50.0 / 50.15).abs() < 1e-12);
/// ```
pub fn transformer_loss(
    output: &Quantity,
    rated: &Quantity,
    no_load: &Quantity,
    load: &Quantity,
    heat: &Quantity,
    ambient: &Quantity,
) -> Result<TransformerLoss, ChainError> {
    let watts = |quantity: &Quantity| Ok::<_, ChainError>(quantity.at(None).to("W")?);
    let kelvin = |quantity: &Quantity| Ok::<_, ChainError>(quantity.to("K")?);
    let (output, rated, no_load, load) = (watts(output)?, watts(rated)?, watts(no_load)?, watts(load)?);
    let (heat, ambient) = (kelvin(heat)?, kelvin(ambient)?);
    let not_negative = |loss: &Quantity, name: &'static str| {
        let (what, range, found) = ("the loss", "at least 0 W", loss.value());
        if found >= 0.0 { Ok(()) } else { Err(ChainError::Range { name: name.to_owned(), what, range, found }) }
    };
    not_negative(&no_load, "loss without load")?;
    not_negative(&load, "loss at rated load")?;
    let share = number("load", &output.over(&rated)?, "above 0 and at most 1.5", &|x| x > 0.0 && x <= 1.5)?;
    let worth = ambient.over(&heat)?;
    let worth = number("ambient over heat temperature", &worth, "above 0 and at most 1", &|x| x > 0.0 && x <= 1.0)?;
    let loss = no_load.plus(&load.times(&share)?.times(&share)?)?;
    let exergy_destroyed = loss.times(&worth)?;
    Ok(TransformerLoss {
        efficiency: output.over(&output.plus(&loss)?)?,
        entropy_produced: exergy_destroyed.over(&ambient)?,
        exergy_destroyed,
        loss,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heat_at_the_ambient_is_worth_nothing() {
        let quantity = |text: &str| text.parse::<Quantity>().unwrap();
        let at = |output: &str, heat: &str| {
            let losses = (quantity("1 kW"), quantity("9 kW"));
            transformer_loss(
                &quantity(output),
                &quantity("1 MW"),
                &losses.0,
                &losses.1,
                &quantity(heat),
                &quantity("300 K"),
            )
        };
        let found = at("1 MW", "300 K").unwrap();
        // all 10 kW are destroyed: 33.3 W/K at 300 K
        assert_eq!(found.exergy_destroyed.value(), found.loss.value());
        assert!((found.entropy_produced.value() - 10e3 / 300.0).abs() < 1e-9);
        assert!(at("1 MW", "290 K").is_err() && at("0 W", "300 K").is_err() && at("2 MW", "300 K").is_err());
    }
}
