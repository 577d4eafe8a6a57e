//! The physics vectors on information: every vector of the groups entropy, topk and estimators, by name.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may panic")]

use std::path::Path;

use ndarray::{Array2, Axis, aview1};
use serde_json::Value;
use szilard::information::{
    Base, Chosen, EntropyOptions, Estimator, TokenInformation, TopK, bits_per_byte, divergence, entropy_bounds,
    entropy_from_counts, perplexity, quantisation_loss, token_entropy, truncated_divergence,
};
use szilard::input::Code;
use szilard::simd::Logit;

fn document(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors").join(name);
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// A number, given as one or as text.
fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| value.as_str().unwrap().parse().unwrap())
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().map(|list| list.iter().map(number).collect()).unwrap_or_default()
}

/// Compares with the expected value of a key, or with the only one there is.
fn check(vector: &Value, key: &str, found: f64) {
    let expected = number(if key.is_empty() { &vector["expected"] } else { &vector["expected"][key] });
    let tolerance = number(&vector["rel_tol"]) * expected.abs();
    assert!((found - expected).abs() <= tolerance, "{} {key}: {found:e}, expected {expected:e}", vector["name"]);
}

fn row(logits: Vec<f64>) -> Array2<f64> {
    Array2::from_shape_vec((1, logits.len()), logits).unwrap()
}

fn information(logits: Vec<f64>) -> TokenInformation {
    token_entropy(row(logits).view(), &EntropyOptions::default()).unwrap()
}

fn entropy(vector: &Value) {
    let inputs = &vector["inputs"];
    match vector["name"].as_str().unwrap() {
        "logits_basic" => {
            let found = information(numbers(&inputs["logits"]));
            check(vector, "H_nat", found.entropy[0]);
            check(vector, "H_bit", found.mean(Base::BIT).value);
            check(vector, "varentropy_nat2", found.varentropy[0]);
            check(vector, "min_entropy_nat", found.min_entropy[0]);
            check(vector, "perplexity", found.perplexity());
            // ln Z = logsumexp - max; Z and S are not handed out.
            check(vector, "Z", (found.log_sum_exp[0] - number(&vector["expected"]["m"])).exp());
        }
        "logits_mask_neg_inf" => check(vector, "", information(numbers(&inputs["logits"])).entropy[0]),
        "logits_ties_T0" => {
            for sampling_temperature in [0.0, 1e-300, 1e-3] {
                let options = EntropyOptions { sampling_temperature, ..EntropyOptions::default() };
                check(vector, "", token_entropy(row(numbers(&inputs["logits"])).view(), &options).unwrap().entropy[0]);
            }
        }
        "logits_errors" => {
            let infinity = f64::INFINITY;
            for logits in [vec![-infinity, -infinity], vec![0.0, f64::NAN], vec![0.0, infinity]] {
                let error = token_entropy(row(logits).view(), &EntropyOptions::default()).unwrap_err();
                assert_eq!(error.code().unwrap().0, Code::NonfiniteLogit);
            }
        }
        name if name.starts_with("low_entropy_gap") => {
            let mut logits = vec![number(&inputs["others"]); number(&inputs["V"]) as usize];
            logits[17] = number(&inputs["top_logit"]);
            check(vector, "", information(logits).entropy[0]);
        }
        "stream_merge" => {
            let found = information([numbers(&inputs["chunk_a"]), numbers(&inputs["chunk_b"])].concat());
            check(vector, "H_nat", found.entropy[0]);
            check(vector, "Z", found.min_entropy[0].exp());
        }
        "KL_JS" => {
            let ln = |key: &str| row(numbers(&inputs[key]).into_iter().map(f64::ln).collect());
            let found = divergence(ln("p").view(), ln("q").view(), &EntropyOptions::default()).unwrap();
            let shannon = Base::BIT.from_nat(found.jensen_shannon[0]);
            check(vector, "KL_bit", Base::BIT.from_nat(found.kullback_leibler[0]));
            check(vector, "JS_bit", shannon);
            check(vector, "JS_distance", shannon.sqrt());
            check(vector, "cross_entropy_bit", Base::BIT.from_nat(found.cross_entropy[0]));
        }
        "ppl_to_bits" => {
            let loss = quantisation_loss(number(&inputs["ppl_a"]), number(&inputs["ppl_b"])).unwrap();
            check(vector, "", Base::BIT.from_nat(loss));
        }
        "bits_per_byte" => {
            let (surprisal, bytes) = (number(&inputs["nll_nat_per_token"]), number(&inputs["bytes_per_token"]));
            check(vector, "", bits_per_byte(surprisal, bytes).unwrap());
        }
        "surprisal_se" => {
            // n tokens of the given sample variance: half at +a, half at -a, with a^2 n/(n-1) = variance.
            let (variance, tokens) = (number(&inputs["varentropy_nat2"]), number(&inputs["n_tokens"]));
            let a = (variance * (tokens - 1.0) / tokens).sqrt();
            let mut found = information(vec![0.0, 1.0]);
            found.entropy =
                (0..tokens as usize).map(|index| if index % 2 == 0 { 10.0 + a } else { 10.0 - a }).collect();
            check(vector, "", found.mean(Base::BIT).standard_error.unwrap());
        }
        "varentropy_max" => {
            // One heavy atom over V - 1 equal ones, as a function of the gap between them: ternary search.
            let vocabulary = number(&inputs["V"]) as usize;
            let varentropy = |gap: f64| {
                let mut logits = vec![0.0; vocabulary];
                logits[0] = gap;
                information(logits).varentropy[0]
            };
            let (mut low, mut high) = (8.0_f64, 16.0);
            for _ in 0..40 {
                let (a, b) = (low + (high - low) / 3.0, high - (high - low) / 3.0);
                if varentropy(a) < varentropy(b) { low = a } else { high = b }
            }
            check(vector, "max_VE_nat2", varentropy(low));
            assert!(varentropy(low) < number(&vector["expected"]["upper_bound"]));
        }
        "logit_rounding_bound" => {
            // |dH| <= delta_max E|ln p + H|; u of independent rectangular roundings lies below it.
            let delta = half::bf16::from_f32(20.0).half_spacing();
            assert_eq!(delta, number(&inputs["delta_max"]));
            check(vector, "", delta * number(&inputs["mean_abs_dev_nat"]));
            let logits = [16.0_f32, 29.0, 30.0, 31.0].map(half::bf16::from_f32);
            let found = token_entropy(aview1(&logits).insert_axis(Axis(0)), &EntropyOptions::default()).unwrap();
            assert!(found.u[0] > 0.0 && found.u[0] <= delta * found.varentropy[0].sqrt());
        }
        "softmax_eps_bias" => {
            // All equal: H = ln V exactly, and the notebook idiom -sum p ln(p + eps) lies V eps below it.
            let (vocabulary, eps) = (number(&inputs["V"]), number(&inputs["eps"]));
            let exact = information(vec![2.0; vocabulary as usize]).entropy[0];
            check(vector, "", -(1.0 / vocabulary + eps).ln() - exact);
        }
        other => panic!("no test for the vector {other}"),
    }
}

