//! The coverage study of docs/uncertainty.md on fewer traces.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

#[path = "../examples/coverage/study.rs"]
mod study;

/// Traces of a scenario. Of so many the attained share of 95 % scatters by 1.5 %.
const TRACES: usize = 200;

#[test]
fn intervals_cover_what_they_say() {
    for scenario in study::SCENARIOS {
        let attained = study::attained(scenario, TRACES);
        let most = match scenario.drawn {
            study::Drawn::Model => 0.995,
            study::Drawn::Bound => 1.0,
        };
        // three standard deviations about the 94 to 96.5 % that ten thousand traces attain
        let words = scenario.drawn.word();
        assert!((0.90..=most).contains(&attained), "{}, {words}: {attained}", scenario.what);
    }
}
