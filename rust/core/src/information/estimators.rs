//! Entropy of a source from how often each kind was drawn. For samples only: logits give the entropy itself.

use std::collections::BTreeMap;

use statrs::function::gamma::digamma;

use super::InformationError;
use super::nsb::nemenman_shafee_bialek;
use super::sum::sum;

/// How entropy is estimated from counts n_i, N = sum n_i, K of them above zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Estimator {
    /// -sum (n/N) ln(n/N): too low by about (K-1)/2N, useless for N below the number of kinds.
    PlugIn,
    /// Plug-in + (K-1)/2N (Miller 1955).
    MillerMadow,
    /// Horvitz-Thompson sum with coverage 1 - f1/N (Chao and Shen 2003, doi 10.1023/A:1026096204727).
    ChaoShen,
    /// ln N - (1/N) sum n psi(n) (Grassberger 1988, doi 10.1016/0375-9601(88)90193-4, without the alternating term).
    Grassberger,
    /// N H - (N-1)/N sum of plug-ins with one draw left out (Efron and Stein 1981).
    Jackknife,
    /// Posterior mean under a prior flat in entropy (Nemenman, Shafee and Bialek 2002, arXiv:physics/0108025).
    NemenmanShafeeBialek,
}

impl Estimator {
    /// Every estimator.
    pub const ALL: [Self; 6] = [
        Self::PlugIn,
        Self::MillerMadow,
        Self::ChaoShen,
        Self::Grassberger,
        Self::Jackknife,
        Self::NemenmanShafeeBialek,
    ];

    /// The name it is asked for by.
    pub const fn name(self) -> &'static str {
        match self {
            Self::PlugIn => "plug-in",
            Self::MillerMadow => "miller-madow",
            Self::ChaoShen => "chao-shen",
            Self::Grassberger => "grassberger",
            Self::Jackknife => "jackknife",
            Self::NemenmanShafeeBialek => "nsb",
        }
    }
}

impl std::str::FromStr for Estimator {
    type Err = InformationError;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|estimator| estimator.name() == name).ok_or_else(|| {
            let expected = Self::ALL.map(Self::name).join(", ");
            InformationError::UnknownEstimator { found: name.to_owned(), expected }
        })
    }
}

/// The entropy of the source that the counts were drawn from. [nat]
///
/// `alphabet` is the number of kinds there are, seen or not; only `nsb` uses it and needs it. Zero counts are kinds
/// not seen.
///
/// # Errors
///
/// [`InformationError::Counts`] without a draw, with counts that sum above 2^53, for a jackknife of one draw, and for
/// `nsb` without an alphabet or with one smaller than the kinds that were seen.
///
/// # Examples
///
/// ```
/// use szilard::information::{Estimator, entropy_from_counts};
/// let entropy = entropy_from_counts(&[4, 2, 2, 1, 1], Estimator::MillerMadow, None)?;
/// assert!((entropy - 1.67080847632211131).abs() < 1e-15);
/// # Ok::<(), szilard::information::InformationError>(())
/// ```
pub fn entropy_from_counts(
    counts: &[u64],
    estimator: Estimator,
    alphabet: Option<u64>,
) -> Result<f64, InformationError> {
    let sample = Sample::of(counts)?;
    match estimator {
        Estimator::PlugIn => Ok(sample.plug_in()),
        Estimator::MillerMadow => Ok(sample.plug_in() + (sample.seen - 1.0) / (2.0 * sample.total)),
        Estimator::ChaoShen => Ok(sample.chao_shen()),
        Estimator::Grassberger => {
            Ok(sample.total.ln() - sum(sample.kinds().map(|(n, kinds)| kinds * n * digamma(n))) / sample.total)
        }
        Estimator::Jackknife => sample.jackknife(),
        Estimator::NemenmanShafeeBialek => {
            let Some(alphabet) = alphabet else {
                return Err(refused("no alphabet", "the number of kinds there are, which the prior is about"));
            };
            if (alphabet as f64) < sample.seen {
                let found = format!("an alphabet of {alphabet} with {} kinds seen", sample.seen);
                return Err(InformationError::Counts { found, expected: "at least the kinds that were seen" });
            }
            Ok(nemenman_shafee_bialek(&sample, alphabet as f64))
        }
    }
}

fn refused(found: &str, expected: &'static str) -> InformationError {
    InformationError::Counts { found: found.to_owned(), expected }
}

/// The counts, gathered by size: a sum over kinds is a sum over distinct counts.
pub(super) struct Sample {
    sizes: BTreeMap<u64, u64>,
    /// N.
    pub(super) total: f64,
    /// Kinds seen at least once.
    pub(super) seen: f64,
}

impl Sample {
    fn of(counts: &[u64]) -> Result<Self, InformationError> {
        let mut sizes = BTreeMap::new();
        let mut total = 0_u64;
        for count in counts.iter().filter(|count| **count > 0) {
            total = total.saturating_add(*count);
            *sizes.entry(*count).or_insert(0) += 1;
        }
        match total {
            0 => Err(refused("no draws", "at least one")),
            _ if total > 1 << f64::MANTISSA_DIGITS => Err(refused("more than 2^53 draws", "at most 2^53")),
            _ => Ok(Self { seen: sizes.values().sum::<u64>() as f64, sizes, total: total as f64 }),
        }
    }

    /// (n, number of kinds with that count).
    pub(super) fn kinds(&self) -> impl Iterator<Item = (f64, f64)> + '_ {
        self.sizes.iter().map(|(count, kinds)| (*count as f64, *kinds as f64))
    }

    fn plug_in(&self) -> f64 {
        sum(self.kinds().map(|(n, kinds)| kinds * n / self.total * (self.total / n).ln()))
    }

    /// -sum C p ln(C p) / (1 - (1 - C p)^N), C = 1 - f1/N; if every draw is a singleton, f1 is taken as N - 1.
    fn chao_shen(&self) -> f64 {
        let once = self.sizes.get(&1).map_or(0.0, |kinds| *kinds as f64);
        let coverage = 1.0 - if once == self.total { once - 1.0 } else { once } / self.total;
        sum(self.kinds().map(|(n, kinds)| {
            let p = coverage * n / self.total;
            kinds * p * p.ln() / (self.total * (-p).ln_1p()).exp_m1()
        }))
    }

    fn jackknife(&self) -> Result<f64, InformationError> {
        if self.total < 2.0 {
            return Err(refused("one draw", "at least two, of which one can be left out"));
        }
        let x_ln_x = |x: f64| if x > 0.0 { x * x.ln() } else { 0.0 };
        let all = sum(self.kinds().map(|(n, kinds)| kinds * x_ln_x(n)));
        let fewer = self.total - 1.0;
        let left_out = sum(self.kinds().map(|(n, kinds)| {
            let rest = all - x_ln_x(n) + x_ln_x(n - 1.0);
            kinds * n * (fewer.ln() - rest / fewer)
        }));
        Ok(self.total * self.plug_in() - fewer / self.total * left_out)
    }
}

#[cfg(test)]
#[path = "estimators_tests.rs"]
mod tests;
