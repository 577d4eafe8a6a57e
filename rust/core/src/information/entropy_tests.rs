use half::{bf16, f16};
use ndarray::{Array2, Axis, array, aview1};

use super::*;

/// Reproducible logits in [-scale, scale), the same as in the oracle's check.
fn random(count: usize, mut state: u64, scale: f64) -> Vec<f64> {
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / 2.0_f64.powi(53) * 2.0 * scale - scale
    };
    (0..count).map(|_| next()).collect()
}

fn of<T: Logit>(logits: &[T]) -> TokenInformation {
    with(logits, &EntropyOptions::default()).unwrap()
}

fn with<T: Logit>(logits: &[T], options: &EntropyOptions<'_>) -> Result<TokenInformation, InformationError> {
    token_entropy(aview1(logits).insert_axis(Axis(0)), options)
}

fn code(error: InformationError) -> (Code, Place) {
    error.code().map(|(code, place)| (code, place.clone())).unwrap()
}

#[test]
fn sixty_digit_arithmetic_agrees() {
    // Expected: tests/oracles/entropy_oracle.py, plain definitions in 60 digits.
    for (count, scale, entropy, varentropy, surprisal) in [
        (1000, 8.0, 5.213607662419894, 0.9641132982847348, 14.032207834972484),
        (50257, 20.0, 8.135803578538779, 1.0160401647090895, 31.794879313587355),
    ] {
        let targets = [3];
        let options = EntropyOptions { targets: Some(&targets), ..EntropyOptions::default() };
        let found = with(&random(count, 1, scale), &options).unwrap();
        assert!((found.entropy[0] - entropy).abs() < 1e-13, "{}", found.entropy[0]);
        assert!((found.varentropy[0] - varentropy).abs() < 1e-13, "{}", found.varentropy[0]);
        assert!((found.surprisal.unwrap()[0] - surprisal).abs() < 1e-13);
    }
    let options = EntropyOptions { sampling_temperature: 0.7, ..EntropyOptions::default() };
    let cold = with(&[2.0, 1.0, 0.5, -1.0, -3.0], &options).unwrap();
    assert!((cold.entropy[0] - 0.7959659730945031).abs() < 1e-15);
}

#[test]
fn confident_and_flat_rows_keep_their_digits() {
    let relative =
        |found: f64, expected: f64| assert!((found / expected - 1.0).abs() < 1e-13, "{found:e} {expected:e}");
    // One token almost certain: both are of the order of 1000 e^-40.
    let mut confident = vec![0.0; 1000];
    confident[0] = 40.0;
    relative(of(&confident).entropy[0], 1.7400834194248746e-13);
    relative(of(&confident).varentropy[0], 6.790569441658018e-12);
    // Two tokens share nearly everything.
    let pair: Vec<f64> = [60.0, 59.0].into_iter().chain([1.0; 98]).collect();
    relative(of(&pair).varentropy[0], 0.19661193324148185);
    // Nearly uniform: Q/Z - (S/Z)^2 would lose what (d - S/Z)^2 keeps.
    let flat: Vec<f64> = (0..100).map(|k| 1e-6 * f64::from(k)).collect();
    relative(of(&flat).entropy[0], 4.605170185571466);
    assert!((of(&flat).varentropy[0] / 8.332499995833333e-10 - 1.0).abs() < 1e-12);
}

#[test]
fn the_rounding_of_the_logits_gives_the_uncertainty() {
    // No rounding is known of f64; bfloat16 in [16, 32) is known to 0.0625, 16 itself included. The uncertainty is
    // computed in f32.
    assert_eq!(of(&[29.0_f64, 30.0, 31.0]).u[0], 0.0);
    let coarse = of(&[29.0_f32, 30.0, 31.0, 16.0].map(bf16::from_f32));
    assert!((coarse.u[0] / 0.01248878848305651 - 1.0).abs() < 2e-6, "{}", coarse.u[0]);
    assert_eq!(coarse.dtype, "bfloat16");
    // -ln p of one of two equal logits at 20: slopes -1/2 and 1/2, u = 0.0625 sqrt(1/4 + 1/4)/sqrt 3.
    let options = EntropyOptions { targets: Some(&[0]), ..EntropyOptions::default() };
    let pair = with(&[20.0_f32, 20.0].map(bf16::from_f32), &options).unwrap();
    assert!((pair.mean_surprisal(Base::NAT).unwrap().u - 0.0625 / 6.0_f64.sqrt()).abs() < 2e-8);
    // The derivative with respect to the logit carries 1/T.
    let options = EntropyOptions { sampling_temperature: 0.5, ..EntropyOptions::default() };
    let fine = with(&[0.5_f32, 1.0, 3.0, -2.0].map(f16::from_f32), &options).unwrap();
    assert!((fine.u[0] / 0.00012209210726997835 - 1.0).abs() < 2e-6, "{}", fine.u[0]);
    // The same numbers in every type are the same entropy: widening is exact.
    assert_eq!(of(&[1.5_f32, -2.0, 0.25]).entropy, of(&[1.5_f64, -2.0, 0.25]).entropy);
}

