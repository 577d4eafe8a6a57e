//! `szilard reproduce`: published calculations, done again.

use crate::failure::Failure;
use crate::output::{Answer, lines, quantity_json, sections, table};
use clap::Args;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use szilard::published::{Calculation, Kind, Publication, PublishedError, Registry, Reproduction, Status};
use szilard::source::Citation;

/// Published calculations, done again from their cited inputs.
#[derive(Debug, Args)]
pub(crate) struct Reproduce {
    /// Calculation or publication; all where it is left out
    id: Option<String>,
    /// Folder with publications of one's own (<key>.toml), tables (.csv) and logs of runs; may be given several times
    #[arg(long, value_name = "FOLDER")]
    folder: Vec<PathBuf>,
}

/// The publications that are carried, those in folders of one's own, and what the shared folder has of tables and logs.
pub(super) fn registry(folders: &[PathBuf]) -> Result<Registry, Failure> {
    let shared = std::env::var_os("SZILARD_SHARED").map(PathBuf::from);
    let shared = shared.iter().flat_map(|shared| [shared.join("published"), shared.join("traces/mlperf")]);
    let shared: Vec<PathBuf> = shared.filter(|folder| folder.is_dir()).collect();
    let folders: Vec<&Path> = folders.iter().chain(&shared).map(PathBuf::as_path).collect();
    Ok(Registry::with_folders(&folders)?)
}

/// A calculation, done again or short of the data it draws on.
enum Done<'a> {
    Again(Box<Reproduction>),
    Needs(&'a Publication, &'a Calculation, &'a str),
}

impl Reproduce {
    pub(super) fn answer(&self) -> Result<Answer, Failure> {
        let registry = registry(&self.folder)?;
        let done = asked(&registry, self.id.as_deref())?.into_iter().map(|(publication, calculation)| {
            Ok(match registry.missing_data(calculation) {
                Some(data) => Done::Needs(publication, calculation, data),
                None => Done::Again(Box::new(registry.reproduce(&calculation.id)?)),
            })
        });
        let done = done.collect::<Result<Vec<Done>, Failure>>()?;
        let text = match (done.as_slice(), &self.id) {
            ([Done::Again(one)], _) => one_text(&registry, one)?,
            (several, Some(_)) => table_text(several),
            (all, None) => sections(&[table_text(all), without_calculation(&registry)]),
        };
        let json = done.iter().map(|done| match done {
            Done::Again(one) => reproduction_json(&registry, one),
            Done::Needs(publication, calculation, data) => Ok(needs_json(publication, calculation, data)),
        });
        let refused = done.iter().filter_map(|done| match done {
            Done::Again(one) if one.status == Status::Differs => {
                Some(format!("{}: {} is printed, {} comes out", one.id, one.printed, one.computed))
            }
            _ => None,
        });
        let refused = refused.collect();
        // the whole list is complete with what needs data in it; what is asked for by name is not there
        let needs = done.iter().filter(|_| self.id.is_some()).filter_map(|done| match done {
            Done::Needs(publication, one, data) => Some(format!("{}: {}", one.id, missing(publication, data))),
            Done::Again(_) => None,
        });
        let incomplete = needs.collect();
        Ok(Answer { text, json: json.collect::<Result<Value, Failure>>()?, incomplete, refused })
    }
}

/// The calculations that are asked for; an identity that is neither is refused with both words.
fn asked<'a>(registry: &'a Registry, id: Option<&str>) -> Result<Vec<(&'a Publication, &'a Calculation)>, Failure> {
    let Some(id) = id else { return Ok(registry.calculations().collect()) };
    let of = |(publication, calculation): &(&Publication, &Calculation)| {
        publication.citation.key == id || calculation.id == id
    };
    let found: Vec<_> = registry.calculations().filter(of).collect();
    if found.is_empty() && registry.publication(id).is_err() {
        return Err(PublishedError::Unknown { what: "calculation or publication", id: id.to_owned() }.into());
    }
    Ok(found)
}

fn table_text(done: &[Done]) -> String {
    let percent = |ratio: f64| format!("{:.2} %", 100.0 * ratio);
    let row = |done: &Done| match done {
        Done::Again(one) => vec![
            one.id.clone(),
            one.publication.clone(),
            format!("{} {}", one.printed.value(), one.printed.unit()),
            one.computed.to_string(),
            format!("{:+.2} %", 100.0 * one.difference_relative),
            percent(one.tolerance),
            one.status.to_string(),
            kind(one.kind).to_owned(),
            one.title.clone(),
        ],
        Done::Needs(publication, one, _) => {
            let dash = || "-".to_owned();
            let stated = format!("{} {}", one.stated.value(), one.stated.unit());
            let (key, verdict, kind) = (publication.citation.key.clone(), NEEDS.to_owned(), kind(one.kind).to_owned());
            vec![one.id.clone(), key, stated, dash(), dash(), dash(), verdict, kind, one.title.clone()]
        }
    };
    let rows: Vec<Vec<String>> = done.iter().map(row).collect();
    let titles = ["id", "publication", "printed", "computed", "difference", "tolerance", "verdict", "kind", "title"];
    let statuses = [Status::Reproduced, Status::Weak, Status::Inconsistent, Status::Differs];
    let verdict = |done: &Done| match done {
        Done::Again(one) => one.status.to_string(),
        Done::Needs(..) => NEEDS.to_owned(),
    };
    let counts = statuses.iter().map(ToString::to_string).chain([NEEDS.to_owned()]).filter_map(|word| {
        let count = done.iter().filter(|done| verdict(done) == word).count();
        (count > 0).then(|| format!("{count} {word}"))
    });
    let remark = |done: &Done| match done {
        Done::Again(one) if one.status == Status::Reproduced => String::new(),
        Done::Again(one) => format!("{} {}: {}\n", one.id, one.status, one.note),
        Done::Needs(publication, one, data) => format!("{} {NEEDS}: {}\n", one.id, missing(publication, data)),
    };
    let remarks: String = done.iter().map(remark).collect();
    let summary = format!("{} calculations: {}\n", rows.len(), counts.collect::<Vec<_>>().join(", "));
    sections(&[table(&titles, &rows), remarks, summary])
}

/// Verdict of a calculation whose data are not shipped.
const NEEDS: &str = "needs data";

fn missing(publication: &Publication, data: &str) -> String {
    let Citation { publisher, identifier, .. } = &publication.citation;
    format!(
        "{data} is not shipped: get it from {publisher}, {identifier}, and give the folder that holds it with --folder, or \
         in SZILARD_SHARED"
    )
}

/// The publications that have facts and no calculation.
fn without_calculation(registry: &Registry) -> String {
    let without = registry.publications().iter().filter(|publication| publication.calculations.is_empty());
    let without = without.map(|publication| format!("{} ({})", publication.citation.key, publication.facts.len()));
    let without = without.collect::<Vec<_>>().join(", ");
    let all = registry.publications().len();
    format!("{all} publications; with facts alone, their number in parentheses: {without}\n")
}

fn needs_json(publication: &Publication, one: &Calculation, data: &str) -> Value {
    json!({
        "id": one.id,
        "publication": publication.citation.key,
        "title": one.title,
        "formula": one.formula,
        "computed": null,
        "printed": quantity_json(&one.stated),
        "kind": kind(one.kind),
        "difference_relative": null,
        "tolerance": null,
        "status": NEEDS,
        "note": missing(publication, data),
        "citation": publication.citation.to_string(),
    })
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
