//! The one dynamic quantity: a measured value with its unit, boundary, basis and method.

use super::boundary::{Basis, Boundary, Method};
use super::dimension::Dimension;
use super::distribution::Distribution;
use super::error::UnitError;
use super::measured::{Component, Measured};
use super::unit::Unit;
use super::units;

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
    pub(super) measured: Measured,
    pub(super) unit: Unit,
    pub(super) boundary: Option<Boundary>,
    pub(super) basis: Option<Basis>,
    pub(super) methods: Vec<Method>,
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
    /// `id` the component is independent of all others. With degrees of freedom a normal one was evaluated from
    /// observations (type A), and the limits of any other are known only that well.
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
            Some(freedom) if freedom > 0.0 && distribution.is_normal() => component.type_a(freedom),
            Some(freedom) if freedom > 0.0 => component.known_to(freedom),
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
    pub(super) fn coherent(&self) -> Self {
        if self.unit.is_coherent() {
            return self.clone();
        }
        let unit = self.unit.to_coherent_unit();
        let factor = if self.unit.is_thermometer() { 1.0 } else { self.unit.difference_to_coherent(1.0) };
        Self { measured: self.measured.scaled_to(self.coherent_value(), factor), unit, ..self.clone() }
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

#[cfg(test)]
mod tests {
    use super::units::f64::{Energy, EnergyPerToken};
    use super::*;

    fn quantity(text: &str) -> Quantity {
        text.parse().unwrap()
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
    fn conversions_by_powers_of_ten_are_exact() {
        for (text, unit, value) in [("110 W", "kW", 0.11), ("0.11 kW", "mW", 110_000.0), ("52.61 W", "mW", 52_610.0)] {
            assert_eq!(quantity(text).to(unit).unwrap().value(), value);
        }
    }
}
