//! The Nemenman-Shafee-Bialek posterior mean, integrated in log space.

use statrs::function::gamma::{digamma, ln_gamma};

use super::estimators::Sample;
use super::sum::sum;

/// Points of the trapezoid rule, which converges exponentially on an integrand that vanishes at both ends.
const POINTS: usize = 1024;
/// How far below its peak the logarithm of the integrand is left out: e^-45 = 3e-20.
const DEPTH: f64 = 45.0;

/// The posterior mean entropy under Dirichlet(beta) priors weighted flat in their mean entropy xi(beta). [nat]
///
/// xi = psi(K beta + 1) - psi(beta + 1); integrated over t = ln beta with the weight dxi/dt rho(beta), rho being the
/// likelihood of the counts. The window is narrowed onto the peak until it holds all of it and little else.
///
/// Reference: I. Nemenman, F. Shafee, W. Bialek, NIPS 14 (2002), arXiv:physics/0108025.
pub(super) fn nemenman_shafee_bialek(sample: &Sample, alphabet: f64) -> f64 {
    if alphabet <= 1.0 {
        return 0.0;
    }
    let (mut low, mut high) = (-40.0 - alphabet.ln(), 40.0);
    let mut grid = Vec::new();
    // A peak of width w within a window of width L is met once L/POINTS < w; each pass narrows the window to it.
    for _ in 0..6 {
        let step = (high - low) / (POINTS - 1) as f64;
        grid =
            (0..POINTS).map(|index| low + step * index as f64).map(|t| (t, ln_weight(sample, alphabet, t))).collect();
        let peak = grid.iter().map(|(_, weight)| *weight).fold(f64::NEG_INFINITY, f64::max);
        let mut inside = grid.iter().filter(|(_, weight)| *weight > peak - DEPTH).map(|(t, _)| *t);
        let first = inside.next().unwrap_or(low);
        let last = inside.next_back().unwrap_or(first);
        let (narrow, wide) = (last - first + 2.0 * step, high - low);
        if narrow > 0.5 * wide {
            break;
        }
        (low, high) = (first - step, last + step);
    }
    let peak = grid.iter().map(|(_, weight)| *weight).fold(f64::NEG_INFINITY, f64::max);
    let weighted = |of: &dyn Fn(f64) -> f64| sum(grid.iter().map(|(t, weight)| of(t.exp()) * (weight - peak).exp()));
    weighted(&|beta| posterior_mean(sample, alphabet, beta)) / weighted(&|_| 1.0)
}

/// E[H | counts, beta] = psi(N + K beta + 1) - sum (n + beta)/(N + K beta) psi(n + beta + 1). [nat]
fn posterior_mean(sample: &Sample, alphabet: f64, beta: f64) -> f64 {
    let total = sample.total + alphabet * beta;
    let unseen = alphabet - sample.seen;
    let term = |n: f64, kinds: f64| kinds * (n + beta) / total * digamma(n + beta + 1.0);
    digamma(total + 1.0) - sum(sample.kinds().map(|(n, kinds)| term(n, kinds))) - term(0.0, unseen)
}

/// ln of (dxi/dt rho) at t = ln beta, up to a constant.
fn ln_weight(sample: &Sample, alphabet: f64, t: f64) -> f64 {
    let beta = t.exp();
    let likelihood = sum(sample.kinds().map(|(n, kinds)| kinds * ln_rising(beta, n)));
    t + xi_slope(alphabet, beta).ln() + likelihood - ln_rising(alphabet * beta, sample.total)
}

/// ln Gamma(x + n) - ln Gamma(x) for n >= 1, without the cancellation of two large logarithms.
fn ln_rising(x: f64, n: f64) -> f64 {
    if x < 16.0 {
        // Gamma(x) = Gamma(x + 1)/x keeps the digits of a small x.
        return ln_gamma(x + n) - ln_gamma(x + 1.0) + x.ln();
    }
    let stirling =
        |x: f64| (1.0 / 12.0 - (1.0 / 360.0 - (1.0 / 1260.0 - 1.0 / (1680.0 * x * x)) / (x * x)) / (x * x)) / x;
    (x + n - 0.5) * (n / x).ln_1p() - n + n * x.ln() + stirling(x + n) - stirling(x)
}

/// dxi/dbeta = K psi'(K beta + 1) - psi'(beta + 1), positive for K > 1.
fn xi_slope(alphabet: f64, beta: f64) -> f64 {
    if beta < 16.0 {
        return alphabet * trigamma_above(alphabet * beta) - trigamma_above(beta);
    }
    // psi'(x + 1) = 1/x + g(x), and K/(K beta) - 1/beta vanishes.
    alphabet * trigamma_tail(alphabet * beta) - trigamma_tail(beta)
}

/// psi'(x + 1) for x >= 0.
fn trigamma_above(x: f64) -> f64 {
    if x >= 16.0 {
        return 1.0 / x + trigamma_tail(x);
    }
    let shifted = x + 16.0;
    sum((1..=16).map(|step| (x + f64::from(step)).powi(-2))) + 1.0 / shifted + trigamma_tail(shifted)
}

/// psi'(x + 1) - 1/x for x >= 16, by the asymptotic series.
fn trigamma_tail(x: f64) -> f64 {
    let square = 1.0 / (x * x);
    square * (-0.5 + (1.0 / 6.0 - square * (1.0 / 30.0 - square * (1.0 / 42.0 - square / 30.0))) / x)
}
