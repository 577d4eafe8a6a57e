//! The rules every reader shares, on short logs written here: what is missing, what is refused, what time does.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use szilard::input::{Code, Place, Refusal};
use szilard::traces::{Clock, Kind, ReadOptions, Trace, cut, read};

fn load(text: &str) -> Result<Trace, Refusal> {
    read(text.as_bytes().to_vec(), "log", &ReadOptions::default())
}

fn refused(text: &str) -> (Code, Place) {
    load(text).map(|trace| panic!("{trace:?}")).unwrap_or_else(|refusal| (refusal.code, refusal.place))
}

fn said(trace: &Trace) -> Vec<(Code, u64)> {
    trace.diagnostics.iter().map(|remark| (remark.code, remark.place.line().unwrap_or(0))).collect()
}

/// An nvidia-smi log of one board with these rows of seconds (from 10:00:00) and power cells.
fn board(rows: &[(f64, &str)]) -> String {
    let row = |(second, power): &(f64, &str)| format!("2025/03/04 10:00:{second:06.3}, 0, {power}\n");
    "timestamp, index, power.draw [W]\n".to_owned() + &rows.iter().map(row).collect::<String>()
}

#[test]
fn no_format_takes_what_is_not_its_own() {
    for text in
        ["hello\nworld\n", "{\n\"a\": 1\n}\n", "name,age\nx,3\n", "a b c\n1 2 3\n", "inference_time_s,energy [J]\n"]
    {
        let (code, _) = refused(text);
        assert!(matches!(code, Code::UnknownFormat | Code::NoData), "{text}: {code}");
    }
    assert_eq!(refused("1,2\n3,4\n"), (Code::NoHeader, Place::Line(1)));
    let named = ReadOptions { format: Some("nvidia".to_owned()), ..ReadOptions::default() };
    assert_eq!(read(b"x\n".to_vec(), "log", &named).unwrap_err().code, Code::UnknownFormat);
}

#[test]
fn sentinels_of_any_width_and_unit_are_missing() {
    for cell in ["4294967.29 W", "4294967295 W", "4294967295 mW", "18446744073709551615 W", "9223372036854775794 W"] {
        let trace = load(&board(&[(0.0, "100 W"), (1.0, cell), (2.0, "100 W")])).unwrap();
        assert!(said(&trace).contains(&(Code::Sentinel, 3)), "{cell}");
        assert_eq!(trace.channels[0].samples.value, [100.0, 100.0], "{cell}");
    }
}

#[test]
fn failed_reads_are_missing_and_broken_numbers_are_refused() {
    for cell in ["[N/A]", "[Unknown Error]", "N/A", "-", "", "unavailable", "[Insufficient Permissions]", "None"] {
        let trace = load(&board(&[(0.0, "100 W"), (1.0, cell), (2.0, "100 W")])).unwrap();
        assert_eq!(said(&trace), [(Code::NaSample, 3)], "{cell}");
    }
    for cell in ["1_00 W", "0x64 W", "１００ W", "1e999 W", "100. W", "1.0.0 W", "\"1,000.00 W\"", "\u{2212}5 W"] {
        assert_eq!(
            refused(&board(&[(0.0, "100 W"), (1.0, cell), (2.0, "100 W")])),
            (Code::BadNumber, Place::Line(3)),
            "{cell}"
        );
    }
    assert_eq!(refused(&board(&[(0.0, "100 W"), (1.0, "100 furlongs")])), (Code::UnitUnknown, Place::Line(3)));
}

#[test]
fn of_several_faults_the_first_in_the_file_is_reported() {
    assert_eq!(refused(&board(&[(0.0, "1_0 W"), (1.0, "1\0 W")])), (Code::BadNumber, Place::Line(2)));
    assert_eq!(refused(&board(&[(0.0, "1\0 W"), (1.0, "1_0 W")])), (Code::Binary, Place::Line(2)));
    assert_eq!(refused(&board(&[(0.0, "1 W, 2"), (1.0, "\"1 W")])), (Code::FieldCount, Place::Line(2)));
}

