//! The one dynamic quantity: a measured value with its unit, boundary, basis and method.

use super::boundary::{Basis, Boundary, Method};
use super::dimension::Dimension;
use super::distribution::Distribution;
use super::error::{BoundaryError, QuantityError, UnitError};
use super::measured::{Component, Measured};
use super::model::Function;
use super::unit::Unit;
use super::units;
use std::cmp::Ordering;

/// A value with its unit, its uncertainty budget, and what it is about.
///
/// Products and quotients come out in coherent units (J, W, J/token, ...), sums in the unit of the left operand, and a
/// product with a pure number keeps the unit. Adding and comparing need equal boundary and basis.
///
/// ```
/// use szilard::quantity::{Quantity, Boundary};
///
/// let energy: Quantity = "7.5 Wh".parse().unwrap();
/// assert_eq!(energy.to("J").unwrap().value(), 27_000.0);
/// let board = energy.at(Some(Boundary::Board));
/// assert!(board.plus(&energy).is_err()); // one has a boundary, the other does not
/// ```
#[derive(Debug, Clone)]
pub struct Quantity {
    measured: Measured,
    unit: Unit,
    boundary: Option<Boundary>,
    basis: Option<Basis>,
    methods: Vec<Method>,
}

impl Quantity {
    /// An exact value in a unit. A temperature in degC or degF becomes one in K.
    ///
    /// # Errors
    /// [`UnitError::NotFinite`].
    pub fn new(value: f64, unit: Unit) -> Result<Self, UnitError> {
        Self::from_measured(Measured::exact(value), unit)
    }

    /// A pure number.
    ///
    /// # Errors
    /// [`UnitError::NotFinite`].
    pub fn number(value: f64) -> Result<Self, UnitError> {
        Self::new(value, Unit::coherent(Dimension::NONE))
    }

    /// A measured value in a unit.
    ///
    /// # Errors
    /// [`UnitError::NotFinite`].
    pub fn from_measured(measured: Measured, unit: Unit) -> Result<Self, UnitError> {
        let (measured, unit) = if unit.is_thermometer() {
            let kelvin = unit.to_coherent(measured.value());
            (measured.scaled_to(kelvin, 1.0), unit.to_coherent_unit())
        } else {
            (measured, unit)
        };
        if measured.value().is_finite() && measured.u().is_finite() {
            Ok(Self { measured, unit, boundary: None, basis: None, methods: Vec::new() })
        } else {
            Err(UnitError::NotFinite { what: format!("a value in {unit}") })
        }
    }

    /// A pure number, read as a figure in a unit.
    pub(super) fn given_in(self, unit: Unit) -> Result<Self, UnitError> {
        let figure = Self::from_measured(self.measured, unit)?;
        Ok(Self { boundary: self.boundary, basis: self.basis, methods: self.methods, ..figure })
    }

    /// The figure per another unit: `176 TWh` per `yr`.
    pub(super) fn per(&self, unit: &Unit) -> Result<Self, UnitError> {
        Ok(Self { unit: self.unit.over(unit)?, ..self.clone() })
    }

    /// The value in its unit.
    pub fn value(&self) -> f64 {
        self.measured.value()
    }

    /// The standard uncertainty in the unit of the value (in K for a thermometer scale).
    pub fn u(&self) -> f64 {
        self.measured.u()
    }

    /// The value with its budget and model.
    pub fn measured(&self) -> &Measured {
        &self.measured
    }

    /// The unit.
    pub fn unit(&self) -> &Unit {
        &self.unit
    }

    /// The dimension.
    pub fn dimension(&self) -> Dimension {
        self.unit.dimension()
    }

    /// The value in the coherent unit of its dimension.
    pub fn coherent_value(&self) -> f64 {
        self.unit.to_coherent(self.value())
    }

    /// The boundary the figure is counted at.
    pub fn boundary(&self) -> Option<Boundary> {
        self.boundary
    }

    /// Whether the idle draw is in the figure.
    pub fn basis(&self) -> Option<Basis> {
        self.basis
    }

    /// The weakest of the methods that gave the figure.
    pub fn method(&self) -> Option<Method> {
        self.methods.last().copied()
    }

    /// All methods that gave the figure, strongest first.
    pub fn methods(&self) -> &[Method] {
        &self.methods
    }

    /// The same figure, said to be counted at a boundary (or at none).
    pub fn at(&self, boundary: Option<Boundary>) -> Self {
        Self { boundary, ..self.clone() }
    }

