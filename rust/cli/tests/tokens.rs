//! `szilard energy --tokens` and `read --tokens`: what a token log cannot answer is refused by the name of the missing
//! field, what cannot be true is left out by name and code.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod support;

use support::{root, shared, szilard, written};

/// A meter at 100 W from 10:00:00 to 10:01:00 UTC, once a second.
fn meter() -> String {
    let row = |second: u32| format!("2025-03-04T10:{:02}:{:02}Z,100\n", second / 60, second % 60);
    written("tokens_meter.csv", ("time,power [W]\n".to_owned() + &(0..=60).map(row).collect::<String>()).as_bytes())
}

fn sample(name: &str) -> String {
    root().join("tests/formats/tokens").join(name).display().to_string()
}

#[test]
fn what_a_log_does_not_hold_is_refused_by_name() {
    let meter = meter();
    // (sample, code, what the reason names): arrivals, durations, rates, means over intervals, totals, two counts
    for (name, code, reason) in [
        ("azure-llm-csv.csv", "E_MISSING_FIELD", "end"),
        ("burstgpt-csv.csv", "E_MISSING_FIELD", "end"),
        ("llamacpp-server-json.jsonl", "E_MISSING_FIELD", "start"),
        ("tgi-generation-json.json", "E_MISSING_FIELD", "start"),
        ("llamacpp-log.txt", "E_MISSING_FIELD", "start"),
        ("llama-bench.md", "E_MISSING_FIELD", "a rate is no count"),
        ("trtllm-bench-json.json", "E_MISSING_FIELD", "a rate is no count"),
        ("tgi-bench.md", "E_MISSING_FIELD", "a rate is no count"),
        ("mlperf-summary.txt", "E_MISSING_FIELD", "a rate is no count"),
        ("vllm-log.txt", "E_MISSING_FIELD", "a rate is no count"),
        ("run-table-csv.csv", "E_MISSING_FIELD", "output_tokens"),
        ("run-energy-table.csv", "E_MISSING_FIELD", "start"),
        ("sglang-bench-json.jsonl", "E_COUNT_AMBIGUOUS", "2048"),
        ("serving-report.txt", "E_COUNT_AMBIGUOUS", "1000"),
        ("vllm-bench-json.json", "E_TIME_ZONE", "clock_offset"),
    ] {
        let ran = szilard(&["energy", &meter, "--tokens", &sample(name), "--json"]);
        assert_eq!((ran.code, ran.json()["status"].as_str()), (2, Some("refused")), "{name}: {ran:?}");
        assert_eq!(ran.json()["diagnostics"][0]["code"].as_str(), Some(code), "{name}");
        assert!(ran.err.contains(code) && ran.err.contains(reason), "{name}: {}", ran.err);
    }
    let total =
        written("total.csv", b"request,start,end,total_tokens\na,2025-03-04T10:00:00Z,2025-03-04T10:00:02Z,20\n");
    let ran = szilard(&["energy", &meter, "--tokens", &total]);
    assert!(ran.code == 2 && ran.err.contains("totals that include the prompt"), "{ran:?}");
}

