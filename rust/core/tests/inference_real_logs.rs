//! The main job on real logs, which stay outside the repository (`SZILARD_SHARED`, by default `../shared`).

#![allow(clippy::unwrap_used)]

use std::path::PathBuf;
use szilard::energy::{
    EnergyError, InferenceEnergy, InferenceQuery, Rule, TokenLog, TokenOptions, Tokens, energy_per_token,
    read_tokens_path,
};
use szilard::input::Code;
use szilard::traces::{ReadOptions, Trace, read_path};

/// A file of the shared folder, or `None` (said aloud) where there is none.
fn shared(path: &str) -> Option<PathBuf> {
    let root = std::env::var_os("SZILARD_SHARED")
        .map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared")), PathBuf::from);
    let file = root.join("traces").join(path);
    if file.exists() {
        return Some(file);
    }
    eprintln!("SKIPPED: {} is not there; set SZILARD_SHARED to run this test on real logs", file.display());
    None
}

fn trace(path: &std::path::Path, tz: Option<&str>) -> Trace {
    read_path(path, &ReadOptions { tz: tz.map(str::to_owned), ..ReadOptions::default() }).unwrap()
}

fn tokens(path: &std::path::Path) -> TokenLog {
    read_tokens_path(path, &TokenOptions::default()).unwrap().unwrap()
}

fn a100(tz: Option<&str>) -> Option<Result<InferenceEnergy, EnergyError>> {
    let power = trace(&shared("nvidia_smi/llama2-13b_a100_nvidia-smi.csv")?, tz);
    let log = tokens(&shared("tokens/llama2-13b_a100_phase_energy.csv")?);
    Some(energy_per_token(&power, Tokens::Log(&log), &InferenceQuery::default()))
}

#[test]
fn llama2_13b_on_an_a100_against_its_own_counters() {
    let Some(result) = a100(Some("-05:00")) else { return };
    let result = result.unwrap();
    assert_eq!((result.records.total, result.records.inside, result.records.inference), (65, 63, 61));
    assert_eq!(result.output_tokens, 1952);
    assert!((result.gross.value() - 62_954.14).abs() < 0.005, "{}", result.gross.value());
    assert!((result.logged.as_ref().unwrap().value() - 62_953.575).abs() < 0.0005);
    assert!((result.per_token.value() - 32.251).abs() < 0.0005);
    let excluded: Vec<_> = result.excluded.iter().map(|e| (e.request.as_str(), e.line, e.code)).collect();
    assert_eq!(excluded[0], ("start-inference-G-3", 49, Code::ImplausibleStamp));
    assert_eq!((excluded[1].0, excluded[1].2), ("start-inference-I-6", Code::OutsideTrace));
    assert!(result.excluded[1].message.contains("7.39 s"), "{}", result.excluded[1].message);
    let cut = result.reasons.iter().find(|remark| remark.code == Code::PartialLastLine).unwrap();
    assert_eq!(cut.place.line(), Some(2712));
    // meter = requests + idle + unattributed, on the grid, in any order
    let parts: Vec<f64> = result.requests.iter().map(|record| record.energy_j).collect();
    let rest = result.idle_energy.value() + result.unattributed.value();
    let meter = result.meter.energy.as_ref().unwrap().value();
    assert!((parts.iter().sum::<f64>() + rest - meter).abs() <= result.grid_j);
    assert_eq!(parts.iter().sum::<f64>(), parts.iter().rev().sum::<f64>());
}

#[test]
fn a_local_clock_without_a_zone_is_refused() {
    let Some(result) = a100(None) else { return };
    let error = result.unwrap_err();
    assert_eq!(error.code(), Some(Code::TimeZone));
    assert!(error.to_string().contains("say the zone of the local clock with tz"), "{error}");
}

#[test]
fn official_watts_of_three_mlperf_runs() {
    // official W, W x window MJ, J/token, token/Wh
    let runs = [
        ("v51_lenovo_b200_llama2-70b_server", 10442.2597402597, 25.732620506, 0.105307921, 34185.463),
        ("v51_lenovo_b200_llama3.1-8b_offline", 9436.05296875, 6.042687908, 0.064208308, 56067.51),
        ("v51_lenovo_b200_llama3.1-405b_offline", 9891.7643975904, 32.836710986, 6.042211212, 595.808),
    ];
    for (run, watts, megajoules, per_token, per_wh) in runs {
        let Some(spl) = shared(&format!("mlperf/{run}/run_1/spl.txt")) else { return };
        let Some(detail) = shared(&format!("mlperf/{run}/run_1/mlperf_log_detail.txt")) else { return };
        let query = InferenceQuery { rule: Rule::MeanOfSamples, ..InferenceQuery::default() };
        let result = energy_per_token(&trace(&spl, None), Tokens::Log(&tokens(&detail)), &query).unwrap();
        let close = |found: f64, expected: f64, relative: f64| {
            assert!((found - expected).abs() <= relative * expected, "{run}: {found} against {expected}");
        };
        close(result.meter.mean_power.as_ref().unwrap().value(), watts, 1e-9);
        close(result.gross.value(), megajoules * 1e6, 1e-9);
        close(result.per_token.value(), per_token, 1e-7);
        close(result.tokens_per_wh.value(), per_wh, 1e-6);
        // the time-weighted energy stands beside it and agrees within 0.1 %
        close(result.time_weighted.unwrap().energy.unwrap().value(), megajoules * 1e6, 1e-3);
    }
}
