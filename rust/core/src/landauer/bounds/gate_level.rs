//! The entropy that gates lose when they destroy their inputs.
//!
//! E = k_B T ln 2 N_MAC ΔH with ΔH = H(in) - H(out) of the circuit that multiplies, its operands uniform and
//! independent, a new product in their place.

use super::{Bound, BoundInputs, Kind};
use crate::input::printable;
use crate::landauer::LandauerError;
use crate::landauer::error::within;
use crate::quantity::Quantity;
use crate::quantity::units::{f64::Information, f64::InformationPerToken, f64::TokenCount};
use crate::quantity::units::{information::bit, token_count::token};
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

/// The rung.
pub(super) static BOUND: Bound = Bound {
    name: "gate-level",
    kind: Kind::Architecture,
    formula: "kT ln2 N_MAC [H(in) - H(out)]",
    assumptions: "every multiplication overwrites its operands, which are uniform and independent; each circuit is \
                  matched to them; the accumulation keeps its inputs",
    retained: "accumulators and products",
    not_claimed: "not the cost of a multiplication: with an operand kept, as a weight is, less is lost, and with both \
                  kept nothing; gates inside the circuit that lose more are not counted",
    source: "entropy loss of a logic gate, circuits as in arXiv:1806.04103 (abstract); enumerated here",
    energy_per_token,
};

fn energy_per_token(inputs: &BoundInputs) -> Result<Quantity, LandauerError> {
    let macs = inputs.model().macs(inputs.context()?)? as f64;
    let lost: InformationPerToken = macs * inputs.circuit()?.erased() / TokenCount::new::<token>(1.0);
    inputs.erasing(lost)
}

/// A circuit that overwrites its inputs by its output.
///
/// Its word is `nand`, `full-adder`, `add-u8` (sum with carry), `mul-u4`, `mul-s8`, ... with operands of 1 to 8 bits.
///
/// ```
/// use szilard::landauer::bounds::Circuit;
/// use szilard::quantity::units::information::bit;
///
/// let circuit: Circuit = "mul-u8".parse().unwrap();
/// assert!((circuit.erased().get::<bit>() / 2.29452145318857211 - 1.0).abs() < 1e-12); // of 16 bit
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Circuit {
    /// Two bits in, one out.
    Nand,
    /// Three bits in, sum and carry out.
    FullAdder,
    /// Two unsigned numbers of so many bits in, their sum with its carry out.
    AddUnsigned(u8),
    /// Two unsigned numbers of so many bits in, their product out.
    MultiplyUnsigned(u8),
    /// Two numbers in two's complement of so many bits in, their product out.
    MultiplySigned(u8),
}

impl Circuit {
    /// Bits that go in.
    pub fn inputs(self) -> u32 {
        match self {
            Self::Nand => 2,
            Self::FullAdder => 3,
            Self::AddUnsigned(bits) | Self::MultiplyUnsigned(bits) | Self::MultiplySigned(bits) => {
                2 * u32::from(bits.min(8))
            }
        }
    }

    /// What comes out for inputs that are given as the digits of one number.
    pub fn output(self, inputs: u32) -> i64 {
        let operands = |bits: u8| {
            let mask = (1_i64 << bits.min(8)) - 1;
            ((i64::from(inputs) >> bits.min(8)) & mask, i64::from(inputs) & mask)
        };
        let signed =
            |number: i64, bits: u8| if number >> (bits.min(8) - 1) == 1 { number - (1 << bits) } else { number };
        match self {
            Self::Nand => i64::from(inputs & 3 != 3),
            Self::FullAdder => i64::from((inputs & 7).count_ones()),
            Self::AddUnsigned(bits) => {
                let (a, b) = operands(bits);
                a + b
            }
            Self::MultiplyUnsigned(bits) => {
                let (a, b) = operands(bits);
                a * b
            }
            Self::MultiplySigned(bits) => {
                let (a, b) = operands(bits);
                signed(a, bits) * signed(b, bits)
            }
        }
    }

