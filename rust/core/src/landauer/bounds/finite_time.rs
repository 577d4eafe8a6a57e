//! The blind reset of the key-value row within a finite time and to a finite error.
//!
//! E = n k_B T [ln 2 - h(ε) + penalty] for the n bits of the row, h the entropy of a bit that is wrong with probability
//! ε. The penalty of a two-state memory with relaxation rate μ that is reset in a time τ is at least
//! (1 - 2 ε)²/(μ τ), whatever the protocol; of an overdamped particle in a freely shaped potential it is W²/(D τ).
//!
//! **Proof** for two states with rates of detailed balance that sum to μ. Let J be the net flux out of the state to be
//! emptied, p its occupation, and A the activity, the rate of all jumps. Entropy is produced at the rate
//! J ln((A + J)/(A - J)) >= 2 J²/A, and nowhere at a negative one. Look only at the times at which p makes a new
//! minimum. There J > 0, so that the occupation q of equilibrium under the rates of the moment is below p <= 1/2, and
//! A = μ (p + q - 2 p q) <= μ/2; and over those times J integrates to 1/2 - ε. With the inequality of Cauchy and
//! Schwarz the entropy produced is at least 2 (1/2 - ε)²/(τ μ/2) = (1 - 2 ε)²/(μ τ). Rates whose sum stays below μ
//! only make A smaller.

use super::{Bound, BoundInputs, Kind};
use crate::landauer::LandauerError;
use crate::landauer::error::within;
use crate::landauer::reliability::checked_probability;
use crate::quantity::Quantity;
use crate::quantity::units::f64::{Diffusivity, Frequency, Length, Time};
use std::f64::consts::{FRAC_PI_2, LN_2};

/// The rung.
pub(super) static BOUND: Bound = Bound {
    name: "finite-time",
    kind: Kind::Architecture,
    formula: "kT 2 L kv hd b [ln2 - h(eps) + (1-2eps)^2/(mu tau)], or + W2^2/(D tau)",
    assumptions: "the row of kv-row, each bit a memory of the stated dynamics, all reset side by side in the stated time",
    retained: "nothing",
    not_claimed: "not what explains the gap: at mu tau = 1000 the penalty is a thousandth of kT; device constants are \
                  not public for GPUs",
    source: "own proof for two states, beside the closed form of arXiv:2106.00580 (abstract); overdamped: W2 of optimal \
             transport, factor 4 of arXiv:2006.03242 (abstract)",
    energy_per_token,
};

fn energy_per_token(inputs: &BoundInputs) -> Result<Quantity, LandauerError> {
    let reset = inputs.reset()?;
    let bits = inputs.model().kv_bits_per_token(inputs.precision()?.cache) as f64;
    inputs.thermal(bits * (reset.least()? + reset.penalty()?))
}

/// The dynamics of a bit and the time and error of its reset.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Reset {
    /// Two states with rates of detailed balance.
    TwoState {
        /// Sum μ of both rates. [Hz]
        relaxation: Frequency,
        /// Time τ of the reset. [s]
        time: Time,
        /// Probability ε that the bit is left in the wrong state, above 0 and at most 1/2.
        error: f64,
    },
    /// A particle in an overdamped medium between two narrow wells, in a potential that is shaped at will.
    Overdamped {
        /// Its diffusivity D. [m²/s]
        diffusivity: Diffusivity,
        /// Half the distance a of the wells. [m]
        half_spacing: Length,
        /// Time τ of the reset. [s]
        time: Time,
        /// Whether the particle may end anywhere on the right side, in place of the right well.
        free: bool,
    },
}

impl Reset {
    /// What the reset costs without haste: ln 2 - h(ε). [k_B T]
    ///
    /// # Errors
    /// As of [`Reset::penalty`].
    pub fn least(&self) -> Result<f64, LandauerError> {
        match *self {
            Self::TwoState { error, .. } => {
                checked_probability(error)?;
                Ok(LN_2 + error * error.ln() + (1.0 - error) * (-error).ln_1p())
            }
            Self::Overdamped { .. } => Ok(LN_2),
        }
    }

