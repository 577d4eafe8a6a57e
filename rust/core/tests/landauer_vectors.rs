//! Every test vector about constants, the Landauer ladder, transformer counts and edge heat.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use serde_json::{Value, json};
use std::path::Path;
use szilard::edge::{Battery, ThermalNode, Throttle, exergy_factor, stream_exergy_factor};
use szilard::landauer::bounds::{
    Circuit, Memory, OPERATIONS_PER_JOULE, Reset, bremermann_rate, held_information, least_energy_over_noise,
    least_energy_over_noise_in_decibels, mac_information, multi_information, register_information, register_width,
    reset_information, slow_penalty, speed_energy, speed_time,
};
use szilard::landauer::reliability::{
    barrier, charge_energy, least_supply, noise_margin, retention_barrier, thermal_energy, thermal_voltage,
};
use szilard::landauer::{LadderInputs, Model, Precision, ladder, landauer_limit, landauer_units, minimum_work, rules};
use szilard::quantity::units::f64::*;
use szilard::quantity::units::{
    diffusivity::square_meter_per_second, electric_potential::volt, energy::joule, energy_per_bit::joule_per_bit,
    frequency::hertz, heat_capacity::joule_per_kelvin, information::bit, information_per_token::bit_per_token,
    length::meter, power::watt, temperature::kelvin, thermal_resistance::kelvin_per_watt, time::second,
};
use szilard::quantity::{Quantity, calculate};

const GROUPS: &[&str] = &[
    "constants",
    "ladder_a",
    "ladder_b",
    "ladder_c",
    "ladder_d",
    "ladder_e",
    "ladder_f",
    "ladder_g",
    "ladder_summary",
    "transformer",
    "seed_checks",
    "survey",
    "heat",
];

/// Vectors whose function is not here yet, and what it is.
const LATER: &[(&str, &str)] = &[
    ("entu_counterflow", "heat exchanger"),
    ("entu_counterflow_Cr1", "heat exchanger"),
    ("entu_pcm", "heat exchanger"),
    ("pcm_store", "latent heat store"),
    ("trough_PTR70_100C", "trough receiver"),
    ("trough_PTR70_200C", "trough receiver"),
    ("trough_PTR70_350C", "trough receiver"),
    ("trough_PTR70_400C", "trough receiver"),
];

fn file(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors").join(name);
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn number(value: &Value) -> f64 {
    match value {
        Value::String(text) => text.parse().unwrap(),
        other => other.as_f64().unwrap_or_else(|| panic!("no number: {other}")),
    }
}

/// A vector: inputs, expected values, and how many of them were compared.
struct Vector<'a> {
    name: &'a str,
    inputs: &'a Value,
    expected: &'a Value,
    tolerance: f64,
    compared: usize,
}

impl Vector<'_> {
    fn input(&self, key: &str) -> f64 {
        number(&self.inputs[key])
    }

    fn whole(&self, key: &str) -> u64 {
        self.inputs[key].as_u64().unwrap_or_else(|| panic!("{}: {key}", self.name))
    }

    fn temperature(&self) -> Temperature {
        kelvins(self.input("T_K"))
    }

    fn celsius(&self, key: &str) -> Temperature {
        kelvins(self.input(key) + 273.15)
    }

    /// Compares one expected value; the key is empty where there is only one.
    fn is(&mut self, key: &str, found: f64) {
        let expected = number(if key.is_empty() { self.expected } else { &self.expected[key] });
        let error = (found - expected).abs();
        assert!(error <= self.tolerance * expected.abs(), "{} {key}: {found} against {expected}", self.name);
        self.compared += 1;
    }

    /// Compares one expected integer exactly.
    fn is_whole(&mut self, key: &str, found: u128) {
        let expected = if key.is_empty() { self.expected } else { &self.expected[key] };
        assert_eq!(found, u128::from(expected.as_u64().unwrap()), "{} {key}", self.name);
        self.compared += 1;
    }

    fn values(&self) -> usize {
        self.expected.as_object().map_or(1, |map| map.len())
    }
}

/// The model that a name of the vectors stands for: the numbers are those of its `_params` vector.
fn model(vectors: &[Value], name: &str) -> Model {
    let params = vectors.iter().find(|vector| vector["name"] == format!("{name}_params")).unwrap();
    let mut config = params["inputs"].clone();
    let routed = config["num_local_experts"].as_u64() != Some(0);
    config["model_type"] = json!(if routed { "mixtral" } else { "llama" });
    Model::from_config(&config.to_string()).unwrap()
}

