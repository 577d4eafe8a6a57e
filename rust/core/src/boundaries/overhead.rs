//! PUE, cooling share and the load factors of a site from those of them that are known.

use super::cooling::number;
use super::error::ChainError;
use crate::quantity::Quantity;

/// A value with what bounds it from below and from above; both are the same where it is known.
#[derive(Debug, Clone)]
pub struct Bounds {
    /// Lower bound.
    pub low: Quantity,
    /// Upper bound; `None` where nothing bounds it.
    pub high: Option<Quantity>,
}

impl Bounds {
    /// Whether both bounds are one value.
    pub fn is_known(&self) -> bool {
        self.high.as_ref().is_some_and(|high| high.value() == self.low.value())
    }
}

/// The overhead of a site: each ratio is known or lies between bounds.
#[derive(Debug, Clone)]
pub struct Overhead {
    /// Site energy over IT energy, 1 + c + o. [1]
    pub pue: Bounds,
    /// Cooling over site energy, c/PUE. [1]
    pub cooling_share: Bounds,
    /// Cooling load factor c, cooling over IT energy. [1]
    pub cooling_load: Bounds,
    /// Load factor o of everything else: supplies, transformers and distribution (PLF), lighting. [1]
    pub other_load: Bounds,
}

/// The ratios of which one or two are given.
#[derive(Debug, Clone, Default)]
pub struct KnownOverhead {
    /// Site energy over IT energy. [1]
    pub pue: Option<Quantity>,
    /// Cooling over site energy. [1]
    pub cooling_share: Option<Quantity>,
    /// Cooling over IT energy. [1]
    pub cooling_load: Option<Quantity>,
    /// All other overhead over IT energy. [1]
    pub other_load: Option<Quantity>,
}

