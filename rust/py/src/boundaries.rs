//! Boundaries: factors, chains, and what an energy costs.

use crate::errors::{Raise, guard};
use crate::html;
use crate::lifted::PyLifted;
use crate::published::registry;
use crate::quantity::{Given, PyQuantity, Size};
use crate::table::{Column, frame};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use szilard::boundaries::{self as core, Applied, BoundaryChain, Factor, Given as Meaning, Lifted};
use szilard::quantity::{Boundary, Distribution, Quantity};

/// A pure number: a quantity, text, or a plain number, since a ratio has no unit to lose.
pub struct Number(pub Quantity);

impl<'py> FromPyObject<'_, 'py> for Number {
    type Error = PyErr;

    fn extract(given: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        match given.extract::<f64>() {
            Ok(number) if !given.is_instance_of::<PyQuantity>() => guard(|| Quantity::number(number)).map(Self),
            _ => given.extract::<Given>().map(|given| Self(given.0)),
        }
    }
}

/// A year, or the first and the last one.
struct Years(i32, i32);

impl<'py> FromPyObject<'_, 'py> for Years {
    type Error = PyErr;

    fn extract(given: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        match given.extract::<i32>() {
            Ok(year) => Ok(Self(year, year)),
            Err(_) => given.extract().map(|(first, last)| Self(first, last)),
        }
    }
}

/// The years that a figure is about, as they are given or as the fact behind it has them.
fn years_of(figure: &Quantity, given: Option<Years>) -> PyResult<Option<core::Years>> {
    match given {
        Some(Years(first, last)) => Ok(Some(core::Years(first, last))),
        None => Ok(guard(|| registry(None))?.years_of(figure)),
    }
}

/// A named ratio between the energies at two neighbouring boundaries, or a part of it.
///
/// Parameters
/// ----------
/// name
///     A known name (pue, cooling, ups, psu, td-loss, ...), or any other one with its `step`.
/// number
///     The number, as `given` means it: 1.4, "30 %", or a quantity.
/// u
///     Standard uncertainty of the number: 0.02, or "2 %" of it.
/// citation
///     Where the number comes from.
/// step
///     The step of a factor that is not known by name, as "site->grid".
/// given
///     What the number is: "ratio" (above over below), "efficiency" (below over above), "loss-over-input" (over what
///     goes in), "loss-over-output" (over what comes out). "A loss of 5 %" alone would be two numbers.
/// denominator
///     The energy that the number is related to, in words.
/// year
///     The year the number was observed in, or the first and the last one.
/// vintage
///     The vintage of its source, as "2024-12".
///
/// Raises
/// ------
/// szilard.errors.BoundaryError
///     An unknown name without a step, a number out of range.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> f"{sz.Factor('td-loss', '5 %', given='loss-over-input').ratio:.4f}"
/// '1.0526'
#[pyclass(name = "Factor", module = "szilard", frozen)]
#[derive(Debug, Clone)]
pub struct PyFactor(pub Factor);

#[pymethods]
impl PyFactor {
    #[new]
    #[pyo3(signature = (name, number, u=None, citation=None, step=None, given="ratio", denominator=None, year=None, vintage=None))]
    #[expect(clippy::too_many_arguments, reason = "each is a keyword in Python")]
    fn new(
        name: &str,
        number: Number,
        u: Option<&Bound<'_, PyAny>>,
        citation: Option<&str>,
        step: Option<&str>,
        given: &str,
        denominator: Option<&str>,
        year: Option<Years>,
        vintage: Option<&str>,
    ) -> PyResult<Self> {
        let meaning: Meaning = given.parse().map_err(PyValueError::new_err)?;
        let step = step.map(str::parse).transpose().map_err(Raise::raise)?;
        let number = match u {
            Some(u) => {
                let Size(size, unit) = match u.extract::<f64>() {
                    Ok(size) if !u.is_instance_of::<PyQuantity>() => {
                        Size(size, guard(|| Quantity::number(1.0))?.unit().clone())
                    }
                    _ => u.extract()?,
                };
                guard(|| number.0.with_u(number.0.tolerance(size, &unit)?, name, Distribution::Normal))?
            }
            None => number.0,
        };
        let mut factor = guard(|| Factor::new(name, step, meaning, &number))?;
        if let Some(citation) = citation {
            factor = factor.with_citation(citation);
        }
        if let Some(denominator) = denominator {
            factor = factor.with_denominator(denominator);
        }
        if let Some(Years(first, last)) = year {
            factor = factor.with_years(first, last);
        }
        if let Some(vintage) = vintage {
            factor = factor.with_vintage(vintage);
        }
        Ok(Self(factor))
    }

    /// The name.
    #[getter]
    fn name(&self) -> &str {
        self.0.name()
    }

    /// The step, as "it->site".
    #[getter]
    fn step(&self) -> String {
        self.0.step().to_string()
    }

    /// The energy above over the energy below.
    #[getter]
    fn ratio(&self) -> PyQuantity {
        PyQuantity(self.0.quantity().clone())
    }

