//! The demo recording against the energy that its generator knows exactly.

#![allow(clippy::unwrap_used)]

use szilard::energy::{InferenceQuery, TokenOptions, Tokens, energy_per_token, read_tokens};
use szilard::source::datasets::{TRACE_RECORDS, TRACES, text};
use szilard::traces::{ReadOptions, read};

#[test]
fn the_demo_recording_gives_its_true_energy() {
    let truth: toml::Table = text(TRACE_RECORDS, "demo_truth").unwrap().parse().unwrap();
    let number =
        |key: &str| truth["truth"][key].as_float().or(truth["truth"][key].as_integer().map(|n| n as f64)).unwrap();
    let bytes = |stem: &str| text(TRACES, stem).unwrap().as_bytes().to_vec();
    let options = ReadOptions { tz: Some("Europe/Berlin".to_owned()), ..ReadOptions::default() };
    let trace = read(bytes("demo_nvidia_smi"), "demo_nvidia_smi.csv", &options).unwrap();
    let log = read_tokens(bytes("demo_tokens"), "demo_tokens.csv", &TokenOptions::default()).unwrap();
    let idle = szilard::energy::Idle::Power("61 W".parse().unwrap());
    let query = InferenceQuery { idle: Some(idle), ..InferenceQuery::default() };
    let result = energy_per_token(&trace, Tokens::Log(&log), &query).unwrap();
    assert_eq!(result.output_tokens as f64, number("output_tokens"));
    // sampled at 10 Hz with noise: within 0.5 % of the integral of the underlying power
    let close =
        |found: f64, expected: f64| assert!((found - expected).abs() < 5e-3 * expected, "{found} for {expected}");
    close(result.gross.value(), number("in_flight_energy_j"));
    close(result.meter.energy.as_ref().unwrap().value(), number("total_energy_j"));
    close(result.above_idle.as_ref().unwrap().value(), number("above_idle_energy_j"));
    close(result.per_token.value(), number("energy_per_token_j"));
    assert!((result.in_flight_ns as f64 * 1e-9 - number("in_flight_s")).abs() < 1e-6);
    // prefill and decode of all records make up the gross energy
    let prefill = result.prefill_per_token.unwrap().value() * result.prompt_tokens.unwrap() as f64;
    let decode = result.decode_per_token.unwrap().value() * result.output_tokens as f64;
    assert!((prefill + decode - result.gross.value()).abs() < 1e-6);
}
