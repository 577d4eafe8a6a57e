//! Every publication that the library carries, done again.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use szilard::boundaries::{BoundaryChain, Given, Step};
use szilard::published::{Input, Kind, Publication, PublishedError, Registry, Source, Status};
use szilard::quantity::Boundary;
use szilard::source::Evidence;

#[test]
fn every_calculation_comes_out_within_its_rounding_unless_its_source_disagrees_with_itself() {
    let registry = Registry::embedded().unwrap();
    let results = registry.reproduce_all().unwrap();
    assert!(results.len() >= 20);
    let at_hand = registry.calculations().filter(|(_, calculation)| registry.missing_data(calculation).is_none());
    for (result, (_, calculation)) in results.iter().zip(at_hand) {
        let coarser = |input: &Input| match &input.source {
            Source::Fact(id, _) => registry.fact(id).unwrap().is_coarser(),
            Source::Value(_, digit) => digit.is_coarser,
            Source::Table(_) | Source::Run(_) => false,
        };
        // printed digits, nothing coarser, and no more room than a tenth of the result
        let says_much = calculation.weak.is_none()
            && !calculation.is_coarser
            && (calculation.kind == Kind::Derived || !calculation.inputs.iter().any(coarser))
            && calculation.verified != Evidence::Unlocated
            && result.tolerance <= 0.1;
        let expected = match (&calculation.inconsistent, says_much) {
            (Some(_), _) => Status::Inconsistent,
            (None, false) => Status::Weak,
            (None, true) => Status::Reproduced,
        };
        assert_eq!(
            result.status, expected,
            "{}: {} against {} ({})",
            result.id, result.computed, result.printed, result.note
        );
    }
    // printed to one digit: 49, 17, 37 and 25 % of room
    for id in ["C032", "C033", "C045", "C104"] {
        assert_eq!(registry.reproduce(id).unwrap().status, Status::Weak, "{id}");
    }
}

#[test]
fn every_fact_has_a_citation_a_place_and_evidence() {
    let registry = Registry::embedded().unwrap();
    for (publication, fact) in registry.facts() {
        assert!(registry.cite(&publication.citation.key).unwrap().contains(&publication.citation.vintage));
        assert!(!fact.locator.is_empty(), "{}", fact.id);
        assert_eq!(fact.verified == Evidence::Secondary, fact.seen_in.is_some(), "{}", fact.id);
        assert!(fact.seen_in.as_ref().is_none_or(|seen| !seen.contains("did not note")), "{}", fact.id);
        for figure in [&fact.value, &fact.low, &fact.high].into_iter().flatten() {
            assert!(figure.value().is_finite(), "{}", fact.id);
        }
    }
    assert_eq!(registry.fact("F009").unwrap().value.as_ref().unwrap().boundary(), Some(Boundary::Grid));
    assert!(matches!(registry.fact("F023"), Err(PublishedError::Unknown { .. }))); // known from memory only
}

#[test]
fn growth_and_shares_of_the_iea_report() {
    let registry = Registry::embedded().unwrap();
    let percent = |id: &str| registry.reproduce(id).unwrap().computed.to("%").unwrap().value();
    assert!((percent("C001") - 14.700_141).abs() < 1e-6);
    assert!((percent("C009") - 9.782_609).abs() < 1e-6);
    // printed to ±0.5 %, and 1/6 of the relative rounding of 945 ± 0.5 and 415 ± 0.5 on top
    let growth = registry.reproduce("C001").unwrap();
    let inputs = 1.147_001_41 / 6.0 * (0.5 / 945.0 + 0.5 / 415.0);
    assert!((growth.tolerance - (0.005 + inputs) / 0.15).abs() < 1e-6, "{}", growth.tolerance);
}

const FORGED: &str = r#"
[publication]
title = "T"
publisher = "P"
year = 2025
vintage = "2025-01"
identifier = "doi:10.0/0"

[[calculation]]
id = "X1"
title = "PUE on a figure that holds it"
formula = "site"
inputs.site = { value = "176 TWh/yr", boundary = "site" }
inputs.average = { value = "1.2" }
way = { to = "grid", ratios = { pue = "average" } }
printed = "211 TWh/yr"
boundary = "grid"
verified = "read"