#[test]
fn masks_shifts_and_orders_do_not_matter() {
    let plain = of(&[1.0, 2.0, 3.5]);
    for mask in [f64::NEG_INFINITY, f64::MIN, f64::from(f32::MIN)] {
        assert_eq!(of(&[mask, 1.0, mask, 2.0, 3.5]).entropy, plain.entropy);
    }
    // A difference that overflows is a mask as well.
    assert_eq!(of(&[f64::MAX, f64::MIN]).entropy[0], 0.0);
    let shifted = |by: f64| of(&[by + 1.0, by + 2.0, by + 3.5]).entropy[0];
    assert!((shifted(1e5) - plain.entropy[0]).abs() < 1e-15);
    // From 131 072 on logits are taken one by one, with another exponential; 0.68002... nat in 40 digits.
    for entropy in [plain.entropy[0], shifted(1e6)] {
        assert!((entropy - 0.680_022_103_218_487_8).abs() < 1e-14, "{entropy}");
    }
    assert!((of(&[3.5, 1.0, 2.0]).entropy[0] - plain.entropy[0]).abs() < 1e-15);
    // Masked targets cannot occur.
    let options = EntropyOptions { targets: Some(&[1]), ..EntropyOptions::default() };
    assert_eq!(with(&[0.0, f64::NEG_INFINITY], &options).unwrap().surprisal.unwrap()[0], f64::INFINITY);
    // One token is certain; two independent tokens add.
    assert_eq!(of(&[-7.0]).entropy[0], 0.0);
    let (a, b) = (random(30, 1, 3.0), random(40, 2, 3.0));
    let product: Vec<f64> = a.iter().flat_map(|x| b.iter().map(move |y| x + y)).collect();
    assert!((of(&product).entropy[0] - of(&a).entropy[0] - of(&b).entropy[0]).abs() < 1e-13);
}

#[test]
fn cold_sampling_picks_among_the_largest() {
    let cold = |sampling_temperature, logits: &[f64]| {
        with(logits, &EntropyOptions { sampling_temperature, ..EntropyOptions::default() })
    };
    assert!((cold(0.0, &[5.0, 5.0, 5.0, 4.9]).unwrap().entropy[0] - 3.0_f64.ln()).abs() < 1e-15);
    assert_eq!(cold(0.0, &[0.0, -1.0]).unwrap().varentropy[0], 0.0);
    assert!(cold(0.0, &[0.0, -1.0]).unwrap().u[0] == 0.0);
    for wrong in [-1.0, f64::NAN, f64::INFINITY] {
        assert!(matches!(cold(wrong, &[0.0, 1.0]), Err(InformationError::Temperature { .. })));
    }
}

