use super::*;

fn token(top: &[f64]) -> TopK {
    TopK { top: top.to_vec(), ..TopK::default() }
}

fn drawn(top: &[f64], logprob: f64) -> TopK {
    TopK { chosen: Some(Chosen { logprob, listed: false }), ..token(top) }
}

fn interval(row: TopK, vocab_size: Option<u64>) -> EntropyInterval {
    entropy_bounds(&[row], vocab_size).unwrap().intervals[0].unwrap()
}

fn refused(row: TopK, vocab_size: Option<u64>) -> (Code, Place) {
    let error = entropy_bounds(&[row], vocab_size).unwrap_err();
    error.code().map(|(code, place)| (code, place.clone())).unwrap()
}

#[test]
fn sixty_digit_arithmetic_agrees() {
    // Expected: tests/oracles/entropy_oracle.py, the tail filled token by token.
    let near = |found: EntropyInterval, lower: f64, upper: f64| {
        assert!((found.lower - lower).abs() < 1e-13 && (found.upper.unwrap() - upper).abs() < 1e-13, "{found:?}");
    };
    let list = token(&[-0.5, -2.0, -3.5, -4.1, -4.8]);
    near(interval(list, Some(200_019)), 1.7642653004680977, 3.590336421308726);
    near(interval(drawn(&[-0.7, -1.9], -5.0), Some(50_257)), 1.3795358923029548, 4.790153361360679);
}

#[test]
fn the_interval_holds_the_entropy_and_tightens_with_the_list() {
    // Zipf's distribution over 500 tokens, of which the first k are listed.
    let harmonic: f64 = (1..=500).map(|rank| 1.0 / f64::from(rank)).sum();
    let logprobs: Vec<f64> = (1..=500).map(|rank| (1.0 / f64::from(rank) / harmonic).ln()).collect();
    let entropy: f64 = logprobs.iter().map(|logprob| -logprob * logprob.exp()).sum();
    let mut before = (0.0, f64::INFINITY);
    for k in [1, 2, 5, 20, 100, 499, 500] {
        let EntropyInterval { lower, upper, .. } = interval(token(&logprobs[..k]), Some(500));
        let upper = upper.unwrap();
        assert!(lower <= entropy + 1e-12 && entropy <= upper + 1e-12, "{k}: {lower} {entropy} {upper}");
        assert!(lower >= before.0 && upper <= before.1 + 1e-12);
        before = (lower, upper);
        assert!(interval(token(&logprobs[..k]), None).upper.is_none());
    }
    assert!(before.1 - before.0 < 1e-12);
}

#[test]
fn censored_tokens_are_not_known_and_order_does_not_matter() {
    let plain = interval(token(&[-0.5, -2.0]), Some(100));
    assert_eq!(interval(token(&[-2.0, -9999.0, -0.5, f64::NEG_INFINITY]), Some(100)), plain);
    // A drawn token that is listed is not counted twice.
    let listed = TopK { chosen: Some(Chosen { logprob: -0.5, listed: true }), ..token(&[-0.5, -2.0]) };
    assert_eq!(interval(listed, Some(100)), plain);
    // A drawn token beside the list puts no cap on the tail.
    assert!(interval(drawn(&[-0.5, -2.0], -12.0), None).lower < 2.0 * plain.lower);
    let nothing = entropy_bounds(&[drawn(&[], -1.0), token(&[-9999.0])], Some(100)).unwrap();
    assert_eq!((nothing.intervals, nothing.surprisal), (vec![None, None], vec![Some(1.0), None]));
    assert_eq!(nothing.diagnostics.count(Code::TruncatedTail), 2);
}

#[test]
fn rounding_is_clamped_and_no_more() {
    let half = 0.5_f64.ln();
    // Sums a little above one, as of 32-bit log-softmax.
    let above = interval(token(&[half + 5e-7, half]), Some(1000));
    assert_eq!(above.tail, 0.0);
    assert!((above.lower - 2.0_f64.ln()).abs() < 1e-6);
    assert!(interval(token(&[5e-7]), None).lower == 0.0);
    let at = Place::Row { row: 0, column: None };
    assert_eq!(refused(token(&[half + 1e-4, half]), None), (Code::Infeasible, at.clone()));
    assert_eq!(refused(token(&[2e-6]), None), (Code::Range, at.clone()));
    assert_eq!(refused(token(&[f64::NAN]), None), (Code::Range, at));
    // ln 2 printed with two decimals: e^-0.69 twice is 1.0032.
    let printed = TopK { quantum: 0.01, ..token(&[-0.69, -0.69]) };
    assert_eq!(interval(printed, None).tail, 0.0);
}

#[test]
fn impossible_lists_are_refused() {
    let ln = |p: f64| p.ln();
    // A tail of 0.5 in one token of at most 0.2.
    assert_eq!(refused(token(&[ln(0.3), ln(0.2)]), Some(3)).0, Code::Infeasible);
    assert!(entropy_bounds(&[token(&[ln(0.3), ln(0.2)])], Some(5)).is_ok());
    // The whole vocabulary is listed and does not sum to one.
    assert_eq!(refused(token(&[ln(0.3), ln(0.2)]), Some(2)).0, Code::Infeasible);
    // A tail below the smallest number.
    assert_eq!(refused(token(&[ln(0.3), -800.0]), None).0, Code::Infeasible);
    let many = entropy_bounds(&[token(&[ln(0.5), ln(0.25)])], Some(1)).unwrap_err();
    assert!(matches!(many, InformationError::Vocabulary { vocab_size: 1, .. }));
    assert_eq!(entropy_bounds(&[], None).unwrap_err().code().unwrap().0, Code::NoData);
    let placed = TopK { place: Place::Path("content[3]".to_owned()), ..token(&[1.0]) };
    assert_eq!(refused(placed, None), (Code::Range, Place::Path("content[3]".to_owned())));
}

#[test]
fn the_mean_is_that_of_the_intervals() {
    let rows = [token(&[0.5_f64.ln(), 0.5_f64.ln()]), token(&[0.0]), token(&[])];
    let bounds = entropy_bounds(&rows, Some(10)).unwrap();
    let mean = bounds.mean(Base::BIT).unwrap();
    assert!((mean.lower - 0.5).abs() < 1e-12 && (mean.upper.unwrap() - 0.5).abs() < 1e-12);
    assert_eq!(mean.tokens, 2);
    assert_eq!(bounds.diagnostics.count(Code::TruncatedTail), 1);
    assert_eq!(entropy_bounds(&rows[..2], None).unwrap().mean(Base::BIT).unwrap().upper, None);
    assert_eq!(entropy_bounds(&rows[2..], None).unwrap().mean(Base::BIT), None);
}
