//! A bound, and what it is computed from.

use super::super::limit::landauer_limit_of;
use super::super::{LadderInputs, LandauerError, Model, Precision, Weights};
use super::{Arithmetic, Circuit, Reset, Retention};
use crate::quantity::Quantity;
use crate::quantity::units::{f64::InformationPerToken, information_per_token::bit_per_token};
use std::f64::consts::LN_2;
use std::fmt;

/// How far a bound may be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// True of every machine.
    Universal,
    /// True of a stated class of machines.
    Architecture,
    /// A way of counting, and no property of what is computed.
    Convention,
    /// An estimate for a technology, and no bound.
    Technology,
}

impl Kind {
    /// The word for tables.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Universal => "universal",
            Self::Architecture => "architecture",
            Self::Convention => "convention",
            Self::Technology => "technology",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// A rung of the ladder.
#[derive(Debug)]
pub struct Bound {
    /// Name, in kebab case.
    pub name: &'static str,
    /// How far it may be trusted.
    pub kind: Kind,
    /// The equation.
    pub formula: &'static str,
    /// What is taken to hold.
    pub assumptions: &'static str,
    /// What is kept, so that its erasure is not charged, or may serve to undo.
    pub retained: &'static str,
    /// What the figure does not say.
    pub not_claimed: &'static str,
    /// Where it comes from.
    pub source: &'static str,
    pub(in crate::landauer) energy_per_token: fn(&BoundInputs) -> Result<Quantity, LandauerError>,
}

impl Bound {
    /// The energy of the bound. [J/token]
    ///
    /// # Errors
    /// [`LandauerError::MissingInput`] where the bound needs an input that was not given.
    pub fn energy_per_token(&self, inputs: &BoundInputs) -> Result<Quantity, LandauerError> {
        (self.energy_per_token)(inputs)
    }
}

/// What the bounds are computed from. What is missing is the reason of the rungs that need it, never a guess.
#[derive(Debug, Clone)]
pub struct BoundInputs<'a> {
    inputs: &'a LadderInputs<'a>,
    limit: Quantity,
}

impl<'a> BoundInputs<'a> {
    /// The inputs of a ladder, with nothing among them that cannot be.
    ///
    /// # Errors
    /// As of [`ladder`](crate::landauer::ladder).
    pub fn new(inputs: &'a LadderInputs<'a>) -> Result<Self, LandauerError> {
        inputs.check()?;
        Ok(Self { inputs, limit: landauer_limit_of(&inputs.temperature)? })
    }

    /// The Landauer limit at the temperature of the bath. [J/bit]
    pub fn limit(&self) -> &Quantity {
        &self.limit
    }

    /// The model.
    pub(super) fn model(&self) -> &'a Model {
        self.inputs.model
    }

    /// The energy to erase so much information for each token.
    pub(super) fn erasing(&self, information: InformationPerToken) -> Result<Quantity, LandauerError> {
        Ok(Quantity::from(information).times(&self.limit)?)
    }

    /// So many times k_B T for each token.
    pub(super) fn thermal(&self, multiples: f64) -> Result<Quantity, LandauerError> {
        self.erasing(InformationPerToken::new::<bit_per_token>(multiples / LN_2))
    }

    pub(super) fn entropy(&self) -> Result<Quantity, LandauerError> {
        given(&self.inputs.entropy, "entropy (bit/token, from the logits)").map(bare)
    }

    pub(super) fn cross_entropy(&self) -> Result<Quantity, LandauerError> {
        given(&self.inputs.cross_entropy, "cross entropy (bit/token, surprisal under another model)").map(bare)
    }

    pub(super) fn precision(&self) -> Result<Precision, LandauerError> {
        given(&self.inputs.precision, "dtype (widths of weights, activations and cache)").copied()
    }

    /// The weights as their files store them, where these were read.
    pub(super) fn weights(&self) -> Option<&'a Weights> {
        self.inputs.weights
    }

    pub(super) fn context(&self) -> Result<u64, LandauerError> {
        given(&self.inputs.context, "context (positions attended to)").copied()
    }

    pub(super) fn batch(&self) -> Result<u64, LandauerError> {
        given(&self.inputs.batch, "batch (sequences decoded together)").copied()
    }

    pub(super) fn circuit(&self) -> Result<Circuit, LandauerError> {
        given(&self.inputs.circuit, "circuit (what destroys the operands of a multiplication, such as mul-u8)").copied()
    }

    pub(super) fn arithmetic(&self) -> Result<&'static Arithmetic, LandauerError> {
        given(&self.inputs.arithmetic, "arithmetic (format and node, such as fp16-45nm)").copied()
    }

    pub(super) fn error_probability(&self) -> Result<f64, LandauerError> {
        given(&self.inputs.error_probability, "error probability of a switch").copied()
    }

    pub(super) fn reset(&self) -> Result<Reset, LandauerError> {
        given(&self.inputs.reset, "reset (relaxation rate or diffusivity, time and error of a device)").copied()
    }

    pub(super) fn retention(&self) -> Result<Retention, LandauerError> {
        given(&self.inputs.retention, "retention (attempt rate and holding time)").copied()
    }

    pub(super) fn transfer_energy(&self) -> Result<Quantity, LandauerError> {
        given(&self.inputs.transfer_energy, "transfer energy of the memory (J/bit, with its source)").map(bare)
    }

    pub(super) fn step_time(&self) -> Result<Quantity, LandauerError> {
        given(&self.inputs.step_time, "step time (s)").map(bare)
    }
}

fn given<'a, T>(input: &'a Option<T>, name: &'static str) -> Result<&'a T, LandauerError> {
    input.as_ref().ok_or(LandauerError::MissingInput { input: name })
}

/// A quantity without the boundary at which it was had: an entropy does not move an energy there.
fn bare(quantity: &Quantity) -> Quantity {
    quantity.at(None).on(None)
}

#[cfg(test)]
mod tests {
    use super::super::REGISTRY;

    #[test]
    fn every_file_of_the_folder_is_a_rung_of_its_name() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/landauer/bounds");
        let stems = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let mut files: Vec<_> =
            stems.map(|path| path.file_stem().unwrap().to_str().unwrap().replace('_', "-")).collect();
        files.retain(|stem| !["mod", "bound"].contains(&stem.as_str()));
        let mut names: Vec<_> = REGISTRY.iter().map(|bound| bound.name.to_owned()).collect();
        files.sort_unstable();
        names.sort_unstable();
        assert_eq!(files, names);
    }
}