    /// The energy that the ratio is related to.
    #[getter]
    fn denominator(&self) -> &str {
        self.0.denominator()
    }

    /// Where the number comes from, or None.
    #[getter]
    fn citation(&self) -> Option<&str> {
        self.0.citation()
    }

    /// The years that the number was observed in, first and last, or None.
    #[getter]
    fn years(&self) -> Option<(i32, i32)> {
        self.0.years()
    }

    /// The vintage of the source, or None.
    #[getter]
    fn vintage(&self) -> Option<&str> {
        self.0.vintage()
    }

    fn __repr__(&self) -> String {
        format!("Factor({}, {}, {})", self.0.name(), self.0.step(), self.0.quantity())
    }
}

/// A chain of factors that moves a figure from boundary to boundary, each factor exactly once.
///
/// E_above = E_below Π r over the steps; within it->site the parts add, r = 1 + Σ (r_i - 1).
///
/// Parameters
/// ----------
/// factors
///     The factors, each name once; a total and its parts exclude each other.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> chain = sz.BoundaryChain([sz.Factor("pue", 1.2)])
/// >>> f"{chain.lower(sz.Quantity('176 TWh', boundary='site'), 'it'):.2f}"
/// '146.67 TWh'
#[pyclass(name = "BoundaryChain", module = "szilard", frozen)]
#[derive(Debug, Clone)]
pub struct PyBoundaryChain(pub BoundaryChain);

#[pymethods]
impl PyBoundaryChain {
    #[new]
    fn new(factors: Vec<PyRef<'_, PyFactor>>) -> PyResult<Self> {
        let factors = factors.iter().map(|factor| factor.0.clone()).collect();
        guard(|| BoundaryChain::new(factors)).map(Self)
    }

    /// The factors in the order given.
    #[getter]
    fn factors(&self) -> Vec<PyFactor> {
        self.0.factors().iter().cloned().map(PyFactor).collect()
    }

    /// The figure at a boundary further out.
    ///
    /// Raises
    /// ------
    /// szilard.errors.MissingFactor
    ///     A step on the way without a factor.
    /// szilard.errors.AppliedTwice
    ///     A factor that is already inside the figure.
    /// szilard.errors.BoundaryError
    ///     A figure without a boundary, or one that is no energy.
    ///
    /// `holds` names factors that the figure holds besides those below its boundary, as the pue of a tool that multiplies
    /// by it before it writes: they are neither missed nor applied again. `year` is the year that the figure is about, or
    /// the first and the last one, so that factors of another time are said in `diagnostics`; that of a published fact is
    /// known.
    #[pyo3(signature = (figure, to, *, holds=None, year=None))]
    fn lift(
        &self,
        py: Python<'_>,
        figure: Given,
        to: &str,
        holds: Option<Vec<String>>,
        year: Option<Years>,
    ) -> PyResult<Py<PyLifted>> {
        let to = to.parse().map_err(Raise::raise)?;
        let holds = holds.unwrap_or_default();
        let holds: Vec<&str> = holds.iter().map(String::as_str).collect();
        let lifted = guard(|| self.0.lift_holding(&figure.0, &holds, to))?;
        PyLifted::of(py, lifted, years_of(&figure.0, year)?)
    }

    /// The figure at a boundary further in: the inverse of `lift`.
    #[pyo3(signature = (figure, to, *, year=None))]
    fn lower(&self, py: Python<'_>, figure: Given, to: &str, year: Option<Years>) -> PyResult<Py<PyLifted>> {
        let to = to.parse().map_err(Raise::raise)?;
        let lifted = guard(|| self.0.lower(&figure.0, to))?;
        PyLifted::of(py, lifted, years_of(&figure.0, year)?)
    }

    /// The table of what each factor does on the way of a figure to a boundary: name, step, ratio, u, added, unit,
    /// denominator, citation, first_year, last_year, vintage, note.
    fn applied(&self, py: Python<'_>, figure: Given, to: &str) -> PyResult<Py<PyAny>> {
        let to: Boundary = to.parse().map_err(Raise::raise)?;
        let lifted = guard(|| self.0.bring(&figure.0, to))?;
        let all = &lifted.applied;
        let text = |of: fn(&Applied) -> String| Column::Text(all.iter().map(of).collect());
        let float = |of: fn(&Applied) -> f64| Column::Float(all.iter().map(of).collect());
        let maybe = |of: fn(&Applied) -> Option<String>| Column::MaybeText(all.iter().map(of).collect());
        let year = |of: fn((i32, i32)) -> i32| {
            Column::MaybeWhole(all.iter().map(|one| one.factor.years().map(|years| i64::from(of(years)))).collect())
        };
        frame(
            py,
            vec![
                ("name", text(|one| one.factor.name().to_owned())),
                ("step", text(|one| one.factor.step().to_string())),
                ("ratio", float(|one| one.factor.quantity().value())),
                ("u", float(|one| one.factor.quantity().u())),
                ("added", float(|one| one.added.value())),
                ("unit", text(|one| one.added.unit().symbol().to_owned())),
                ("denominator", text(|one| one.factor.denominator().to_owned())),
                ("citation", maybe(|one| one.factor.citation().map(str::to_owned))),
                ("first_year", year(|(first, _)| first)),
                ("last_year", year(|(_, last)| last)),
                ("vintage", maybe(|one| one.factor.vintage().map(str::to_owned))),
                ("note", maybe(|one| one.note.map(str::to_owned))),
            ],
        )
    }

