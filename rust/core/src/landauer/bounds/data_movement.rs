//! The memory traffic of a token at a stated energy for each bit.
//!
//! E = e (8 W(B)/B + R(s) + r): the weights W that a step of a batch B reads, shared by its tokens, the cache R that a
//! context s reads, and the row r that is written. The only rung that depends on the batch.

use super::{Bound, BoundInputs, Kind};
use crate::input::printable;
use crate::landauer::LandauerError;
use crate::quantity::Quantity;
use crate::quantity::units::{energy_per_bit::joule_per_bit, f64::EnergyPerBit};
use crate::quantity::units::{f64::InformationPerToken, information_per_token::bit_per_token};
use crate::source::Evidence;

/// The rung of the data movement.
pub(super) static BOUND: Bound = Bound {
    name: "data-movement",
    kind: Kind::Technology,
    formula: "e (8 W(B)/B + R(s) + r)",
    assumptions: "every weight, as wide as dtype or its file has it, and every cached element crosses the memory \
                  interface once in a step; experts are \
                  chosen uniformly and independently; tokens of a batch share one step and one context length",
    retained: "everything: data are copied, not erased",
    not_claimed: "no bound: an estimate for one memory technology; caches, speculative decoding and another memory \
                  change it",
    source: "transfer energy as given by the caller, or one of MEMORIES with its citation",
    energy_per_token,
};

fn energy_per_token(inputs: &BoundInputs) -> Result<Quantity, LandauerError> {
    let (transfer, precision) = (inputs.transfer_energy()?, inputs.precision()?);
    let (batch, context) = (inputs.batch()?, inputs.context()?);
    let bytes = inputs.model().read_weight_bytes(batch, precision.weight, inputs.weights())?;
    let weights = 8.0 * bytes / batch as f64;
    let read = inputs.model().kv_bits_read(context, precision.cache)?;
    let cache = (read + inputs.model().kv_bits_per_token(precision.cache)) as f64;
    Ok(Quantity::from(InformationPerToken::new::<bit_per_token>(weights + cache)).times(&transfer)?)
}

/// The energy to move a bit from a kind of memory to the chip.
#[derive(Debug, PartialEq)]
pub struct Memory {
    /// The kind.
    pub name: &'static str,
    /// Energy for a bit. [J/bit]
    pub transfer: f64,
    /// Where the figure comes from.
    pub source: &'static str,
    /// How far that was verified.
    pub evidence: Evidence,
    /// The document in which it was seen.
    pub seen_in: &'static str,
}

const OCONNOR: &str = "O'Connor and others, Fine-Grained DRAM, MICRO 2017";
const SEEN_IN: &str = "zihanpan8378/LLMCompass, energy_model/energy_model.py at 1f96a13, memory_node_mapper";

/// The kinds of memory that are carried.
pub const MEMORIES: &[Memory] = &[
    Memory { name: "hbm2", transfer: 3.97e-12, source: OCONNOR, evidence: Evidence::Secondary, seen_in: SEEN_IN },
    Memory { name: "gddr5", transfer: 14.0e-12, source: OCONNOR, evidence: Evidence::Secondary, seen_in: SEEN_IN },
];

impl Memory {
    /// The memory of a kind.
    ///
    /// # Errors
    /// [`LandauerError::UnknownWord`] with those there are.
    ///
    /// # Example
    /// ```
    /// use szilard::landauer::bounds::Memory;
    ///
    /// assert_eq!(Memory::named("hbm2").unwrap().energy().to_string(), "3.97e-12 J/bit");
    /// ```
    pub fn named(name: &str) -> Result<&'static Self, LandauerError> {
        MEMORIES.iter().find(|memory| memory.name == name).ok_or_else(|| LandauerError::UnknownWord {
            what: "memory",
            found: printable(name),
            known: MEMORIES.iter().map(|memory| memory.name).collect::<Vec<_>>().join(", "),
        })
    }

    /// The transfer energy. [J/bit]
    pub fn energy(&self) -> Quantity {
        Quantity::from(EnergyPerBit::new::<joule_per_bit>(self.transfer))
    }
}
