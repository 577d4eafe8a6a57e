//! Offsets estimated from activity and power: a recording whose clocks are known to differ by a known time.

#![allow(clippy::unwrap_used)]

use std::path::PathBuf;
use szilard::energy::{
    EnergyError, InferenceEnergy, InferenceQuery, TokenLog, TokenOptions, Tokens, energy_per_token, read_tokens,
    read_tokens_path,
};
use szilard::input::Code;
use szilard::traces::{ReadOptions, Trace, read, read_path};

/// Starts and lengths of requests: irregular, by a linear congruence. [s]
fn requests(count: u32) -> Vec<(f64, f64)> {
    let mut state = 12_345u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f64::from(state >> 8) / f64::from(1u32 << 24)
    };
    let mut time = 5.0;
    (0..count)
        .map(|_| {
            let (start, length) = (time, 0.5 + 4.0 * next());
            time += length + 0.5 + 4.0 * next();
            (start, length)
        })
        .collect()
}

fn token_log(requests: &[(f64, f64)], offset: f64) -> TokenLog {
    let mut text = "request,start [s],end [s],output_tokens\n".to_owned();
    for (index, (start, length)) in requests.iter().enumerate() {
        text.push_str(&format!("{index},{:.6},{:.6},100\n", start - offset, start + length - offset));
    }
    read_tokens(text.into_bytes(), "tokens.csv", &TokenOptions::default()).unwrap()
}

/// A meter at 10 Hz that draws 60 W, and 200 W more while a request is in flight, with a ripple of 5 W.
fn meter(requests: &[(f64, f64)], seconds: u32) -> Trace {
    let mut text = "time [s],power [W]\n".to_owned();
    for tick in 0..seconds * 10 {
        let time = f64::from(tick) / 10.0;
        let busy = requests.iter().any(|(start, length)| *start <= time && time < start + length);
        let ripple = 5.0 * (f64::from(tick) * 1.7).sin();
        text.push_str(&format!("{time:.1},{:.3}\n", 60.0 + ripple + if busy { 200.0 } else { 0.0 }));
    }
    read(text.into_bytes(), "meter.csv", &ReadOptions::default()).unwrap()
}

fn estimated(trace: &Trace, log: &TokenLog) -> Result<InferenceEnergy, EnergyError> {
    let query = InferenceQuery { estimate_clock_offset: true, ..InferenceQuery::default() };
    energy_per_token(trace, Tokens::Log(log), &query)
}

#[test]
fn a_known_offset_is_found_within_its_uncertainty_and_said() {
    let requests = requests(30);
    let trace = meter(&requests, 260);
    let truth = energy_per_token(
        &trace,
        Tokens::Log(&token_log(&requests, 0.0)),
        &InferenceQuery { clock_offset_ns: Some(0), ..InferenceQuery::default() },
    )
    .unwrap();
    for offset in [0.0, 7.25, -311.4, 1234.567] {
        let result = estimated(&trace, &token_log(&requests, offset)).unwrap();
        let found = result.clock_offset.as_ref().unwrap();
        let (value, u) = (found.value(), found.measured().u());
        // samples at 10 Hz are seen between two ticks; 0.029 s is the least there can be
        assert!((0.028..0.2).contains(&u), "{offset}: {found}");
        assert!((value - offset).abs() < 3.0 * u, "{offset}: {found}");
        assert!(result.reasons.has(Code::OffsetEstimated));
        let part =
            result.per_token.measured().components().iter().find(|part| part.label.contains("offset of the clocks"));
        assert!(part.is_some_and(|part| part.contribution.abs() > 0.0), "{:?}", result.per_token);
        let apart = (result.per_token.value() - truth.per_token.value()).abs();
        assert!(apart < 0.05 * truth.per_token.value(), "{offset}: {} against {}", result.per_token, truth.per_token);
    }
}

#[test]
fn without_being_asked_nothing_is_estimated() {
    let requests = requests(10);
    let trace = meter(&requests, 120);
    let result = energy_per_token(&trace, Tokens::Log(&token_log(&requests, 3.0)), &InferenceQuery::default());
    assert_eq!(result.unwrap_err().code(), Some(Code::TimeZone));
}

#[test]
fn what_singles_out_no_offset_is_refused() {
    // the same request every ten seconds: an offset of one period fits nearly as well
    let periodic: Vec<(f64, f64)> = (0..30).map(|index| (5.0 + 10.0 * f64::from(index), 5.0)).collect();
    let error = estimated(&meter(&periodic, 320), &token_log(&periodic, 2.0)).unwrap_err();
    assert_eq!(error.code(), Some(Code::OffsetUnknown), "{error}");
    // power that has nothing to do with the requests
    let other: Vec<(f64, f64)> =
        requests(60).into_iter().skip(30).map(|(start, length)| (start - 120.0, length)).collect();
    let error = estimated(&meter(&other, 260), &token_log(&requests(30), 0.0)).unwrap_err();
    assert_eq!(error.code(), Some(Code::OffsetUnknown), "{error}");
    let flat = "time [s],power [W]\n0,60\n100,60\n";
    let flat = read(flat.as_bytes().to_vec(), "flat.csv", &ReadOptions::default()).unwrap();
    assert_eq!(estimated(&flat, &token_log(&requests(5), 0.0)).unwrap_err().code(), Some(Code::OffsetUnknown));
}

#[test]
fn a_hundred_thousand_requests_take_no_quadratic_time() {
    let many: Vec<(f64, f64)> =
        (0..100_000).map(|i| (f64::from(i) * 0.0025, if i % 997 < 400 { 0.4 } else { 0.05 })).collect();
    let trace = meter(&requests(30), 260);
    let _ = estimated(&trace, &token_log(&many, 0.0));
}

#[test]
fn requests_back_to_back_single_out_no_offset() {
    let root = std::env::var_os("SZILARD_SHARED")
        .map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared")), PathBuf::from);
    let power = root.join("traces/nvidia_smi/llama2-13b_a100_nvidia-smi.csv");
    let phases = root.join("traces/tokens/llama2-13b_a100_phase_energy.csv");
    if !power.exists() {
        eprintln!("SKIPPED: {} is not there; set SZILARD_SHARED to run this test on real logs", power.display());
        return;
    }
    let log = read_tokens_path(&phases, &TokenOptions::default()).unwrap().unwrap();
    let zone = |tz: Option<&str>| ReadOptions { tz: tz.map(str::to_owned), ..ReadOptions::default() };
    let local = read_path(&power, &zone(None)).unwrap();
    // whole hours are said and not estimated
    assert_eq!(estimated(&local, &log).unwrap_err().code(), Some(Code::TimeZone));
    let utc = read_path(&power, &zone(Some("-05:00"))).unwrap();
    // its requests follow one another within 10 ms, and the power rises from 200 W to 400 W while they do: nothing but
    // the first of them can be seen in the power
    let error = estimated(&utc, &log).unwrap_err();
    assert_eq!(error.code(), Some(Code::OffsetUnknown), "{error}");
}
