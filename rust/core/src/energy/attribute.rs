//! Energy of a meter split over the requests that were in flight.

use super::interval::Interval;
use super::partial::Sums;

/// How power is split among the requests in flight at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Policy {
    /// In proportion to their token rates, output tokens over time in flight.
    #[default]
    Tokens,
    /// In equal shares.
    Time,
    /// Not at all: requests that overlap are refused.
    Exclusive,
}

impl Policy {
    /// Every policy.
    pub const ALL: &'static [Self] = &[Self::Tokens, Self::Time, Self::Exclusive];

    /// The word for options and tables.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Tokens => "tokens",
            Self::Time => "time",
            Self::Exclusive => "exclusive",
        }
    }
}

/// A stretch of time that belongs to a request (all of it, its prefill, its decode).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Part {
    pub start: i64,
    pub end: i64,
    /// Its share of the power while it is in flight, relative to the other parts. Above zero.
    pub weight: f64,
}

/// What the parts and the rest of a window got.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Shares {
    /// Energy of each part. [J]
    pub energy: Vec<f64>,
    /// Uncovered time inside each part, the largest over the meters. [ns]
    pub uncovered: Vec<i64>,
    /// Covered energy with no part in flight. [J]
    pub idle: f64,
    /// Time with at least one part in flight. [ns]
    pub in_flight_ns: i64,
    /// Covered time with no part in flight. [ns]
    pub idle_ns: i64,
    /// Whether two parts of different requests were ever in flight together.
    pub overlapping: bool,
}

impl Shares {
    /// Covered energy [J] and time [ns] with no part in flight.
    pub fn idle(&self) -> (f64, i64) {
        (self.idle, self.idle_ns)
    }
}

/// Splits the energy of the meters inside a window over the parts.
///
/// One sweep over the sorted ends of the parts. Between two of them the active set is constant: a lone part gets the
/// energy itself, several get it through G(t) = ∫ P/W dt with W the sum of the active weights, e = w (G(end) - G(start)).
pub(super) fn split(meters: &[Vec<Interval>], parts: &[Part], window: (i64, i64)) -> Shares {
    let mut cuts: Vec<i64> = parts.iter().flat_map(|part| [part.start, part.end]).chain([window.0, window.1]).collect();
    cuts.retain(|cut| window.0 <= *cut && *cut <= window.1);
    cuts.sort_unstable();
    cuts.dedup();
    let pieces = pieces(meters, &cuts);

    let mut starts: Vec<usize> = (0..parts.len()).collect();
    let mut ends = starts.clone();
    let key = |index: &usize, end: bool| parts.get(*index).map(|part| if end { part.end } else { part.start });
    starts.sort_by_key(|index| key(index, false));
    ends.sort_by_key(|index| key(index, true));
    let (mut starts, mut ends) = (starts.into_iter().peekable(), ends.into_iter().peekable());

    let mut shares = Shares { energy: vec![0.0; parts.len()], uncovered: vec![0; parts.len()], ..Shares::default() };
    let mut entered = vec![(0.0, 0i64); parts.len()];
    let mut active = Active::default();
    for (piece, from) in pieces.iter().zip(&cuts) {
        while let Some(index) = ends.next_if(|index| key(index, true).is_some_and(|end| end <= *from)) {
            let Some((part, entry)) = parts.get(index).zip(entered.get(index)) else { continue };
            if part.start >= part.end {
                continue;
            }
            active.leave(index, part.weight);
            if let (Some(energy), Some(uncovered)) = (shares.energy.get_mut(index), shares.uncovered.get_mut(index)) {
                *energy += part.weight * (active.per_weight - entry.0);
                *uncovered = active.uncovered - entry.1;
            }
            active.rest();
        }
        while let Some(index) = starts.next_if(|index| key(index, false).is_some_and(|start| start <= *from)) {
            let Some((part, entry)) = parts.get(index).zip(entered.get_mut(index)) else { continue };
            if part.start < part.end {
                *entry = (active.per_weight, active.uncovered);
                active.enter(index, part.weight);
            }
        }
        match active.count {
            0 => {
                shares.idle += piece.energy;
                shares.idle_ns += piece.covered;
            }
            1 => {
                if let Some(energy) = shares.energy.get_mut(active.index_sum) {
                    *energy += piece.energy;
                }
            }
            _ => {
                active.per_weight += piece.energy / active.weight;
                shares.overlapping = true;
            }
        }
        if active.count > 0 {
            shares.in_flight_ns += piece.length;
            active.uncovered += piece.length - piece.covered;
        }
    }
    // what ends with the window
    for index in ends {
        let Some((part, entry)) = parts.get(index).zip(entered.get(index)) else { continue };
        if part.start < part.end
            && let (Some(energy), Some(uncovered)) = (shares.energy.get_mut(index), shares.uncovered.get_mut(index))
        {
            *energy += part.weight * (active.per_weight - entry.0);
            *uncovered = active.uncovered - entry.1;
        }
    }
    shares
}

