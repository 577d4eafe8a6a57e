//! Chains: inverse ways, balances that close, and what is refused.

use super::*;
use crate::boundaries::Given;
use crate::quantity::{Distribution, Method};

fn at(text: &str, boundary: Boundary) -> Quantity {
    text.parse::<Quantity>().unwrap().at(Some(boundary))
}

fn chain(factors: &[(&str, f64)]) -> BoundaryChain {
    BoundaryChain::new(factors.iter().map(|(name, ratio)| Factor::ratio(name, *ratio).unwrap()).collect()).unwrap()
}

fn full() -> BoundaryChain {
    chain(&[
        ("regulators", 1.07),
        ("memory", 1.11),
        ("host", 1.31),
        ("psu", 1.0 / 0.94),
        ("network", 1.03),
        ("idle-capacity", 1.1),
        ("cooling", 1.19),
        ("ups", 1.06),
        ("transformer", 1.01),
        ("td-loss", 1.0 / 0.95),
        ("generation", 2.3),
    ])
}

fn ulps(a: f64, b: f64) -> u64 {
    a.to_bits().abs_diff(b.to_bits())
}

#[test]
fn lowering_undoes_lifting() {
    for text in ["0.39 J/token", "7.2 W", "176 TWh/yr", "1e-21 J/bit", "33.3 MJ"] {
        for from in Boundary::ALL {
            for to in Boundary::ALL.iter().filter(|to| *to > from) {
                let figure = at(text, *from).on(Some(Basis::Gross)).by([Method::Counter]);
                let lifted = full().lift(&figure, *to).unwrap();
                let back = full().lower(&lifted.quantity, *from).unwrap().quantity;
                assert!(ulps(back.value(), figure.value()) <= 2, "{text} {from} {to}");
                assert_eq!(
                    (back.boundary(), back.basis(), back.method()),
                    (Some(*from), Some(Basis::Gross), Some(Method::Counter))
                );
            }
        }
    }
}

#[test]
fn two_lifts_are_one_lift() {
    let figure = at("0.39 J/token", Boundary::Chip);
    let board = full().lift(&figure, Boundary::Board).unwrap().quantity;
    let node = full().lift(&board, Boundary::Node).unwrap().quantity;
    let direct = full().lift(&figure, Boundary::Node).unwrap().quantity;
    assert!(node.is_close(&direct, 4.0 * f64::EPSILON, 0.0).unwrap());
}

#[test]
fn what_is_added_closes_the_balance() {
    let figure = at("100 Wh", Boundary::Chip);
    let lifted = full().lift(&figure, Boundary::Primary).unwrap();
    let sum: f64 = lifted.applied.iter().map(|applied| applied.added.value()).sum();
    assert!((figure.value() + sum - lifted.quantity.value()).abs() < 1e-9);
    assert_eq!(lifted.applied.len(), 11);
}

#[test]
fn parts_of_pue_add_over_it_energy() {
    // CLF 0.19 and a UPS loss of 0.06, both over IT: PUE = 1.25, not 1.19 x 1.06 = 1.2614
    let lifted = chain(&[("cooling", 1.19), ("ups", 1.06)]).lift(&at("100 kWh", Boundary::It), Boundary::Site).unwrap();
    assert!((lifted.quantity.value() - 125.0).abs() < 1e-12);
    assert!((lifted.applied[1].added.value() - 6.0).abs() < 1e-12);
}

#[test]
fn a_total_and_its_parts_exclude_each_other() {
    let pair = |a: &str, b: &str| {
        BoundaryChain::new(vec![Factor::ratio(a, 1.2).unwrap(), Factor::ratio(b, 1.1).unwrap()]).map(|_| ())
    };
    for (a, b) in [("pue", "cooling"), ("ups", "pue"), ("td-loss", "transmission"), ("generation", "primary-energy")] {
        assert!(matches!(pair(a, b), Err(ChainError::TotalAndPart { .. })), "{a} {b}");
    }
    assert!(matches!(pair("pue", "PUE"), Err(ChainError::Duplicate { .. })));
    assert!(pair("transformer", "td-loss").is_ok());
    // a factor of one's own between IT and site is inside the PUE by its definition
    let own = Factor::new("lighting", Some(Step::ItToSite), Given::Ratio, &Quantity::number(1.01).unwrap()).unwrap();
    let both = BoundaryChain::new(vec![own, Factor::ratio("pue", 1.2).unwrap()]);
    assert!(matches!(both, Err(ChainError::TotalAndPart { .. })));
}

#[test]
fn a_factor_inside_the_figure_is_not_applied_again() {
    let chain = full();
    for (from, to, factor) in [
        (Boundary::Site, Boundary::Site, "cooling"),
        (Boundary::Grid, Boundary::Site, "cooling"),
        (Boundary::Primary, Boundary::Primary, "generation"),
    ] {
        let error = chain.lift(&at("176 TWh", from), to).unwrap_err();
        assert_eq!(error, ChainError::AppliedTwice { factor: factor.to_owned(), boundary: from });
    }
    let pue = self::chain(&[("pue", 1.2)]);
    assert!(pue.lift(&at("176 TWh", Boundary::Grid), Boundary::Primary).is_err());
    assert!(pue.lift(&at("176 TWh", Boundary::Grid), Boundary::Grid).unwrap().applied.is_empty());
    assert!(matches!(pue.lower(&at("1 J", Boundary::It), Boundary::Site), Err(ChainError::Direction { .. })));
}

