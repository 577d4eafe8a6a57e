//! The budget of an energy, against values by hand.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use szilard::energy::{EnergyQuery, EnergyResult, Idle, InferenceQuery, Tokens, energy, energy_per_token, idle_power};
use szilard::quantity::Quantity;
use szilard::traces::{Clock, PowerSeries, ReadOptions, SensorModel, Trace, read, trace_from_arrays};

const S: i64 = 1_000_000_000;

/// A trace of one device: (s, W).
fn trace(samples: impl Iterator<Item = (f64, f64)>) -> Trace {
    let (time, power): (Vec<i64>, Vec<f64>) = samples.map(|(s, watts)| ((s * 1e9).round() as i64, watts)).unzip();
    let series = PowerSeries { device: "gpu", time_ns: &time, power_w: &power };
    trace_from_arrays(&[series], Clock::Relative, &ReadOptions::default()).unwrap()
}

fn steps(count: usize, every: f64, power: impl Fn(usize) -> f64) -> Trace {
    trace((0..count).map(|i| (i as f64 * every, power(i))))
}

fn meter(statement: &str) -> SensorModel {
    SensorModel::stated("bench", statement).unwrap()
}

fn whole(trace: &Trace) -> EnergyResult {
    energy(trace, &EnergyQuery::default()).unwrap()
}

/// The contribution of a kind of component. [J]
fn part(energy: &Quantity, kind: &str) -> f64 {
    let components = energy.measured().components().iter();
    components.filter(|part| part.id.starts_with(kind)).map(|part| part.contribution.powi(2)).sum::<f64>().sqrt()
}

fn close(found: f64, expected: f64, relative: f64) {
    assert!((found - expected).abs() <= relative * expected.abs(), "{found}, not {expected}");
}

#[test]
fn the_example_of_fifteen_kilojoules() {
    // 250 W, 60 s, N = 600, ±5 % gain, 1 W offset, 5 W noise
    let log = steps(601, 0.1, |_| 250.0).measured_by(meter("gain ±5 %, offset 1 W, noise 5 W"), None);
    let energy = whole(&log).energy.unwrap();
    close(energy.value(), 15_000.0, 1e-12);
    close(part(&energy, "gain"), 433.0, 1e-4);
    close(part(&energy, "offset"), 60.0, 1e-12);
    close(part(&energy, "noise"), 12.2, 5e-3);
    close(energy.u(), 437.3, 1e-4);
    close(2.0 * energy.u(), 875.0, 1e-3);
    let interval = energy.measured().interval(0.95).unwrap();
    assert!(interval.by_monte_carlo); // the rectangular gain holds 98 % of the variance
    close(0.5 * (interval.high - interval.low), 727.0, 5e-3);
    let shares: f64 = energy.measured().shares().map(|(_, share)| share).sum();
    close(shares, 1.0, 1e-12);
}

/// 7.2 W for 4.1 s behind 3.8 W for as long.
fn jetson() -> Trace {
    let samples = (0..=41).map(|i| (0.1 * f64::from(i), 3.8)).chain((1..=42).map(|i| (4.1 + 0.1 * f64::from(i), 7.2)));
    trace(samples)
}

#[test]
fn idle_on_the_same_meter_has_its_gain() {
    let log = jetson().measured_by(meter("gain ±2 %, offset 0.05 W"), None);
    let query = InferenceQuery {
        window: Some((4_200_000_000, 8_300_000_000)),
        idle: Some(Idle::Window(0, 4_100_000_000)),
        ..InferenceQuery::default()
    };
    let result = energy_per_token(&log, Tokens::Count(50), &query).unwrap();
    close(result.gross.value(), 29.52, 1e-12);
    close(result.per_token.value(), 0.5904, 1e-12);
    let above = result.above_idle.unwrap();
    close(above.value(), 13.94, 1e-9);
    // u_gain · 13.94 J; the offset cancels. Gain and offset taken twice would give 0.385 J and more
    close(part(&above, "gain"), 0.161, 1e-3);
    assert!(part(&above, "offset") < 1e-12);
    close(above.u(), 0.161, 1e-3);
    let apart = (part(&result.gross, "gain").powi(2) + (15.58 * 0.02f64 / 3f64.sqrt()).powi(2)).sqrt();
    close(apart, 0.385, 2e-3);
}

