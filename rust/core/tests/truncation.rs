//! Of 10^5 random distributions only the top is shown: the interval holds the entropy, and tightens with every token.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

use szilard::information::{TopK, entropy_bounds};

const ROWS: usize = 100_000;

/// Reproducible numbers in [0, 1).
struct Random(u64);

impl Random {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / 2.0_f64.powi(53)
    }
}

/// A distribution over 2 to 60 tokens, from nearly uniform to nearly certain, the likeliest first.
fn distribution(random: &mut Random) -> Vec<f64> {
    let tokens = 2 + (random.next() * 59.0) as usize;
    let scale = 0.01 * 4000.0_f64.powf(random.next());
    let mut weights: Vec<f64> = (0..tokens).map(|_| (scale * (random.next() - 1.0)).exp()).collect();
    weights.sort_by(|a, b| b.total_cmp(a));
    let total: f64 = weights.iter().sum();
    weights.into_iter().map(|weight| weight / total).collect()
}

fn entropy(p: &[f64]) -> f64 {
    p.iter().filter(|p| **p > 0.0).map(|p| -p * p.ln()).sum()
}

#[test]
fn the_interval_holds_the_entropy_and_tightens_with_every_token() {
    let mut random = Random(1929);
    // The sums of this test and of the interval differ by a few roundings.
    let rounding = 1e-9;
    let (mut partial_below, mut renormalised_below, mut open) = (0, 0, 0);
    for _ in 0..ROWS {
        let p = distribution(&mut random);
        let exact = entropy(&p);
        let first = 1 + (random.next() * (p.len() - 1) as f64) as usize;
        let mut before = (0.0, f64::INFINITY);
        for k in [first, (first + 1).min(p.len())] {
            let token = TopK { top: p[..k].iter().map(|p| p.ln()).collect(), ..TopK::default() };
            let interval = entropy_bounds(&[token], Some(p.len() as u64)).unwrap().intervals[0].unwrap();
            let upper = interval.upper.unwrap();
            assert!(interval.lower <= exact + rounding && exact <= upper + rounding, "{p:?} {k}: {interval:?}");
            assert!(interval.lower >= before.0 - rounding && upper <= before.1 + rounding, "{p:?} {k}: {before:?}");
            before = (interval.lower, upper);
        }
        // What other tools answer: the sum over the list, and the entropy of the list made to sum to one.
        let listed = &p[..first];
        let mass: f64 = listed.iter().sum();
        let renormalised: Vec<f64> = listed.iter().map(|p| p / mass).collect();
        let token = TopK { top: listed.iter().map(|p| p.ln()).collect(), ..TopK::default() };
        let lower = entropy_bounds(&[token], Some(p.len() as u64)).unwrap().intervals[0].unwrap().lower;
        assert!(entropy(listed) <= lower + rounding && entropy(&renormalised) <= lower + rounding);
        if mass < 0.999 {
            open += 1;
            partial_below += usize::from(entropy(listed) < lower - rounding);
            renormalised_below += usize::from(entropy(&renormalised) < lower - rounding);
        }
    }
    // Where a real tail is left, both lie outside of the interval, and not only at its end.
    assert!(open > ROWS / 2, "{open}");
    assert_eq!((partial_below, renormalised_below), (open, open));
}

#[test]
fn the_mean_over_tokens_is_held_by_the_mean_interval() {
    let mut random = Random(7);
    let rows: Vec<Vec<f64>> =
        std::iter::repeat_with(|| distribution(&mut random)).filter(|p| p.len() <= 60).take(1000).collect();
    let tokens: Vec<TopK> = rows
        .iter()
        .map(|p| TopK { top: p[..p.len().min(5)].iter().map(|p| p.ln()).collect(), ..TopK::default() })
        .collect();
    let mean = entropy_bounds(&tokens, Some(60)).unwrap().mean(szilard::information::Base::NAT).unwrap();
    let exact = rows.iter().map(|p| entropy(p)).sum::<f64>() / rows.len() as f64;
    assert!(mean.lower <= exact && exact <= mean.upper.unwrap(), "{mean:?} {exact}");
}
