//! One walk over the sorted starts and ends of what was in flight.

use super::super::meter::Meter;
use super::pieces::pieces;
use szilard_simd::{Shares, Sharing, Sweep, Window};

/// The energy of the meters inside a window of time [J], split over the parts of it [ns].
///
/// Between two neighbouring ends of parts the power is split in proportion to the weights of those in flight, or each
/// gets all of it. Reference: the sweep line of computational geometry, M. de Berg and others, Computational Geometry,
/// Springer 2008, chapter 2.
pub(in super::super) fn split(meters: &[Meter<'_>], parts: &[Window], window: (i64, i64), sharing: Sharing) -> Shares {
    let sweep = Sweep::new(parts, window);
    sweep.share(&pieces(meters, sweep.cuts()), sharing)
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
        Meter { judged, ..Meter::default() }
    }

    fn part(start: f64, end: f64, weight: f64) -> Window {
        Window { start: (start * 1e9) as i64, end: (end * 1e9) as i64, weight }
    }

    #[test]
    fn two_overlapping_requests_share_the_time_they_have_in_common() {
        // 100 W, a in [1, 4], b in [2, 5]: alone 1 s each and 2 s shared = 200 J each, 100 J before them
        let shares =
            split(&[constant(100.0, 5)], &[part(1.0, 4.0, 1.0), part(2.0, 5.0, 1.0)], (0, 5 * SECOND), Sharing::Split);
        assert_eq!(shares.value, [200.0, 200.0]);
        assert_eq!((shares.outside, shares.inside, shares.overlapping), (100.0, 4 * SECOND, true));
    }

    #[test]
    fn shares_follow_the_weights() {
        // 3 : 1 over 2 s of 100 W
        let shares =
            split(&[constant(100.0, 2)], &[part(0.0, 2.0, 3.0), part(0.0, 2.0, 1.0)], (0, 2 * SECOND), Sharing::Split);
        assert_eq!(shares.value, [150.0, 50.0]);
    }

    #[test]
    fn a_lone_request_gets_the_integral_of_its_window() {
        let shares = split(&[constant(30.0, 10)], &[part(2.25, 7.5, 1.0)], (0, 10 * SECOND), Sharing::Split);
        assert!((shares.value[0] - 30.0 * 5.25).abs() < 1e-12);
        assert!((shares.outside - 30.0 * 4.75).abs() < 1e-12);
    }

    #[test]
    fn the_energy_of_two_meters_adds_and_the_least_cover_counts() {
        let short = constant(50.0, 1);
        let shares = split(&[constant(100.0, 2), short], &[part(0.0, 2.0, 1.0)], (0, 2 * SECOND), Sharing::Split);
        assert_eq!((shares.value[0], shares.uncovered[0]), (250.0, SECOND));
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
        let meter = Meter { judged: run(0).chain(run(2)).collect(), ..Meter::default() };
        let shares = split(&[meter], &[part(0.0, 3.0, 1.0)], (0, 12 * SECOND), Sharing::Split);
        assert_eq!((shares.value[0], shares.outside), (40.0, 160.0));
    }

    #[test]
    fn each_whole_is_the_integral_of_its_window_whatever_the_others() {
        let parts = [part(0.5, 4.0, 3.0), part(2.0, 5.0, 1.0), part(2.0, 2.0, 1.0)];
        let shares = split(&[constant(100.0, 5)], &parts, (0, 5 * SECOND), Sharing::Whole);
        assert_eq!((shares.value, shares.outside), (vec![350.0, 300.0, 0.0], 50.0));
    }

    #[test]
    fn samples_and_judged_intervals_give_the_same_shares() {
        // 1 W/s from 0 W, samples 0.3 s apart; the ramps of both are cut at the same powers
        let time: Vec<i64> = (0..=40).map(|i| i * 300_000_000).collect();
        let value: Vec<f64> = time.iter().map(|time| *time as f64 * 1e-9).collect();
        let run = Run { kind: Kind::InstantPower, max_gap_ns: SECOND, first: 0, time: &time, value: &value };
        let judged = Meter { judged: run.iter().collect(), ..Meter::default() };
        let sampled = Meter { runs: vec![run], ..Meter::default() };
        let parts = [part(0.5, 4.1, 1.0), part(2.0, 5.0, 2.0), part(7.0, 12.0, 1.0), part(4.05, 4.1, 1.0)];
        let window = (100_000_000, 11 * SECOND);
        let of = |meter: &Meter<'_>| split(std::slice::from_ref(meter), &parts, window, Sharing::Split);
        let (one, other) = (of(&judged), of(&sampled));
        assert_eq!(one.uncovered, other.uncovered);
        assert!(
            one.value.iter().zip(&other.value).all(|(one, other)| (one - other).abs() < 1e-14),
            "{one:?} {other:?}"
        );
        // ∫ t dt from 7 s to 11 s, alone
        assert!((other.value[2] - 36.0).abs() < 1e-13);
    }
}
