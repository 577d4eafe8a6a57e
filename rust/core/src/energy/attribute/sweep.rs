//! One walk over the sorted starts and ends of what was in flight.

use super::super::meter::Meter;
use super::pieces::pieces;
use szilard_simd::order;

/// A stretch of time that belongs to a request (all of it, its prefill, its decode).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in super::super) struct Part {
    pub start: i64,
    pub end: i64,
    /// Its share of the power while it is in flight, relative to the other parts. Above zero.
    pub weight: f64,
}

/// What parts get that are in flight together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Sharing {
    /// Power in proportion to their weights.
    Shared,
    /// All of the power, each.
    Whole,
}

/// What the parts and the rest of a window got.
#[derive(Debug, Clone, Default, PartialEq)]
pub(in super::super) struct Shares {
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
pub(in super::super) fn split(meters: &[Meter<'_>], parts: &[Part], window: (i64, i64), sharing: Sharing) -> Shares {
    let inside = |time: i64| time.clamp(window.0, window.1.max(window.0));
    let starts: Vec<i64> = parts.iter().map(|part| inside(part.start)).collect();
    let ends: Vec<i64> = parts.iter().map(|part| inside(part.end)).collect();
    let mut starting = Events::of(&starts);
    let mut ending = Events::of(&ends);
    let cuts = cuts(&starting, &ending, window);

    let mut shares = Shares { energy: vec![0.0; parts.len()], uncovered: vec![0; parts.len()], ..Shares::default() };
    let weight = |index: usize| match sharing {
        Sharing::Shared => parts.get(index).map_or(1.0, |part| part.weight),
        Sharing::Whole => 1.0,
    };
    let mut active = Active { entered: vec![Entry::default(); parts.len()], ..Active::default() };
    let mut idle = Pair::default();
    let pieces = pieces(meters, &cuts);
    for (piece, from) in pieces.iter().map(Some).chain([None]).zip(&cuts) {
        for index in ending.until(*from) {
            active.leave(index, weight(index), &mut shares);
        }
        for index in starting.until(*from) {
            // what is over as it starts is never in flight
            if ends.get(index).is_some_and(|end| end > from) {
                active.enter(index, weight(index));
            }
        }
        let Some(piece) = piece else { break };
        if active.count == 0 {
            idle.add(piece.energy);
            shares.idle_ns += piece.covered;
            continue;
        }
        shares.in_flight_ns += piece.length;
        active.uncovered += piece.length - piece.covered;
        shares.overlapping |= active.count > 1;
        match (sharing, active.count) {
            (Sharing::Shared, 1) => {
                if let Some(energy) = shares.energy.get_mut(active.index_sum) {
                    *energy += piece.energy;
                }
            }
            (Sharing::Shared, _) => active.per_weight.add(piece.energy / active.weight.value()),
            (Sharing::Whole, _) => active.per_weight.add(piece.energy),
        }
    }
    shares.idle = idle.value();
    shares
}

/// The times at which something begins or ends, rising and each once, the ends of the window with them.
fn cuts(starting: &Events<'_>, ending: &Events<'_>, window: (i64, i64)) -> Vec<i64> {
    let (mut starts, mut ends) = (starting.times().peekable(), ending.times().peekable());
    let mut cuts = Vec::with_capacity(starting.order.len() + ending.order.len() + 2);
    cuts.push(window.0);
    loop {
        let next = match (starts.peek(), ends.peek()) {
            (Some(start), Some(end)) if start <= end => starts.next(),
            (_, Some(_)) => ends.next(),
            _ => starts.next(),
        };
        let Some(next) = next else { break };
        if cuts.last().is_some_and(|last| *last < next) {
            cuts.push(next);
        }
    }
    if cuts.last().is_some_and(|last| *last < window.1) {
        cuts.push(window.1);
    }
    cuts
}

/// Times in their order, taken off as time goes on.
struct Events<'a> {
    time: &'a [i64],
    order: Vec<u32>,
    next: usize,
}

impl<'a> Events<'a> {
    fn of(time: &'a [i64]) -> Self {
        Self { time, order: order(time), next: 0 }
    }

