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
        context: Some(1024),
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

/// Cases of the properties below.
const CASES: u64 = 1000;

/// A reproducible stream of numbers (splitmix64).
struct Draw(u64);

impl Draw {
    fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Uniform in [0, 1).
    fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / 2.0_f64.powi(53)
    }

    /// Log-uniform between two positive numbers.
    fn between(&mut self, low: f64, high: f64) -> f64 {
        (low.ln() + self.unit() * (high / low).ln()).exp()
    }

    fn of<T: Copy>(&mut self, values: &[T]) -> T {
        values[self.bits() as usize % values.len()]
    }
}

/// The numbers of a random configuration: dense and experts, latents, windows, gates, tied tables.
#[derive(Clone)]
struct Shape {
    kind: &'static str,
    layers: u64,
    heads: u64,
    groups: u64,
    head_dim: u64,
    width: u64,
    vocabulary: u64,
    experts: u64,
    chosen: u64,
}

impl Shape {
    fn drawn(draw: &mut Draw) -> Self {
        let experts = draw.of(&[2, 4, 8, 64]);
        Self {
            kind: draw.of(&["llama", "mixtral", "qwen3", "gemma2", "gpt2", "deepseek_v2", "gpt_oss"]),
            layers: draw.of(&[1, 2, 7, 32, 80]),
            heads: draw.of(&[1, 4, 16, 64]),
            groups: draw.of(&[1, 2, 4]),
            head_dim: draw.of(&[16, 64, 128]),
            width: draw.between(8.0, 40_000.0) as u64,
            vocabulary: draw.between(2.0, 300_000.0) as u64,
            experts,
            chosen: 1 + draw.bits() % experts,
        }
    }

    fn model(&self) -> Model {
        let Self { kind, layers, heads, groups, head_dim, width, vocabulary, experts, chosen } = self;
        let (hidden, kv) = (heads * head_dim, (heads / groups).max(1));
        Model::from_config(
            &format!(
                r#"{{"model_type": "{kind}", "hidden_size": {hidden}, "n_embd": {hidden}, "num_hidden_layers": {layers},
            "n_layer": {layers}, "num_attention_heads": {heads}, "n_head": {heads}, "num_key_value_heads": {kv},
            "head_dim": {head_dim}, "intermediate_size": {width}, "n_inner": {width}, "n_positions": 100000,
            "moe_intermediate_size": {width}, "num_local_experts": {}, "n_routed_experts": {experts},
            "num_experts_per_tok": {chosen}, "n_shared_experts": 1, "first_k_dense_replace": {},
            "kv_lora_rank": {}, "qk_rope_head_dim": {}, "qk_nope_head_dim": {head_dim}, "v_head_dim": {head_dim},
            "vocab_size": {vocabulary}}}"#,
                if ["mixtral", "gpt_oss"].contains(kind) { *experts } else { 1 },
                layers / 2,
                4 * head_dim,
                head_dim / 2,
            )
            .replace(if *kind == "deepseek_v2" { "\"nothing\"" } else { "\"n_routed_experts\"" }, "\"unused\""),
        )
        .unwrap()
    }
}

/// The rungs whose size is one of the model: all but those of the token and of a step.
const SIZED: &[&str] = &[
    "gate-level",
    "mac-convention",
    "flop-convention",
    "nonlinear-units",
    "kv-row",
    "activation-writes",
    "finite-time",
    "reliability-barrier",
    "retention-barrier",
    "noise-margin",
    "data-movement",
    "operation-energies",
    "cmos-limit",
];