    /// The least that haste adds: (1 - 2 ε)²/(μ τ), or W²/(D τ) with W² = 2 a² into a well and a²/2 to a side. [k_B T]
    ///
    /// # Errors
    /// [`LandauerError::Range`] for constants that are not positive and finite, an error outside (0, 1/2], and an error
    /// that no protocol reaches in the time, τ < ln(1/(2 ε))/μ.
    pub fn penalty(&self) -> Result<f64, LandauerError> {
        match *self {
            Self::TwoState { relaxation, time, error } => {
                let product = (relaxation * time).value;
                checked(relaxation.value > 0.0, "the relaxation rate times the time", product)?;
                checked_probability(error)?;
                let least = -(2.0 * error).ln();
                within("the relaxation rate times the time", product, product >= least * (1.0 - 1e-12), || {
                    format!("at least ln(1/(2 eps)) = {least}: sooner the error is out of reach")
                })?;
                Ok((1.0 - 2.0 * error).powi(2) / product)
            }
            Self::Overdamped { diffusivity, half_spacing, time, free } => {
                let spread = (diffusivity * time).value;
                checked(diffusivity.value > 0.0, "the diffusivity times the time", spread)?;
                checked(true, "the spacing of the wells", half_spacing.value)?;
                let distance = if free { 0.5 } else { 2.0 };
                Ok(distance * (half_spacing * half_spacing).value / spread)
            }
        }
    }
}

/// What a slow reset of a two-state memory loses, (π/2 - 2 asin √ε)²/(μ τ): the value that protocols approach as μ τ
/// grows, above the bound of [`Reset::penalty`]. [k_B T]
///
/// # Errors
/// [`LandauerError::Range`].
///
/// # Example
/// ```
/// assert!((szilard::landauer::bounds::slow_penalty(1e-3, 100.0).unwrap() - 0.0227267753879634161).abs() < 1e-16);
/// ```
pub fn slow_penalty(error: f64, relaxations: f64) -> Result<f64, LandauerError> {
    checked_probability(error)?;
    checked(true, "the relaxation rate times the time", relaxations)?;
    Ok((FRAC_PI_2 - 2.0 * error.sqrt().asin()).powi(2) / relaxations)
}

fn checked(sign: bool, what: &'static str, found: f64) -> Result<(), LandauerError> {
    within(what, found, sign && found.is_finite() && found > 0.0, || "above 0, and finite".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quantity::units::{frequency::hertz, time::second};

    fn two_state(relaxation: f64, time: f64, error: f64) -> Reset {
        Reset::TwoState { relaxation: Frequency::new::<hertz>(relaxation), time: Time::new::<second>(time), error }
    }

    #[test]
    fn haste_costs_more_and_what_cannot_be_is_refused() {
        let penalty = |time| two_state(1e9, time, 1e-3).penalty().unwrap();
        assert!(penalty(1e-8) > penalty(1e-7) && penalty(1e-7) > 0.0);
        // ln(500) = 6.2 relaxations are needed at least
        assert!(two_state(1e9, 6e-9, 1e-3).penalty().is_err());
        for (relaxation, time, error) in
            [(0.0, 1.0, 0.1), (-1.0, -9.0, 0.1), (1.0, f64::INFINITY, 0.1), (1.0, 9.0, 0.0)]
        {
            assert!(two_state(relaxation, time, error).penalty().is_err());
        }
        // an error of one half is no reset, and costs nothing
        assert!(two_state(1.0, 1.0, 0.5).least().unwrap().abs() < 1e-16);
    }

    /// The bound holds for a protocol: rates that aim at ε at once, relaxed over by Euler steps.
    #[test]
    fn a_plain_protocol_stays_above_the_bound() {
        let (relaxations, steps) = (12.0_f64, 400_000_u32);
        let (target, mut p, mut produced) = (1e-3, 0.5_f64, 0.0);
        let dt = relaxations / f64::from(steps);
        for _ in 0..steps {
            let (out, back) = (p * (1.0 - target), (1.0 - p) * target);
            produced += (out - back) * (out / back).ln() * dt;
            p -= (out - back) * dt;
        }
        let bound = (1.0 - 2.0 * p).powi(2) / relaxations;
        assert!(produced > bound && p < 2e-3, "{produced} against {bound}");
    }
}