#[test]
fn what_is_no_set_of_logits_is_refused_with_its_place() {
    let default = EntropyOptions::default();
    let nan = array![[0.0, 1.0, 2.0, 0.0], [0.0, 0.0, 0.0, f64::NAN], [f64::INFINITY, 0.0, 0.0, 0.0]];
    let at = Place::Row { row: 1, column: Some(3) };
    assert_eq!(code(token_entropy(nan.view(), &default).unwrap_err()), (Code::NonfiniteLogit, at));
    let masked = Array2::from_elem((1, 5), f64::NEG_INFINITY);
    let at = Place::Row { row: 0, column: None };
    assert_eq!(code(token_entropy(masked.view(), &default).unwrap_err()), (Code::NonfiniteLogit, at));
    for shape in [(0, 5), (5, 0)] {
        assert_eq!(code(token_entropy(Array2::<f32>::zeros(shape).view(), &default).unwrap_err()).0, Code::NoData);
    }
    // Softmax was already applied, in any type.
    let probabilities = [[0.7, 0.2, 0.1], [0.5, 0.25, 0.25]];
    let probabilities = Array2::from_shape_fn((2, 3), |(row, column)| probabilities[row][column]);
    let wide = token_entropy(probabilities.view(), &default);
    let narrow = token_entropy(probabilities.mapv(bf16::from_f64).view(), &default);
    assert_eq!(
        (wide.unwrap_err(), narrow.unwrap_err()),
        (InformationError::Probabilities, InformationError::Probabilities)
    );
    let both = crate::information::divergence(array![[0.0, 3.0, 1.0]].view(), array![[0.7, 0.2, 0.1]].view(), &default);
    assert_eq!(both.unwrap_err(), InformationError::Probabilities);
    // Logits of zeros and ones, and rows that only begin alike, are logits.
    assert!(with(&[0.0, 1.0], &default).is_ok());
    assert!(token_entropy(array![[0.5, 0.5], [1.0, 2.0]].view(), &default).is_ok());
}

#[test]
fn targets_and_vocabulary_must_fit() {
    let logits = array![[0.0, 1.0, 2.0, 50.0], [0.0, 1.0, 2.0, f64::NAN]];
    let call = |vocab_size, targets| {
        token_entropy(logits.view(), &EntropyOptions { vocab_size, targets, ..EntropyOptions::default() })
    };
    // The padded column holds anything; without it the rows are equal.
    let cut = call(Some(3), Some(&[2, 0])).unwrap();
    assert_eq!(cut.entropy[0], cut.entropy[1]);
    assert_eq!(cut.surprisal.unwrap().len(), 2);
    assert!(matches!(call(Some(5), None), Err(InformationError::Vocabulary { vocab_size: 5, .. })));
    assert!(matches!(call(Some(0), None), Err(InformationError::Vocabulary { .. })));
    assert!(matches!(call(Some(3), Some(&[0, 3])), Err(InformationError::Target { row: 1, target: 3, .. })));
    assert!(matches!(call(Some(3), Some(&[-100, 0])), Err(InformationError::Target { row: 0, target: -100, .. })));
    assert!(matches!(call(Some(3), Some(&[0])), Err(InformationError::TargetCount { rows: 2, targets: 1 })));
}

#[test]
fn strided_views_and_threads_give_the_same_bits() {
    let logits = Array2::from_shape_vec((64, 300), random(64 * 300, 9, 10.0)).unwrap();
    let default = EntropyOptions::default();
    let whole = token_entropy(logits.view(), &default).unwrap();
    let transposed = logits.t().as_standard_layout().into_owned();
    assert_eq!(token_entropy(transposed.t(), &default).unwrap(), whole);
    let every_second = token_entropy(logits.slice(ndarray::s![..;2, ..]), &default).unwrap();
    assert_eq!(every_second.entropy[5], whole.entropy[10]);
    let alone = crate::parallel::on_threads(1, || token_entropy(logits.view(), &default).unwrap());
    assert_eq!(alone, whole);
}

#[test]
fn means_carry_their_errors() {
    let (x, y) = (0.0_f64, 2.0_f64.ln());
    let logits = array![[x, x, f64::NEG_INFINITY], [y, x, x]]; // ln 2 and 1.5 ln 2
    let found = token_entropy(logits.view(), &EntropyOptions::default()).unwrap();
    let mean = found.mean(Base::BIT);
    // Entropies 1 and 1.5 bit: mean 1.25, sample standard deviation 0.5/sqrt 2, over sqrt 2 of it.
    assert!((mean.value - 1.25).abs() < 1e-15 && (mean.standard_error.unwrap() - 0.25).abs() < 1e-15);
    assert_eq!((mean.u, mean.tokens), (0.0, 2));
    assert!((found.perplexity() - 2.0_f64.powf(1.25)).abs() < 1e-14);
    assert_eq!(of(&[0.0, 1.0]).mean(Base::NAT).standard_error, None);
    assert!(Base::new(1.0).is_err() && Base::new(f64::NAN).is_err());
    assert_eq!(Base::new(10.0).unwrap().from_nat(10.0_f64.ln()), 1.0);
}