/// The parts in flight at an instant.
#[derive(Default)]
struct Active {
    count: usize,
    /// Sum of the indices: the index itself while one part is active.
    index_sum: usize,
    weight: f64,
    per_weight: f64,
    uncovered: i64,
}

impl Active {
    fn enter(&mut self, index: usize, weight: f64) {
        self.count += 1;
        self.index_sum += index;
        self.weight += weight;
    }

    fn leave(&mut self, index: usize, weight: f64) {
        self.count -= 1;
        self.index_sum -= index;
        self.weight -= weight;
    }

    /// Forgets the rounding of the weights and of G whenever nothing is in flight.
    fn rest(&mut self) {
        if self.count == 0 {
            self.weight = 0.0;
            self.per_weight = 0.0;
        }
    }
}

/// Energy between two neighbouring cuts, over all meters.
#[derive(Debug, Clone, Default)]
struct Piece {
    energy: f64,
    length: i64,
    /// Least covered time of a meter. [ns]
    covered: i64,
}

fn pieces(meters: &[Vec<Interval>], cuts: &[i64]) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = cuts
        .iter()
        .zip(cuts.iter().skip(1))
        .map(|(from, to)| Piece { energy: 0.0, length: to - from, covered: to - from })
        .collect();
    for intervals in meters {
        let mut totals = vec![(0.0, 0i64); pieces.len()];
        // where the clock steps back the intervals start over; each run of them is in time order
        for run in intervals.chunk_by(|before, after| before.end <= after.start) {
            let (Some(first), Some(last)) = (run.first(), run.last()) else { continue };
            let reached = cuts.partition_point(|cut| *cut <= first.start).saturating_sub(1);
            let mut next = 0;
            for ((total, piece), from) in totals.iter_mut().zip(&pieces).zip(cuts).skip(reached) {
                if *from > last.end {
                    break;
                }
                let to = from + piece.length;
                let mut sums = Sums::default();
                while let Some(interval) = run.get(next).filter(|interval| interval.start < to) {
                    if let Some(part) = interval.clipped(*from, to) {
                        sums.add(&part);
                    }
                    if interval.end > to {
                        break;
                    }
                    next += 1;
                }
                let of_run = sums.total(1);
                *total = (total.0 + of_run.energy_j, total.1.saturating_add(of_run.covered_ns));
            }
        }
        for (piece, (energy, covered)) in pieces.iter_mut().zip(totals) {
            piece.energy += energy;
            piece.covered = piece.covered.min(covered);
        }
    }
    pieces
}

/// The grid 2^(e-52) with 2^e above the sum of the magnitudes: any floating-point sum of its multiples, in any order,
/// is exact. [J]
pub(super) fn grid(parts: impl Iterator<Item = f64>) -> f64 {
    let magnitude: f64 = parts.map(f64::abs).sum();
    let exponent = if magnitude > 0.0 { magnitude.log2().floor() as i32 + 2 } else { 0 };
    2f64.powi(exponent - 52)
}

