//! Checks that put a figure in doubt: each on a log that has the fault, and on one that only looks like it.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use szilard::energy::{
    EnergyQuery, InferenceQuery, Status, TokenOptions, Tokens, energy, energy_per_token, read_tokens,
};
use szilard::input::{Code, Diagnostics};
use szilard::traces::{Clock, PowerSeries, ReadOptions, SensorModel, Trace, read, trace_from_arrays};

const TENTH: i64 = 100_000_000;

/// A trace of devices that report ten times a second.
fn devices(powers: &[(&str, Vec<f64>)]) -> Trace {
    let times: Vec<i64> = (0..10_000).map(|i| i * TENTH).collect();
    let series: Vec<PowerSeries> = powers
        .iter()
        .map(|(device, power_w)| PowerSeries { device, time_ns: &times[..power_w.len()], power_w })
        .collect();
    trace_from_arrays(&series, Clock::Relative, &ReadOptions::default()).unwrap()
}

fn log(text: &str) -> Trace {
    read(text.as_bytes().to_vec(), "log", &ReadOptions::default()).unwrap()
}

/// Numbers between 0 and 1, fixed for ever.
fn uniform(seed: u64) -> impl FnMut() -> f64 {
    let mut state = seed;
    move || {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 11) as f64 / (1u64 << 53) as f64
    }
}

fn noisy(seed: u64, level: f64, count: usize) -> Vec<f64> {
    let mut draw = uniform(seed);
    (0..count).map(|_| level + 10.0 * draw()).collect()
}

fn has(reasons: &Diagnostics, status: Status, code: Code, expected: bool) {
    let said: Vec<String> = reasons.iter().map(|remark| format!("{} {}", remark.code, remark.message)).collect();
    assert_eq!(reasons.has(code), expected, "{code}: {said:?}");
    if expected {
        assert_eq!(status, Status::Incomplete, "{code}");
        assert!(code.is_doubt() && code.effect() == "incomplete" && code.remedy().len() > 10);
    }
}

/// Whether the whole of a trace is said to have a fault, and its status lowered.
fn whole(trace: &Trace, code: Code, expected: bool) {
    let result = energy(trace, &EnergyQuery::default()).unwrap();
    has(&result.reasons, result.status, code, expected);
    if !expected {
        assert_eq!(result.status, Status::Complete);
    }
}

#[test]
fn power_above_twice_the_rating() {
    let nvidia = |name: &str, watts: u32| {
        log(&format!(
            "timestamp, name, index, power.draw [W]\n2025/03/04 10:00:00.000, {name}, 0, 200 W\n\
             2025/03/04 10:00:01.000, {name}, 0, {watts} W\n2025/03/04 10:00:02.000, {name}, 0, 200 W\n"
        ))
    };
    whole(&nvidia("NVIDIA H100 PCIe", 750), Code::AboveRating, true); // rated 350 W
    whole(&nvidia("NVIDIA H100 PCIe", 690), Code::AboveRating, false);
    whole(&nvidia("Some other board", 750), Code::AboveRating, false);
    let stated = SensorModel::stated("plug", "rating 100 W").unwrap();
    whole(&devices(&[("plug", vec![90.0, 201.0, 90.0])]).measured_by(stated, None), Code::AboveRating, true);
}

#[test]
fn a_component_above_the_wall() {
    // VDD_IN holds VDD_GPU_SOC; a module that draws less than its rail is no module
    let tegra = |total: u32, rail: u32| {
        let line = |s: u32| {
            format!(
                "03-04-2025 10:00:0{s} RAM 1/2MB CPU [1%@729] VDD_IN {total}mW/{total}mW VDD_CPU_GPU_CV {rail}mW/{rail}mW \
                 VDD_SOC 1000mW/1000mW\n"
            )
        };
        log(&(0..5).map(line).collect::<String>())
    };
    whole(&tegra(5000, 9000), Code::ComponentAboveWall, true);
    whole(&tegra(9000, 5000), Code::ComponentAboveWall, false);
}

