//! Readers of token logs on samples written for them (`tests/formats/tokens`): what each counts, and what it refuses.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use std::path::{Path, PathBuf};
use szilard::energy::{
    Count, Counted, EnergyError, EnergyQuery, InferenceQuery, Request, TOKEN_FORMATS, TokenLog, TokenOptions, Tokens,
    energy, energy_per_token, read_tokens,
};
use szilard::input::{Code, Refusal};
use szilard::traces::{Clock, ReadOptions, Trace, read};

const SECOND: i64 = 1_000_000_000;
/// 2025-03-04T10:00:00Z (date -u -d @1741082400). [ns]
const TEN: i64 = 1_741_082_400 * SECOND;

fn samples() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/formats/tokens");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn sample(name: &str) -> TokenLog {
    let file = samples().into_iter().find(|path| path.file_name().unwrap() == name).unwrap();
    parsed(std::fs::read(file).unwrap()).unwrap_or_else(|refusal| panic!("{name}: {refusal}"))
}

fn parsed(bytes: Vec<u8>) -> Result<TokenLog, Refusal> {
    read_tokens(bytes, "log", &TokenOptions::default())
}

/// A meter that draws 100 W from 10:00:00 to 10:01:00 UTC.
fn meter() -> Trace {
    let mut log = "time,power [W]\n".to_owned();
    for second in 0..=60 {
        log.push_str(&format!("2025-03-04T10:{:02}:{:02}Z,100\n", second / 60, second % 60));
    }
    read(log.into_bytes(), "meter.csv", &ReadOptions::default()).unwrap()
}

fn refused(log: &TokenLog) -> EnergyError {
    energy_per_token(&meter(), Tokens::Log(log), &InferenceQuery::default()).unwrap_err()
}

fn missing(log: &TokenLog) -> &'static str {
    match refused(log) {
        EnergyError::MissingField { field, .. } => field,
        error => panic!("{error}"),
    }
}

/// (of, rate, deviation) of every rate.
fn rates(log: &TokenLog) -> Vec<(Counted, f64, Option<f64>)> {
    log.requests.iter().flat_map(|r| &r.rates).map(|r| (r.of, r.per_second, r.deviation)).collect()
}

fn sums(log: &TokenLog) -> (Option<u64>, Option<u64>, Option<u64>, Option<u64>) {
    let sum = |count: fn(&Request) -> Option<u64>| log.total(count);
    (sum(|r| r.prompt_tokens), sum(|r| r.cached_tokens), sum(|r| r.output_tokens), sum(|r| r.retokenised_tokens))
}

#[test]
fn every_format_has_a_sample_that_is_detected_as_it() {
    let mut seen = std::collections::BTreeSet::new();
    for path in samples() {
        let log =
            parsed(std::fs::read(&path).unwrap()).unwrap_or_else(|refusal| panic!("{}: {refusal}", path.display()));
        assert_eq!(path.file_stem().unwrap().to_str(), Some(log.format), "{}", path.display());
        seen.insert(log.format);
    }
    let all: std::collections::BTreeSet<&str> = TOKEN_FORMATS.iter().map(|format| format.name).collect();
    assert_eq!(seen, all);
}

#[test]
fn damaged_samples_are_a_log_or_a_reason() {
    for path in samples() {
        let bytes = std::fs::read(&path).unwrap();
        for at in (0..bytes.len()).step_by(11) {
            for with in [b'"', b'-', 0xff] {
                let mut damaged = bytes.clone();
                damaged[at] = with;
                if let Ok(log) = parsed(damaged) {
                    let _ = energy_per_token(&meter(), Tokens::Log(&log), &InferenceQuery::default());
                }
            }
        }
    }
}

#[test]
fn every_reader_takes_any_text_when_it_is_named() {
    let texts: Vec<Vec<u8>> = samples().iter().map(|path| std::fs::read(path).unwrap()).collect();
    for format in TOKEN_FORMATS {
        for text in &texts {
            let options = TokenOptions { format: Some(format.name.to_owned()), ..TokenOptions::default() };
            let _ = read_tokens(text.clone(), "other", &options);
        }
    }
}

