//! One ladder: what is in every gap, what is missing, and what is refused.

use super::*;
use crate::landauer::Model;
use crate::landauer::bounds::{Arithmetic, Reset, Retention};
use crate::quantity::units::f64::{Frequency, Time};
use crate::quantity::units::{frequency::hertz, time::second};
use crate::quantity::{Basis, Component, Distribution};
use std::f64::consts::LN_10;

fn quantity(text: &str) -> Quantity {
    text.parse().unwrap()
}

fn seconds(value: f64) -> Time {
    Time::new::<second>(value)
}

fn full(model: &Model) -> LadderInputs<'_> {
    LadderInputs {
        entropy: Some(quantity("1.5 bit/token")),
        cross_entropy: Some(quantity("1.7 bit/token")),
        circuit: Some("mul-u4".parse().unwrap()),
        arithmetic: Some(Arithmetic::named("fp16-45nm").unwrap()),
        reset: Some(Reset::TwoState { relaxation: Frequency::new::<hertz>(1e9), time: seconds(1e-6), error: 1e-3 }),
        retention: Some(Retention { attempts: Frequency::new::<hertz>(1e12), hold: seconds(1.0) }),
        step_time: Some(quantity("1 ns")),
        batch: Some(16),
        context: Some(2048),
        precision: Some("bf16".parse().unwrap()),
        error_probability: Some(1e-15),
        transfer_energy: Some(quantity("4 pJ/bit")),
        ..LadderInputs::new(model, quantity("0.39 J/token"), quantity("300 K"))
    }
}

#[test]
fn a_common_gain_reaches_every_gap_with_its_relative_uncertainty() {
    // 3.6 % gain on E and 1 K on T: u(ratio)/ratio = sqrt(0.036^2 + (1/300)^2), but for rungs with T of their own
    let model = Model::named("llama-3-70b").unwrap();
    let gain = vec![Component::new("gain", "gain", Distribution::Normal, 0.39 * 0.036)];
    let temperature = quantity("300 K").with_u(1.0, "ambient", Distribution::Normal).unwrap();
    let energy = quantity("0.39 J/token").with_components(gain).at(Some(Boundary::Board));
    let ladder = ladder(&LadderInputs { energy, temperature, ..full(&model) }).unwrap();
    let expected = (0.036_f64.powi(2) + (1.0 / 300.0_f64).powi(2)).sqrt();
    for name in ["output-entropy", "token-register", "kv-row", "mac-convention"] {
        let gap = ladder.gap(name).unwrap();
        assert!((gap.ratio().u() / gap.ratio().value() / expected - 1.0).abs() < 1e-12, "{name}");
        assert!((gap.log10().unwrap().u() - expected / LN_10).abs() < 1e-12);
        assert_eq!(gap.boundary(), Some(Boundary::Board));
    }
    // the transfer energy knows no temperature
    let moved = ladder.gap("data-movement").unwrap().ratio();
    assert!((moved.u() / moved.value() / 0.036 - 1.0).abs() < 1e-12);
}

#[test]
fn a_printed_gap_names_its_bound_temperature_and_boundary_and_has_an_interval() {
    let model = Model::named("llama-3-70b").unwrap();
    let energy = quantity("0.39 J/token").with_u(0.014, "gain", Distribution::Normal).unwrap();
    let energy = energy.at(Some(Boundary::Board));
    let ladder = ladder(&LadderInputs { energy, ..full(&model) }).unwrap();
    let gap = ladder.gap("token-register").unwrap();
    assert_eq!(gap.to_string(), "(8.01 ± 0.29)e18 [board] x token-register (architecture) at 300 K");
    // 1.96 standard uncertainties on both sides
    let interval = gap.interval(0.95).unwrap();
    assert!(((interval.high - interval.low) / (2.0 * 1.959_964 * gap.ratio().u()) - 1.0).abs() < 1e-6);
    assert!(ladder.to_string().contains("reversible: the bound \"reversible\" is 0 J/token"));
}

#[test]
fn the_uncertainty_of_the_entropy_is_in_its_gap_alone() {
    let model = Model::named("llama-3-70b").unwrap();
    let entropy = quantity("1.5 bit/token").with_u(0.03, "logits", Distribution::Normal).unwrap();
    let ladder = ladder(&LadderInputs { entropy: Some(entropy), ..full(&model) }).unwrap();
    let gap = ladder.gap("output-entropy").unwrap().ratio();
    assert!((gap.u() / gap.value() - 0.02).abs() < 1e-12);
    assert_eq!(ladder.gap("kv-row").unwrap().ratio().u(), 0.0);
}

#[test]
fn there_is_no_ratio_to_nothing() {
    let model = Model::named("llama-3-70b").unwrap();
    let greedy = ladder(&LadderInputs { entropy: Some(quantity("0 bit/token")), ..full(&model) }).unwrap();
    for name in ["reversible", "output-entropy"] {
        assert!(matches!(greedy.gap(name), Err(LandauerError::ZeroBound { .. })));
    }
    assert_eq!(greedy.rungs()[0].energy.as_ref().unwrap(), &quantity("0 J/token"));
}

