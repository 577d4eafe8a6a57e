//! Energies against exact fractions: integer arithmetic on the decimals of a log, with no rounding before the last.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use szilard::boundaries::{BoundaryChain, ChainError, Factor, Given, Step};
use szilard::energy::{EnergyQuery, Overlapping, Partial, WindowQuery, energies, energy, trapezoid};
use szilard::parallel::on_threads;
use szilard::quantity::{ExactSum, Quantity};
use szilard::traces::{Clock, Kind, PowerSeries, ReadOptions, Trace, trace_from_arrays};

const S: i64 = 1_000_000_000;
const CASES: u64 = 1000;

/// SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn within(&mut self, low: i64, high: i64) -> i64 {
        low + (self.next() % u64::try_from(high - low).unwrap()) as i64
    }

    /// A few samples or several blocks of them.
    fn count(&mut self, case: u64) -> usize {
        self.within(3, if case.is_multiple_of(20) { 9000 } else { 200 }) as usize
    }

    /// Times about 0.1 s apart, some with a gap behind them. [ns]
    fn times(&mut self, count: usize) -> Vec<i64> {
        let mut time = self.within(-S, S);
        let step = |random: &mut Self| {
            if random.next().is_multiple_of(300) { random.within(3 * S, 9 * S) } else { random.within(1, 200_000_000) }
        };
        (0..count)
            .map(|_| {
                time += step(self);
                time
            })
            .collect()
    }
}

fn trace_of(time: &[i64], power: &[f64]) -> Trace {
    let series = [PowerSeries { device: "gpu", time_ns: time, power_w: power }];
    trace_from_arrays(&series, Clock::Relative, &ReadOptions::default()).unwrap()
}

fn joules(trace: &Trace, window: Option<(i64, i64)>) -> f64 {
    energy(trace, &EnergyQuery { window, ..EnergyQuery::default() }).unwrap().energy.unwrap().value()
}

/// Σ of exact fractions: a whole number, and what is left of divisions.
#[derive(Default, Clone, Copy)]
struct Exact {
    whole: i128,
    rest: f64,
}

impl Exact {
    fn add(&mut self, numerator: i128, denominator: i128) {
        self.whole += numerator.div_euclid(denominator);
        self.rest += numerator.rem_euclid(denominator) as f64 / denominator as f64;
    }

    /// From doubled milliwatts times nanoseconds to joules, with one rounding of the whole number.
    fn joules(self) -> f64 {
        (self.whole as f64 + self.rest) / 2e12
    }
}

/// The energy of a window and the integral of |P| over it, of powers in milliwatts; intervals above 2 s are gaps.
fn exactly(time: &[i64], milliwatt: &[i64], (start, end): (i64, i64)) -> (f64, f64) {
    let (mut energy, mut size) = (Exact::default(), 0.0);
    for (t, p) in time.windows(2).zip(milliwatt.windows(2)) {
        let (from, to, length) = (t[0].max(start), t[1].min(end), i128::from(t[1] - t[0]));
        if from >= to || length > i128::from(2 * S) {
            continue;
        }
        // p(t) is a fraction over the length of the interval
        let at = |time: i64| i128::from(p[0]) * length + i128::from(p[1] - p[0]) * i128::from(time - t[0]);
        energy.add((at(from) + at(to)) * i128::from(to - from), length);
        size += p[0].abs().max(p[1].abs()) as f64 * 1e-3 * (to - from) as f64 * 1e-9;
    }
    (energy.joules(), size)
}

/// Property 1, 5, 6 and 7 at once: whatever the window, the energy is the exact one.
#[test]
fn an_energy_is_the_exact_fraction() {
    let mut random = Random(21);
    for case in 0..CASES {
        let count = random.count(case);
        let time = random.times(count);
        let milliwatt: Vec<i64> = match case % 4 {
            0 => vec![random.within(1, 700_000); time.len()],
            1 => time.iter().map(|time| time / 1_000_000).collect(),
            _ => (0..time.len()).map(|_| random.within(-300_000, 700_000)).collect(),
        };
        let power: Vec<f64> = milliwatt.iter().map(|power| *power as f64 / 1000.0).collect();
        let trace = trace_of(&time, &power);
        let (first, last) = (time[0], time[time.len() - 1]);
        let start = random.within(first, last);
        let windows = [(first, last), (start, last), (start, random.within(start, last) + 1)];
        for window in windows {
            let (exact, size) = exactly(&time, &milliwatt, window);
            let Ok(result) = energy(&trace, &EnergyQuery { window: Some(window), ..EnergyQuery::default() }) else {
                assert_eq!(size, 0.0, "case {case}");
                continue;
            };
            let found = result.energy.unwrap().value();
            assert!((found - exact).abs() <= 1e-14 * size, "case {case}, {window:?}: {found} for {exact}");
        }
    }
}

