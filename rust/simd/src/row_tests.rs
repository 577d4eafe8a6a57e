use half::{bf16, f16};

use super::*;
use crate::Logit;

/// Reproducible numbers in [-scale, scale).
fn random(count: usize, mut state: u64, scale: f64) -> Vec<f64> {
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / 2.0_f64.powi(53) * 2.0 * scale - scale
    };
    (0..count).map(|_| next()).collect()
}

fn sums<T: Logit>(logits: &[T], softmax: &Softmax) -> RowSums {
    let mut sums = RowSums::default();
    logits.chunks(BLOCK).for_each(|block| T::absorb(block, &mut sums, softmax).unwrap());
    sums
}

/// The sums by their definition, in f64 and with std's exponential.
fn plain<T: Logit>(logits: &[T], temperature: f64) -> RowSums {
    let values: Vec<f64> = logits.iter().map(|logit| logit.widen()).collect();
    let maximum = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let largest = values.iter().position(|value| *value == maximum).unwrap();
    let mut expected = RowSums { maximum, largest, columns: values.len(), ..RowSums::default() };
    for (place, value) in values.iter().enumerate() {
        let d = (value - maximum) / temperature;
        let w = d.exp();
        if place == largest || w == 0.0 {
            continue;
        }
        let spread = w * logits[place].half_spacing();
        expected.excess += w;
        expected.first += w * d;
        expected.second += w * d * d;
        for (power, sum) in expected.rounding.iter_mut().enumerate() {
            *sum += spread * spread * d.powi(power as i32);
        }
    }
    expected
}

fn near(found: &RowSums, expected: &RowSums, relative: f64, what: &str) {
    assert_eq!((found.maximum, found.columns), (expected.maximum, expected.columns), "{what}");
    let within = |found: f64, expected: f64, error: f64| {
        assert!((found - expected).abs() <= error + 1e-290, "{what}: {found:e}, expected {expected:e}");
    };
    let sums = |sums: &RowSums| [sums.excess, sums.first, sums.second];
    for (found, expected) in sums(found).into_iter().zip(sums(expected)) {
        within(found, expected, relative * expected.abs());
    }
    // Without the weights below e^-7 of the largest one of their block: 2048 of them would be 2e-3.
    for (found, expected) in found.rounding.into_iter().zip(expected.rounding) {
        within(found, expected, 2e-3 * expected.abs());
    }
}

fn every_way<T: Logit>(values: &[f64], narrow: fn(f64) -> T) {
    let logits: Vec<T> = values.iter().map(|value| narrow(*value)).collect();
    for temperature in [1.0, 0.7, 3.0] {
        let expected = plain(&logits, temperature);
        for set in InstructionSet::available() {
            let what = format!("{} {} at {temperature}, {} logits", T::NAME, set.name(), values.len());
            let softmax = Softmax::new(temperature, true).with_instructions(set);
            near(&sums(&logits, &softmax), &expected, 1e-13, &what);
            // f32 has no weights below e^-86; what they are of the sums is far below the tolerance here.
            let softmax = Softmax::new(temperature, false).with_instructions(set);
            near(&sums(&logits, &softmax), &expected, 3e-6, &format!("{what}, fast"));
        }
    }
}

#[test]
fn the_sums_are_those_of_the_definition_with_all_instructions() {
    for count in [1, 2, 3, 7, 8, 15, 16, 17, 63, 64, 65, 127, 2047, 2048, 2049, 5000, 40_000] {
        let values = random(count, count as u64, 9.0);
        every_way(&values, |value| value);
        every_way(&values, |value| value as f32);
        every_way(&values, f16::from_f64);
        every_way(&values, bf16::from_f64);
        // Rising numbers: every block has a new largest one.
        let mut rising = values;
        rising.sort_by(f64::total_cmp);
        every_way(&rising, |value| value as f32);
    }
}

#[test]
fn a_mask_has_no_weight_and_the_limit_of_cold_has_only_ties() {
    for set in InstructionSet::available() {
        for exact in [true, false] {
            let softmax = Softmax::new(1.0, exact).with_instructions(set);
            let mut logits = vec![f32::NEG_INFINITY; 5000];
            (logits[70], logits[4000]) = (2.0, 2.0);
            logits[4999] = f32::MIN;
            let found = sums(&logits, &softmax);
            assert_eq!((found.maximum, found.largest, found.excess, found.first), (2.0, 70, 1.0, 0.0));
            assert_eq!(sums(&[f32::NEG_INFINITY; 100], &softmax).maximum, f64::NEG_INFINITY);
            for temperature in [0.0, 1e-300, 1e-310] {
                let cold = Softmax::new(temperature, exact).with_instructions(set);
                logits[71] = 1.99;
                assert_eq!((sums(&logits, &cold).excess, sums(&logits, &cold).second), (1.0, 0.0));
            }
        }
        let softmax = Softmax::new(1.0, true).with_instructions(set);
        // A difference that overflows, in both orders.
        assert_eq!(sums(&[f64::MAX, f64::MIN, f64::MAX], &softmax).excess, 1.0);
        assert_eq!(sums(&[f64::MIN, f64::MAX], &softmax).excess, 0.0);
        // The rounding of a limit beside a huge number lets nothing through that is out of reach.
        let steps: Vec<f64> = (0..4000).map(|step| 1e18 - 128.0 * f64::from(step)).collect();
        assert!(
            (sums(&steps, &softmax).excess / ((-128.0_f64).exp() / (1.0 - (-128.0_f64).exp())) - 1.0).abs() < 1e-12
        );
    }
    let large: Vec<f32> = [1e30, 0.0, 1e30].to_vec();
    let found = sums(&large, &Softmax::new(1.0, false));
    assert!(found.excess == 1.0 && found.rounding[0].is_finite() && found.rounding[0] > 1e44);
}

#[test]
fn what_is_no_logit_is_found_and_leaves_the_sums() {
    fn check<T: Logit>(narrow: fn(f64) -> T) {
        for set in InstructionSet::available() {
            let softmax = Softmax::new(1.0, true).with_instructions(set);
            for wrong in [f64::NAN, -f64::NAN, f64::INFINITY] {
                for place in [0, 5, 16, 2000, 2047] {
                    let mut logits: Vec<T> = random(2048, 5, 4.0).into_iter().map(narrow).collect();
                    let mut found = sums(&logits, &softmax);
                    let before = found.clone();
                    logits[place] = narrow(wrong);
                    assert_eq!(T::absorb(&logits, &mut found, &softmax), Err(place));
                    assert_eq!(T::absorb(&logits[place..=place], &mut found, &softmax), Err(0));
                    assert_eq!(found, before);
                }
            }
        }
    }
    check(|value| value);
    check(|value| value as f32);
    check(f16::from_f64);
    check(bf16::from_f64);
}
