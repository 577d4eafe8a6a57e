use super::*;

fn estimate(counts: &[u64], estimator: Estimator, alphabet: Option<u64>) -> f64 {
    entropy_from_counts(counts, estimator, alphabet).unwrap()
}

#[test]
fn the_reference_sample_gives_the_reference_values() {
    // physics.md section 4 for the counts 4, 2, 2, 1, 1; zeros are kinds not seen.
    for (estimator, expected) in [
        (Estimator::PlugIn, 1.470808),
        (Estimator::MillerMadow, 1.670808),
        (Estimator::ChaoShen, 1.797705),
        (Estimator::Grassberger, 1.746467),
        (Estimator::Jackknife, 1.796576),
    ] {
        let found = estimate(&[4, 0, 2, 2, 1, 0, 1], estimator, None);
        assert!((found - expected).abs() < 5.1e-7, "{}: {found}", estimator.name());
    }
}

#[test]
fn the_bayesian_mean_agrees_with_a_thirty_digit_quadrature() {
    // Expected: trapezoid over ln beta in [-40, 40] with 1601 points in mpmath, 30 digits.
    for (counts, alphabet, expected) in [
        (vec![4, 2, 2, 1, 1], 5, 1.490684062780163),
        (vec![4, 2, 2, 1, 1], 8, 1.738906659728081),
        (vec![4, 2, 2, 1, 1], 50, 2.034853187309681),
        (vec![1], 4, std::f64::consts::LN_2),
        (vec![100, 50, 25], 10, 0.9658659003564462),
        (vec![1; 6], 1000, 5.096589416723213),
    ] {
        let found = estimate(&counts, Estimator::NemenmanShafeeBialek, Some(alphabet));
        assert!((found - expected).abs() < 1e-10, "{counts:?} of {alphabet}: {found}");
    }
}

#[test]
fn large_samples_agree_with_the_source() {
    // 1000 kinds a thousand times each: ln 1000, whatever the estimator, within (K-1)/2N = 5e-4.
    let counts = vec![1000; 1000];
    for estimator in Estimator::ALL {
        let found = estimate(&counts, estimator, Some(1000));
        assert!((found - 1000.0_f64.ln()).abs() < 6e-4, "{}: {found}", estimator.name());
    }
    let found = estimate(&[1 << 40, 1 << 40], Estimator::NemenmanShafeeBialek, Some(1 << 40));
    assert!((found - 2.0_f64.ln()).abs() < 1e-6, "{found}");
}

#[test]
fn one_kind_has_no_entropy_and_singletons_are_finite() {
    for estimator in [Estimator::PlugIn, Estimator::MillerMadow, Estimator::ChaoShen, Estimator::Jackknife] {
        assert!(estimate(&[50], estimator, None).abs() < 1e-12, "{}", estimator.name());
    }
    assert_eq!(estimate(&[7], Estimator::NemenmanShafeeBialek, Some(1)), 0.0);
    assert!(estimate(&[1; 20], Estimator::ChaoShen, None).is_finite());
}

#[test]
fn samples_that_allow_no_estimate_are_refused() {
    let refused = |counts: &[u64], estimator, alphabet| {
        assert!(matches!(entropy_from_counts(counts, estimator, alphabet), Err(InformationError::Counts { .. })));
    };
    refused(&[], Estimator::PlugIn, None);
    refused(&[0, 0], Estimator::PlugIn, None);
    refused(&[u64::MAX, u64::MAX], Estimator::PlugIn, None);
    refused(&[1], Estimator::Jackknife, None);
    refused(&[3, 1], Estimator::NemenmanShafeeBialek, None);
    refused(&[3, 1], Estimator::NemenmanShafeeBialek, Some(1));
    for estimator in Estimator::ALL {
        assert_eq!(estimator.name().parse::<Estimator>().unwrap(), estimator);
    }
    assert!("best".parse::<Estimator>().is_err());
}
