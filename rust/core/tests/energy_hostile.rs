//! Logs that would give a wrong number in silence: what they give instead, with the truth worked out by hand.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use szilard::energy::{
    EnergyError, EnergyQuery, EnergyResult, InferenceEnergy, InferenceQuery, Status, TokenOptions, Tokens, energy,
    energy_per_token, read_tokens,
};
use szilard::input::{Code, Refusal};
use szilard::traces::{ReadOptions, Trace, read};

const S: i64 = 1_000_000_000;

fn load(text: &str, options: &ReadOptions) -> Result<Trace, Refusal> {
    read(text.as_bytes().to_vec(), "log", options)
}

fn trace(text: &str) -> Trace {
    load(text, &ReadOptions::default()).unwrap()
}

fn whole(text: &str) -> EnergyResult {
    energy(&trace(text), &EnergyQuery::default()).unwrap()
}

fn value(result: &EnergyResult) -> f64 {
    result.energy.as_ref().unwrap().value()
}

/// A table of seconds and watts.
fn watts(rows: impl IntoIterator<Item = (i64, f64)>) -> String {
    let rows = rows.into_iter().map(|(second, power)| format!("{second},{power}\n"));
    "time [s],power [W]\n".to_owned() + &rows.collect::<String>()
}

/// 2025-03-04 10:00:00 UTC
const EPOCH: i64 = 1_741_082_400;

fn tokens_of(trace: &Trace, records: &str) -> Result<InferenceEnergy, EnergyError> {
    let text = format!("id,start [s],end [s],prompt_tokens,output_tokens\n{records}");
    let log = read_tokens(text.into_bytes(), "tokens", &TokenOptions::default())?;
    energy_per_token(trace, Tokens::Log(&log), &InferenceQuery::default())
}

fn epoch_trace(seconds: impl IntoIterator<Item = i64>) -> Trace {
    trace(&watts(seconds.into_iter().map(|second| (EPOCH + second, 100.0))))
}

#[test]
fn a_window_that_is_not_covered_at_all_has_no_value() {
    // outside the log, and inside a gap of 98 s: zero joules would be a lie
    let log = trace(&watts([(0, 1.0), (1, 1.0), (2, 1.0), (100, 1.0), (101, 1.0)]));
    for window in [(200 * S, 300 * S), (20 * S, 30 * S), (2 * S, 100 * S)] {
        let query = EnergyQuery { window: Some(window), ..EnergyQuery::default() };
        assert_eq!(energy(&log, &query).unwrap_err().code(), Some(Code::NoOverlap), "{window:?}");
    }
}

#[test]
fn times_too_far_apart_are_refused() {
    let text = "time [s],power [W]\n-9200000000,100\n9200000000,100\n9200000001,100\n";
    assert_eq!(load(text, &ReadOptions::default()).unwrap_err().code, Code::Range);
    let log = trace(&watts([(0, 1.0), (1, 1.0)]));
    let query = EnergyQuery { window: Some((i64::MIN, i64::MAX)), ..EnergyQuery::default() };
    assert_eq!(energy(&log, &query).unwrap_err().code(), Some(Code::Window));
}

#[test]
fn a_device_with_one_sample_has_no_value_and_does_not_take_that_of_the_others() {
    let log = "time [s],device,power [W]\n0,a,100\n0,b,100\n1,a,100\n2,a,100\n3,a,100\n";
    let result = whole(log);
    assert_eq!((value(&result), result.status), (300.0, Status::Incomplete));
    assert!(result.per_device.iter().any(|part| part.device == "b" && part.energy.is_none()));
    assert!(result.reasons.has(Code::DeviceMissing));
}

#[test]
fn the_energy_of_an_interval_without_a_reading_is_a_gap() {
    // intervals of 1 s with 10 J each, the second of them not read: 30 J over 3 s
    let result = whole("time [s],energy_delta [J]\n0,10\n1,10\n2,N/A\n3,10\n4,10\n");
    assert_eq!((value(&result), result.status), (30.0, Status::Incomplete));
    assert_eq!((result.covered_ns, result.gap_ns), (3 * S, S));
}

#[test]
fn a_counter_that_never_moves_is_no_measurement() {
    let log = trace("time [s],energy [J]\n0,100\n1,100\n2,100\n3,100\n");
    let error = energy(&log, &EnergyQuery::default()).unwrap_err();
    assert_eq!((error.code(), error.line()), (Some(Code::StaleSensor), Some(4)));
}

#[test]
fn a_counter_is_no_better_than_its_last_digit() {
    // 0.01 kWh = 36 kJ read at both ends: 36 kJ / sqrt(6)
    let result = whole("time [s],energy [kWh]\n0,1.00\n30,1.00\n60,1.01\n");
    let u = result.energy.unwrap().u();
    assert!((u - 36_000.0 / 6f64.sqrt()).abs() < 1e-6, "{u}");
}

