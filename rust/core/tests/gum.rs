//! The worked examples of the GUM (JCGM 100, annex H) and of its Supplement 1 (JCGM 101, clause 9), by the engine that
//! propagates every figure of this library.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use szilard::quantity::{Component, Distribution, Function, Measured, Trials, correlated, means_of_sets};

const TRIALS: usize = 400_000;

fn input(value: f64, shape: Distribution, u: f64) -> Measured {
    Measured::with_components(value, vec![Component::anonymous("x", shape, u)])
}

fn rectangular(low: f64, high: f64) -> Measured {
    input(0.5 * (low + high), Distribution::Rectangular, 0.5 * (high - low) / 3f64.sqrt())
}

/// An input within ± `half` of a value, by its shape.
fn within(value: f64, shape: Distribution, half: f64) -> Measured {
    input(value, shape, half * shape.standard_of_half_width().unwrap())
}

fn exact(value: f64) -> Measured {
    Measured::exact(value)
}

fn close(found: f64, expected: f64, within: f64, what: &str) {
    assert!((found - expected).abs() <= within, "{what}: {found}, not {expected} within {within}");
}

/// Mean, standard uncertainty and ends of the shortest interval.
fn drawn(trials: &Trials, coverage: f64) -> (f64, f64, f64, f64) {
    let interval = trials.shortest_interval(coverage).unwrap();
    (trials.mean(), trials.u(), interval.low, interval.high)
}

/// Shortest intervals have a flat optimum: their width is tested to half a percent beside the last published `digit`, and
/// the ends only loosely.
fn width(found: (f64, f64, f64, f64), (low, high): (f64, f64), digit: f64, what: &str) {
    close(found.3 - found.2, high - low, 0.005 * (high - low) + digit, what);
    close(found.2, low, 0.03 * (high - low), what);
}

#[test]
fn s1_9_2_sums_of_four_inputs() {
    let sum = |shapes: [(Distribution, f64); 4]| {
        shapes.iter().fold(exact(0.0), |sum, (shape, u)| sum.plus(&input(0.0, *shape, *u)))
    };
    // 9.2.2: four normal: first order and drawn agree
    let normal = sum([(Distribution::Normal, 1.0); 4]);
    close(normal.u(), 2.0, 1e-12, "9.2.2 u");
    let interval = normal.interval(0.95).unwrap();
    assert!(!interval.by_monte_carlo);
    close(interval.high, 3.92, 0.005, "9.2.2 first order");
    let found = drawn(&normal.monte_carlo(TRIALS, 922).unwrap(), 0.95);
    close(found.1, 2.0, 0.01, "9.2.2 drawn u");
    width(found, (-3.92, 3.92), 0.01, "9.2.2 drawn");
    // 9.2.3: four rectangular of the same u: narrower
    let found = drawn(&sum([(Distribution::Rectangular, 1.0); 4]).monte_carlo(TRIALS, 923).unwrap(), 0.95);
    close(found.1, 2.0, 0.01, "9.2.3 u");
    width(found, (-3.88, 3.88), 0.01, "9.2.3");
    // 9.2.4: one rectangular of u 10 over three of u 1: first order says 19.9, the truth is 17.0, and it is the default
    let dominated = sum([
        (Distribution::Rectangular, 1.0),
        (Distribution::Rectangular, 1.0),
        (Distribution::Rectangular, 1.0),
        (Distribution::Rectangular, 10.0),
    ]);
    close(dominated.u(), 10.1, 0.05, "9.2.4 u");
    close(1.959964 * dominated.u(), 19.9, 0.05, "9.2.4 first order");
    width(drawn(&dominated.monte_carlo(TRIALS, 924).unwrap(), 0.95), (-17.0, 17.0), 0.1, "9.2.4 drawn");
    let interval = dominated.interval(0.95).unwrap();
    assert!(interval.by_monte_carlo);
    close(interval.high, 17.0, 0.1, "9.2.4 default");
}