#[test]
fn the_gain_of_one_meter_cancels_between_two_recordings() {
    let run = |watts: f64| whole(&steps(101, 0.1, |_| watts).measured_by(meter("gain ±5 %"), None)).energy.unwrap();
    let ratio = run(200.0).over(&run(250.0)).unwrap();
    close(ratio.value(), 0.8, 1e-12);
    assert!(ratio.u() < 1e-9, "{ratio}"); // the stamps, to a nanosecond, are left
    // an offset does not cancel in a ratio: 0.8 · |1/200 - 1/250|
    let run = |watts: f64| whole(&steps(101, 0.1, |_| watts).measured_by(meter("offset 1 W"), None)).energy.unwrap();
    close(run(200.0).over(&run(250.0)).unwrap().u(), 0.8 * 0.001, 1e-9);
    // and meters of different names share nothing
    let other = SensorModel::stated("other", "gain ±5 %").unwrap();
    let first = steps(101, 0.1, |_| 200.0).measured_by(meter("gain ±5 %"), None);
    let second = steps(101, 0.1, |_| 200.0).measured_by(other, None);
    let ratio = whole(&first).energy.unwrap().over(&whole(&second).energy.unwrap()).unwrap();
    close(ratio.u(), (2.0f64).sqrt() * 0.05 / 3f64.sqrt(), 1e-9);
}

/// Numbers as from a normal distribution of unit deviation, fixed for ever: sums of twelve uniform ones.
fn normal(seed: u64) -> impl FnMut() -> f64 {
    let mut state = seed;
    let mut uniform = move || {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 11) as f64 / (1u64 << 53) as f64
    };
    move || (0..12).map(|_| uniform()).sum::<f64>() - 6.0
}

#[test]
fn noise_is_found_beside_steps_and_ramps() {
    // σ = 5 W about 100 W, then 300 W, then a ramp: second differences see the noise alone
    let mut noise = normal(1);
    let level = |i: usize| match i {
        0..1000 => 100.0,
        1000..2000 => 300.0,
        _ => 300.0 - 0.1 * (i - 2000) as f64,
    };
    let noisy: Vec<f64> = (0..3000).map(|i| level(i) + 5.0 * noise()).collect();
    let energy = whole(&steps(3000, 0.1, |i| noisy[i])).energy.unwrap();
    close(part(&energy, "noise"), 5.0 * 0.1 * 2999f64.sqrt(), 0.05);
    // one step of 200 W within 0.1 s, anywhere in it: 20 J/√12
    close(part(&energy, "steps"), 20.0 / 12f64.sqrt(), 0.15);
}

#[test]
fn what_a_steady_window_is_worth() {
    // white: s/√N; held for ten samples each: ten times fewer
    let mut noise = normal(2);
    let values: Vec<f64> = (0..4000).map(|_| 60.0 + noise()).collect();
    let steady = EnergyQuery { steady: true, ..EnergyQuery::default() };
    let white = energy(&steps(4000, 0.1, |i| values[i]), &steady).unwrap().energy.unwrap();
    close(part(&white, "scatter"), 399.9 / 4000f64.sqrt(), 0.1);
    let held = energy(&steps(4000, 0.1, |i| values[i / 10]), &steady).unwrap().energy.unwrap();
    close(part(&held, "scatter") / part(&white, "scatter"), (19.0f64).sqrt(), 0.15);
    let scatter = held.measured().components().iter().find(|part| part.id.starts_with("scatter")).unwrap();
    assert!(scatter.degrees_of_freedom > 100.0 && scatter.degrees_of_freedom < 400.0);
}

