//! Quantities: the dynamic type of the core as a Python number.

use crate::errors::{Raise, detached, exceptions, guard};
use crate::html;
use crate::monte_carlo::{Interval, MonteCarlo};
use crate::table::{Column, frame};
use pyo3::prelude::*;
use pyo3::pyclass::CompareOp;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyFloat, PyInt, PyString, PyTuple};
use std::cmp::Ordering;
use szilard::quantity::{
    Basis, Boundary, Component, Distribution, Method, Quantity, QuantityError, QuantityRecord, Unit, UnitError,
    evaluate, number_and_unit,
};

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
///     a pure number is "0.3" or (0.3, "1").
/// unit
///     The unit of a `value` that is a plain number.
/// u
///     Standard uncertainty: "0.34 J", or "2 %" of the value.
/// half_width
///     Half-width of a tolerance, taken as rectangular: u = half_width/√3.
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
///     Degrees of freedom of `u` where it comes from that many observations more than one: type A.
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
/// >>> sz.Quantity("29.52 J", half_width="2 %", boundary="node")
/// (29.52 ± 0.34) J [node]
/// >>> sz.Quantity("7.2 W") * sz.Quantity("4.1 s") / sz.Quantity("50 token")
/// 0.5904 J/token = 0.164 kWh/Mtoken
#[pyclass(name = "Quantity", module = "szilard", frozen, weakref, subclass)]
#[derive(Debug, Clone)]
pub struct PyQuantity(pub Quantity);

/// A number and its unit, as Python may give them: text, a pair, or a quantity.
pub struct Size(pub f64, pub Unit);

impl<'py> FromPyObject<'_, 'py> for Size {
    type Error = PyErr;

    fn extract(given: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        if let Ok(quantity) = given.cast::<PyQuantity>() {
            let quantity = &quantity.get().0;
            return Ok(Self(quantity.value(), quantity.unit().clone()));
        }
        if let Ok(text) = given.cast::<PyString>() {
            let text: String = text.extract()?;
            return guard(|| number_and_unit(&text).map(|(size, unit)| Self(size, unit)));
        }
        if let Ok(pair) = given.cast::<PyTuple>()
            && let Ok((size, unit)) = pair.extract::<(f64, String)>()
        {
            return guard(|| Ok::<_, UnitError>(Self(size, unit.parse()?)));
        }
        let found = if is_real(&given)? {
            let given = given.repr()?;
            format!(
                "a number without a unit, {given}: write \"{given} J\" or ({given}, \"J\"); a pure number is ({given}, \"1\")"
            )
        } else if is_array(&given)? {
            "an array: a quantity is one number; keep columns as plain numbers with the unit in their name, as power_w"
                .to_owned()
        } else {
            format!(
                "{}: expected text as \"29.52 J\", a pair as (29.52, \"J\"), or a Quantity",
                given.get_type().name()?
            )
        };
        Err(exceptions::UnitError::new_err(format!("found {found}")))
    }
}

/// A quantity as Python may give it: text, a pair, or a quantity.
pub struct Given(pub Quantity);

impl<'py> FromPyObject<'_, 'py> for Given {
    type Error = PyErr;

    fn extract(given: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        if let Ok(quantity) = given.cast::<PyQuantity>() {
            return Ok(Self(quantity.get().0.clone()));
        }
        let Size(value, unit) = given.extract()?;
        guard(|| Quantity::new(value, unit)).map(Self)
    }
}

/// Tells pint, once it is imported, to leave arithmetic to these quantities: it would keep our number in its own unit.
fn defer_to_us(py: Python<'_>) -> PyResult<()> {
    static TOLD: PyOnceLock<()> = PyOnceLock::new();
    if TOLD.get(py).is_some() {
        return Ok(());
    }
    let modules = py.import("sys")?.getattr("modules")?;
    if let Ok(compat) = modules.get_item("pint.compat") {
        compat.getattr("upcast_type_map")?.set_item("szilard.Quantity", py.get_type::<PyQuantity>())?;
        TOLD.get_or_init(py, || ());
    }
    Ok(())
}