fn quantity(text: &str) -> Quantity {
    text.parse().unwrap()
}

fn kelvins(value: f64) -> Temperature {
    Temperature::new::<kelvin>(value)
}

/// kT ln2 times so many bits at 300 K.
fn erased(bits: f64) -> f64 {
    (landauer_limit(kelvins(300.0)).unwrap() * Information::new::<bit>(bits)).get::<joule>()
}

#[test]
fn every_vector_is_met() {
    let document = file("physics_vectors.json");
    let vectors = document["vectors"].as_array().unwrap();
    let (mut met, mut later) = (0, 0);
    for vector in vectors.iter().filter(|vector| GROUPS.contains(&vector["group"].as_str().unwrap())) {
        let mut vector = Vector {
            name: vector["name"].as_str().unwrap(),
            inputs: &vector["inputs"],
            expected: &vector["expected"],
            tolerance: vector["rel_tol"].as_f64().unwrap(),
            compared: 0,
        };
        if LATER.iter().any(|(name, _)| *name == vector.name) {
            later += 1;
            continue;
        }
        constants(&mut vector);
        erasure(&mut vector);
        circuits(&mut vector);
        finite_time(&mut vector);
        technology(&mut vector);
        reliability(&mut vector);
        counts(&mut vector, vectors);
        rungs(&mut vector, vectors);
        checks(&mut vector);
        heat(&mut vector);
        assert_eq!(vector.compared, vector.values(), "{}: every expected value is compared", vector.name);
        met += 1;
    }
    assert_eq!(later, LATER.len(), "every vector left for later is one of the file");
    println!("{met} vectors met, {later} left for later");
}

fn constants(vector: &mut Vector) {
    match vector.name {
        name if name.starts_with("kTln2_") => {
            let limit = landauer_limit(vector.temperature()).unwrap() * Information::new::<bit>(1.0);
            vector.is("J", limit.get::<joule>());
            vector.is("eV", Quantity::from(limit).to("eV").unwrap().value());
            vector.is("zJ", Quantity::from(limit).to("zJ").unwrap().value());
        }
        "kT_over_q_300K" => vector.is("", thermal_voltage(vector.temperature()).unwrap().get::<volt>()),
        "landauer_bits_per_joule_300K" | "entropy_export_1J_298.15K" => {
            let entropy = landauer_units(Energy::new::<joule>(1.0), vector.temperature()).unwrap();
            vector.is("", entropy.get::<bit>());
        }
        "landauer_bits_per_kWh_300K" => {
            let energy: Energy = quantity("1 kWh").as_static().unwrap();
            vector.is("", landauer_units(energy, vector.temperature()).unwrap().get::<bit>());
        }
        _ => {}
    }
}

fn erasure(vector: &mut Vector) {
    match vector.name {
        "sampling_sign" => {
            // a draw fills a blank register with H(p) = 1.75 bit, a reset empties it, and the cycle is free
            let p: Vec<f64> = vector.inputs["p"].as_array().unwrap().iter().map(number).collect();
            let drawn = Information::new::<bit>(-p.iter().map(|p| p * p.log2()).sum::<f64>());
            let blank = Information::new::<bit>(0.0);
            let draw = minimum_work(blank, drawn, vector.temperature()).unwrap();
            let reset = minimum_work(drawn, blank, vector.temperature()).unwrap();
            vector.is("W_min_sample_J", draw.get::<joule>());
            vector.is("W_min_reset_J", reset.get::<joule>());
            vector.is("W_min_cycle_J", (draw + reset).get::<joule>());
        }
        name if name.starts_with("register_blind_") => {
            let vocabulary = u128::from(vector.whole("V"));
            let bits = register_information(vocabulary).get::<bit_per_token>();
            vector.is("log2V_bit", bits);
            vector.is("J", erased(bits));
            vector.is_whole("ceil_bits", register_width(vocabulary).into());
        }
        name if name.starts_with("naive_MAC_") => {
            let precision: Precision = name.trim_start_matches("naive_MAC_").parse().unwrap();
            assert_eq!(precision.weight, vector.input("b_w"));
            assert_eq!(u64::from(precision.activation), vector.whole("b_a"));
            let bits = mac_information(precision).get::<bit>();
            vector.is("bits", bits);
            vector.is("J", erased(bits));
        }
        _ => {}
    }
}

