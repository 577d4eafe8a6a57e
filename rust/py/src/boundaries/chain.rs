//! A chain of factors, and figures that are brought to one boundary.

use super::factor::{PyFactor, Years, years_of};
use crate::errors::{Raise, guard};
use crate::html;
use crate::lifted::PyLifted;
use crate::quantity::{Given, PyQuantity};
use crate::table::{Column, frame};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use szilard::boundaries::{self as core, Applied, BoundaryChain, Lifted};
use szilard::quantity::{Boundary, Quantity};

/// A chain of factors that moves a figure from boundary to boundary, each factor exactly once.
///
/// E_above = E_below Π r over the steps; within it->site the parts add, r = 1 + Σ (r_i - 1).
///
/// Parameters
/// ----------
/// factors
///     The factors, each name once; a total and its parts exclude each other.
///
/// Raises
/// ------
/// szilard.errors.BoundaryError
///     A factor twice, or a total together with one of its parts.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> chain = sz.BoundaryChain([sz.Factor("pue", 1.2)])
/// >>> [factor.name for factor in chain.factors]
/// ['pue']
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

    /// The figure at a boundary further out: each factor of the steps between, exactly once.
    ///
    /// Parameters
    /// ----------
    /// figure
    ///     An energy, a power, or an energy per token, at its boundary. [J, W or J/token]
    /// to
    ///     chip, board, node, it, site, grid or primary.
    /// holds
    ///     Names of factors that the figure holds besides those below its boundary, as the pue of a tool that
    ///     multiplies by it before it writes: they are neither missed nor applied again.
    /// year
    ///     The year that the figure is about, or the first and the last one, so that factors of another time are said
    ///     in `diagnostics`; that of a published fact is known.
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
    /// Examples
    /// --------
    /// >>> import szilard as sz
    /// >>> chain = sz.BoundaryChain([sz.Factor("pue", 1.4, u=0.02)])
    /// >>> chain.lift(sz.Quantity("5 J/token", boundary="it"), "site")
    /// (7.00 ± 0.10) J/token = (1.944 ± 0.028) kWh/Mtoken [site]
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
    ///
    /// Parameters
    /// ----------
    /// figure
    ///     An energy, a power, or an energy per token, at its boundary. [J, W or J/token]
    /// to
    ///     chip, board, node, it, site, grid or primary.
    /// year
    ///     As of `lift`.
    ///
    /// Raises
    /// ------
    /// szilard.errors.MissingFactor
    ///     A step on the way without a factor.
    /// szilard.errors.BoundaryError
    ///     A figure without a boundary, or one that is no energy.
    ///
    /// Examples
    /// --------
    /// >>> import szilard as sz
    /// >>> chain = sz.BoundaryChain([sz.Factor("pue", 1.4)])
    /// >>> chain.lower(sz.Quantity("7 J/token", boundary="site"), "it")
    /// 5 J/token = 1.388888888888889 kWh/Mtoken [it]
    #[pyo3(signature = (figure, to, *, year=None))]
    fn lower(&self, py: Python<'_>, figure: Given, to: &str, year: Option<Years>) -> PyResult<Py<PyLifted>> {
        let to = to.parse().map_err(Raise::raise)?;
        let lifted = guard(|| self.0.lower(&figure.0, to))?;
        PyLifted::of(py, lifted, years_of(&figure.0, year)?)
    }

    /// The table of what each factor does on the way of a figure to a boundary: name, step, ratio, u, added, unit,
    /// denominator, citation, first_year, last_year, vintage, note.
    ///
    /// Parameters
    /// ----------
    /// figure
    ///     A figure at its boundary. [J, W or J/token]
    /// to
    ///     The boundary that it is brought to, further out or further in.
    ///
    /// Raises
    /// ------
    /// szilard.errors.BoundaryError
    ///     As of `lift` and `lower`.
    ///
    /// Examples
    /// --------
    /// >>> import szilard as sz
    /// >>> table = sz.BoundaryChain([sz.Factor("pue", 1.4)]).applied(sz.Quantity("5 J", boundary="it"), "site")
    /// >>> table.select("name", "step", "ratio", "added", "unit").row(0)
    /// ('pue', 'it->site', 1.4, 1.9999999999999996, 'J')
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
    ///
    /// Parameters
    /// ----------
    /// figure
    ///     A figure at its boundary. [J, W or J/token]
    /// to
    ///     The boundary that it is brought to.
    /// ax
    ///     Axes to draw on; a figure of its own where left out.
    /// kind
    ///     "waterfall", or "sankey".
    ///
    /// Raises
    /// ------
    /// ValueError
    ///     Another kind of picture.
    /// szilard.errors.BoundaryError
    ///     As of `lift`.
    ///
    /// Examples
    /// --------
    /// >>> import szilard as sz
    /// >>> chain = sz.BoundaryChain([sz.Factor("pue", 1.4)])
    /// >>> figure, axes = chain.plot(sz.Quantity("5 J/token", boundary="it"), "site")
    /// >>> len(axes.patches) > 0
    /// True
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
///     Figures of one thing, each at its own boundary. [J, W or J/token]
/// to
///     The common boundary.
/// chain
///     The factors on the way.
///
/// Raises
/// ------
/// szilard.errors.BoundaryError
///     A figure without a boundary, or a step without a factor.
/// szilard.errors.UnitError
///     Figures of different dimensions.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> chain = sz.BoundaryChain([sz.Factor("pue", 1.4)])
/// >>> figures = [sz.Quantity("5.0 J", u="0.2 J", boundary="it"), sz.Quantity("7.1 J", u="0.1 J", boundary="site")]
/// >>> [round(difference, 3) for difference in sz.reconcile(figures, "site", chain)["in_u"]]
/// [0.0, 0.336]
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