/// Whether an object is a real number by the numeric tower.
fn is_real(object: &Bound<'_, PyAny>) -> PyResult<bool> {
    static REAL: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    if object.is_instance_of::<PyFloat>() || object.is_instance_of::<PyInt>() {
        return Ok(true);
    }
    let py = object.py();
    let real = REAL.get_or_try_init(py, || py.import("numbers")?.getattr("Real").map(Bound::unbind))?;
    object.is_instance(real.bind(py))
}

/// Whether an object is an array, a series or a list.
fn is_array(object: &Bound<'_, PyAny>) -> PyResult<bool> {
    Ok(object.hasattr("__array__")? || object.hasattr("__len__")?)
}

/// The other operand: a quantity, a real number, or `None` for something else. An array is refused.
pub fn operand(other: &Bound<'_, PyAny>) -> PyResult<Option<Quantity>> {
    if let Ok(quantity) = other.cast::<PyQuantity>() {
        return Ok(Some(quantity.get().0.clone()));
    }
    if is_real(other)? {
        let number: f64 = other.extract()?;
        return guard(|| Quantity::number(number)).map(Some);
    }
    if other.hasattr("units")? || other.hasattr("unit")? {
        let found = other.get_type().fully_qualified_name()?;
        return Err(exceptions::UnitError::new_err(format!(
            "found a {found}: quantities of another library do not mix with these; give its number and unit as (29.5, \"J\")"
        )));
    }
    if other.hasattr("__array__")? {
        Size::extract(other.as_borrowed())?;
    }
    Ok(None)
}

fn combined(
    other: &Bound<'_, PyAny>,
    combine: impl FnOnce(&Quantity) -> Result<Quantity, QuantityError>,
) -> PyResult<Py<PyAny>> {
    match operand(other)? {
        Some(quantity) => Ok(Py::new(other.py(), PyQuantity(guard(|| combine(&quantity))?))?.into_any()),
        None => Ok(other.py().NotImplemented()),
    }
}

/// The word for a boundary, basis or method, where there is one.
pub fn word<T: std::str::FromStr<Err = szilard::quantity::UnknownWord>>(text: Option<&str>) -> PyResult<Option<T>> {
    text.map(str::parse).transpose().map_err(Raise::raise)
}

