//! The attained coverage of 95 % intervals, as docs/uncertainty.md has it:
//! `cargo run --release -p szilard --example coverage [traces]`.

// a study, like a test, stops where it is not as it should be
#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::indexing_slicing)]

mod study;

fn main() {
    let traces = std::env::args().nth(1).and_then(|count| count.parse().ok()).unwrap_or(10_000);
    println!("| what errs | drawn from | attained |\n|---|---|---|");
    for scenario in study::SCENARIOS {
        let attained = study::attained(scenario, traces);
        println!("| {} | {} | {:.2} % |", scenario.what, scenario.drawn.word(), 100.0 * attained);
    }
}
