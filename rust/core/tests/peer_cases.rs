//! Energies that peers assert in their own tests, and cases on which peers are wrong (`tests/vectors/peer_cases.json`).

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use serde_json::Value;
use szilard::energy::{
    EnergyQuery, EnergyResult, InferenceQuery, Policy, Rule, Status, TokenOptions, Tokens, energy, energy_per_token,
    read_tokens,
};
use szilard::quantity::Quantity;
use szilard::traces::{Clock, PowerSeries, ReadOptions, Trace, trace_from_arrays};

fn case(id: &str) -> Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/vectors/peer_cases.json");
    let document: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    document["cases"].as_array().unwrap().iter().find(|case| case["id"] == id).unwrap().clone()
}

fn ns(seconds: f64) -> i64 {
    (seconds * 1e9).round() as i64
}

/// A trace of the devices `(name, [(s, W)])`.
fn trace(devices: &[(&str, Vec<(f64, f64)>)]) -> Trace {
    let arrays: Vec<(&str, Vec<i64>, Vec<f64>)> = devices
        .iter()
        .map(|(name, samples)| {
            (*name, samples.iter().map(|(t, _)| ns(*t)).collect(), samples.iter().map(|(_, p)| *p).collect())
        })
        .collect();
    let series: Vec<PowerSeries> =
        arrays.iter().map(|(device, time_ns, power_w)| PowerSeries { device, time_ns, power_w }).collect();
    trace_from_arrays(&series, Clock::Relative, &ReadOptions::default()).unwrap()
}

fn samples(value: &Value) -> Vec<(f64, f64)> {
    let pair = |pair: &Value| (pair[0].as_f64().unwrap(), pair[1].as_f64().unwrap_or(f64::NAN));
    value.as_array().unwrap().iter().map(pair).collect()
}

fn window(case: &Value) -> Option<(i64, i64)> {
    let edges = &case["inputs"]["window_s"];
    Some((ns(edges[0].as_f64()?), ns(edges[1].as_f64()?)))
}

fn measure(trace: &Trace, window: Option<(i64, i64)>) -> EnergyResult {
    energy(trace, &EnergyQuery { window, ..EnergyQuery::default() }).unwrap()
}

fn joules(result: &EnergyResult) -> f64 {
    result.energy.as_ref().unwrap().value()
}

fn close(found: f64, expected: &Value, relative: f64) {
    let expected = expected.as_f64().unwrap();
    assert!((found - expected).abs() <= relative * expected.abs(), "{found} against {expected}");
}

#[test]
fn inferencex_integrates_each_gpu_between_interpolated_edges() {
    let case = case("infx-trapezoid-2gpu");
    let of = |device: &str| samples(&case["inputs"]["samples_s_W"][device]);
    let result = measure(&trace(&[("0", of("0")), ("1", of("1"))]), window(&case));
    close(joules(&result), &case["expected"]["total_J"], 1e-9);
    for part in &result.per_device {
        close(part.energy.as_ref().unwrap().value(), &case["expected"]["energy_J"][&part.device], 1e-9);
    }
    close(result.mean_power.unwrap().value(), &case["expected"]["avg_total_power_W"], 1e-9);
}

#[test]
fn inferencex_ramp_is_exact() {
    // linear power: the trapezoid is exact
    let case = case("infx-ramp");
    let result = measure(&trace(&[("0", vec![(0.0, 302.0), (30.0, 332.0), (60.0, 362.0)])]), None);
    close(joules(&result), &case["expected"]["energy_J"], 1e-12);
}

#[test]
fn what_inferencex_refuses_is_incomplete_with_its_covered_time() {
    let gap = case("infx-gap-reject");
    let trace_with_gap = trace(&[("0", samples(&gap["inputs"]["samples_s_W"]))]);
    let max_gap_ns = Some(ns(gap["inputs"]["max_gap_s"].as_f64().unwrap()));
    let query = EnergyQuery { window: window(&gap), max_gap_ns, ..EnergyQuery::default() };
    let result = energy(&trace_with_gap, &query).unwrap();
    // covered are [0, 1] and [9, 10] at 500 W
    assert_eq!((result.status, joules(&result), result.gap_ns), (Status::Incomplete, 1000.0, ns(8.0)));

    let bracket = case("infx-bracket-reject");
    let late = trace(&[("1", (1..=11).map(|t| (f64::from(t), 100.0)).collect())]);
    let result = measure(&late, window(&bracket));
    assert_eq!((result.status, result.gap_ns), (Status::Incomplete, ns(1.0)));
}

#[test]
fn zeus_and_walllog_windows_are_clipped_and_never_extrapolated() {
    let zeus = case("zeus-window-no-extrapolation");
    let result = measure(&trace(&[("0", vec![(100.0, 100.0), (101.0, 100.0)])]), Some((ns(99.0), ns(102.0))));
    close(joules(&result), &zeus["expected"]["energy_J"], 1e-12);
    assert_eq!((result.status, result.covered_ns, result.gap_ns), (Status::Incomplete, ns(1.0), ns(2.0)));

    let step = case("walllog-step");
    let result = measure(&trace(&[("0", samples(&step["inputs"]["samples_s_W"]))]), window(&step));
    close(joules(&result), &step["expected"]["energy_J"], 1e-12);
    assert_eq!(result.status, Status::Complete);

    let gap = case("walllog-gap");
    let result = measure(&trace(&[("0", samples(&gap["inputs"]["samples_s_W"]))]), None);
    close(joules(&result), &gap["expected"]["energy_J"], 1e-12);
    let coverage = result.covered_ns as f64 / (result.window_ns.1 - result.window_ns.0) as f64;
    close(coverage, &gap["expected"]["coverage"], 1e-12);
}