#[test]
fn s1_9_3_mass_calibration() {
    // δm = (m_Rc + δm_Rc) [1 + (ρ_a - ρ_a0)(1/ρ_W - 1/ρ_R)] - m_nom, in mg and kg/m³
    let mass = input(100_000.0, Distribution::Normal, 0.050).plus(&input(1.234, Distribution::Normal, 0.020));
    let air = rectangular(1.10, 1.30).minus(&exact(1.2));
    let inverse = |density: Measured| exact(1.0).over(&density);
    let buoyancy = inverse(rectangular(7e3, 9e3)).minus(&inverse(rectangular(7.95e3, 8.05e3)));
    let deviation = mass.times(&exact(1.0).plus(&air.times(&buoyancy))).minus(&exact(1e5));
    close(deviation.value(), 1.2340, 1e-9, "value");
    close(deviation.u(), 0.0539, 5e-5, "first order");
    let found = drawn(&deviation.monte_carlo(TRIALS, 93).unwrap(), 0.95);
    close(found.0, 1.2341, 5e-4, "drawn mean");
    close(found.1, 0.0754, 2e-4, "drawn u");
    width(found, (1.0834, 1.3825), 1e-4, "drawn interval");
    // the product of two deviations about zero has no first order: the default is to draw
    assert!(deviation.interval(0.95).unwrap().by_monte_carlo);
}

#[test]
fn s1_9_4_comparison_loss() {
    // δY = X1² + X2², in 1e-6, u = σ = 0.005, X2 = 0; exactly, the mean is x1² + 2 σ² and the variance
    // 4 x1² σ² + 4 σ⁴ (1 + r²), which the published values round
    let rows = [
        (0.000_f64, 0.0_f64, 0.0, 50.0, Some((0.0, 150.0))),
        (0.010, 0.0, 100.0, 112.0, Some((0.0, 367.0))),
        (0.050, 0.0, 500.0, 502.0, Some((1590.0, 3543.0))),
        (0.000, 0.9, 0.0, 67.0, None),
        (0.010, 0.9, 100.0, 121.0, None),
        (0.050, 0.9, 500.0, 505.0, None),
    ];
    for (x1, r, first_order, published, interval) in rows {
        let exact_u = 1e6 * (4.0 * x1 * x1 * 25e-6 + 4.0 * 625e-12 * (1.0 + r * r)).sqrt();
        close(exact_u, published, 0.6, "published");
        let variance = 0.005f64.powi(2);
        let covariance = [vec![variance, r * variance], vec![r * variance, variance]];
        let x = correlated(&[x1, 0.0], &covariance, "x", None).unwrap();
        let loss = x[0].times(&x[0]).plus(&x[1].times(&x[1])).scaled(1e6);
        let what = format!("x1 = {x1}, r = {r}");
        close(loss.u(), first_order, 1e-9, &what);
        let found = drawn(&loss.monte_carlo(TRIALS, 94).unwrap(), 0.95);
        close(found.0, 1e6 * x1 * x1 + 50.0, 0.005 * exact_u, &what);
        close(found.1, exact_u, 0.005 * exact_u, &what);
        if let Some((low, high)) = interval {
            width(found, (low, high), 1.0, &what);
        }
        assert!(loss.interval(0.95).unwrap().by_monte_carlo, "{what}");
    }
}

/// The end gauge: length [nm] of a gauge block of nominally 50 mm against a standard.
struct Gauge {
    standard: Measured,
    comparator: [Measured; 3],
    expansion: Measured,
    temperature: [Measured; 2],
    expansion_difference: Measured,
    temperature_difference: Measured,
}

impl Gauge {
    /// δL = L_S + D + d1 + d2 - L_nom - L_S [δα (θ0 + Δ) + α_S δθ]
    fn deviation(&self) -> Measured {
        let temperature = self.temperature[0].plus(&self.temperature[1]);
        let by_expansion = self.expansion_difference.times(&temperature);
        let by_temperature = self.expansion.times(&self.temperature_difference);
        let correction = self.standard.times(&by_expansion.plus(&by_temperature));
        let measured = self.comparator.iter().fold(self.standard.clone(), |sum, part| sum.plus(part));
        measured.minus(&correction).minus(&exact(50_000_000.0))
    }
}

#[test]
fn s1_9_5_gauge_block() {
    let t = |value: f64, u: f64, freedom: f64| input(value, Distribution::StudentT(freedom), u);
    let gauge = Gauge {
        standard: t(50_000_623.0, 25.0, 18.0),
        comparator: [t(215.0, 6.0, 24.0), t(0.0, 4.0, 5.0), t(0.0, 7.0, 8.0)],
        expansion: rectangular(9.5e-6, 13.5e-6),
        temperature: [input(-0.1, Distribution::Normal, 0.2), within(0.0, Distribution::Arcsine, 0.5)],
        expansion_difference: within(0.0, Distribution::CurvilinearTrapezoid(0.1), 1e-6),
        temperature_difference: within(0.0, Distribution::CurvilinearTrapezoid(0.5), 0.05),
    };
    let deviation = gauge.deviation();
    close(deviation.value(), 838.0, 1e-6, "value");
    close(deviation.u(), 32.0, 0.5, "first order");
    let trials = deviation.monte_carlo(TRIALS, 95).unwrap();
    let found = drawn(&trials, 0.99);
    close(found.0, 838.0, 0.2, "drawn mean");
    close(found.1, 36.0, 0.5, "drawn u");
    width(found, (745.0, 932.0), 1.0, "drawn interval");
}