/// The blocks of the vector instructions give the bits that a sum term by term in exact arithmetic has.
#[test]
fn an_energy_has_the_bits_of_the_exact_sum() {
    let mut random = Random(22);
    for case in 0..CASES {
        let count = random.count(case);
        let time = random.times(count);
        let power: Vec<f64> = (0..time.len())
            .map(|_| {
                let (mantissa, exponent) = (random.next() >> 11, random.within(-20, 1));
                let wide = case % 5 == 0 && random.next().is_multiple_of(100);
                let sign = if random.next().is_multiple_of(9) { -1.0 } else { 1.0 };
                sign * mantissa as f64 / (1u64 << 53) as f64
                    * 2f64.powi(if wide { 20 * exponent as i32 } else { exponent as i32 })
            })
            .collect();
        let mut sum = ExactSum::default();
        for (t, p) in time.windows(2).zip(power.windows(2)).filter(|(t, _)| t[1] - t[0] <= 2 * S) {
            sum.add_product(p[0], (t[1] - t[0]) as f64);
            sum.add_product(p[1], (t[1] - t[0]) as f64);
        }
        let expected = (sum.value() / 2e9).to_bits();
        let trace = trace_of(&time, &power);
        for threads in [1, 2, 5] {
            assert_eq!(
                on_threads(threads, || joules(&trace, None)).to_bits(),
                expected,
                "case {case}, {threads} threads"
            );
        }
        assert_eq!(trapezoid(&time, &power, Some(2 * S)).unwrap().energy_j.to_bits(), expected, "case {case}");
        // cut anywhere, merged in any order
        let mut parts: Vec<Partial> = Vec::new();
        let mut from = 0;
        while from < time.len() {
            let to = (from + 1 + random.within(0, time.len() as i64) as usize).min(time.len());
            let mut part = Partial::new(2 * S);
            part.add_rows("gpu", Kind::InstantPower, from as u64, &time[from..to], &power[from..to]);
            parts.push(part);
            from = to;
        }
        let mut merged = Partial::new(2 * S);
        while !parts.is_empty() {
            let part = parts.swap_remove(random.within(0, parts.len() as i64) as usize);
            merged.merge(&part).unwrap();
        }
        assert_eq!(merged.finish()["gpu"].energy_j.to_bits(), expected, "case {case}, merged");
    }
}

/// Property 12: a counter of any range that is exceeded at most once between two reads gives the true energy.
#[test]
fn a_counter_that_wraps_gives_the_true_energy() {
    let mut random = Random(23);
    let mut wraps = 0;
    for case in 0..CASES {
        let range = random.within(10_000_000, 100_000_000);
        let mut total = range - random.within(1, 60_000);
        let first = total;
        let count = random.within(3, 60);
        let values: Vec<f64> = (0..count)
            .map(|_| {
                let value = total % range;
                total += random.within(1, 5000);
                // at a wrap the counter jumps over what would be read as zero or as a step back below 1 J
                if total % range == 0 {
                    total += 1;
                }
                value as f64
            })
            .collect();
        let pairs = values.windows(2);
        wraps += pairs.filter(|pair| pair[1] < pair[0]).count();
        let time: Vec<i64> = (0..count).map(|read| read * S).collect();
        let mut trace = trace_of(&time, &values);
        trace.channels[0].kind = Kind::EnergyCounter { range: Some(range as f64) };
        // the last value that was read
        let mut last = first - first % range + values[0] as i64;
        for pair in values.windows(2) {
            let step = (pair[1] - pair[0]) as i64;
            last += if step < 0 { step + range } else { step };
        }
        assert_eq!(joules(&trace, None), (last - first) as f64, "case {case}, range {range}");
    }
    assert!(wraps > 0, "no wrap was tried");
}