#[test]
fn what_cannot_be_true_is_left_out_by_name_and_code() {
    let log = "request,start,end,output_tokens\n\
               good,2025-03-04T10:00:10Z,2025-03-04T10:00:20Z,100\n\
               backwards,2025-03-04T10:00:30Z,2025-03-04T10:00:25Z,100\n\
               good,2025-03-04T10:00:40Z,2025-03-04T10:00:41Z,100\n\
               instant,2025-03-04T10:00:42Z,2025-03-04T10:00:42Z,100\n\
               unknown,2025-03-04T10:00:43Z,2025-03-04T10:00:44Z,\n\
               late,2025-03-04T10:00:50Z,2025-03-04T10:01:10Z,100\n\
               quick,2025-03-04T10:00:45Z,2025-03-04T10:00:46Z,1\n";
    let ran = szilard(&["energy", &meter(), "--tokens", &written("faults.csv", log.as_bytes()), "--json"]);
    // "late" runs on behind the power log: one record of three that could count, so that the window is truncated
    assert_eq!(ran.code, 3, "{ran:?}");
    let json = ran.json();
    let reasons = json["diagnostics"].as_array().unwrap();
    assert!(reasons.iter().any(|reason| reason["code"] == "W_TRUNCATED_WINDOW"), "{ran:?}");
    let excluded: Vec<(&str, &str)> = json["excluded"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["request"].as_str().unwrap(), one["code"].as_str().unwrap()))
        .collect();
    let expected = [
        ("backwards", "W_NEGATIVE_DURATION"),
        ("good", "W_DUPLICATE_ID"),
        ("instant", "W_NEGATIVE_DURATION"),
        ("unknown", "W_MISSING_TOKENS"),
        ("late", "W_OUTSIDE_TRACE"),
    ];
    assert_eq!(excluded, expected);
    // 1 kJ over 100 token and 100 J over one
    assert_eq!(json["gross"]["value"].as_f64(), Some(1100.0));
}

#[test]
fn a_local_clock_needs_its_zone_and_logs_must_overlap() {
    let log = "request,start,end,output_tokens\na,2025-03-04T11:00:10,2025-03-04T11:00:20,100\n";
    let local = written("local.csv", log.as_bytes());
    let ran = szilard(&["energy", &meter(), "--tokens", &local]);
    assert!(ran.code == 2 && ran.err.contains("E_TIME_ZONE") && ran.err.contains("tz"), "{ran:?}");
    // 11:00 in Berlin is 10:00 UTC: 1 kJ over 100 token; in New York it is another time
    let ran = szilard(&["energy", &meter(), "--tokens", &local, "--tokens-tz", "Europe/Berlin", "--json"]);
    assert_eq!((ran.code, ran.json()["per_token"]["value"].as_f64()), (0, Some(10.0)));
    let ran = szilard(&["energy", &meter(), "--tokens", &local, "--tokens-tz", "America/New_York"]);
    assert!(ran.code == 2 && ran.err.contains("E_NO_OVERLAP"), "{ran:?}");
}

#[test]
fn a_token_log_is_read_on_its_own() {
    let ran = szilard(&["read", "--tokens", &sample("phase-csv.csv"), "--json"]);
    let json = ran.json();
    assert_eq!(
        (ran.code, json["format"].as_str(), json["totals"]["output_tokens"].as_u64()),
        (0, Some("phase-csv"), Some(64))
    );
    assert_eq!(json["totals"]["cached_tokens"].as_u64(), None);
    assert_eq!(json["excluded"][1]["code"].as_str(), Some("W_IMPLAUSIBLE_STAMP"));
    let text = szilard(&["read", "--tokens", &sample("llama-bench.md")]);
    assert!(text.out.contains("90 ± 0.5 prompt and output token/s"), "{text:?}");
    assert_eq!(szilard(&["read", "--tokens", "a", "b"]).code, 64);
}

#[test]
fn real_token_logs_have_the_totals_of_their_files() {
    // rows, prompt and generated tokens: formats.md, section 9
    for (name, records, prompt, output) in [
        ("AzureLLMInferenceTrace_code.csv", 8819, Some(18_059_974), Some(245_896)),
        ("AzureLLMInferenceTrace_conv.csv", 19_366, Some(22_361_870), Some(4_088_665)),
        ("llamacpp_server_timings_EXCERPT.json", 1, Some(1), Some(35)),
        ("llamacpp_server_bench_strix.json", 9, None, Some(1728)),
        ("s2_cain2025_run_table.csv", 1259, None, None),
        ("vllm_server_7B_a100.log", 0, None, None),
    ] {
        let Some(file) = shared(&format!("traces/tokens/{name}")) else { return };
        let json = szilard(&["read", "--tokens", &file, "--json"]).json();
        let total = |key: &str| json["totals"][key].as_u64();
        assert_eq!((total("prompt_tokens"), total("output_tokens")), (prompt, output), "{name}");
        assert_eq!(json["requests"].as_array().unwrap().len(), records, "{name}");
    }
}

