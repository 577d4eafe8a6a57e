//! Entropy of a distribution of which only the most likely tokens are known: a rigorous interval, never a guess.

use super::mean::mean as mean_of;
use super::sum::sum;
use super::{Base, InformationError, MeanInformation};
use crate::input::{Code, Diagnostics, Place, Refusal};

/// The most a natural-log probability may lie above zero: the rounding of a 32-bit log-softmax. [nat]
pub(super) const LOGPROB_ROUNDING: f64 = 1e-6;
/// The value by which servers say "outside the listed tokens"; it is no probability. [nat]
const CENSORED: f64 = -9999.0;

/// The token that was drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Chosen {
    /// Its natural-log probability; -9999 or -inf is censored. [nat]
    pub logprob: f64,
    /// Whether it is one of the listed tokens.
    pub listed: bool,
}

/// What a server said about one token: the natural-log probabilities of the most likely ones.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TopK {
    /// The listed tokens, in any order; -9999 or -inf is censored: it is at most as likely as the least of the others.
    pub top: Vec<f64>,
    /// What the listed tokens are called, in the same order; empty if that is not known.
    pub names: Vec<String>,
    /// The token that was drawn, if it is known.
    pub chosen: Option<Chosen>,
    /// The last decimal in which the log-probabilities were printed; 0 if they were not printed. [nat]
    pub quantum: f64,
    /// Where the token stands in its file; the row of the sequence if it is not from a file.
    pub place: Place,
}

/// The entropy of one token, between two bounds that hold for every distribution with the known probabilities.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EntropyInterval {
    /// The least entropy. [nat]
    pub lower: f64,
    /// The greatest entropy; unknown without the size of the vocabulary. [nat]
    pub upper: Option<f64>,
    /// The probability of all tokens that are not known. [1]
    pub tail: f64,
}

/// The mean of the intervals over the tokens that have one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MeanInterval {
    /// Mean of the lower bounds. [unit of the base/token]
    pub lower: f64,
    /// Mean of the upper bounds; `None` if any is unknown. [unit of the base/token]
    pub upper: Option<f64>,
    /// The tokens that have an interval.
    pub tokens: usize,
}

/// How tokens were drawn, as far as it is known.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Sampling {
    /// The temperature of the sampler. [1]
    pub temperature: Option<f64>,
    /// Whether the probabilities are those after temperature and filters (vLLM: `processed_logprobs`).
    pub processed: Option<bool>,
    /// Whether anything but the temperature stood between the model and the draw: top-k, top-p, penalties.
    pub filtered: Option<bool>,
}

impl Sampling {
    /// Whether the tokens were drawn from the distribution whose probabilities are listed, if that is known.
    pub fn is_from_listed(&self) -> Option<bool> {
        match (self.processed?, self.temperature, self.filtered) {
            (true, _, _) => Some(true),
            (false, _, Some(true)) => Some(false),
            (false, Some(temperature), _) if temperature != 1.0 => Some(false),
            (false, Some(_), Some(false)) => Some(true),
            _ => None,
        }
    }
}

/// The entropy intervals and surprisals of a sequence of tokens.
#[derive(Debug, Clone)]
pub struct EntropyBounds {
    /// The interval of each token; `None` where no token is listed. [nat]
    pub intervals: Vec<Option<EntropyInterval>>,
    /// -ln p of each drawn token; `None` where it is not known or censored. [nat]
    pub surprisal: Vec<Option<f64>>,
    /// `W_TRUNCATED_TAIL` for each token whose tail has more than rounding in it.
    pub diagnostics: Diagnostics,
    /// How the tokens were drawn.
    pub sampling: Sampling,
}

