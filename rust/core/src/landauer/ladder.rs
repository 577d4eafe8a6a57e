//! The ladder: one measured energy per token beside every bound.

use super::bounds::{Bound, BoundInputs, REGISTRY};
use super::{Gap, LadderInputs, LandauerError, Rung};
use crate::boundaries::Applied;
use crate::input::{Code, Diagnostics, Place, printable};
use crate::quantity::units::{f64::Temperature, temperature::kelvin};
use crate::quantity::{Boundary, Quantity};
use std::fmt;

/// Above this a temperature is rather that of a die than that of a bath. [K]
const WARMEST_AMBIENT: f64 = 330.0;

/// All rungs for one measured energy.
#[derive(Debug, Clone)]
pub struct Ladder {
    measured: Quantity,
    energy: Quantity,
    applied: Vec<Applied>,
    temperature: Quantity,
    landauer_units: Quantity,
    export_ratio: Result<Quantity, LandauerError>,
    diagnostics: Diagnostics,
    rungs: Vec<Rung>,
}

/// The measured energy per token beside every bound of [`REGISTRY`].
///
/// Where a chain of factors is given, the energy is first lowered to the chip, and every gap is one of the chip.
///
/// # Errors
/// [`LandauerError::Unit`] for an energy that is not per token, a temperature that is none, an entropy that is not per
/// token; [`LandauerError::Temperature`]; [`LandauerError::Range`] for an energy that is not above 0 and finite, an entropy
/// below 0 or above log2 V, a cross entropy below the entropy, an error probability outside (0, 1/2], a transfer energy or step time not above 0;
/// [`LandauerError::Contradiction`] for an energy of basis idle; [`LandauerError::Count`] for a context or batch of 0, or a
/// context beyond the learned positions of the model; [`LandauerError::Chain`] where the chain does not lead to the
/// chip. An input that is merely missing is no error.
///
/// # Example
/// ```
/// use szilard::landauer::{LadderInputs, Model, ladder};
///
/// let model = Model::named("llama-3-70b").unwrap();
/// let energy = "0.39 J/token".parse::<szilard::quantity::Quantity>().unwrap();
/// let ladder = ladder(&LadderInputs {
///     context: Some(2048),
///     precision: Some("fp8".parse().unwrap()),
///     ..LadderInputs::new(&model, energy, "300 K".parse().unwrap())
/// }).unwrap();
///
/// let gap = ladder.gap("mac-convention").unwrap();
/// assert_eq!(gap.to_string(), "117614599.3950367 x mac-convention (convention) at 300 K, boundary not stated");
/// assert!(ladder.gap("reversible").is_err()); // there is no ratio to 0 J
/// assert!(ladder.gap("output-entropy").unwrap_err().to_string().contains("needs entropy"));
/// ```
pub fn ladder(inputs: &LadderInputs) -> Result<Ladder, LandauerError> {
    let bound_inputs = BoundInputs::new(inputs)?;
    let (energy, applied) = match inputs.chain {
        None => (inputs.energy.clone(), Vec::new()),
        Some(chain) => {
            let lowered = chain.lower(&inputs.energy, Boundary::Chip)?;
            (lowered.quantity, lowered.applied)
        }
    };
    let rungs = REGISTRY.iter().map(|bound| rung(bound, &energy, inputs, &bound_inputs)).collect();
    let landauer_units = energy.over(bound_inputs.limit())?;
    Ok(Ladder {
        measured: inputs.energy.clone(),
        applied,
        temperature: inputs.temperature.clone(),
        export_ratio: export_ratio(&landauer_units, inputs),
        landauer_units,
        energy,
        diagnostics: diagnostics(inputs)?,
        rungs,
    })
}

/// The exported entropy over the entropy of the token.
fn export_ratio(landauer_units: &Quantity, inputs: &LadderInputs) -> Result<Quantity, LandauerError> {
    let entropy =
        inputs.entropy.as_ref().ok_or(LandauerError::MissingInput { input: "entropy (bit/token, from the logits)" })?;
    if entropy.value() == 0.0 {
        return Err(LandauerError::ZeroBound { bound: "output-entropy" });
    }
    Ok(landauer_units.over(&entropy.at(None).on(None))?)
}