#[test]
fn powers_no_device_draws_are_said() {
    let text = "timestamp, index, power.draw [W]\n2025/03/04 10:00:00.000, 0, 100 W\n\
        2025/03/04 10:00:01.000, 0, 99999 W\n2025/03/04 10:00:02.000, 0, 100 W\n";
    let found = trace(text);
    let said = found.diagnostics.iter().find(|said| said.code == Code::Implausible).unwrap();
    assert_eq!(said.place.line(), Some(3));
    assert!(trace(&watts([(0, 100.0), (1, 3.4028235e38), (2, 100.0)])).diagnostics.has(Code::Implausible));
    for sentinel in [-2_147_483_648.0, -9_223_372_036_854_775_808.0] {
        let result = whole(&watts([(0, 100.0), (1, sentinel), (2, 100.0)]));
        assert_eq!((value(&result), result.reasons.has(Code::Sentinel)), (200.0, true));
    }
}

#[test]
fn columns_that_may_contain_one_another_have_no_total() {
    let system = "time [s],cpu_power [W],gpu_power [W],system_power [W]\n0,50,100,200\n1,50,100,200\n";
    let result = whole(system);
    assert!(result.energy.is_none() && result.reasons.has(Code::TotalUnknown));
    let energies: Vec<f64> = result.per_device.iter().map(|part| part.energy.as_ref().unwrap().value()).collect();
    assert_eq!(energies, [50.0, 100.0, 200.0]);
    assert_eq!(value(&whole("time [s],gpu0_power [W],gpu1_power [W]\n0,50,100\n1,50,100\n")), 150.0);
    assert_eq!(value(&whole("time [s],cpu [W],gpu [W],total [W]\n0,50,100,200\n1,50,100,200\n")), 200.0);
}

#[test]
fn runs_on_a_clock_that_starts_over_are_added_and_not_laid_over_one_another() {
    // three recordings of 4 s at 100 W
    let one = watts((0..5).map(|second| (second, 100.0)));
    let result = whole(&one.repeat(3));
    assert_eq!((value(&result), result.status), (1200.0, Status::Incomplete));
}

#[test]
fn sessions_of_tegrastats_start_at_their_own_dates() {
    let session = |clock: &str| format!("Tue Jan 26 {clock} UTC 2021\n{}", "RAM 1/2MB VDD_IN 5000/5000\n".repeat(5));
    let options = ReadOptions { interval_ns: Some(S), ..ReadOptions::default() };
    let log = load(&(session("18:00:00") + &session("19:00:00")), &options).unwrap();
    let result = energy(&log, &EnergyQuery::default()).unwrap();
    assert_eq!((value(&result), result.status, result.gap_ns), (40.0, Status::Incomplete, 3596 * S));
}

#[test]
fn an_interval_does_not_make_one_device_of_two() {
    let rows = |second: i64| format!("2025/03/04 10:00:{second:02}, 100 W\n").repeat(2);
    let text = "timestamp, power.draw [W]\n".to_owned() + &(0..10).map(rows).collect::<String>();
    let with = |interval_ns| ReadOptions { interval_ns: Some(interval_ns), ..ReadOptions::default() };
    assert_eq!(load(&text, &with(S)).unwrap_err().code, Code::AmbiguousDevices);
    assert!(load(&text, &with(S / 2)).is_ok());
    for interval in [0, -S] {
        assert_eq!(load(&text, &with(interval)).unwrap_err().code, Code::Range);
    }
}

#[test]
fn two_sessions_of_an_analyzer_in_one_file_are_said() {
    let row = |second: i64, mark: &str| format!("Time,07-28-2025 08:09:0{second}.000,Watts,100.0,Mark,{mark}\n");
    let log = trace(&(row(0, "a") + &row(1, "a") + &row(2, "b") + &row(3, "b")));
    let said = log.diagnostics.iter().find(|said| said.code == Code::HeaderRepeat).unwrap();
    assert_eq!(said.place.line(), Some(3));
}

#[test]
fn tokens_in_no_time_do_not_count() {
    let log = epoch_trace(0..=10);
    let result = tokens_of(&log, "a,1741082401,1741082403,5,10\nb,1741082404,1741082404,5,10\n").unwrap();
    assert_eq!((result.per_token.value(), result.output_tokens), (20.0, 10));
    assert_eq!(result.excluded[0].code, Code::NegativeDuration);
}

