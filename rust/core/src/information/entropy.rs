//! Entropy, varentropy, min-entropy and surprisal of each token from its logits.

use std::marker::PhantomData;

use ndarray::{ArrayView2, s};
use szilard_simd::{Logit, RowSums, Softmax};

use super::mean::mean;
use super::on_request::requested;
use super::reduce::row_sums;
use super::row::looks_like_probabilities;
use super::token::Token;
use super::{Base, InformationError, MeanInformation};
use crate::input::{Code, Place, Refusal, proceed};
use crate::parallel;

/// How much accuracy is given for speed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// All in f64 on the exactly widened logits: |error| <= 1e-12 nat for vocabularies up to 262 144.
    #[default]
    Exact,
    /// f32, f16 and bf16 in f32, summed in f64: |error| <= 2e-6 nat; f64 as in `Exact`.
    Fast,
}

impl std::str::FromStr for Mode {
    type Err = InformationError;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        match name {
            "exact" => Ok(Self::Exact),
            "fast" => Ok(Self::Fast),
            _ => Err(InformationError::UnknownMode { found: name.to_owned() }),
        }
    }
}

/// How logits are turned into distributions.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EntropyOptions<'a> {
    /// What the logits are divided by first; 0 is the limit T -> 0, whose entropy is ln(number of largest logits).
    pub sampling_temperature: f64,
    /// The tokens of the vocabulary: columns behind them are padding and dropped.
    pub vocab_size: Option<usize>,
    /// The token that followed, one a row.
    pub targets: Option<&'a [i64]>,
    /// Exact or fast.
    pub mode: Mode,
    /// Orders of the Renyi entropies that are asked for, not negative; infinity is the min-entropy.
    pub renyi_orders: &'a [f64],
    /// Whether the ranks of the targets are asked for.
    pub rank: bool,
    /// The number k of tokens whose joint probability is asked for.
    pub top_k: Option<usize>,
}

impl Default for EntropyOptions<'_> {
    fn default() -> Self {
        Self {
            sampling_temperature: 1.0,
            vocab_size: None,
            targets: None,
            mode: Mode::Exact,
            renyi_orders: &[],
            rank: false,
            top_k: None,
        }
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
    ///
    /// u^2 = sum (p_i (ln p_i + H) delta_i/T)^2/3 with delta half the spacing of the type at the logit. The roundings of
    /// logits whose weight is below e^-7 of the second largest are left out, block by block: at most
    /// e^-7/2 delta^2/(3 T^2) times the varentropy. That is some percent of u where the likeliest tokens are so equally
    /// likely that ln p + H is nearly zero for each of them, and less than one part in a thousand in all else that is tested.
    pub u: Vec<f64>,
    /// Standard uncertainty of the surprisal from the same rounding. [nat]
    pub surprisal_u: Option<Vec<f64>>,
    /// Renyi entropies of the orders that were asked for, order by order. [nat]
    pub renyi: Vec<Vec<f64>>,
    /// 1 + the number of tokens that were likelier than the target, if asked for.
    pub rank: Option<Vec<u64>>,
    /// The joint probability of the k likeliest tokens, if asked for. [1]
    pub top_k_mass: Option<Vec<f64>>,
    /// The type the logits are stored in.
    pub dtype: &'static str,
    /// The sampling temperature.
    pub sampling_temperature: f64,
}

/// The information in each row of `logits` [nat], one distribution over the vocabulary a row.
///
/// With d_i = (x_i - max x)/T and the largest element left out of the sums Z' = sum e^d and S = sum d e^d,
/// H = ln(1 + Z') - S/(1 + Z'), a sum of two terms that are not negative. The accuracy is that of the [`Mode`], and
/// relative to H even for a token that is almost certain. Logits are read once, rows in parallel; the result does not
/// depend on the number of threads. A masked token (-inf, or the lowest finite number of a type) contributes nothing.
///
/// # Errors
///
/// [`InformationError::Temperature`], [`InformationError::Vocabulary`], [`InformationError::Target`],
/// [`InformationError::TargetCount`], [`InformationError::Order`];
/// [`InformationError::Probabilities`] if every row is in [0, 1] and sums to one;
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
    let mut gathering = Gathering::<T>::new(logits.dim(), options)?;
    gathering.add(logits)?;
    gathering.finish()
}

/// The figures of the rows that were added so far, in their order.
pub(super) struct Gathering<'a, T> {
    options: &'a EntropyOptions<'a>,
    softmax: Softmax,
    targets: Option<Vec<usize>>,
    columns: usize,
    information: TokenInformation,
    /// Whether every row so far holds probabilities.
    only_probabilities: bool,
    logits: PhantomData<T>,
}

impl<'a, T: Logit> Gathering<'a, T> {
    /// None of `shape` rows and columns yet.
    ///
    /// # Errors
    ///
    /// As [`token_entropy`], but for what is wrong with single logits.
    pub(super) fn new(shape: (usize, usize), options: &'a EntropyOptions<'a>) -> Result<Self, InformationError> {
        let columns = used_columns(shape, options)?;
        parallel::begin(shape.0 as u64);
        let targets = options.targets.map(|targets| token_indices(targets, shape.0, columns)).transpose()?;
        Ok(Self {
            softmax: Softmax::new(options.sampling_temperature, options.mode == Mode::Exact),
            columns,
            information: TokenInformation {
                renyi: vec![Vec::new(); options.renyi_orders.len()],
                rank: (options.rank && targets.is_some()).then(Vec::new),
                top_k_mass: options.top_k.map(|_| Vec::new()),
                ..TokenInformation::empty::<T>(shape.0, targets.is_some(), options.sampling_temperature)
            },
            targets,
            only_probabilities: true,
            options,
            logits: PhantomData,
        })
    }