/// The rigorous entropy interval of each token, in nat.
///
/// With known probabilities p_i (the listed tokens, and the drawn one if it is outside the list), the tail
/// r = 1 - sum p_i, c the least listed probability, and M = `vocab_size` - known:
///
/// upper = H_known + r ln(M/r), all tail tokens equal; lower = H_known - n c ln c - t ln t with n = floor(r/c),
/// t = r - n c, since the tail (c, ..., c, t, 0, ...) majorises every other and entropy is Schur-concave.
/// A sum above one within rounding, eps = k 1e-6 + sum p_i (e^{quantum/2} - 1), is taken as one.
/// Renormalising the listed tokens instead gives less than `lower`.
///
/// # Errors
///
/// [`InformationError::Format`] at the place of the token: `E_RANGE` for a logprob above 1e-6 or NaN, `E_INFEASIBLE`
/// for a sum above one or a tail that the vocabulary cannot hold (r > M c: the list was renormalised or cut);
/// `E_NO_DATA` without tokens. [`InformationError::Vocabulary`] if more tokens are known than it has.
///
/// # Examples
///
/// The list holds 3/4 of the probability; no tail token is above 1/4, so it carries at least as much as one of 1/4:
///
/// ```
/// use szilard::information::{Base, TopK, entropy_bounds};
/// let token = TopK { top: vec![0.5_f64.ln(), 0.25_f64.ln()], ..TopK::default() };
/// let bounds = entropy_bounds(&[token], Some(6))?;
/// let mean = bounds.mean(Base::BIT).unwrap();
/// assert!((mean.lower - 1.5).abs() < 1e-12 && (mean.upper.unwrap() - 2.0).abs() < 1e-12);
/// # Ok::<(), szilard::information::InformationError>(())
/// ```
pub fn entropy_bounds(rows: &[TopK], vocab_size: Option<u64>) -> Result<EntropyBounds, InformationError> {
    if rows.is_empty() {
        return Err(Refusal::new(Code::NoData, "<array>", Place::File, "no tokens", "at least one token").into());
    }
    let mut bounds = EntropyBounds {
        intervals: Vec::new(),
        surprisal: Vec::new(),
        diagnostics: Diagnostics::default(),
        sampling: Sampling::default(),
    };
    for (index, row) in rows.iter().enumerate() {
        let place = if row.place == Place::File { Place::Row { row: index, column: None } } else { row.place.clone() };
        let known = Known::of(row, &place)?;
        let interval = known.interval(&place, vocab_size)?;
        let message = match interval {
            None => Some("no token is listed: the entropy has no value".to_owned()),
            Some(EntropyInterval { tail, .. }) if tail > known.rounding => {
                Some(format!("{tail:.3e} of the probability is outside the list: the entropy is an interval"))
            }
            Some(_) => None,
        };
        if let Some(message) = message {
            bounds.diagnostics.push(Code::TruncatedTail, place, None, message);
        }
        bounds.intervals.push(interval);
        bounds.surprisal.push(known.surprisal);
    }
    Ok(bounds)
}

/// The part of one token's distribution that is known.
struct Known {
    /// Number of known tokens.
    count: u64,
    /// Their probability.
    mass: f64,
    /// -sum p ln p over them. [nat]
    entropy: f64,
    /// ln of the least listed probability; `None` if nothing is listed. [nat]
    ln_cap: Option<f64>,
    /// What rounding may have added to the mass.
    rounding: f64,
    surprisal: Option<f64>,
}

impl Known {
    fn of(row: &TopK, place: &Place) -> Result<Self, Refusal> {
        let listed = known_logprobs(&row.top, place)?;
        let mut known = listed.clone();
        let drawn = row.chosen.map(|chosen| known_logprobs(&[chosen.logprob], place)).transpose()?;
        let drawn = drawn.and_then(|drawn| drawn.first().copied());
        if row.chosen.is_some_and(|chosen| !chosen.listed) {
            known.extend(drawn);
        }
        let mass = sum(known.iter().map(|logprob| logprob.exp()));
        Ok(Self {
            count: known.len() as u64,
            mass,
            entropy: sum(known.iter().map(|logprob| -logprob * logprob.exp())),
            ln_cap: listed.iter().copied().reduce(f64::min),
            rounding: known.len() as f64 * LOGPROB_ROUNDING + mass * (row.quantum / 2.0).exp_m1(),
            surprisal: drawn.map(|logprob| -logprob),
        })
    }

