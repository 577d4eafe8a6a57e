//! Whether two groups of runs differ: an exact test.

/// Most arrangements that are looked at one by one.
const MOST: u64 = 2_000_000;

/// How the runs were arranged for the test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Design {
    /// One of each in turn: what drifts meanwhile meets both alike.
    Paired,
    /// In any order: a drift between the groups cannot be told from a difference.
    Unpaired,
}

impl Design {
    /// The word for tables.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Paired => "paired",
            Self::Unpaired => "unpaired",
        }
    }
}

/// A two-sided test of the difference of two means.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Significance {
    /// Share of all arrangements whose means differ by as much as those found, or more.
    pub p: f64,
    /// Number of arrangements.
    pub arrangements: u64,
    /// How the runs were arranged.
    pub design: Design,
}

/// The exact permutation test of the difference of two means; `None` where there are none in a group or more than
/// 2 000 000 arrangements.
///
/// If the groups do not differ, every arrangement of the runs among them is as likely as the one found. Unpaired, these
/// are the (m + n)!/(m! n!) choices of m runs; paired, the 2ⁿ exchanges within pairs. The least p of 5 against 5 runs is
/// 2/252; of 5 pairs 2/32. Nothing is assumed about the distribution of the runs.
///
/// # Examples
/// ```
/// use szilard::energy::{Design, significance};
///
/// let found = significance(&[1.0, 2.0, 3.0, 4.0, 5.0], &[6.0, 7.0, 8.0, 9.0, 10.0], Design::Unpaired).unwrap();
/// assert_eq!((found.p, found.arrangements), (2.0 / 252.0, 252));
/// ```
///
/// Reference: R. A. Fisher, The Design of Experiments, Oliver and Boyd 1935, section 21; E. J. G. Pitman, Significance
/// tests which may be applied to samples from any populations, Suppl. J. R. Stat. Soc. 4 (1937) 119.
pub fn significance(one: &[f64], other: &[f64], design: Design) -> Option<Significance> {
    if one.is_empty() || other.is_empty() {
        return None;
    }
    let mut tally = Tally::default();
    match design {
        Design::Paired => {
            if one.len() != other.len() || one.len() > 20 {
                return None;
            }
            let differences: Vec<f64> = one.iter().zip(other).map(|(one, other)| one - other).collect();
            tally.found = differences.iter().sum::<f64>().abs();
            tally.size = differences.iter().map(|difference| difference.abs()).sum();
            for signs in 0..1u64 << differences.len() {
                let sign = |index: usize| if signs >> index & 1 == 1 { -1.0 } else { 1.0 };
                tally.take(differences.iter().enumerate().map(|(index, d)| sign(index) * d).sum());
            }
        }
        Design::Unpaired => {
            let (m, n) = (one.len(), other.len());
            if choices(m + n, m).is_none_or(|count| count > MOST) {
                return None;
            }
            let all: Vec<f64> = one.iter().chain(other).copied().collect();
            let mean = all.iter().sum::<f64>() / all.len() as f64;
            // less the mean of all, the mean of one group fixes that of the other
            let centred: Vec<f64> = all.iter().map(|value| value - mean).collect();
            tally.found = centred.iter().take(m).sum::<f64>().abs();
            tally.size = centred.iter().map(|value| value.abs()).sum();
            choose(&centred, m, 0.0, &mut tally);
        }
    }
    Some(Significance { p: tally.as_far as f64 / tally.all as f64, arrangements: tally.all, design })
}

/// Arrangements so far.
#[derive(Default)]
struct Tally {
    found: f64,
    /// Sum of the magnitudes, to which the rounding of a sum is relative.
    size: f64,
    all: u64,
    as_far: u64,
}

impl Tally {
    fn take(&mut self, sum: f64) {
        self.all += 1;
        self.as_far += u64::from(sum.abs() >= self.found - 1e-12 * self.size);
    }
}

/// Every sum of `count` of the values, with what was chosen before. It nests no deeper than there are values.
fn choose(values: &[f64], count: usize, sum: f64, tally: &mut Tally) {
    match (values.split_first(), count) {
        (_, 0) => tally.take(sum),
        (Some((first, rest)), _) if values.len() >= count => {
            choose(rest, count - 1, sum + first, tally);
            choose(rest, count, sum, tally);
        }
        _ => {}
    }
}

/// n!/(k! (n - k)!).
fn choices(n: usize, k: usize) -> Option<u64> {
    (1..=k.min(n - k) as u64).try_fold(1u64, |count, step| Some(count.checked_mul(n as u64 + 1 - step)? / step))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_p_is_two_in_all_arrangements() {
        // landauer-gap's Mann-Whitney test has the same p where the groups lie apart: 2/C(6,3)
        let found = significance(&[1.0, 2.0, 3.0], &[4.0, 5.0, 6.0], Design::Unpaired).unwrap();
        assert_eq!((found.p, found.arrangements), (0.1, 20));
        let paired = significance(&[1.0, 2.0, 3.0, 4.0, 5.0], &[1.1, 2.1, 3.1, 4.1, 5.1], Design::Paired).unwrap();
        assert_eq!((paired.p, paired.arrangements), (2.0 / 32.0, 32));
    }

    #[test]
    fn what_does_not_differ_has_p_one() {
        assert_eq!(significance(&[1.0, 1.0], &[1.0, 1.0], Design::Unpaired).unwrap().p, 1.0);
        // differences +1 and -1: every exchange is as far as none
        assert_eq!(significance(&[2.0, 1.0], &[1.0, 2.0], Design::Paired).unwrap().p, 1.0);
    }

    #[test]
    fn pairs_see_what_a_drift_hides() {
        // a drift of 1 from pair to pair, ten times the difference: exchanging at will does not see it
        let (one, other) = ([1.0, 2.0, 3.0, 4.0, 5.0, 6.0], [1.1, 2.1, 3.1, 4.1, 5.1, 6.1]);
        assert!(significance(&one, &other, Design::Unpaired).unwrap().p > 0.8);
        assert_eq!(significance(&one, &other, Design::Paired).unwrap().p, 2.0 / 64.0);
    }

    #[test]
    fn what_is_too_many_is_not_guessed() {
        let many: Vec<f64> = (0..60).map(f64::from).collect();
        assert_eq!(significance(&many, &many, Design::Unpaired), None);
        assert_eq!(significance(&many, &many, Design::Paired), None);
        assert_eq!(significance(&[], &many, Design::Unpaired), None);
    }
}