    /// The next rows.
    ///
    /// # Errors
    ///
    /// `E_NONFINITE` with row and column; [`InformationError::Order`].
    pub(super) fn add(&mut self, logits: ArrayView2<'_, T>) -> Result<(), InformationError> {
        self.only_probabilities = self.only_probabilities && looks_like_probabilities(logits);
        let (start, temperature) = (self.information.entropy.len(), self.options.sampling_temperature);
        let used = logits.slice_move(s![.., ..self.columns]);
        let sums = row_sums(used, &self.softmax, start);
        proceed("<array>")?;
        let sums = sums?;
        let targets = self.targets.as_ref().and_then(|targets| targets.get(start..start + used.nrows()));
        let requested = requested(used, targets, self.options, start)?;
        proceed("<array>")?;
        let all = &mut self.information;
        for (index, (sums, row)) in sums.into_iter().zip(used.rows()).enumerate() {
            let target = targets.and_then(|targets| targets.get(index));
            let logit = target.map(|target| row.get(*target).map_or(f64::NEG_INFINITY, |logit| logit.widen()));
            let is_largest = target == Some(&sums.largest);
            all.push::<T>(&Token { sums, temperature }, logit.map(|logit| (logit, is_largest)));
        }
        requested.append_to(all);
        Ok(())
    }

    /// The figures of all rows.
    ///
    /// # Errors
    ///
    /// [`InformationError::Probabilities`].
    pub(super) fn finish(self) -> Result<TokenInformation, InformationError> {
        if self.only_probabilities { Err(InformationError::Probabilities) } else { Ok(self.information) }
    }
}

/// The information in tokens whose logits were summed elsewhere, as on an accelerator, and are of the type T. [nat]
///
/// `targets` gives for each token the logit of the target and whether it is the one at [`RowSums::largest`].
///
/// # Errors
///
/// [`InformationError::Temperature`]; [`InformationError::TargetCount`] unless there is one target a token.
pub fn token_entropy_of_sums<T: Logit>(
    sums: Vec<RowSums>,
    targets: Option<&[(f64, bool)]>,
    sampling_temperature: f64,
) -> Result<TokenInformation, InformationError> {
    let rows = sums.len();
    let columns = sums.iter().map(|sums| sums.columns).max().unwrap_or_default();
    used_columns((rows, columns), &EntropyOptions { sampling_temperature, ..EntropyOptions::default() })?;
    if let Some(targets) = targets.filter(|targets| targets.len() != rows) {
        return Err(InformationError::TargetCount { rows, targets: targets.len() });
    }
    let mut information = TokenInformation::empty::<T>(rows, targets.is_some(), sampling_temperature);
    for (row, sums) in sums.into_iter().enumerate() {
        let target = targets.and_then(|targets| targets.get(row)).copied();
        information.push::<T>(&Token { sums, temperature: sampling_temperature }, target);
    }
    Ok(information)
}

/// The columns of the vocabulary, once the temperature and the shape have been found good.
///
/// # Errors
///
/// [`InformationError::Temperature`], [`InformationError::Vocabulary`], `E_NO_DATA`.
pub(super) fn used_columns(
    (rows, columns): (usize, usize),
    options: &EntropyOptions<'_>,
) -> Result<usize, InformationError> {
    let temperature = options.sampling_temperature;
    if !(temperature.is_finite() && temperature >= 0.0) {
        return Err(InformationError::Temperature { found: temperature });
    }
    if rows == 0 || columns == 0 {
        let found = format!("{rows} rows of {columns} logits");
        return Err(Refusal::new(Code::NoData, "<array>", Place::File, found, "at least one token").into());
    }
    let used = options.vocab_size.unwrap_or(columns);
    if used == 0 || used > columns {
        let expected = format!("1 to {columns}, the length of a row of logits");
        return Err(InformationError::Vocabulary { vocab_size: used as u64, expected });
    }
    Ok(used)
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
    /// No token yet.
    fn empty<T: Logit>(rows: usize, has_targets: bool, sampling_temperature: f64) -> Self {
        Self {
            entropy: Vec::with_capacity(rows),
            varentropy: Vec::with_capacity(rows),
            min_entropy: Vec::with_capacity(rows),
            log_sum_exp: Vec::with_capacity(rows),
            surprisal: has_targets.then(Vec::new),
            u: Vec::with_capacity(rows),
            surprisal_u: has_targets.then(Vec::new),
            renyi: Vec::new(),
            rank: None,
            top_k_mass: None,
            dtype: T::NAME,
            sampling_temperature,
        }
    }

    /// The next token; of its target the logit, and whether it is the largest one.
    fn push<T: Logit>(&mut self, token: &Token, target: Option<(f64, bool)>) {
        self.entropy.push(token.entropy());
        self.varentropy.push(token.varentropy());
        self.min_entropy.push(token.ln_z());
        self.log_sum_exp.push(token.log_sum_exp());
        self.u.push(token.entropy_rounding::<T>());
        if let Some((logit, is_largest)) = target {
            self.surprisal.iter_mut().for_each(|surprisal| surprisal.push(token.surprisal(logit)));
            self.surprisal_u.iter_mut().for_each(|u| u.push(token.surprisal_rounding::<T>(logit, is_largest)));
        }
    }

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

#[cfg(test)]
#[path = "entropy_tests.rs"]
mod tests;
