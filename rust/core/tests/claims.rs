//! The claims of the two texts, and files of one's own.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::fs;
use std::path::PathBuf;
use szilard::published::Verdict::{
    Arithmetic, Boundary, Doubtful, Holds, HoldsInPart, Inconsistent, Misattributed, NotCheckable, SourceNotFound, Unit,
};
use szilard::published::{ClaimAudit, Claims, Registry, Verdict};

/// What an audit of the two texts by hand came to, claim by claim (shared/reference/published.md, section 6).
const BY_HAND: &[&[Verdict]] = &[
    &[Holds],
    &[Boundary],
    &[Misattributed],
    &[Misattributed, Arithmetic],
    &[SourceNotFound],
    &[SourceNotFound],
    &[SourceNotFound],
    &[Arithmetic],
    &[NotCheckable],
    &[Holds],
    &[Holds],
    &[Holds],
    &[Boundary],
    &[Unit],
    &[Boundary],
    &[Holds],
    &[HoldsInPart],
    &[Boundary],
    &[Misattributed],
    &[Unit],
    &[Arithmetic],
    &[Unit, Boundary],
    &[Unit],
    &[Unit],
    &[Holds],
    &[Holds],
    &[Holds],
    &[Boundary],
    &[Arithmetic],
    &[Holds],
    &[Boundary],
    &[Doubtful],
    &[Doubtful],
    &[Holds],
    &[Unit],
    &[Holds],
    &[Boundary],
    &[Arithmetic],
    &[NotCheckable],
    &[SourceNotFound],
    &[HoldsInPart, SourceNotFound],
    &[Inconsistent],
    &[Inconsistent],
    &[Holds],
    &[Boundary],
    &[Boundary],
    &[Holds],
    &[Holds],
    &[Holds],
    &[Holds],
    &[Holds],
    &[Inconsistent],
    &[Holds],
    &[Holds],
    &[Holds],
];

fn audits() -> Vec<ClaimAudit> {
    let registry = Registry::embedded().unwrap();
    let texts = ["mushrooms-thread", "thermodynamic-inference-note"].map(|key| Claims::carried(key).unwrap());
    texts.iter().flat_map(|claims| registry.audit_claims(claims).unwrap()).collect()
}

#[test]
fn every_claim_of_the_two_texts_has_the_verdict_of_the_audit_by_hand() {
    let audits = audits();
    assert_eq!(audits.len(), 55);
    for (audit, by_hand) in audits.iter().zip(BY_HAND) {
        assert_eq!(audit.verdicts(), *by_hand, "{}: {:?}", audit.id, audit.checks);
        assert!(!audit.locator.is_empty());
    }
}

/// The ratios to the Landauer limit, as `physics.md` section 7 judged them by hand.
#[test]
fn every_published_ratio_to_the_limit_has_the_verdict_of_the_audit_by_hand() {
    let audits = Registry::embedded().unwrap().audit_claims(&Claims::carried("landauer-ratios").unwrap()).unwrap();
    let by_hand: &[&[Verdict]] = &[
        &[Doubtful, NotCheckable], // no denominator; the upper end and the shares have no inputs
        &[HoldsInPart, Doubtful],  // the arithmetic comes out, its premise is wrong
        &[HoldsInPart, Doubtful],
        &[Boundary],
        &[Holds],
        &[Inconsistent],
        &[HoldsInPart, Doubtful], // the number holds, the statement does not
        &[Holds],
        &[HoldsInPart],
        &[NotCheckable],
        &[NotCheckable],
        &[NotCheckable],
        &[Doubtful],
        &[Doubtful],
    ];
    assert_eq!(audits.len(), by_hand.len());
    for (audit, by_hand) in audits.iter().zip(by_hand) {
        assert_eq!(audit.verdicts(), *by_hand, "{}: {:?}", audit.id, audit.checks);
        assert!(audit.checks.iter().all(|check| check.reason.len() > 20), "{}: {:?}", audit.id, audit.checks);
    }
}

#[test]
fn ratios_are_explained() {
    let audits = audits();
    let reason = |id: &str| {
        let audit = audits.iter().find(|audit| audit.id == id).unwrap();
        audit.checks.iter().map(|check| check.reason.clone()).collect::<Vec<_>>().join("; ")
    };
    for (id, part) in [
        ("T22", "x1000"),                  // 30 million times 3 kW are 90 GW
        ("T20", "x3.6000: kJ read as Wh"), // 1 kcal = 4.184 kJ, 4 Wh claimed
        ("T14", "x10.7639: per ft^2"),
        ("T35", "0.32 % at 12.8 V"),
        ("T35", "1.28 % at 3.2 V"),
        ("T04", "the growth of one year"),
        ("T21", "x10.0000"),
        ("T45", "x1.2000"), // 35.2 = 0.2 x 176 against 176 (1 - 1/1.2) = 29.3
        ("T03", "485 TWh/yr (iea_2026)"),
        ("T28", "2023 and 2024"),
        ("T01", "superseded by iea_2026"),
    ] {
        assert!(reason(id).contains(part), "{id}: {}", reason(id));
    }
}

