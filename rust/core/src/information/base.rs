//! The unit in which information is handed out.

use std::f64::consts::LN_2;

use super::InformationError;

/// The base of the logarithm that information is given in: 2 for bit, e for nat.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Base {
    nat_per_unit: f64,
}

impl Base {
    /// Base 2: bit.
    pub const BIT: Self = Self { nat_per_unit: LN_2 };
    /// Base e: nat.
    pub const NAT: Self = Self { nat_per_unit: 1.0 };

    /// The unit of the logarithm to `base`.
    ///
    /// # Errors
    ///
    /// [`InformationError::Base`] unless `base` is finite and above 1.
    pub fn new(base: f64) -> Result<Self, InformationError> {
        match base {
            2.0 => Ok(Self::BIT),
            std::f64::consts::E => Ok(Self::NAT),
            _ if base.is_finite() && base > 1.0 => Ok(Self { nat_per_unit: base.ln() }),
            _ => Err(InformationError::Base { found: base }),
        }
    }

    /// The same information in this unit.
    ///
    /// # Examples
    ///
    /// ```
    /// use szilard::information::Base;
    /// assert_eq!(Base::BIT.from_nat(std::f64::consts::LN_2), 1.0);
    /// ```
    pub fn from_nat(self, nat: f64) -> f64 {
        nat / self.nat_per_unit
    }
}