#[test]
fn a_thousand_ladders_grow_with_temperature_size_and_reliability() {
    for seed in 0..CASES {
        let draw = &mut Draw(seed);
        let (shape, context) = (Shape::drawn(draw), draw.between(1.0, 1e5) as u64);
        let dtype = draw.of(&["fp32", "bf16", "fp8", "int4xfp16", "q4_kxfp16xfp8"]);
        let batch = draw.between(1.0, 512.0) as u64;
        let (kelvins, error) = (draw.between(0.1, 1e3), draw.between(1e-30, 0.5));
        let served = |model: &Model, kelvins: f64, error: f64, context: u64| {
            let inputs = LadderInputs {
                entropy: None,
                cross_entropy: None,
                batch: Some(batch),
                context: Some(context),
                precision: Some(dtype.parse().unwrap()),
                error_probability: Some(error),
                temperature: quantity(&format!("{kelvins} K")),
                ..full(model)
            };
            energies(&ladder(&inputs).unwrap())
        };
        let model = shape.model();
        let base = served(&model, kelvins, error, context);
        // temperature: proportional, or not at all
        let factor = 1.0 + draw.unit();
        for ((name, low), (_, high)) in base.iter().zip(served(&model, kelvins * factor, error, context)) {
            let expected = if ATHERMAL.contains(name) { *low } else { low * factor };
            assert!((high - expected).abs() <= 1e-9 * expected, "{seed}: {name} with T");
        }
        // size: one more layer, wider blocks, a longer context
        let larger = Shape { layers: shape.layers + 1, width: shape.width + 1, ..shape.clone() };
        for ((name, low), (_, high)) in base.iter().zip(served(&larger.model(), kelvins, error, context + 1)) {
            let grows = if SIZED.contains(name) { low < &high } else { low == &high };
            assert!(grows, "{seed}: {name} of {} from {low} to {high}", shape.kind);
        }
        // error probability: what may fail less costs more, and nothing else moves
        for ((name, low), (_, high)) in base.iter().zip(served(&model, kelvins, error / 10.0, context)) {
            let reliable = ["reliability-barrier", "retention-barrier", "noise-margin"].contains(name);
            assert!(if reliable { low < &high } else { low == &high }, "{seed}: {name} with p");
        }
    }
}

#[test]
fn a_thousand_erasers_pay_no_less_than_one_that_knows_more() {
    for seed in 0..CASES {
        let draw = &mut Draw(seed);
        let model = Shape::drawn(draw).model();
        let most = (model.vocabulary() as f64).log2();
        let entropy = most * draw.unit();
        let cross = entropy + draw.between(1e-9, 10.0);
        let bits = |bits: f64| Some(quantity(&format!("{bits} bit/token")));
        let ladder =
            ladder(&LadderInputs { entropy: bits(entropy), cross_entropy: bits(cross), ..full(&model) }).unwrap();
        for (universal, other) in [
            ("output-entropy", "wrong-model"),
            ("output-entropy", "token-register"),
            ("channel", "token-register"),
            ("state-overwrite", "kv-row"),
            ("state-overwrite", "finite-time"),
            ("reversible", "gate-level"),
        ] {
            let (low, high) = (energy(&ladder, universal), energy(&ladder, other));
            assert!(low <= high * (1.0 + 1e-12), "{seed}: {universal} {low}, {other} {high}");
        }
    }
}

#[test]
fn a_thousand_ladders_survive_units_and_boundaries() {
    let model = Model::named("mixtral-8x7b").unwrap();
    for seed in 0..CASES {
        let draw = &mut Draw(seed);
        let value = draw.between(1e-6, 1e6);
        let energy = quantity(&format!("{value} J/token")).at(Some(Boundary::Board));
        let factors = ["regulators", "host", "network", "pue", "td-loss"];
        let factors = factors.map(|name| Factor::ratio(name, 1.0 + draw.unit()).unwrap());
        let chain = BoundaryChain::new(factors.to_vec()).unwrap();
        let to = draw.of(&[Boundary::Node, Boundary::It, Boundary::Site, Boundary::Grid]);
        let lifted = chain.lift(&energy, to).unwrap().quantity;
        let unit = draw.of(&["J/token", "mJ/token", "Wh/token", "kWh/Mtoken", "eV/token"]);
        let back = chain.lower(&lifted, Boundary::Board).unwrap().quantity.to(unit).unwrap();
        let inputs = LadderInputs::new(&model, energy, quantity("26.85 degC"));
        let straight = ladder(&inputs).unwrap();
        let round = ladder(&LadderInputs { energy: back, temperature: quantity("300 K"), ..inputs.clone() }).unwrap();
        for name in ["token-register", "nonlinear-units"] {
            let ratio = |ladder: &Ladder| ladder.gap(name).unwrap().ratio().coherent_value();
            assert!((ratio(&round) / ratio(&straight) - 1.0).abs() < 1e-12, "{seed}: {name} over {to} in {unit}");
            assert_eq!(round.gap(name).unwrap().boundary(), Some(Boundary::Board));
        }
        // whatever the rung it was counted at, the chip is one
        let chip = |energy: Quantity| ladder(&LadderInputs { energy, chain: Some(&chain), ..inputs.clone() }).unwrap();
        let (near, far) = (chip(inputs.energy.clone()), chip(lifted));
        let joules = |ladder: &Ladder| ladder.energy().coherent_value();
        assert!((joules(&near) / joules(&far) - 1.0).abs() < 1e-12, "{seed}");
    }
}
