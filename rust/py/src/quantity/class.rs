//! The quantity as a Python number.

use super::budget::budget;
use super::construction::{Known, Spread, made};
use super::given::{Given, Size, word};
use super::operators::{card, combined, compared, formatted, hashed, is_close, json, no_array, starts_a_sum};
use crate::errors::guard;
use crate::monte_carlo::{Interval, MonteCarlo};
use crate::picture::drawn;
use crate::watched::watched;
use pyo3::prelude::*;
use pyo3::pyclass::CompareOp;
use pyo3::types::{PyDict, PyTuple};
use szilard::quantity::{Basis, Boundary, Method, Quantity, QuantityRecord, UnitError};

/// A value with its unit, its uncertainty budget and the boundary it was counted at.
///
/// Sums need one dimension, boundary and basis and come out in the unit of the left operand; products and quotients
/// come out in coherent units (J, W, J/token, ...); with plain numbers the unit stays. Uncertainty goes along to first
/// order (JCGM 100): components of one identity are fully correlated, others independent, so that ``q - q`` is 0 ± 0.
///
/// Parameters
/// ----------
/// value
///     Text ("29.52 J"), a pair (29.52, "J"), a number followed by `unit`, or a quantity. A number alone is refused:
///     a pure number is "0.3" or (0.3, "1"). [any unit]
/// unit
///     The unit of a `value` that is a plain number.
/// u
///     Standard uncertainty: "0.34 J", or "2 %" of the value. [that of the value]
/// half_width
///     Half-width of a tolerance, taken as rectangular unless `distribution` says otherwise: u = half_width/√3.
///     [that of the value]
/// boundary
///     chip, board, node, it, site, grid or primary.
/// basis
///     gross, above-idle or idle.
/// method
///     measured, counter, modelled, nameplate or self-reported.
/// label
///     Name of the uncertainty in tables.
/// id
///     Identity of the source of the uncertainty, as that of a meter. Without it the source is one of its own.
/// degrees_of_freedom
///     Degrees of freedom of `u` where it comes from that many observations more than one: type A. Beside a
///     `half_width`: how well the limits are known. [1]
/// distribution
///     normal, t(5), rectangular, triangular, arcsine or curvilinear-trapezoid(0.1), the last with the share of the
///     half-width to which its limits are known.
///
/// Raises
/// ------
/// szilard.errors.UnitError
///     An unknown unit, a value that is not finite, an array, an uncertainty of another dimension.
/// szilard.errors.BoundaryError
///     An unknown boundary, basis or method.
///
/// Examples
/// --------
/// >>> import szilard as sz
/// >>> energy = sz.Quantity("29.52 J", half_width="2 %", boundary="node", basis="gross", method="measured")
/// >>> energy
/// (29.52 ± 0.34) J [node, gross, measured]
/// >>> energy.value, energy.unit, round(energy.u, 3), energy.degrees_of_freedom
/// (29.52, 'J', 0.341, inf)
/// >>> energy.boundary, energy.basis, energy.method, energy.methods, energy.dimension
/// ('node', 'gross', 'measured', ['measured'], 'J')
/// >>> sz.Quantity("7.2 W") * sz.Quantity("4.1 s") / sz.Quantity("50 token")
/// 0.5904 J/token = 0.164 kWh/Mtoken
#[pyclass(name = "Quantity", module = "szilard", frozen, weakref, subclass)]
#[derive(Debug, Clone)]
pub struct PyQuantity(pub Quantity);

