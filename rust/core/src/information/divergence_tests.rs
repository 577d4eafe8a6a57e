use ndarray::{Array2, array};

use super::*;
use crate::information::truncated_divergence;

fn random(count: usize, mut state: u64, scale: f64) -> Vec<f64> {
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / 2.0_f64.powi(53) * 2.0 * scale - scale
    };
    (0..count).map(|_| next()).collect()
}

fn of(p: Vec<f64>, q: Vec<f64>) -> (f64, f64) {
    let row = |logits: Vec<f64>| Array2::from_shape_vec((1, logits.len()), logits).unwrap();
    let found = divergence(row(p).view(), row(q).view(), &EntropyOptions::default()).unwrap();
    (found.kullback_leibler[0], found.jensen_shannon[0])
}

#[test]
fn sixty_digit_arithmetic_agrees_for_near_and_far_models() {
    // Expected: tests/oracles/entropy_oracle.py. The near model differs by 1e-6 a logit: D is of the order 1e-13.
    let p = random(200, 1, 3.0);
    let near: Vec<f64> = p.iter().zip(random(200, 2, 1.0)).map(|(x, y)| x + 1e-6 * y).collect();
    let (leibler, shannon) = of(p.clone(), near);
    assert!((leibler / 1.7499405237595417e-13 - 1.0).abs() < 1e-8, "{leibler:e}");
    assert!((shannon / 4.3748512832982204e-14 - 1.0).abs() < 1e-8, "{shannon:e}");
    let (leibler, shannon) = of(p, random(200, 3, 3.0));
    assert!((leibler - 1.8751331156153546).abs() < 1e-14 && (shannon - 0.33425976853146827).abs() < 1e-14);
}

#[test]
fn equal_models_do_not_diverge_and_disjoint_ones_do_without_bound() {
    assert_eq!(of(random(50, 1, 5.0), random(50, 1, 5.0)), (0.0, 0.0));
    let mask = f64::NEG_INFINITY;
    assert_eq!(of(vec![0.0, mask], vec![mask, 0.0]), (f64::INFINITY, LN_2));
    // A token that only q allows costs nothing in D but its share of p: D = ln 2, JS = (ln 4/3 + ...) below ln 2.
    let (leibler, shannon) = of(vec![0.0, mask], vec![0.0, 0.0]);
    assert!((leibler - LN_2).abs() < 1e-15 && shannon > 0.0 && shannon < LN_2);
}

#[test]
fn the_dtypes_may_differ_and_the_shapes_may_not() {
    let (p, q) = (array![[0.0_f32, 1.0]], array![[0.0_f64, 1.0]]);
    assert_eq!(divergence(p.view(), q.view(), &EntropyOptions::default()).unwrap().kullback_leibler, [0.0]);
    let q = array![[0.0_f64, 1.0, 2.0]];
    let error = divergence(p.view(), q.view(), &EntropyOptions::default()).unwrap_err();
    assert_eq!(error, InformationError::ShapeMismatch { p: (1, 2), q: (1, 3) });
}

#[test]
fn truncated_lists_bound_the_divergence_of_the_whole() {
    let (p, q) = ([0.5, 0.2, 0.1, 0.15, 0.05], [0.3, 0.25, 0.2, 0.05, 0.2]);
    let ln = |values: [f64; 5]| values.map(f64::ln).to_vec();
    let (leibler, shannon) = of(ln(p), ln(q));
    for known in 0..=5 {
        let bounds = truncated_divergence(&p[..known], &q[..known]).unwrap();
        assert!(bounds.kullback_leibler_lower <= leibler + 1e-15);
        assert!(bounds.jensen_shannon_lower <= shannon + 1e-15 && shannon <= bounds.jensen_shannon_upper + 1e-15);
    }
    assert!((truncated_divergence(&p, &q).unwrap().kullback_leibler_lower - leibler).abs() < 1e-15);
    assert!(truncated_divergence(&[0.5], &[0.5, 0.1]).is_err());
    assert!(truncated_divergence(&[0.9, 0.9], &[0.5, 0.1]).is_err());
    assert!(truncated_divergence(&[f64::NAN], &[0.5]).is_err());
}

#[test]
fn totals_that_cannot_be_divided_by_are_refused() {
    assert!(bits_per_byte(1.0, 0.0).is_err() && bits_per_byte(1.0, f64::NAN).is_err());
    assert!(quantisation_loss(0.0, 1.0).is_err());
    // Twice the perplexity is one bit.
    assert!((quantisation_loss(5.0, 10.0).unwrap() - LN_2).abs() < 1e-15);
}