    /// What the circuit erases of uniform, independent inputs, H(in) - H(out).
    pub fn erased(self) -> Information {
        let states = 1_u32 << self.inputs();
        let share = 1.0 / f64::from(states);
        let mut outputs: BTreeMap<i64, u32> = BTreeMap::new();
        (0..states).for_each(|state| *outputs.entry(self.output(state)).or_insert(0) += 1);
        // H(in) - H(out) = Σ p log2(count): the uncertainty about the input that is left when the output is known
        let lost: f64 = outputs.values().map(|count| f64::from(*count) * share * f64::from(*count).log2()).sum();
        Information::new::<bit>(lost)
    }

    /// What the circuit erases of inputs with these probabilities, one for each state.
    ///
    /// # Errors
    /// [`LandauerError::Range`] unless there is a probability for each state and they add up to 1 within 1e-9.
    pub fn erased_of(self, probabilities: &[f64]) -> Result<Information, LandauerError> {
        let states = 1_u32 << self.inputs();
        let found = probabilities.len();
        within("the number of input states", found as f64, found as u64 == u64::from(states), || format!("{states}"))?;
        let before = shannon(probabilities)?;
        let mut outputs: BTreeMap<i64, f64> = BTreeMap::new();
        for (state, probability) in (0..states).zip(probabilities) {
            *outputs.entry(self.output(state)).or_insert(0.0) += probability;
        }
        let after = shannon(&outputs.into_values().collect::<Vec<_>>())?;
        Ok(before - after)
    }
}

impl fmt::Display for Circuit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nand => f.write_str("nand"),
            Self::FullAdder => f.write_str("full-adder"),
            Self::AddUnsigned(bits) => write!(f, "add-u{bits}"),
            Self::MultiplyUnsigned(bits) => write!(f, "mul-u{bits}"),
            Self::MultiplySigned(bits) => write!(f, "mul-s{bits}"),
        }
    }
}

impl FromStr for Circuit {
    type Err = LandauerError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let widths = (1..=8)
            .flat_map(|bits| [Self::AddUnsigned(bits), Self::MultiplyUnsigned(bits), Self::MultiplySigned(bits)]);
        let mut known = [Self::Nand, Self::FullAdder].into_iter().chain(widths);
        known.find(|circuit| circuit.to_string() == text).ok_or_else(|| LandauerError::UnknownWord {
            what: "circuit",
            found: printable(text),
            known: "nand, full-adder, add-uN, mul-uN and mul-sN with N from 1 to 8".to_owned(),
        })
    }
}

/// The entropy of a distribution.
pub(super) fn shannon(probabilities: &[f64]) -> Result<Information, LandauerError> {
    let sum: f64 = probabilities.iter().sum();
    let sound = probabilities.iter().all(|p| (0.0..=1.0 + 1e-9).contains(p)) && (sum - 1.0).abs() <= 1e-9;
    within("the sum of probabilities", sum, sound, || "1, of numbers from 0 to 1".to_owned())?;
    let bits: f64 = probabilities.iter().filter(|p| **p > 0.0).map(|p| -p * p.log2()).sum();
    Ok(Information::new::<bit>(bits.max(0.0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_of_the_inputs_is_not_erased() {
        // one operand fixed at 1: the product tells the other, and nothing is lost
        let circuit = Circuit::MultiplyUnsigned(4);
        let fixed: Vec<f64> = (0..256).map(|state| if state & 15 == 1 { 1.0 / 16.0 } else { 0.0 }).collect();
        assert!(circuit.erased_of(&fixed).unwrap().get::<bit>().abs() < 1e-12);
        let uniform = vec![1.0 / 256.0; 256];
        assert!((circuit.erased_of(&uniform).unwrap() - circuit.erased()).get::<bit>().abs() < 1e-12);
        assert!(circuit.erased_of(&[0.5, 0.5]).is_err());
        assert!(Circuit::Nand.erased_of(&[0.5, 0.5, 0.5, -0.5]).is_err());
    }

    #[test]
    fn words_are_read_back() {
        for word in ["nand", "full-adder", "add-u8", "mul-u4", "mul-s1"] {
            assert_eq!(word.parse::<Circuit>().unwrap().to_string(), word);
        }
        for word in ["", "mul-u9", "mul-u0", "mul-u64", "MUL-U8", "mul-u08"] {
            assert!(word.parse::<Circuit>().is_err(), "{word}");
        }
    }
}
