//! How far one model's distributions are from another's: Kullback-Leibler and Jensen-Shannon divergence.

use std::f64::consts::LN_2;
use std::ops::Range;

use ndarray::{ArrayView2, s};
use szilard_simd::{BLOCK, Logit, RowSums, Softmax, divergences};

use super::entropy::used_columns;
use super::reduce::{contiguous, only_masked, sums_of};
use super::row::{ROWS, looks_like_probabilities};
use super::token::Token;
use super::{EntropyOptions, InformationError};
use crate::input::{Refusal, proceed};
use crate::parallel::{advance, begin, blocks};

/// The divergence of q from p for each token, in nat.
#[derive(Debug, Clone, PartialEq)]
pub struct Divergence {
    /// D(p||q) = sum p ln(p/q); infinite where q excludes a token that p allows. [nat]
    pub kullback_leibler: Vec<f64>,
    /// (D(p||m) + D(q||m))/2 with m = (p+q)/2, at most ln 2; its root is a distance. [nat]
    pub jensen_shannon: Vec<f64>,
    /// -sum p ln q = H(p) + D(p||q). [nat]
    pub cross_entropy: Vec<f64>,
}

/// The divergence of the second model's tokens from the first's [nat]: what quantisation loses, if q is quantised.
///
/// Written as sums of terms that are not negative, p (e^t - 1 - t) with t = ln(q/p), all in f64 with the vector
/// instructions of the machine: the relative error is about 4e-16/|t|, so that nearly equal models keep their digits.
/// Each row is read twice, the second time from the cache. `targets` and `mode` of the options are not used.
///
/// # Errors
///
/// As [`super::token_entropy`] for either set, and [`InformationError::ShapeMismatch`] between them.
///
/// # Examples
///
/// ```
/// use ndarray::array;
/// use szilard::information::{EntropyOptions, divergence};
/// // p = (1/2, 1/4, 1/4), q = (1/4, 1/2, 1/4): D = 0.25 bit
/// let p = array![[4.0_f64.ln(), 2.0_f64.ln(), 2.0_f64.ln()]];
/// let q = array![[2.0_f64.ln(), 4.0_f64.ln(), 2.0_f64.ln()]];
/// let loss = divergence(p.view(), q.view(), &EntropyOptions::default())?;
/// assert!((loss.kullback_leibler[0] - 0.25 * 2.0_f64.ln()).abs() < 1e-15);
/// # Ok::<(), szilard::information::InformationError>(())
/// ```
///
/// References: S. Kullback and R. A. Leibler, Ann. Math. Stat. 22 (1951) 79; J. Lin, IEEE Trans. Inf. Theory 37
/// (1991) 145.
pub fn divergence<P: Logit, Q: Logit>(
    logits_p: ArrayView2<'_, P>,
    logits_q: ArrayView2<'_, Q>,
    options: &EntropyOptions<'_>,
) -> Result<Divergence, InformationError> {
    let softmax = Softmax::new(options.sampling_temperature, true);
    let p = Stored { logits: distributions(logits_p, options)?, softmax };
    let q = Stored { logits: distributions(logits_q, options)?, softmax };
    let shape = p.logits.dim();
    if shape != q.logits.dim() {
        return Err(InformationError::ShapeMismatch { p: shape, q: q.logits.dim() });
    }
    begin(shape.0 as u64);
    let found = of_rows(shape, &p, &q, &softmax);
    proceed("<array>")?;
    found
}

/// One of the two sets of logits, whatever its type.
trait Distributions: Sync {
    /// The sums of a row.
    fn sums(&self, row: usize) -> Result<RowSums, Refusal>;

    /// A part of a row as f64.
    fn widen(&self, row: usize, columns: Range<usize>, widened: &mut [f64]);
}

struct Stored<'a, T> {
    logits: ArrayView2<'a, T>,
    softmax: Softmax,
}

impl<T: Logit> Distributions for Stored<'_, T> {
    fn sums(&self, row: usize) -> Result<RowSums, Refusal> {
        let sums = sums_of(self.logits.slice(s![row..=row, ..]), &self.softmax, row).pop();
        sums.unwrap_or_else(|| Err(only_masked(row)))
    }

    fn widen(&self, row: usize, columns: Range<usize>, widened: &mut [f64]) {
        T::widen_all(contiguous(self.logits.slice(s![row, columns]), &mut Vec::new()), widened);
    }
}