[[calculation]]
id = "X2"
title = "another boundary than computed"
formula = "2 * site"
inputs.site = { value = "176 TWh/yr", boundary = "site" }
printed = "352 TWh/yr"
boundary = "it"
verified = "read"

[[calculation]]
id = "X3"
title = "a wrong sum"
formula = "a + b"
inputs.a = { value = "1.0 Wh" }
inputs.b = { value = "2.0 Wh" }
printed = "3.3 Wh"
verified = "read"

[[calculation]]
id = "X4"
title = "the same sum on the edge of its rounding"
formula = "a + b"
inputs.a = { value = "1.0 Wh" }
inputs.b = { value = "2.0 Wh" }
printed = "3.1 Wh"
verified = "read"
"#;

const WEAK: &str = r#"
[[calculation]]
id = "W1"
title = "an input taken as coarser than it is printed"
formula = "a + b"
inputs.a = { value = "100.0 Wh", last_digit = 5, note = "the source says about" }
inputs.b = { value = "200.0 Wh" }
printed = "302.0 Wh"
verified = "read"

[[calculation]]
id = "W2"
title = "a result of one digit"
formula = "a / b"
inputs.a = { value = "3.00 Wh" }
inputs.b = { value = "1.00 Wh" }
printed = "3"
verified = "read"

[[calculation]]
id = "W3"
title = "the same sum, printed somewhere"
formula = "a + b"
inputs.a = { value = "1.00 Wh" }
inputs.b = { value = "2.00 Wh" }
printed = "3.00 Wh"
verified = "unlocated"

[[calculation]]
id = "W4"
title = "a wrong sum that only a wide tolerance would let pass"
formula = "a + b"
inputs.a = { value = "1.0 Wh" }
inputs.b = { value = "2.0 Wh" }
printed = "9 Wh"
verified = "read"

[[calculation]]
id = "W5"
title = "once more with a PUE by name"
formula = "1 * (pue) * site"
inputs.pue = { value = "1.40" }
inputs.site = { value = "176 TWh/yr", boundary = "site" }
printed = "246 TWh/yr"
boundary = "site"
verified = "read"
"#;

#[test]
fn a_wide_tolerance_is_weak_by_rule() {
    let registry = Registry::new(vec![Publication::parse("weak.toml", &format!("{FORGED}{WEAK}")).unwrap()]).unwrap();
    for (id, status, why) in [
        ("W1", Status::Weak, "a is taken as rounded more coarsely"),
        ("W2", Status::Weak, "17 % of room"),
        ("W3", Status::Weak, "no document at hand"),
        ("W4", Status::Differs, ""),
    ] {
        let done = registry.reproduce(id).unwrap();
        assert_eq!(done.status, status, "{id}: {}", done.note);
        assert!(done.note.contains(why), "{id}: {}", done.note);
    }
    assert!(registry.reproduce("W5").unwrap_err().to_string().contains("power usage effectiveness"));
}

#[test]
fn what_does_not_come_out_is_not_made_to() {
    let registry = Registry::new(vec![Publication::parse("forged.toml", FORGED).unwrap()]).unwrap();
    let refused = |id| registry.reproduce(id).unwrap_err().to_string();
    assert_eq!(
        refused("X1"),
        "forged.toml, line 12, X1: no factor for the step site->grid on the way from site to grid: \
         give transformer, td-loss, grid-distribution, transmission"
    );
    assert_eq!(refused("X2"), "forged.toml, line 23, X2: computed at boundary site, stated at it");
    assert_eq!(registry.reproduce("X3").unwrap().status, Status::Differs); // 0.3 off, 0.05 + 0.05 + 0.05 explained
    assert_eq!(registry.reproduce("X4").unwrap().status, Status::Reproduced);
    assert!(matches!(registry.reproduce("X9"), Err(PublishedError::Unknown { .. })));
}

