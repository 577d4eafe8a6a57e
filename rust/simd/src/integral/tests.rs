use super::*;

/// Multiplicative congruential numbers of 64 bits.
fn random(state: &mut u64) -> u64 {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    *state >> 11
}

/// Values of 50 bits in units of 2^-44, a part of them zero, at intervals of about 0.1 s, a part of them long. [ns]
fn series(samples: usize, state: &mut u64) -> (Vec<i64>, Vec<i64>) {
    let mut now = 0;
    let step = |state: &mut u64| {
        if random(state).is_multiple_of(100) { 3_000_000_000 } else { (random(state) % (1 << 27)) as i64 }
    };
    let value = |state: &mut u64| match random(state) % 20 {
        0 => 0,
        1 => -((1 << 40) + (random(state) % (1 << 49)) as i64),
        _ => (1 << 40) + (random(state) % (1 << 49)) as i64,
    };
    (0..samples)
        .map(|_| {
            now += step(state);
            (now, value(state))
        })
        .unzip()
}

fn machines() -> impl Iterator<Item = InstructionSet> {
    InstructionSet::available().filter(|set| set.name() != "portable")
}

const LIMIT: i64 = 2_000_000_000;

#[test]
fn a_block_is_the_exact_sum() {
    let mut state = 1;
    for case in 0..300 {
        let (time, units) = series(10 + (random(&mut state) % 5000) as usize, &mut state);
        let value: Vec<f64> = units.iter().map(|units| *units as f64 * 2f64.powi(-44)).collect();
        for set in machines() {
            let sum = Integrator::new(LIMIT).with_instructions(set).block(&time, &value).unwrap();
            let kept = |at: usize| Some(time[at + 1] - time[at]).filter(|length| *length <= LIMIT).unwrap_or(0);
            let exact = |at: usize| i128::from(units[at]) * i128::from(kept(at - 1) + kept(at));
            // all in units of the finest grid
            let finest = sum.powers[2];
            let expected = (1..=sum.samples).map(exact).sum::<i128>() << (-44 - finest);
            let found: i128 = (0..3).map(|at| i128::from(sum.units[at]) << (sum.powers[at] - finest)).sum();
            assert_eq!(found, expected, "case {case}, {}", set.name());
            assert_eq!(sum.kept, (1..=sum.samples).map(kept).sum::<i64>(), "case {case}, {}", set.name());
        }
    }
}

#[test]
fn what_is_not_exact_on_three_grids_has_no_sum() {
    let time: Vec<i64> = (0..100).map(|at| at * 1_000_000).collect();
    for set in machines() {
        let of = |time: &[i64], value: &[f64]| Integrator::new(LIMIT).with_instructions(set).block(time, value);
        assert!(of(&time, &[1.0; 100]).is_some());
        for odd in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e300, 1e-300, 5e-324, 1e30] {
            let mut value = [100.0; 100];
            value[50] = odd;
            assert_eq!(of(&time, &value), None, "{odd} with {}", set.name());
        }
        let mut back = time.clone();
        back[50] = 0;
        assert_eq!(of(&back, &[1.0; 100]), None);
        let mut far = time.clone();
        far[0] = i64::MIN;
        assert_eq!(of(&far, &[1.0; 100]), None);
        assert_eq!(of(&time[..2], &[1.0; 2]), None);
    }
}

#[test]
fn a_smaller_value_than_before_moves_the_grids() {
    let time: Vec<i64> = (0..100).map(|at| at * 1_000_000).collect();
    for set in machines() {
        let mut integrator = Integrator::new(LIMIT).with_instructions(set);
        for watts in [300.0, 0.001, 1e-9, 1e12] {
            let sum = integrator.block(&time, &[watts; 100]).unwrap();
            let total: f64 = (0..3).map(|at| sum.units[at] as f64 * 2f64.powi(sum.powers[at])).sum();
            let expected = watts * 2e6 * sum.samples as f64;
            assert!((total - expected).abs() <= 1e-15 * expected, "{watts} W with {}", set.name());
        }
    }
}