    /// The same figure on a basis (or on none).
    pub fn on(&self, basis: Option<Basis>) -> Self {
        Self { basis, ..self.clone() }
    }

    /// The same figure, had by a method (or by none that is known).
    pub fn by(&self, methods: impl IntoIterator<Item = Method>) -> Self {
        let mut methods: Vec<Method> = methods.into_iter().collect();
        methods.sort_unstable();
        methods.dedup();
        Self { methods, ..self.clone() }
    }

    /// The same value with a further component of uncertainty, its standard uncertainty given in the unit of the value.
    ///
    /// # Errors
    /// [`UnitError::Uncertainty`] where it is negative or not finite.
    pub fn with_u(&self, u: f64, label: &str, distribution: Distribution) -> Result<Self, UnitError> {
        if !(u.is_finite() && u >= 0.0) {
            return Err(UnitError::Uncertainty { found: u });
        }
        let component = Component::anonymous(label, distribution, u);
        Ok(Self { measured: self.measured.and_components(vec![component]), ..self.clone() })
    }

    /// The same value with a further component of standard uncertainty `size`, in the unit of the value. Without an
    /// `id` the component is independent of all others; with degrees of freedom it was evaluated from observations.
    ///
    /// # Errors
    /// [`UnitError::Uncertainty`] where the size is negative or not finite, or the degrees of freedom not above zero.
    pub fn with_source(
        &self,
        size: f64,
        id: Option<&str>,
        label: Option<&str>,
        distribution: Distribution,
        degrees_of_freedom: Option<f64>,
    ) -> Result<Self, UnitError> {
        if !(size.is_finite() && size >= 0.0) {
            return Err(UnitError::Uncertainty { found: size });
        }
        let label = label.or(id).unwrap_or("u");
        let component = match id {
            Some(id) => Component::new(id, label, distribution, size),
            None => Component::anonymous(label, distribution, size),
        };
        let component = match degrees_of_freedom {
            None => component,
            Some(freedom) if freedom > 0.0 => component.type_a(freedom),
            Some(found) => return Err(UnitError::Uncertainty { found }),
        };
        Ok(self.with_components(vec![component]))
    }

    /// The same value with a tolerance ± `half_width`, taken as rectangular: u = half_width/√3.
    ///
    /// # Errors
    /// [`UnitError::Uncertainty`] where it is negative or not finite.
    pub fn with_half_width(&self, half_width: f64, label: &str) -> Result<Self, UnitError> {
        self.with_u(half_width / 3f64.sqrt(), label, Distribution::Rectangular)
    }

    /// The same value with further components, their contributions given in its unit.
    pub fn with_components(&self, components: Vec<Component>) -> Self {
        Self { measured: self.measured.and_components(components), ..self.clone() }
    }

    /// The figure in another unit of the same dimension.
    ///
    /// # Errors
    /// [`UnitError::Dimension`], and those of parsing the unit.
    pub fn to(&self, unit: &str) -> Result<Self, UnitError> {
        self.in_unit(&unit.parse()?)
    }

    /// The figure in another unit of the same dimension.
    ///
    /// # Errors
    /// [`UnitError::Dimension`].
    pub fn in_unit(&self, unit: &Unit) -> Result<Self, UnitError> {
        let value = self.unit.convert(unit, self.value())?;
        let factor =
            if unit.is_thermometer() || self.unit.is_thermometer() { 1.0 } else { self.unit.convert(unit, 1.0)? };
        if !value.is_finite() {
            return Err(UnitError::NotFinite { what: format!("the value in {unit}") });
        }
        Ok(Self { measured: self.measured.scaled_to(value, factor), unit: unit.clone(), ..self.clone() })
    }

    /// The figure in the coherent unit of its dimension.
    fn coherent(&self) -> Self {
        if self.unit.is_coherent() {
            return self.clone();
        }
        let unit = self.unit.to_coherent_unit();
        let factor = if self.unit.is_thermometer() { 1.0 } else { self.unit.difference_to_coherent(1.0) };
        Self { measured: self.measured.scaled_to(self.coherent_value(), factor), unit, ..self.clone() }
    }

    /// The sum, in the unit of the left operand.
    ///
    /// # Errors
    /// Different dimensions, boundaries or bases.
    pub fn plus(&self, other: &Self) -> Result<Self, QuantityError> {
        let basis = match (self.basis, other.basis) {
            (Some(Basis::Idle), Some(Basis::AboveIdle)) | (Some(Basis::AboveIdle), Some(Basis::Idle)) => {
                Some(Basis::Gross)
            }
            (left, right) => same_basis("add", left, right)?,
        };
        self.combined(other, "add", basis, Measured::plus)
    }

