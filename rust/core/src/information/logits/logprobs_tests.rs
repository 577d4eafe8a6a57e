use super::*;

fn read(bytes: &[u8], path: &str) -> Result<TopLogprobs, Refusal> {
    crate::information::read_logprobs_bytes(bytes, path, Some("openai-logprobs-json"))
        .map_err(|error| if let InformationError::Format(refusal) = error { refusal } else { unreachable!() })
}

fn answer(content: &str) -> String {
    format!(r#"{{"choices":[{{"logprobs":{{"content":[{content}]}}}}]}}"#)
}

fn tokens(content: &str) -> Vec<TopK> {
    read(answer(content).as_bytes(), "a.json").unwrap().tokens
}

fn refused(text: &str) -> (Code, String) {
    let refusal = read(text.as_bytes(), "a.json").unwrap_err();
    (refusal.code, refusal.place.to_string())
}

#[test]
fn the_drawn_token_is_found_on_the_list_by_bytes_or_text() {
    let drawn = |entry: &str| tokens(entry)[0].chosen.unwrap();
    let listed = |own: &str, other: &str| {
        drawn(&format!(r#"{{{own},"logprob":-1.5,"top_logprobs":[{{{other},"logprob":-1.5}}]}}"#)).listed
    };
    assert!(listed(r#""token":"a""#, r#""token":"a""#));
    assert!(!listed(r#""token":"a""#, r#""token":"b""#));
    // Parts of a character share their text, not their bytes.
    assert!(!listed(r#""token":"?","bytes":[226]"#, r#""token":"?","bytes":[152]"#));
    assert!(listed(r#""token":"?","bytes":[226]"#, r#""token":"?","bytes":[226]"#));
    assert!(listed(r#""token":"\ud800""#, r#""token":"\ud800""#));
    // Without a list the drawn token is all there is.
    assert!(!drawn(r#"{"token":"a","logprob":-1.5}"#).listed);
    assert!(tokens(r#"{"token":"a","logprob":-1.5,"top_logprobs":null}"#)[0].top.is_empty());
}

#[test]
fn a_token_has_one_probability() {
    let of = |own: &str| {
        answer(&format!(
            r#"{{"token":"a","logprob":{own},"top_logprobs":[{{"token":"a","logprob":-0.5}},{{"token":"b","logprob":-2.5}}]}}"#
        ))
    };
    assert_eq!(refused(&of("-2.0")), (Code::Infeasible, "choices[0].logprobs.content[0]".to_owned()));
    // A coarser print of the same number, and a server that does not say it.
    for own in ["-0.500001", "-0.5", "-9999.0"] {
        assert!(read(of(own).as_bytes(), "a.json").unwrap().tokens[0].chosen.unwrap().listed);
    }
}

#[test]
fn the_printed_decimals_are_those_of_the_file() {
    let entry = |token: &str, logprob: &str| format!(r#"{{"token":"{token}","logprob":{logprob},"top_logprobs":[]}}"#);
    let quanta =
        |first: &str, second: &str| tokens(&format!("{},{}", entry("a", first), entry("b", second)))[0].quantum;
    assert!((quanta("-0.69", "-1.3863") - 1e-4).abs() < 1e-18);
    // One decimal is a short exact number, no rounding; so is an exponent.
    assert_eq!(quanta("-0.5", "-2.0"), 0.0);
    assert_eq!(quanta("-1e-05", "-2"), 0.0);
}

#[test]
fn several_choices_and_places_are_kept_apart() {
    let text = r#"{"choices":[{"logprobs":null},{"logprobs":{"content":[{"token":"a","logprob":-1},{"token":"b","logprob":-2}]}}]}"#;
    let log = read(text.as_bytes(), "a.json").unwrap();
    assert_eq!(log.tokens[1].place.to_string(), "choices[1].logprobs.content[1]");
    assert_eq!(log.entropy_bounds(None).unwrap().surprisal, [Some(1.0), Some(2.0)]);
}

#[test]
fn answers_without_usable_logprobs_are_refused() {
    for text in ["{}", "[]", r#"{"choices":[]}"#, r#"{"choices":[{"logprobs":null}]}"#, &answer("")] {
        assert_eq!(refused(text), (Code::NoData, "1".to_owned()), "{text}");
    }
    let first = "choices[0].logprobs.content[0]".to_owned();
    assert_eq!(refused(&answer(r#"{"token":"a"}"#)), (Code::NoData, first.clone()));
    assert_eq!(refused(&answer(r#"{"token":"a","logprob":"-1"}"#)), (Code::BadNumber, first.clone()));
    assert_eq!(refused(&answer(r#"{"token":"a","logprob":-1e400}"#)), (Code::BadNumber, first.clone()));
    let twice = r#"{"token":"a","logprob":-1,"top_logprobs":[{"token":"a","logprob":-1},{"token":"a","logprob":-1}]}"#;
    assert_eq!(refused(&answer(twice)), (Code::Infeasible, first.clone()));
    assert_eq!(refused(&answer(r#"{"token":"a","logprob":NaN}"#)).0, Code::Json);
    // A sum above one is seen when the bounds are asked for, at the same place.
    let log = read(answer(r#"{"token":"a","logprob":-0.1,"top_logprobs":[{"token":"a","logprob":-0.1},{"token":"b","logprob":-0.1}]}"#).as_bytes(), "a.json");
    let error = log.unwrap().entropy_bounds(None).unwrap_err();
    assert_eq!(error.code().map(|(code, place)| (code, place.to_string())), Some((Code::Infeasible, first)));
}