#[test]
fn token_counts_never_wrap_around() {
    let log = epoch_trace(0..=10);
    let records = "a,1741082401,1741082403,5,18446744073709551615\nb,1741082404,1741082405,5,11\n";
    assert_eq!(tokens_of(&log, records).unwrap_err().code(), Some(Code::Range));
    let records = "a,1741082401,1741082403,18446744073709551615,5\nb,1741082404,1741082405,5,11\n";
    assert_eq!(tokens_of(&log, records).unwrap().prompt_tokens, None);
}

#[test]
fn two_columns_of_one_name_are_refused_in_a_token_log_too() {
    let text = "id,start [s],end [s],output_tokens,output_tokens\na,1,2,3,4\n";
    let refusal = read_tokens(text.as_bytes().to_vec(), "tokens", &TokenOptions::default()).unwrap_err();
    assert_eq!((refusal.code, refusal.place.line()), (Code::DupColumn, Some(1)));
}

#[test]
fn a_request_over_a_clock_step_is_not_complete() {
    // 0..6 s, then again from 3 s: between 3 s and 6 s there are two recordings
    let log = epoch_trace((0..=6).chain(3..=10));
    let over = tokens_of(&log, "a,1741082402,1741082407,5,10\n").unwrap();
    assert_eq!(over.status, Status::Incomplete);
    let after = tokens_of(&log, "a,1741082408,1741082409,5,10\n").unwrap();
    assert_eq!((after.status, after.per_token.value()), (Status::Complete, 10.0));
}

#[test]
fn requests_of_which_nothing_is_covered_have_no_value() {
    let log = epoch_trace((0..=5).chain(15..=18));
    assert_eq!(tokens_of(&log, "a,1741082407,1741082409,5,10\n").unwrap_err().code(), Some(Code::NoOverlap));
}

#[test]
fn requests_in_the_hour_that_occurs_twice_keep_their_order() {
    // Berlin, 2025-10-26: b starts 5 min after a and while a, which takes 50 min, is in flight
    let options = TokenOptions { tz: Some("Europe/Berlin".to_owned()), ..TokenOptions::default() };
    let text = "id,start,end,output_tokens\na,2025-10-26 02:00:00,2025-10-26 02:50:00,1\n\
        b,2025-10-26 02:05:00,2025-10-26 02:45:00,1\nc,2025-10-26 02:55:00,2025-10-26 02:03:00,1\n";
    let log = read_tokens(text.as_bytes().to_vec(), "tokens", &options).unwrap();
    let minutes: Vec<(i64, i64)> = log
        .requests
        .iter()
        .map(|request| {
            let (start, end) = request.interval_ns().unwrap();
            let since = start - log.requests[0].start_ns.unwrap();
            (since / S / 60, (end - start) / S / 60)
        })
        .collect();
    assert_eq!(minutes, [(0, 50), (5, 40), (55, 8)]);
    assert!(log.diagnostics.has(Code::DstFold));
}

#[test]
fn a_loadgen_log_of_two_runs_or_of_no_count_is_refused() {
    let line = |key: &str, value: &str| format!(":::MLLOG {{\"key\": \"{key}\", \"value\": {value}}}\n");
    let begin = line("power_begin", "\"07-28-2025 08:09:05.000\"");
    let end = line("power_end", "\"07-28-2025 08:09:15.000\"");
    let read = |text: String| read_tokens(text.into_bytes(), "detail", &TokenOptions::default());
    let code = |text: String| read(text).unwrap_err().code;
    let rate = |rate: &str| line("result_tokens_per_second", rate);
    assert_eq!(read(begin.clone() + &end + &rate("10.0")).unwrap().requests[0].output_tokens, Some(100));
    assert_eq!(code(begin.clone() + &end + &begin + &end + &rate("10.0")), Code::FieldCount);
    for bad in ["-3", "1e308"] {
        assert_eq!(code(begin.clone() + &end + &rate(bad)), Code::Range, "{bad}");
    }
    let other = line("result_completed_tokens_per_second", "7.0");
    assert_eq!(code(begin.clone() + &end + &rate("10.0") + &other), Code::FieldCount);
    let zoned = line("power_end", "\"2025-07-28T08:09:15Z\"");
    assert_eq!(code(begin + &zoned + &rate("10.0")), Code::TimeMixed);
}

#[test]
fn a_log_with_many_headers_of_many_columns_stays_small() {
    // 16 000 columns on one clock: a table of every column of every device would be 2 GB
    let mut text = String::new();
    for block in 0..8 {
        let titles: Vec<String> = (0..2000).map(|column| format!("p{block}x{column} [W]")).collect();
        text += &format!("time [s],{}\n", titles.join(","));
        for second in 0..2 {
            text += &format!("{}{}\n", 10 * block + second, ",1".repeat(2000));
        }
    }
    assert_eq!(trace(&text).channels.len(), 16_000);
}
