use super::*;

fn refused(text: &str) -> (Code, u64) {
    let refusal = Json::parse(text.as_bytes(), "log.json").unwrap_err();
    (refusal.code, refusal.place.line().unwrap())
}

#[test]
fn a_document_keeps_order_and_number_text() {
    let document = Json::parse(b" {\"b\": [1e2, -0.50, {}, []], \"a\": null, \"t\": true}\n", "log.json").unwrap();
    assert_eq!(document.as_object().unwrap().iter().map(|(key, _)| key.as_ref()).collect::<Vec<_>>(), ["b", "a", "t"]);
    assert_eq!(document.at("b[1]"), Some(&Json::Number("-0.50")));
    assert_eq!(document.at("b[2]"), Some(&Json::Object(vec![])));
    assert_eq!(document.at("b[9]"), None);
    assert!(document.get("a").unwrap().is_null());
    assert_eq!(document.get("t").unwrap().as_bool(), Some(true));
}

#[test]
fn every_kind_of_fault_is_named_with_its_line() {
    assert_eq!(refused("[1,\n2,\n"), (Code::Json, 3)); // truncated
    assert_eq!(refused("{\"a\":1}\n{\"b\":2}"), (Code::JsonTrailing, 2)); // two documents
    assert_eq!(refused("{\"a\":1,\n\"a\":1}"), (Code::JsonDupKey, 2));
    assert_eq!(refused("{\"a\":1,\n\"\\u0061\":1}"), (Code::JsonDupKey, 2)); // the same key, escaped
    assert_eq!(refused(&"[".repeat(100_000)), (Code::JsonDepth, 1));
    assert_eq!(refused(&format!("\n{}", "{\"a\":".repeat(65))), (Code::JsonDepth, 2));
    assert_eq!(refused(" \n "), (Code::Empty, 1));
    for text in [
        "[1,]",
        "[01]",
        "[1.]",
        "[.5]",
        "[+1]",
        "[1e]",
        "[NaN]",
        "[-Infinity]",
        "['a']",
        "{a:1}",
        "{\"a\" 1}",
        "[\"\\x\"]",
        "[\"\\u12g4\"]",
        "[\"a\tb\"]",
        "[\"a",
        "nul",
        "[1 2]",
        "{\"a\":1,}",
        "[1\u{a0}]",
        "-",
        "\"\\",
        "\"\\u12",
        "{\"a\":",
        "{\"a\"",
    ] {
        assert_eq!(refused(text).0, Code::Json, "{text}");
    }
    assert_eq!(Json::parse(b"[1,\n\"\xff\"]", "x").unwrap_err().code, Code::ErrorEncoding);
}

#[test]
fn sixty_four_levels_are_read_and_one_more_is_not() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(Json::parse(nested(64).as_bytes(), "x").is_ok());
    assert_eq!(Json::parse(nested(65).as_bytes(), "x").unwrap_err().code, Code::JsonDepth);
}

#[test]
fn surrogates_make_a_character_in_pairs_and_are_replaced_alone() {
    let text = |json: &str| match Json::parse(json.as_bytes(), "x").unwrap() {
        Json::String(JsonText { text, replaced }) => (text.into_owned(), replaced),
        other => panic!("{other:?}"),
    };
    assert_eq!(text(r#""\ud83d\ude00""#), ("😀".to_owned(), false));
    assert_eq!(text(r#""\ud800""#), ("\u{fffd}".to_owned(), true));
    assert_eq!(text(r#""\udc00x""#), ("\u{fffd}x".to_owned(), true));
    assert_eq!(text(r#""\ud800\ud83d\ude00""#), ("\u{fffd}😀".to_owned(), true));
    assert_eq!(text(r#""\ud800\n""#), ("\u{fffd}\n".to_owned(), true));
    assert_eq!(text(r#""a\u00e9\/\"""#), ("aé/\"".to_owned(), false));
}

#[test]
fn a_long_or_huge_number_is_refused_where_it_is_converted() {
    let long = format!("[{}]", "7".repeat(100_000));
    let document = Json::parse(long.as_bytes(), "x").unwrap();
    let place = || Place::Path("[0]".to_owned());
    let refusal = document.at("[0]").unwrap().to_f64("x", place).unwrap_err();
    assert_eq!((refusal.code, refusal.place), (Code::BadNumber, place()));
    assert_eq!(Json::Number("1e400").to_f64("x", place).unwrap_err().code, Code::BadNumber);
    assert_eq!(Json::Number("-9999.0").to_f64("x", place), Ok(Some(-9999.0)));
    assert_eq!(Json::Null.to_f64("x", place), Ok(None));
}

#[test]
fn many_keys_cost_no_quadratic_time() {
    // comparing each key with all before it would take minutes
    let members: Vec<String> = (0..200_000).map(|index| format!("\"k{index}\":{index}")).collect();
    let text = format!("{{{}}}", members.join(","));
    assert_eq!(Json::parse(text.as_bytes(), "x").unwrap().as_object().unwrap().len(), 200_000);
    let twice = format!("{{{},\"k7\":0}}", members.join(","));
    assert_eq!(Json::parse(twice.as_bytes(), "x").unwrap_err().code, Code::JsonDupKey);
}

#[test]
fn every_prefix_of_a_document_is_refused() {
    let text = br#"{"a":[1.5e3,"\ud83d\ude00",{"b":null}],"c":false}"#;
    for end in 0..text.len() {
        assert!(Json::parse(&text[..end], "x").is_err(), "{end}");
    }
}