#[test]
fn a_record_that_is_left_out_is_not_idle() {
    // 50 W, and 300 W in [10, 20], [30, 40] and [50, 60] s, up and down in 1 ms each
    let stamp = |ms: u32| format!("2025-03-04T10:{:02}:{:02}.{:03}Z", ms / 60_000, ms / 1000 % 60, ms % 1000);
    let mut rows = vec![];
    for second in 0..=70u32 {
        let ms = second * 1000;
        let busy = [10, 30, 50].iter().any(|from| (*from..=from + 10).contains(&second));
        let (before, after) = ([10, 30, 50].contains(&second), [20, 40, 60].contains(&second));
        rows.extend(before.then(|| (ms - 1, 50)));
        rows.push((ms, if busy { 300 } else { 50 }));
        rows.extend(after.then(|| (ms + 1, 50)));
    }
    let rows: String = rows.iter().map(|(ms, watts)| format!("{},{watts}\n", stamp(*ms))).collect();
    let meter = written("left_out_meter.csv", ("time,power [W]\n".to_owned() + &rows).as_bytes());
    let part = |log: &str| {
        let row = |(id, from, tokens): (&str, u32, &str)| {
            format!("{id},{},{},{tokens}\n", stamp(from * 1000 - 1), stamp(from * 1000 + 10_001))
        };
        let second = match log {
            "duplicate" => ("a", 30, "100"),
            "no tokens" => ("b", 30, ""),
            _ => ("b", 30, "100"),
        };
        let rows: String = [("a", 10, "100"), second, ("c", 50, "100")].map(row).concat();
        let log = written(&format!("{log}.csv"), ("request,start,end,output_tokens\n".to_owned() + &rows).as_bytes());
        let json = szilard(&["energy", &meter, "--tokens", &log, "--json"]).json();
        ["gross", "idle_energy", "unattributed"].map(|key| json[key]["value"].as_f64().unwrap())
    };
    // 300 W over 10 s and two ramps of 1 ms at 175 W a request; idle is 50 W over 70 s - 3 · 10.002 s
    let (request, idle) = (3000.35, 50.0 * (70.0 - 3.0 * 10.002));
    let close = |found: [f64; 3], expected: [f64; 3]| {
        let near = found.iter().zip(expected).all(|(found, expected)| (found - expected).abs() < 1e-6);
        assert!(near, "{found:?} {expected:?}");
    };
    close(part("kept"), [3.0 * request, idle, 0.0]);
    close(part("duplicate"), [2.0 * request, idle, request]);
    close(part("no tokens"), [2.0 * request, idle, request]);
}

#[test]
fn what_the_uncertainty_leaves_out_is_said_in_text() {
    let log = "request,start,end,output_tokens\na,2025-03-04T10:00:10Z,2025-03-04T10:00:20Z,100\n";
    let ran = szilard(&["energy", &meter(), "--tokens", &written("gain.csv", log.as_bytes())]);
    assert!(ran.code == 0 && ran.out.contains("I_GAIN_UNKNOWN"), "{ran:?}");
}

#[test]
fn a_sum_past_the_range_is_refused() {
    let row = |id: &str| format!("{id},2025-03-04T10:00:10Z,2025-03-04T10:00:20Z,18446744073709551615\n");
    let log = "request,start,end,output_tokens\n".to_owned() + &row("a") + &row("b");
    let ran = szilard(&["read", "--tokens", &written("range.csv", log.as_bytes())]);
    assert!(ran.code == 2 && ran.err.contains("E_RANGE"), "{ran:?}");
}
