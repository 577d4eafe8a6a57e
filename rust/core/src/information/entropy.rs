//! Entropy, varentropy, min-entropy and surprisal of each token from its logits.

use std::ops::Range;

use ndarray::{ArrayView2, s};

use super::row::{ROWS, Row, looks_like_probabilities};
use super::sum::sum;
use super::{Base, InformationError};
use crate::input::{Code, Place, Refusal};
use crate::parallel::blocks;
use crate::quantity::{Component, Distribution, Measured, Quantity, UnitError};
use crate::simd::Logit;

/// How logits are turned into distributions.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EntropyOptions<'a> {
    /// What the logits are divided by first; 0 is the limit T -> 0, whose entropy is ln(number of largest logits).
    pub sampling_temperature: f64,
    /// The tokens of the vocabulary: columns behind them are padding and dropped.
    pub vocab_size: Option<usize>,
    /// The token that followed, one a row.
    pub targets: Option<&'a [i64]>,
}

impl Default for EntropyOptions<'_> {
    fn default() -> Self {
        Self { sampling_temperature: 1.0, vocab_size: None, targets: None }
    }
}

/// The information in each token of a set of logits, in nat.
#[derive(Debug, Clone, PartialEq)]
pub struct TokenInformation {
    /// Shannon entropy H = -sum p ln p. [nat]
    pub entropy: Vec<f64>,
    /// Variance of the surprisal. [nat^2]
    pub varentropy: Vec<f64>,
    /// -ln of the largest probability. [nat]
    pub min_entropy: Vec<f64>,
    /// ln sum exp(x / T); not finite at T = 0. [nat]
    pub log_sum_exp: Vec<f64>,
    /// -ln p of the targets, if there are any; infinite for a masked token. [nat]
    pub surprisal: Option<Vec<f64>>,
    /// Standard uncertainty of the entropy from the rounding of the stored logits, to first order. [nat]
    pub u: Vec<f64>,
    /// Standard uncertainty of the surprisal from the same rounding. [nat]
    pub surprisal_u: Option<Vec<f64>>,
    /// The type the logits are stored in.
    pub dtype: &'static str,
    /// The sampling temperature.
    pub sampling_temperature: f64,
}

/// A mean over tokens, in the unit of the base it was asked for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MeanInformation {
    /// The mean. [unit of the base/token]
    pub value: f64,
    /// Standard error of the mean over tokens, taken as independent; `None` for one token. [unit of the base/token]
    pub standard_error: Option<f64>,
    /// Standard uncertainty from the rounding of the stored logits, independent from token to token.
    pub u: f64,
    /// The number of tokens.
    pub tokens: usize,
}

/// One token's figures, before they are gathered by kind.
struct Figures {
    entropy: f64,
    varentropy: f64,
    min_entropy: f64,
    log_sum_exp: f64,
    surprisal: Option<f64>,
    u: f64,
    surprisal_u: Option<f64>,
}

/// The information in each row of `logits` [nat], one distribution over the vocabulary a row.
///
/// With d_i = (x_i - max x)/T and the largest element left out of the sums Z' and S, H = ln(1 + Z') - S/(1 + Z').
/// All arithmetic is in `f64` on the exactly widened logits, with compensated sums: |error| <= 1e-12 nat for
/// vocabularies up to 262 144, and small relative to H even for a token that is almost certain. Rows are computed in
/// parallel; the result does not depend on the number of threads. A masked token (-inf, or the lowest finite number of
/// a type) contributes nothing.
///
/// # Errors
///
/// [`InformationError::Temperature`], [`InformationError::Vocabulary`], [`InformationError::Target`],
/// [`InformationError::TargetCount`]; [`InformationError::Probabilities`] if every row is in [0, 1] and sums to one;
/// [`InformationError::Format`] with `E_NO_DATA` for no rows or columns and `E_NONFINITE`, with row and column, for
/// NaN, +inf, or a row of only -inf.
///
/// # Examples
///
/// Four equally likely tokens carry 2 bit:
///
/// ```
/// use ndarray::array;
/// use szilard::information::{Base, EntropyOptions, token_entropy};
/// let logits = array![[3.0_f32, 3.0, 3.0, 3.0, f32::NEG_INFINITY]];
/// let information = token_entropy(logits.view(), &EntropyOptions::default())?;
/// assert_eq!(information.mean(Base::BIT).value, 2.0);
/// # Ok::<(), szilard::information::InformationError>(())
/// ```
///
/// References: C. E. Shannon, Bell Syst. Tech. J. 27 (1948) 379.
pub fn token_entropy<T: Logit>(
    logits: ArrayView2<'_, T>,
    options: &EntropyOptions<'_>,
) -> Result<TokenInformation, InformationError> {
    let temperature = options.sampling_temperature;
    let used = used_columns(logits, temperature, options.vocab_size)?;
    let (rows, columns) = used.dim();
    let targets = options.targets.map(|targets| token_indices(targets, rows, columns)).transpose()?;
    let figures = |buffer: &mut Row, index: usize| -> Result<Figures, Refusal> {
        let row = used.row(index);
        buffer.fill(row, temperature, index)?;
        let target = targets.as_ref().and_then(|targets| targets.get(index));
        Ok(Figures {
            entropy: buffer.entropy(),
            varentropy: buffer.varentropy(),
            min_entropy: buffer.ln_z(),
            log_sum_exp: buffer.maximum / temperature + buffer.ln_z(),
            surprisal: target.and_then(|token| buffer.surprisal(*token)),
            u: buffer.entropy_rounding(row, temperature),
            surprisal_u: target.map(|token| buffer.surprisal_rounding(row, temperature, *token)),
        })
    };
    let of_block = |range: Range<usize>| {
        let mut buffer = Row::default();
        range.map(|index| figures(&mut buffer, index)).collect::<Result<Vec<_>, _>>()
    };
    // All blocks are computed before the first refusal is looked for, so that it is the first in row order.
    let all: Vec<Figures> =
        blocks(rows, ROWS, &of_block).into_iter().collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect();
    let column = |of: fn(&Figures) -> f64| all.iter().map(of).collect::<Vec<_>>();
    Ok(TokenInformation {
        entropy: column(|row| row.entropy),
        varentropy: column(|row| row.varentropy),
        min_entropy: column(|row| row.min_entropy),
        log_sum_exp: column(|row| row.log_sum_exp),
        surprisal: targets.as_ref().map(|_| all.iter().filter_map(|row| row.surprisal).collect()),
        u: column(|row| row.u),
        surprisal_u: targets.as_ref().map(|_| all.iter().filter_map(|row| row.surprisal_u).collect()),
        dtype: T::NAME,
        sampling_temperature: temperature,
    })
}

