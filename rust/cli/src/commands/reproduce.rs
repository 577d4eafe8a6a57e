//! `szilard reproduce`: published calculations, done again.

use crate::failure::Failure;
use crate::output::{Answer, lines, quantity_json, sections, table};
use clap::Args;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use szilard::published::{Calculation, Kind, PublishedError, Registry, Reproduction, Status};

/// Published calculations, done again from their cited inputs.
#[derive(Debug, Args)]
pub(crate) struct Reproduce {
    /// Calculation or publication; all where it is left out
    id: Option<String>,
    /// Folder with publications of one's own (<key>.toml) and tables (.csv); may be given several times
    #[arg(long, value_name = "FOLDER")]
    folder: Vec<PathBuf>,
}

/// The publications that are carried, those in folders of one's own, and the tables of the shared folder.
pub(super) fn registry(folders: &[PathBuf]) -> Result<Registry, Failure> {
    let shared = std::env::var_os("SZILARD_SHARED").map(|shared| PathBuf::from(shared).join("published"));
    let shared = shared.filter(|folder| folder.is_dir());
    let folders: Vec<&Path> = folders.iter().chain(&shared).map(PathBuf::as_path).collect();
    Ok(Registry::with_folders(&folders)?)
}

impl Reproduce {
    pub(super) fn answer(&self) -> Result<Answer, Failure> {
        let registry = registry(&self.folder)?;
        let asked = asked(&registry, self.id.as_deref())?;
        let (missing, at_hand): (Vec<_>, Vec<_>) =
            asked.into_iter().partition(|calculation| registry.missing_table(calculation).is_some());
        let done = at_hand.iter().map(|calculation| registry.reproduce(&calculation.id));
        let done = done.collect::<Result<Vec<Reproduction>, _>>()?;
        let text = match (done.as_slice(), missing.is_empty()) {
            ([one], true) => one_text(&registry, one)?,
            (several, _) => table_text(several, &missing),
        };
        let json = done.iter().map(|one| reproduction_json(&registry, one)).collect::<Result<Value, Failure>>()?;
        let needs = |calculation: &&Calculation| {
            let table = registry.missing_table(calculation)?;
            Some(format!("{} needs {table}, which is not shipped: give a folder that holds it", calculation.id))
        };
        Ok(Answer { text, json, incomplete: missing.iter().filter_map(needs).collect(), ..Answer::default() })
    }
}

/// The calculations that are asked for; an identity that is neither is refused with both words.
fn asked<'a>(registry: &'a Registry, id: Option<&str>) -> Result<Vec<&'a Calculation>, Failure> {
    let Some(id) = id else { return Ok(registry.calculations().map(|(_, calculation)| calculation).collect()) };
    let one = registry.calculations().map(|(_, calculation)| calculation).find(|calculation| calculation.id == id);
    let unknown = || PublishedError::Unknown { what: "calculation or publication", id: id.to_owned() };
    Ok(match one {
        Some(one) => vec![one],
        None => registry.publication(id).map_err(|_| unknown())?.calculations.iter().collect(),
    })
}

fn table_text(done: &[Reproduction], missing: &[&Calculation]) -> String {
    let percent = |ratio: f64| format!("{:.2} %", 100.0 * ratio);
    let row = |one: &Reproduction| {
        vec![
            one.id.clone(),
            one.publication.clone(),
            format!("{} {}", one.printed.value(), one.printed.unit()),
            one.computed.to_string(),
            format!("{:+.2} %", 100.0 * one.difference_relative),
            percent(one.tolerance),
            one.status.to_string(),
            kind(one.kind).to_owned(),
            one.title.clone(),
        ]
    };
    let without = |one: &&Calculation| {
        let dash = || "-".to_owned();
        let printed = format!("{} {}", one.stated.value(), one.stated.unit());
        let no_table = "no table".to_owned();
        vec![
            one.id.clone(),
            dash(),
            printed,
            dash(),
            dash(),
            dash(),
            no_table,
            kind(one.kind).to_owned(),
            one.title.clone(),
        ]
    };
    let rows: Vec<Vec<String>> = done.iter().map(row).chain(missing.iter().map(without)).collect();
    let titles = ["id", "publication", "stated", "computed", "difference", "rounding", "verdict", "kind", "title"];
    let count = |status: Status| done.iter().filter(|one| one.status == status).count();
    let counts =
        [Status::Reproduced, Status::Weak, Status::Inconsistent, Status::Differs].map(|status| (status, count(status)));
    let counts = counts.iter().filter(|(_, count)| *count > 0).map(|(status, count)| format!("{count} {status}"));
    let mut counts: Vec<String> = counts.collect();
    if !missing.is_empty() {
        counts.push(format!("{} without their table", missing.len()));
    }
    let remark = |one: &&Reproduction| format!("{} {}: {}\n", one.id, one.status, one.note);
    let remarks: String = done.iter().filter(|one| one.status != Status::Reproduced).map(|one| remark(&one)).collect();
    let summary = format!("{} calculations: {}\n", rows.len(), counts.join(", "));
    sections(&[table(&titles, &rows), remarks, summary])
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