/// A folder of its own with files in it.
fn folder(name: &str, files: &[(&str, &str)]) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    for (name, text) in files {
        fs::write(folder.join(name), text).unwrap();
    }
    folder
}

const OWN: &str = r#"[publication]
title = "T"
publisher = "P"
year = 2026
vintage = "2026"
identifier = "doi:10.0/0"

[[fact]]
id = "OWN1"
quantity = "energy of a run"
value = 2.0
unit = "kWh"
boundary = "node"
region = "here"
from = 2026
to = 2026
locator = "p. 1"
verified = "read"

[[calculation]]
id = "OWN2"
title = "mean over runs"
formula = "run + fact"
inputs.run = { table = { file = "runs.csv", column = "energy", unit = "kWh", keep = { phase = "query" }, reduce = "mean" }, boundary = "node" }
inputs.fact = { fact = "OWN1" }
printed = "5.0 kWh"
boundary = "node"
verified = "read"
"#;

const CLAIM: &str = r#"[source]
title = "A text"
publisher = "P"
year = 2026
vintage = "2026"
identifier = "here"

[[claim]]
id = "A1"
claims = "two runs take 4 kWh"
locator = "p. 2"

[[claim.check]]
says = "4 kWh"
computes = "2 * run"
inputs.run = { fact = "OWN1" }
"#;

#[test]
fn files_in_a_folder_of_ones_own_are_picked_up() {
    // (2 + 4)/2 + 2 = 5
    let files = [("own.toml", OWN), ("runs.csv", "phase,energy\nload,9\nquery,2\nquery,4\n"), ("text.toml", CLAIM)];
    let folder = folder("own", &files);
    let registry = Registry::with_folders(&[&folder]).unwrap();
    assert_eq!(registry.reproduce("OWN2").unwrap().computed.value(), 5.0);
    let claims = Claims::in_folders(&[&folder]).unwrap();
    assert_eq!(registry.audit_claims(&claims[0]).unwrap()[0].verdicts(), [Holds]);
    let without = self::folder("without", &[("own.toml", OWN)]);
    let registry = Registry::with_folders(&[&without]).unwrap();
    assert!(registry.reproduce("OWN2").unwrap_err().to_string().contains("runs.csv is not at hand"));
    assert_eq!(registry.calculations().filter(|(_, one)| registry.missing_data(one) == Some("runs.csv")).count(), 1);
}

#[test]
fn what_is_wrong_in_them_is_refused_with_file_and_line() {
    let refused = |from: &str, to: &str| {
        let folder = folder("wrong", &[("own.toml", &OWN.replace(from, to)), ("runs.csv", "phase,energy\nquery,2\n")]);
        let registry = match Registry::with_folders(&[&folder]) {
            Ok(registry) => registry,
            Err(error) => return error.to_string(),
        };
        registry.reproduce("OWN2").unwrap_err().to_string()
    };
    for (from, to, expected) in [
        ("unit = \"kWh\"\nboundary", "unit = \"KWh\"\nboundary", "own.toml, line 12, fact OWN1, unit: unknown unit"),
        ("doi:10.0/0", "", "own.toml, line 6, publication, identifier: must not be empty"),
        ("title = \"T\"\n", "", "own.toml, line 1: missing field `title`"),
        ("verified = \"read\"\n\n", "checked = \"read\"\n\n", "own.toml, line 18: unknown field"),
        ("boundary = \"node\" }", "boundary = \"board\" }", "own.toml, line 23, OWN2: cannot add a figure at boundary"),
        ("printed = \"5.0 kWh\"", "printed = \"5.0 kW\"", "own.toml, line 23, OWN2: expected kW"),
        ("run + fact", "run + other", "own.toml, line 23, OWN2: unknown unit \"other\""),
        (
            "fact = \"OWN1\"",
            "fact = \"OWN9\"",
            "own.toml, line 23, OWN2: no fact \"OWN9\": expected one that the library or a folder beside it carries",
        ),
        ("energy\"", "power\"", "own.toml, line 23, OWN2: runs.csv, line 1: no column \"power\""),
        ("vintage = \"2026\"\n", "", "own.toml, line 1: missing field `vintage`"),
        ("locator = \"p. 1\"", "locator = \"\"", "own.toml, line 17, fact OWN1, locator: must not be empty"),
        ("verified = \"read\"\n\n", "verified = \"secondary\"\n\n", "own.toml, line 9, fact OWN1, seen_in"),
        (
            "fact = \"OWN1\" }",
            "run = { folders = [\"../x\"], figure = \"power\" } }",
            "own.toml, line 24, calculation OWN2, inputs",
        ),
        (
            "fact = \"OWN1\" }",
            "run = { folders = [\"x\"], figure = \"power\" } }",
            "own.toml, line 23, OWN2: x is not at hand",
        ),
        (
            "fact = \"OWN1\" }",
            "fact = \"OWN1\", value = \"2 kWh\" }",
            "needs one of a fact, a value, a table and a run",
        ),
    ] {
        let error = refused(from, to);
        assert!(error.contains(expected), "{to}: {error}");
    }
    let claims = |from: &str, to: &str| Claims::parse("text.toml", &CLAIM.replace(from, to)).unwrap_err().to_string();
    assert!(claims("4 kWh\"\n", "4 KWh\"\n").starts_with("text.toml, line 14, claim A1, says: unknown unit"));
    assert!(claims("identifier", "origin").starts_with("text.toml, line 6: unknown field"));
    assert!(claims("computes = \"2 * run\"\n", "").contains("line 13, claim A1"));
    let registry = Registry::embedded().unwrap();
    let unknown = registry.audit_claims(&Claims::parse("text.toml", CLAIM).unwrap()).unwrap_err();
    assert_eq!(
        unknown.to_string(),
        "text.toml, line 14, A1: no fact \"OWN1\": expected one that the library or a folder beside it carries"
    );
}

