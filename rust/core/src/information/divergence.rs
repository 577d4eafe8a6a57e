//! How far one model's distributions are from another's: Kullback-Leibler and Jensen-Shannon divergence.

use std::f64::consts::LN_2;
use std::ops::Range;

use ndarray::{ArrayView2, s};

use super::entropy::used_columns;
use super::row::{ROWS, Row, looks_like_probabilities};
use super::sum::sum;
use super::{EntropyOptions, InformationError};
use crate::input::Refusal;
use crate::parallel::blocks;
use szilard_simd::Logit;

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
/// Written as sums of terms that are not negative, p (e^t - 1 - t) with t = ln(q/p), so that nearly equal models keep
/// their digits. `targets` of the options are not used.
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
    let temperature = options.sampling_temperature;
    let p = distributions(logits_p, options)?;
    let q = distributions(logits_q, options)?;
    if p.dim() != q.dim() {
        return Err(InformationError::ShapeMismatch { p: p.dim(), q: q.dim() });
    }
    let fill_p = |buffer: &mut Row, row: usize| buffer.fill(p.row(row), temperature, row);
    let fill_q = |buffer: &mut Row, row: usize| buffer.fill(q.row(row), temperature, row);
    of_rows(p.nrows(), &fill_p, &fill_q)
}

/// What puts one row of logits into the buffer.
type Fill<'a> = &'a (dyn Fn(&mut Row, usize) -> Result<(), Refusal> + Sync);

/// The divergences of all rows: compiled once, not once for each pair of number types.
fn of_rows(rows: usize, fill_p: Fill<'_>, fill_q: Fill<'_>) -> Result<Divergence, InformationError> {
    let of_block = |range: Range<usize>| -> Result<Vec<[f64; 3]>, Refusal> {
        let (mut first, mut second) = (Row::default(), Row::default());
        let of_row = |row| {
            fill_p(&mut first, row)?;
            fill_q(&mut second, row)?;
            let [kullback_leibler, jensen_shannon] = of_distributions(&first, &second);
            Ok([kullback_leibler, jensen_shannon, first.entropy() + kullback_leibler])
        };
        range.map(of_row).collect()
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

/// D(p||q) and JS(p, q) of two softmax rows. [nat]
fn of_distributions(p: &Row, q: &Row) -> [f64; 2] {
    let (ln_z_p, ln_z_q) = (p.ln_z(), q.ln_z());
    let pairs = || p.distance.iter().zip(&q.distance).map(|(d_p, d_q)| (d_p - ln_z_p, d_q - ln_z_q));
    [sum(pairs().map(|(p, q)| leibler_term(p, q))), sum(pairs().map(|(p, q)| shannon_term(p, q)))]
}

/// p ln(p/q) - p + q >= 0 from ln p and ln q; the added q - p sum to nothing.
fn leibler_term(ln_p: f64, ln_q: f64) -> f64 {
    let (p, q, t) = (ln_p.exp(), ln_q.exp(), ln_q - ln_p);
    match () {
        () if p == 0.0 => q,
        () if q == 0.0 && ln_q == f64::NEG_INFINITY => f64::INFINITY,
        () if t.abs() < 0.05 => {
            p * t * t / 2.0
                * (1.0
                    + t / 3.0 * (1.0 + t / 4.0 * (1.0 + t / 5.0 * (1.0 + t / 6.0 * (1.0 + t / 7.0 * (1.0 + t / 8.0))))))
        }
        () => q - p - p * t,
    }
}

/// p/2 ln(2p/(p+q)) + q/2 ln(2q/(p+q)) from ln p and ln q: (p+q)/4 ((1-s) ln(1-s) + (1+s) ln(1+s)), s = (q-p)/(p+q).
fn shannon_term(ln_p: f64, ln_q: f64) -> f64 {
    let (p, q) = (ln_p.exp(), ln_q.exp());
    if p == 0.0 || q == 0.0 {
        return (p + q) / 2.0 * LN_2;
    }
    let s = ((ln_q - ln_p) / 2.0).tanh();
    let square = s * s;
    let both = if s.abs() < 0.05 {
        square * (1.0 + square * (1.0 / 6.0 + square * (1.0 / 15.0 + square * (1.0 / 28.0 + square / 45.0))))
    } else {
        let entropy = |x: f64| if x == 0.0 { 0.0 } else { x * x.ln() };
        entropy(1.0 - s) + entropy(1.0 + s)
    };
    (p + q) / 4.0 * both
}

/// What two truncated lists say about the divergence of their distributions, in nat.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TruncatedDivergence {
    /// The least D(p||q). There is no upper bound: the tails are not known to overlap. [nat]
    pub kullback_leibler_lower: f64,
    /// The least Jensen-Shannon divergence. [nat]
    pub jensen_shannon_lower: f64,
    /// The greatest Jensen-Shannon divergence. [nat]
    pub jensen_shannon_upper: f64,
}

/// The rigorous bounds on the divergence of two distributions known only for some tokens. [nat]
///
/// `p` and `q` are the probabilities of the same tokens, those on both lists, in the same order. [1] The rest of each
/// is lumped: a divergence does not grow when outcomes are lumped (log-sum inequality), and by the chain rule the
/// Jensen-Shannon divergence grows by at most (r_p + r_q)/2 bit when they are told apart, r being the lumped tails.
///
/// # Errors
///
/// [`InformationError::Probability`] unless the lists have one length, all lies in [0, 1] and each sums to at most 1.
///
/// # Examples
///
/// ```
/// use szilard::information::{Base, truncated_divergence};
/// let bounds = truncated_divergence(&[0.6, 0.2], &[0.5, 0.3])?;
/// assert!((Base::BIT.from_nat(bounds.kullback_leibler_lower) - 0.0408281433560450639).abs() < 1e-15);
/// # Ok::<(), szilard::information::InformationError>(())
/// ```
pub fn truncated_divergence(p: &[f64], q: &[f64]) -> Result<TruncatedDivergence, InformationError> {
    let wrong = |found: String, expected| Err(InformationError::Probability { found, expected });
    if p.len() != q.len() {
        return wrong(format!("{} and {} tokens", p.len(), q.len()), "the same tokens in both lists");
    }
    if let Some(value) = p.iter().chain(q).find(|value| !(0.0..=1.0).contains(*value)) {
        return wrong(value.to_string(), "probabilities from 0 to 1");
    }
    let rounding = 1e-6 * p.len() as f64;
    let (mass_p, mass_q) = (sum(p.iter().copied()), sum(q.iter().copied()));
    if mass_p > 1.0 + rounding || mass_q > 1.0 + rounding {
        return wrong(format!("sums of {mass_p} and {mass_q}"), "sums of at most one");
    }
    let (tail_p, tail_q) = ((1.0 - mass_p).max(0.0), (1.0 - mass_q).max(0.0));
    let pairs = || p.iter().copied().zip(q.iter().copied()).chain([(tail_p, tail_q)]);
    // Sums above one by rounding make the lumped lists no distributions; the lower bound 0 always holds.
    let leibler = sum(pairs().map(|(p, q)| leibler_term(p.ln(), q.ln()))) + (mass_p + tail_p) - (mass_q + tail_q);
    let shannon = sum(pairs().map(|(p, q)| shannon_term(p.ln(), q.ln())));
    Ok(TruncatedDivergence {
        kullback_leibler_lower: leibler.max(0.0),
        jensen_shannon_lower: shannon,
        jensen_shannon_upper: (shannon + (tail_p + tail_q) / 2.0 * LN_2).min(LN_2),
    })
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
