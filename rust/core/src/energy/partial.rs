//! Mergeable summaries: any split of a recording, merged in any order, gives the same bits.

use super::interval::{Interval, Sample};
use super::meter::Run;
use super::sums::{Sums, Total};
use crate::traces::Kind;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Two partials that were made with different gap limits.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("partials with gap limits of {left_ns} ns and {right_ns} ns do not merge; fix one limit for the whole job")]
pub struct GapLimitsDiffer {
    /// Limit of the left one. [ns]
    pub left_ns: i64,
    /// Limit of the right one. [ns]
    pub right_ns: i64,
}

/// A stretch of consecutive rows of one stream: its sums and its end samples.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Segment {
    first_row: u64,
    last_row: u64,
    first: Sample,
    last: Sample,
    sums: Sums,
}

/// A mergeable summary of any rows of any streams of a recording.
///
/// Segments that touch are joined over the interval between their end samples by the same rule as inside them, so that
/// `merge` is associative and commutative to the bit: energies are exact sums, rounded once in [`Partial::finish`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Partial {
    max_gap_ns: i64,
    streams: BTreeMap<String, Stream>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Stream {
    kind: Kind,
    segments: BTreeMap<u64, Segment>,
}

impl Partial {
    /// A summary of nothing, with the gap limit of the whole job. [ns]
    pub fn new(max_gap_ns: i64) -> Self {
        Self { max_gap_ns, streams: BTreeMap::new() }
    }

    /// Adds consecutive rows of a stream, in time order; `first_row` is the number of the first of them in the stream.
    pub fn add_rows(&mut self, stream: &str, kind: Kind, first_row: u64, time_ns: &[i64], value: &[f64]) {
        let rows = time_ns.len().min(value.len());
        let (time_ns, value) = (time_ns.get(..rows).unwrap_or_default(), value.get(..rows).unwrap_or_default());
        let ends = (time_ns.first().zip(value.first()), time_ns.last().zip(value.last()));
        let (Some(first), Some(last)) = ends else { return };
        let (first, last) = ((*first.0, *first.1), (*last.0, *last.1));
        let last_row = first_row + (rows as u64 - 1);
        let mut sums = Sums::default();
        sums.add_run(&Run { kind, max_gap_ns: self.max_gap_ns, first: 0, time: time_ns, value }, None);
        let entry = self.streams.entry(stream.to_owned());
        let stream = entry.or_insert_with(|| Stream { kind, segments: BTreeMap::new() });
        stream.insert(Segment { first_row, last_row, first, last, sums }, self.max_gap_ns);
    }

    /// Adds everything another summary has seen.
    ///
    /// # Errors
    /// [`GapLimitsDiffer`].
    pub fn merge(&mut self, other: &Self) -> Result<(), GapLimitsDiffer> {
        if self.max_gap_ns != other.max_gap_ns {
            return Err(GapLimitsDiffer { left_ns: self.max_gap_ns, right_ns: other.max_gap_ns });
        }
        for (name, theirs) in &other.streams {
            let entry = self.streams.entry(name.clone());
            let mine = entry.or_insert_with(|| Stream { kind: theirs.kind, segments: BTreeMap::new() });
            for segment in theirs.segments.values() {
                mine.insert(segment.clone(), self.max_gap_ns);
            }
        }
        Ok(())
    }

    /// Energy and time of every stream.
    pub fn finish(&self) -> BTreeMap<String, Total> {
        let total = |stream: &Stream| {
            let mut sums = Sums::default();
            stream.segments.values().for_each(|segment| sums.merge(&segment.sums));
            sums.total(stream.segments.len())
        };
        self.streams.iter().map(|(name, stream)| (name.clone(), total(stream))).collect()
    }
}

impl Stream {
    /// Inserts a segment and joins it with the ones it touches.
    fn insert(&mut self, mut segment: Segment, max_gap_ns: i64) {
        let before = self.segments.range(..segment.first_row).next_back().map(|(row, _)| *row);
        if let Some(row) = before
            && self.segments.get(&row).is_some_and(|left| left.last_row + 1 == segment.first_row)
            && let Some(left) = self.segments.remove(&row)
        {
            segment = left.joined(self.kind, &segment, max_gap_ns);
        }
        if let Some(right) = self.segments.remove(&(segment.last_row + 1)) {
            segment = segment.joined(self.kind, &right, max_gap_ns);
        }
        self.segments.insert(segment.first_row, segment);
    }
}