    /// The difference, in the unit of the left operand. Gross minus idle is above idle.
    ///
    /// # Errors
    /// Different dimensions, boundaries or bases.
    pub fn minus(&self, other: &Self) -> Result<Self, QuantityError> {
        let basis = match (self.basis, other.basis) {
            (Some(Basis::Gross), Some(Basis::Idle)) => Some(Basis::AboveIdle),
            (Some(Basis::Gross), Some(Basis::AboveIdle)) => Some(Basis::Idle),
            (left, right) => same_basis("subtract", left, right)?,
        };
        self.combined(other, "subtract", basis, Measured::minus)
    }

    fn combined(
        &self,
        other: &Self,
        operation: &'static str,
        basis: Option<Basis>,
        combine: fn(&Measured, &Measured) -> Measured,
    ) -> Result<Self, QuantityError> {
        let boundary = same_boundary(operation, self.boundary, other.boundary)?;
        let left = if self.unit.is_thermometer() { self.coherent() } else { self.clone() };
        let right = other.in_unit(&left.unit)?;
        self.finish(combine(&left.measured, &right.measured), left.unit, boundary, basis, other)
    }

    /// The product, in the coherent unit; a product with a pure number or a percentage keeps the unit.
    ///
    /// # Errors
    /// Different boundaries or bases, a dimension out of range.
    pub fn times(&self, other: &Self) -> Result<Self, QuantityError> {
        let dimension = self.dimension().times(other.dimension());
        self.joined(other, "multiply", dimension, Measured::times)
    }

    /// The quotient, in the coherent unit; a quotient by a pure number or a percentage keeps the unit. A ratio of two figures at one
    /// boundary is a pure number and keeps neither boundary nor basis.
    ///
    /// # Errors
    /// Different boundaries, a dimension out of range, a zero denominator.
    pub fn over(&self, other: &Self) -> Result<Self, QuantityError> {
        let dimension = self.dimension().over(other.dimension());
        self.joined(other, "divide", dimension, Measured::over)
    }

    fn joined(
        &self,
        other: &Self,
        operation: &'static str,
        dimension: Option<Dimension>,
        combine: fn(&Measured, &Measured) -> Measured,
    ) -> Result<Self, QuantityError> {
        let overflow = || UnitError::Overflow { symbol: format!("{} {operation} {}", self.unit, other.unit) };
        let dimension = dimension.ok_or_else(overflow)?;
        let ratio = operation == "divide" && dimension == Dimension::NONE && other.dimension() != Dimension::NONE;
        let boundary = match (self.boundary, other.boundary) {
            (Some(left), Some(right)) if left != right => {
                return Err(BoundaryError::Mismatch { operation, left, right }.into());
            }
            (Some(_), Some(_)) if ratio => None,
            (left, right) => left.or(right),
        };
        let basis = match (self.basis, other.basis) {
            (Some(_), Some(_)) if ratio => None,
            (Some(left), Some(right)) if left != right => {
                return Err(BoundaryError::Basis { operation, left: Some(left), right: Some(right) }.into());
            }
            (left, right) => left.or(right),
        };
        let has_unit = |quantity: &Self| quantity.dimension() != Dimension::NONE && !quantity.unit.is_thermometer();
        let pure = |quantity: &Self, beside: &Self| {
            quantity.dimension() == Dimension::NONE && (quantity.unit.is_coherent() || has_unit(beside))
        };
        let (left, right, unit) = if pure(other, self) && !self.unit.is_thermometer() {
            (self.clone(), other.coherent(), self.unit.clone())
        } else if operation == "multiply" && pure(self, other) && !other.unit.is_thermometer() {
            (self.coherent(), other.clone(), other.unit.clone())
        } else {
            (self.coherent(), other.coherent(), Unit::coherent(dimension))
        };
        self.finish(combine(&left.measured, &right.measured), unit, boundary, basis, other)
    }

    /// The power. The exponent is a pure number; where it is uncertain the base is one, too.
    ///
    /// # Errors
    /// An exponent that is no pure number, or that gives a fractional dimension.
    pub fn power(&self, exponent: &Self) -> Result<Self, QuantityError> {
        let number = exponent.pure()?;
        let fractional = || UnitError::Overflow { symbol: format!("({})^{}", self.unit, number.value()) };
        let dimension = self.dimension().power(number.value()).ok_or_else(fractional)?;
        if number.u() > 0.0 && dimension != self.dimension() {
            return Err(fractional().into());
        }
        let measured = self.coherent().measured.power(&number.measured);
        self.finish(measured, Unit::coherent(dimension), self.boundary, self.basis, exponent)
    }