fn circuits(vector: &mut Vector) {
    let erased = |word: &str| word.parse::<Circuit>().unwrap().erased().get::<bit>();
    match vector.name {
        "mismatch_reset" => {
            let p: Vec<f64> = vector.inputs["p"].as_array().unwrap().iter().map(number).collect();
            let (entropy, mismatch) = reset_information(&p, &[0.25; 4]).unwrap();
            vector.is("landauer_bit", entropy.get::<bit>());
            vector.is("mismatch_bit", mismatch.get::<bit>());
            vector.is("total_bit", (entropy + mismatch).get::<bit>());
        }
        "modularity_two_copies" => {
            let (joint, excess) = multi_information(&[(&[0, 0], 0.5), (&[1, 1], 0.5)]).unwrap();
            vector.is("joint_bit", joint.get::<bit>());
            vector.is("blind_separate_bit", (joint + excess).get::<bit>());
            vector.is("multi_information_bit", excess.get::<bit>());
        }
        "NAND_uniform_erasure" => vector.is("", erased("nand")),
        "full_adder_uniform_erasure" => vector.is("", erased("full-adder")),
        name if name.ends_with("_erasure") => {
            let circuit = name.trim_end_matches("_erasure").replace('_', "-");
            let lost = erased(&circuit);
            vector.is("erased_bit", lost);
            vector.is("H_out_bit", f64::from(circuit.parse::<Circuit>().unwrap().inputs()) - lost);
        }
        _ => {}
    }
}

fn finite_time(vector: &mut Vector) {
    let well = |vector: &Vector, free| Reset::Overdamped {
        diffusivity: Diffusivity::new::<square_meter_per_second>(vector.input("D_m2_s")),
        half_spacing: Length::new::<meter>(vector.input("a_m")),
        time: Time::new::<second>(1e-3),
        free,
    };
    match vector.name {
        "finite_time_two_level_bound" => {
            // mu tau is all that counts: 1 kHz for 0.1 s
            let (relaxation, time) = (Frequency::new::<hertz>(1000.0), vector.input("mu_tau") / 1000.0);
            let reset = Reset::TwoState { relaxation, time: Time::new::<second>(time), error: vector.input("eps") };
            let total = reset.least().unwrap() + reset.penalty().unwrap();
            vector.is("landauer_kT", reset.least().unwrap());
            vector.is("penalty_kT", reset.penalty().unwrap());
            vector.is("total_kT", total);
            vector.is("total_J", total * thermal_energy(vector.temperature()).unwrap().get::<joule>());
        }
        "finite_time_slow_asymptote" => {
            vector.is("", slow_penalty(vector.input("eps"), vector.input("mu_tau")).unwrap());
        }
        "finite_time_transport_free_final" => {
            let [fixed, free] = [false, true].map(|free| well(vector, free).penalty().unwrap());
            vector.is("ratio_fixed_to_free", fixed / free);
        }
        _ => {}
    }
}

fn technology(vector: &mut Vector) {
    let over_limit = |energy: f64| energy / erased(1.0);
    match vector.name {
        "shannon_min_EbN0" => {
            vector.is("lin", least_energy_over_noise());
            vector.is("dB", least_energy_over_noise_in_decibels());
        }
        name if name.starts_with("tech_") => {
            let kind = name.split('_').nth(1).unwrap().to_lowercase();
            let memory = Memory::named(&kind).unwrap();
            assert!((memory.transfer / (vector.input("pJ_per_bit") * 1e-12) - 1.0).abs() < 1e-15);
            vector.is("", over_limit(memory.transfer));
        }
        "ho2023_4.7e15_FP4_per_J" => {
            assert_eq!(OPERATIONS_PER_JOULE, vector.input("FLOP_per_J"));
            vector.is("J_per_FLOP", 1.0 / OPERATIONS_PER_JOULE);
            vector.is("kTln2_per_FLOP", over_limit(1.0 / OPERATIONS_PER_JOULE));
        }
        "margolus_levitin_1ns" => {
            vector.is("", speed_energy(Time::new::<second>(vector.input("t_s"))).unwrap().get::<joule>());
        }
        "ML_time_at_kTln2_300K" => {
            vector.is("", speed_time(Energy::new::<joule>(erased(1.0))).unwrap().get::<second>());
        }
        "bremermann" => vector.is("", bremermann_rate()),
        _ => {}
    }
}

