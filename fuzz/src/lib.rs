//! What is done with any bytes: each reader gives a log or a reason, and what it gives can be joined with a power log.
//!
//! The targets under `fuzz_targets` call these with what libFuzzer finds, `rust/core/tests/fuzz.rs` with mutated samples.

use szilard::energy::{
    EnergyQuery, InferenceQuery, MlperfFiles, RunFile, TokenOptions, Tokens, energy, energy_per_token, mlperf_check,
    mlperf_run, read_tokens,
};
use szilard::landauer::{Model, read_weights};
use szilard::traces::{REGISTRY, ReadOptions, read};

/// Any bytes through one reader of token logs, and through the join with a power log.
pub fn token_log(format: &str, data: &[u8]) {
    let options = TokenOptions { format: Some(format.to_owned()), ..TokenOptions::default() };
    let Ok(log) = read_tokens(data.to_vec(), "fuzz", &options) else { return };
    let meter = b"time [s],power [W]\n0,10\n1,20\n2,10\n3,20\n";
    let Ok(trace) = read(meter.to_vec(), "meter.csv", &ReadOptions::default()) else { return };
    for estimate_clock_offset in [false, true] {
        let query = InferenceQuery { clock_offset_ns: Some(0), estimate_clock_offset, ..InferenceQuery::default() };
        let _ = energy_per_token(&trace, Tokens::Log(&log), &query);
    }
}

/// Any bytes through a reader of power logs, and the energy of what it gives. The first byte picks the reader.
pub fn power_log(data: &[u8]) {
    let Some((first, rest)) = data.split_first() else { return };
    let format = REGISTRY.get(usize::from(*first) % REGISTRY.len()).map(|format| format.name.to_owned());
    let options = ReadOptions { format, interval_ns: Some(1_000_000_000), ..ReadOptions::default() };
    let Ok(trace) = read(rest.to_vec(), "fuzz", &options) else { return };
    let _ = energy(&trace, &EnergyQuery::default());
}

/// Any bytes as the files of an MLPerf run, cut at NUL bytes: figures and findings, or a reason.
pub fn mlperf(data: &[u8]) {
    let run_file = |bytes: &[u8]| RunFile { path: "fuzz".to_owned(), bytes: bytes.to_vec() };
    let mut parts = data.split(|byte| *byte == 0).map(run_file);
    let (Some(detail), Some(power)) = (parts.next(), parts.next()) else { return };
    let files = MlperfFiles {
        detail,
        power,
        meter_log: parts.next(),
        client: parts.next(),
        server: parts.next(),
        ranging_detail: parts.next(),
        ranging_power: parts.next(),
        submitted: None,
    };
    let _ = mlperf_run(&files);
    let _ = mlperf_check(&files);
}

/// Any bytes as a configuration and as a file of weights: counts within their limits, or a reason.
pub fn landauer(data: &[u8]) {
    let Ok(small) = Model::named("gpt2") else { return };
    let model = Model::from_config(&String::from_utf8_lossy(data)).unwrap_or(small);
    let _ = model.prefill_flops(1 << 32, false, false);
    let _ = model.activation_elements(1 << 32);
    let _ = model.weight_bytes(1 << 32, 16.0);
    if let Ok(weights) = read_weights(data, "fuzz") {
        let _ = model.stored_weight_bytes(&weights.clone().and(&weights), 1 << 32);
    }
}
