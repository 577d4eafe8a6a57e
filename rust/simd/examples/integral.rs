//! The share of the read bandwidth of two streams that exact trapezoids reach with each set of instructions of this
//! machine: `cargo run --release -p szilard-simd --example integral`. Times are medians of interleaved pairs, with two
//! threads.

use std::time::Instant;

use szilard_simd::{InstructionSet, Integrator, Judge, Scatter};

const SAMPLES: usize = 100_000_000;
const PAIRS: usize = 7;

fn seconds(work: impl FnOnce()) -> f64 {
    let start = Instant::now();
    work();
    start.elapsed().as_secs_f64()
}

/// Both halves of the samples, each in a thread of its own.
fn in_two(time: &[i64], value: &[f64], work: impl Fn(&[i64], &[f64]) + Sync) {
    let ((time, late), (value, high)) = (time.split_at(SAMPLES / 2), value.split_at(SAMPLES / 2));
    std::thread::scope(|scope| {
        scope.spawn(|| work(time, value));
        work(late, high);
    });
}

/// A read of both streams that does next to nothing with them.
fn read(time: &[i64], value: &[f64]) {
    let (mut ticks, mut bits) = ([0_i64; 32], [0_u64; 32]);
    for (time, value) in time.chunks_exact(32).zip(value.chunks_exact(32)) {
        ticks.iter_mut().zip(time).for_each(|(ticks, time)| *ticks |= time);
        bits.iter_mut().zip(value).for_each(|(bits, value)| *bits |= value.to_bits());
    }
    std::hint::black_box((ticks, bits));
}

/// What everybody writes: rounded, and in an order.
fn plain(time: &[i64], value: &[f64]) {
    let pairs = time.iter().zip(value).zip(time.iter().zip(value).skip(1));
    let sum: f64 = pairs.map(|((t0, p0), (t1, p1))| (p0 + p1) * (t1 - t0) as f64).sum();
    std::hint::black_box(sum);
}

fn exact(time: &[i64], value: &[f64], set: InstructionSet) {
    let mut integrator = Integrator::new(2_000_000_000).with_instructions(set);
    let mut from = 0;
    while let (Some(time), Some(value)) = (time.get(from..), value.get(from..)) {
        let Some(block) = integrator.block(time, value) else { break };
        from += std::hint::black_box(block).samples;
    }
}

/// The exact sum, and what the readings say of themselves.
fn watched(time: &[i64], value: &[f64], set: InstructionSet) {
    let judge = Judge { bend: 700.0, limit: 2_000_000_000, window: (i64::MIN, i64::MAX), longest: f64::INFINITY };
    let mut integrator = Integrator::new(judge.limit).with_instructions(set).watching(judge.bend);
    let (mut scatter, mut from) = (Scatter::default(), 0);
    while let (Some(late), Some(high)) = (time.get(from..), value.get(from..)) {
        let Some((block, Some(calm))) = integrator.watched(late, high) else { break };
        let last = from + 1 + std::hint::black_box(block).samples;
        scatter.take_block(time, value, from + 1..last, &calm, &judge);
        scatter.take(time, value, last..last + 1, &judge);
        from = last;
    }
    std::hint::black_box(scatter);
}

fn main() {
    let mut state = 1_u64;
    let mut random = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state >> 40
    };
    let mut now = 0;
    let mut step = || {
        now += 9_000_000 + (random() % 2_000_000) as i64;
        now
    };
    let time: Vec<i64> = (0..SAMPLES).map(|_| step()).collect();
    let value: Vec<f64> = (0..SAMPLES).map(|_| 100.0 + (random() % 600_000) as f64 / 1000.0).collect();
    let share = |name: &str, work: &(dyn Fn(&[i64], &[f64]) + Sync)| {
        let mut shares: Vec<f64> = (0..PAIRS)
            .map(|_| {
                let reading = seconds(|| in_two(&time, &value, read));
                reading / seconds(|| in_two(&time, &value, work))
            })
            .collect();
        shares.sort_by(f64::total_cmp);
        println!("{name:21} {:.2}", shares.get(PAIRS / 2).copied().unwrap_or_default());
    };
    let reading = seconds(|| in_two(&time, &value, read));
    println!("read                  {:.1} GB/s", SAMPLES as f64 * 16e-9 / reading);
    for set in InstructionSet::available().filter(|set| set.name() != "portable") {
        share(set.name(), &|time, value| exact(time, value, set));
        share(&format!("{} and readings", set.name()), &|time, value| watched(time, value, set));
    }
    share("plain sum", &plain);
}
