//! Every publication that the library carries, done again.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use szilard::boundaries::Given;
use szilard::published::{Publication, PublishedError, Registry, Status};
use szilard::quantity::Boundary;
use szilard::source::Evidence;

#[test]
fn every_calculation_comes_out_within_its_rounding_unless_its_source_disagrees_with_itself() {
    let registry = Registry::embedded().unwrap();
    let results = registry.reproduce_all().unwrap();
    assert!(results.len() >= 20);
    let at_hand = registry.calculations().filter(|(_, calculation)| registry.missing_data(calculation).is_none());
    for (result, (_, calculation)) in results.iter().zip(at_hand) {
        let expected = match (&calculation.inconsistent, &calculation.weak) {
            (Some(_), _) => Status::Inconsistent,
            (None, Some(_)) => Status::Weak,
            (None, None) => Status::Reproduced,
        };
        assert_eq!(
            result.status, expected,
            "{}: {} against {} ({})",
            result.id, result.computed, result.printed, result.note
        );
    }
}

#[test]
fn every_fact_has_a_citation_a_place_and_evidence() {
    let registry = Registry::embedded().unwrap();
    for (publication, fact) in registry.facts() {
        assert!(registry.cite(&publication.citation.key).unwrap().contains(&publication.citation.vintage));
        assert!(!fact.locator.is_empty(), "{}", fact.id);
        assert!(fact.verified == Evidence::Read || fact.seen_in.is_some(), "{}", fact.id);
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
    assert_eq!(needs.len(), 8, "{needs:?}"); // two of ML.ENERGY, six of three runs
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
}