/// The multiple of the grid nearest to an energy. [J]
pub(super) fn on_grid(energy: f64, grid: f64) -> f64 {
    (energy / grid).round_ties_even() * grid
}

#[cfg(test)]
mod tests {
    use super::super::interval::Interval;
    use super::*;
    use crate::traces::Kind;

    const SECOND: i64 = 1_000_000_000;

    fn constant(power: f64, seconds: i64) -> Vec<Interval> {
        (0..seconds)
            .map(|i| Interval::between(Kind::InstantPower, (i * SECOND, power), ((i + 1) * SECOND, power), i64::MAX, 0))
            .collect()
    }

    fn part(start: f64, end: f64, weight: f64) -> Part {
        Part { start: (start * 1e9) as i64, end: (end * 1e9) as i64, weight }
    }

    #[test]
    fn two_overlapping_requests_share_the_time_they_have_in_common() {
        // 100 W, a in [1, 4], b in [2, 5]: alone 1 s each and 2 s shared = 200 J each, 100 J before them
        let shares = split(&[constant(100.0, 5)], &[part(1.0, 4.0, 1.0), part(2.0, 5.0, 1.0)], (0, 5 * SECOND));
        assert_eq!(shares.energy, [200.0, 200.0]);
        assert_eq!((shares.idle, shares.in_flight_ns, shares.overlapping), (100.0, 4 * SECOND, true));
    }

    #[test]
    fn shares_follow_the_weights() {
        // 3 : 1 over 2 s of 100 W
        let shares = split(&[constant(100.0, 2)], &[part(0.0, 2.0, 3.0), part(0.0, 2.0, 1.0)], (0, 2 * SECOND));
        assert_eq!(shares.energy, [150.0, 50.0]);
    }

    #[test]
    fn a_lone_request_gets_the_integral_of_its_window() {
        let shares = split(&[constant(30.0, 10)], &[part(2.25, 7.5, 1.0)], (0, 10 * SECOND));
        assert!((shares.energy[0] - 30.0 * 5.25).abs() < 1e-12);
        assert!((shares.idle - 30.0 * 4.75).abs() < 1e-12);
    }

    #[test]
    fn the_energy_of_two_meters_adds_and_the_least_cover_counts() {
        let short = constant(50.0, 1);
        let shares = split(&[constant(100.0, 2), short], &[part(0.0, 2.0, 1.0)], (0, 2 * SECOND));
        assert_eq!((shares.energy[0], shares.uncovered[0]), (250.0, SECOND));
    }

    #[test]
    fn every_run_of_a_meter_whose_clock_steps_back_counts() {
        // 10 W from 0 to 10 s, then again from 2 s to 12 s: 200 J, of which [2, 10] twice
        let run = |from: i64| {
            constant(10.0, 10).into_iter().map(move |interval| Interval {
                start: interval.start + from * SECOND,
                end: interval.end + from * SECOND,
                ..interval
            })
        };
        let shares = split(&[run(0).chain(run(2)).collect()], &[part(0.0, 3.0, 1.0)], (0, 12 * SECOND));
        assert_eq!((shares.energy[0], shares.idle), (40.0, 160.0));
    }

    #[test]
    fn parts_on_the_grid_sum_exactly_in_any_order() {
        let parts = [0.1, 0.2, 0.3, 1e-9, 12345.678, -0.7];
        let grid = grid(parts.iter().copied());
        let rounded: Vec<f64> = parts.iter().map(|part| on_grid(*part, grid)).collect();
        let forward: f64 = rounded.iter().sum();
        let backward: f64 = rounded.iter().rev().sum();
        assert_eq!(forward.to_bits(), backward.to_bits());
    }
}
