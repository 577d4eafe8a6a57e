//! Counts of transformers and the rungs of their ladders.

use super::vector::{Vector, file, model, quantity};
use serde_json::Value;
use szilard::landauer::{LadderInputs, Model, ladder, rules};

pub fn counts(vector: &mut Vector, vectors: &[Value]) {
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

pub fn rungs(vector: &mut Vector, vectors: &[Value]) {
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
