//! A node on a panel and a battery at the command line.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod support;

use support::{near, number, root, szilard, written};

const RIG: &str = r#"
[node]
idle = "3.8 W"
active = "7.2 W"
call_time = "4.1 s"
tokens_per_call = "50 token"
[demand]
calls_per_day = "1000"
[sun]
harvest = ["320 Wh", "80 Wh"]
daylight = "12 h"
noon = "12 h"
rated = "100 W"
[battery]
capacity = "20 Ah"
voltage = "12.8 V"
"#;

fn rig() -> String {
    written("rig.toml", RIG.as_bytes())
}

#[test]
fn two_days_of_the_thread_are_told_in_figures_days_and_a_budget() {
    let file = rig();
    let ran = szilard(&["simulate", &file]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{ran:?}");
    for words in ["29.52 J", "91.200", "-11.200", "59087", "21073", "calls served"] {
        assert!(ran.out.contains(words), "{words}: {}", ran.out);
    }
    let json = szilard(&["simulate", &file, "--json"]).json();
    assert_eq!((json["status"].as_str(), json["trials"].as_u64()), (Some("complete"), Some(1)));
    near(number(&json["figures"]["tokens_served"]["value"]), 100_000.0, 1e-12);
    assert_eq!(json["figures"]["tokens_served"]["unit"], "token");
    // each day: idling and 1000 calls of 13.94 J above it
    for day in json["days"].as_array().unwrap() {
        near(number(&day["load_j"]), 3.8 * 86_400.0 + 13_940.0, 1e-9);
        let parts = ["load_j", "stored_j", "curtailed_j", "loss_j"].map(|key| number(&day[key]));
        near(parts.iter().sum(), number(&day["harvest_j"]), 1e-12);
    }
    assert!(json["budget"][1]["calls"].is_null());
    near(number(&json["budget"][0]["surplus"]["value"]), 228.8 * 3600.0, 1e-9);
}

#[test]
fn sizes_are_found_or_said_to_be_out_of_reach() {
    let file = rig();
    let words = ["simulate", &file, "--days", "60", "--size", "panel", "--size", "battery", "--reliability", "100 %"];
    let json = szilard(&[&words[..], &["--json"]].concat()).json();
    assert_eq!(json["sizes"]["panel"]["size"]["unit"], "W");
    assert!(number(&json["sizes"]["panel"]["size"]["value"]) < 100.0);
    let busy = written("busy.toml", RIG.replace("\"1000\"", "\"30000\"").as_bytes());
    let ran = szilard(&["simulate", &busy, "--size", "battery", "--reliability", "0.9"]);
    assert!(ran.code == 2 && ran.err.contains("more time than there is"), "{ran:?}");
    assert!(ran.out.contains("tokens_served"), "the simulation itself is shown");
    assert_eq!(szilard(&["simulate", &file, "--size", "battery"]).code, 64);
    assert_eq!(szilard(&["simulate", &file, "--size", "roof", "--reliability", "0.9"]).code, 64);
    assert_eq!(szilard(&["simulate", &file, "--size", "panel", "--reliability", "1 W"]).code, 2);
}

#[test]
fn what_is_wrong_is_said_with_its_line() {
    let cases: &[(&str, &str, &str)] = &[
        ("[demand]", "[demand]\nnights = 3", "unknown field `nights`"),
        ("\"3.8 W\"", "\"3.8 Ws\"", "expected a figure in W,"),
        ("\"3.8 W\"", "3.8", "expected"),
        ("\"3.8 W\"", "\"NaN W\"", ""),
        ("\"20 Ah\"", "\"-20 Ah\"", "above 0"),
        ("\"12 h\"\nnoon", "\"0 h\"\nnoon", "length of daylight"),
        ("harvest", "peak_sun", "peak_sun"),
    ];
    for (old, new, reason) in cases {
        assert!(RIG.contains(old), "{old}");
        let file = written("wrong.toml", RIG.replacen(old, new, 1).as_bytes());
        let ran = szilard(&["simulate", &file]);
        assert!(ran.code == 2 && ran.out.is_empty(), "{new}: {ran:?}");
        assert!(ran.err.contains("wrong.toml, line ") && ran.err.contains(reason), "{new}: {}", ran.err);
    }
    let json =
        szilard(&["simulate", &written("wrong.toml", RIG.replace("[demand]", "[demand]\nx=1").as_bytes()), "--json"])
            .json();
    assert_eq!(json["diagnostics"][0]["line"], 8);
    assert!(szilard(&["simulate", "/no/such.toml"]).err.contains("/no/such.toml"));
    let ran = szilard(&["simulate", &written("bytes.toml", b"days = 1\n\xff\xfe")]);
    assert!(ran.code == 2 && ran.err.contains("line 2") && ran.err.contains("UTF-8"), "{ran:?}");
}

#[test]
fn the_example_runs() {
    let file = root().join("examples/rooftop.toml");
    let ran = szilard(&["simulate", file.to_str().unwrap(), "--trials", "20"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.out.contains("one of the drawn courses"));
    // the same seed, the same answer; another one, another
    let again = szilard(&["simulate", file.to_str().unwrap(), "--trials", "20"]);
    assert_eq!(ran.out, again.out);
    assert_ne!(ran.out, szilard(&["simulate", file.to_str().unwrap(), "--trials", "20", "--seed", "1"]).out);
}