#[test]
fn a_frozen_sensor() {
    let frozen: Vec<f64> =
        noisy(1, 300.0, 100).into_iter().chain([271.828_182; 60]).chain(noisy(2, 300.0, 100)).collect();
    whole(&devices(&[("gpu", frozen)]), Code::FrozenSensor, true);
    whole(&devices(&[("gpu", noisy(3, 300.0, 300))]), Code::FrozenSensor, false);
    // a steady load in whole watts repeats by rounding, and an idle one is steady
    let rounded: String =
        (0..300).map(|i| format!("{i},{}\n", if (100..160).contains(&i) { 61 } else { 200 + i % 7 })).collect();
    whole(&log(&format!("time [s],power [W]\n{rounded}")), Code::FrozenSensor, false);
    // a counter that stops for a while
    let mut joules = 0.0;
    let rows: String = (0..200)
        .map(|i| {
            joules += if (100..150).contains(&i) { 0.0 } else { 200.0 + f64::from(i % 9) };
            format!("{i},{joules}\n")
        })
        .collect();
    whole(&log(&format!("time [s],energy [J]\n{rows}")), Code::FrozenSensor, true);
}

#[test]
fn one_sensor_under_two_names() {
    let twins = vec![("0", noisy(1, 300.0, 100)), ("1", noisy(1, 300.0, 100))];
    whole(&devices(&twins), Code::MirroredSeries, true);
    whole(&devices(&[("0", noisy(1, 300.0, 100)), ("1", noisy(2, 300.0, 100))]), Code::MirroredSeries, false);
    // two boards at the same steady power are two boards
    whole(&devices(&[("0", vec![300.0; 100]), ("1", vec![300.0; 100])]), Code::MirroredSeries, false);
}

#[test]
fn a_total_beside_its_parts() {
    let (cpu, gpu, soc) = (noisy(1, 20.0, 100), noisy(2, 40.0, 100), noisy(3, 5.0, 100));
    let total: Vec<f64> = (0..100).map(|i| 1.005 * (cpu[i] + gpu[i] + soc[i])).collect();
    let rails = vec![("cpu", cpu), ("gpu", gpu), ("soc", soc)];
    whole(&devices(&rails), Code::NestedSum, false);
    let both: Vec<(&str, Vec<f64>)> = rails.into_iter().chain([("in", total)]).collect();
    whole(&devices(&both), Code::NestedSum, true);
    // constant powers may add up by chance
    let chance = [("a", 20.0), ("b", 30.0), ("c", 50.0)].map(|(name, watts)| (name, vec![watts; 100]));
    whole(&devices(&chance), Code::NestedSum, false);
}

#[test]
fn a_device_too_few() {
    let trace = devices(&[("0", noisy(1, 300.0, 50)), ("1", noisy(2, 300.0, 50))]);
    for (expected, found) in [(Some(2), false), (Some(8), true), (None, false)] {
        let query = EnergyQuery { expected_devices: expected, ..EnergyQuery::default() };
        let result = energy(&trace, &query).unwrap();
        has(&result.reasons, result.status, Code::DeviceCount, found);
    }
    assert_eq!(Code::DeviceCount.known_as(), Some("expected_gpu_count_mismatch"));
}