const SOURCE: &str = "[source]\ntitle = \"t\"\npublisher = \"p\"\nyear = 2026\nvintage = \"2026-01\"\nidentifier = \"i\"\n\
                      [[claim]]\nid = \"X\"\nclaims = \"c\"\nlocator = \"l\"\n[[claim.check]]\n";

#[test]
fn a_check_cannot_say_that_what_does_not_come_out_holds() {
    let text = format!("{SOURCE}says = \"3 J\"\ncomputes = \"2 J\"\notherwise = \"holds\"\n");
    let refused = Claims::parse("x.toml", &text).unwrap_err().to_string();
    assert!(refused.contains("line 14") && refused.contains("otherwise"), "{refused}");
}

#[test]
fn a_fact_check_explains_its_ratio_and_another_dimension_is_a_verdict() {
    let registry = Registry::embedded().unwrap();
    // F001: 415 TWh/yr
    for (says, word) in [("415 GWh/yr", "prefix"), ("415 TWh", "another dimension"), ("415 kg", "another dimension")] {
        let text = format!("{SOURCE}says = \"{says}\"\nfact = \"F001\"\notherwise = \"boundary\"\n");
        let audits = registry.audit_claims(&Claims::parse("x.toml", &text).unwrap()).unwrap();
        assert_eq!(audits[0].verdicts(), [Verdict::Unit], "{says}");
        assert!(audits[0].checks[0].reason.contains(word), "{says}: {}", audits[0].checks[0].reason);
    }
}

/// The verdict and reason of one check, with these keys.
fn checked(keys: &str) -> (Verdict, String) {
    let text = format!("{SOURCE}{keys}\n");
    let audits = Registry::embedded().unwrap().audit_claims(&Claims::parse("x.toml", &text).unwrap()).unwrap();
    (audits[0].checks[0].verdict, audits[0].checks[0].reason.clone())
}

