//! What is found in recordings that were made with known answers.

use super::support::{Random, quantity};
use szilard::edge::{Cause, Request, fit_thermal, latency_drift, signal, signals, throttling};
use szilard::traces::{Channel, Kind, ReadOptions};

fn channel(kind: Kind, time_s: &[f64], value: Vec<f64>) -> Channel {
    signal(kind, time_s.iter().map(|time| (time * 1e9).round() as i64).collect(), value).unwrap()
}

fn normal(random: &mut Random) -> f64 {
    // the sum of twelve uniforms less six has unit variance
    (0..12).map(|_| random.uniform()).sum::<f64>() - 6.0
}

fn call(start_s: f64, seconds: f64, tokens: f64) -> Request {
    Request { start_ns: (start_s * 1e9) as i64, end_ns: ((start_s + seconds) * 1e9) as i64, output_tokens: tokens }
}

/// A board of R and C under a power that steps, sampled each second with noise, and the exact exponential between.
fn board(random: &mut Random, resistance: f64, capacity: f64, noise: f64) -> (Channel, Channel) {
    let time: Vec<f64> = (0..1200).map(f64::from).collect();
    // even between two samples: the value of a step at both of its ends, a short ramp between
    let power: Vec<f64> = time.iter().map(|t| if (t / 150.0) as i64 % 2 == 0 { 3.8 } else { 7.2 }).collect();
    let mut kelvins = 305.0;
    let mut seen = vec![kelvins];
    for pair in power.windows(2) {
        let mean = 0.5 * (pair[0] + pair[1]);
        let target = 298.15 + resistance * mean;
        kelvins = target + (kelvins - target) * (-1.0 / (resistance * capacity)).exp();
        seen.push(kelvins);
    }
    let seen = seen.iter().map(|kelvins| kelvins + noise * normal(random)).collect();
    (channel(Kind::InstantPower, &time, power), channel(Kind::Temperature, &time, seen))
}

#[test]
fn a_heat_sink_is_found_again_with_an_uncertainty_that_covers() {
    let mut inside = [0; 2];
    for seed in 0..40 {
        let mut random = Random::new(seed + 1);
        let (power, temperature) = board(&mut random, 9.5, 12.0, 0.5);
        let ambient = quantity("25 degC");
        let given = (seed % 2 == 0).then_some(&ambient);
        let found = fit_thermal(&power, &temperature, given).unwrap();
        let within = |value: f64, truth: f64, u: f64| i32::from((value - truth).abs() < 2.0 * u);
        inside[0] += within(found.resistance.value(), 9.5, found.resistance.u());
        inside[1] += within(found.capacity.value(), 12.0, found.capacity.u());
        assert!((found.resistance.value() - 9.5).abs() < 0.3, "{}", found.resistance);
        assert!((found.residual_k - 0.5).abs() < 0.05);
    }
    // 38 of 40 are expected, 33 is more than three standard deviations lower
    assert!(inside.iter().all(|count| *count >= 33), "{inside:?}");
}

#[test]
fn a_recording_that_does_not_tell_the_node_is_refused() {
    let time: Vec<f64> = (0..200).map(f64::from).collect();
    let even = channel(Kind::InstantPower, &time, vec![5.0; 200]);
    let warm = channel(Kind::Temperature, &time, vec![320.0; 200]);
    assert!(fit_thermal(&even, &warm, None).is_err());
    assert!(fit_thermal(&warm, &even, None).unwrap_err().to_string().contains("temperature"));
    let mut gap = even.clone();
    gap.samples.time_ns[100..].iter_mut().for_each(|time| *time += 100_000_000_000);
    assert!(fit_thermal(&gap, &warm, None).unwrap_err().to_string().contains("gap"));
    let few = channel(Kind::Temperature, &time[..10], vec![320.0; 10]);
    assert!(fit_thermal(&even, &few, None).unwrap_err().to_string().contains("20"));
}