impl Segment {
    fn joined(mut self, kind: Kind, right: &Self, max_gap_ns: i64) -> Self {
        self.sums.add(&Interval::between(kind, self.last, right.first, max_gap_ns, 0));
        self.sums.merge(&right.sums);
        Self { last_row: right.last_row, last: right.last, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: i64 = 1_000_000_000;

    fn recording(rows: usize) -> (Vec<i64>, Vec<f64>) {
        let mut state = 7u64;
        let mut time = 0;
        (0..rows)
            .map(|_| {
                state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
                time += 90_000_000 + (state >> 40) as i64;
                (time, 100.0 + (state >> 45) as f64 * 1e-3)
            })
            .unzip()
    }

    #[test]
    fn constant_power_is_power_times_time() {
        // 100 W for 10 s: 1000 J exactly
        let mut partial = Partial::new(2 * SECOND);
        let time: Vec<i64> = (0..=10).map(|i| i * SECOND).collect();
        partial.add_rows("gpu", Kind::InstantPower, 0, &time, &[100.0; 11]);
        assert_eq!(partial.finish()["gpu"], Total { energy_j: 1000.0, covered_ns: 10 * SECOND, gap_ns: 0, pieces: 1 });
    }

    #[test]
    fn any_split_in_any_order_merges_to_the_same_bits() {
        let (time, power) = recording(1000);
        let mut whole = Partial::new(5 * SECOND);
        whole.add_rows("gpu", Kind::InstantPower, 0, &time, &power);
        for cuts in [vec![1, 2, 500], vec![333, 334, 999], vec![10, 20, 30]] {
            let edges: Vec<usize> = std::iter::once(0).chain(cuts).chain(std::iter::once(1000)).collect();
            let parts: Vec<Partial> = edges
                .windows(2)
                .map(|edge| {
                    let mut part = Partial::new(5 * SECOND);
                    let rows = edge[0]..edge[1];
                    part.add_rows("gpu", Kind::InstantPower, rows.start as u64, &time[rows.clone()], &power[rows]);
                    part
                })
                .collect();
            for order in [[0, 1, 2, 3], [3, 1, 0, 2], [2, 0, 3, 1]] {
                let mut merged = Partial::new(5 * SECOND);
                order.iter().for_each(|part| merged.merge(&parts[*part]).unwrap());
                assert_eq!(merged.finish()["gpu"].energy_j.to_bits(), whole.finish()["gpu"].energy_j.to_bits());
                assert_eq!(merged, whole);
            }
        }
    }

    #[test]
    fn gaps_are_decided_across_the_joint() {
        let mut left = Partial::new(2 * SECOND);
        left.add_rows("gpu", Kind::InstantPower, 0, &[0, SECOND], &[100.0, 100.0]);
        let mut right = Partial::new(2 * SECOND);
        right.add_rows("gpu", Kind::InstantPower, 2, &[9 * SECOND, 10 * SECOND], &[100.0, 100.0]);
        left.merge(&right).unwrap();
        let total = left.finish()["gpu"].clone();
        assert_eq!((total.energy_j, total.gap_ns, total.pieces), (200.0, 8 * SECOND, 1));
    }

    #[test]
    fn different_gap_limits_do_not_merge() {
        assert!(Partial::new(1).merge(&Partial::new(2)).is_err());
    }

    #[test]
    fn a_saved_partial_merges_like_a_fresh_one() {
        let (time, power) = recording(100);
        let mut left = Partial::new(5 * SECOND);
        left.add_rows("gpu", Kind::InstantPower, 0, &time[..50], &power[..50]);
        let mut right = Partial::new(5 * SECOND);
        right.add_rows("gpu", Kind::InstantPower, 50, &time[50..], &power[50..]);
        let mut thawed: Partial = serde_json::from_str(&serde_json::to_string(&left).unwrap()).unwrap();
        left.merge(&right).unwrap();
        thawed.merge(&right).unwrap();
        assert_eq!(thawed, left);
    }
}