#[test]
fn a_failed_read_is_bridged_and_not_zero() {
    let case = case("gap-missing-read");
    let powers = case["inputs"]["watts"].as_array().unwrap();
    let samples = powers.iter().enumerate().map(|(i, p)| (i as f64, p.as_f64().unwrap_or(f64::NAN))).collect();
    let result = measure(&trace(&[("0", samples)]), None);
    close(joules(&result), &case["expected"]["bridged_J"], 1e-12);
}

#[test]
fn overlapping_requests_of_the_proxy_share_and_nothing_is_lost() {
    let case = case("gap-proxy-split");
    let meter = trace(&[("0", (0..=5).map(|t| (f64::from(t), 100.0)).collect())]);
    let log = b"request,start [s],end [s],output_tokens\na,1,4,30\nb,2,5,30\n".to_vec();
    let log = read_tokens(log, "requests.csv", &TokenOptions::default()).unwrap();
    let query = InferenceQuery {
        policy: Policy::Time,
        clock_offset_ns: Some(0),
        idle: Some(szilard::energy::Idle::Power("40 W".parse().unwrap())),
        ..InferenceQuery::default()
    };
    let result = energy_per_token(&meter, Tokens::Log(&log), &query).unwrap();
    let expected = &case["expected"];
    close(result.requests[0].energy_j, &expected["a_J"], 1e-9);
    close(result.requests[1].energy_j, &expected["b_J"], 1e-9);
    // 4 s in flight: 400 J gross, 160 J idle draw, 240 J above idle = 120 + 120
    let above = expected["a_above_idle_J"].as_f64().unwrap() + expected["b_above_idle_J"].as_f64().unwrap();
    assert!((result.above_idle.as_ref().unwrap().value() - above).abs() < 1e-9);
    // outside the requests the meter saw 100 J: 40 W idle for 1 s, and 60 J above it that nobody asked for
    let rest = result.idle_energy.value() + result.unattributed.value();
    close(rest, &expected["unattributed_J"], 1e-9);
    let parts: f64 = result.requests.iter().map(|request| request.energy_j).sum();
    close(parts + rest, &expected["total_J"], 1e-15);
}

#[test]
fn joules_per_token_of_a_whole_deployment() {
    let case = case("infx-agentic-tokens");
    let meter = trace(&[("0", vec![(0.0, 500.0), (3.0, 500.0)]), ("1", vec![(0.0, 500.0), (3.0, 500.0)])]);
    let query = InferenceQuery { max_gap_ns: Some(ns(5.0)), ..InferenceQuery::default() };
    let result = energy_per_token(&meter, Tokens::Count(150), &query).unwrap();
    close(result.gross.value(), &case["expected"]["total_J"], 1e-12);
    close(result.per_token.value(), &case["expected"]["J_per_output_token"], 1e-12);
}

#[test]
fn the_peers_arithmetic_holds_in_units() {
    let calc = |text: &str, unit: &str| szilard::quantity::calculate(text).unwrap().to(unit).unwrap().value();
    let steady = case("mlenergy-steady-state");
    close(calc("54631.48 J / 97.6 s", "W"), &steady["expected"]["steady_power_W"], 1e-12);
    close(calc("54631.48 J / (0.093545 J/token)", "token"), &steady["expected"]["steady_tokens"], 1e-12);
    let run = case("infx-real-16gpu-run");
    close(calc("3565341.225303 J / 171235 token", "J/token"), &run["expected"]["J_per_output_token_decode"], 1e-12);
    let wall = case("tokenwatt-session");
    close(calc("0.0745 kWh / (5.019 J/token)", "token"), &wall["expected"]["output_tokens"], 1e-12);
    let poll = case("zeus-counter-vs-poll");
    close(calc("187.4429999999993 J / 5.0045061111450195 s", "W"), &poll["expected"]["counter_W"], 1e-12);
}

#[test]
fn a_repeated_line_counts_once_in_time_and_again_in_the_official_mean() {
    // MLPerf averages rows; an integral over time gives the repeated line no width
    let case = case("mlperf-ptd-channel-means");
    let watts = case["inputs"]["watts"].as_array().unwrap();
    let mean = watts.iter().map(|w| w.as_f64().unwrap()).sum::<f64>() / watts.len() as f64;
    close(mean, &case["expected"]["avg_watts_W"], 5e-7);
    let rows = [(0.0, 10.0), (1.0, 22.97), (2.0, 25.65), (2.0, 25.65), (2.0, 25.65), (3.0, 10.0)];
    let result =
        energy(&trace(&[("0", rows.to_vec())]), &EnergyQuery { rule: Rule::MeanOfSamples, ..EnergyQuery::default() })
            .unwrap();
    close(result.mean_power.unwrap().value(), &case["expected"]["avg_watts_W"], 5e-7);
    // (10 + 22.97)/2 + (22.97 + 25.65)/2 + (25.65 + 10)/2 J
    let timed: Quantity = measure(&trace(&[("0", rows.to_vec())]), None).energy.unwrap();
    assert!((timed.value() - 58.62).abs() < 1e-9, "{timed}");
}