#[test]
fn a_hot_spell_costs_the_tokens_that_the_slower_calls_did_not_make() {
    // calls of 10 s back to back: 10 token/s, 6 token/s between 100 s and 150 s, where the board is at 90 degC
    let time: Vec<f64> = (0..=300).map(f64::from).collect();
    let hot = |t: f64| (100.0..150.0).contains(&t);
    let kelvins =
        channel(Kind::Temperature, &time, time.iter().map(|t| if hot(*t) { 363.15 } else { 340.0 }).collect());
    let clock = channel(Kind::Frequency, &time, time.iter().map(|t| if hot(*t) { 6e8 } else { 1e9 }).collect());
    let watts = channel(Kind::InstantPower, &time, time.iter().map(|t| if hot(*t) { 10.0 } else { 7.0 }).collect());
    let calls: Vec<Request> =
        (0..30).map(|k| call(10.0 * f64::from(k), 10.0, if (10..15).contains(&k) { 60.0 } else { 100.0 })).collect();
    for (channel, cause) in
        [(&kelvins, Cause::Temperature(363.0)), (&clock, Cause::Clock(7e8)), (&watts, Cause::PowerCap(9.9))]
    {
        let found = throttling(channel, cause, &calls).unwrap();
        assert_eq!(found.len(), 1, "{cause:?}");
        assert_eq!((found[0].start_ns, found[0].end_ns), (100_000_000_000, 150_000_000_000));
        let tokens = found[0].tokens.as_ref().unwrap();
        assert!((tokens.value() - 200.0).abs() < 1e-9 && tokens.u() < 1e-9, "{tokens}");
    }
    // 0x40 is heat; 0x1 is an idle board, which is no throttling
    let bits = time.iter().map(|t| if hot(*t) { 64.0 } else { 1.0 }).collect();
    let found = throttling(&channel(Kind::ThrottleReasons, &time, bits), Cause::Reasons, &calls).unwrap();
    assert_eq!((found.len(), found[0].end_ns), (1, 150_000_000_000));
    // without calls the time is found and no cost is made up
    let silent = throttling(&kelvins, Cause::Temperature(363.0), &[]).unwrap();
    assert!(silent[0].tokens.is_none());
    assert!(throttling(&clock, Cause::Clock(7e8), &[]).is_err());
    assert!(throttling(&clock, Cause::Temperature(300.0), &calls).is_err());
    assert!(throttling(&kelvins, Cause::Temperature(f64::NAN), &calls).is_err());
    // every call inside: nothing to compare with
    let inside = throttling(&kelvins, Cause::Temperature(300.0), &calls).unwrap();
    assert!(inside[0].tokens.is_none() && (inside[0].call_s - 300.0).abs() < 1e-9);
}

#[test]
fn a_spell_does_not_reach_over_a_gap() {
    let time: Vec<f64> = (0..10).chain(100..110).map(f64::from).collect();
    let hot = channel(Kind::Temperature, &time, vec![370.0; 20]);
    let found = throttling(&hot, Cause::Temperature(360.0), &[]).unwrap();
    let ends: Vec<(i64, i64)> =
        found.iter().map(|one| (one.start_ns / 1_000_000_000, one.end_ns / 1_000_000_000)).collect();
    assert_eq!(ends, [(0, 9), (100, 109)]);
}

#[test]
fn a_drift_is_not_read_as_an_effect() {
    // the second variant runs later, on a warmer board: 1 ms a kelvin explains all of the difference
    let (mut wrong, mut covered, mut slopes) = (0, 0, 0);
    for seed in 0..200 {
        let mut random = Random::new(seed + 1);
        let time: Vec<f64> = (0..=800).map(f64::from).collect();
        let kelvins: Vec<f64> =
            time.iter().map(|t| 310.0 + 30.0 * (1.0 - (-t / 300.0).exp()) + (t / 37.0).sin()).collect();
        let temperature = channel(Kind::Temperature, &time, kelvins.clone());
        let calls: Vec<Request> = (0..80)
            .map(|k| {
                let per_token = 0.1 + 1e-3 * (kelvins[10 * k + 4] - 310.0) + 1e-3 * normal(&mut random);
                call(10.0 * k as f64, 9.0, 9.0 / per_token)
            })
            .collect();
        let found = latency_drift(&calls, &temperature, Some(400_000_000_000)).unwrap();
        let (difference, effect) = (found.difference.unwrap(), found.effect.unwrap());
        wrong += i32::from(difference.value().abs() > 2.0 * difference.u());
        covered += i32::from(effect.value().abs() < 2.0 * effect.u());
        slopes += i32::from((found.slope.value() - 1e-3).abs() < 2.0 * found.slope.u());
        assert_eq!((found.calls, found.left_out), (80, 0));
    }
    assert!(wrong > 190, "the plain difference is taken for real {wrong} times");
    // 95 % of 200 are expected; 177 is four standard deviations lower
    assert!(covered >= 177 && slopes >= 177, "{covered} {slopes}");
}

