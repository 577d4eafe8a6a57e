//! The coverage study of docs/uncertainty.md on fewer traces.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

#[path = "../examples/coverage/study.rs"]
mod study;

/// Traces of a scenario. Of so many the attained share of 95 % scatters by 2.2 %.
const TRACES: usize = 100;

#[test]
fn intervals_cover_what_they_say() {
    for scenario in study::SCENARIOS {
        let attained = study::attained(scenario, TRACES);
        // three standard deviations below the 94 % that ten thousand traces attain at least
        let words = scenario.drawn.word();
        assert!(attained >= 0.87, "{}, {words}: {attained}", scenario.what);
    }
}