#[test]
fn a_message_between_the_rows_is_passed_over_and_named() {
    let log = board(&[(0.0, "100 W"), (1.0, "100 W")]) + "GPU is lost, reboot the system, please\n";
    let trace = load(&(log + "Unable to determine the device handle\n")).unwrap();
    assert_eq!(said(&trace), [(Code::SkippedLine, 4), (Code::SkippedLine, 5)]);
}

#[test]
fn unnamed_rows_of_several_boards_are_refused() {
    let mut log = "timestamp, power.draw [W]\n".to_owned();
    for i in 0..12 {
        let (second, offset) = (i / 4, i % 4 * 5);
        log += &format!("2025/03/04 10:00:{second:02}.{offset:03}, 100.00 W\n");
    }
    assert_eq!(refused(&log), (Code::AmbiguousDevices, Place::Line(3)));
    let models = "timestamp, name, power.draw [W]\n2025/03/04 10:00:00.000, A, 1 W\n2025/03/04 10:00:01.000, B, 1 W\n";
    assert_eq!(refused(models), (Code::AmbiguousDevices, Place::Line(3)));
}

#[test]
fn a_device_that_is_late_or_gone_is_said() {
    // Device 1 starts two rounds late: its first due row is in the first round.
    let late = "timestamp, index, power.draw [W]\n\
        2025/03/04 10:00:00.000, 0, 100 W\n2025/03/04 10:00:01.000, 0, 100 W\n\
        2025/03/04 10:00:02.000, 0, 100 W\n2025/03/04 10:00:02.000, 1, 100 W\n\
        2025/03/04 10:00:03.000, 0, 100 W\n2025/03/04 10:00:03.000, 1, 100 W\n";
    assert_eq!(said(&load(late).unwrap()), [(Code::DeviceMissing, 2)]);
    // A log that ends between the rows of one round lacks nothing.
    let cut_round: String = late
        .lines()
        .filter(|line| !line.contains("00.000") && !line.contains("01.000"))
        .map(|line| format!("{line}\n"))
        .collect();
    let cut_round = cut_round + "2025/03/04 10:00:04.000, 0, 100 W\n";
    assert_eq!(said(&load(&cut_round).unwrap()), []);
    // Files of several devices joined one after the other lack nothing either.
    let joined = "time [s],device,power [W]\n0,a,1\n1,a,1\n2,a,1\n0,b,1\n1,b,1\n2,b,1\n";
    assert_eq!(said(&load(joined).unwrap()), []);
}

#[test]
fn clocks_that_step_and_clocks_that_shuffle() {
    let stepped = load(&board(&[(5.0, "1 W"), (6.0, "1 W"), (3.0, "1 W"), (4.0, "1 W"), (9.0, "1 W")])).unwrap();
    assert_eq!(stepped.channels[0].samples.breaks, [2]);
    assert_eq!(said(&stepped)[0], (Code::ClockStep, 4));
    let shuffled = load(&board(&[(2.0, "1 W"), (1.0, "1 W"), (4.0, "1 W"), (3.0, "1 W")])).unwrap();
    assert_eq!((said(&shuffled)[0], shuffled.channels[0].samples.breaks.len()), ((Code::OutOfOrder, 3), 0));
    assert_eq!(shuffled.channels[0].samples.line, [3, 2, 5, 4]);
}

#[test]
fn a_leap_second_moves_what_follows_and_nothing_else() {
    let log = "time,power [W]\n2016-12-31T23:59:59.5Z,1\n2016-12-31T23:59:60.5Z,1\n2017-01-01T00:00:00.5Z,1\n";
    let trace = load(log).unwrap();
    let time = &trace.channels[0].samples.time_ns;
    assert_eq!([time[1] - time[0], time[2] - time[1]], [1_000_000_000; 2]);
    assert_eq!(said(&trace), [(Code::LeapSecond, 3)]);
}

