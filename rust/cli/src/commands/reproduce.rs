//! `szilard reproduce`: published calculations, done again.

use crate::failure::Failure;
use crate::output::{Answer, lines, quantity_json, sections, table};
use clap::Args;
use serde_json::{Value, json};
use szilard::published::{Kind, PublishedError, Registry, Reproduction, Status};

/// Published calculations, done again from their cited inputs.
#[derive(Debug, Args)]
pub(crate) struct Reproduce {
    /// Calculation or publication; all where it is left out
    id: Option<String>,
}

impl Reproduce {
    pub(super) fn answer(&self) -> Result<Answer, Failure> {
        let registry = Registry::embedded()?;
        let done: Vec<Reproduction> = match &self.id {
            None => registry.reproduce_all()?,
            Some(id) => match registry.reproduce(id) {
                Err(PublishedError::Unknown { .. }) => of_publication(&registry, id)?,
                one => vec![one?],
            },
        };
        let text = match done.as_slice() {
            [one] => one_text(&registry, one)?,
            several => table_text(several),
        };
        let json = done.iter().map(|one| reproduction_json(&registry, one)).collect::<Result<Value, Failure>>()?;
        Ok(Answer { text, json, ..Answer::default() })
    }
}

/// All calculations of a publication; an identity that is neither is refused with both words.
fn of_publication(registry: &Registry, key: &str) -> Result<Vec<Reproduction>, Failure> {
    let unknown = || PublishedError::Unknown { what: "calculation or publication", id: key.to_owned() };
    let publication = registry.publication(key).map_err(|_| unknown())?;
    let calculations = publication.calculations.iter().map(|calculation| registry.reproduce(&calculation.id));
    Ok(calculations.collect::<Result<_, _>>()?)
}

fn table_text(done: &[Reproduction]) -> String {
    let row = |one: &Reproduction| {
        vec![
            one.id.clone(),
            one.publication.clone(),
            one.computed.to_string(),
            one.printed.to_string(),
            format!("{:+.2} %", 100.0 * one.difference_relative),
            format!("{:.2} %", 100.0 * one.tolerance),
            one.status.to_string(),
            one.title.clone(),
        ]
    };
    let rows: Vec<Vec<String>> = done.iter().map(row).collect();
    let titles = ["id", "publication", "computed", "stated", "difference", "rounding", "status", "title"];
    let reproduced = done.iter().filter(|one| one.status == Status::Reproduced).count();
    sections(&[table(&titles, &rows), format!("{reproduced} of {} reproduced within their rounding\n", done.len())])
}

/// One calculation with everything that is said of it.
pub(super) fn one_text(registry: &Registry, one: &Reproduction) -> Result<String, Failure> {
    let percent = |ratio: f64| format!("{:.2} %", 100.0 * ratio);
    let difference = format!("{}, rounding explains {}", percent(one.difference_relative), percent(one.tolerance));
    Ok(lines(&[
        (&one.id, Some(one.title.clone())),
        ("formula", Some(one.formula.clone())),
        ("computed", Some(one.computed.to_string())),
        (kind(one.kind), Some(one.printed.to_string())),
        ("difference", Some(difference)),
        ("status", Some(one.status.to_string())),
        ("note", Some(one.note.clone())),
        ("source", Some(registry.cite(&one.publication)?)),
    ]))
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Printed => "printed",
        Kind::Derived => "derived",
    }
}

pub(super) fn reproduction_json(registry: &Registry, one: &Reproduction) -> Result<Value, Failure> {
    Ok(json!({
        "id": one.id,
        "publication": one.publication,
        "title": one.title,
        "formula": one.formula,
        "computed": quantity_json(&one.computed),
        "printed": quantity_json(&one.printed),
        "kind": kind(one.kind),
        "difference_relative": one.difference_relative,
        "tolerance": one.tolerance,
        "status": one.status.to_string(),
        "note": one.note,
        "citation": registry.cite(&one.publication)?,
    }))
}