/// The columns of the vocabulary, once the temperature, the shape and the kind of numbers have been found good.
pub(super) fn used_columns<'a, T: Logit>(
    logits: ArrayView2<'a, T>,
    temperature: f64,
    vocab_size: Option<usize>,
) -> Result<ArrayView2<'a, T>, InformationError> {
    if !(temperature.is_finite() && temperature >= 0.0) {
        return Err(InformationError::Temperature { found: temperature });
    }
    let (rows, columns) = logits.dim();
    if rows == 0 || columns == 0 {
        let found = format!("{rows} rows of {columns} logits");
        return Err(Refusal::new(Code::NoData, "<array>", Place::File, found, "at least one token").into());
    }
    let used = vocab_size.unwrap_or(columns);
    if used == 0 || used > columns {
        let expected = format!("1 to {columns}, the length of a row of logits");
        return Err(InformationError::Vocabulary { vocab_size: used as u64, expected });
    }
    if looks_like_probabilities(logits) {
        return Err(InformationError::Probabilities);
    }
    Ok(logits.slice_move(s![.., ..used]))
}

/// The targets as columns.
fn token_indices(targets: &[i64], rows: usize, vocab_size: usize) -> Result<Vec<usize>, InformationError> {
    if targets.len() != rows {
        return Err(InformationError::TargetCount { rows, targets: targets.len() });
    }
    let in_vocabulary = |(row, target): (usize, &i64)| match usize::try_from(*target) {
        Ok(token) if token < vocab_size => Ok(token),
        _ => Err(InformationError::Target { row, target: *target, vocab_size }),
    };
    targets.iter().enumerate().map(in_vocabulary).collect()
}

impl TokenInformation {
    /// The mean entropy per token, with its standard error over tokens and its rounding uncertainty.
    ///
    /// Along tokens sampled from the same distributions this is the entropy of the sequence per token.
    pub fn mean(&self, base: Base) -> MeanInformation {
        mean(&self.entropy, &self.u, base)
    }

    /// The mean surprisal per target, if there are targets: the negative log-likelihood per token.
    pub fn mean_surprisal(&self, base: Base) -> Option<MeanInformation> {
        Some(mean(self.surprisal.as_ref()?, self.surprisal_u.as_ref()?, base))
    }

    /// exp of the mean surprisal if there are targets, else of the mean entropy. [1]
    pub fn perplexity(&self) -> f64 {
        self.mean_surprisal(Base::NAT).unwrap_or_else(|| self.mean(Base::NAT)).value.exp()
    }
}

impl MeanInformation {
    /// The mean as a quantity, asked for in bit. [bit/token]
    ///
    /// Its budget has the scatter over tokens (type A) and the rounding of the logits, where that is evaluated.
    ///
    /// # Errors
    ///
    /// [`UnitError::NotFinite`] for a mean that is infinite, as that of a masked target.
    pub fn quantity(&self) -> Result<Quantity, UnitError> {
        let freedom = self.tokens as f64 - 1.0;
        let tokens = self
            .standard_error
            .map(|u| Component::anonymous("scatter over tokens", Distribution::StudentT(freedom), u).type_a(freedom));
        let rounding =
            (self.u > 0.0).then(|| Component::anonymous("rounding of the logits", Distribution::Normal, self.u));
        let measured = Measured::with_components(self.value, tokens.into_iter().chain(rounding).collect());
        Quantity::from_measured(measured, "bit/token".parse()?)
    }
}

/// The mean of figures in nat, with rounding uncertainties that are independent.
fn mean(nat: &[f64], u: &[f64], base: Base) -> MeanInformation {
    let count = nat.len() as f64;
    let centre = sum(nat.iter().copied()) / count;
    let squares = sum(nat.iter().map(|value| (value - centre).powi(2)));
    let error = (nat.len() > 1).then(|| (squares / (count - 1.0) / count).sqrt());
    MeanInformation {
        value: base.from_nat(centre),
        standard_error: error.map(|error| base.from_nat(error)),
        u: base.from_nat(sum(u.iter().map(|u| u * u)).sqrt() / count),
        tokens: nat.len(),
    }
}

#[cfg(test)]
#[path = "entropy_tests.rs"]
mod tests;
