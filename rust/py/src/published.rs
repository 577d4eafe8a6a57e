//! Figures of the literature: facts, citations, and the calculations behind them done again.

use crate::errors::guard;
use crate::quantity::PyQuantity;
use crate::table::{Column, frame};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use szilard::published::{Calculation, Fact, Kind, PublishedError, Registry, Reproduction};
use szilard::quantity::{Boundary, Quantity};

/// Folders of one's own: a path, or several.
pub struct Folders(Vec<PathBuf>);

impl<'py> FromPyObject<'_, 'py> for Folders {
    type Error = PyErr;

    fn extract(given: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        match given.extract::<PathBuf>() {
            Ok(folder) => Ok(Self(vec![folder])),
            Err(_) => given.extract().map(Self),
        }
    }
}

/// The publications that the library carries, parsed once, and those of folders beside them.
pub fn registry(folder: Option<&Folders>) -> Result<Cow<'static, Registry>, PublishedError> {
    static REGISTRY: OnceLock<Result<Registry, PublishedError>> = OnceLock::new();
    match folder {
        Some(Folders(folders)) => {
            let folders: Vec<&Path> = folders.iter().map(PathBuf::as_path).collect();
            Registry::with_folders(&folders).map(Cow::Owned)
        }
        None => REGISTRY.get_or_init(Registry::embedded).as_ref().map(Cow::Borrowed).map_err(Clone::clone),
    }
}

fn boundary_word(quantity: &Quantity) -> Option<String> {
    quantity.boundary().map(|boundary: Boundary| boundary.word().to_owned())
}

/// The table of all facts: id, quantity, scenario, value, low, high, unit, boundary, method, bound, last_digit,
/// denominator, scope, region, from, to, publication, locator, verified, seen_in, note. Unknown is null.
///
/// Parameters
/// ----------
/// folder
///     A path, or several, with publications of one's own, here and below.
///
/// Raises
/// ------
/// szilard.errors.PublishedError
///     A publication in the folder that cannot be read.
/// OSError
///     A folder that is not there.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> facts = sz.published.facts()
/// >>> facts.filter(facts["id"] == "F001").select("value", "unit", "boundary", "from").row(0)
/// (415.0, 'TWh/yr', 'site', 2024)
#[pyfunction]
#[pyo3(signature = (*, folder=None))]
pub fn published_facts(py: Python<'_>, folder: Option<Folders>) -> PyResult<Py<PyAny>> {
    let registry = guard(|| registry(folder.as_ref()))?;
    let facts: Vec<&Fact> = registry.facts().map(|(_, fact)| fact).collect();
    let keys = registry.facts().map(|(publication, _)| publication.citation.key.clone()).collect();
    let text = |of: fn(&Fact) -> String| Column::Text(facts.iter().map(|fact| of(fact)).collect());
    let maybe = |of: fn(&Fact) -> Option<String>| Column::MaybeText(facts.iter().map(|fact| of(fact)).collect());
    let figure = |of: fn(&Fact) -> Option<&Quantity>| {
        Column::MaybeFloat(facts.iter().map(|fact| of(fact).map(Quantity::value)).collect())
    };
    let any = |fact: &Fact| fact.value.clone().or_else(|| fact.low.clone()).or_else(|| fact.high.clone());
    let of_any = |of: fn(&Quantity) -> Option<String>| {
        Column::MaybeText(facts.iter().map(|fact| any(fact).as_ref().and_then(of)).collect())
    };
    frame(
        py,
        vec![
            ("id", text(|fact| fact.id.clone())),
            ("quantity", text(|fact| fact.quantity.clone())),
            ("scenario", maybe(|fact| fact.scenario.clone())),
            ("value", figure(|fact| fact.value.as_ref())),
            ("low", figure(|fact| fact.low.as_ref())),
            ("high", figure(|fact| fact.high.as_ref())),
            ("unit", of_any(|figure| Some(figure.unit().symbol().to_owned()))),
            ("boundary", of_any(boundary_word)),
            ("method", of_any(|figure| figure.method().map(|method| method.word().to_owned()))),
            ("bound", maybe(|fact| fact.bound.map(|side| side.word().to_owned()))),
            ("last_digit", Column::Float(facts.iter().map(|fact| fact.last_digit()).collect())),
            ("denominator", maybe(|fact| fact.denominator.clone())),
            ("scope", maybe(|fact| fact.scope.clone())),
            ("region", text(|fact| fact.region.clone())),
            ("from", Column::Whole(facts.iter().map(|fact| i64::from(fact.from)).collect())),
            ("to", Column::Whole(facts.iter().map(|fact| i64::from(fact.to)).collect())),
            ("publication", Column::Text(keys)),
            ("locator", text(|fact| fact.locator.clone())),
            ("verified", text(|fact| fact.verified.word().to_owned())),
            ("seen_in", maybe(|fact| fact.seen_in.clone())),
            ("note", maybe(|fact| fact.note.clone())),
        ],
    )
}

