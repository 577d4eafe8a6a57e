//! The roofline in text and in JSON.

use crate::output::{lines, quantity_json};
use serde_json::{Value, json};
use szilard::landauer::{LandauerError, Roofline};
use szilard::quantity::Quantity;

pub(super) fn roofline_text(
    name: &str,
    roofline: &Roofline,
    power: &Result<Quantity, LandauerError>,
    energy: &Result<Quantity, LandauerError>,
) -> String {
    let or_reason = |found: &Result<Quantity, LandauerError>| match found {
        Ok(quantity) => quantity.to_string(),
        Err(reason) => format!("none: {reason}"),
    };
    lines(&[
        ("roofline of", Some(name.to_owned())),
        (
            "time of a step",
            Some(format!("{:.4e} s at least, limited by {}", roofline.step.value, roofline.limited_by.word())),
        ),
        ("intensity", Some(format!("{:.4} FLOP/B, balance at {:.4}", roofline.intensity, roofline.balance))),
        ("fits the memory", Some(if roofline.fits { "yes" } else { "no" }.to_owned())),
        ("power", Some(or_reason(power))),
        ("energy at that power", Some(or_reason(energy))),
    ])
}

pub(super) fn roofline_json(
    name: &str,
    roofline: &Roofline,
    power: &Result<Quantity, LandauerError>,
    energy: &Result<Quantity, LandauerError>,
) -> Value {
    json!({
        "device": name,
        "operations": roofline.operations,
        "bytes": roofline.bytes,
        "intensity_flop_per_byte": roofline.intensity,
        "balance_flop_per_byte": roofline.balance,
        "step_s": roofline.step.value,
        "limited_by": roofline.limited_by.word(),
        "fits": roofline.fits,
        "power": power.as_ref().ok().map(quantity_json),
        "energy": energy.as_ref().ok().map(quantity_json),
        "reason": energy.as_ref().err().map(ToString::to_string),
    })
}