#[test]
fn zones_place_a_local_clock() {
    let with = |log: &str, tz: &str| {
        read(log.as_bytes().to_vec(), "log", &ReadOptions { tz: Some(tz.to_owned()), ..ReadOptions::default() })
    };
    let log = board(&[(0.0, "1 W"), (1.0, "1 W")]);
    assert_eq!(load(&log).unwrap().clock, Clock::Local);
    let placed = with(&log, "-05:00").unwrap();
    assert_eq!((placed.clock, placed.channels[0].samples.time_ns[0]), (Clock::Utc, 1_741_100_400_000_000_000));
    assert_eq!(with(&log, "Mars/Olympus").unwrap_err().code, Code::TimeZone);
    let skipped = log.replace("2025/03/04 10", "2025/03/30 02");
    assert_eq!(with(&skipped, "Europe/Berlin").unwrap_err().code, Code::TimeParse);
    // Ten seconds inside the repeated hour: which pass it was cannot be known, and that is said.
    let inside = log.replace("2025/03/04 10", "2025/10/26 02");
    assert_eq!(said(&with(&inside, "Europe/Berlin").unwrap()), [(Code::DstFold, 2)]);
}

#[test]
fn units_are_read_from_title_suffix_or_cell() {
    for (log, watts) in [
        ("t_s,power_mw\n0,1500\n1,1500\n", 1.5),
        ("Time (ms);Power (kW)\n0;0,0015\n1000;0,0015\n", 1.5),
        ("time [s],power\n0,1.5 W\n1,1500 mW\n", 1.5),
        ("time\tWatts\n2025-03-04T10:00:00Z\t1.5\n2025-03-04T10:00:01Z\t1.5\n", 1.5),
    ] {
        let trace = load(log).unwrap_or_else(|refusal| panic!("{log}: {refusal}"));
        assert_eq!(trace.channels[0].samples.value, [watts, watts], "{log}");
    }
    assert_eq!(refused("time [s],power\n0,1.5\n1,1.5\n"), (Code::UnitUnknown, Place::Line(1)));
    assert_eq!(refused("time [s],power [hp]\n0,1.5\n1,1.5\n"), (Code::UnitUnknown, Place::Line(1)));
    assert_eq!(refused("time,power [W]\n0,1.5\n1,1.5\n"), (Code::TimeUnit, Place::Line(2)));
    assert_eq!(refused("time [s];power [W]\n0;1,5\n1;1.5\n"), (Code::BadNumber, Place::Line(3)));
}

#[test]
fn columns_that_show_one_thing_count_once() {
    let cases = [
        ("time [s],power_avg [W],power_inst [W]\n", 1, "mean before instant"),
        ("time [s],total_power [W],cpu_power [W]\n", 1, "a total holds its parts"),
        ("time [s],power [W],energy [J]\n", 1, "power before its own integral"),
        ("time [s],power [W],power_limit [W]\n", 1, "a limit is no reading"),
        ("time [s],cpu [W],gpu [W]\n", 2, "two devices"),
    ];
    for (header, members, what) in cases {
        let trace = load(&format!("{header}0,1,2\n1,1,2\n2,1,3\n")).unwrap();
        assert_eq!(cut(&trace).members.len(), members, "{what}");
    }
}

#[test]
fn a_current_becomes_power_only_with_a_voltage() {
    let log = "Timestamp(ms),Current(uA)\n0,1000\n1000,1000\n";
    assert_eq!(refused(log).0, Code::NoPower);
    let trace =
        read(log.as_bytes().to_vec(), "log", &ReadOptions { voltage: Some(3.0), ..ReadOptions::default() }).unwrap();
    let power = trace.channels.iter().find(|channel| channel.kind == Kind::InstantPower).unwrap();
    // 1 mA at 3 V is 3 mW.
    assert!(power.samples.value.iter().all(|watts| (watts - 0.003).abs() < 1e-15));
    assert_eq!(cut(&trace).members.len(), 1);
}