#[test]
fn gum_h_1_end_gauge() {
    // as 9.5, first order with degrees of freedom: u_c 32 nm, ν_eff 16, U = 93 nm at 99 %
    let known_to = |shape: Distribution, u: f64, freedom: f64| {
        Measured::with_components(0.0, vec![Component::anonymous("x", shape, u).known_to(freedom)])
    };
    let offset = |value: f64, part: Measured| part.plus(&exact(value));
    let gauge = Gauge {
        standard: offset(50_000_623.0, known_to(Distribution::Normal, 25.0, 18.0)),
        comparator: [
            offset(215.0, known_to(Distribution::Normal, 5.8, 24.0)),
            known_to(Distribution::Normal, 3.9, 5.0),
            known_to(Distribution::Normal, 6.7, 8.0),
        ],
        expansion: rectangular(9.5e-6, 13.5e-6),
        temperature: [input(-0.1, Distribution::Normal, 0.2), within(0.0, Distribution::Arcsine, 0.5)],
        expansion_difference: known_to(Distribution::Rectangular, 1e-6 / 3f64.sqrt(), 50.0),
        temperature_difference: known_to(Distribution::Rectangular, 0.05 / 3f64.sqrt(), 2.0),
    };
    let length = gauge.deviation();
    close(length.value(), 838.0, 1e-6, "value");
    close(length.u(), 32.0, 0.5, "u_c");
    // the annex rounds 16.7 down to 16 before it takes t = 2.92; unrounded, t = 2.90
    assert_eq!(length.effective_degrees_of_freedom().floor(), 16.0, "{}", length.effective_degrees_of_freedom());
    let parts: f64 = length.shares().map(|(_, share)| share).sum();
    close(parts, 1.0, 1e-12, "shares");
}

#[test]
fn gum_h_2_resistance_and_reactance() {
    // five simultaneous sets of amplitude V [V], current I [A] and phase φ [rad]
    let volts = [5.007, 4.994, 5.005, 4.990, 4.999];
    let amperes = [19.663e-3, 19.639e-3, 19.640e-3, 19.685e-3, 19.678e-3];
    let radians = [1.0456, 1.0438, 1.0468, 1.0428, 1.0433];
    let sets: Vec<Vec<f64>> = (0..5).map(|k| vec![volts[k], amperes[k], radians[k]]).collect();
    let means = means_of_sets(&sets, "sets").unwrap();
    close(means[0].value(), 4.9990, 5e-5, "V");
    close(means[0].u(), 0.0032, 5e-5, "u(V)");
    close(means[1].u(), 0.0095e-3, 5e-8, "u(I)");
    close(means[2].u(), 0.00075, 5e-6, "u(φ)");
    let impedance = means[0].over(&means[1]);
    let resistance = impedance.times(&means[2].map(Function::Cos));
    let reactance = impedance.times(&means[2].map(Function::Sin));
    for (figure, value, u, what) in
        [(&resistance, 127.732, 0.071, "R"), (&reactance, 219.847, 0.295, "X"), (&impedance, 254.260, 0.236, "Z")]
    {
        close(figure.value(), value, 6e-4, what);
        close(figure.u(), u, 6e-4, what);
    }
    // r(x, y) from u²(x + y) = u²(x) + u²(y) + 2 r u(x) u(y)
    let correlation =
        |x: &Measured, y: &Measured| (x.plus(y).u().powi(2) - x.u().powi(2) - y.u().powi(2)) / (2.0 * x.u() * y.u());
    close(correlation(&resistance, &reactance), -0.588, 1e-3, "r(R, X)");
    close(correlation(&resistance, &impedance), -0.485, 1e-3, "r(R, Z)");
    close(correlation(&reactance, &impedance), 0.993, 1e-3, "r(X, Z)");
}
