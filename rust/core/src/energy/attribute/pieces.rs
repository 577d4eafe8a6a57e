//! Energy between neighbouring cuts of the time.

use super::super::interval::{Content, Interval};
use super::super::meter::{Meter, Run};
use crate::parallel;
use szilard_simd::{Piece, trapezoids};

/// Pieces that a thread takes at a time.
const BLOCK: usize = 1 << 14;

/// Energy [J] and least covered time of a meter [ns] between neighbouring cuts, which rise.
pub(super) fn pieces(meters: &[Meter<'_>], cuts: &[i64]) -> Vec<Piece> {
    let pair = |(from, to): (&i64, &i64)| Piece { value: 0.0, covered: to - from };
    let mut pieces: Vec<Piece> = cuts.iter().zip(cuts.iter().skip(1)).map(pair).collect();
    for meter in meters {
        let mut found = of_meter(meter, cuts);
        // an interval above the least limit is there, and the median decides about it
        if meter.open.is_some()
            && found.iter().flatten().map(|(_, covered)| covered).sum::<i64>() < reached(meter, cuts)
        {
            found = of_meter(&meter.settled(), cuts);
        }
        for (piece, (energy, covered)) in pieces.iter_mut().zip(found.into_iter().flatten()) {
            piece.value += energy;
            piece.covered = piece.covered.min(covered);
        }
    }
    pieces
}

/// Energy [J] and covered time of a meter [ns] between neighbouring cuts, in blocks of them.
fn of_meter(meter: &Meter<'_>, cuts: &[i64]) -> Vec<Vec<(f64, i64)>> {
    parallel::blocks(cuts.len().saturating_sub(1), BLOCK, &|block| {
        let mut sums = vec![(0.0, 0i64); block.len()];
        let cuts = cuts.get(block.start..block.end + 1).unwrap_or_default();
        for run in &meter.runs {
            of_run(run, cuts, &mut sums);
        }
        // where the clock steps back the intervals start over; each run of them is in time order
        for run in meter.judged.chunk_by(|before, after| before.end <= after.start) {
            let first = run.partition_point(|interval| cuts.first().is_some_and(|cut| interval.end <= *cut));
            of_intervals(run.iter().skip(first).copied(), cuts, &mut sums);
        }
        sums
    })
}

/// Time between the cuts and between the first and last sample of each run. [ns]
fn reached(meter: &Meter<'_>, cuts: &[i64]) -> i64 {
    let Some((from, to)) = cuts.first().zip(cuts.last()) else { return 0 };
    let ends = meter.runs.iter().filter_map(|run| run.time.first().zip(run.time.last()));
    ends.map(|(first, last)| (*last.min(to)).saturating_sub(*first.max(from)).max(0)).sum()
}

/// Adds energies [J] and covered times [ns] of a run.
fn of_run(run: &Run<'_>, cuts: &[i64], sums: &mut [(f64, i64)]) {
    let (Some(first), Some(last)) = (run.time.first(), run.time.last()) else { return };
    // the pieces that the run reaches
    let from = cuts.partition_point(|cut| cut <= first).saturating_sub(1);
    let to = (cuts.partition_point(|cut| cut < last) + 1).min(cuts.len());
    let (Some(cuts), Some(sums)) = (cuts.get(from..to), sums.get_mut(from..)) else { return };
    if run.is_linear() {
        let mut sums = sums.iter_mut();
        trapezoids(run.time, run.value, run.max_gap_ns, cuts, &mut |piece| {
            if let Some(sum) = sums.next() {
                *sum = (sum.0 + piece.doubled / 2e9, sum.1 + piece.kept);
            }
        });
    } else if let Some(cut) = cuts.first() {
        let first = run.time.partition_point(|time| time <= cut).saturating_sub(1);
        of_intervals(run.part(first..run.intervals()).iter(), cuts, sums);
    }
}

/// Adds energies [J] and covered times [ns] of intervals in time order.
fn of_intervals(mut intervals: impl Iterator<Item = Interval>, cuts: &[i64], sums: &mut [(f64, i64)]) {
    let mut next = intervals.next();
    for ((from, to), sum) in cuts.iter().zip(cuts.iter().skip(1)).zip(sums) {
        while let Some(interval) = next.filter(|interval| interval.start < *to) {
            if let Some(part) = interval.clipped(*from, *to) {
                let joules = match part.content {
                    Content::Ramp(from, to) => Some((from + to) / 2.0 * (part.length() as f64 * 1e-9)),
                    Content::Energy(joules) => Some(joules),
                    Content::Gap(_) => None,
                };
                if let Some(joules) = joules {
                    *sum = (sum.0 + joules, sum.1.saturating_add(part.length()));
                }
            }
            if interval.end > *to {
                break;
            }
            next = intervals.next();
        }
    }
}