#[test]
fn wanted_devices_are_kept_and_unknown_ones_refused() {
    let log = "time [s],device,power [W]\n0,a,1\n0,b,2\n1,a,1\n1,b,2\n";
    let with = |device: &str| {
        let devices = Some(vec![device.to_owned()]);
        read(log.as_bytes().to_vec(), "log", &ReadOptions { devices, ..ReadOptions::default() })
    };
    assert_eq!(with("b").unwrap().devices(), ["b"]);
    assert_eq!(with("c").unwrap_err().code, Code::UnknownDevice);
}

#[test]
fn tegrastats_totals_are_known_only_for_known_boards() {
    let line = |rails: &str| format!("RAM 1/2MB CPU [1%@1] {rails}\n");
    let options = ReadOptions { interval_ns: Some(1_000_000_000), ..ReadOptions::default() };
    let with = |rails: &str| read(line(rails).repeat(3).into_bytes(), "log", &options).unwrap();
    let nano = with("POM_5V_IN 3000/3000 POM_5V_GPU 500/500 POM_5V_CPU 700/700");
    assert_eq!((cut(&nano).members.len(), nano.channels[cut(&nano).members[0]].name.as_str()), (1, "POM_5V_IN"));
    let partial = with("GPU 1000mW/1000mW CPU 2000mW/2000mW SOC 1500mW/1500mW");
    assert!(!partial.total_known && said(&partial) == [(Code::TotalUnknown, 1)]);
    let xavier = with("GPU 1000/1000 CPU 2000/2000 SOC 1500/1500 CV 0/0 VDDRQ 500/500 SYS5V 2500/2500");
    assert_eq!((cut(&xavier).members.len(), said(&xavier)), (6, vec![(Code::TotalIsSum, 1)]));
    let failed = line("VDD_IN 5000mW/5000mW") + &line("VDD_IN [N/A]") + &line("VDD_IN 5000mW/5000mW");
    assert_eq!(said(&read(failed.into_bytes(), "log", &options).unwrap()), [(Code::NaSample, 2)]);
    let broken = line("VDD_IN 5000mW/5000mW") + &line("VDD_IN 50_0mW/5000mW");
    assert_eq!(read(broken.into_bytes(), "log", &options).unwrap_err().code, Code::BadNumber);
    assert_eq!(refused(&line("VDD_IN 5000/5000")), (Code::NoTime, Place::Line(1)));
}

#[test]
fn long_logs_take_linear_time() {
    let mut log = String::from("time [s],power [W]\n");
    for i in 0..200_000 {
        log += &format!("{}.{},{}\n", i / 10, i % 10, i % 7);
    }
    assert_eq!(load(&log).unwrap().channels[0].samples.len(), 200_000);
}

#[test]
fn neighbours_of_the_formats_are_told_apart() {
    assert_eq!(
        load("Time,Watts,Volts\n2025-03-04 10:00:00,5,1\n2025-03-04 10:00:01,5,1\n").unwrap().format,
        "generic-csv"
    );
    let commented = "# read through NVML\ntime [s],power [W]\n0,1\n1,1\n";
    assert_eq!(load(commented).unwrap().format, "generic-csv");
}

#[test]
fn a_board_that_falls_silent_after_one_round_is_said() {
    let log = "timestamp, index, power.draw [W]\n\
        2025/03/04 10:00:00.000, 0, 100 W\n2025/03/04 10:00:00.000, 1, 100 W\n\
        2025/03/04 10:00:01.000, 0, 100 W\n2025/03/04 10:00:01.000, 1, [Unknown Error]\n\
        2025/03/04 10:00:02.000, 0, 100 W\n2025/03/04 10:00:02.000, 1, [Unknown Error]\n";
    let said = said(&load(log).unwrap());
    assert_eq!(said, [(Code::NaSample, 5), (Code::NaSample, 7), (Code::DeviceMissing, 4)]);
}