#[test]
fn rounding_is_an_offset_unless_noise_spreads_it() {
    let csv = |power: &dyn Fn(usize) -> String| {
        let rows: String = (0..200).map(|i| format!("{i},{}\n", power(i))).collect();
        read(format!("time [s],power [W]\n{rows}").into_bytes(), "log", &ReadOptions::default()).unwrap()
    };
    let quiet = whole(&csv(&|_| "61".to_owned())).energy.unwrap();
    close(part(&quiet, "resolution"), 199.0 / 12f64.sqrt(), 1e-9);
    let mut noise = normal(3);
    let values: Vec<f64> = (0..200).map(|_| (61.0 + 3.0 * noise()).round()).collect();
    let loud = whole(&csv(&|i| values[i].to_string())).energy.unwrap();
    assert_eq!(part(&loud, "resolution"), 0.0);
    close(part(&loud, "noise"), 3.0 * 199f64.sqrt(), 0.2);
}

#[test]
fn a_part_time_sensor_may_miss_the_alternation() {
    // duty 25 %, readings that alternate by ± 20 W: 0.75 · 20 √2 W for 100 s as limits (√2 of a square wave's deviation)
    let log = steps(1001, 0.1, |i| if i % 2 == 0 { 280.0 } else { 320.0 });
    let energy = whole(&log.measured_by(meter("duty 25 %, update 100 ms"), None)).energy.unwrap();
    let deviation = 20.0;
    close(part(&energy, "aliasing"), 0.75 * deviation * 2f64.sqrt() * 100.0 / 3f64.sqrt(), 1e-2);
    let all = steps(1001, 0.1, |i| if i % 2 == 0 { 280.0 } else { 320.0 }).measured_by(meter("duty 100 %"), None);
    assert_eq!(part(&whole(&all).energy.unwrap(), "aliasing"), 0.0);
}

#[test]
fn an_averaging_window_is_felt_at_the_ends() {
    // a mean over 1 s that ends 200 W higher than it began: ± 200 J
    let rows: String = (0..=100)
        .map(|i| {
            let watts = if i < 50 { 100 } else { 300 };
            format!("2025/03/04 10:00:{:02}.{:01}00, 0, {watts}.00 W\n", i / 10, i % 10)
        })
        .collect();
    let text = format!("timestamp, index, power.draw.average [W]\n{rows}");
    let log = read(text.into_bytes(), "log", &ReadOptions::default()).unwrap();
    let energy = whole(&log).energy.unwrap();
    close(part(&energy, "window"), 200.0 / 3f64.sqrt(), 1e-9);
    // what starts and ends at one level has none of it
    let half = EnergyQuery { window: log.span_ns().map(|(start, _)| (start, start + 4 * S)), ..EnergyQuery::default() };
    assert_eq!(part(&szilard::energy::energy(&log, &half).unwrap().energy.unwrap(), "window"), 0.0);
}

#[test]
fn a_gap_that_is_integrated_over_is_bounded() {
    // 100 to 300 W, 10 s without samples at 200 W on either side: at most 100 W · 10 s off
    let power = |i: usize| 200.0 + 100.0 * [0.0, 1.0, 0.0, -1.0][i % 4];
    let samples =
        (0..101).map(|i| (0.1 * i as f64, power(i))).chain((0..101).map(|i| (20.0 + 0.1 * i as f64, power(i))));
    let log = trace(samples);
    let query = EnergyQuery { max_gap_ns: Some(20 * S), ..EnergyQuery::default() };
    let across = energy(&log, &query).unwrap().energy.unwrap();
    close(part(&across, "gap"), 1000.0 / 3f64.sqrt(), 1e-9);
    assert_eq!(part(&whole(&log).energy.unwrap(), "gap"), 0.0);
}

#[test]
fn a_counter_is_better_than_its_polls() {
    // 200 W for 100 s by a counter in steps of 1 J, updated every 100 ms: its ends alone
    let rows: String = (0..=100).map(|i| format!("{i},{}\n", 200 * i)).collect();
    let text = format!("time [s],energy [J]\n{rows}");
    let log = read(text.into_bytes(), "log", &ReadOptions::default()).unwrap();
    let energy = whole(&log.measured_by(meter("update 100 ms, clock 50 ppm"), None)).energy.unwrap();
    close(part(&energy, "resolution"), 1.0 / 6f64.sqrt(), 1e-9);
    close(part(&energy, "update"), 20.0 / 6f64.sqrt(), 1e-9);
    close(part(&energy, "clock"), 1.0, 1e-9); // 50 ppm of 20 000 J
}