fn top_k(vector: &Value) {
    let inputs = &vector["inputs"];
    let name = vector["name"].as_str().unwrap();
    match name {
        "topk_clip_minus9999" => {
            let token = TopK { top: vec![-0.1, number(&inputs["logprob"])], ..TopK::default() };
            let without = TopK { top: vec![-0.1], ..TopK::default() };
            let drawn = TopK { chosen: Some(Chosen { logprob: -9999.0, listed: false }), ..without.clone() };
            let bounds = entropy_bounds(&[token, without, drawn], Some(100)).unwrap();
            assert_eq!(bounds.intervals[0], bounds.intervals[1]);
            assert_eq!(bounds.intervals[0], bounds.intervals[2]);
            assert_eq!(bounds.surprisal[2], None);
        }
        "trunc_KL_lower" | "trunc_JS_bounds" => {
            let bounds = truncated_divergence(&numbers(&inputs["p_known"]), &numbers(&inputs["q_known"])).unwrap();
            if name == "trunc_KL_lower" {
                check(vector, "KL_lower_bit", Base::BIT.from_nat(bounds.kullback_leibler_lower));
            } else {
                check(vector, "JS_lower_bit", Base::BIT.from_nat(bounds.jensen_shannon_lower));
                check(vector, "JS_upper_bit", Base::BIT.from_nat(bounds.jensen_shannon_upper));
            }
        }
        _ => {
            let top = match &inputs["logprobs_nat"] {
                Value::Null => numbers(&inputs["top_probs"]).into_iter().map(f64::ln).collect(),
                logprobs => numbers(logprobs),
            };
            let outside = numbers(&inputs["sampled_outside"]);
            let chosen = outside.first().map(|p| Chosen { logprob: p.ln(), listed: false });
            let token = TopK { top, chosen, ..TopK::default() };
            let found = entropy_bounds(&[token], Some(number(&inputs["V"]) as u64));
            if vector["expected"] == "error" {
                assert_eq!(found.unwrap_err().code().unwrap().0, Code::Infeasible);
                return;
            }
            let found = found.unwrap();
            let (interval, mean) = (found.intervals[0].unwrap(), found.mean(Base::BIT).unwrap());
            // The tail is 1 - mass: its digits are those of the mass.
            let tail = number(&vector["expected"]["tail"]);
            assert!((interval.tail - tail).abs() <= 1e-15, "{name}: {}", interval.tail);
            check(vector, "lower_bit", mean.lower);
            check(vector, "upper_bit", mean.upper.unwrap());
            // Both customary values lie at or below the rigorous lower bound.
            for key in ["partial_bit", "renorm_bit"] {
                assert!(number(&vector["expected"][key]) <= mean.lower);
            }
            assert!(found.diagnostics.has(Code::TruncatedTail));
        }
    }
}

