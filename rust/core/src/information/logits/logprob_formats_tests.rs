use crate::information::{Base, Sampling, TopLogprobs, read_logprobs_bytes};

fn read(text: &str) -> TopLogprobs {
    read_logprobs_bytes(text.as_bytes(), "a.json", None).unwrap()
}

fn refused(text: &str) -> String {
    read_logprobs_bytes(text.as_bytes(), "a.json", None).unwrap_err().to_string()
}

/// One token of probability 1/2, with 1/2 and 1/4 on its list: at least 1.5 bit, and a surprisal of 1 bit.
fn is_half(log: &TopLogprobs) {
    let bounds = log.entropy_bounds(None).unwrap();
    let lower = Base::BIT.from_nat(bounds.intervals[0].unwrap().lower);
    assert!((lower - 1.5).abs() < 1e-6, "{lower}");
    assert!((bounds.surprisal[0].unwrap() - 2.0_f64.ln()).abs() < 1e-6);
}

#[test]
fn every_server_says_the_same_in_its_own_shape() {
    let (half, quarter) = ("-0.6931471805599453", "-1.3862943611198906");
    let entry =
        |key: &str, name: &str| format!(r#"{{"{key}":"{name}","logprob":{half}}},{{"{key}":"b","logprob":{quarter}}}"#);
    let token = format!(r#"{{"token":"a","logprob":{half},"top_logprobs":[{}]}}"#, entry("token", "a"));
    for (text, format) in [
        (format!(r#"{{"choices":[{{"logprobs":{{"content":[{token}]}}}}]}}"#), "openai-logprobs-json"),
        (
            format!(
                r#"{{"choices":[{{"text":"xa","logprobs":{{"tokens":["x","a"],"token_logprobs":[null,{half}],"top_logprobs":[null,{{"a":{half},"b":{quarter}}}]}}}}]}}"#
            ),
            "completion-logprobs-json",
        ),
        (
            format!(
                r#"{{"generated_text":"a","details":{{"tokens":[{{"id":1,"text":"a","logprob":{half},"special":false}}],"top_tokens":[[{}]]}}}}"#,
                entry("text", "a")
            ),
            "tgi-logprobs-json",
        ),
        (format!(r#"{{"content":"a","completion_probabilities":[{token}]}}"#), "llama-cpp-logprobs-json"),
        (format!(r#"{{"model":"m","response":"a","logprobs":[{token}]}}"#), "ollama-logprobs-json"),
    ] {
        let log = read(&text);
        assert_eq!((log.format, log.tokens.len()), (format, 1), "{text}");
        is_half(&log);
    }
    // Without a list there is a surprisal and no interval.
    let plain = read(&format!(r#"{{"details":{{"tokens":[{{"text":"a","logprob":{half}}}],"top_tokens":null}}}}"#));
    assert_eq!(plain.entropy_bounds(None).unwrap().intervals, [None]);
}

#[test]
fn a_stream_of_answers_is_one_list_of_tokens() {
    let line = |token: &str| {
        format!(
            r#"{{"model":"m","response":"{token}","done":false,"logprobs":[{{"token":"{token}","logprob":-0.5}}]}}"#
        )
    };
    let log = read(&format!("{}\n{}\n{{\"model\":\"m\",\"done\":true}}\n", line("a"), line("b")));
    assert_eq!((log.tokens.len(), log.format), (2, "ollama-logprobs-json"));
    assert_eq!(log.tokens[1].place.to_string(), "[1].logprobs[0]");
    assert!(refused(&format!("{}\n{{\"model\":", line("a"))).contains("E_JSON"));
}

#[test]
fn what_was_sampled_from_is_said_or_unknown() {
    let answer = |token: &str, settings: &str| {
        read(&format!(r#"{{"completion_probabilities":[{token}],"generation_settings":{{{settings}}}}}"#)).sampling
    };
    let raw = r#"{"id":1,"token":"a","logprob":-0.5,"top_logprobs":[]}"#;
    let plain = r#""temperature":1.0,"top_k":0,"top_p":1.0,"min_p":0.0,"typical_p":1.0,"repeat_penalty":1.0,"presence_penalty":0.0,"frequency_penalty":0.0,"xtc_probability":0.0,"mirostat":0"#;
    assert_eq!(answer(raw, plain).is_from_listed(), Some(true));
    assert_eq!(answer(raw, &plain.replace("1.0,\"top_k\"", "0.8,\"top_k\"")).is_from_listed(), Some(false));
    assert_eq!(answer(raw, &plain.replace("\"top_k\":0", "\"top_k\":40")).is_from_listed(), Some(false));
    assert_eq!(answer(raw, "\"temperature\":1.0").is_from_listed(), None);
    let sampled = r#"{"id":1,"token":"a","prob":0.5,"top_probs":[{"token":"a","prob":0.5},{"token":"b","prob":0.5}]}"#;
    let text = format!(r#"{{"completion_probabilities":[{sampled}],"generation_settings":{{"temperature":0.8}}}}"#);
    let log = read(&text);
    assert_eq!(log.sampling, Sampling { temperature: Some(0.8), processed: Some(true), filtered: None });
    let bounds = log.entropy_bounds(None).unwrap();
    assert!((bounds.entropy_estimate(Base::BIT).unwrap().value - 1.0).abs() < 1e-12);
    // llama.cpp writes a probability of zero as the lowest number of f32.
    let masked = r#"{"token":"a","logprob":-0.5,"top_logprobs":[{"token":"a","logprob":-0.5},{"token":"b","logprob":-3.4028234663852886e+38}]}"#;
    assert_eq!(
        read(&format!(r#"{{"completion_probabilities":[{masked}]}}"#)).entropy_bounds(None).unwrap().intervals.len(),
        1
    );
}
