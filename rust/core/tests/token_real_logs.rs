//! Real token logs, which stay outside the repository (`SZILARD_SHARED`, by default `../shared`): totals as counted by
//! others, and the published column of a table.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::float_cmp)]

use std::path::PathBuf;
use szilard::energy::{Counted, TokenLog, TokenOptions, read_tokens_path};
use szilard::input::Code;
use szilard::traces::Clock;

/// A token log of the shared folder, or `None` (said aloud) where there is none.
fn shared(name: &str) -> Option<TokenLog> {
    let root = std::env::var_os("SZILARD_SHARED")
        .map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared")), PathBuf::from);
    let file = root.join("traces/tokens").join(name);
    if !file.exists() {
        eprintln!("SKIPPED: {} is not there; set SZILARD_SHARED to run this test on real logs", file.display());
        return None;
    }
    Some(read_tokens_path(&file, &TokenOptions::default()).unwrap().unwrap())
}

fn totals(log: &TokenLog) -> (usize, Option<u64>, Option<u64>) {
    (log.requests.len(), log.total(|request| request.prompt_tokens), log.total(|request| request.output_tokens))
}

#[test]
fn azure_traces_have_the_totals_of_their_files() {
    // rows, ContextTokens and GeneratedTokens summed by awk
    for (name, rows, prompt, output) in [
        ("AzureLLMInferenceTrace_code.csv", 8819, 18_059_974, 245_896),
        ("AzureLLMInferenceTrace_conv.csv", 19_366, 22_361_870, 4_088_665),
    ] {
        let Some(log) = shared(name) else { return };
        assert_eq!((log.format, log.clock), ("azure-llm-csv", Clock::Local));
        assert_eq!(totals(&log), (rows, Some(prompt), Some(output)), "{name}");
        assert!(log.excluded.is_empty() && log.requests.iter().all(|request| request.end_ns.is_none()));
    }
}

#[test]
fn a_published_column_is_reproduced_to_the_last_digit() {
    let Some(log) = shared("alejandroldz_llamacpp_energy_per_token.csv") else { return };
    assert_eq!((log.format, log.requests.len()), ("run-energy-table", 33));
    for request in &log.requests {
        assert_eq!(request.stated_per_token_j(), request.logged_per_token_j, "{}", request.request);
    }
    assert_eq!(log.requests[0].stated_per_token_j(), Some(10.047539572350175));
    assert!(!log.diagnostics.has(Code::LoggedDiffers));
}

#[test]
fn servers_and_benchmarks_are_read_as_what_they_are() {
    let Some(log) = shared("llamacpp_server_bench_strix.json") else { return };
    // 9 answers of 192 tokens, 273.39 s of wall time, as the file's aggregate says
    assert_eq!((log.format, totals(&log)), ("llamacpp-server-json", (9, None, Some(1728))));
    let wall: i64 = log.requests.iter().filter_map(|request| request.duration_ns).sum();
    assert!((wall as f64 * 1e-9 - 273.39).abs() < 0.05, "{wall}");
    assert!(!log.diagnostics.has(Code::LoggedDiffers));
    let log = shared("llamacpp_server_timings_EXCERPT.json").unwrap();
    let timings = &log.requests[0];
    assert_eq!((timings.prompt_tokens, timings.cached_tokens, timings.output_tokens), (Some(1), Some(236), Some(35)));
    for (suffix, prompt, output) in
        [("", (422.28, 1.78), (23.17, 0.00)), ("__longctx32768", (91.33, 0.25), (16.56, 0.01))]
    {
        let name = format!("llama-bench_GLM-4.7-Flash-BF16-00001-of-00002__rocm-7_2_3__fa1{suffix}.log");
        let log = shared(&name).unwrap();
        let rates: Vec<_> = log.requests.iter().map(|request| request.rates[0]).collect();
        assert_eq!((rates[0].of, rates[1].of), (Counted::Prompt, Counted::Output));
        assert_eq!((rates[0].per_second, rates[0].deviation), (prompt.0, Some(prompt.1)));
        assert_eq!((rates[1].per_second, rates[1].deviation), (output.0, Some(output.1)));
        assert_eq!(totals(&log), (2, None, None));
    }
    for (name, tokens) in
        [("tgi_test_flash_llama_all_params.json", 5), ("tgi_test_flash_llama_fp8_all_params.json", 10)]
    {
        let log = shared(name).unwrap();
        assert_eq!((log.format, totals(&log)), ("tgi-generation-json", (1, None, Some(tokens))));
        assert!(!log.diagnostics.has(Code::LoggedDiffers));
    }
    // the log was cut before any request was served
    let log = shared("vllm_server_7B_a100.log").unwrap();
    assert_eq!((log.format, totals(&log)), ("vllm-log", (0, None, None)));
    assert!(log.diagnostics.has(Code::NoRecords) && log.diagnostics.has(Code::NoYear));
}

#[test]
fn runs_without_tokens_are_read_as_energies_and_durations() {
    let Some(log) = shared("s2_cain2025_run_table.csv") else { return };
    assert_eq!((log.format, totals(&log)), ("run-table-csv", (1259, None, None)));
    assert_eq!(
        (log.requests[0].duration_ns, log.requests[0].logged_energy_j),
        (Some(49_812_157_000), Some(509.3381659))
    );
}

#[test]
fn phases_hold_the_prompt_in_their_total() {
    let Some(log) = shared("llama2-13b_a100_phase_energy.csv") else { return };
    assert_eq!((log.requests.len(), log.excluded.len()), (64, 1));
    let excluded = &log.excluded[0];
    assert_eq!(
        (excluded.request.as_str(), excluded.line, excluded.code),
        ("start-inference-G-3", 49, Code::ImplausibleStamp)
    );
    let log = shared("llama2-7b_v100_phase_energy.csv").unwrap();
    assert!(log.excluded.is_empty(), "{:?}", log.excluded);
    assert!(log.requests.iter().all(|request| {
        request.total_tokens == request.prompt_tokens.zip(request.output_tokens).map(|(prompt, output)| prompt + output)
    }));
}