    /// The figure with its sign changed.
    pub fn negated(&self) -> Self {
        Self { measured: self.measured.scaled(-1.0), ..self.clone() }
    }

    /// The magnitude.
    pub fn magnitude(&self) -> Self {
        Self { measured: self.measured.map(Function::Abs), ..self.clone() }
    }

    /// A function of a pure number.
    ///
    /// # Errors
    /// [`UnitError::Dimension`] where it is not one, [`UnitError::NotFinite`] outside the domain of the function.
    pub fn map(&self, function: Function) -> Result<Self, QuantityError> {
        let number = self.pure()?;
        self.finish(number.measured.map(function), number.unit, self.boundary, self.basis, self)
    }

    /// The figure as a coherent pure number.
    fn pure(&self) -> Result<Self, UnitError> {
        self.in_unit(&Unit::coherent(Dimension::NONE))
    }

    fn finish(
        &self,
        measured: Measured,
        unit: Unit,
        boundary: Option<Boundary>,
        basis: Option<Basis>,
        other: &Self,
    ) -> Result<Self, QuantityError> {
        let methods = self.methods.iter().chain(&other.methods).copied();
        Ok(Self { boundary, basis, ..Self::from_measured(measured, unit)? }.by(methods))
    }

    /// The order of two figures.
    ///
    /// # Errors
    /// Different dimensions, boundaries or bases.
    pub fn compare(&self, other: &Self) -> Result<Ordering, QuantityError> {
        same_boundary("compare", self.boundary, other.boundary)?;
        same_basis("compare", self.basis, other.basis)?;
        let other_value = other.in_unit(&self.unit)?.value();
        Ok(self.value().total_cmp(&other_value))
    }

    /// Whether two figures differ by no more than a relative or an absolute tolerance in coherent units.
    ///
    /// # Errors
    /// Different dimensions, boundaries or bases.
    pub fn is_close(&self, other: &Self, relative: f64, absolute: f64) -> Result<bool, QuantityError> {
        self.compare(other)?;
        let (left, right) = (self.coherent_value(), other.coherent_value());
        Ok((left - right).abs() <= (relative * left.abs().max(right.abs())).max(absolute))
    }

    /// The static quantity.
    ///
    /// # Errors
    /// [`UnitError::Dimension`] where the dimension is another one.
    pub fn as_static<D, U>(&self) -> Result<units::Quantity<D, U, f64>, UnitError>
    where
        D: units::Dimension + ?Sized,
        U: units::Units<f64> + ?Sized,
    {
        let expected = Unit::coherent(Dimension::of::<D>());
        let value = self.unit.convert(&expected, self.value())?;
        Ok(units::Quantity { dimension: std::marker::PhantomData, units: std::marker::PhantomData, value })
    }
}

impl<D, U> From<units::Quantity<D, U, f64>> for Quantity
where
    D: units::Dimension + ?Sized,
    U: units::Units<f64> + ?Sized,
{
    fn from(quantity: units::Quantity<D, U, f64>) -> Self {
        Self {
            measured: Measured::exact(quantity.value),
            unit: Unit::coherent(Dimension::of::<D>()),
            boundary: None,
            basis: None,
            methods: Vec::new(),
        }
    }
}

/// Equality of coherent value, dimension, boundary and basis; the uncertainty does not enter.
impl PartialEq for Quantity {
    fn eq(&self, other: &Self) -> bool {
        self.dimension() == other.dimension()
            && self.coherent_value() == other.coherent_value()
            && self.boundary == other.boundary
            && self.basis == other.basis
    }
}

fn same_boundary(
    operation: &'static str,
    left: Option<Boundary>,
    right: Option<Boundary>,
) -> Result<Option<Boundary>, BoundaryError> {
    match (left, right) {
        (left, right) if left == right => Ok(left),
        (Some(left), Some(right)) => Err(BoundaryError::Mismatch { operation, left, right }),
        (Some(known), _) | (_, Some(known)) => Err(BoundaryError::Unset { operation, known }),
        (None, None) => Ok(None),
    }
}

fn same_basis(
    operation: &'static str,
    left: Option<Basis>,
    right: Option<Basis>,
) -> Result<Option<Basis>, BoundaryError> {
    if left == right { Ok(left) } else { Err(BoundaryError::Basis { operation, left, right }) }
}

