//! Paths over the years: what each source, vintage and boundary has for a quantity, and the growth between two figures.

use crate::boundaries::PyFactor;
use crate::errors::guard;
use crate::html;
use crate::picture::drawn;
use crate::published::{Folders, registry};
use crate::quantity::PyQuantity;
use crate::table::{Column, frame};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use szilard::boundaries::Given;
use szilard::published::{Fact, Growth, Interval, Point, PublishedError, Registry};
use szilard::quantity::{Boundary, Quantity};

/// A figure with its range: low, value and high, each None where it is not given.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> found = sz.published.between("F001", "F005", 2027)
/// >>> f"{found.value:.1f}", found.low, found.high
/// ('(626.2 ± 0.2) TWh/yr', (526.91 ± 0.22) TWh/yr [site, modelled], (724.27 ± 0.27) TWh/yr [site, modelled])
#[pyclass(name = "Range", module = "szilard.published", frozen)]
#[derive(Debug)]
pub struct PyRange(Interval);

#[pymethods]
impl PyRange {
    /// The lower end, or None.
    #[getter]
    fn low(&self) -> Option<PyQuantity> {
        self.0.low.clone().map(PyQuantity)
    }

    /// The value, or None.
    #[getter]
    fn value(&self) -> Option<PyQuantity> {
        self.0.value.clone().map(PyQuantity)
    }

    /// The upper end, or None.
    #[getter]
    fn high(&self) -> Option<PyQuantity> {
        self.0.high.clone().map(PyQuantity)
    }

    fn __repr__(&self) -> String {
        let part = |part: &Option<Quantity>| part.as_ref().map_or("not given".to_owned(), ToString::to_string);
        format!("Range({}, low {}, high {})", part(&self.0.value), part(&self.0.low), part(&self.0.high))
    }
}

/// The growth from one fact to a later one.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> growth = sz.published.growth("F031", "F032")
/// >>> growth.years, f"{growth.per_year.value.to('%'):.2f}", growth.reservation
/// (5, '(16.95 ± 0.02) %', None)
#[pyclass(name = "Growth", module = "szilard.published", frozen)]
#[derive(Debug)]
pub struct PyGrowth(Growth);

#[pymethods]
impl PyGrowth {
    /// The years between them.
    #[getter]
    fn years(&self) -> i32 {
        self.0.years
    }

    /// (E_to/E_from)^(1/years) - 1, with the widest range that both ranges allow.
    #[getter]
    fn per_year(&self) -> PyRange {
        PyRange(self.0.per_year.clone())
    }

    /// Why it is no growth within one series, or None.
    #[getter]
    fn reservation(&self) -> Option<&str> {
        self.0.reservation.as_deref()
    }

    fn __repr__(&self) -> String {
        let reservation = self.0.reservation.as_ref().map(|why| format!("; {why}")).unwrap_or_default();
        format!("Growth({} years, {}{reservation})", self.0.years, self.per_year().__repr__())
    }
}

/// What every publication has for a quantity in a region over the years.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> world = sz.published.scenario()
/// >>> world.quantity, world.region, world.growth.columns[:3]
/// ('electricity consumption of data centres', 'World', ['publication', 'from', 'to'])
/// >>> world.table.filter(world.table["fact"] == "F001").row(0)[:4]
/// (2024, 415.0, None, None)
#[pyclass(name = "Scenario", module = "szilard.published", frozen)]
#[derive(Debug)]
pub struct PyScenario {
    quantity: String,
    region: String,
    table: Py<PyAny>,
    growth: Py<PyAny>,
}

#[pymethods]
impl PyScenario {
    /// What it is a path of.
    #[getter]
    fn quantity(&self) -> &str {
        &self.quantity
    }

    /// The region.
    #[getter]
    fn region(&self) -> &str {
        &self.region
    }

    /// The table of figures by year, then vintage: year, value, low, high, unit, boundary, scenario, publication, vintage,
    /// superseded_by, fact, bound, scope, method, citation.
    #[getter]
    fn table(&self, py: Python<'_>) -> Py<PyAny> {
        self.table.clone_ref(py)
    }

    /// The table of the growth between neighbouring years of each publication, within one boundary: publication, from, to,
    /// years, per_year, low, high, scenario. Shares, not percent.
    #[getter]
    fn growth(&self, py: Python<'_>) -> Py<PyAny> {
        self.growth.clone_ref(py)
    }