#[test]
fn a_counter_against_its_polls() {
    // one zone, polled at 100 W; the counter says 200 W, then 104 W
    let prometheus = |per_second: f64| {
        let values = |of: &dyn Fn(u32) -> f64| {
            (0..20).map(|s| format!("[{},\"{}\"]", 1_700_000_000 + s, of(s))).collect::<Vec<_>>().join(",")
        };
        let series = |name: &str, of: &dyn Fn(u32) -> f64| {
            let labels = format!(r#"{{"__name__":"{name}","gpu":"0","UUID":"GPU-0123456789abcdef"}}"#);
            format!(r#"{{"metric":{labels},"values":[{}]}}"#, values(of))
        };
        let counter = series("DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION", &|s| 1e6 + 1e3 * per_second * f64::from(s));
        let gauge = series("DCGM_FI_DEV_POWER_USAGE", &|_| 100.0);
        log(&format!(r#"{{"status":"success","data":{{"resultType":"matrix","result":[{counter},{gauge}]}}}}"#))
    };
    whole(&prometheus(200.0), Code::CounterDiffers, true);
    whole(&prometheus(104.0), Code::CounterDiffers, false);
}

#[test]
fn throttling_during_the_window() {
    let nvidia = |masks: [&str; 4]| {
        let rows: String =
            (0..4).map(|s| format!("2025/03/04 10:00:0{s}.000, 0, 300.0{s} W, {}\n", masks[s])).collect();
        log(&format!("timestamp, index, power.draw [W], clocks_event_reasons.active\n{rows}"))
    };
    let slowed = nvidia(["0x0000000000000000", "0x0000000000000044", "0x0000000000000001", "0x0000000000000000"]);
    whole(&slowed, Code::Throttled, true);
    let result = energy(&slowed, &EnergyQuery::default()).unwrap();
    let said = result.reasons.iter().find(|remark| remark.code == Code::Throttled).unwrap();
    assert_eq!(
        (said.place.line(), said.message.as_str()),
        (Some(3), "sw_power_cap, hw_thermal_slowdown in 25.0 % of the rows")
    );
    // idle clocks are no slowdown, and one outside of the window does not count
    whole(&nvidia(["0x0000000000000001"; 4]), Code::Throttled, false);
    let (start, end) = slowed.span_ns().unwrap();
    let later = EnergyQuery { window: Some((start + 20 * TENTH, end)), ..EnergyQuery::default() };
    assert!(!energy(&slowed, &later).unwrap().reasons.has(Code::Throttled));
    let single = log("timestamp, index, power.draw [W], clocks_throttle_reasons.hw_slowdown\n\
         2025/03/04 10:00:00.000, 0, 300 W, Not Active\n2025/03/04 10:00:01.000, 0, 300 W, Active\n");
    whole(&single, Code::Throttled, true);
}

/// One clock for both logs.
fn one_clock() -> InferenceQuery {
    InferenceQuery { clock_offset_ns: Some(0), ..InferenceQuery::default() }
}

fn requests(rows: &[(f64, f64)]) -> szilard::energy::TokenLog {
    let rows: String = rows.iter().enumerate().map(|(i, (from, to))| format!("r{i},{from},{to},100\n")).collect();
    let text = format!("request,start [s],end [s],output_tokens\n{rows}");
    read_tokens(text.into_bytes(), "tokens.csv", &TokenOptions::default()).unwrap()
}

#[test]
fn warm_up_mixed_in() {
    // 120 W while a model loads, then 720 W
    let power = |cold: usize| (0..1000).map(|i| if i < cold { 120.0 } else { 720.0 }).collect::<Vec<f64>>();
    for (cold, found) in [(150, true), (0, false), (20, false)] {
        let result =
            energy_per_token(&devices(&[("0", power(cold))]), Tokens::Count(1000), &InferenceQuery::default()).unwrap();
        has(&result.reasons, result.status, Code::WarmUp, found);
    }
    // time before the first request is no part of the run
    let trace = devices(&[("0", power(150))]);
    let log = requests(&[(20.0, 50.0), (50.0, 90.0)]);
    let result = energy_per_token(&trace, Tokens::Log(&log), &one_clock()).unwrap();
    has(&result.reasons, result.status, Code::WarmUp, false);
}

#[test]
fn a_run_that_outlasts_the_power_log() {
    let trace = devices(&[("0", vec![300.0; 100])]);
    let log = requests(&[(1.0, 3.0), (3.0, 6.0), (6.0, 15.0)]);
    let result = energy_per_token(&trace, Tokens::Log(&log), &one_clock()).unwrap();
    has(&result.reasons, result.status, Code::TruncatedWindow, true);
    let inside = energy_per_token(&trace, Tokens::Log(&requests(&[(1.0, 3.0)])), &one_clock()).unwrap();
    has(&inside.reasons, inside.status, Code::TruncatedWindow, false);
}
