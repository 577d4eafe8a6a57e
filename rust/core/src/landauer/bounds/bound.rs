//! A bound, and what it is computed from.

use super::super::{LandauerError, Model, Precision};
use crate::quantity::Quantity;
use crate::quantity::units::f64::InformationPerToken;
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
    /// The model.
    pub model: &'a Model,
    /// The Landauer limit at the temperature of the bath. [J/bit]
    pub limit: Quantity,
    /// Entropy of the next token given model and context. [bit/token]
    pub entropy: Option<Quantity>,
    /// Widths of weights, activations and cache.
    pub precision: Option<Precision>,
    /// Positions attended to, the token itself included. [token]
    pub context: Option<u64>,
    /// Sequences decoded together. [token]
    pub batch: Option<u64>,
    /// Probability that a switch is found in the wrong state.
    pub error_probability: Option<f64>,
    /// Energy to move a bit from memory to the chip. [J/bit]
    pub transfer_energy: Option<Quantity>,
}

impl BoundInputs<'_> {
    /// The energy to erase so much information for each token.
    pub(super) fn erasing(&self, information: InformationPerToken) -> Result<Quantity, LandauerError> {
        Ok(Quantity::from(information).times(&self.limit)?)
    }

    pub(super) fn entropy(&self) -> Result<&Quantity, LandauerError> {
        self.entropy.as_ref().ok_or(LandauerError::MissingInput { input: "entropy (bit/token, from the logits)" })
    }

    pub(super) fn precision(&self) -> Result<Precision, LandauerError> {
        self.precision.ok_or(LandauerError::MissingInput { input: "dtype (widths of weights, activations and cache)" })
    }

    pub(super) fn context(&self) -> Result<u64, LandauerError> {
        self.context.ok_or(LandauerError::MissingInput { input: "context (positions attended to)" })
    }

    pub(super) fn batch(&self) -> Result<u64, LandauerError> {
        self.batch.ok_or(LandauerError::MissingInput { input: "batch (sequences decoded together)" })
    }

    pub(super) fn error_probability(&self) -> Result<f64, LandauerError> {
        self.error_probability.ok_or(LandauerError::MissingInput { input: "error probability of a switch" })
    }

    pub(super) fn transfer_energy(&self) -> Result<&Quantity, LandauerError> {
        self.transfer_energy
            .as_ref()
            .ok_or(LandauerError::MissingInput { input: "transfer energy of the memory (J/bit, with its source)" })
    }
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