#[pymethods]
impl PyQuantity {
    #[new]
    #[pyo3(signature = (value, unit=None, *, u=None, half_width=None, boundary=None, basis=None, method=None,
                        label=None, id=None, degrees_of_freedom=None, distribution=None))]
    #[expect(clippy::too_many_arguments, reason = "keyword arguments of one constructor")]
    fn new(
        value: &Bound<'_, PyAny>,
        unit: Option<&str>,
        u: Option<Size>,
        half_width: Option<Size>,
        boundary: Option<&str>,
        basis: Option<&str>,
        method: Option<&str>,
        label: Option<&str>,
        id: Option<&str>,
        degrees_of_freedom: Option<f64>,
        distribution: Option<&str>,
    ) -> PyResult<Self> {
        let known = Known { boundary, basis, method };
        let spread = Spread { u, half_width, label, id, degrees_of_freedom, distribution };
        made(value, unit, known, spread).map(Self)
    }

    /// The value in `unit`.
    #[getter]
    fn value(&self) -> f64 {
        self.0.value()
    }

    /// The symbol of the unit.
    #[getter]
    fn unit(&self) -> &str {
        self.0.unit().symbol()
    }

    /// The standard uncertainty in `unit` (in K for degC and degF).
    #[getter]
    fn u(&self) -> f64 {
        self.0.u()
    }

    /// The effective degrees of freedom of `u` (Welch and Satterthwaite); inf where every component is known.
    #[getter]
    fn degrees_of_freedom(&self) -> f64 {
        self.0.measured().effective_degrees_of_freedom()
    }

    /// The boundary the figure is counted at, or None.
    #[getter]
    fn boundary(&self) -> Option<&'static str> {
        self.0.boundary().map(Boundary::word)
    }

    /// Whether the idle draw is inside: gross, above-idle, idle, or None.
    #[getter]
    fn basis(&self) -> Option<&'static str> {
        self.0.basis().map(Basis::word)
    }

    /// The weakest of the methods that gave the figure, or None.
    #[getter]
    fn method(&self) -> Option<&'static str> {
        self.0.method().map(Method::word)
    }

    /// All methods that gave the figure, strongest first.
    #[getter]
    fn methods(&self) -> Vec<&'static str> {
        self.0.methods().iter().map(|method| method.word()).collect()
    }

    /// The dimension as the coherent unit: ``J/token`` for kWh/Mtoken.
    #[getter]
    fn dimension(&self) -> String {
        self.0.dimension().symbol()
    }

    /// The same figure, said to be counted at a boundary (at none for None). Nothing is converted: that is what a
    /// `BoundaryChain` does.
    ///
    /// Parameters
    /// ----------
    /// boundary
    ///     chip, board, node, it, site, grid, primary, or None.
    ///
    /// Raises
    /// ------
    /// szilard.errors.BoundaryError
    ///     Another word.
    ///
    /// Examples
    /// --------
    /// >>> import szilard as sz
    /// >>> sz.Quantity("29.52 J").at("node")
    /// 29.52 J [node]
    #[pyo3(signature = (boundary))]
    fn at(&self, boundary: Option<&str>) -> PyResult<Self> {
        Ok(Self(self.0.at(word(boundary)?)))
    }

    /// The same figure on a basis: gross, above-idle, idle, or None.
    ///
    /// Parameters
    /// ----------
    /// basis
    ///     gross, above-idle, idle, or None.
    ///
    /// Raises
    /// ------
    /// szilard.errors.BoundaryError
    ///     Another word.
    ///
    /// Examples
    /// --------
    /// >>> import szilard as sz
    /// >>> sz.Quantity("29.52 J").on("gross")
    /// 29.52 J [gross]
    #[pyo3(signature = (basis))]
    fn on(&self, basis: Option<&str>) -> PyResult<Self> {
        Ok(Self(self.0.on(word(basis)?)))
    }

    /// The figure in another unit of the same dimension.
    ///
    /// Parameters
    /// ----------
    /// unit
    ///     A unit of the same dimension, as "kWh/Mtoken".
    ///
    /// Raises
    /// ------
    /// szilard.errors.UnitError
    ///     An unknown unit, or one of another dimension.
    ///
    /// Examples
    /// --------
    /// >>> import szilard as sz
    /// >>> sz.Quantity("0.59 J/token").to("kWh/Mtoken").value
    /// 0.16388888888888886
    fn to(&self, unit: &str) -> PyResult<Self> {
        guard(|| self.0.to(unit)).map(Self)
    }

    /// The table of the components of the uncertainty: id, label, type, distribution, degrees_of_freedom, contribution
    /// (signed, in `unit`) and share of the variance. The shares sum to one.
    ///
    /// Examples
    /// --------
    /// >>> import szilard as sz
    /// >>> net = sz.Quantity("61 J", u="3 J", label="gain") - sz.Quantity("20 J", u="4 J", label="idle")
    /// >>> [round(share, 2) for share in net.budget()["share"]]
    /// [0.36, 0.64]
    fn budget(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        budget(py, &self.0)
    }

    /// The interval that covers the figure with a probability of `coverage`.
    ///
    /// Student's t with the effective degrees of freedom (JCGM 100, G.4) where first order holds; Monte Carlo (JCGM
    /// 101) where an input with \|x\|/u < 5 stands in a denominator or power, or where a component that is not normal
    /// has more than half of the variance.
    ///
    /// Parameters
    /// ----------
    /// coverage
    ///     Probability that the interval holds the figure, above 0 and below 1. [1]
    ///
    /// Raises
    /// ------
    /// szilard.errors.UnitError
    ///     Another probability, or a figure that has no interval.
    ///
    /// Examples
    /// --------
    /// >>> import szilard as sz
    /// >>> sz.Quantity("10 J", u="1 J").expanded(0.95)
    /// [8.040036, 11.95996] J (95 %, first order)
    #[pyo3(signature = (coverage=0.95))]
    fn expanded(&self, py: Python<'_>, coverage: f64) -> PyResult<Interval> {
        let figure = self.0.measured().clone();
        let interval = watched(py, usize::MAX, None, move || figure.interval(coverage))?;
        Ok(Interval::new(interval, self.0.unit().symbol()))
    }

    /// The distribution of the figure from its own measurement model, evaluated at `n` drawn inputs (JCGM 101).
    ///
    /// Parameters
    /// ----------
    /// n
    ///     Number of trials. [1]
    /// seed
    ///     Seed of the random numbers: the same trials on any number of threads. [1]
    ///
    /// Raises
    /// ------
    /// szilard.errors.UnitError
    ///     Too few or too many trials.
    ///
    /// Examples
    /// --------
    /// >>> import szilard as sz
    /// >>> energy = sz.Quantity("10 J", u="1 J") / sz.Quantity("50 token", u="1 token")
    /// >>> f"{energy.monte_carlo(n=100_000).mean:.3f}"
    /// '0.200'
    #[pyo3(signature = (n=1_000_000, seed=0))]
    fn monte_carlo(&self, py: Python<'_>, n: usize, seed: u64) -> PyResult<MonteCarlo> {
        let figure = self.0.measured().clone();
        let trials = watched(py, n.saturating_mul(8), None, move || figure.monte_carlo(n, seed))?;
        MonteCarlo::new(trials, &self.0)
    }

    /// Whether two figures differ by no more than `rel_tol` of the larger one or than `abs_tol`.
    ///
    /// Parameters
    /// ----------
    /// other
    ///     The other figure. [of the same dimension]
    /// rel_tol
    ///     Difference that is allowed, over the larger of the two. [1]
    /// abs_tol
    ///     Difference that is allowed. [of the same dimension]
    ///
    /// Raises
    /// ------
    /// szilard.errors.UnitError
    ///     A figure of another dimension.
    /// szilard.errors.BoundaryError
    ///     A figure at another boundary or on another basis.
    ///
    /// Examples
    /// --------
    /// >>> import szilard as sz
    /// >>> sz.Quantity("1 kWh").isclose("3.6 MJ")
    /// True
    #[pyo3(signature = (other, *, rel_tol=1e-9, abs_tol=None))]
    fn isclose(&self, other: Given, rel_tol: f64, abs_tol: Option<Size>) -> PyResult<bool> {
        is_close(&self.0, &other.0, rel_tol, abs_tol)
    }

    fn __add__(&self, other: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        combined(other, |other| self.0.plus(other))
    }

    fn __radd__(&self, other: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        if starts_a_sum(other)? {
            return Ok(Py::new(other.py(), self.clone())?.into_any());
        }
        combined(other, |other| other.plus(&self.0))
    }

    fn __sub__(&self, other: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        combined(other, |other| self.0.minus(other))
    }

    fn __rsub__(&self, other: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        combined(other, |other| other.minus(&self.0))
    }

    fn __mul__(&self, other: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        combined(other, |other| self.0.times(other))
    }

    fn __rmul__(&self, other: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        combined(other, |other| other.times(&self.0))
    }

    fn __truediv__(&self, other: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        combined(other, |other| self.0.over(other))
    }

    fn __rtruediv__(&self, other: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        combined(other, |other| other.over(&self.0))
    }

    fn __pow__(&self, other: &Bound<'_, PyAny>, modulus: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        if modulus.is_none() { combined(other, |other| self.0.power(other)) } else { Ok(other.py().NotImplemented()) }
    }

    fn __rpow__(&self, other: &Bound<'_, PyAny>, modulus: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        if modulus.is_none() { combined(other, |other| other.power(&self.0)) } else { Ok(other.py().NotImplemented()) }
    }

    fn __neg__(&self) -> Self {
        Self(self.0.negated())
    }

    fn __pos__(&self) -> Self {
        self.clone()
    }

    fn __abs__(&self) -> Self {
        Self(self.0.magnitude())
    }

    fn __bool__(&self) -> bool {
        self.0.value() != 0.0
    }

    fn __float__(&self) -> PyResult<f64> {
        guard(|| Ok::<_, UnitError>(self.0.to("1")?.value()))
    }

    fn __richcmp__(&self, other: &Bound<'_, PyAny>, compare: CompareOp) -> PyResult<Py<PyAny>> {
        compared(self, other, compare)
    }

    /// Equal figures have one hash; that of a pure number is the hash of the number.
    fn __hash__(&self, py: Python<'_>) -> PyResult<isize> {
        hashed(self, py)
    }

    /// The components of the uncertainty as bars: (figure, axes).
    ///
    /// Parameters
    /// ----------
    /// ax
    ///     Axes to draw on; a figure of its own where left out.
    ///
    /// Examples
    /// --------
    /// >>> import szilard as sz
    /// >>> sz.Quantity("5 J", u="0.1 J").plot()[1].get_xlabel()
    /// 'standard uncertainty [J]'
    ///
    /// Parameters
    /// ----------
    /// ax
    ///     Axes to draw on; a figure of its own where left out.
    ///
    /// Examples
    /// --------
    /// >>> import szilard as sz
    /// >>> figure, axes = (sz.Quantity("61 J", u="3 J") - sz.Quantity("20 J", u="4 J")).plot()
    #[pyo3(signature = (ax=None))]
    fn plot(slf: &Bound<'_, Self>, ax: Option<&Bound<'_, PyAny>>) -> PyResult<Py<PyAny>> {
        drawn(slf, "budget", ax)
    }

    fn __repr__(&self) -> String {
        self.0.to_string()
    }

    /// The value in a format of numbers, its uncertainty in the same, and the unit.
    fn __format__(&self, py: Python<'_>, spec: &str) -> PyResult<String> {
        formatted(self, py, spec)
    }

    fn _repr_html_(&self) -> String {
        card(self)
    }

    fn _repr_latex_(&self) -> String {
        format!("${}$", self.0.latex())
    }

    /// NumPy leaves arithmetic with quantities to them, instead of losing the unit.
    #[classattr]
    fn __array_ufunc__(py: Python<'_>) -> Py<PyAny> {
        py.None()
    }

    /// Refused: an array of quantities would lose the unit.
    #[pyo3(signature = (*_args, **_kwargs))]
    fn __array__(&self, _args: &Bound<'_, PyTuple>, _kwargs: Option<&Bound<'_, PyDict>>) -> PyResult<()> {
        Err(no_array())
    }

    /// The quantity as JSON: value, unit, u, boundary, basis, method, components.
    ///
    /// Examples
    /// --------
    /// >>> import szilard as sz
    /// >>> sz.Quantity("29.52 J", boundary="node").to_json()
    /// '{"value":29.52,"unit":"J","u":0.0,"boundary":"node","basis":null,"method":null,"components":[],"linear":true}'
    fn to_json(&self) -> PyResult<String> {
        serde_json::to_string(&QuantityRecord::from(&self.0)).map_err(json)
    }

    /// The quantity of a JSON text. Components keep their identity: a copy minus its original is 0 ± 0.
    ///
    /// Parameters
    /// ----------
    /// text
    ///     What `to_json` gave.
    ///
    /// Raises
    /// ------
    /// szilard.errors.UnitError
    ///     A text that is no such thing.
    ///
    /// Examples
    /// --------
    /// >>> import szilard as sz
    /// >>> energy = sz.Quantity("29.52 J", u="0.34 J")
    /// >>> sz.Quantity.from_json(energy.to_json()) - energy
    /// 0 J
    #[staticmethod]
    fn from_json(text: &str) -> PyResult<Self> {
        let record: QuantityRecord = serde_json::from_str(text).map_err(json)?;
        guard(|| Quantity::try_from(record)).map(Self)
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, (String,))> {
        Ok((py.get_type::<Self>().getattr("from_json")?, (self.to_json()?,)))
    }

    fn __copy__(&self) -> Self {
        self.clone()
    }

    fn __deepcopy__(&self, _memo: &Bound<'_, PyAny>) -> Self {
        self.clone()
    }
}
