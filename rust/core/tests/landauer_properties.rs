//! What must hold of every ladder, whatever its inputs.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use szilard::boundaries::{BoundaryChain, Factor};
use szilard::landauer::bounds::{Arithmetic, Kind, Reset, Retention};
use szilard::landauer::{Ladder, LadderInputs, Model, TokenYield, ladder};
use szilard::quantity::units::f64::{Frequency, Time};
use szilard::quantity::units::{frequency::hertz, time::second};
use szilard::quantity::{Boundary, Quantity};

/// Rungs that know no temperature: technologies, and the speed of an evolution.
const ATHERMAL: &[&str] = &["data-movement", "operation-energies", "cmos-limit", "margolus-levitin"];

fn quantity(text: &str) -> Quantity {
    text.parse().unwrap()
}

fn full(model: &Model) -> LadderInputs<'_> {
    let seconds = |value| Time::new::<second>(value);
    let rate = |value| Frequency::new::<hertz>(value);
    LadderInputs {
        entropy: Some(quantity("1.5 bit/token")),
        cross_entropy: Some(quantity("1.7 bit/token")),
        batch: Some(16),
        context: Some(2048),
        precision: Some("bf16".parse().unwrap()),
        circuit: Some("mul-u4".parse().unwrap()),
        arithmetic: Some(Arithmetic::named("fp16-45nm").unwrap()),
        error_probability: Some(1e-15),
        reset: Some(Reset::TwoState { relaxation: rate(1e9), time: seconds(1e-6), error: 1e-3 }),
        retention: Some(Retention { attempts: rate(1e12), hold: seconds(1.0) }),
        transfer_energy: Some(quantity("4 pJ/bit")),
        step_time: Some(quantity("1 ns")),
        ..LadderInputs::new(model, quantity("0.39 J/token").at(Some(Boundary::Board)), quantity("300 K"))
    }
}

/// The energies of all rungs that have one, by name.
fn energies(ladder: &Ladder) -> Vec<(&'static str, f64)> {
    let rungs = ladder.rungs().iter();
    rungs.filter_map(|rung| Some((rung.bound.name, rung.energy.as_ref().ok()?.coherent_value()))).collect()
}

fn energy(ladder: &Ladder, name: &str) -> f64 {
    energies(ladder).into_iter().find(|(found, _)| *found == name).unwrap().1
}

#[test]
fn every_rung_has_an_energy_once_all_inputs_are_there() {
    let model = Model::named("deepseek-v3").unwrap();
    let ladder = ladder(&full(&model)).unwrap();
    // but for the identity
    assert_eq!(energies(&ladder).len() + 1, ladder.rungs().len());
    for rung in ladder.rungs() {
        let zero = rung.energy.as_ref().is_ok_and(|energy| energy.value() == 0.0);
        assert_eq!(rung.token_yield() == Ok(TokenYield::Unbounded), zero, "{}", rung.bound.name);
        if let Ok(TokenYield::AtMost(tokens)) = rung.token_yield() {
            let product = tokens.coherent_value() * rung.energy.as_ref().unwrap().coherent_value();
            assert!((product - 1.0).abs() < 1e-12);
        }
    }
}

#[test]
fn bounds_grow_with_the_temperature() {
    // every thermal rung is proportional to T
    let model = Model::named("llama-3-70b").unwrap();
    let at = |kelvins: f64| {
        ladder(&LadderInputs { temperature: quantity(&format!("{kelvins} K")), ..full(&model) }).unwrap()
    };
    let cold = at(4.2);
    for kelvins in [77.0, 273.15, 300.0, 370.0] {
        let warm = at(kelvins);
        for ((name, low), (_, high)) in energies(&cold).into_iter().zip(energies(&warm)) {
            let expected = if ATHERMAL.contains(&name) { low } else { low * kelvins / 4.2 };
            assert!((high - expected).abs() <= 1e-12 * expected, "{name} at {kelvins} K");
        }
    }
}

#[test]
fn bounds_grow_with_the_model() {
    let ladders: Vec<Vec<(&str, f64)>> = ["llama-3.2-1b", "llama-3.2-3b", "llama-3.1-8b", "llama-3-70b"]
        .map(|name| energies(&ladder(&full(&Model::named(name).unwrap())).unwrap()))
        .into();
    for pair in ladders.windows(2) {
        for ((name, small), (_, large)) in pair[0].iter().zip(&pair[1]) {
            assert!(small <= large, "{name}: {small} and {large}");
        }
    }
    // context and widths are sizes, too
    let model = Model::named("llama-3-70b").unwrap();
    let with = |context, dtype: &str| {
        let precision = Some(dtype.parse().unwrap());
        energies(&ladder(&LadderInputs { context: Some(context), precision, ..full(&model) }).unwrap())
    };
    for (small, large) in [(with(1, "fp8"), with(2048, "fp8")), (with(2048, "fp8"), with(2048, "bf16"))] {
        for ((name, low), (_, high)) in small.into_iter().zip(large) {
            assert!(low <= high, "{name}");
        }
    }
}