#[test]
fn arrivals_have_no_end_and_no_energy() {
    let log = sample("azure-llm-csv.csv");
    assert_eq!((log.clock, sums(&log)), (Clock::Local, (Some(600), None, Some(60), None)));
    // seven digits of a fraction are 100 ns
    assert_eq!(log.requests[0].start_ns, Some(TEN + 123_456_700));
    assert_eq!((log.requests[0].end_ns, log.requests[0].duration_ns), (None, None));
    assert_eq!((refused(&log).code(), missing(&log)), (Some(Code::MissingField), "end"));
    assert!(refused(&log).to_string().contains("when requests arrived and not when they ended"));
}

#[test]
fn a_burst_trace_has_arrivals_and_its_failures_by_name() {
    let log = sample("burstgpt-csv.csv");
    assert_eq!((log.clock, sums(&log)), (Clock::Relative, (Some(150), None, Some(50), None)));
    assert_eq!(log.requests[1].start_ns, Some(110 * SECOND + SECOND / 2));
    assert_eq!((log.excluded[0].line, log.excluded[0].code), (3, Code::FailedRequest));
    // 50 + 30 is not 81
    assert!(log.diagnostics.iter().any(|d| d.code == Code::LoggedDiffers && d.place.line() == Some(4)));
    assert_eq!(missing(&log), "end");
    // a time without a unit is not read, and said
    let with = |title: &str| {
        let header = "Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type";
        parsed(format!("{header},{title}\n110.5,m,50,30,80,API log,1\n").into_bytes()).unwrap()
    };
    let bare = with("Elapsed time");
    assert_eq!((bare.diagnostics.has(Code::UnitUnstated), bare.requests[0].duration_ns), (true, None));
    assert_eq!(missing(&bare), "end");
    let titled = with("Elapsed time [s]");
    assert!(!titled.diagnostics.has(Code::UnitUnstated));
    assert_eq!(titled.requests[0].interval_ns(), Some((110 * SECOND + SECOND / 2, 111 * SECOND + SECOND / 2)));
}

#[test]
fn whole_runs_state_their_own_energy_per_token() {
    let log = sample("run-energy-table.csv");
    assert_eq!(sums(&log), (Some(2000), None, Some(170), None));
    // 360 J over 90 token; the second row has 80 and still says 4
    assert_eq!(log.requests[0].stated_per_token_j(), Some(4.0));
    let differs: Vec<_> = log.diagnostics.iter().filter(|d| d.code == Code::LoggedDiffers).collect();
    assert_eq!((differs.len(), differs[0].place.line()), (1, Some(3)));
    assert_eq!(missing(&log), "start");
    let log = sample("run-table-csv.csv");
    assert_eq!((log.requests[1].duration_ns, log.requests[1].logged_energy_j), (Some(SECOND * 3 / 2), Some(54.6)));
    assert_eq!(missing(&log), "output_tokens");
}

#[test]
fn llama_cpp_tells_computed_prompt_tokens_from_cached_ones() {
    let log = sample("llamacpp-server-json.jsonl");
    assert_eq!(sums(&log), (Some(13), Some(236), Some(40), None));
    assert_eq!((log.requests[0].cached_tokens, log.requests[1].cached_tokens), (Some(236), None));
    assert_eq!(log.requests[0].duration_ns, Some(692_500_000));
    assert_eq!(missing(&log), "start");
    let log = sample("llamacpp-server-json.json");
    assert_eq!((sums(&log).2, log.requests[0].duration_ns), (Some(70), Some(SECOND * 5 / 2)));
    assert!(!log.diagnostics.has(Code::LoggedDiffers));
    let log = sample("llamacpp-log.txt");
    // 475 decoding runs are no 475 tokens
    assert_eq!(log.requests.iter().map(|r| r.output_tokens).collect::<Vec<_>>(), [Some(20), None]);
    assert_eq!((log.requests[0].request.as_str(), log.requests[0].prompt_tokens), ("task 7", Some(10)));
    assert!(log.diagnostics.has(Code::MissingTokens));
}