#[test]
fn a_missing_input_is_the_reason_of_its_rungs() {
    let model = Model::named("llama-3-70b").unwrap();
    let bare = ladder(&LadderInputs::new(&model, quantity("0.39 J/token"), quantity("300 K"))).unwrap();
    assert_eq!(bare.rungs().len(), REGISTRY.len());
    assert!(bare.gap("token-register").is_ok() && bare.gap("nonlinear-units").is_ok());
    for (name, input) in [("output-entropy", "entropy"), ("kv-row", "dtype"), ("activation-writes", "context")] {
        let reason = bare.gap(name).unwrap_err().to_string();
        assert!(reason.contains(input), "{name}: {reason}");
    }
    let error = bare.gap("landauer").unwrap_err().to_string();
    assert!(error.contains("reversible, exported-entropy, output-entropy"), "{error}");
}

#[test]
fn what_cannot_be_is_refused() {
    let model = Model::named("llama-3-70b").unwrap();
    let refused = |inputs: LadderInputs| ladder(&inputs).unwrap_err();
    for energy in ["0.39 J", "0.39 J/bit", "0.39 W", "0.39"] {
        assert!(matches!(refused(LadderInputs { energy: quantity(energy), ..full(&model) }), LandauerError::Unit(_)));
    }
    for temperature in ["300 J", "300"] {
        let inputs = LadderInputs { temperature: quantity(temperature), ..full(&model) };
        assert!(matches!(refused(inputs), LandauerError::Unit(_)));
    }
    for temperature in ["0 K", "-300 K", "-274 degC"] {
        let inputs = LadderInputs { temperature: quantity(temperature), ..full(&model) };
        assert!(matches!(refused(inputs), LandauerError::Temperature { .. }));
    }
    for entropy in ["-0.1 bit/token", "17 bit/token"] {
        let inputs = LadderInputs { entropy: Some(quantity(entropy)), ..full(&model) };
        assert!(matches!(refused(inputs), LandauerError::Range { .. }));
    }
    let entropy = Some(quantity("1.5 bit"));
    assert!(matches!(refused(LadderInputs { entropy, ..full(&model) }), LandauerError::Unit(_)));
    assert!(matches!(refused(LadderInputs { context: Some(0), ..full(&model) }), LandauerError::Count { .. }));
    assert!(matches!(refused(LadderInputs { batch: Some(0), ..full(&model) }), LandauerError::Count { .. }));
    let error_probability = Some(0.7);
    assert!(matches!(refused(LadderInputs { error_probability, ..full(&model) }), LandauerError::Range { .. }));
}

#[test]
fn an_energy_of_tokens_is_above_zero_and_not_idle() {
    let model = Model::named("llama-3-70b").unwrap();
    for energy in ["0 J/token", "-0.01 J/token"] {
        let error = ladder(&LadderInputs { energy: quantity(energy), ..full(&model) }).unwrap_err();
        assert!(error.to_string().contains("above 0 J/token"), "{error}");
    }
    let idle = quantity("0.39 J/token").on(Some(Basis::Idle));
    let error = ladder(&LadderInputs { energy: idle, ..full(&model) }).unwrap_err();
    assert!(matches!(error, LandauerError::Contradiction { .. }), "{error}");
}

#[test]
fn no_interval_of_a_gap_reaches_zero() {
    // E, H and T are above 0: 1.96 u of u/x = 0.6 would reach below 0, and u/x = 0.4 is far from first order
    let model = Model::named("llama-3-70b").unwrap();
    let spread = |value: &str, u: f64| quantity(value).with_u(u, "gauge", Distribution::Normal).unwrap();
    let exact = || full(&model);
    let cases = |part: f64| {
        [
            LadderInputs { energy: spread("0.39 J/token", 0.39 * part), ..exact() },
            LadderInputs { entropy: Some(spread("1.5 bit/token", 1.5 * part)), ..exact() },
            LadderInputs { temperature: spread("300 K", 300.0 * part), ..exact() },
        ]
    };
    for inputs in [0.4, 0.6, 3.0].into_iter().flat_map(cases) {
        let found = ladder(&inputs).unwrap();
        let error = found.gap("output-entropy").unwrap().interval(0.95).unwrap_err();
        assert!(matches!(error, LandauerError::NoInterval { .. }), "{error}");
        assert!(found.rungs().iter().filter_map(|it| it.gap.as_ref().ok()?.interval(0.95).ok()).all(|it| it.low > 0.0));
    }
    for inputs in cases(0.1) {
        assert!(ladder(&inputs).unwrap().gap("output-entropy").unwrap().interval(0.95).unwrap().low > 0.0);
    }
}

#[test]
fn only_the_traffic_depends_on_the_batch() {
    let model = Model::named("mixtral-8x7b").unwrap();
    let with = |batch| ladder(&LadderInputs { batch: Some(batch), ..full(&model) }).unwrap();
    for (one, many) in with(1).rungs().iter().zip(with(64).rungs()) {
        let same = one.energy == many.energy;
        assert_eq!(same, one.bound.name != "data-movement", "{}", one.bound.name);
    }
}

#[test]
fn temperatures_in_celsius_are_absolute_and_energies_convert() {
    let model = Model::named("llama-3-70b").unwrap();
    // a temperature that was read at the node does not move the energy there
    let temperature = quantity("26.85 degC").at(Some(Boundary::Node));
    let energy = quantity("0.39 MJ/Mtoken").at(Some(Boundary::Board));
    let inputs = LadderInputs { energy, temperature, ..full(&model) };
    let gap = ladder(&inputs).unwrap().gap("token-register").unwrap().ratio().value();
    assert!((gap / 8.005_470_968_221_296e18 - 1.0).abs() < 1e-12);
}