/// The figure of one fact with its boundary and method, and the rounding of what is printed as its uncertainty; None where
/// only a range or a bound is given.
///
/// Parameters
/// ----------
/// id
///     Identity of the fact, out of the column `id` of `facts`.
/// folder
///     As of `facts`.
///
/// Raises
/// ------
/// szilard.errors.PublishedError
///     An unknown fact.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> sz.published.fact("F001")
/// (415.00 ± 0.29) TWh/yr [site, modelled]
#[pyfunction]
#[pyo3(signature = (id, *, folder=None))]
pub fn published_fact(id: &str, folder: Option<Folders>) -> PyResult<Option<PyQuantity>> {
    guard(|| registry(folder.as_ref())?.fact(id).map(|fact| fact.interval().value.map(PyQuantity)))
}

/// The table of all calculations: id, title, formula, stated, unit, kind (printed or derived), publication, weak,
/// inconsistent, note.
///
/// Parameters
/// ----------
/// folder
///     As of `facts`.
///
/// Raises
/// ------
/// szilard.errors.PublishedError
///     A publication in the folder that cannot be read.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> sz.published.calculations().columns[:4]
/// ['id', 'title', 'formula', 'stated']
#[pyfunction]
#[pyo3(signature = (*, folder=None))]
pub fn published_calculations(py: Python<'_>, folder: Option<Folders>) -> PyResult<Py<PyAny>> {
    let registry = guard(|| registry(folder.as_ref()))?;
    let all: Vec<_> = registry.calculations().collect();
    frame(
        py,
        vec![
            ("id", Column::Text(all.iter().map(|(_, one)| one.id.clone()).collect())),
            ("title", Column::Text(all.iter().map(|(_, one)| one.title.clone()).collect())),
            ("formula", Column::Text(all.iter().map(|(_, one)| one.formula.clone()).collect())),
            ("stated", Column::Float(all.iter().map(|(_, one)| one.stated.value()).collect())),
            ("unit", Column::Text(all.iter().map(|(_, one)| one.stated.unit().symbol().to_owned()).collect())),
            ("kind", Column::Text(all.iter().map(|(_, one)| kind_word(one.kind).to_owned()).collect())),
            ("publication", Column::Text(all.iter().map(|(of, _)| of.citation.key.clone()).collect())),
            ("weak", Column::MaybeText(all.iter().map(|(_, one)| one.weak.clone()).collect())),
            ("inconsistent", Column::MaybeText(all.iter().map(|(_, one)| one.inconsistent.clone()).collect())),
            ("note", Column::MaybeText(all.iter().map(|(_, one)| one.note.clone()).collect())),
        ],
    )
}

fn kind_word(kind: Kind) -> &'static str {
    match kind {
        Kind::Printed => "printed",
        Kind::Derived => "derived",
    }
}