    fn interval(&self, place: &Place, vocab_size: Option<u64>) -> Result<Option<EntropyInterval>, InformationError> {
        let infeasible =
            |found: String, expected: &str| Refusal::new(Code::Infeasible, "<array>", place.clone(), found, expected);
        if self.mass > 1.0 + self.rounding {
            return Err(infeasible(format!("probabilities that sum to {}", self.mass), "a sum of at most one").into());
        }
        let tail = (1.0 - self.mass).max(0.0);
        let unseen = vocab_size
            .map(|size| {
                let expected = format!("at least the {} tokens that are known", self.count);
                size.checked_sub(self.count).ok_or(InformationError::Vocabulary { vocab_size: size, expected })
            })
            .transpose()?;
        let Some(ln_cap) = self.ln_cap else { return Ok(None) };
        let cap = ln_cap.exp();
        if tail > self.rounding && unseen.map_or(cap == 0.0, |unseen| tail > unseen as f64 * cap + self.rounding) {
            let found = format!("a tail of {tail} in tokens of at most {cap} each");
            return Err(
                infeasible(found, "a tail that the vocabulary can hold: this list was renormalised or cut").into()
            );
        }
        let full = if cap > 0.0 { (tail / cap).floor() } else { 0.0 };
        let rest = (tail - full * cap).max(0.0);
        let lower = self.entropy - full * cap * ln_cap - x_ln(rest, rest);
        // The rounding of a feasible tail can leave it a trace above what the cap allows; the bounds then meet.
        let upper =
            unseen.map(|unseen| if unseen == 0 { lower } else { self.entropy + x_ln(tail, unseen as f64 / tail) });
        Ok(Some(EntropyInterval { lower, upper: upper.map(|upper| upper.max(lower)), tail }))
    }
}

/// x ln y, which is 0 for x = 0.
fn x_ln(x: f64, y: f64) -> f64 {
    if x > 0.0 { x * y.ln() } else { 0.0 }
}

/// The log-probabilities that are not censored, none above zero.
pub(super) fn known_logprobs(logprobs: &[f64], place: &Place) -> Result<Vec<f64>, Refusal> {
    if let Some(wrong) = logprobs.iter().find(|logprob| logprob.is_nan() || **logprob > LOGPROB_ROUNDING) {
        let expected = "a natural-log probability, not above zero";
        return Err(Refusal::new(Code::Range, "<array>", place.clone(), wrong.to_string(), expected));
    }
    Ok(logprobs.iter().filter(|logprob| **logprob > CENSORED).map(|logprob| logprob.min(0.0)).collect())
}

impl EntropyBounds {
    /// The mean of the intervals; `None` if no token has one.
    pub fn mean(&self, base: Base) -> Option<MeanInterval> {
        let known: Vec<_> = self.intervals.iter().flatten().collect();
        let mean = |values: Vec<f64>| base.from_nat(sum(values) / known.len() as f64);
        let upper = known.iter().map(|interval| interval.upper).collect::<Option<Vec<_>>>();
        (!known.is_empty()).then(|| MeanInterval {
            lower: mean(known.iter().map(|interval| interval.lower).collect()),
            upper: upper.map(mean),
            tokens: known.len(),
        })
    }

    /// The mean surprisal of the drawn tokens that have one. [unit of the base/token]
    pub fn mean_surprisal(&self, base: Base) -> Option<MeanInformation> {
        let known: Vec<f64> = self.surprisal.iter().flatten().copied().collect();
        (!known.is_empty()).then(|| mean_of(&known, &[], base))
    }

    /// The mean surprisal as an estimate of the entropy: only where the tokens are known to have been drawn from the
    /// distribution whose probabilities are listed, since otherwise it is a cross-entropy. [unit of the base/token]
    pub fn entropy_estimate(&self, base: Base) -> Option<MeanInformation> {
        self.mean_surprisal(base).filter(|_| self.sampling.is_from_listed() == Some(true))
    }
}

#[cfg(test)]
#[path = "top_k_tests.rs"]
mod tests;
