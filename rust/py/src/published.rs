//! Figures of the literature: facts, citations, and the calculations behind them done again.

use crate::errors::guard;
use crate::quantity::PyQuantity;
use crate::table::{Column, frame};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use std::sync::OnceLock;
use szilard::published::{Audit, Bound as Side, Fact, Kind, PublishedError, Registry, Reproduction, audit as audit_of};
use szilard::quantity::{Boundary, Quantity};

/// The publications that the library carries, parsed once.
fn registry() -> Result<&'static Registry, PublishedError> {
    static REGISTRY: OnceLock<Result<Registry, PublishedError>> = OnceLock::new();
    REGISTRY.get_or_init(Registry::embedded).as_ref().map_err(Clone::clone)
}

fn boundary_word(quantity: &Quantity) -> Option<String> {
    quantity.boundary().map(|boundary: Boundary| boundary.word().to_owned())
}

/// The table of all facts: id, quantity, value, low, high, unit, boundary, method, bound, last_digit, denominator,
/// scope, region, from, to, publication, locator, verified, seen_in, note. Unknown is null.
#[pyfunction]
pub fn published_facts(py: Python<'_>) -> PyResult<Py<PyAny>> {
    let registry = guard(registry)?;
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
            ("value", figure(|fact| fact.value.as_ref())),
            ("low", figure(|fact| fact.low.as_ref())),
            ("high", figure(|fact| fact.high.as_ref())),
            ("unit", of_any(|figure| Some(figure.unit().symbol().to_owned()))),
            ("boundary", of_any(boundary_word)),
            ("method", of_any(|figure| figure.method().map(|method| method.word().to_owned()))),
            (
                "bound",
                maybe(|fact| fact.bound.map(|bound| if bound == Side::Lower { "lower" } else { "upper" }.to_owned())),
            ),
            ("last_digit", Column::Float(facts.iter().map(|fact| fact.last_digit).collect())),
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

/// The figure of one fact, with its boundary and method.
#[pyfunction]
pub fn published_fact(id: &str) -> PyResult<Option<PyQuantity>> {
    guard(|| registry()?.fact(id).map(|fact| fact.value.clone().map(PyQuantity)))
}

/// The table of all calculations: id, title, formula, stated, unit, kind (printed or derived), publication, weak,
/// inconsistent, note.
#[pyfunction]
pub fn published_calculations(py: Python<'_>) -> PyResult<Py<PyAny>> {
    let registry = guard(registry)?;
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
/// status (reproduced, weak, inconsistent or differs), kind, publication, note. One row for an `id`, all without.
#[pyfunction]
#[pyo3(signature = (id=None))]
pub fn published_reproduce(py: Python<'_>, id: Option<&str>) -> PyResult<Py<PyAny>> {
    let all: Vec<Reproduction> = guard(|| match id {
        Some(id) => registry()?.reproduce(id).map(|one| vec![one]),
        None => registry()?.reproduce_all(),
    })?;
    let text = |of: fn(&Reproduction) -> String| Column::Text(all.iter().map(of).collect());
    let float = |of: fn(&Reproduction) -> f64| Column::Float(all.iter().map(of).collect());
    frame(
        py,
        vec![
            ("id", text(|one| one.id.clone())),
            ("title", text(|one| one.title.clone())),
            ("formula", text(|one| one.formula.clone())),
            ("computed", float(|one| one.computed.value())),
            ("printed", float(|one| one.printed.value())),
            ("unit", text(|one| one.printed.unit().symbol().to_owned())),
            ("difference_relative", float(|one| one.difference_relative)),
            ("tolerance", float(|one| one.tolerance)),
            ("status", text(|one| one.status.to_string())),
            ("kind", text(|one| kind_word(one.kind).to_owned())),
            ("publication", text(|one| one.publication.clone())),
            ("note", text(|one| one.note.clone())),
        ],
    )
}

/// The citation of a publication, as a dictionary: key, title, publisher, year, vintage, identifier, facts,
/// calculations.
#[pyfunction]
pub fn published_publication<'py>(py: Python<'py>, key: &str) -> PyResult<Bound<'py, PyDict>> {
    let publication = guard(|| registry()?.publication(key))?;
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
#[pyfunction]
pub fn published_keys() -> PyResult<Vec<String>> {
    let registry = guard(registry)?;
    Ok(registry.publications().iter().map(|publication| publication.citation.key.clone()).collect())
}

/// The citation of a publication in one line.
#[pyfunction]
pub fn published_cite(key: &str) -> PyResult<String> {
    guard(|| registry()?.cite(key))
}

/// A claim compared with what its expression gives.
#[pyclass(name = "Audit", module = "szilard", frozen)]
#[derive(Debug)]
pub struct PyAudit(Audit);

#[pymethods]
impl PyAudit {
    /// The value of the expression.
    #[getter]
    fn computed(&self) -> PyQuantity {
        PyQuantity(self.0.computed.clone())
    }

    /// The claim.
    #[getter]
    fn claimed(&self) -> PyQuantity {
        PyQuantity(self.0.claimed.clone())
    }

    /// Claimed over computed.
    #[getter]
    fn ratio(&self) -> PyQuantity {
        PyQuantity(self.0.ratio.clone())
    }

    /// Whether the two agree within half a unit of the last digit of the claim.
    #[getter]
    fn agrees(&self) -> bool {
        self.0.agrees
    }

    /// The known confusions that would explain the ratio, in words.
    #[getter]
    fn explanations(&self) -> Vec<&str> {
        self.0.explanations.iter().map(|explanation| explanation.reason.as_str()).collect()
    }

    fn __bool__(&self) -> bool {
        self.0.agrees
    }

    fn __repr__(&self) -> String {
        let Audit { computed, claimed, agrees, .. } = &self.0;
        let reasons = self.explanations().join("; ");
        match (agrees, reasons.as_str()) {
            (true, _) => format!("Audit({claimed} agrees with {computed})"),
            (false, "") => format!("Audit({claimed} differs from {computed}; no known confusion explains it)"),
            (false, reasons) => format!("Audit({claimed} differs from {computed}: {reasons})"),
        }
    }
}

/// The comparison of a claimed number with the expression that it is said to follow from.
///
/// >>> import szilard as sz
/// >>> sz.audit("30e6 * 3 kW", says="90 MW")
/// Audit(90 MW differs from 90000000 kW: a prefix of a thousand (k, M, G, T), or per 1000 against per one)
#[pyfunction]
pub fn audit(expression: &str, says: &str) -> PyResult<PyAudit> {
    guard(|| audit_of(expression, says)).map(PyAudit)
}