#[pymethods]
impl PyQuantity {
    #[new]
    #[pyo3(signature = (value, unit=None, *, u=None, half_width=None, boundary=None, basis=None, method=None,
                        label=None, id=None, degrees_of_freedom=None))]
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
    ) -> PyResult<Self> {
        defer_to_us(value.py())?;
        let Given(mut quantity) = match unit {
            Some(unit) => PyTuple::new(value.py(), [value, PyString::new(value.py(), unit).as_any()])?.extract()?,
            None => value.extract()?,
        };
        if let Some(boundary) = word::<Boundary>(boundary)? {
            quantity = quantity.at(Some(boundary));
        }
        if let Some(basis) = word::<Basis>(basis)? {
            quantity = quantity.on(Some(basis));
        }
        if let Some(method) = word::<Method>(method)? {
            quantity = quantity.by([method]);
        }
        guard(|| {
            if let Some(Size(size, unit)) = u {
                let size = quantity.tolerance(size, &unit)?;
                quantity = quantity.with_source(size, id, label, Distribution::Normal, degrees_of_freedom)?;
            }
            if let Some(Size(size, unit)) = half_width {
                let size = quantity.tolerance(size, &unit)? / 3f64.sqrt();
                quantity = quantity.with_source(size, id, label, Distribution::Rectangular, degrees_of_freedom)?;
            }
            Ok::<_, UnitError>(Self(quantity))
        })
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
    #[pyo3(signature = (boundary))]
    fn at(&self, boundary: Option<&str>) -> PyResult<Self> {
        Ok(Self(self.0.at(word(boundary)?)))
    }

    /// The same figure on a basis: gross, above-idle, idle, or None.
    #[pyo3(signature = (basis))]
    fn on(&self, basis: Option<&str>) -> PyResult<Self> {
        Ok(Self(self.0.on(word(basis)?)))
    }

    /// The figure in another unit of the same dimension.
    ///
    /// >>> import szilard as sz
    /// >>> sz.Quantity("0.59 J/token").to("kWh/Mtoken").value
    /// 0.16388888888888886
    fn to(&self, unit: &str) -> PyResult<Self> {
        guard(|| self.0.to(unit)).map(Self)
    }

    /// The table of the components of the uncertainty: id, label, type, distribution, degrees_of_freedom, contribution
    /// (signed, in `unit`) and share of the variance. The shares sum to one.
    fn budget(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        budget(py, &self.0)
    }

    /// The interval that covers the figure with a probability of `coverage`.
    ///
    /// Student's t with the effective degrees of freedom (JCGM 100, G.4) where first order holds; Monte Carlo (JCGM
    /// 101) where an input with \|x\|/u < 5 stands in a denominator or power, or where a component that is not normal
    /// has more than half of the variance.
    ///
    /// >>> import szilard as sz
    /// >>> sz.Quantity("10 J", u="1 J").expanded(0.95)
    /// [8.040036, 11.95996] J (95 %, first order)
    #[pyo3(signature = (coverage=0.95))]
    fn expanded(&self, py: Python<'_>, coverage: f64) -> PyResult<Interval> {
        let interval = detached(py, || self.0.measured().interval(coverage))?;
        Ok(Interval::new(interval, self.0.unit().symbol()))
    }

    /// The distribution of the figure from its own measurement model, evaluated at `n` drawn inputs (JCGM 101).
    #[pyo3(signature = (n=1_000_000, seed=0))]
    fn monte_carlo(&self, py: Python<'_>, n: usize, seed: u64) -> PyResult<MonteCarlo> {
        let trials = detached(py, || self.0.measured().monte_carlo(n, seed))?;
        MonteCarlo::new(trials, &self.0)
    }

    /// Whether two figures differ by no more than `rel_tol` of the larger one or than `abs_tol`.
    #[pyo3(signature = (other, *, rel_tol=1e-9, abs_tol=None))]
    fn isclose(&self, other: Given, rel_tol: f64, abs_tol: Option<Size>) -> PyResult<bool> {
        guard(|| {
            let absolute = abs_tol.map_or(Ok(0.0), |Size(size, unit)| self.0.tolerance(size, &unit))?;
            let absolute = self.0.unit().difference_to_coherent(absolute);
            self.0.is_close(&other.0, rel_tol, absolute)
        })
    }

    fn __add__(&self, other: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        combined(other, |other| self.0.plus(other))
    }

    fn __radd__(&self, other: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        // the sum() of Python starts from the whole number 0
        if other.is_exact_instance_of::<PyInt>() && !other.is_truthy()? {
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
        let py = other.py();
        let is_equality = matches!(compare, CompareOp::Eq | CompareOp::Ne);
        if is_equality && !other.is_instance_of::<Self>() && !is_real(other)? {
            return Ok(py.NotImplemented());
        }
        let answer = match (operand(other)?, compare) {
            (None, _) => return Ok(py.NotImplemented()),
            (Some(other), CompareOp::Eq) => self.0 == other,
            (Some(other), CompareOp::Ne) => self.0 != other,
            (Some(other), order) => {
                let ordering: Ordering = guard(|| self.0.compare(&other))?;
                order.matches(ordering)
            }
        };
        Ok(answer.into_pyobject(py)?.to_owned().into_any().unbind())
    }

    /// Equal figures have one hash; that of a pure number is the hash of the number.
    fn __hash__(&self, py: Python<'_>) -> PyResult<isize> {
        let value = PyFloat::new(py, self.0.coherent_value() + 0.0);
        if self.0 == Quantity::number(self.0.coherent_value()).map_err(Raise::raise)? {
            return value.hash();
        }
        (value, self.dimension(), self.boundary(), self.basis()).into_pyobject(py)?.hash()
    }

    fn __repr__(&self) -> String {
        self.0.to_string()
    }

    /// The value in a format of numbers, its uncertainty in the same, and the unit.
    fn __format__(&self, py: Python<'_>, spec: &str) -> PyResult<String> {
        if spec.is_empty() {
            return Ok(self.0.to_string());
        }
        let number = |x: f64| PyFloat::new(py, x).call_method1("__format__", (spec,))?.extract::<String>();
        let (value, unit) = (number(self.0.value())?, self.unit());
        let value = if self.0.u() > 0.0 { format!("({value} ± {})", number(self.0.u())?) } else { value };
        Ok(if unit == "1" { value } else { format!("{value} {unit}") })
    }

    fn _repr_html_(&self) -> String {
        let rows: Vec<Vec<String>> = shares(&self.0)
            .map(|(component, share)| {
                let contribution = format!("{:.2e} {}", component.contribution, self.unit());
                vec![component.label.to_string(), contribution, format!("{:.1} %", 100.0 * share)]
            })
            .collect();
        html::card(&self.0.to_string(), "budget", &["component", "contribution", "share of variance"], &rows)
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
        Err(exceptions::UnitError::new_err(
            "a quantity is one number with a unit and does not become an array; take .to(unit).value into a column \
             with the unit in its name, as power_w",
        ))
    }

    /// The quantity as JSON: value, unit, u, boundary, basis, method, components.
    fn to_json(&self) -> PyResult<String> {
        serde_json::to_string(&QuantityRecord::from(&self.0)).map_err(json)
    }

    /// The quantity of a JSON text. Components keep their identity: a copy minus its original is 0 ± 0.
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

fn json(error: serde_json::Error) -> PyErr {
    exceptions::UnitError::new_err(format!("the JSON of a quantity: {error}"))
}

/// The components of a figure with their shares of its variance.
fn shares(quantity: &Quantity) -> impl Iterator<Item = (&Component, f64)> {
    let variance = quantity.u().powi(2);
    quantity.measured().components().iter().map(move |part| (part, part.contribution.powi(2) / variance))
}

/// The budget of a figure as a table.
pub fn budget(py: Python<'_>, quantity: &Quantity) -> PyResult<Py<PyAny>> {
    let text = |of: fn(&Component) -> String| Column::Text(shares(quantity).map(|(part, _)| of(part)).collect());
    let float = |of: fn(&Component) -> f64| Column::Float(shares(quantity).map(|(part, _)| of(part)).collect());
    frame(
        py,
        vec![
            ("id", text(|part| part.id.to_string())),
            ("label", text(|part| part.label.to_string())),
            ("type", text(|part| format!("{:?}", part.evaluation))),
            ("distribution", text(|part| part.distribution.word())),
            ("degrees_of_freedom", float(|part| part.degrees_of_freedom)),
            ("contribution", float(|part| part.contribution)),
            ("share", Column::Float(shares(quantity).map(|(_, share)| share).collect())),
        ],
    )
}

/// The value of an expression with units, boundaries and uncertainty. Keywords are the values of names in it.
///
/// `+ - * / ^`, parentheses, sqrt, exp, ln, log2, log10, abs, pi, k_B, h_P, e_0. A number and the units behind it are
/// one factor: in ``E / 50 token`` the whole ``50 token`` divides. What can be read in two ways is refused.
///
/// >>> import szilard as sz
/// >>> sz.calc("7.2 W * 4.1 s / 50 token")
/// 0.5904 J/token = 0.164 kWh/Mtoken
/// >>> f"{sz.calc('(late/early)^(1/6) - 1', early='415 TWh/yr', late='945 TWh/yr').to('%'):.1f}"
/// '14.7 %'
#[pyfunction]
#[pyo3(signature = (text, **names))]
pub fn calc(text: &str, names: Option<std::collections::HashMap<String, Given>>) -> PyResult<PyQuantity> {
    let names = names.unwrap_or_default();
    guard(|| evaluate(text, &|name| names.get(name).map(|given| given.0.clone()))).map(PyQuantity)
}
