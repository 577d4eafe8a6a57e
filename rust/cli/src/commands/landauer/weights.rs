//! What the headers of files of weights say, in text and in JSON.

use crate::failure::Failure;
use crate::output::{lines, sections, table};
use crate::reading::start;
use serde_json::{Value, json};
use std::path::PathBuf;
use szilard::landauer::{Model, WEIGHTS_HEADER, Weights, read_weights};

/// The weights of all files together; `None` without files.
pub(super) fn weights(paths: &[PathBuf]) -> Result<Option<Weights>, Failure> {
    let mut all: Option<Weights> = None;
    for path in paths {
        let part = read_weights(&start(path, WEIGHTS_HEADER)?.0, &path.display().to_string())?;
        all = Some(match all {
            Some(before) => before.and(&part),
            None => part,
        });
    }
    Ok(all)
}

pub(super) fn weights_text(model: &Model, weights: &Weights) -> String {
    let rows: Vec<Vec<String>> = weights
        .types
        .iter()
        .map(|(word, stored)| {
            let numbers = [stored.tensors.to_string(), stored.elements.to_string(), (stored.bits / 8).to_string()];
            [word.clone()].into_iter().chain(numbers).collect()
        })
        .collect();
    let head = lines(&[
        ("weights", Some(weights.format.to_owned())),
        ("elements", Some(format!("{} for {} parameters", weights.elements(), model.parameters()))),
        ("bits a parameter", Some(format!("{:.4}", weights.bits() as f64 / model.parameters() as f64))),
    ]);
    sections(&[head, table(&["type", "tensors", "elements", "B"], &rows)])
}

pub(super) fn weights_json(model: &Model, weights: &Weights) -> Value {
    let types = weights.types.iter().map(|(word, stored)| {
        json!({
            "type": word,
            "tensors": stored.tensors,
            "elements": stored.elements as u64,
            "bytes": (stored.bits / 8) as u64,
        })
    });
    json!({
        "format": weights.format,
        "elements": weights.elements() as u64,
        "bytes": (weights.bits() / 8) as u64,
        "bits_per_parameter": weights.bits() as f64 / model.parameters() as f64,
        "types": types.collect::<Vec<_>>(),
    })
}
