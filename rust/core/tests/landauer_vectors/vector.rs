//! A test vector: inputs, expected values, and how many of them were compared.

use serde_json::{Value, json};
use std::path::Path;
use szilard::landauer::{Model, landauer_limit};
use szilard::quantity::Quantity;
use szilard::quantity::units::f64::*;
use szilard::quantity::units::{energy::joule, information::bit, temperature::kelvin};

pub fn file(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors").join(name);
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

pub fn number(value: &Value) -> f64 {
    match value {
        Value::String(text) => text.parse().unwrap(),
        other => other.as_f64().unwrap_or_else(|| panic!("no number: {other}")),
    }
}

/// A vector: inputs, expected values, and how many of them were compared.
pub struct Vector<'a> {
    pub name: &'a str,
    pub inputs: &'a Value,
    pub expected: &'a Value,
    pub tolerance: f64,
    pub compared: usize,
}

impl Vector<'_> {
    pub fn input(&self, key: &str) -> f64 {
        number(&self.inputs[key])
    }

    pub fn whole(&self, key: &str) -> u64 {
        self.inputs[key].as_u64().unwrap_or_else(|| panic!("{}: {key}", self.name))
    }

    pub fn temperature(&self) -> Temperature {
        kelvins(self.input("T_K"))
    }

    pub fn celsius(&self, key: &str) -> Temperature {
        kelvins(self.input(key) + 273.15)
    }

    /// Compares one expected value; the key is empty where there is only one.
    pub fn is(&mut self, key: &str, found: f64) {
        let expected = number(if key.is_empty() { self.expected } else { &self.expected[key] });
        let error = (found - expected).abs();
        assert!(error <= self.tolerance * expected.abs(), "{} {key}: {found} against {expected}", self.name);
        self.compared += 1;
    }

    /// Compares one expected integer exactly.
    pub fn is_whole(&mut self, key: &str, found: u128) {
        let expected = if key.is_empty() { self.expected } else { &self.expected[key] };
        assert_eq!(found, u128::from(expected.as_u64().unwrap()), "{} {key}", self.name);
        self.compared += 1;
    }

    pub fn values(&self) -> usize {
        self.expected.as_object().map_or(1, |map| map.len())
    }
}

/// The model that a name of the vectors stands for: the numbers are those of its `_params` vector.
pub fn model(vectors: &[Value], name: &str) -> Model {
    let params = vectors.iter().find(|vector| vector["name"] == format!("{name}_params")).unwrap();
    let mut config = params["inputs"].clone();
    let routed = config["num_local_experts"].as_u64() != Some(0);
    config["model_type"] = json!(if routed { "mixtral" } else { "llama" });
    Model::from_config(&config.to_string()).unwrap()
}

pub fn quantity(text: &str) -> Quantity {
    text.parse().unwrap()
}

pub fn kelvins(value: f64) -> Temperature {
    Temperature::new::<kelvin>(value)
}

/// kT ln2 times so many bits at 300 K.
pub fn erased(bits: f64) -> f64 {
    (landauer_limit(kelvins(300.0)).unwrap() * Information::new::<bit>(bits)).get::<joule>()
}