#[test]
fn reliability_costs_more_the_less_may_fail() {
    let model = Model::named("llama-2-7b").unwrap();
    let at = |p| ladder(&LadderInputs { error_probability: Some(p), ..full(&model) }).unwrap();
    let probabilities = [0.5, 0.1, 1e-3, 1e-9, 1e-15, 1e-25, 1e-300];
    for pair in probabilities.windows(2) {
        let (often, seldom) = (at(pair[0]), at(pair[1]));
        for name in ["reliability-barrier", "retention-barrier", "noise-margin"] {
            assert!(energy(&often, name) < energy(&seldom, name), "{name} at {pair:?}");
        }
    }
    // a reset that may fail is cheaper, haste aside
    let reset = |error| {
        let reset = Reset::TwoState { relaxation: Frequency::new::<hertz>(1e9), time: Time::new::<second>(1.0), error };
        energy(&ladder(&LadderInputs { reset: Some(reset), ..full(&model) }).unwrap(), "finite-time")
    };
    assert!(reset(1e-9) > reset(1e-3) && reset(1e-3) > reset(0.1));
    assert!(reset(1e-9) <= energy(&at(0.5), "kv-row") * (1.0 + 1e-6));
}

#[test]
fn what_holds_of_every_machine_is_no_more_than_what_holds_of_some() {
    // one state, and an eraser that knows more or less of it
    let states = [
        ("output-entropy", "wrong-model"),
        ("output-entropy", "token-register"),
        ("channel", "token-register"),
        ("state-overwrite", "kv-row"),
        ("state-overwrite", "activation-writes"),
        ("state-overwrite", "finite-time"),
        ("reversible", "gate-level"),
    ];
    for name in Model::names() {
        let model = Model::named(name).unwrap();
        let most = (model.vocabulary() as f64).log2();
        for share in [0.0, 1e-6, 0.1, 0.5, 1.0] {
            let entropy = Some(quantity(&format!("{} bit/token", most * share)));
            let cross_entropy = Some(quantity(&format!("{} bit/token", most * share * 1.25)));
            let ladder = ladder(&LadderInputs { entropy, cross_entropy, ..full(&model) }).unwrap();
            for (universal, other) in states {
                let kind = |name: &str| ladder.rungs().iter().find(|rung| rung.bound.name == name).unwrap().bound.kind;
                assert_eq!(kind(universal), Kind::Universal);
                assert_ne!(kind(other), Kind::Universal);
                let (low, high) = (energy(&ladder, universal), energy(&ladder, other));
                assert!(low <= high * (1.0 + 1e-12), "{name}: {universal} {low}, {other} {high}");
            }
        }
    }
    // a cross entropy below the entropy is none
    let model = Model::named("gpt2").unwrap();
    assert!(ladder(&LadderInputs { cross_entropy: Some(quantity("1 bit/token")), ..full(&model) }).is_err());
}

#[test]
fn a_ladder_does_not_depend_on_units_or_on_the_way_over_boundaries() {
    let model = Model::named("mixtral-8x7b").unwrap();
    let straight = ladder(&full(&model)).unwrap();
    let same = |other: &Ladder, tolerance: f64| {
        for (one, two) in straight.rungs().iter().zip(other.rungs()) {
            let Ok(expected) = &one.gap else { continue };
            let (expected, found) = (expected.ratio().value(), two.gap.as_ref().unwrap().ratio().value());
            assert!((found / expected - 1.0).abs() < tolerance, "{}: {found} against {expected}", one.bound.name);
        }
    };
    let energy = full(&model).energy;
    for unit in ["kWh/Mtoken", "mJ/token", "Wh/token", "J/token"] {
        same(&ladder(&LadderInputs { energy: energy.to(unit).unwrap(), ..full(&model) }).unwrap(), 1e-12);
    }
    let temperature = quantity("26.85 degC");
    same(&ladder(&LadderInputs { temperature, ..full(&model) }).unwrap(), 1e-12);
    // up to the site and back to the board
    let chain = BoundaryChain::new(vec![
        Factor::ratio("regulators", 1.1).unwrap(),
        Factor::ratio("host", 1.3).unwrap(),
        Factor::ratio("network", 1.05).unwrap(),
        Factor::ratio("pue", 1.4).unwrap(),
    ])
    .unwrap();
    let site = chain.lift(&energy, Boundary::Site).unwrap().quantity;
    let back = chain.lower(&site, Boundary::Board).unwrap().quantity;
    same(&ladder(&LadderInputs { energy: back, ..full(&model) }).unwrap(), 1e-12);
    // with the chain given, board and site mean one energy at the chip, and every gap is of the chip
    for energy in [energy, site] {
        let lowered = ladder(&LadderInputs { energy, chain: Some(&chain), ..full(&model) }).unwrap();
        assert!((lowered.energy().coherent_value() / (0.39 / 1.1) - 1.0).abs() < 1e-12);
        assert_eq!(lowered.gap("kv-row").unwrap().boundary(), Some(Boundary::Chip));
        assert!(lowered.applied().iter().any(|step| step.factor.name() == "regulators"));
    }
    let nowhere = LadderInputs { energy: quantity("0.39 J/token"), chain: Some(&chain), ..full(&model) };
    assert!(ladder(&nowhere).is_err(), "an energy without a boundary cannot be lowered");
}