    /// The paths as lines with their ranges as fans, a colour for each publication: (figure, axes).
    ///
    /// Parameters
    /// ----------
    /// ax
    ///     Axes to draw on; a figure of its own where left out.
    ///
    /// Examples
    /// --------
    /// >>> import szilard as sz
    /// >>> figure, axes = sz.published.scenario().plot()
    /// >>> axes.get_ylabel() != ""
    /// True
    #[pyo3(signature = (ax=None))]
    fn plot(slf: &Bound<'_, Self>, ax: Option<&Bound<'_, PyAny>>) -> PyResult<Py<PyAny>> {
        drawn(slf, "scenario", ax)
    }

    fn __repr__(&self) -> String {
        format!("Scenario({}, {})", self.quantity, self.region)
    }

    fn _repr_html_(slf: &Bound<'_, Self>) -> PyResult<String> {
        html::with_table(slf, "table")
    }
}

/// The path of a quantity in a region, as the facts name them.
///
/// Parameters
/// ----------
/// quantity
///     Name of the quantity, out of the column `quantity` of `facts`.
/// region
///     Name of the region, out of the column `region` of `facts`.
/// folder
///     As of `facts`.
///
/// Raises
/// ------
/// szilard.errors.PublishedError
///     No fact of that quantity and region.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> sz.published.scenario(region="United States").region
/// 'United States'
#[pyfunction]
#[pyo3(signature = (quantity="electricity consumption of data centres", region="World", *, folder=None))]
pub fn published_scenario(
    py: Python<'_>,
    quantity: &str,
    region: &str,
    folder: Option<Folders>,
) -> PyResult<PyScenario> {
    let registry = guard(|| registry(folder.as_ref()))?;
    let path = registry.path(quantity, region);
    if path.is_empty() {
        let id = format!("{quantity} in {region}");
        guard(|| Err::<(), _>(PublishedError::Unknown { what: "figure of", id }))?;
    }
    let (quantity, region) = (quantity.to_owned(), region.to_owned());
    Ok(PyScenario { quantity, region, table: figures(py, &path)?, growth: growths(py, &registry, &path)? })
}