#[test]
fn idle_by_every_method() {
    // 60 W before, 64 W after, 200 W between 10 and 30 s: over the run the idle draw is 62 W
    let log = steps(401, 0.1, |i| match i {
        0..=100 => 60.0,
        101..=300 => 200.0,
        _ => 64.0,
    });
    let watts = |idle: Idle| {
        let found = idle_power(&log, Some(&idle)).unwrap();
        (found.power.value(), found.method)
    };
    assert_eq!(watts(Idle::Window(0, 10 * S)).0, 60.0);
    let (power, method) = watts(Idle::BeforeAfter((0, 10 * S), (31 * S, 40 * S)));
    assert_eq!((power, method.as_str()), (62.0, "straight between before (10.000 s) and after (9.000 s)"));
    assert_eq!(watts(Idle::Percentile(0.1)), (60.0, "10th percentile of the power samples".to_owned()));
    assert_eq!(idle_power(&log, None).unwrap().method, "5th percentile of the power samples");
    assert!(idle_power(&log, Some(&Idle::BeforeAfter((31 * S, 40 * S), (0, 10 * S)))).is_err());
    assert!(idle_power(&log, Some(&Idle::Percentile(5.0))).is_err());
    // signed: an idle draw above the run's power leaves less than nothing
    let query = InferenceQuery {
        window: Some((11 * S, 29 * S)),
        idle: Some(Idle::Power("250 W".parse().unwrap())),
        ..InferenceQuery::default()
    };
    let result = energy_per_token(&log, Tokens::Count(10), &query).unwrap();
    close(result.above_idle.unwrap().value(), -50.0 * 18.0, 1e-12);
}

#[test]
fn idle_drifts_straight_from_before_to_after() {
    // 60 W before and 64 W after, a run of 200 W from 11 to 13 s: the idle draw there is near 60.5 W, and not 62 W
    let log = steps(401, 0.1, |i| match i {
        0..=105 => 60.0,
        106..=135 => 200.0,
        _ => 60.0 + 4.0 * f64::from(u8::from(i > 300)),
    });
    let idle = Idle::BeforeAfter((0, 10 * S), (32 * S, 40 * S));
    let query = InferenceQuery { window: Some((11 * S, 13 * S)), idle: Some(idle), ..InferenceQuery::default() };
    let result = energy_per_token(&log, Tokens::Count(10), &query).unwrap();
    // the windows' middles are 5 s and 36 s, the run's 12 s: 60 + 4 · 7/31 W
    close(result.above_idle.unwrap().value(), 400.0 - 2.0 * (60.0 + 28.0 / 31.0), 1e-9);
}