#[test]
fn benchmarks_of_rates_hold_rates_and_no_counts() {
    let markdown = sample("llama-bench.md");
    let expected = [
        (Counted::Prompt, 400.5, Some(1.5)),
        (Counted::Output, 20.25, Some(0.05)),
        (Counted::PromptAndOutput, 90.0, Some(0.5)),
    ];
    assert_eq!(rates(&markdown), expected);
    assert_eq!(sums(&markdown), (None, None, None, None));
    for name in ["llama-bench.csv", "llama-bench.json"] {
        let log = sample(name);
        assert_eq!(rates(&log), [(Counted::Prompt, 512.0, Some(1.5)), (Counted::Output, 64.0, Some(0.25))], "{name}");
        assert_eq!((log.requests[1].start_ns, log.clock), (Some(TEN + 10 * SECOND), Clock::Utc), "{name}");
    }
    let tgi = sample("tgi-bench.md");
    assert_eq!(rates(&tgi).iter().map(|rate| rate.1).collect::<Vec<_>>(), [20.0, 33.33, 40.0, 75.0]);
    assert_eq!((tgi.requests[3].phase.as_deref(), tgi.requests[3].concurrency), (Some("decode"), Some(2)));
    let trt = sample("trtllm-bench-json.json");
    assert_eq!(rates(&trt), [(Counted::Output, 640.0, None), (Counted::PromptAndOutput, 1280.0, None)]);
    let summary = sample("mlperf-summary.txt");
    assert_eq!(rates(&summary), [(Counted::Output, 200.5, None)]);
    for log in [markdown, tgi, trt, summary] {
        assert_eq!(missing(&log), "output_tokens", "{}", log.format);
        assert!(refused(&log).to_string().contains("a rate is no count"), "{}", refused(&log));
    }
}

#[test]
fn ollama_durations_are_nanoseconds_back_from_the_last_message() {
    let log = sample("ollama-json.jsonl");
    assert_eq!((log.clock, sums(&log)), (Clock::Utc, (Some(36), None, Some(50), None)));
    let first = &log.requests[0];
    assert_eq!(first.interval_ns(), Some((TEN, TEN + SECOND * 7 / 2)));
    // streamed: the first message; whole: when the generation began
    assert_eq!(
        (first.first_token_ns, log.requests[1].first_token_ns),
        (Some(TEN + SECOND), Some(TEN + SECOND * 17 / 2))
    );
    assert!(log.diagnostics.has(Code::CacheUnknown));
    let result = energy_per_token(&meter(), Tokens::Log(&log), &InferenceQuery::default()).unwrap();
    // 100 W for 3.5 s and 2 s over 50 token
    assert!((result.per_token.value() - 11.0).abs() < 1e-9, "{}", result.per_token);
}

#[test]
fn a_benchmark_with_details_gives_requests_on_a_clock_of_its_own() {
    let log = sample("vllm-bench-json.json");
    assert_eq!((log.clock, sums(&log)), (Clock::Relative, (Some(300), None, Some(5), None)));
    let first = &log.requests[0];
    assert_eq!((first.interval_ns(), first.first_token_ns), (Some((10 * SECOND, 11 * SECOND)), Some(10_500_000_000)));
    assert_eq!((log.excluded[0].request.as_str(), log.excluded[0].code), ("request 3", Code::FailedRequest));
    assert!(log.diagnostics.has(Code::CountOrigin) && !log.diagnostics.has(Code::LoggedDiffers));
    assert_eq!(refused(&log).code(), Some(Code::TimeZone));
    let query = InferenceQuery { clock_offset_ns: Some(TEN), ..InferenceQuery::default() };
    let result = energy_per_token(&meter(), Tokens::Log(&log), &query).unwrap();
    // in flight 10 s to 11 s and 11.5 s to 12.25 s: 175 J over 5 token
    assert!((result.per_token.value() - 35.0).abs() < 1e-9, "{}", result.per_token);
}

#[test]
fn two_counts_that_differ_are_never_chosen_between() {
    for name in ["sglang-bench-json.jsonl", "serving-report.txt"] {
        let log = sample(name);
        assert_eq!((log.counts_differ(), sums(&log).0), (Some((2048, 1000)), Some(4096)), "{name}");
        let error = refused(&log);
        assert_eq!(error.code(), Some(Code::CountAmbiguous), "{error}");
        for (count, tokens) in [(Count::Server, 2048), (Count::Retokenised, 1000)] {
            let chosen = TokenLog { count: Some(count), ..log.clone() };
            assert_eq!(chosen.generated(&chosen.requests[0]), Some(tokens));
            // the choice made, there is still no time of day
            assert_eq!(missing(&chosen), "start");
        }
    }
    let same =
        b"request,start,end,output_tokens,retokenised_tokens\na,2025-03-04T10:00:00Z,2025-03-04T10:00:02Z,20,20\n";
    let log = parsed(same.to_vec()).unwrap();
    let of = |log: &TokenLog| energy_per_token(&meter(), Tokens::Log(log), &InferenceQuery::default());
    assert!((of(&log).unwrap().per_token.value() - 10.0).abs() < 1e-9);
    let only = b"request,start,end,retokenised_tokens\na,2025-03-04T10:00:00Z,2025-03-04T10:00:02Z,20\n";
    let log = parsed(only.to_vec()).unwrap();
    assert!(refused(&log).to_string().contains("count=retokenised"), "{}", refused(&log));
    let log = TokenLog { count: Some(Count::Retokenised), ..log };
    assert!((of(&log).unwrap().per_token.value() - 10.0).abs() < 1e-9);
}

