//! Summation whose error does not grow with the number of terms.

/// A running sum that carries what each addition rounded off (Neumaier 1974, doi 10.1002/zamm.19740540106).
///
/// |error| <= 2 eps |sum| + O(n eps^2) sum |terms|: for terms of one sign, two units in the last place.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct CompensatedSum {
    sum: f64,
    carry: f64,
}

impl CompensatedSum {
    /// Adds a term.
    pub(super) fn add(&mut self, term: f64) {
        let sum = self.sum + term;
        self.carry += if self.sum.abs() >= term.abs() { (self.sum - sum) + term } else { (term - sum) + self.sum };
        self.sum = sum;
    }

    /// The sum so far.
    pub(super) fn total(self) -> f64 {
        // An infinite term makes the carry NaN; the sum itself is right then.
        if self.sum.is_finite() { self.sum + self.carry } else { self.sum }
    }
}

/// The compensated sum of the terms.
pub(super) fn sum(terms: impl IntoIterator<Item = f64>) -> f64 {
    let mut running = CompensatedSum::default();
    terms.into_iter().for_each(|term| running.add(term));
    running.total()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_terms_are_not_lost_beside_a_large_one() {
        assert_eq!(sum([1e100, 1.0, -1e100]), 1.0);
        // 1 + 10^6 x 10^-16: every addition alone would round back to 1.
        let total = sum(std::iter::once(1.0).chain((0..1_000_000).map(|_| 1e-16)));
        assert!((total - (1.0 + 1e-10)).abs() < 1e-15);
        assert_eq!(sum([1.0, f64::INFINITY]), f64::INFINITY);
    }
}