fn estimator(vector: &Value) {
    let counts: Vec<u64> = numbers(&vector["inputs"]["counts"]).into_iter().map(|count| count as u64).collect();
    let (estimator, alphabet) = match vector["name"].as_str().unwrap() {
        "est_plugin" => (Estimator::PlugIn, None),
        "est_miller_madow" => (Estimator::MillerMadow, None),
        "est_chao_shen" => (Estimator::ChaoShen, None),
        "est_grassberger_psi" => (Estimator::Grassberger, None),
        "est_jackknife" => (Estimator::Jackknife, None),
        name if name.starts_with("est_nsb") => {
            (Estimator::NemenmanShafeeBialek, Some(number(&vector["inputs"]["K"]) as u64))
        }
        other => panic!("no test for the vector {other}"),
    };
    check(vector, "", entropy_from_counts(&counts, estimator, alphabet).unwrap());
}

#[test]
fn every_vector_of_information_is_met() {
    let document = document("physics_vectors.json");
    let mut seen = 0;
    for vector in document["vectors"].as_array().unwrap() {
        match vector["group"].as_str().unwrap() {
            "entropy" => entropy(vector),
            "topk" => top_k(vector),
            "estimators" => estimator(vector),
            _ => continue,
        }
        seen += 1;
    }
    assert!(seen >= 28, "{seen} vectors");
}

#[test]
fn the_peers_cases_are_met() {
    let document = document("peer_cases.json");
    let case = |id: &str| document["cases"].as_array().unwrap().iter().find(|case| case["id"] == id).unwrap().clone();
    let near = |found: f64, case: &Value, key: &str| {
        let expected = number(&case["expected"][key]);
        assert!((found - expected).abs() <= number(&case["tolerance"]), "{} {key}: {found}", case["id"]);
    };

    // ln p are logits of p: the softmax gives p back.
    let full = case("entropy-full");
    let found = information(numbers(&full["inputs"]["p"]).into_iter().map(f64::ln).collect());
    near(found.mean(Base::BIT).value, &full, "bits");
    near(found.mean(Base::NAT).value, &full, "nats");

    // Renormalising gives less than the sum over the list, which gives less than the rigorous lower bound.
    let counterexample = case("entropy-topk-counterexample");
    let top = numbers(&counterexample["inputs"]["logprobs"]);
    let token = TopK { top: top.clone(), ..TopK::default() };
    let interval = entropy_bounds(&[token], None).unwrap().intervals[0].unwrap();
    near(interval.tail, &counterexample, "missing");
    near(1.0 - interval.tail, &counterexample, "mass");
    near(information(top).mean(Base::BIT).value, &counterexample, "renormalised_bits");
    assert!(Base::BIT.from_nat(interval.lower) >= number(&counterexample["expected"]["partial_bits"]));
    assert_eq!(interval.upper, None);

    let case = case("perplexity");
    let logprobs = numbers(&case["inputs"]["logprobs"]);
    let mean = logprobs.iter().sum::<f64>() / logprobs.len() as f64;
    near(mean, &case, "mean");
    near(perplexity(-mean), &case, "perplexity");
}
