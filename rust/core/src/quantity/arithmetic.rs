//! Sums, products, powers and comparisons of quantities, with what may not be mixed.

use super::boundary::{Basis, Boundary};
use super::dimension::Dimension;
use super::dynamic::Quantity;
use super::error::{BoundaryError, QuantityError, UnitError};
use super::measured::Measured;
use super::model::Function;
use super::unit::Unit;
use std::cmp::Ordering;

impl Quantity {
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
    use super::super::boundary::Method;
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
    fn division_by_zero_is_a_reason() {
        assert!(quantity("1 J").over(&quantity("0 token")).is_err());
    }
}