fn diagnostics(inputs: &LadderInputs) -> Result<Diagnostics, LandauerError> {
    let mut remarks = Diagnostics::default();
    let found = inputs.temperature.as_static().map(|t: Temperature| t.get::<kelvin>())?;
    if found > WARMEST_AMBIENT {
        let message = format!("{found} K: a bath is the coldest free sink, the ambient; bounds grow with T");
        remarks.push(Code::DieTemperature, Place::File, Some("temperature"), message);
    }
    Ok(remarks)
}

fn rung(bound: &'static Bound, measured: &Quantity, inputs: &LadderInputs, bound_inputs: &BoundInputs) -> Rung {
    let energy = bound.energy_per_token(bound_inputs);
    let gap = energy.clone().and_then(|floor| {
        if floor.value() == 0.0 {
            return Err(LandauerError::ZeroBound { bound: bound.name });
        }
        let spread = relative(measured).max(relative(&floor));
        Ok(Gap { bound, ratio: measured.over(&floor)?, temperature: inputs.temperature.clone(), spread })
    });
    Rung { bound, energy, gap }
}

/// The standard uncertainty in parts of a value above 0.
fn relative(quantity: &Quantity) -> f64 {
    quantity.u() / quantity.value()
}

impl Ladder {
    /// The energy that the bounds are held against: the measured one, or what it is at the chip. [J/token]
    pub fn energy(&self) -> &Quantity {
        &self.energy
    }

    /// The energy as it was measured. [J/token]
    pub fn measured(&self) -> &Quantity {
        &self.measured
    }

    /// The factors that were taken out of the measured energy, from the chip outwards.
    pub fn applied(&self) -> &[Applied] {
        &self.applied
    }

    /// What the reader should know about the inputs.
    pub fn diagnostics(&self) -> &Diagnostics {
        &self.diagnostics
    }

    /// The exported entropy over the entropy of the token: a number of its own, and no gap.
    ///
    /// # Errors
    /// [`LandauerError::MissingInput`] without an entropy; [`LandauerError::ZeroBound`] where it is 0.
    pub fn entropy_export_ratio(&self) -> Result<&Quantity, LandauerError> {
        self.export_ratio.as_ref().map_err(Clone::clone)
    }

    /// The temperature of the bath. [K]
    pub fn temperature(&self) -> &Quantity {
        &self.temperature
    }

    /// The entropy that the energy, as heat, exports to the bath, E/(k_B T ln 2): an identity, and no gap. [bit/token]
    pub fn landauer_units(&self) -> &Quantity {
        &self.landauer_units
    }

    /// All rungs, in order.
    pub fn rungs(&self) -> &[Rung] {
        &self.rungs
    }

    /// The gap to a named bound.
    ///
    /// # Errors
    /// [`LandauerError::UnknownBound`] with the names there are; [`LandauerError::ZeroBound`] against 0 J;
    /// [`LandauerError::MissingInput`] where an input of the bound was not given.
    pub fn gap(&self, name: &str) -> Result<&Gap, LandauerError> {
        let known = || REGISTRY.iter().map(|bound| bound.name).collect::<Vec<_>>().join(", ");
        match self.rungs.iter().find(|rung| rung.bound.name == name) {
            Some(rung) => rung.gap.as_ref().map_err(Clone::clone),
            None => Err(LandauerError::UnknownBound { found: printable(name), known: known() }),
        }
    }
}

impl fmt::Display for Ladder {
    /// A line for the energy, one for what it exports, and one for each rung.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} at {}", self.energy, self.temperature)?;
        for remark in self.diagnostics.iter() {
            writeln!(f, "{}: {}", remark.code, remark.message)?;
        }
        writeln!(f, "exported entropy: {} (identity, no bound)", self.landauer_units)?;
        for rung in &self.rungs {
            match (&rung.energy, &rung.gap) {
                (_, Ok(gap)) => writeln!(f, "{gap}")?,
                (Ok(_), Err(reason)) | (Err(reason), _) => writeln!(f, "{}: {reason}", rung.bound.name)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
#[path = "ladder_tests.rs"]
mod tests;