    fn times(&self) -> impl Iterator<Item = i64> {
        self.order.iter().filter_map(|index| self.time.get(*index as usize).copied())
    }

    /// The indices of those up to a time that were not taken before.
    fn until(&mut self, time: i64) -> impl Iterator<Item = usize> {
        std::iter::from_fn(move || {
            let index = *self.order.get(self.next)? as usize;
            self.time.get(index).filter(|at| **at <= time)?;
            self.next += 1;
            Some(index)
        })
    }
}

/// A number of twice the digits: what is added stays while the sum grows large.
#[derive(Debug, Clone, Copy, Default)]
struct Pair {
    high: f64,
    low: f64,
}

impl Pair {
    fn add(&mut self, term: f64) {
        let sum = self.high + term;
        let part = sum - self.high;
        self.low += (self.high - (sum - part)) + (term - part);
        self.high = sum;
    }

    fn value(self) -> f64 {
        self.high + self.low
    }

    fn less(self, other: Self) -> f64 {
        (self.high - other.high) + (self.low - other.low)
    }
}

/// What G and the uncovered time were as a part began.
#[derive(Debug, Clone, Copy, Default)]
struct Entry {
    per_weight: Pair,
    uncovered: i64,
    is_active: bool,
}

/// The parts in flight at an instant.
#[derive(Default)]
struct Active {
    count: usize,
    /// Sum of the indices: the index itself while one part is active.
    index_sum: usize,
    weight: Pair,
    per_weight: Pair,
    uncovered: i64,
    entered: Vec<Entry>,
}

impl Active {
    fn enter(&mut self, index: usize, weight: f64) {
        let Some(entry) = self.entered.get_mut(index) else { return };
        *entry = Entry { per_weight: self.per_weight, uncovered: self.uncovered, is_active: true };
        self.count += 1;
        self.index_sum += index;
        self.weight.add(weight);
    }