/// All four ratios from one or two of them.
///
/// PUE = 1 + c + o and s = c/PUE with c, o >= 0 are two equations for four ratios. Two of them give the others; one of
/// them bounds the others:
///
/// | given | PUE | s | c | o |
/// |---|---|---|---|---|
/// | PUE | | 0 to 1 - 1/PUE | 0 to PUE - 1 | 0 to PUE - 1 |
/// | s | from 1/(1 - s) | | from s/(1 - s) | from 0 |
/// | c | from 1 + c | 0 to c/(1 + c) | | from 0 |
/// | o | from 1 + o | 0 to 1 | from 0 | |
///
/// # Errors
/// [`ChainError::Count`] for none or more than two ratios, [`ChainError::Range`] for one out of range or two that
/// contradict each other, and numbers that have a unit.
///
/// ```
/// use szilard::boundaries::{KnownOverhead, overhead};
///
/// let known = KnownOverhead { pue: "1.40".parse().ok(), ..KnownOverhead::default() };
/// let found = overhead(&known).unwrap();
/// // at PUE 1.40 all overhead is 28.6 % of the site: cooling is at most that
/// assert!((found.cooling_share.high.unwrap().value() - 0.285_714).abs() < 1e-6);
/// ```
pub fn overhead(known: &KnownOverhead) -> Result<Overhead, ChainError> {
    let one = Quantity::number(1.0)?;
    let zero = Quantity::number(0.0)?;
    let not_negative = |name: &str, value: &Quantity| number(name, value, "at least 0", &|value| value >= 0.0);
    let above_one = |value: &Quantity| number("pue", value, "at least 1", &|value| value >= 1.0);
    let a_share =
        |value: &Quantity| number("cooling share", value, "at least 0 and below 1", &|s| (0.0..1.0).contains(&s));
    let given = [&known.pue, &known.cooling_share, &known.cooling_load, &known.other_load];
    let pue = known.pue.as_ref().map(above_one).transpose()?;
    let share = known.cooling_share.as_ref().map(a_share).transpose()?;
    let cooling = known.cooling_load.as_ref().map(|c| not_negative("cooling load factor", c)).transpose()?;
    let other = known.other_load.as_ref().map(|o| not_negative("other load factor", o)).transpose()?;
    let from = |low: Quantity| Bounds { low, high: None };
    let up_to = |high: Quantity| Bounds { low: zero.clone(), high: Some(high) };
    let exactly = |value: &Quantity| Bounds { low: value.clone(), high: Some(value.clone()) };
    let (cooling, other) = match (pue, share, cooling, other) {
        (Some(pue), None, None, None) => {
            let all = pue.minus(&one)?;
            let share = up_to(one.minus(&one.over(&pue)?)?);
            return Ok(Overhead {
                pue: exactly(&pue),
                cooling_share: share,
                cooling_load: up_to(all.clone()),
                other_load: up_to(all),
            });
        }
        (None, Some(share), None, None) => {
            let rest = one.minus(&share)?;
            return Ok(Overhead {
                pue: from(one.over(&rest)?),
                cooling_load: from(share.over(&rest)?),
                cooling_share: exactly(&share),
                other_load: from(zero),
            });
        }
        (None, None, Some(cooling), None) => {
            let least = one.plus(&cooling)?;
            return Ok(Overhead {
                cooling_share: up_to(cooling.over(&least)?),
                pue: from(least),
                cooling_load: exactly(&cooling),
                other_load: from(zero),
            });
        }
        (None, None, None, Some(other)) => {
            return Ok(Overhead {
                pue: from(one.plus(&other)?),
                cooling_share: up_to(one),
                cooling_load: from(zero),
                other_load: exactly(&other),
            });
        }
        (Some(pue), Some(share), None, None) => {
            let cooling = share.times(&pue)?;
            let other = pue.minus(&one)?.minus(&cooling)?;
            (cooling, other)
        }
        (Some(pue), None, Some(cooling), None) => {
            let other = pue.minus(&one)?.minus(&cooling)?;
            (cooling, other)
        }
        (Some(pue), None, None, Some(other)) => (pue.minus(&one)?.minus(&other)?, other),
        (None, Some(share), Some(cooling), None) => {
            let share = number("cooling share", &share, "above 0 beside a load factor", &|s| s > 0.0)?;
            let other = cooling.over(&share)?.minus(&one)?.minus(&cooling)?;
            (cooling, other)
        }
        (None, Some(share), None, Some(other)) => (share.times(&one.plus(&other)?)?.over(&one.minus(&share)?)?, other),
        (None, None, Some(cooling), Some(other)) => (cooling, other),
        _ => {
            let needs = "one or two of PUE, cooling share, cooling load and other load";
            return Err(ChainError::Count { needs, found: given.into_iter().flatten().count() });
        }
    };
    // what binary arithmetic leaves of a difference of equal numbers is no contradiction
    let left = |name: &str, part: &Quantity| {
        let found = (part.value() * 1e9).round() / 1e9;
        let (name, what, range) = (name.to_owned(), "what the other ratios leave", "at least 0");
        if found >= 0.0 { Ok(()) } else { Err(ChainError::Range { name, what, range, found }) }
    };
    left("cooling load factor", &cooling)?;
    left("other load factor", &other)?;
    let pue = one.plus(&cooling)?.plus(&other)?;
    Ok(Overhead {
        cooling_share: exactly(&cooling.over(&pue)?),
        pue: exactly(&pue),
        cooling_load: exactly(&cooling),
        other_load: exactly(&other),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(
        pue: Option<f64>,
        share: Option<f64>,
        cooling: Option<f64>,
        other: Option<f64>,
    ) -> Result<Overhead, ChainError> {
        let number = |value: Option<f64>| value.map(|value| Quantity::number(value).unwrap());
        let (pue, cooling_share) = (number(pue), number(share));
        overhead(&KnownOverhead { pue, cooling_share, cooling_load: number(cooling), other_load: number(other) })
    }

    fn ends(bounds: &Bounds) -> (f64, f64) {
        (bounds.low.value(), bounds.high.as_ref().map_or(f64::INFINITY, Quantity::value))
    }

    fn close(bounds: &Bounds, low: f64, high: f64) {
        let (found, upper) = ends(bounds);
        assert!((found - low).abs() < 1e-12 && (upper == high || (upper - high).abs() < 1e-12), "{found} {upper}");
    }

    const NONE: f64 = f64::INFINITY;

    #[test]
    fn one_ratio_bounds_the_others() {
        let found = of(None, Some(0.3), None, None).unwrap();
        close(&found.pue, 1.0 / 0.7, NONE); // 30 % of cooling: PUE at least 1.43
        close(&found.cooling_load, 0.3 / 0.7, NONE);
        let found = of(None, None, Some(0.2), None).unwrap();
        close(&found.pue, 1.2, NONE);
        close(&found.cooling_share, 0.0, 0.2 / 1.2);
        let found = of(None, None, None, Some(0.1)).unwrap();
        close(&found.pue, 1.1, NONE);
        close(&found.cooling_share, 0.0, 1.0);
        let found = of(Some(1.4), None, None, None).unwrap();
        close(&found.other_load, 0.0, 0.4);
    }

    #[test]
    fn any_two_ratios_give_all_four() {
        // 100 IT, 30 cooling, 10 other: PUE 1.4, cooling share 30/140
        let (pue, share, cooling, other) = (1.4, 0.3 / 1.4, 0.3, 0.1);
        for found in [
            of(Some(pue), Some(share), None, None),
            of(Some(pue), None, Some(cooling), None),
            of(Some(pue), None, None, Some(other)),
            of(None, Some(share), Some(cooling), None),
            of(None, Some(share), None, Some(other)),
            of(None, None, Some(cooling), Some(other)),
        ] {
            let found = found.unwrap();
            close(&found.pue, pue, pue);
            close(&found.cooling_share, share, share);
            close(&found.cooling_load, cooling, cooling);
            close(&found.other_load, other, other);
        }
    }

    #[test]
    fn two_ratios_may_contradict_each_other() {
        // 30 % of cooling cannot be at PUE 1.40, where all overhead is 28.6 %
        let error = of(Some(1.4), Some(0.3), None, None).unwrap_err().to_string();
        assert!(error == "other load factor: what the other ratios leave must be at least 0, found -0.02", "{error}");
        assert!(of(Some(1.2), None, Some(0.3), None).is_err());
        assert!(of(None, Some(0.0), Some(0.3), None).is_err());
        assert!(matches!(of(None, None, None, None), Err(ChainError::Count { found: 0, .. })));
        assert!(matches!(of(Some(1.4), Some(0.2), Some(0.28), None), Err(ChainError::Count { found: 3, .. })));
        assert!(of(Some(0.9), None, None, None).is_err() && of(None, Some(1.0), None, None).is_err());
        // cooling is all there is
        assert!(of(Some(1.0 / 0.7), Some(0.3), None, None).is_ok());
    }
}
