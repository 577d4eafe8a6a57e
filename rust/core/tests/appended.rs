//! What loggers and their users do to logs of every format: recordings appended, columns shifted, bytes lost. None of it may
//! change a figure silently.

#![allow(clippy::unwrap_used, clippy::panic)]

use szilard::energy::{EnergyQuery, EnergyResult, Status, energy};
use szilard::input::{Code, Refusal};
use szilard::traces::{ColumnChoice, ColumnName, ReadOptions, Role, Trace, read};

fn load(log: &[u8], options: &ReadOptions) -> Result<Trace, Refusal> {
    read(log.to_vec(), "log", options)
}

fn of(log: &[u8]) -> EnergyResult {
    energy(&load(log, &ReadOptions::default()).unwrap(), &EnergyQuery::default()).unwrap()
}

fn joules(result: &EnergyResult) -> f64 {
    result.energy.as_ref().unwrap().value()
}

fn sample(name: &str) -> Vec<u8> {
    std::fs::read(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/formats").join(name)).unwrap()
}

/// 1.5 W for 1 s and 2 W for 2 s are 5.5 J; an hour later the same again.
#[test]
fn a_second_recording_of_powermetrics_is_not_glued_to_the_first() {
    let first = sample("powermetrics-text.txt");
    let later = String::from_utf8(first.clone()).unwrap().replace(" 10:00:", " 11:00:");
    let both = of(&[&first[..], later.as_bytes()].concat());
    assert!((joules(&both) - 11.0).abs() < 1e-9);
    assert_eq!(both.status, Status::Incomplete);
    // from 09:59:59 to 11:00:02, of which two times 3 s are covered: the first ends at 10:00:02
    assert!((both.gap_ns - 3_597_000_000_000).abs() < 2_000_000_000, "{}", both.gap_ns);
    assert!(both.reasons.has(Code::HeaderRepeat) && both.reasons.has(Code::Gap));
}

#[test]
fn property_lists_that_were_appended_lose_no_sample() {
    let first = sample("powermetrics-plist.plist");
    let twice = of(&[&first[..], &first[..]].concat());
    assert!((joules(&twice) - 11.0).abs() < 1e-9, "{}", joules(&twice));
    assert_eq!(twice.status, Status::Incomplete);
}

#[test]
fn a_second_table_of_power_gadget_is_read_behind_the_summary_of_the_first() {
    let first = sample("intel-power-gadget.csv");
    let twice = of(&[&first[..], b"\n", &first[..]].concat());
    assert!(joules(&twice) > 1.5 + 1e-9, "{}", joules(&twice));
    assert!(twice.reasons.has(Code::HeaderRepeat));
}

#[test]
fn decimal_commas_between_commas_shift_no_column() {
    let log =
        b"Time,06-02-2025 14:00:00.210,Watts,412,6,Volts,230\nTime,06-02-2025 14:00:01.210,Watts,412,6,Volts,230\n";
    assert_eq!(load(log, &ReadOptions::default()).unwrap_err().code, Code::FieldCount);
    let head = "Version CSV1|Tool SBFspot3.9.0 (Linux)|Linebreaks LF|Delimiter comma|Decimalpoint comma|Precision 3\n\n\
                ,SN: 1,SN: 1\n,SB 3000,SB 3000\n,1,1\n,Total yield,Power\n,Counter,Analog\ndd/MM/yyyy HH:mm:ss,kWh,kW\n";
    let log = format!("{head}04/03/2025 10:00:00,10,000,1,200\n04/03/2025 10:05:00,10,100,1,200\n");
    assert_eq!(load(log.as_bytes(), &ReadOptions::default()).unwrap_err().code, Code::FieldCount);
}

#[test]
fn entities_of_an_export_are_not_added_up_unless_they_are_named() {
    let log = b"entity_id,state,last_changed\nsensor.plug_power,10,2025-03-04T10:00:00Z\n\
                sensor.plug_voltage,230,2025-03-04T10:00:00Z\nsensor.plug_power,10,2025-03-04T10:01:40Z\n\
                sensor.plug_voltage,230,2025-03-04T10:01:40Z\n";
    let choice =
        ColumnChoice { role: Role::Power, column: ColumnName::Name("state".to_owned()), unit: Some("W".to_owned()) };
    let options = ReadOptions { columns: vec![choice], ..ReadOptions::default() };
    let all = energy(&load(log, &options).unwrap(), &EnergyQuery::default()).unwrap();
    assert!(all.energy.is_none() && all.reasons.has(Code::TotalUnknown));
    let named = ReadOptions { devices: Some(vec!["sensor.plug_power".to_owned()]), ..options };
    // 10 W held for 100 s
    let plug = energy(&load(log, &named).unwrap(), &EnergyQuery::default()).unwrap();
    assert!((joules(&plug) - 1000.0).abs() < 1e-9);
}

#[test]
fn a_lost_byte_of_a_binary_log_is_no_voltage() {
    // 230.0 V, 1.000 A, 0.99, three times; the second record lacks its first byte: 64513 x 0.1 V
    let record = [0x08, 0xfc, 0x03, 0xe8, 99];
    let head = [0xe0, 0xc5, 0xea, 3, 4, 25, 10, 0];
    let log = [&head[..], &record, &record[1..], &record, &[0xff; 4]].concat();
    assert_eq!(load(&log, &ReadOptions::default()).unwrap_err().code, Code::Corrupt);
}

#[test]
fn intervals_whose_edge_is_not_documented_say_so() {
    let window = |trace: &Trace| {
        let (start, end) = trace.span_ns().unwrap();
        let quarter = (end - start) / 4;
        let query = EnergyQuery { window: Some((start + quarter, end - quarter)), ..EnergyQuery::default() };
        energy(trace, &query).unwrap().energy.unwrap().measured().u()
    };
    for (name, least_j) in [("shelly-csv.csv", 1.0), ("voltcraft-data.bin", 1.0)] {
        let trace = load(&sample(name), &ReadOptions::default()).unwrap();
        assert!(trace.diagnostics.has(Code::IntervalStamp), "{name}");
        assert!(window(&trace) > least_j, "{name}: {}", window(&trace));
    }
}