    fn leave(&mut self, index: usize, weight: f64, shares: &mut Shares) {
        let Some(entry) = self.entered.get(index).filter(|entry| entry.is_active) else { return };
        if let (Some(energy), Some(uncovered)) = (shares.energy.get_mut(index), shares.uncovered.get_mut(index)) {
            *energy += weight * self.per_weight.less(entry.per_weight);
            *uncovered = self.uncovered - entry.uncovered;
        }
        self.count -= 1;
        self.index_sum -= index;
        self.weight.add(-weight);
        if self.count == 0 {
            // the rounding of the weights and of G is forgotten whenever nothing is in flight
            (self.weight, self.per_weight) = (Pair::default(), Pair::default());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::interval::Interval;
    use super::super::super::meter::Run;
    use super::*;
    use crate::traces::Kind;

    const SECOND: i64 = 1_000_000_000;

    fn constant(power: f64, seconds: i64) -> Meter<'static> {
        let judged = (0..seconds)
            .map(|i| Interval::between(Kind::InstantPower, (i * SECOND, power), ((i + 1) * SECOND, power), i64::MAX, 0))
            .collect();
        Meter { runs: Vec::new(), judged }
    }

    fn part(start: f64, end: f64, weight: f64) -> Part {
        Part { start: (start * 1e9) as i64, end: (end * 1e9) as i64, weight }
    }

    #[test]
    fn two_overlapping_requests_share_the_time_they_have_in_common() {
        // 100 W, a in [1, 4], b in [2, 5]: alone 1 s each and 2 s shared = 200 J each, 100 J before them
        let shares =
            split(&[constant(100.0, 5)], &[part(1.0, 4.0, 1.0), part(2.0, 5.0, 1.0)], (0, 5 * SECOND), Sharing::Shared);
        assert_eq!(shares.energy, [200.0, 200.0]);
        assert_eq!((shares.idle, shares.in_flight_ns, shares.overlapping), (100.0, 4 * SECOND, true));
    }

    #[test]
    fn shares_follow_the_weights() {
        // 3 : 1 over 2 s of 100 W
        let shares =
            split(&[constant(100.0, 2)], &[part(0.0, 2.0, 3.0), part(0.0, 2.0, 1.0)], (0, 2 * SECOND), Sharing::Shared);
        assert_eq!(shares.energy, [150.0, 50.0]);
    }

    #[test]
    fn a_lone_request_gets_the_integral_of_its_window() {
        let shares = split(&[constant(30.0, 10)], &[part(2.25, 7.5, 1.0)], (0, 10 * SECOND), Sharing::Shared);
        assert!((shares.energy[0] - 30.0 * 5.25).abs() < 1e-12);
        assert!((shares.idle - 30.0 * 4.75).abs() < 1e-12);
    }

    #[test]
    fn the_energy_of_two_meters_adds_and_the_least_cover_counts() {
        let short = constant(50.0, 1);
        let shares = split(&[constant(100.0, 2), short], &[part(0.0, 2.0, 1.0)], (0, 2 * SECOND), Sharing::Shared);
        assert_eq!((shares.energy[0], shares.uncovered[0]), (250.0, SECOND));
    }

    #[test]
    fn every_run_of_a_meter_whose_clock_steps_back_counts() {
        // 10 W from 0 to 10 s, then again from 2 s to 12 s: 200 J, of which [2, 10] twice
        let run = |from: i64| {
            constant(10.0, 10).judged.into_iter().map(move |interval| Interval {
                start: interval.start + from * SECOND,
                end: interval.end + from * SECOND,
                ..interval
            })
        };
        let meter = Meter { runs: Vec::new(), judged: run(0).chain(run(2)).collect() };
        let shares = split(&[meter], &[part(0.0, 3.0, 1.0)], (0, 12 * SECOND), Sharing::Shared);
        assert_eq!((shares.energy[0], shares.idle), (40.0, 160.0));
    }

    #[test]
    fn each_whole_is_the_integral_of_its_window_whatever_the_others() {
        let parts = [part(0.5, 4.0, 3.0), part(2.0, 5.0, 1.0), part(2.0, 2.0, 1.0)];
        let shares = split(&[constant(100.0, 5)], &parts, (0, 5 * SECOND), Sharing::Whole);
        assert_eq!((shares.energy, shares.idle), (vec![350.0, 300.0, 0.0], 50.0));
    }

    #[test]
    fn samples_and_judged_intervals_give_the_same_shares() {
        // 1 W/s from 0 W, samples 0.3 s apart; the ramps of both are cut at the same powers
        let time: Vec<i64> = (0..=40).map(|i| i * 300_000_000).collect();
        let value: Vec<f64> = time.iter().map(|time| *time as f64 * 1e-9).collect();
        let run = Run { kind: Kind::InstantPower, max_gap_ns: SECOND, first: 0, time: &time, value: &value };
        let judged = Meter { runs: Vec::new(), judged: run.iter().collect() };
        let sampled = Meter { runs: vec![run], judged: Vec::new() };
        let parts = [part(0.5, 4.1, 1.0), part(2.0, 5.0, 2.0), part(7.0, 12.0, 1.0), part(4.05, 4.1, 1.0)];
        let window = (100_000_000, 11 * SECOND);
        let of = |meter: &Meter<'_>| split(std::slice::from_ref(meter), &parts, window, Sharing::Shared);
        let (one, other) = (of(&judged), of(&sampled));
        assert_eq!(one.uncovered, other.uncovered);
        assert!(
            one.energy.iter().zip(&other.energy).all(|(one, other)| (one - other).abs() < 1e-14),
            "{one:?} {other:?}"
        );
        // ∫ t dt from 7 s to 11 s, alone
        assert!((other.energy[2] - 36.0).abs() < 1e-13);
    }
}