/// The divergences of all rows: compiled once, not once for each pair of number types.
fn of_rows(
    (rows, columns): (usize, usize),
    p: &dyn Distributions,
    q: &dyn Distributions,
    softmax: &Softmax,
) -> Result<Divergence, InformationError> {
    let of_row = |row: usize, buffers: &mut [Vec<f64>; 2]| -> Result<[f64; 3], Refusal> {
        let (sums_p, sums_q) = (p.sums(row)?, q.sums(row)?);
        let of = [softmax.log_softmax(&sums_p), softmax.log_softmax(&sums_q)];
        let mut totals = [0.0; 2];
        for start in (0..columns).step_by(BLOCK) {
            let part = start..columns.min(start + BLOCK);
            for ((buffer, logits), sums) in buffers.iter_mut().zip([p, q]).zip([&sums_p, &sums_q]) {
                buffer.resize(part.len(), 0.0);
                logits.widen(row, part.clone(), buffer);
                softmax.distances(buffer, sums);
            }
            let [in_p, in_q] = &*buffers;
            totals.iter_mut().zip(divergences(in_p, in_q, of, softmax)).for_each(|(total, more)| *total += more);
        }
        // What is left of rounding when all terms are tiny can lie below zero.
        let [kullback_leibler, jensen_shannon] = totals.map(|total| total.max(0.0));
        let entropy = Token { sums: sums_p, temperature: softmax.temperature() }.entropy();
        Ok([kullback_leibler, jensen_shannon.min(LN_2), entropy + kullback_leibler])
    };
    let of_block = |range: Range<usize>| -> Result<Vec<[f64; 3]>, Refusal> {
        let mut buffers = [Vec::new(), Vec::new()];
        advance(range.len() as u64);
        range.map(|row| of_row(row, &mut buffers)).collect()
    };
    let rows = blocks(rows, ROWS, &of_block).into_iter().collect::<Result<Vec<_>, _>>()?.concat();
    let column = |index: fn(&[f64; 3]) -> f64| rows.iter().map(index).collect();
    Ok(Divergence {
        kullback_leibler: column(|[kullback_leibler, _, _]| *kullback_leibler),
        jensen_shannon: column(|[_, jensen_shannon, _]| *jensen_shannon),
        cross_entropy: column(|[_, _, cross_entropy]| *cross_entropy),
    })
}

/// The columns of the vocabulary, which must be logits.
fn distributions<'a, T: Logit>(
    logits: ArrayView2<'a, T>,
    options: &EntropyOptions<'_>,
) -> Result<ArrayView2<'a, T>, InformationError> {
    let columns = used_columns(logits.dim(), options)?;
    if looks_like_probabilities(logits) {
        return Err(InformationError::Probabilities);
    }
    Ok(logits.slice_move(s![.., ..columns]))
}

/// exp of the mean negative log-likelihood [nat/token]: the number of equally likely tokens that would be as surprising. [1]
///
/// # Examples
///
/// ```
/// let eight = szilard::information::perplexity(8.0_f64.ln());
/// assert!((eight - 8.0).abs() < 1e-14);
/// ```
pub fn perplexity(mean_surprisal: f64) -> f64 {
    mean_surprisal.exp()
}

/// The information that a change of perplexity costs per token, ln(b/a): positive if `b` is worse. [nat/token]
///
/// # Errors
///
/// [`InformationError::NotPositive`] for a perplexity that is not finite and above zero.
pub fn quantisation_loss(perplexity_a: f64, perplexity_b: f64) -> Result<f64, InformationError> {
    positive("perplexity", perplexity_a)?;
    positive("perplexity", perplexity_b)?;
    Ok((perplexity_b / perplexity_a).ln())
}

/// The negative log-likelihood of a text per byte: sum of surprisals [nat] over ln 2 times its bytes. [bit/byte]
///
/// A ratio of sums: the mean of per-token ratios is another number.
///
/// # Errors
///
/// [`InformationError::NotPositive`] for a number of bytes that is not finite and above zero.
pub fn bits_per_byte(total_surprisal: f64, total_bytes: f64) -> Result<f64, InformationError> {
    positive("number of bytes", total_bytes)?;
    Ok(total_surprisal / LN_2 / total_bytes)
}

fn positive(what: &'static str, found: f64) -> Result<(), InformationError> {
    if found.is_finite() && found > 0.0 { Ok(()) } else { Err(InformationError::NotPositive { what, found }) }
}

#[cfg(test)]
#[path = "divergence_tests.rs"]
mod tests;