/// The table of calculations done again: id, title, formula, computed, printed, unit, difference_relative, tolerance,
/// status (reproduced, weak, inconsistent, differs, or needs data where the table or logs behind it are not at hand),
/// kind, publication, note.
///
/// Parameters
/// ----------
/// id
///     A calculation or a publication; all of them where left out.
/// folder
///     As of `facts`.
///
/// Raises
/// ------
/// szilard.errors.PublishedError
///     An unknown identity, or a calculation that does not evaluate.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> sorted(set(sz.published.reproduce()["status"]))
/// ['inconsistent', 'needs data', 'reproduced', 'weak']
#[pyfunction]
#[pyo3(signature = (id=None, *, folder=None))]
pub fn published_reproduce(py: Python<'_>, id: Option<&str>, folder: Option<Folders>) -> PyResult<Py<PyAny>> {
    let registry = guard(|| registry(folder.as_ref()))?;
    let is_asked = |publication: &str, own: &str| id.is_none_or(|id| id == publication || id == own);
    let asked: Vec<_> = registry.calculations().filter(|(of, one)| is_asked(&of.citation.key, &one.id)).collect();
    if let (Some(id), true) = (id, asked.is_empty()) {
        guard(|| Err::<(), _>(PublishedError::Unknown { what: "calculation or publication", id: id.to_owned() }))?;
    }
    let done = asked.iter().map(|(_, one)| match registry.missing_data(one) {
        Some(_) => Ok(None),
        None => registry.reproduce(&one.id).map(Some),
    });
    let done: Vec<Option<Reproduction>> = guard(|| done.collect::<Result<_, _>>())?;
    let text = |of: fn(&Calculation) -> String| Column::Text(asked.iter().map(|(_, one)| of(one)).collect());
    let float =
        |of: fn(&Reproduction) -> f64| Column::MaybeFloat(done.iter().map(|done| done.as_ref().map(of)).collect());
    let status =
        |done: &Option<Reproduction>| done.as_ref().map_or("needs data".to_owned(), |one| one.status.to_string());
    let note = |(one, done): (&Calculation, &Option<Reproduction>)| match done {
        Some(done) => done.note.clone(),
        None => format!("{} is not shipped; give its folder", registry.missing_data(one).unwrap_or_default()),
    };
    let notes = asked.iter().map(|(_, one)| *one).zip(&done).map(note).collect();
    frame(
        py,
        vec![
            ("id", text(|one| one.id.clone())),
            ("title", text(|one| one.title.clone())),
            ("formula", text(|one| one.formula.clone())),
            ("computed", float(|done| done.computed.value())),
            ("printed", Column::Float(asked.iter().map(|(_, one)| one.stated.value()).collect())),
            ("unit", text(|one| one.stated.unit().symbol().to_owned())),
            ("difference_relative", float(|done| done.difference_relative)),
            ("tolerance", float(|done| done.tolerance)),
            ("status", Column::Text(done.iter().map(status).collect())),
            ("kind", text(|one| kind_word(one.kind).to_owned())),
            ("publication", Column::Text(asked.iter().map(|(of, _)| of.citation.key.clone()).collect())),
            ("note", Column::Text(notes)),
        ],
    )
}

/// The citation of a publication, as a dictionary: key, title, publisher, year, vintage, identifier, facts,
/// calculations.
///
/// Parameters
/// ----------
/// key
///     Key of the publication, out of `keys`.
/// folder
///     As of `facts`.
///
/// Raises
/// ------
/// szilard.errors.PublishedError
///     An unknown key.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> sorted(sz.published.publication(sz.published.keys()[0]))
/// ['calculations', 'facts', 'identifier', 'key', 'publisher', 'title', 'vintage', 'year']
#[pyfunction]
#[pyo3(signature = (key, *, folder=None))]
pub fn published_publication<'py>(py: Python<'py>, key: &str, folder: Option<Folders>) -> PyResult<Bound<'py, PyDict>> {
    let registry = guard(|| registry(folder.as_ref()))?;
    let publication = guard(|| registry.publication(key))?;
    let citation = &publication.citation;
    let entry = PyDict::new(py);
    entry.set_item("key", &citation.key)?;
    entry.set_item("title", &citation.title)?;
    entry.set_item("publisher", &citation.publisher)?;
    entry.set_item("year", citation.year)?;
    entry.set_item("vintage", &citation.vintage)?;
    entry.set_item("identifier", &citation.identifier)?;
    entry.set_item("facts", publication.facts.iter().map(|fact| fact.id.as_str()).collect::<Vec<_>>())?;
    entry.set_item("calculations", publication.calculations.iter().map(|one| one.id.as_str()).collect::<Vec<_>>())?;
    Ok(entry)
}

/// The keys of all publications.
///
/// Parameters
/// ----------
/// folder
///     As of `facts`.
///
/// Raises
/// ------
/// szilard.errors.PublishedError
///     A publication in the folder that cannot be read.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> len(sz.published.keys()) > 10
/// True
#[pyfunction]
#[pyo3(signature = (*, folder=None))]
pub fn published_keys(folder: Option<Folders>) -> PyResult<Vec<String>> {
    let registry = guard(|| registry(folder.as_ref()))?;
    Ok(registry.publications().iter().map(|publication| publication.citation.key.clone()).collect())
}

/// The citation of a publication in one line.
///
/// Parameters
/// ----------
/// key
///     Key of the publication, out of `keys`.
/// folder
///     As of `facts`.
///
/// Raises
/// ------
/// szilard.errors.PublishedError
///     An unknown key.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> sz.published.cite(sz.published.keys()[0]).split(",")[0]
/// 'Luccioni'
#[pyfunction]
#[pyo3(signature = (key, *, folder=None))]
pub fn published_cite(key: &str, folder: Option<Folders>) -> PyResult<String> {
    guard(|| registry(folder.as_ref())?.cite(key))
}