#[test]
fn a_total_with_the_prompt_is_no_number_of_generated_tokens() {
    let log = b"request,start,end,total_tokens\na,2025-03-04T10:00:00Z,2025-03-04T10:00:02Z,20\n";
    let log = parsed(log.to_vec()).unwrap();
    assert_eq!((log.requests[0].output_tokens, log.requests[0].total_tokens), (None, Some(20)));
    assert_eq!(missing(&log), "output_tokens");
    assert!(refused(&log).to_string().contains("totals that include the prompt"));
}

#[test]
fn an_engine_log_has_means_over_intervals_and_no_year() {
    let log = sample("vllm-log.txt");
    assert_eq!(log.clock, Clock::Relative);
    assert_eq!(
        log.requests.iter().map(|r| (r.start_ns, r.end_ns)).collect::<Vec<_>>(),
        [(None, Some(5 * SECOND)), (Some(5 * SECOND), Some(15 * SECOND))]
    );
    assert_eq!(rates(&log)[2..], [(Counted::Prompt, 100.5, None), (Counted::Output, 20.5, None)]);
    assert_eq!(log.requests[1].concurrency, Some(3));
    assert!(log.diagnostics.has(Code::NoYear));
    assert_eq!(missing(&log), "output_tokens");
}

#[test]
fn chunks_of_a_stream_are_not_counted() {
    let log = sample("openai-stream-jsonl.jsonl");
    let first = &log.requests[0];
    assert_eq!(first.interval_ns(), Some((TEN, TEN + 2 * SECOND)));
    // the first chunk has a role and no content
    assert_eq!(first.first_token_ns, Some(TEN + SECOND));
    assert_eq!((first.prompt_tokens, first.cached_tokens, first.output_tokens), (Some(10), Some(20), Some(7)));
    assert_eq!((log.requests[1].output_tokens, log.requests[1].end_ns), (None, Some(TEN + 5 * SECOND)));
    let result = energy_per_token(&meter(), Tokens::Log(&log), &InferenceQuery::default()).unwrap();
    assert_eq!((result.output_tokens, result.excluded[0].code), (7, Code::MissingTokens));
}

#[test]
fn generations_without_times_are_counts_alone() {
    let log = sample("tgi-generation-json.json");
    assert_eq!((sums(&log), missing(&log)), ((Some(2), None, Some(2), None), "start"));
}

#[test]
fn what_cannot_be_true_is_left_out_by_name() {
    let log = sample("phase-csv.csv");
    let excluded: Vec<_> = log.excluded.iter().map(|e| (e.request.as_str(), e.code)).collect();
    assert_eq!(
        excluded,
        [("start-inference-A-1", Code::OverlappingPhases), ("start-inference-A-2", Code::ImplausibleStamp)]
    );
    let log = sample("request-csv.csv");
    let excluded: Vec<_> = log.excluded.iter().map(|e| (e.request.as_str(), e.code)).collect();
    assert_eq!(excluded, [("b", Code::NegativeDuration), ("a", Code::DuplicateId), ("c", Code::NegativeDuration)]);
}

/// A meter that draws 100 W but for the leap second at the end of 2016, when it draws 400 W.
fn meter_with_a_leap_second() -> Trace {
    let mut log = "time,power [W]\n".to_owned();
    let minute = |day: &str, seconds: std::ops::RangeInclusive<u32>| -> String {
        seconds.map(|second| format!("{day}:{second:02}Z,{}\n", if second == 60 { 400 } else { 100 })).collect()
    };
    log.push_str(&minute("2016-12-31T23:59", 50..=60));
    log.push_str(&minute("2017-01-01T00:00", 0..=10));
    read(log.into_bytes(), "meter.csv", &ReadOptions::default()).unwrap()
}

