#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test may panic")]

use super::*;
use crate::{InstructionSet, Integrator};

fn random(state: &mut u64) -> u64 {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    *state >> 33
}

/// Noise of about 1 W on a level that now and then steps, with gaps, and readings that repeat.
fn series(count: usize, state: &mut u64) -> (Vec<i64>, Vec<f64>) {
    let (mut now, mut level, mut held) = (0, 200.0, 0);
    let mut last = 0.0;
    (0..count)
        .map(|_| {
            now += if random(state).is_multiple_of(900) {
                5_000_000_000
            } else {
                90_000_000 + (random(state) % 20_000_000) as i64
            };
            if random(state).is_multiple_of(700) {
                level = (random(state) % 600) as f64;
            }
            if random(state).is_multiple_of(500) {
                held = random(state) % 60;
            }
            held = held.saturating_sub(1);
            if held == 0 {
                last = level + (random(state) % 4000) as f64 / 1000.0;
            }
            (now, last)
        })
        .unzip()
}

const JUDGE: Judge = Judge { bend: 4.0, limit: 2_000_000_000, window: (i64::MIN, i64::MAX), longest: f64::INFINITY };

fn close(found: &Scatter, expected: &Scatter, case: &str) {
    let near = |one: f64, other: f64| (one - other).abs() <= 1e-11 * other.abs();
    assert!(near(found.weights, expected.weights), "{case}: {} {}", found.weights, expected.weights);
    assert!(near(found.steps, expected.steps), "{case}: {} {}", found.steps, expected.steps);
    assert!(near(found.deviation(), expected.deviation()), "{case}: {} {}", found.deviation(), expected.deviation());
    assert_eq!((found.bounds, found.repeats), (expected.bounds, expected.repeats), "{case}");
}

#[test]
fn blocks_and_parts_say_what_readings_one_by_one_say() {
    let mut state = 3;
    for case in 0..40 {
        let (time, value) = series(3000 + (random(&mut state) % 20_000) as usize, &mut state);
        let mut whole = Scatter::default();
        whole.take(&time, &value, 0..time.len(), &JUDGE);
        let mut parts = Scatter::default();
        let mut from = 0;
        while from < time.len() {
            let to = time.len().min(from + 1 + (random(&mut state) % 900) as usize);
            let mut part = Scatter::default();
            part.take(&time, &value, from..to, &JUDGE);
            parts.append(&part);
            from = to;
        }
        close(&parts, &whole, &format!("case {case} in parts"));
        for set in InstructionSet::available().filter(|set| set.name() != "portable") {
            let mut integrator = Integrator::new(JUDGE.limit).with_instructions(set).watching(JUDGE.bend);
            let mut blocks = Scatter::default();
            blocks.take(&time, &value, 0..1, &JUDGE);
            let mut from = 0;
            while from + 1 < time.len() {
                let found = integrator.watched(&time[from..], &value[from..]);
                let to = match &found {
                    Some((sum, calm)) => {
                        blocks.take_block(&time, &value, from + 1..from + 1 + sum.samples, &calm.unwrap(), &JUDGE);
                        from + 1 + sum.samples
                    }
                    None => from + 1,
                };
                blocks.take(&time, &value, to..(to + 1).min(time.len()), &JUDGE);
                from = to;
            }
            close(&blocks, &whole, &format!("case {case} with {}", set.name()));
        }
    }
}

#[test]
fn a_step_between_two_levels_is_one_step() {
    // 100 W, then 300 W, a reading a second: the change of 200 W lies anywhere in one second, 200²/12 J²
    let time: Vec<i64> = (0..40).map(|second| second * 1_000_000_000).collect();
    let value: Vec<f64> = (0..40).map(|second| if second < 20 { 100.0 } else { 300.0 }).collect();
    let mut found = Scatter::default();
    found.take(&time, &value, 0..40, &JUDGE);
    assert!((found.steps * 1e-18 * 12.0 / 40_000.0 - 1.0).abs() < 1e-15);
    // 38 readings stand for a second, two for half of one
    assert_eq!(found.weights * 1e-18, 38.0 + 2.0 * 0.25);
    assert_eq!((found.deviation(), found.bounds), (0.0, (100.0, 300.0)));
    assert_eq!((found.repeats.equal, found.repeats.longest), (38, (20, 0)));
}

#[test]
fn a_gap_stands_for_nothing_and_is_no_step() {
    // 3 s at 100 W, a gap of 100 s, 3 s at 500 W: the readings beside the gap stand for half a second each
    let time = [0, 1, 2, 3, 103, 104, 105, 106].map(|second| second * 1_000_000_000);
    let value = [100.0, 100.0, 100.0, 100.0, 500.0, 500.0, 500.0, 500.0];
    let mut found = Scatter::default();
    found.take(&time, &value, 0..8, &JUDGE);
    assert_eq!((found.weights * 1e-18, found.steps, found.deviation()), (4.0 + 4.0 * 0.25, 0.0, 0.0));
}