fn figures(py: Python<'_>, path: &[Point<'_>]) -> PyResult<Py<PyAny>> {
    let text = |of: &dyn Fn(&Point<'_>) -> String| Column::Text(path.iter().map(of).collect());
    let maybe = |of: &dyn Fn(&Point<'_>) -> Option<String>| Column::MaybeText(path.iter().map(of).collect());
    let float = |of: fn(&Interval) -> &Option<Quantity>| {
        let value = |point: &Point<'_>| of(&point.fact.interval()).as_ref().map(Quantity::value);
        Column::MaybeFloat(path.iter().map(value).collect())
    };
    let any = |fact: &Fact| [&fact.value, &fact.low, &fact.high].into_iter().flatten().next().cloned();
    frame(
        py,
        vec![
            ("year", Column::Whole(path.iter().map(|point| i64::from(point.fact.from)).collect())),
            ("value", float(|range| &range.value)),
            ("low", float(|range| &range.low)),
            ("high", float(|range| &range.high)),
            ("unit", maybe(&|point| any(point.fact).map(|figure| figure.unit().symbol().to_owned()))),
            ("boundary", maybe(&|point| point.fact.boundary().map(Boundary::word).map(str::to_owned))),
            ("scenario", maybe(&|point| point.fact.scenario.clone())),
            ("publication", text(&|point| point.publication.citation.key.clone())),
            ("vintage", text(&|point| point.publication.citation.vintage.clone())),
            ("superseded_by", maybe(&|point| point.superseded_by.map(str::to_owned))),
            ("fact", text(&|point| point.fact.id.clone())),
            ("bound", maybe(&|point| point.fact.bound.map(|side| side.word().to_owned()))),
            ("scope", maybe(&|point| point.fact.scope.clone())),
            ("method", maybe(&|point| Some(any(point.fact)?.method()?.word().to_owned()))),
            ("citation", text(&|point| point.publication.citation.to_string())),
        ],
    )
}

fn growths(py: Python<'_>, registry: &Registry, path: &[Point<'_>]) -> PyResult<Py<PyAny>> {
    let steps = guard(|| registry.steps(path))?;
    let rate = |of: fn(&Interval) -> &Option<Quantity>| {
        let value = |growth: &Growth| of(&growth.per_year).as_ref().map(Quantity::coherent_value);
        Column::MaybeFloat(steps.iter().map(|step| value(&step.growth)).collect())
    };
    frame(
        py,
        vec![
            ("publication", Column::Text(steps.iter().map(|step| step.publication.citation.key.clone()).collect())),
            ("from", Column::Text(steps.iter().map(|step| step.from.id.clone()).collect())),
            ("to", Column::Text(steps.iter().map(|step| step.to.id.clone()).collect())),
            ("years", Column::Whole(steps.iter().map(|step| i64::from(step.growth.years)).collect())),
            ("per_year", rate(|interval| &interval.value)),
            ("low", rate(|interval| &interval.low)),
            ("high", rate(|interval| &interval.high)),
            ("scenario", Column::MaybeText(steps.iter().map(|step| step.to.scenario.clone()).collect())),
        ],
    )
}

/// The growth from one fact to a later one of the same quantity, region and boundary.
///
/// Parameters
/// ----------
/// start, end
///     Identities of the earlier and the later fact.
/// folder
///     As of `facts`.
///
/// Raises
/// ------
/// szilard.errors.PublishedError
///     Facts of different quantity, region or boundary, or of one year.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> f"{sz.published.growth('F031', 'F032').per_year.value.to('%'):.2f}"
/// '(16.95 ± 0.02) %'
#[pyfunction]
#[pyo3(signature = (start, end, *, folder=None))]
pub fn published_growth(start: &str, end: &str, folder: Option<Folders>) -> PyResult<PyGrowth> {
    guard(|| registry(folder.as_ref())?.growth(start, end)).map(PyGrowth)
}

/// The value in a year between two facts, on the path of constant growth between them, with its range.
///
/// Parameters
/// ----------
/// start, end
///     Identities of the earlier and the later fact.
/// year
///     A year between theirs.
/// folder
///     As of `facts`.
///
/// Raises
/// ------
/// szilard.errors.PublishedError
///     Facts of different quantity, region or boundary, or a year outside.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> f"{sz.published.between('F001', 'F005', 2027).value:.1f}"
/// '(626.2 ± 0.2) TWh/yr'
#[pyfunction]
#[pyo3(signature = (start, end, year, *, folder=None))]
pub fn published_between(start: &str, end: &str, year: i32, folder: Option<Folders>) -> PyResult<PyRange> {
    guard(|| registry(folder.as_ref())?.between(start, end, year)).map(PyRange)
}

/// One fact over another of the same years and boundary.
///
/// Parameters
/// ----------
/// part
///     Identity of the fact that is part of the other.
/// whole
///     Identity of the fact that holds it.
/// folder
///     As of `facts`.
///
/// Raises
/// ------
/// szilard.errors.PublishedError
///     Facts of different years, boundary or unit.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> f"{sz.published.share('F012', 'F002'):.3f}"
/// '(0.440 ± 0.001)'
#[pyfunction]
#[pyo3(signature = (part, whole, *, folder=None))]
pub fn published_share(part: &str, whole: &str, folder: Option<Folders>) -> PyResult<PyQuantity> {
    guard(|| registry(folder.as_ref())?.share(part, whole)).map(PyQuantity)
}

/// The factor that a fact gives, with its citation, years, vintage and denominator, and the rounding of what is printed
/// as its uncertainty.
///
/// Parameters
/// ----------
/// id
///     Identity of the fact.
/// name
///     Name of the factor, as of `Factor`.
/// step, given
///     As of `Factor`.
/// folder
///     As of `facts`.
///
/// Raises
/// ------
/// szilard.errors.PublishedError
///     An unknown fact, one without a single value, or one that does not speak of the factor.
/// szilard.errors.BoundaryError
///     A value that the factor cannot have.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> pue = sz.published.factor("F058", "pue")
/// >>> pue.years, pue.vintage
/// ((2024, 2024), '2026-06')
#[pyfunction]
#[pyo3(signature = (id, name, *, step=None, given="ratio", folder=None))]
pub fn published_factor(
    id: &str,
    name: &str,
    step: Option<&str>,
    given: &str,
    folder: Option<Folders>,
) -> PyResult<PyFactor> {
    let meaning: Given = given.parse().map_err(PyValueError::new_err)?;
    guard(|| registry(folder.as_ref())?.factor(id, name, step.map(str::parse).transpose()?, meaning)).map(PyFactor)
}