fn reliability(vector: &mut Vector) {
    let room = kelvins(300.0);
    let in_kt = |energy: Energy| energy.get::<joule>() / thermal_energy(room).unwrap().get::<joule>();
    match vector.name {
        "barrier_retention" => {
            let attempts = Frequency::new::<hertz>(vector.input("attempt_rate_per_s"));
            let hold = Time::new::<second>(vector.input("hold_s"));
            let energy = retention_barrier(attempts, hold, vector.input("p_err"), room).unwrap();
            vector.is("", in_kt(energy));
        }
        name if name.starts_with("barrier_perr_") => {
            let probability = vector.input("p_err");
            let energy = barrier(probability, vector.temperature()).unwrap();
            vector.is("kT", in_kt(energy));
            vector.is("J", energy.get::<joule>());
            vector.is("over_kTln2", held_information(probability).unwrap().get::<bit>());
        }
        name if name.starts_with("kTC_noise_") => {
            let probability = vector.input("p_err");
            let half = in_kt(charge_energy(probability, room).unwrap());
            vector.is("x", noise_margin(probability).unwrap());
            vector.is("half_CV2_kT", half);
            vector.is("CV2_kT", 2.0 * half);
        }
        "meindl_davis_vdd_min_300K" => vector.is("", least_supply(vector.temperature()).unwrap().get::<volt>()),
        _ => {}
    }
}

fn counts(vector: &mut Vector, vectors: &[Value]) {
    match vector.name {
        "kaplan_forward_llama2_7b_ctx4096" => {
            let narrow = |key: &str| u32::try_from(vector.whole(key)).unwrap();
            let layers = u16::try_from(vector.whole("n_layer")).unwrap();
            let flops = rules::kaplan_2020(vector.whole("N_nonemb"), layers, narrow("n_ctx"), narrow("d_attn"));
            return vector.is_whole("", flops);
        }
        "palm_forward_llama2_7b_ctx4096" => {
            let narrow = |key: &str| u16::try_from(vector.whole(key)).unwrap();
            let (layers, heads, width) = (narrow("L"), narrow("H"), narrow("Q"));
            let flops = rules::palm_2022(vector.whole("N"), layers, heads, width, narrow("T").into());
            return vector.is_whole("", flops);
        }
        name if name.starts_with("Mixtral_expected_experts_") => {
            let (mixtral, batch) = (model(vectors, "Mixtral-8x7B"), vector.whole("batch"));
            vector.is("E_distinct", mixtral.distinct_experts(batch).unwrap());
            return vector.is("weight_bytes_fp16", mixtral.weight_bytes(batch, 16.0).unwrap());
        }
        _ => {}
    }
    let Some((name, what)) = vector.name.split_once('_') else { return };
    match what {
        "params" => {
            let model = model(vectors, name);
            vector.is_whole("total", model.parameters());
            vector.is_whole("active", model.active_parameters());
            vector.is_whole("matmul_active", model.matmul_parameters());
        }
        "decode_flops_ctx2048" => {
            let context = vector.whole("context_incl_self");
            vector.is_whole("", model(vectors, name).decode_flops(context).unwrap());
        }
        "prefill_flops_2048" => {
            let (model, n) = (model(vectors, name), vector.whole("n"));
            vector.is_whole("causal_head_all", model.prefill_flops(n, true, false).unwrap());
            vector.is_whole("dense_head_all", model.prefill_flops(n, false, false).unwrap());
            vector.is_whole("causal_head_last", model.prefill_flops(n, true, true).unwrap());
        }
        "kv_bytes" => {
            let (model, bytes) = (model(vectors, name), u32::try_from(vector.whole("bytes_per_elem")).unwrap());
            vector.is_whole("per_token", model.kv_bytes_per_token(bytes));
            vector.is_whole("ctx4096", model.kv_bits_read(4096, 8 * bytes).unwrap() / 8);
        }
        "decode_bytes_B1_ctx4096_fp16" => {
            let (model, context) = (model(vectors, name), vector.whole("context"));
            let weights = model.weight_bytes(vector.whole("batch"), 16.0).unwrap();
            let read = model.kv_bits_read(context, 16).unwrap() / 8;
            let write = model.kv_bytes_per_token(2);
            vector.is("weights", weights);
            vector.is_whole("kv_read", read);
            vector.is_whole("kv_write", write);
            vector.is("total", weights + (read + write) as f64);
        }
        _ => {}
    }
}