#[test]
fn idle_around_the_requests_is_what_the_log_shows_before_and_behind_them() {
    // 60 W to 10 s, requests at 200 W from 10.5 s to 13.5 s, 64 W from 30 s: straight between the means before and after
    let log = steps(401, 0.1, |i| match i {
        0..=104 => 60.0,
        105..=135 => 200.0,
        136..=300 => 60.0,
        _ => 64.0,
    });
    let tokens = b"request,start [s],end [s],output_tokens\na,11,12,30\nb,12,13,30\n".to_vec();
    let tokens = szilard::energy::read_tokens(tokens, "tokens", &szilard::energy::TokenOptions::default()).unwrap();
    let query = InferenceQuery { clock_offset_ns: Some(0), idle: Some(Idle::Around), ..InferenceQuery::default() };
    let result = energy_per_token(&log, Tokens::Log(&tokens), &query).unwrap();
    let idle = result.idle_power.as_ref().unwrap();
    assert_eq!(idle.method, "straight between before (11.000 s) and after (27.000 s)");
    // 0 to 11 s: 10.4 s at 60 W, 0.1 s up to 200 W, 0.5 s at 200 W
    let before = (10.4 * 60.0 + 0.1 * 130.0 + 0.5 * 200.0) / 11.0;
    // 13 to 40 s: 0.5 s at 200 W, 0.1 s down, 16.4 s at 60 W, 0.1 s up to 64 W, 9.9 s at 64 W
    let after = (0.5 * 200.0 + 0.1 * 130.0 + 16.4 * 60.0 + 0.1 * 62.0 + 9.9 * 64.0) / 27.0;
    close(idle.power.value(), 0.5 * (before + after), 1e-12);
    // the middles are 5.5 s and 26.5 s, that of the requests 12 s; 2 s of 200 W
    let drawn = before + (after - before) * (12.0 - 5.5) / (26.5 - 5.5);
    close(result.gross.value(), 400.0, 1e-12);
    close(result.above_idle.unwrap().value(), 400.0 - 2.0 * drawn, 1e-11);
    // without a time before them there is no idle draw before them
    let at_start = b"request,start [s],end [s],output_tokens\na,0,12,30\n".to_vec();
    let at_start = szilard::energy::read_tokens(at_start, "tokens", &szilard::energy::TokenOptions::default()).unwrap();
    assert!(energy_per_token(&log, Tokens::Log(&at_start), &query).is_err());
}

/// Two channels of one device: (name, power).
fn rails(text: &str) -> Trace {
    read(text.as_bytes().to_vec(), "log", &ReadOptions::default()).unwrap()
}

fn of_channel(trace: &Trace, name: &str) -> Quantity {
    energy(trace, &EnergyQuery { channel: Some(name.to_owned()), ..EnergyQuery::default() }).unwrap().energy.unwrap()
}

#[test]
fn two_rails_of_one_meter_share_its_gain_its_clock_and_the_stamps() {
    // 10 W and 4 W for 100 s, stamps to a second: the difference of 600 J has a gain of 5 % of 600 J and not of 1077 J
    let rows: String = (0..=100).map(|second| format!("{second},10.000,4.000\n")).collect();
    let log = rails(&format!("time [s],VDD_IN [W],VDD_CPU [W]\n{rows}"));
    let log = log.measured_by(meter("gain 5 %, offset 0.1 W, clock 1000 ppm"), None);
    let difference = of_channel(&log, "VDD_IN").minus(&of_channel(&log, "VDD_CPU")).unwrap();
    close(difference.value(), 600.0, 1e-12);
    close(part(&difference, "gain"), 30.0, 1e-9);
    close(part(&difference, "clock"), 0.6, 1e-9);
    // each of the two stamps is a second for both: 6 W · 1 s/√3 at each end
    close(part(&difference, "stamp"), (2.0f64).sqrt() * 6.0 / 3f64.sqrt(), 1e-9);
    // the offsets are of two inputs
    close(part(&difference, "offset"), (2.0f64).sqrt() * 10.0, 1e-9);
}

#[test]
fn time_that_is_not_covered_is_in_no_component() {
    // 5 s at 100 W, a gap of 100 s, 5 s at 300 W: the readings beside the gap stand for 0.05 s of it, and there is no step
    let mut noise = normal(4);
    let noisy: Vec<(f64, f64)> = (0..=50)
        .map(|i| (0.1 * f64::from(i), 100.0))
        .chain((0..=50).map(|i| (105.0 + 0.1 * f64::from(i), 300.0)))
        .map(|(time, power)| (time, power + 2.0 * noise()))
        .collect();
    let found = whole(&trace(noisy.into_iter()));
    assert_eq!(found.gap_ns, 100 * S);
    let energy = found.energy.unwrap();
    assert_eq!(part(&energy, "steps"), 0.0);
    // σ √(Σ w²) with 98 readings of 0.1 s and four of 0.05 s
    close(part(&energy, "noise"), 2.0 * (98.0f64 * 0.01 + 4.0 * 0.0025).sqrt(), 0.25);
}
