use super::*;
use crate::{BLOCK, InstructionSet, Logit, RowSums, Softmax, divergences as with_instructions};

fn sums(logits: &[f64], softmax: &Softmax) -> RowSums {
    let mut sums = RowSums::default();
    logits.chunks(BLOCK).for_each(|block| f64::absorb(block, &mut sums, softmax).unwrap());
    sums
}

fn found(p: &[f64], q: &[f64], temperature: f64, set: InstructionSet) -> [f64; 2] {
    let softmax = Softmax::new(temperature, true).with_instructions(set);
    let (of_p, of_q) = (sums(p, &softmax), sums(q, &softmax));
    let (mut p, mut q) = (p.to_vec(), q.to_vec());
    softmax.distances(&mut p, &of_p);
    softmax.distances(&mut q, &of_q);
    with_instructions(&p, &q, [softmax.log_softmax(&of_p), softmax.log_softmax(&of_q)], &softmax)
}

/// The two divergences by their definition.
fn plain(p: &[f64], q: &[f64], temperature: f64) -> [f64; 2] {
    let softmax = |x: &[f64]| -> Vec<f64> {
        let top = x.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let z: f64 = x.iter().map(|x| ((x - top) / temperature).exp()).sum();
        x.iter().map(|x| ((x - top) / temperature).exp() / z).collect()
    };
    let term = |a: f64, b: f64| if a == 0.0 { 0.0 } else { a * (a / b).ln() };
    let pairs: Vec<(f64, f64)> = softmax(p).into_iter().zip(softmax(q)).collect();
    let shannon = pairs.iter().map(|(p, q)| (term(*p, (p + q) / 2.0) + term(*q, (p + q) / 2.0)) / 2.0).sum();
    [pairs.iter().map(|(p, q)| term(*p, *q)).sum(), shannon]
}

#[test]
fn the_divergences_are_those_of_the_definition_with_all_instructions() {
    let mask = f64::NEG_INFINITY;
    let wave = |count: usize, step: f64| -> Vec<f64> { (0..count).map(|k| 4.0 * (step * k as f64).sin()).collect() };
    for set in InstructionSet::available() {
        for (count, temperature) in [(1, 1.0), (2, 0.5), (15, 1.0), (16, 3.0), (17, 1.0), (2000, 0.7), (2000, 1e7)] {
            let (p, q) = (wave(count, 1.0), wave(count, 1.3));
            let (found, expected) = (found(&p, &q, temperature, set), plain(&p, &q, temperature));
            for (found, expected) in found.into_iter().zip(expected) {
                assert!((found - expected).abs() < 1e-13, "{set:?} {count} {temperature}: {found} {expected}");
            }
        }
        // A token that only q allows; one that only p allows; one that both exclude.
        let ([leibler, shannon], ln2) = (found(&[0.0, mask, mask], &[0.0, 0.0, mask], 1.0, set), LN_2);
        assert!((leibler - ln2).abs() < 1e-15, "{leibler}");
        assert!((shannon - 0.215_761_554_338_835_65).abs() < 1e-15, "{shannon}");
        let [leibler, reversed] = found(&[0.0, 0.0, mask], &[0.0, mask, mask], 1.0, set);
        assert!(leibler == f64::INFINITY && (reversed - shannon).abs() < 1e-15);
        // Far below every other token, but not excluded: D = ln 2 + (0 + 800)/2 - ln 2, nearly.
        let [leibler, _] = found(&[0.0, 0.0], &[0.0, -800.0], 1.0, set);
        assert!((leibler - (400.0 - ln2)).abs() < 1e-12, "{leibler}");
        // D ~ Var(t)/2 for a small t, here +-1e-7 with probability 1/2 each.
        let [leibler, shannon] = found(&[0.0, 0.0], &[1e-7, -1e-7], 1.0, set);
        assert!((leibler / 5e-15 - 1.0).abs() < 1e-8 && (shannon / 1.25e-15 - 1.0).abs() < 1e-8, "{leibler} {shannon}");
        // T = 0: only the largest logits have weight.
        assert_eq!(found(&[3.0, 1.0], &[5.0, 4.0], 0.0, set), [0.0, 0.0]);
        assert_eq!(found(&[3.0, 1.0], &[4.0, 5.0], 0.0, set)[0], f64::INFINITY);
    }
}