#[test]
fn windows_and_token_stamps_count_the_leap_second_of_the_power_log() {
    let trace = meter_with_a_leap_second();
    let of = |log: &str| {
        let log = parsed(log.as_bytes().to_vec()).unwrap();
        let result = energy_per_token(&trace, Tokens::Log(&log), &InferenceQuery::default()).unwrap();
        result.gross.value()
    };
    // behind the leap second: 00:00:02 to 00:00:04 is 2 s at 100 W, in Unix time, with a zone and by tz
    let header = "request,start,end,output_tokens\n";
    assert!((of(&format!("{header}a,2017-01-01T00:00:02Z,2017-01-01T00:00:04Z,1\n")) - 200.0).abs() < 1e-9);
    // over it, 23:59:59 to 00:00:00: two seconds, up to 400 W and down again, 500 J; the log has no second 60 itself
    assert!((of(&format!("{header}a,2016-12-31T23:59:59Z,2017-01-01T00:00:00Z,1\n")) - 500.0).abs() < 1e-9);
    // an end by a duration elapses: 2 s from 23:59:59
    assert!((of("request,start,duration [s],output_tokens\na,2016-12-31T23:59:59Z,2,1\n") - 500.0).abs() < 1e-9);
    // a log that writes the second itself: 23:59:60 to 00:00:00 is the way down, 250 J
    let own = format!("{header}a,2016-12-31T23:59:60Z,2017-01-01T00:00:00Z,1\n");
    assert!(parsed(own.clone().into_bytes()).unwrap().diagnostics.has(Code::LeapSecond));
    assert!((of(&own) - 250.0).abs() < 1e-9);
    // as windows the same texts are the same times
    let window = |start: &str, end: &str| {
        let at = |text: &str| trace.instant_ns(text, None).unwrap();
        let query = EnergyQuery { window: Some((at(start), at(end))), ..EnergyQuery::default() };
        energy(&trace, &query).unwrap().energy.unwrap().value()
    };
    assert!((window("2017-01-01T00:00:02Z", "2017-01-01T00:00:04Z") - 200.0).abs() < 1e-9);
    assert!((window("2016-12-31T23:59:59Z", "2017-01-01T00:00:00Z") - 500.0).abs() < 1e-9);
    assert!((window("2016-12-31T23:59:60Z", "1483228800") - 250.0).abs() < 1e-9);
}

#[test]
fn a_stamp_that_lost_a_digit_is_left_out_in_any_table() {
    // 2025-03-04T10:00:00Z and later, in Unix seconds and milliseconds; the lost one first, between and last
    let good = ["1741082400", "1741082410", "1741082420"];
    for (unit, zeros) in [("s", ""), ("ms", "000")] {
        for at in 0..=3 {
            let mut starts: Vec<String> = good.iter().map(|start| format!("{start}{zeros}")).collect();
            starts.insert(at, format!("174108240{zeros}"));
            let row = |(index, start): (usize, &String)| format!("r{index},{start},{start}5,10\n");
            let rows: String = starts.iter().enumerate().map(row).collect();
            let text = format!("request,start [{unit}],duration [ns],output_tokens\n{rows}");
            let log = parsed(text.into_bytes()).unwrap();
            let excluded: Vec<_> = log.excluded.iter().map(|e| (e.request.clone(), e.code)).collect();
            assert_eq!(excluded, [(format!("r{at}"), Code::ImplausibleStamp)], "{unit} {at}");
            assert_eq!((log.clock, log.requests.len()), (Clock::Utc, 3));
        }
    }
    // of two either may be wrong, and of half of many too
    let mixed = b"request,start [s],end [s],output_tokens\na,1741082400,1741082401,1\nb,174108240,174108241,1\n";
    assert_eq!(parsed(mixed.to_vec()).unwrap_err().code, Code::TimeMixed);
}

#[test]
fn an_end_that_follows_from_stamps_is_no_stated_duration() {
    let log = parsed(b"request,start [s],end [s],output_tokens\na,1,3,1\n".to_vec()).unwrap();
    assert_eq!((log.requests[0].interval_ns(), log.requests[0].duration_ns), (Some((SECOND, 3 * SECOND)), None));
}

