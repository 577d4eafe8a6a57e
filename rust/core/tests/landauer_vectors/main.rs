//! Every test vector about constants, the Landauer ladder, transformer counts and edge heat.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod bounds;
mod edge;
mod models;
mod vector;

use bounds::{circuits, constants, erasure, finite_time, reliability, technology};
use edge::{checks, heat};
use models::{counts, rungs};
use szilard::landauer::landauer_limit;
use szilard::quantity::units::energy_per_bit::joule_per_bit;
use vector::{Vector, file, kelvins, number};

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

#[test]
fn every_vector_is_met() {
    let document = file("physics_vectors.json");
    let vectors = document["vectors"].as_array().unwrap();
    let mut met = 0;
    for vector in vectors.iter().filter(|vector| GROUPS.contains(&vector["group"].as_str().unwrap())) {
        let mut vector = Vector {
            name: vector["name"].as_str().unwrap(),
            inputs: &vector["inputs"],
            expected: &vector["expected"],
            tolerance: vector["rel_tol"].as_f64().unwrap(),
            compared: 0,
        };
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
    println!("{met} vectors met");
}

#[test]
fn the_floor_of_the_peers_is_met() {
    let document = file("peer_cases.json");
    let case = document["cases"].as_array().unwrap().iter().find(|case| case["id"] == "landauer-floor").unwrap();
    let limit = landauer_limit(kelvins(number(&case["inputs"]["T_K"]))).unwrap().get::<joule_per_bit>();
    assert_eq!(limit * number(&case["inputs"]["bits"]), number(&case["expected"]["J"]));
}
