//! A run whose beginning is not like the rest of it.

use super::evidence::{About, Check, Evidence, Finding};
use crate::input::{Code, Place};

pub(super) const CHECK: Check = Check { about: About::Run, find };

/// The beginning is this share of the time in flight.
const BEGINNING: f64 = 0.1;

/// Its mean power must be within this share of that of the second half.
const ALIKE: f64 = 0.3;

/// A beginning of fewer samples than this tells nothing.
const LEAST: usize = 10;

/// A run whose first tenth of the time in flight has a mean power more than 30 % off that of its second half: warm-up,
/// loading or compilation is mixed in (SemiAnalysisAI/InferenceX#1558: a load of 720 W looked like 440 W). Only where tokens
/// are a number for a window: of a token log the time in flight alone counts, and its requests may differ.
fn find(evidence: &Evidence<'_>) -> Vec<Finding> {
    let Some(run) = evidence.run.as_ref().filter(|run| run.counted) else { return Vec::new() };
    let spans = union(run.spans);
    let total: i64 = spans.iter().map(|(start, end)| end - start).sum();
    let (mut power, mut samples) = ([0.0; 2], [0usize; 2]);
    for channel in evidence.members.iter().filter(|channel| channel.kind.is_power()) {
        let parts = [(0.0, BEGINNING), (0.5, 1.0)].map(|(from, to)| {
            let inside = |part: f64| (total as f64 * part) as i64;
            let (mut elapsed, mut watts, mut count) = (0, 0.0, 0usize);
            let mut rows = evidence.inside(channel).peekable();
            for (start, end) in &spans {
                while rows.next_if(|(time, ..)| time < start).is_some() {}
                while let Some((time, value, _)) = rows.next_if(|(time, ..)| time <= end) {
                    if (inside(from)..=inside(to)).contains(&(elapsed + time - start)) {
                        watts += value;
                        count += 1;
                    }
                }
                elapsed += end - start;
            }
            (watts / count.max(1) as f64, count)
        });
        for (at, (watts, count)) in parts.into_iter().enumerate() {
            if let (Some(power), Some(samples)) = (power.get_mut(at), samples.get_mut(at)) {
                *power += watts;
                *samples = if *samples == 0 { count } else { count.min(*samples) };
            }
        }
    }
    let [beginning, later] = power;
    if samples.iter().any(|count| *count < LEAST) || (beginning - later).abs() <= ALIKE * later.abs() {
        return Vec::new();
    }
    let message = format!(
        "{beginning:.3} W in the first {:.0} % of the time in flight, {later:.3} W in its second half",
        100.0 * BEGINNING
    );
    vec![Finding { code: Code::WarmUp, place: Place::File, channel: None, message }]
}

/// The spans in order, those that touch as one.
fn union(spans: &[(i64, i64)]) -> Vec<(i64, i64)> {
    let mut sorted: Vec<(i64, i64)> = spans.iter().copied().filter(|(start, end)| start < end).collect();
    sorted.sort_unstable();
    let mut joined: Vec<(i64, i64)> = Vec::new();
    for (start, end) in sorted {
        match joined.last_mut() {
            Some((_, reached)) if start <= *reached => *reached = end.max(*reached),
            _ => joined.push((start, end)),
        }
    }
    joined
}