#[cfg(test)]
mod tests {
    use super::units::f64::{Energy, EnergyPerToken};
    use super::*;

    fn quantity(text: &str) -> Quantity {
        text.parse().unwrap()
    }

    #[test]
    fn products_come_out_coherent_and_sums_in_the_left_unit() {
        let energy = quantity("7.2 W").times(&quantity("4.1 s")).unwrap();
        assert_eq!((energy.value(), energy.unit().symbol()), (7.2 * 4.1, "J"));
        let sum = quantity("1 kWh").plus(&quantity("200 Wh")).unwrap();
        assert_eq!((sum.value(), sum.unit().symbol()), (1.2, "kWh"));
        let twice = quantity("3 kW").times(&Quantity::number(2.0).unwrap()).unwrap();
        assert_eq!((twice.value(), twice.unit().symbol()), (6.0, "kW"));
    }

    #[test]
    fn throughput_over_power_is_tokens_per_energy() {
        // 20 token/s at 450 W: 160 token/Wh, 6.25 kWh/Mtoken
        let tokens = quantity("20 token/s").over(&quantity("450 W")).unwrap();
        assert!((tokens.to("token/Wh").unwrap().value() - 160.0).abs() < 1e-12);
        let energy = quantity("450 W").over(&quantity("20 token/s")).unwrap();
        assert!((energy.to("kWh/Mtoken").unwrap().value() - 6.25).abs() < 1e-14);
    }

    #[test]
    fn boundaries_do_not_mix() {
        let board = quantity("10 J").at(Some(Boundary::Board));
        let node = quantity("12 J").at(Some(Boundary::Node));
        assert!(matches!(board.plus(&node), Err(QuantityError::Boundary(BoundaryError::Mismatch { .. }))));
        let unset = board.minus(&quantity("1 J")).unwrap_err().to_string();
        assert!(unset.contains(".at(\"board\")"), "{unset}");
        let share = board.over(&board).unwrap();
        assert_eq!((share.boundary(), share.dimension()), (None, Dimension::NONE));
        let per_token = board.over(&quantity("5 token")).unwrap();
        assert_eq!(per_token.boundary(), Some(Boundary::Board));
    }

    #[test]
    fn gross_is_idle_and_above_idle() {
        let gross = quantity("29.52 J").on(Some(Basis::Gross));
        let idle = quantity("15.58 J").on(Some(Basis::Idle));
        let above = gross.minus(&idle).unwrap();
        assert_eq!(above.basis(), Some(Basis::AboveIdle));
        assert_eq!(above.plus(&idle).unwrap().basis(), Some(Basis::Gross));
        assert!(gross.plus(&above).is_err());
    }

    #[test]
    fn mixed_methods_give_the_weakest_and_are_all_kept() {
        let measured = quantity("1 J").by([Method::Measured]);
        let modelled = quantity("1 J").by([Method::Modelled]);
        let sum = measured.plus(&modelled).unwrap();
        assert_eq!(sum.method(), Some(Method::Modelled));
        assert_eq!(sum.methods(), [Method::Measured, Method::Modelled]);
    }

    #[test]
    fn temperatures_are_absolute() {
        let room = quantity("25 degC");
        assert_eq!((room.value(), room.unit().symbol()), (298.15, "K"));
        assert!((room.to("degF").unwrap().value() - 77.0).abs() < 1e-10);
        let rise = quantity("300 K").minus(&room.to("degC").unwrap()).unwrap();
        assert!((rise.value() - 1.85).abs() < 1e-12);
    }

    #[test]
    fn static_and_dynamic_quantities_convert_and_check() {
        let per_token: EnergyPerToken = quantity("0.164 kWh/Mtoken").as_static().unwrap();
        assert!((Quantity::from(per_token).value() - 0.5904).abs() < 1e-15);
        assert!(quantity("0.164 kWh/Mtoken").as_static::<_, units::U<f64>>().map(|e: Energy| e).is_err());
    }

    #[test]
    fn division_by_zero_is_a_reason() {
        assert!(quantity("1 J").over(&quantity("0 token")).is_err());
    }

    #[test]
    fn conversions_by_powers_of_ten_are_exact() {
        for (text, unit, value) in [("110 W", "kW", 0.11), ("0.11 kW", "mW", 110_000.0), ("52.61 W", "mW", 52_610.0)] {
            assert_eq!(quantity(text).to(unit).unwrap().value(), value);
        }
    }
}
