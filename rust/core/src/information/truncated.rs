//! What two truncated lists say about the divergence of their distributions: bounds, never a guess.

use std::collections::BTreeMap;
use std::f64::consts::LN_2;

use super::InformationError;
use super::sum::sum;
use super::top_k::{LOGPROB_ROUNDING, TopK, known_logprobs};
use crate::input::{Code, Place, Refusal};

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
    let rounding = LOGPROB_ROUNDING * p.len() as f64;
    let (mass_p, mass_q) = (sum(p.iter().copied()), sum(q.iter().copied()));
    if mass_p > 1.0 + rounding || mass_q > 1.0 + rounding {
        return wrong(format!("sums of {mass_p} and {mass_q}"), "sums of at most one");
    }
    let (tail_p, tail_q) = ((1.0 - mass_p).max(0.0), (1.0 - mass_q).max(0.0));
    let listed = || p.iter().copied().zip(q.iter().copied());
    // A tail of q within rounding may be as large as that: were it zero, a trace of p outside the list would be infinite.
    let least_q = tail_q.max(rounding);
    let leibler = sum(listed().chain([(tail_p, least_q)]).map(|(p, q)| leibler_term(p.ln(), q.ln())));
    // Such lists are no distributions; the lower bound 0 always holds.
    let leibler = leibler + (mass_p + tail_p) - (mass_q + least_q);
    let shannon = sum(listed().chain([(tail_p, tail_q)]).map(|(p, q)| shannon_term(p.ln(), q.ln())));
    Ok(TruncatedDivergence {
        kullback_leibler_lower: leibler.max(0.0),
        jensen_shannon_lower: shannon,
        jensen_shannon_upper: (shannon + (tail_p + tail_q) / 2.0 * LN_2).min(LN_2),
    })
}

/// The bounds on the divergence of each token's distribution in `q` from that in `p`, from two lists of its most likely
/// tokens. [nat]
///
/// Tokens that are on both lists with a probability are compared, as [`truncated_divergence`] does; all others are
/// lumped.
///
/// # Errors
///
/// [`InformationError::Probability`] unless there is one list in `q` for each in `p`, and each names its tokens;
/// [`InformationError::Format`] at the place in `p`: `E_RANGE` for a logprob above 1e-6 or NaN, `E_INFEASIBLE` for a sum
/// above one.
///
/// # Examples
///
/// The list of q was cut behind its first token; the tails (0.4 and 0.5) are lumped:
///
/// ```
/// use szilard::information::{TopK, divergence_bounds, truncated_divergence};
/// let list = |names: &[&str], p: &[f64]| TopK {
///     top: p.iter().map(|p| p.ln()).collect(),
///     names: names.iter().map(|name| (*name).to_owned()).collect(),
///     ..TopK::default()
/// };
/// let bounds = divergence_bounds(&[list(&["a", "b"], &[0.6, 0.2])], &[list(&["a"], &[0.5])])?;
/// assert!((bounds[0].jensen_shannon_lower - truncated_divergence(&[0.6], &[0.5])?.jensen_shannon_lower).abs() < 1e-16);
/// # Ok::<(), szilard::information::InformationError>(())
/// ```
pub fn divergence_bounds(p: &[TopK], q: &[TopK]) -> Result<Vec<TruncatedDivergence>, InformationError> {
    if p.len() != q.len() {
        let found = format!("lists for {} and for {} tokens", p.len(), q.len());
        return Err(InformationError::Probability { found, expected: "two lists for each token" });
    }
    let of_token = |(row, (p, q)): (usize, (&TopK, &TopK))| {
        let place = if p.place == Place::File { Place::Row { row, column: None } } else { p.place.clone() };
        let (of_p, of_q) = (by_name(p, &place)?, by_name(q, &place)?);
        let common = of_p.iter().filter_map(|(name, p)| Some((p.exp(), of_q.get(name)?.exp())));
        let (p, q): (Vec<f64>, Vec<f64>) = common.unzip();
        truncated_divergence(&p, &q).map_err(|error| {
            Refusal::new(Code::Infeasible, "<array>", place, error.to_string(), "two lists of probabilities").into()
        })
    };
    p.iter().zip(q).enumerate().map(of_token).collect()
}

/// The log-probabilities that are not censored, by token and in an order that does not change.
fn by_name<'a>(list: &'a TopK, place: &Place) -> Result<BTreeMap<&'a str, f64>, InformationError> {
    if list.names.len() != list.top.len() {
        let found = "a list that does not name its tokens".to_owned();
        return Err(InformationError::Probability { found, expected: "the same tokens in both lists, by name" });
    }
    let mut found = BTreeMap::new();
    for (name, logprob) in list.names.iter().zip(&list.top) {
        found.extend(known_logprobs(&[*logprob], place)?.first().map(|logprob| (name.as_str(), *logprob)));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use std::slice::from_ref;

    use super::*;

    fn list(named: &[(&str, f64)]) -> TopK {
        TopK {
            top: named.iter().map(|(_, logprob)| *logprob).collect(),
            names: named.iter().map(|(name, _)| (*name).to_owned()).collect(),
            ..TopK::default()
        }
    }

    #[test]
    fn lists_are_matched_by_token_and_what_is_censored_is_lumped() {
        let p = list(&[("a", 0.5_f64.ln()), ("b", 0.25_f64.ln()), ("c", -9999.0)]);
        let q = list(&[("b", 0.5_f64.ln()), ("c", 0.25_f64.ln()), ("a", 0.125_f64.ln())]);
        let found = divergence_bounds(from_ref(&p), &[q]).unwrap();
        assert_eq!(found, [truncated_divergence(&[0.5, 0.25], &[0.125, 0.5]).unwrap()]);
        // Lists that are whole up to a rounding: no trace outside makes the bound infinite.
        let whole = |trace: f64| list(&[("a", (0.5 - trace).ln()), ("b", 0.5_f64.ln())]);
        let traced = divergence_bounds(&[whole(1e-12)], &[whole(0.0)]).unwrap();
        assert!(traced[0].kullback_leibler_lower < 1e-11, "{traced:?}");
        // Nothing in common: nothing is known but that D >= 0 and JS <= 1 bit.
        let other = divergence_bounds(from_ref(&p), &[list(&[("d", 0.9_f64.ln())])]).unwrap();
        assert_eq!((other[0].kullback_leibler_lower, other[0].jensen_shannon_upper), (0.0, LN_2));
        assert!(divergence_bounds(from_ref(&p), &[]).is_err());
        assert!(divergence_bounds(from_ref(&p), &[TopK { names: Vec::new(), ..p.clone() }]).is_err());
        assert!(divergence_bounds(from_ref(&p), &[list(&[("a", 0.5)])]).is_err());
        let above = list(&[("a", 0.9_f64.ln()), ("b", 0.9_f64.ln())]);
        assert!(divergence_bounds(&[p], &[above]).is_err());
    }
}