/// The energy of a rung for a model, at 300 K. [J/token]
fn rung(model: &Model, name: &str, context: u64) -> f64 {
    let inputs = LadderInputs {
        context: Some(context),
        precision: Some("fp16".parse().unwrap()),
        ..LadderInputs::new(model, quantity("1 J/token"), quantity("300 K"))
    };
    let ladder = ladder(&inputs).unwrap();
    let rung = ladder.rungs().iter().find(|rung| rung.bound.name == name).unwrap();
    rung.energy.as_ref().unwrap().value()
}

fn rungs(vector: &mut Vector, vectors: &[Value]) {
    if vector.name == "ladder_ratios_llama3_70b" {
        return summary(vector, vectors);
    }
    let Some((name, what)) = vector.name.split_once('_') else { return };
    match what {
        "naive_MAC_landauer_fp16_ctx2048" => {
            let model = model(vectors, name);
            assert_eq!(model.macs(2048).unwrap(), u128::from(vector.whole("N_MAC")));
            vector.is("", rung(&model, "mac-convention", 2048));
        }
        "kv_overwrite_landauer" => {
            let model = model(vectors, name);
            assert_eq!(model.kv_bits_per_token(16), u128::from(vector.whole("bits")));
            vector.is("", rung(&model, "kv-row", 1));
        }
        "nonlinear_units_1bit" => {
            let model = model(vectors, name);
            vector.is_whole("units", model.nonlinear_units());
            vector.is("J", rung(&model, "nonlinear-units", 1));
        }
        "activation_elements_ctx2048" => {
            let (model, context) = (model(vectors, name), vector.whole("context"));
            let elements = model.activation_elements(context).unwrap();
            vector.is_whole("elements", elements);
            vector.is_whole("bits_fp16", 16 * elements);
            vector.is("J_300K", rung(&model, "activation-writes", context));
        }
        _ => {}
    }
}

/// One measured energy over nine denominators.
fn summary(vector: &mut Vector, vectors: &[Value]) {
    let model = model(vectors, "Llama-3-70B");
    assert_eq!(model.macs(vector.whole("context")).unwrap(), u128::from(vector.whole("N_MAC")));
    assert_eq!(model.vocabulary(), u128::from(vector.whole("V")));
    let energy = quantity(&format!("{} J/token", vector.input("E_J_per_token")));
    let temperature = quantity(&format!("{} K", vector.input("T_K")));
    let build = |precision: &str| {
        ladder(&LadderInputs {
            entropy: Some(quantity("1.5 bit/token")),
            context: Some(vector.whole("context")),
            precision: Some(precision.parse().unwrap()),
            error_probability: Some(1e-15),
            ..LadderInputs::new(&model, energy.clone(), temperature.clone())
        })
        .unwrap()
    };
    let (half, quarter) = (build("fp16"), build("fp8"));
    vector.is("landauer_units", half.landauer_units().value());
    for (key, ladder, name) in [
        ("over_H_1.5bit", &half, "output-entropy"),
        ("over_log2V", &half, "token-register"),
        ("over_KV_row_fp16", &half, "kv-row"),
        ("over_nonlinear_units", &half, "nonlinear-units"),
        ("over_activation_writes_fp16", &half, "activation-writes"),
        ("over_MAC_16bit", &quarter, "mac-convention"),
        ("over_MAC_32bit", &half, "mac-convention"),
        ("over_MAC_16bit_at_perr_1e-15", &quarter, "reliability-barrier"),
    ] {
        vector.is(key, ladder.gap(name).unwrap().ratio().value());
    }
}