    /// The way of a figure to a boundary as a picture, "waterfall" or "sankey": (figure, axes).
    #[pyo3(signature = (figure, to, ax=None, *, kind="waterfall"))]
    fn plot(
        slf: &Bound<'_, Self>,
        figure: Given,
        to: &str,
        ax: Option<&Bound<'_, PyAny>>,
        kind: &str,
    ) -> PyResult<Py<PyAny>> {
        let name = match kind {
            "waterfall" => "chain",
            "sankey" => "sankey",
            _ => return Err(PyValueError::new_err(format!("kind {kind:?}: expected waterfall or sankey"))),
        };
        let arguments = (slf, PyQuantity(figure.0), to, ax);
        Ok(slf.py().import("szilard.plotting")?.call_method1(name, arguments)?.unbind())
    }

    fn __repr__(&self) -> String {
        let factors: Vec<String> =
            self.0.factors().iter().map(|factor| format!("{} {}", factor.name(), factor.quantity())).collect();
        format!("BoundaryChain({})", factors.join(", "))
    }

    fn _repr_html_(&self) -> String {
        let rows: Vec<Vec<String>> = self
            .0
            .factors()
            .iter()
            .map(|factor| {
                let citation = factor.citation().unwrap_or_default().to_owned();
                vec![factor.name().to_owned(), factor.step().to_string(), factor.quantity().to_string(), citation]
            })
            .collect();
        html::card("boundary chain", "factors", &["factor", "step", "ratio", "citation"], &rows)
    }
}

/// The table of figures at one boundary: given, from, applied, value, u, unit, boundary, difference (to the first
/// figure) and in_u (that difference in standard uncertainties; what both share cancels).
///
/// Parameters
/// ----------
/// figures
///     Figures of one thing, each at its own boundary.
/// to
///     The common boundary.
/// chain
///     The factors on the way.
#[pyfunction]
pub fn reconcile(
    py: Python<'_>,
    figures: Vec<Given>,
    to: &str,
    chain: &Bound<'_, PyBoundaryChain>,
) -> PyResult<Py<PyAny>> {
    let to = to.parse().map_err(Raise::raise)?;
    let figures: Vec<Quantity> = figures.into_iter().map(|given| given.0).collect();
    let found = guard(|| core::reconcile(&figures, to, &chain.get().0))?;
    let agreements = (0..figures.len()).filter_map(|place| found.agreement(place, 0)).collect::<Result<Vec<_>, _>>();
    let agreements = agreements.map_err(Raise::raise)?;
    let text = |of: fn(&Lifted) -> String| Column::Text(found.lifted.iter().map(of).collect());
    let float = |of: fn(&Quantity) -> f64| Column::Float(found.lifted.iter().map(|l| of(&l.quantity)).collect());
    let from = figures.iter().map(|figure| figure.boundary().map(|boundary| boundary.word().to_owned()));
    frame(
        py,
        vec![
            ("given", Column::Text(figures.iter().map(Quantity::to_string).collect())),
            ("from", Column::MaybeText(from.collect())),
            ("applied", text(|l| l.applied.iter().map(|one| one.factor.name()).collect::<Vec<_>>().join(", "))),
            ("value", float(Quantity::value)),
            ("u", float(Quantity::u)),
            ("unit", text(|lifted| lifted.quantity.unit().symbol().to_owned())),
            ("boundary", Column::Text(vec![to.word().to_owned(); figures.len()])),
            ("difference", Column::Float(agreements.iter().map(|agreement| agreement.difference.value()).collect())),
            ("in_u", Column::MaybeFloat(agreements.iter().map(|agreement| agreement.in_u).collect())),
        ],
    )
}

/// The cooling share of site energy that a PUE implies: s = 1 - (1 + o)/PUE, with o the other overhead over IT energy.
///
/// >>> import szilard as sz
/// >>> f"{sz.cooling_share(pue=1.4, other_overhead=0.0):.4f}"
/// '0.2857'
#[pyfunction]
#[pyo3(signature = (*, pue, other_overhead))]
pub fn cooling_share(pue: Number, other_overhead: Number) -> PyResult<PyQuantity> {
    guard(|| core::cooling_share(&pue.0, &other_overhead.0)).map(PyQuantity)
}

/// The lower bound of PUE that a cooling share of site energy implies: PUE >= 1/(1 - s).
///
/// >>> import szilard as sz
/// >>> f"{sz.pue_from_cooling_share(0.30):.4f}"
/// '1.4286'
#[pyfunction]
pub fn pue_from_cooling_share(share: Number) -> PyResult<PyQuantity> {
    guard(|| core::pue_from_cooling_share(&share.0)).map(PyQuantity)
}