#[test]
fn an_attribution_is_one_of_quantity_region_year_and_boundary() {
    for (keys, verdict, why) in [
        // 415 TWh of 2024 at the site, of the world, in the report of 2025
        ("says = \"415 TWh/yr\"\nattributed = \"iea_2025\"", Holds, "F001"),
        (
            "says = \"415 TWh/yr\"\nattributed = \"iea_2025\"\nyear = 2030",
            Verdict::Vintage,
            "said 2030, the source says 2024",
        ),
        ("says = \"415 TWh/yr\"\nattributed = \"iea_2025\"\nregion = \"Europe\"", Boundary, "said Europe"),
        ("says = \"415 TWh/yr\"\nattributed = \"iea_2025\"\nboundary = \"grid\"", Boundary, "said grid"),
        ("says = \"1.5 %\"\nattributed = \"iea_2025\"\ndenominator = \"world generation\"", Boundary, "share of"),
        (
            "says = \"415 TWh/yr\"\nattributed = \"iea_2025\"\nquantity = \"electricity generation to supply data centres\"",
            Boundary,
            "quantity",
        ),
        // 485 TWh of 2025 stand in the report of 2026, which supersedes it
        (
            "says = \"485 TWh/yr\"\nattributed = \"iea_2025\"\nyear = 2025",
            Verdict::Vintage,
            "another vintage of iea_2025: F028",
        ),
        (
            "says = \"485 TWh/yr\"\nfact = \"F028\"\nattributed = \"iea_2025\"",
            Verdict::Vintage,
            "a later vintage than iea_2025",
        ),
        (
            "says = \"415 TWh/yr\"\nfact = \"F001\"\nattributed = \"iea_2026\"",
            Verdict::Vintage,
            "an earlier vintage than iea_2026",
        ),
        ("says = \"176 TWh/yr\"\nfact = \"F040\"\nattributed = \"lbnl_2026\"", Verdict::Vintage, "earlier vintage"),
        ("says = \"176 TWh/yr\"\nfact = \"F040\"\nattributed = \"LBNL-2001637\"", Holds, "F040"),
        // another publisher: misattributed, with what that one has for the region and year
        ("says = \"448 TWh/yr\"\nfact = \"F031\"\nattributed = \"iea_2026\"", Misattributed, "which has 485 TWh/yr"),
        (
            "says = \"448 TWh/yr\"\nfact = \"F031\"\nattributed = \"iea_2025\"\nyear = 2024",
            Misattributed,
            "415 TWh/yr (iea_2025)",
        ),
        ("says = \"448 TWh/yr\"\nattributed = \"iea_2025\"", SourceNotFound, "no figure of iea_2025"),
        (
            "says = \"448 TWh/yr\"\nattributed = \"iea_2025\"\nquantity = \"electricity consumption of data centres\"",
            Misattributed,
            "gartner_2025",
        ),
        // a bound is no value
        ("says = \"1200 TWh/yr\"\nfact = \"F039\"", HoldsInPart, "a lower bound: over 1200 TWh/yr"),
        ("says = \"1200 TWh/yr\"\nfact = \"F039\"\nbound = \"lower\"", Holds, "F039"),
        ("says = \"1500 TWh/yr\"\nfact = \"F039\"", NotCheckable, "a bound alone"),
        ("says = \"1000 TWh/yr\"\nfact = \"F039\"", Arithmetic, "over 1200"),
        ("says = \"415 TWh/yr\"\nfact = \"F001\"\nbound = \"lower\"", HoldsInPart, "the source gives a value"),
    ] {
        let (found, reason) = checked(keys);
        assert_eq!(found, verdict, "{keys}: {reason}");
        assert!(reason.contains(why), "{keys}: {reason}");
    }
}

#[test]
fn a_cause_that_is_found_goes_before_what_the_file_expects() {
    // 448 to 980 TWh in five years: 16 % is the growth of one year, which is arithmetic and no matter of units
    let growth = "says = \"16 %\"\ncomputes = \"(b / a)^(1/5) - 1\"\ninputs.a = { fact = \"F031\" }\n\
                  inputs.b = { fact = \"F032\" }\notherwise = \"unit\"";
    let (found, reason) = checked(growth);
    assert_eq!(found, Arithmetic, "{reason}");
    assert!(reason.contains("the growth of one year"), "{reason}");
    // 460 TWh are counted at the busbar; 415 computed at the site
    let other = "says = \"460 TWh/yr\"\ncomputes = \"a\"\ninputs.a = { fact = \"F001\" }\notherwise = \"doubtful\"";
    let (found, reason) = checked(other);
    assert_eq!(found, Boundary, "{reason}");
    assert!(reason.contains("F009"), "{reason}");
    let nothing = "says = \"777 TWh/yr\"\ncomputes = \"a\"\ninputs.a = { fact = \"F001\" }\notherwise = \"doubtful\"";
    assert_eq!(checked(nothing).0, Doubtful);
}

#[test]
fn a_key_that_would_say_nothing_is_refused_with_its_line() {
    for (keys, key) in [
        ("says = \"3 J\"\ncomputes = \"3 J\"\nyear = 2024", "year"),
        ("says = \"3 J\"\ncomputes = \"3 J\"\nregion = \"World\"", "region"),
        ("attributed = \"iea_2025\"\nyear = 2024", "year"),
        ("says = \"415 TWh/yr\"\nfact = \"F001\"\nshare = true", "share"),
        ("verdict = \"doubtful\"\nreason = \"so\"\notherwise = \"unit\"", "otherwise"),
        ("says = \"3 J\"\ncomputes = \"3 J\"\nlast_digit = -1", "last_digit"),
        ("verdict = \"doubtful\"\nreason = \"so\"\nboundary = \"site\"", "boundary"),
        ("says = \"3 J\"\ncomputes = \"3 J\"\ncolour = \"red\"", "unknown field `colour`"),
    ] {
        let refused = Claims::parse("x.toml", &format!("{SOURCE}{keys}\n")).map(|_| ()).unwrap_err().to_string();
        assert!(refused.starts_with("x.toml, line 1") && refused.contains(key), "{keys}: {refused}");
    }
}