#[test]
fn calls_without_temperature_or_tokens_are_left_out_and_counted() {
    let time: Vec<f64> = (0..=100).map(f64::from).collect();
    let temperature = channel(Kind::Temperature, &time, time.iter().map(|t| 310.0 + t / 10.0).collect());
    let mut calls: Vec<Request> = (0..10).map(|k| call(10.0 * f64::from(k), 9.0, 90.0 + f64::from(k % 3))).collect();
    calls.push(call(200.0, 9.0, 90.0));
    calls.push(call(0.0, 9.0, 0.0));
    calls.push(call(0.0, 0.0, 5.0));
    calls.push(call(0.0, 9.0, f64::NAN));
    let found = latency_drift(&calls, &temperature, None).unwrap();
    assert_eq!((found.calls, found.left_out), (10, 4));
    assert!(latency_drift(&calls[..7], &temperature, None).is_err());
    let even = channel(Kind::Temperature, &time, vec![310.0; 101]);
    assert!(latency_drift(&calls, &even, None).unwrap_err().to_string().contains("vary"));
}

#[test]
fn temperatures_and_clocks_are_read_from_power_logs() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/formats");
    let read = |name: &str| signals(std::fs::read(folder.join(name)).unwrap(), name, &ReadOptions::default()).unwrap();
    let smi = read("nvidia-smi-csv.csv");
    let first = smi.iter().find(|channel| channel.device == "GPU-5a1d0001").unwrap();
    assert_eq!((first.name.as_str(), first.kind), ("temperature.gpu", Kind::Temperature));
    // 31 degC, then 38 degC half a second later
    assert!((first.samples.value[0] - 304.15).abs() < 1e-9 && (first.samples.value[1] - 311.15).abs() < 1e-9);
    assert_eq!(first.samples.time_ns[1] - first.samples.time_ns[0], 501_000_000);
    let jetson = read("tegrastats.txt");
    let gpu = jetson.iter().find(|channel| channel.name == "GPU").unwrap();
    assert!((gpu.samples.value[0] - 313.65).abs() < 1e-9);
    let text = |bytes: &[u8]| signals(bytes.to_vec(), "log", &ReadOptions::default());
    let clocks = text(b"timestamp, clocks.sm [MHz], power.draw [W]\n2025/06/02 14:00:00, 1410 MHz, 60 W\n2025/06/02 14:00:01, [N/A], 60 W\n2025/06/02 14:00:02, 600 MHz, 60 W\n").unwrap();
    assert_eq!(clocks[0].samples.value, [1.41e9, 6e8]);
    let old = text(b"time [s],freq [GHz],temp (C)\n0,1.2,40\n1,1.1,41\n").unwrap();
    assert_eq!(old.iter().map(|channel| channel.kind).collect::<Vec<_>>(), [Kind::Frequency, Kind::Temperature]);
}

#[test]
fn a_log_without_temperature_or_with_a_broken_one_is_refused() {
    let text = |bytes: &[u8]| signals(bytes.to_vec(), "log", &ReadOptions::default()).unwrap_err().to_string();
    assert!(text(b"time [s],power [W]\n0,1\n1,1\n").contains("E_NO_DATA"));
    assert!(text(b"time [s],temp [degC]\n0,4o\n").starts_with("log:2"));
    assert!(text(b"time [s],temp [W]\n0,40\n").starts_with("log:2"));
    assert!(text(b"time [s],temp\n0,40\n").contains("unit"));
    assert!(text(b"time [s],temp [degC]\n1,40\n0,41\n").contains("rise"));
    assert!(text(b"time [s],temp [degC]\nx,40\n").starts_with("log:2"));
    assert!(text(b"").contains("E_") && text(&[0xff, 0xfe, 0x00]).contains("E_"));
}