#[test]
fn an_identity_stands_for_one_thing_and_a_reference_leads_somewhere() {
    let publication = Publication::parse("forged.toml", FORGED).unwrap();
    let mut twin = publication.clone();
    twin.citation.key = "twin".to_owned();
    assert!(matches!(Registry::new(vec![publication, twin]), Err(PublishedError::Duplicate { .. })));
    let lost = Publication::parse("lost.toml", &FORGED.replace("{ value = \"1.2\" }", "{ fact = \"F999\" }")).unwrap();
    assert!(matches!(Registry::new(vec![lost]), Err(PublishedError::Undone { line: 12, .. })));
}

#[test]
fn official_power_and_performance_come_out_of_the_logs() {
    let Some(shared) = std::env::var_os("SZILARD_SHARED") else {
        println!("skipped: logs of real runs are absent; set SZILARD_SHARED");
        return;
    };
    let folder = std::path::Path::new(&shared).join("traces/mlperf");
    let registry = Registry::with_folders(&[&folder]).unwrap();
    let publication = registry.publication("mlperf_inference_5_1").unwrap();
    assert_eq!(publication.calculations.len(), 9);
    for calculation in &publication.calculations {
        assert_eq!(registry.missing_data(calculation), None);
        assert_eq!(registry.reproduce(&calculation.id).unwrap().status, Status::Reproduced, "{}", calculation.id);
    }
    let bare = Registry::embedded().unwrap();
    let needs: Vec<&str> = bare.calculations().filter_map(|(_, one)| bare.missing_data(one)).collect();
    assert_eq!(needs.len(), 6, "{needs:?}"); // of three runs
}

#[test]
fn a_factor_from_a_fact_says_where_and_when() {
    let registry = Registry::embedded().unwrap();
    let rate = registry.factor("F105", "generation", None, Given::Ratio).unwrap();
    assert!(rate.citation().unwrap().contains("Energy Information Administration") && rate.years().is_some());
    // printed in whole Btu/kWh: half a unit over the square root of three
    let btu = 3_412.141_633_127_942;
    assert!((rate.quantity().u() * btu - 0.5 / 3f64.sqrt()).abs() < 1e-9, "{}", rate.quantity());
    for (id, name) in [("F999", "pue"), ("F001", "pue"), ("F044", "pue"), ("F058", "magic")] {
        assert!(registry.factor(id, name, None, Given::Ratio).is_err(), "{id} {name}");
    }
    // a PUE is no other factor, whatever it is called, and no efficiency or loss
    for name in ["td-loss", "cooling", "host", "primary-energy", "full-stack", "tue", "itue", "generation"] {
        let refused = registry.factor("F058", name, None, Given::Ratio).unwrap_err();
        assert!(matches!(refused, PublishedError::Unfit { .. }), "{name}: {refused}");
    }
    let own = registry.factor("F058", "overhead", Some(Step::ItToSite), Given::Ratio).unwrap_err();
    assert!(own.to_string().contains("it is one of pue"), "{own}");
    for given in [Given::LossOverOutput, Given::LossOverInput, Given::Efficiency] {
        assert!(registry.factor("F058", "pue", None, given).unwrap_err().to_string().contains("meant as ratio"));
    }
    assert!(registry.factor("F100", "td-loss", None, Given::Efficiency).is_err()); // 5 % of loss are no 5 % of efficiency
    assert!(registry.factor("F048", "pue", None, Given::Ratio).is_err()); // water
    let loss = registry.factor("F100", "td-loss", None, Given::LossOverInput).unwrap();
    assert!((loss.quantity().value() - 1.0 / 0.95).abs() < 1e-12);
    // a later vintage supersedes the source: it is said with whatever is lifted
    let pue = registry.factor("F045", "pue", None, Given::Ratio).unwrap();
    let chain = BoundaryChain::new(vec![pue]).unwrap();
    let site = registry.fact("F055").unwrap().single_value().unwrap(); // 192 TWh of 2024
    let said = chain.lower(&site, Boundary::It).unwrap().mixed(registry.years_of(&site));
    assert_eq!(said, ["pue is of 2023, the figure of 2024", "pue: its source is superseded by lbnl_2026"]);
}
