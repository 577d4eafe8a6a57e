//! The dimension of a quantity: seven integer exponents.

use super::units;
use serde::{Deserialize, Serialize};
use std::fmt;
use uom::typenum::Integer;

/// Exponents of length, mass, time, electric current, temperature, bit and token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Dimension(pub [i8; 7]);

/// Coherent units that have a name of their own, in the order in which they are looked for.
const NAMED: &[(&str, [i8; 7])] = &[
    ("1", [0, 0, 0, 0, 0, 0, 0]),
    ("m", [1, 0, 0, 0, 0, 0, 0]),
    ("kg", [0, 1, 0, 0, 0, 0, 0]),
    ("s", [0, 0, 1, 0, 0, 0, 0]),
    ("A", [0, 0, 0, 1, 0, 0, 0]),
    ("K", [0, 0, 0, 0, 1, 0, 0]),
    ("bit", [0, 0, 0, 0, 0, 1, 0]),
    ("token", [0, 0, 0, 0, 0, 0, 1]),
    ("J", [2, 1, -2, 0, 0, 0, 0]),
    ("W", [2, 1, -3, 0, 0, 0, 0]),
    ("V", [2, 1, -3, -1, 0, 0, 0]),
    ("C", [0, 0, 1, 1, 0, 0, 0]),
    ("ohm", [2, 1, -3, -2, 0, 0, 0]),
    ("J/token", [2, 1, -2, 0, 0, 0, -1]),
    ("J/bit", [2, 1, -2, 0, 0, -1, 0]),
    ("bit/token", [0, 0, 0, 0, 0, 1, -1]),
    ("token/J", [-2, -1, 2, 0, 0, 0, 1]),
    ("bit/J", [-2, -1, 2, 0, 0, 1, 0]),
    ("token/s", [0, 0, -1, 0, 0, 0, 1]),
    ("bit/s", [0, 0, -1, 0, 0, 1, 0]),
    ("s/token", [0, 0, 1, 0, 0, 0, -1]),
    ("J/K", [2, 1, -2, 0, -1, 0, 0]),
    ("W/K", [2, 1, -3, 0, -1, 0, 0]),
    ("K/W", [-2, -1, 3, 0, 1, 0, 0]),
    ("W/m", [1, 1, -3, 0, 0, 0, 0]),
    ("W/m^2", [0, 1, -3, 0, 0, 0, 0]),
    ("J/m^2", [0, 1, -2, 0, 0, 0, 0]),
    ("W/s", [2, 1, -4, 0, 0, 0, 0]),
    ("J*s", [2, 1, -1, 0, 0, 0, 0]),
    ("J/kg", [2, 0, -2, 0, 0, 0, 0]),
    ("J/(kg*K)", [2, 0, -2, 0, -1, 0, 0]),
    ("kg/J", [-2, 0, 2, 0, 0, 0, 0]),
    ("m^3/J", [1, -1, 2, 0, 0, 0, 0]),
    ("1/J", [-2, -1, 2, 0, 0, 0, 0]),
    ("W/token", [2, 1, -3, 0, 0, 0, -1]),
    ("J^2", [4, 2, -4, 0, 0, 0, 0]),
];

const BASES: [&str; 7] = ["m", "kg", "s", "A", "K", "bit", "token"];

impl Dimension {
    /// The dimension of a pure number.
    pub const NONE: Self = Self([0; 7]);

    /// The dimension of a static quantity type.
    pub fn of<D: units::Dimension + ?Sized>() -> Self {
        Self([
            D::L::to_i8(),
            D::M::to_i8(),
            D::T::to_i8(),
            D::I::to_i8(),
            D::Th::to_i8(),
            D::Bi::to_i8(),
            D::Tk::to_i8(),
        ])
    }

    /// The dimension of a product, `None` past the range of the exponents.
    pub fn times(self, other: Self) -> Option<Self> {
        self.zip(other, i8::checked_add)
    }

    /// The dimension of a quotient, `None` past the range of the exponents.
    pub fn over(self, other: Self) -> Option<Self> {
        self.zip(other, i8::checked_sub)
    }

    /// The dimension of a power, `None` where an exponent would not be an integer.
    pub fn power(self, exponent: f64) -> Option<Self> {
        let mut powers = self.0;
        for power in &mut powers {
            let exact = f64::from(*power) * exponent;
            let rounded = exact.round();
            if (exact - rounded).abs() > 1e-9 || rounded.abs() > f64::from(i8::MAX) {
                return None;
            }
            *power = rounded as i8;
        }
        Some(Self(powers))
    }

    fn zip(self, other: Self, combine: fn(i8, i8) -> Option<i8>) -> Option<Self> {
        let mut exponents = self.0;
        for (mine, theirs) in exponents.iter_mut().zip(other.0) {
            *mine = combine(*mine, theirs)?;
        }
        Some(Self(exponents))
    }

    /// The symbol of the coherent unit of the dimension: `J/token`, `W`, or a product of bases.
    pub fn symbol(self) -> String {
        if let Some((name, _)) = NAMED.iter().find(|(_, exponents)| *exponents == self.0) {
            return (*name).to_owned();
        }
        let part = |sign: i8| {
            let factors = BASES.iter().zip(self.0).filter(move |(_, exponent)| exponent.signum() == sign);
            factors.map(|(base, exponent)| match exponent.unsigned_abs() {
                1 => (*base).to_owned(),
                power => format!("{base}^{power}"),
            })
        };
        let (above, below): (Vec<_>, Vec<_>) = (part(1).collect(), part(-1).collect());
        let numerator = if above.is_empty() { "1".to_owned() } else { above.join("*") };
        match below.len() {
            0 => numerator,
            1 => format!("{numerator}/{}", below.concat()),
            _ => format!("{numerator}/({})", below.join("*")),
        }
    }
}

impl fmt::Display for Dimension {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.symbol())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn static_and_dynamic_dimensions_agree() {
        assert_eq!(Dimension::of::<units::energy_per_token::Dimension>().symbol(), "J/token");
        assert_eq!(Dimension::of::<units::power::Dimension>().symbol(), "W");
    }

    #[test]
    fn unnamed_dimensions_are_products_of_bases() {
        assert_eq!(Dimension([1, 0, -2, 0, 0, 0, 0]).symbol(), "m/s^2");
        assert_eq!(Dimension([0, 0, -2, 0, 0, 1, -1]).symbol(), "bit/(s^2*token)");
    }

    #[test]
    fn roots_need_whole_exponents() {
        assert_eq!(Dimension([2, 0, 0, 0, 0, 0, 0]).power(0.5), Some(Dimension([1, 0, 0, 0, 0, 0, 0])));
        assert_eq!(Dimension([1, 0, 0, 0, 0, 0, 0]).power(0.5), None);
        assert_eq!(Dimension::NONE.power(1.0 / 6.0), Some(Dimension::NONE));
    }
}