#[test]
fn nearly_json_is_refused_as_json() {
    for (text, code) in [
        ("{\"duration\": 1, \"total_input_tokens\": 1,", Code::Json),
        ("{\"a\": 1, \"a\": 2}", Code::JsonDupKey),
        ("{\"a\": 1}", Code::UnknownFormat),
    ] {
        assert_eq!(parsed(text.as_bytes().to_vec()).unwrap_err().code, code, "{text}");
    }
    let wrong = b"{\"duration\": 1, \"total_input_tokens\": 1.5, \"total_output_tokens\": -3}";
    assert_eq!(parsed(wrong.to_vec()).unwrap_err().code, Code::BadNumber);
}

/// (request, code) of what was left out, and the names of what was kept.
fn left_out(log: &str) -> (Vec<(String, Code)>, Vec<String>) {
    let log = parsed(log.as_bytes().to_vec()).unwrap();
    let excluded = log.excluded.into_iter().map(|one| (one.request, one.code)).collect();
    (excluded, log.requests.into_iter().map(|one| one.request).collect())
}

#[test]
fn a_negative_time_or_energy_without_a_start_is_left_out() {
    let negative = |name: &str| vec![(name.to_owned(), Code::NegativeDuration)];
    let none: Vec<String> = Vec::new();
    let vllm = r#"{"duration": -10, "total_input_tokens": 5, "total_output_tokens": 7}"#;
    assert_eq!(left_out(vllm), (negative("benchmark 1"), none.clone()));
    // the sum of both durations, 90 ms, would look sound
    let server = r#"{"id": "x", "timings": {"prompt_n": 1, "prompt_ms": -10, "predicted_n": 5, "predicted_ms": 100}}"#;
    assert_eq!(left_out(server), (negative("x"), none.clone()));
    let log = "prompt eval time =   80.76 ms / 11 tokens\n       eval time =  -100.00 ms / 7 tokens\n";
    assert_eq!(left_out(log), (negative("record 1"), none));
    // a record that was left out makes no later one a duplicate
    let table = "__run_id,__done,execution_time,energy_usage_J\nr,DONE,-1,5\nr,DONE,1,5\ns,DONE,1,-5\n";
    let expected = ["r", "s"].map(|name| (name.to_owned(), Code::NegativeDuration)).to_vec();
    assert_eq!(left_out(table), (expected, vec!["r".to_owned()]));
    let table = "request,start [s],end [s],output_tokens\na,10,20,\na,30,40,5\na,50,60,5\n";
    let expected = vec![("a".to_owned(), Code::DuplicateId)];
    assert_eq!(left_out(table), (expected, vec!["a".to_owned(); 2]));
}

#[test]
fn a_first_token_outside_its_request_is_left_out() {
    let log = "request,start [s],first_token [s],end [s],output_tokens\na,10,25,20,5\nb,30,29,40,5\nc,50,55,60,5\n";
    let expected = ["a", "b"].map(|name| (name.to_owned(), Code::NegativeDuration)).to_vec();
    assert_eq!(left_out(log), (expected, vec!["c".to_owned()]));
}

#[test]
fn counts_that_contradict_each_other_are_remarked_or_left_out() {
    // 30 tokens of a prompt in a total of 20: nothing says how many were generated
    let log = "request,start [s],end [s],prompt_tokens,total_tokens\na,10,20,30,20\nb,30,40,10,20\n";
    assert_eq!(left_out(log), (vec![("a".to_owned(), Code::LoggedDiffers)], vec!["b".to_owned()]));
    let log = "request,start [s],end [s],prompt_tokens,output_tokens,total_tokens\na,10,20,30,5,36\nb,30,40,10,5,15\n";
    let log = parsed(log.as_bytes().to_vec()).unwrap();
    let differs: Vec<_> = log.diagnostics.iter().filter(|d| d.code == Code::LoggedDiffers).collect();
    assert_eq!((log.requests.len(), differs.len(), differs[0].place.line()), (2, 1, Some(2)));
    // more prompt tokens from the cache than were sent: how many were computed is not known
    let usage = r#""usage":{"prompt_tokens":5,"completion_tokens":7,"prompt_tokens_details":{"cached_tokens":20}}"#;
    let log = parsed(format!(r#"{{"id":"r","object":"chat.completion",{usage}}}"#).into_bytes()).unwrap();
    assert!(log.diagnostics.has(Code::LoggedDiffers));
    assert_eq!((log.requests[0].prompt_tokens, log.requests[0].output_tokens), (None, Some(7)));
}
