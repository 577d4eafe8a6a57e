//! Bits per token at the command line; the figures themselves are tested in the core.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod support;

use support::{corpus, near, number, szilard, written};

#[test]
fn uniform_logits_carry_the_logarithm_of_their_number() {
    // npy_00: one row of 8 equal logits: H = 3 bit = ln 8 nat = log10 8 hartley
    let file = corpus("npy_00_uniform.npy");
    let json = szilard(&["entropy", &file, "--json"]).json();
    near(number(&json["mean"]["value"]), 3.0, 1e-14);
    assert_eq!(json["mean"]["unit"], "bit/token");
    near(number(&json["perplexity"]), 8.0, 1e-14);
    near(number(&json["entropy"][0]), 3.0, 1e-14);
    assert_eq!(json["units"]["entropy"], "bit/token");
    for (base, unit, value) in [("e", "nat/token", 8f64.ln()), ("10", "hartley/token", 8f64.log10())] {
        let json = szilard(&["entropy", &file, "--json", "--base", base]).json();
        near(number(&json["mean"]["value"]), value, 1e-14);
        assert_eq!(json["mean"]["unit"], unit);
    }
    let text = szilard(&["entropy", &file]).out;
    assert!(text.contains("3 bit/token") && text.contains("perplexity  8"), "{text}");
}

#[test]
fn targets_give_the_surprisal_and_strangers_are_refused() {
    let file = corpus("npy_00_uniform.npy");
    let rows = szilard(&["entropy", &file, "--json"]).json()["entropy"].as_array().unwrap().len();
    let targets = written("targets.txt", "3\n".repeat(rows).as_bytes());
    let json = szilard(&["entropy", &file, "--targets", &targets, "--json"]).json();
    near(number(&json["mean_surprisal"]["value"]), 3.0, 1e-14);
    let wrong = szilard(&["entropy", &file, "--targets", &written("wrong.txt", b"3\nx\n")]);
    assert!(wrong.code == 2 && wrong.err.contains(":2: E_BAD_NUMBER"), "{wrong:?}");
    let outside = szilard(&["entropy", &file, "--targets", &written("outside.txt", "8\n".repeat(rows).as_bytes())]);
    assert_eq!(outside.code, 2);
}

#[test]
fn log_probabilities_give_an_interval() {
    // lp_01: 1/2 and 1/4 listed, 1/4 outside the list: at least 1.5 bit, at most 1.5 + log2(n)/4 with n more tokens
    let file = corpus("lp_01_tail.json");
    let open = szilard(&["entropy", &file, "--json"]).json();
    near(number(&open["mean"]["lower"]), 1.5, 1e-9);
    assert!(open["mean"]["upper"].is_null());
    assert_eq!(open["diagnostics"][0]["code"], "W_TRUNCATED_TAIL");
    let closed = szilard(&["entropy", &file, "--json", "--vocab-size", "1002"]).json();
    near(number(&closed["mean"]["upper"]), 1.5 + 1000f64.log2() / 4.0, 1e-9);
    assert_eq!(closed["mean"]["unit"], "bit/token");
}

#[test]
fn tokens_without_any_probability_leave_the_answer_incomplete() {
    let token =
        |logprob: &str, top: &str| format!("{{\"token\":\"a\",\"logprob\":{logprob},\"top_logprobs\":[{top}]}}");
    let listed = token("-0.5", "{\"token\":\"a\",\"logprob\":-0.5}");
    let content = format!("{{\"choices\":[{{\"logprobs\":{{\"content\":[{listed},{}]}}}}]}}", token("-9999.0", ""));
    let ran = szilard(&["entropy", &written("silent.json", content.as_bytes()), "--json"]);
    assert_eq!((ran.code, ran.json()["status"].as_str()), (3, Some("incomplete")), "{ran:?}");
    assert!(ran.err.starts_with("szilard: incomplete: 1 of 2 tokens"), "{}", ran.err);
    assert!(ran.json()["lower"][1].is_null());
}

#[test]
fn every_logit_format_is_listed() {
    let rows = szilard(&["formats", "--json"]).json();
    let names: Vec<&str> = rows.as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap()).collect();
    for name in ["npy", "npz", "safetensors", "openai-logprobs-json"] {
        assert!(names.contains(&name), "{name} in {names:?}");
    }
    for row in rows.as_array().unwrap() {
        for key in ["kind", "description", "units"] {
            assert!(!row[key].as_str().unwrap().is_empty(), "{row}");
        }
    }
}

#[test]
fn two_models_diverge_by_bits_or_within_bounds() {
    let same = corpus("npy_00_uniform.npy");
    let json = szilard(&["divergence", &same, &same, "--json"]).json();
    assert_eq!((number(&json["mean_kullback_leibler"]), number(&json["mean_jensen_shannon"])), (0.0, 0.0));
    near(number(&json["mean_cross_entropy"]), 3.0, 1e-14);
    // (1/2, 1/4; 1/4 unknown) against (1/4, 1/2; 1/4 unknown): D >= 1/4 bit, and JS is known to 1/4 bit.
    let list = |name: &str, a: f64, b: f64| {
        let entry = |token: &str, p: f64| format!("{{\"token\":\"{token}\",\"logprob\":{}}}", p.ln());
        let top = format!("{},{}", entry("a", a), entry("b", b));
        let token = format!("{{\"token\":\"a\",\"logprob\":{},\"top_logprobs\":[{top}]}}", a.ln());
        written(name, format!("{{\"choices\":[{{\"logprobs\":{{\"content\":[{token}]}}}}]}}").as_bytes())
    };
    let (p, q) = (list("p.json", 0.5, 0.25), list("q.json", 0.25, 0.5));
    let json = szilard(&["divergence", &p, &q, "--json"]).json();
    near(number(&json["mean"]["kullback_leibler_lower"]), 0.25, 1e-9);
    let width = number(&json["jensen_shannon_upper"][0]) - number(&json["jensen_shannon_lower"][0]);
    near(width, 0.25, 1e-9);
    assert!(szilard(&["divergence", &p, &q]).out.contains("no upper bound is known"));
    assert_eq!(szilard(&["divergence", &p, &same]).code, 64);
}
