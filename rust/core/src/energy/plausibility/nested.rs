//! A sum that holds a total and its own parts.

use super::evidence::{About, Check, Evidence, Finding};
use crate::input::Code;

pub(super) const CHECK: Check = Check { about: About::Meter, find };

/// The total agrees with the sum of its parts to this share in every sample.
const AGREE: f64 = 0.02;

/// Fewer samples than this may agree by chance.
const LEAST: usize = 20;

/// The load must vary by this share, or constant parts may add up by chance.
const VARIES: f64 = 0.10;

/// More channels than this are no rails of a board.
const MOST: usize = 64;

/// One of three or more summed channels that equals the sum of all the others in every sample while the load varies: a
/// total rail beside its parts, which doubles the energy (rbonghi/jetson_stats#51, mlco2/codecarbon#950).
fn find(evidence: &Evidence<'_>) -> Vec<Finding> {
    if !(3..=MOST).contains(&evidence.members.len()) {
        return Vec::new();
    }
    let powers: Vec<Vec<(i64, f64)>> = evidence
        .members
        .iter()
        .filter(|channel| channel.kind.is_power())
        .map(|channel| evidence.inside(channel).map(|(time, value, _)| (time, value)).collect())
        .collect();
    let Some(first) = powers.first().filter(|first| first.len() >= LEAST) else { return Vec::new() };
    let together = |other: &Vec<(i64, f64)>| other.iter().map(|(time, _)| time).eq(first.iter().map(|(time, _)| time));
    if powers.len() < evidence.members.len() || !powers.iter().all(together) {
        return Vec::new();
    }
    let mut sums = vec![0.0; first.len()];
    for power in &powers {
        sums.iter_mut().zip(power).for_each(|(sum, (_, watts))| *sum += watts);
    }
    let is_total = |power: &Vec<(i64, f64)>| {
        let (least, most) =
            power.iter().fold((f64::INFINITY, 0.0f64), |range, (_, watts)| (range.0.min(*watts), range.1.max(*watts)));
        let mut pairs = power.iter().zip(&sums);
        most - least > VARIES * most && pairs.all(|((_, watts), sum)| (sum - 2.0 * watts).abs() <= AGREE * watts.abs())
    };
    let totals = evidence.members.iter().zip(&powers).filter(|(_, power)| is_total(power));
    let said = |channel: &crate::traces::Channel| {
        let message = "equals the sum of all the others in every sample; the sum holds it twice".to_owned();
        let line = evidence.inside(channel).next().map(|(.., line)| line);
        evidence.finding(Code::NestedSum, line, channel, message)
    };
    totals.map(|(channel, _)| said(channel)).take(1).collect()
}