/// Property 11 for windows: whatever they are, shared energies and the rest are the meter, and whole ones their integrals.
#[test]
fn shared_windows_and_the_rest_are_the_meter() {
    let mut random = Random(24);
    for case in 0..CASES {
        let count = random.count(case);
        let time = random.times(count);
        let milliwatt: Vec<i64> = (0..time.len()).map(|_| random.within(0, 700_000)).collect();
        let power: Vec<f64> = milliwatt.iter().map(|power| *power as f64 / 1000.0).collect();
        let trace = trace_of(&time, &power);
        let (first, last) = (time[0], time[time.len() - 1]);
        let windows: Vec<(i64, i64)> = (0..random.within(1, 30))
            .map(|_| {
                let start = random.within(first - S / 10, last);
                (start, random.within(start, last + S / 10))
            })
            .collect();
        let weights: Vec<f64> = windows.iter().map(|_| random.within(1, 1000) as f64 / 7.0).collect();
        let (total, size) = exactly(&time, &milliwatt, (first, last));
        for how in [Overlapping::Equal, Overlapping::Weighted(&weights)] {
            let found = energies(&trace, &windows, how, WindowQuery::default()).unwrap();
            let sum: f64 = found.energy_j.iter().sum::<f64>() + found.outside_j;
            assert!((sum - total).abs() <= 2e-15 * size * windows.len() as f64, "case {case}: {sum} of {total}");
        }
        let whole = energies(&trace, &windows, Overlapping::Whole, WindowQuery::default()).unwrap();
        for (window, found) in windows.iter().zip(&whole.energy_j) {
            let (exact, size) = exactly(&time, &milliwatt, *window);
            assert!((found - exact).abs() <= 1e-14 * size, "case {case}, {window:?}: {found} for {exact}");
        }
        let threads = on_threads(5, || energies(&trace, &windows, Overlapping::Whole, WindowQuery::default()).unwrap());
        assert_eq!(threads, whole, "case {case}");
    }
}

/// Property 9: up to three steps of the boundary ladder are the same in one go and step by step, each factor once, and
/// the way back returns; two rungs do not add.
#[test]
fn boundaries_compose() {
    let of_step = |step: Step, millionths: i64| {
        let ratio = Quantity::number(1.0 + millionths as f64 * 1e-6).unwrap();
        Factor::new(&format!("own-{step}"), Some(step), Given::Ratio, &ratio).unwrap()
    };
    let mut random = Random(26);
    for case in 0..CASES {
        let first = random.within(0, 4) as usize;
        let steps = &Step::ALL[first..(first + 1 + random.within(0, 3) as usize).min(6)];
        let millionths: Vec<i64> = steps.iter().map(|_| random.within(1, 900_000)).collect();
        let factors: Vec<Factor> = steps.iter().zip(&millionths).map(|(step, ratio)| of_step(*step, *ratio)).collect();
        let (from, to) = (steps[0].from(), steps[steps.len() - 1].to());
        let millijoules = random.within(1, 700_000);
        let figure = Quantity::new(millijoules as f64 / 1000.0, "J".parse().unwrap()).unwrap().at(Some(from));
        let chain = BoundaryChain::new(factors.clone()).unwrap();
        let whole = chain.lift(&figure, to).unwrap().quantity;
        // millijoules times millionths to the number of steps, a whole number below 2^128
        let product =
            millionths.iter().fold(millijoules as u128, |product, ratio| product * (1_000_000 + ratio) as u128);
        let exact = product as f64 / 1000.0 / 1e6f64.powi(steps.len() as i32);
        let close = |found: &Quantity, ulps: f64, expected: f64| {
            let off = (found.value() - expected).abs();
            assert!(off <= ulps * f64::EPSILON * expected, "case {case}: {found} for {expected}");
        };
        close(&whole, 2.0 + 2.0 * steps.len() as f64, exact);
        for between in &steps[1..] {
            let then = chain.lift(&chain.lift(&figure, between.from()).unwrap().quantity, to).unwrap().quantity;
            close(&then, 6.0, whole.value());
        }
        assert!(matches!(chain.lift(&whole, to), Err(ChainError::AppliedTwice { .. })), "case {case}");
        let single = BoundaryChain::new(vec![factors[0].clone()]).unwrap();
        let above = single.lift(&figure, steps[0].to()).unwrap().quantity;
        close(&single.lower(&above, from).unwrap().quantity, 2.0, figure.value());
        assert!(above.plus(&figure).is_err(), "case {case}");
    }
}

#[test]
fn columns_that_are_no_samples_are_refused() {
    let time: Vec<i64> = (0..5000).map(|index| index * S).collect();
    let refused = |time: &[i64], power: &[f64]| trapezoid(time, power, None).unwrap_err().to_string();
    let mut power = vec![1.0; 5000];
    assert_eq!(trapezoid(&time, &power, None).unwrap().energy_j, 4999.0);
    assert!(refused(&time[..1], &power[..1]).contains("two samples"));
    assert!(refused(&time, &power[..9]).contains("as many times"));
    let mut back = time.clone();
    back[2500] = 0;
    assert!(refused(&back, &power).contains("times that rise"));
    power[4000] = f64::NAN;
    assert!(refused(&time, &power).contains("no number"));
}
