//! Several power logs of one run at the command line.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod support;

use support::{near, number, szilard, written};

/// A power for ten seconds, on UTC or from zero.
fn log(name: &str, watts: u32, start: u64) -> String {
    let rows: String = (0..=10).map(|second| format!("{},{watts}\n", start + second)).collect();
    written(name, format!("time [s],power [W]\n{rows}").as_bytes())
}

#[test]
fn logs_of_one_run_meet_on_one_clock() {
    let (wall, board) = (log("join-wall.csv", 150, 1_741_082_400), log("join-board.csv", 90, 1_741_082_400));
    let joined = |words: &[&str]| szilard(&[&["energy", &wall, "--json"], words].concat());
    let gpus = format!("gpus={board}");
    let json = joined(&["--join", &gpus]).json();
    assert!(json["energy"].is_null(), "a board behind a wall meter was added to it: {json}");
    let devices = json["per_device"].as_array().unwrap();
    assert_eq!((&devices[0]["device"], &devices[1]["device"]), (&"0".into(), &"gpus/0".into()));
    near(number(&devices[1]["energy_j"]), 900.0, 1e-14);
    near(number(&joined(&["--join", &gpus, "--disjoint"]).json()["energy"]["value"]), 2400.0, 1e-14);
    // the clock of the board is half a second late: it covers half a second less of the window
    let late = joined(&["--join", &format!("{gpus}@0.5 s"), "--start", "1741082400"]).json();
    assert_eq!(late["end_ns"], 1_741_082_410_500_000_000u64);
}

#[test]
fn clocks_that_do_not_meet_are_refused() {
    let (wall, relative) = (log("join-utc.csv", 150, 1_741_082_400), log("join-relative.csv", 90, 0));
    let refused = |words: &[&str]| {
        let ran = szilard(&[&["read", &wall], words].concat());
        assert_eq!(ran.code, 2, "{ran:?}");
        ran.err
    };
    assert!(refused(&["--join", &format!("cpu={relative}")]).contains("E_OFFSET_UNKNOWN"));
    assert!(refused(&["--join", &format!("cpu={relative}@5 s")]).contains("E_NO_OVERLAP"));
    assert!(refused(&["--join", &wall]).contains("E_DUP_DEVICE"));
    assert_eq!(szilard(&["read", &wall, "--join", &format!("cpu={relative}@1741082400 s")]).code, 0);
    assert_eq!(szilard(&["read", &wall, "--disjoint"]).code, 64);
    assert_eq!(szilard(&["read", &wall, "--join", "=x"]).code, 64);
}
