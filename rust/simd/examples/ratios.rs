//! The share of the read bandwidth that the kernel reaches with each set of instructions of this machine:
//! `cargo run --release -p szilard-simd --example ratios`. Times are medians of interleaved pairs, with two threads.

use std::time::Instant;

use half::{bf16, f16};
use szilard_simd::{BLOCK, InstructionSet, Logit, RowSums, Softmax};

const VOCABULARY: usize = 151_936;
const ROWS: usize = 1600;
const PAIRS: usize = 7;

fn seconds(work: impl FnOnce()) -> f64 {
    let start = Instant::now();
    work();
    start.elapsed().as_secs_f64()
}

/// Both halves of the numbers, each in a thread of its own.
fn in_two<T: Sync>(numbers: &[T], work: impl Fn(&[T]) + Sync) {
    let (front, back) = numbers.split_at(numbers.len() / 2 / VOCABULARY * VOCABULARY);
    std::thread::scope(|scope| {
        scope.spawn(|| work(front));
        work(back);
    });
}

/// A read of the same bytes that does next to nothing with them: the largest number, in 64 lanes.
fn read(numbers: &[u64]) {
    let mut largest = [0_u64; 64];
    for chunk in numbers.chunks_exact(64) {
        largest.iter_mut().zip(chunk).for_each(|(largest, number)| *largest |= number);
    }
    std::hint::black_box(largest);
}

fn reduce<T: Logit>(numbers: &[T], softmax: &Softmax) {
    for row in numbers.chunks(VOCABULARY) {
        let mut sums = RowSums::default();
        for block in row.chunks(BLOCK) {
            let _ = std::hint::black_box(T::absorb(block, &mut sums, softmax));
        }
        std::hint::black_box(&sums);
    }
}

fn measure<T: Logit>(single: &[f32], narrow: fn(f32) -> T) {
    let numbers: Vec<T> = single.iter().map(|number| narrow(*number)).collect();
    let words = vec![1_u64; size_of_val(numbers.as_slice()) / 8];
    for set in InstructionSet::available().filter(|set| set.name() != "portable") {
        for exact in [false, true] {
            let softmax = Softmax::new(1.0, exact).with_instructions(set);
            let mut shares: Vec<f64> = (0..PAIRS)
                .map(|_| {
                    let reading = seconds(|| in_two(&words, read));
                    reading / seconds(|| in_two(&numbers, |half| reduce(half, &softmax)))
                })
                .collect();
            shares.sort_by(f64::total_cmp);
            let share = shares.get(PAIRS / 2).copied().unwrap_or_default();
            println!("{:9} {:7} {:5} {share:.2}", T::NAME, set.name(), if exact { "exact" } else { "fast" });
        }
    }
}

fn main() {
    let mut state = 1_u64;
    let mut uniform = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f32 / (1_u64 << 24) as f32
    };
    // Four uniform numbers are nearly normal: deviation 3.
    let row: Vec<f32> = (0..VOCABULARY).map(|_| 5.2 * (uniform() + uniform() + uniform() + uniform() - 2.0)).collect();
    let single: Vec<f32> = std::iter::repeat_n(row, ROWS).flatten().collect();
    measure(&single, |number| number);
    measure(&single, f16::from_f32);
    measure(&single, bf16::from_f32);
}