#[test]
fn a_missing_step_is_named_with_what_would_fill_it() {
    let error = chain(&[("pue", 1.2)]).lift(&at("1 J", Boundary::Node), Boundary::Site).unwrap_err();
    assert_eq!(
        error.to_string(),
        "no factor for the step node->it on the way from node to site: give network, storage, idle-capacity"
    );
    let unset = full().lift(&"1 J".parse().unwrap(), Boundary::Site).unwrap_err().to_string();
    assert!(unset.contains(".at("), "{unset}");
    let refused = full().lift(&at("5 bit/token", Boundary::Chip), Boundary::Site);
    assert!(matches!(refused, Err(ChainError::NoEnergy { .. })));
}

#[test]
fn averages_are_labelled_and_idle_capacity_is_refused_above_idle() {
    let above = at("0.279 J/token", Boundary::It).on(Some(Basis::AboveIdle));
    let lifted = chain(&[("pue", 1.2)]).lift(&above, Boundary::Site).unwrap();
    assert_eq!(lifted.applied[0].note, Some(AVERAGE));
    let gross = chain(&[("pue", 1.2)]).lift(&at("1 J", Boundary::It), Boundary::Site).unwrap();
    assert_eq!(gross.applied[0].note, None);
    let node = above.at(Some(Boundary::Node));
    let refused = chain(&[("idle-capacity", 1.1)]).lift(&node, Boundary::It);
    assert!(matches!(refused, Err(ChainError::AverageOnly { .. })));
}

#[test]
fn what_a_figure_holds_is_neither_missed_nor_applied() {
    // a tool writes node energy x PUE 1.2: 120 J that are counted at the node
    let node = at("120 J", Boundary::Node);
    let network = chain(&[("network", 1.05), ("td-loss", 1.1)]);
    let grid = network.lift_holding(&node, &["PUE"], Boundary::Grid).unwrap();
    assert!((grid.quantity.value() - 120.0 * 1.05 * 1.1).abs() < 1e-12);
    assert!(matches!(network.lift(&node, Boundary::Grid), Err(ChainError::MissingFactor { .. })));
    for (held, factor) in [("pue", "pue"), ("pue", "cooling"), ("full-stack", "pue"), ("host", "full-stack")] {
        let refused = chain(&[(factor, 1.1)]).lift_holding(&node, &[held], Boundary::Site);
        assert!(matches!(refused, Err(ChainError::Held { .. })), "{held} {factor}");
    }
    assert!(matches!(network.lift_holding(&node, &["cooling"], Boundary::Site), Err(ChainError::HeldInPart { .. })));
    assert!(matches!(network.lift_holding(&node, &["magic"], Boundary::Site), Err(ChainError::UnknownFactor { .. })));
    // a figure of boards that holds the whole stack is short of nothing up to the site
    let board = at("1.72 J", Boundary::Board);
    let site = chain(&[]).lift_holding(&board, &["full-stack"], Boundary::Site).unwrap();
    assert_eq!((site.quantity.value(), site.quantity.boundary()), (1.72, Some(Boundary::Site)));
}

#[test]
fn one_factor_in_two_figures_is_one_source_of_uncertainty() {
    // both site figures share the PUE: their ratio knows nothing of its uncertainty
    let number = Quantity::number(1.4).unwrap().with_u(0.02, "pue", Distribution::Normal).unwrap();
    let chain = BoundaryChain::new(vec![Factor::new("pue", None, Given::Ratio, &number).unwrap()]).unwrap();
    let lift = |text: &str| chain.lift(&at(text, Boundary::It), Boundary::Site).unwrap().quantity;
    let (a, b) = (lift("100 J"), lift("50 J"));
    assert!((a.u() - 2.0).abs() < 1e-12); // 100 J x 0.02
    assert!(a.over(&b).unwrap().u() < 1e-15);
    let back = chain.lower(&a, Boundary::It).unwrap().quantity;
    assert!(back.u() < 1e-14); // the same factor cancels on the way back
}

#[test]
fn one_of_several_factors_does_not_complete_a_step() {
    let node = "1 kWh".parse::<Quantity>().unwrap().at(Some(Boundary::Node));
    let partial = |factors: Vec<Factor>, from: Boundary, to: Boundary| {
        let lifted = BoundaryChain::new(factors).unwrap().lift(&node.at(Some(from)), to).unwrap();
        lifted.partial.into_iter().flat_map(|(_, missing)| missing).collect::<Vec<_>>()
    };
    let known = |name: &str| Factor::ratio(name, 1.1).unwrap();
    let number = Quantity::number(1.1).unwrap();
    let own = Factor::new("everything", Some(Step::NodeToIt), Given::Ratio, &number).unwrap();
    assert_eq!(partial(vec![known("network")], Boundary::Node, Boundary::It), ["storage", "idle-capacity"]);
    assert_eq!(partial(vec![known("psu")], Boundary::Board, Boundary::Node), ["host"]);
    assert_eq!(partial(vec![known("cooling")], Boundary::It, Boundary::Site), ["ups", "power-distribution"]);
    let whole = [("pue", Boundary::It, Boundary::Site), ("td-loss", Boundary::Site, Boundary::Grid)];
    for (name, from, to) in whole.into_iter().chain([("generation", Boundary::Grid, Boundary::Primary)]) {
        assert!(partial(vec![known(name)], from, to).is_empty(), "{name}");
    }
    assert!(partial(vec![own], Boundary::Node, Boundary::It).is_empty());
    assert!(partial(vec![known("full-stack")], Boundary::Board, Boundary::Site).is_empty());
}
