//! What a ladder is built from.

use super::bounds::{Arithmetic, Circuit, Reset, Retention, register_information};
use super::error::within;
use super::limit::landauer_limit_of;
use super::model::limited;
use super::reliability::checked_probability;
use super::{LandauerError, Model, Precision, Weights};
use crate::boundaries::BoundaryChain;
use crate::quantity::units::f64::{EnergyPerBit, EnergyPerToken, InformationPerToken, Time};
use crate::quantity::units::{
    energy_per_bit::joule_per_bit, energy_per_token::joule_per_token, information_per_token::bit_per_token,
    time::second,
};
use crate::quantity::{Basis, Quantity};

/// What a ladder is built from. A rung whose input is `None` is listed with that reason.
#[derive(Debug, Clone)]
pub struct LadderInputs<'a> {
    /// The model.
    pub model: &'a Model,
    /// The measured energy, at the boundary it was counted at. [J/token]
    pub energy: Quantity,
    /// The temperature of the coldest freely available bath: the ambient, and not the die. [K]
    pub temperature: Quantity,
    /// The factors between the boundary of the energy and the chip, to which it is then lowered.
    pub chain: Option<&'a BoundaryChain>,
    /// Entropy of the next token given model and context: of one sequence, however many share the energy. [bit/token]
    pub entropy: Option<Quantity>,
    /// Mean surprisal of the tokens under another model, to which the eraser is tuned: H(p, q) = H(p) + D(p, q).
    /// [bit/token]
    pub cross_entropy: Option<Quantity>,
    /// Sequences decoded together. It bears on the weights read for each token (`data-movement`) and on no other rung:
    /// the energy already is per token, and reading a weight erases nothing. [token]
    pub batch: Option<u64>,
    /// Positions attended to, the token itself included; a sliding window caps it. [token]
    pub context: Option<u64>,
    /// Widths of weights, activations and cache.
    pub precision: Option<Precision>,
    /// The weights as their files store them. They bear on the bytes that are read, and on no width of an operand: a
    /// stored weight is widened to the format of the activations.
    pub weights: Option<&'a Weights>,
    /// The circuit in which a multiplication destroys its operands.
    pub circuit: Option<Circuit>,
    /// The adder and multiplier of a manufacturing technology.
    pub arithmetic: Option<&'static Arithmetic>,
    /// Probability that a switch is found in the wrong state.
    pub error_probability: Option<f64>,
    /// How fast, and by what dynamics, a bit is reset. Device constants are not public for GPUs: there is no default.
    pub reset: Option<Reset>,
    /// How long a state is held against how many attempts.
    pub retention: Option<Retention>,
    /// Energy to move a bit from memory to the chip. [J/bit]
    pub transfer_energy: Option<Quantity>,
    /// Time in which the machine that makes a token passes to a state orthogonal to the one before. [s]
    pub step_time: Option<Quantity>,
}

impl<'a> LadderInputs<'a> {
    /// The inputs that every ladder needs, and none of the others.
    pub fn new(model: &'a Model, energy: Quantity, temperature: Quantity) -> Self {
        Self {
            model,
            energy,
            temperature,
            chain: None,
            entropy: None,
            cross_entropy: None,
            batch: None,
            context: None,
            precision: None,
            weights: None,
            circuit: None,
            arithmetic: None,
            error_probability: None,
            reset: None,
            retention: None,
            transfer_energy: None,
            step_time: None,
        }
    }

    /// Whether nothing among the inputs cannot be; what is merely missing is no error.
    pub(super) fn check(&self) -> Result<(), LandauerError> {
        let found = self.energy.as_static().map(|energy: EnergyPerToken| energy.get::<joule_per_token>())?;
        within("the energy of a token", found, found > 0.0 && found.is_finite(), || {
            "above 0 J/token, and finite".to_owned()
        })?;
        if self.energy.basis() == Some(Basis::Idle) {
            let (left, right) = ("an energy of basis idle".to_owned(), "a ladder below a token".to_owned());
            let reason = "what is drawn without tokens is not the energy of tokens";
            return Err(LandauerError::Contradiction { left, right, reason });
        }
        landauer_limit_of(&self.temperature)?;
        let information =
            |quantity: &Quantity| quantity.as_static().map(|found: InformationPerToken| found.get::<bit_per_token>());
        let entropy = self.entropy.as_ref().map(information).transpose()?;
        if let Some(found) = entropy {
            // the entropy of a uniform distribution, rounded, may pass its logarithm by a few units in the last place
            let most = register_information(self.model.vocabulary()).get::<bit_per_token>();
            within("the entropy of a token", found, (0.0..=most * (1.0 + 1e-9)).contains(&found), || {
                format!("from 0 to log2 of the vocabulary, {most} bit/token")
            })?;
        }
        if let Some(found) = self.cross_entropy.as_ref().map(information).transpose()? {
            // D(p, q) >= 0, but for rounding and the noise of two estimates of one mean
            let least = entropy.unwrap_or(0.0);
            within("the cross entropy", found, found >= least * (1.0 - 1e-9), || {
                format!("at least the entropy, {least} bit/token")
            })?;
        }
        if let Some(transfer) = &self.transfer_energy {
            let found = transfer.as_static().map(|energy: EnergyPerBit| energy.get::<joule_per_bit>())?;
            within("the transfer energy", found, found > 0.0, || "above 0 J/bit".to_owned())?;
        }
        if let Some(time) = &self.step_time {
            let found = time.as_static().map(|time: Time| time.get::<second>())?;
            within("the time of a step", found, found > 0.0, || "above 0 s".to_owned())?;
        }
        self.context.map(|context| self.model.at_most_its_positions("context", context)).transpose()?;
        self.batch.map(|batch| limited("batch", batch)).transpose()?;
        self.error_probability.map(checked_probability).transpose()?;
        self.weights.map(|weights| self.model.hold_against(weights)).transpose()?;
        Ok(())
    }
}