#[test]
fn two_columns_of_one_name_are_refused_whatever_their_units() {
    assert_eq!(refused("time [s],power [W],power [mW]\n0,1,1000\n"), (Code::DupColumn, Place::Line(1)));
    let log = "timestamp, power.draw [W], power.draw [mW]\n2025/03/04 10:00:00.000, 1 W, 1000 mW\n";
    assert_eq!(refused(log), (Code::DupColumn, Place::Line(1)));
}

#[test]
fn rows_before_the_header_are_refused_and_glued_records_too() {
    let rows = "2025/03/04 09:00:00.000, 0, 100 W\n".to_owned() + &board(&[(0.0, "100 W"), (1.0, "100 W")]);
    assert_eq!(refused(&rows), (Code::NoHeader, Place::Line(1)));
    let record = "Time,03-04-2025 10:00:00.000,Watts,100.0,Mark,x";
    assert_eq!(refused(&format!("{record},{record}\n")), (Code::FieldCount, Place::Line(1)));
    let rail = "03-04-2025 10:00:00 RAM 1/2MB VDD_IN 5mW/5mW";
    assert_eq!(refused(&format!("{rail} {rail}\n")), (Code::FieldCount, Place::Line(1)));
}

#[test]
fn hostile_widths_take_linear_time() {
    let wide: String = (0..4000).map(|i| format!(",p{i} [W]")).collect();
    let row = ",1".repeat(4000);
    assert_eq!(load(&format!("time [s]{wide}\n0{row}\n1{row}\n")).unwrap().channels.len(), 4000);
    let rails: String = (0..50_000).map(|i| format!(" R{i} 1/1")).collect();
    let line = |second: u32| format!("03-04-2025 10:00:0{second} RAM 1/2MB{rails}\n");
    assert_eq!(load(&(line(0) + &line(1))).unwrap().channels.len(), 50_000);
    let leaps: String =
        (0..50_000).map(|i| format!("2016-12-31T{:02}:{:02}:60.{:06}Z,1\n", i / 60 % 24, i % 60, i)).collect();
    assert!(load(&format!("time,power [W]\n{leaps}")).is_ok());
}

#[test]
fn energy_beside_several_powers_stands_back() {
    let trace = load("time [s],cpu.power [W],gpu.power [W],energy [J]\n0,1,2,0\n1,1,2,3\n").unwrap();
    let names: Vec<&str> = cut(&trace).members.iter().map(|index| trace.channels[*index].name.as_str()).collect();
    assert_eq!(names, ["cpu.power", "gpu.power"]);
}

#[test]
fn the_running_mean_of_tegrastats_tells_restarts_and_lost_rows() {
    let log = |readings: &[&str]| -> String {
        let line = |(i, reading): (usize, &&str)| format!("03-04-2025 10:00:0{i} RAM 1/2MB VDD_IN {reading}\n");
        readings.iter().enumerate().map(line).collect()
    };
    let said = |readings: &[&str]| said(&load(&log(readings)).unwrap());
    // 5000, then (5000 + 7001) / 2 cut to a whole number
    assert_eq!(said(&["5000mW/5000mW", "7001mW/6000mW", "6000mW/6000mW"]), []);
    let again = ["5000mW/5000mW", "7000mW/6000mW", "9000mW/9000mW", "7000mW/8000mW"];
    assert_eq!(said(&again), [(Code::HeaderRepeat, 3)]);
    // a row of 9000 mW is missing between the second and the third
    assert_eq!(said(&["5000mW/5000mW", "7000mW/6000mW", "3000mW/6000mW"]), [(Code::LoggedAverage, 3)]);
    // the start of the tool is not in the log: nothing can be checked
    assert_eq!(said(&["5000mW/4000mW", "7000mW/9000mW"]), []);
}