fn checks(vector: &mut Vector) {
    let calculated = |text: &str, unit: &str| calculate(text).unwrap().to(unit).unwrap().value();
    match vector.name {
        "seed_battery" => {
            let charge = quantity(&format!("{} Ah", vector.input("Ah")));
            let voltage = quantity(&format!("{} V", vector.input("V")));
            let battery = Battery::new(&charge, Some(&voltage)).unwrap();
            // a call of 7.2 W for 4.1 s takes 29.52 J
            let call = calculate("7.2 W * 4.1 s").unwrap();
            let share = battery.share(&call, vector.whole("calls")).unwrap();
            vector.is("battery_Wh", battery.energy().to("Wh").unwrap().value());
            vector.is("used_Wh", battery.energy().times(&share).unwrap().to("Wh").unwrap().value());
            vector.is("percent", share.to("%").unwrap().value());
        }
        "seed_176TWh" => {
            vector.is("GW", calculated("176 TWh / 8760 h", "GW"));
            vector.is("overhead_if_IT_TWh", calculated("176 TWh * (1.2 - 1)", "TWh"));
            vector.is("overhead_if_total_TWh", calculated("176 TWh * (1 - 1 / 1.2)", "TWh"));
        }
        "seed_dc_gpu" => {
            vector.is("tok_per_J", calculated("1000 token/s / 2400 W", "token/J"));
            vector.is("tok_per_Wh", calculated("1000 token/s / 2400 W", "token/Wh"));
            vector.is("kWh_per_Mtok", calculated("2400 W / (1000 token/s)", "kWh/Mtoken"));
        }
        "seed_tokens_per_Wh_floor" => {
            let information = InformationPerToken::new::<bit_per_token>(vector.input("bits_per_token"));
            let floor = Quantity::from(landauer_limit(vector.temperature()).unwrap() * information);
            let tokens = Quantity::number(1.0).unwrap().over(&floor).unwrap();
            vector.is("", tokens.to("token/Wh").unwrap().value());
        }
        "brwng_h100_check" => {
            let bits = Information::new::<bit>(vector.input("transistors"));
            let clock = Frequency::new::<hertz>(vector.input("Hz"));
            let power: Power = landauer_limit(vector.temperature()).unwrap() * bits * clock;
            vector.is("W", power.get::<watt>());
            vector.is("ratio", vector.input("P_W") / power.get::<watt>());
        }
        "metavert_brain_check" => {
            let rate = Frequency::new::<hertz>(vector.input("ops_per_s"));
            let operation: Energy = Power::new::<watt>(vector.input("W")) / rate;
            vector.is("J_per_op", operation.get::<joule>());
            vector.is("over_kTln2", landauer_units(operation, vector.temperature()).unwrap().get::<bit>());
        }
        name if name.starts_with("landauer_units_") => {
            let energy = Energy::new::<joule>(vector.input("J_per_token"));
            let bits = landauer_units(energy, vector.temperature()).unwrap().get::<bit>();
            vector.is("bits", bits);
            vector.is("log10", bits.log10());
        }
        _ => {}
    }
}

fn heat(vector: &mut Vector) {
    let board = |vector: &Vector, capacity: f64| {
        ThermalNode::new(
            ThermalResistance::new::<kelvin_per_watt>(vector.input("R_K_W")),
            HeatCapacity::new::<joule_per_kelvin>(capacity),
            vector.celsius("Ta_C"),
            vector.celsius("Tth_C"),
        )
        .unwrap()
    };
    match vector.name {
        "carnot_45C" | "exergy_60C" => {
            vector.is("", exergy_factor(vector.celsius("T_C"), vector.celsius("T0_C")).unwrap().value);
        }
        "exergy_stream_60_to_40" => {
            let [hot, cold, ambient] = ["Th_C", "Tc_C", "T0_C"].map(|key| vector.celsius(key));
            vector.is("", stream_exergy_factor(hot, cold, ambient).unwrap().value);
        }
        "rc_max_power" => vector.is("", board(vector, 60.0).max_power().get::<watt>()),
        "rc_time_to_throttle" => {
            let board = board(vector, vector.input("C_J_K"));
            let throttle = board.time_to_throttle(Power::new::<watt>(vector.input("P_W"))).unwrap();
            let Throttle::After(time) = throttle else { panic!("throttles") };
            vector.is("", time.get::<second>());
        }
        _ => {}
    }
}

#[test]
fn the_floor_of_the_peers_is_met() {
    let document = file("peer_cases.json");
    let case = document["cases"].as_array().unwrap().iter().find(|case| case["id"] == "landauer-floor").unwrap();
    let limit = landauer_limit(kelvins(number(&case["inputs"]["T_K"]))).unwrap().get::<joule_per_bit>();
    assert_eq!(limit * number(&case["inputs"]["bits"]), number(&case["expected"]["J"]));
}

#[test]
fn carried_models_have_the_counts_of_the_vectors() {
    let document = file("physics_vectors.json");
    let vectors = document["vectors"].as_array().unwrap();
    for (carried, name) in
        [("llama-2-7b", "Llama-2-7B"), ("llama-3-70b", "Llama-3-70B"), ("mixtral-8x7b", "Mixtral-8x7B")]
    {
        let (carried, expected) = (Model::named(carried).unwrap(), model(vectors, name));
        assert_eq!(carried.parameters(), expected.parameters());
        assert_eq!(carried.decode_flops(4096), expected.decode_flops(4096));
        assert_eq!(carried.activation_elements(4096), expected.activation_elements(4096));
    }
}
