//! The exact size of a unit in coherent units: a rational number, a power of ten and a power of 1/ln 2.

use std::f64::consts::LN_2;

/// The size of a unit in the coherent unit of its dimension.
///
/// Every accepted unit but the nat is a rational multiple of its coherent unit, so that a conversion is one exact
/// factor, applied once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Scale {
    numerator: u128,
    denominator: u128,
    tens: i32,
    nats: i8,
}

impl Scale {
    /// The size of a coherent unit.
    pub const ONE: Self = Self { numerator: 1, denominator: 1, tens: 0, nats: 0 };

    /// One nat in bits: 1/ln 2.
    pub const NAT: Self = Self { numerator: 1, denominator: 1, tens: 0, nats: 1 };

    /// `numerator / denominator * 10^tens`; `None` for a zero.
    pub fn new(numerator: u128, denominator: u128, tens: i32) -> Option<Self> {
        if numerator == 0 || denominator == 0 {
            return None;
        }
        Some(Self { numerator, denominator, tens, nats: 0 }.reduced())
    }

    fn reduced(mut self) -> Self {
        while self.numerator.is_multiple_of(10) {
            self.numerator /= 10;
            self.tens += 1;
        }
        while self.denominator.is_multiple_of(10) {
            self.denominator /= 10;
            self.tens -= 1;
        }
        let (mut larger, mut smaller) = (self.numerator.max(self.denominator), self.numerator.min(self.denominator));
        while smaller != 0 {
            (larger, smaller) = (smaller, larger % smaller);
        }
        self.numerator /= larger;
        self.denominator /= larger;
        self
    }

    /// The scale as `factor * 10^tens`; `None` where it is no such number.
    pub fn decimal(self) -> Option<(u32, i32)> {
        let whole = self.denominator == 1 && self.nats == 0;
        u32::try_from(self.numerator).ok().filter(|_| whole).map(|factor| (factor, self.tens))
    }

    /// The product, `None` where it does not fit.
    pub fn times(self, other: Self) -> Option<Self> {
        let product = Self {
            numerator: self.numerator.checked_mul(other.numerator)?,
            denominator: self.denominator.checked_mul(other.denominator)?,
            tens: self.tens.checked_add(other.tens)?,
            nats: self.nats.checked_add(other.nats)?,
        };
        (product.tens.abs() <= 300).then(|| product.reduced())
    }

    /// The inverse.
    pub fn inverse(self) -> Self {
        Self { numerator: self.denominator, denominator: self.numerator, tens: -self.tens, nats: -self.nats }
    }

    /// An integer power, `None` where it does not fit.
    pub fn power(self, exponent: i8) -> Option<Self> {
        let base = if exponent < 0 { self.inverse() } else { self };
        (0..exponent.unsigned_abs()).try_fold(Self::ONE, |product, _| product.times(base))
    }

    /// The value times the scale, with one rounding where the scale is an integer or one over an integer.
    pub fn apply(self, value: f64) -> f64 {
        let (up, down) = match self.tens {
            // beyond 10^22 a power of ten is not a binary number: take the whole decimal, correctly rounded
            tens if tens.abs() > 22 => (decimal(self.numerator, tens), self.denominator as f64),
            tens if tens < 0 => (self.numerator as f64, self.denominator as f64 * 10f64.powi(-tens)),
            tens => (self.numerator as f64 * 10f64.powi(tens), self.denominator as f64),
        };
        let rational = match (up == 1.0, down == 1.0) {
            (_, true) => value * up,
            (true, false) => value / down,
            (false, false) => value * up / down,
        };
        match self.nats {
            0 => rational,
            nats => rational / LN_2.powi(i32::from(nats)),
        }
    }
}

/// `digits * 10^tens`, correctly rounded.
fn decimal(digits: u128, tens: i32) -> f64 {
    format!("{digits}e{tens}").parse().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimal_scales_round_once() {
        let kilo = Scale::new(1000, 1, 0).unwrap();
        assert_eq!(kilo.apply(0.1), 100.0);
        assert_eq!(kilo.inverse().apply(110.0), 0.11);
        // 1 Wh = 3600 J
        let watt_hour = Scale::new(3600, 1, 0).unwrap();
        assert_eq!(watt_hour.inverse().apply(29.52), 29.52 / 3600.0);
    }

    #[test]
    fn a_nat_is_one_over_ln_two_bits() {
        assert_eq!(Scale::NAT.apply(1.0), std::f64::consts::LOG2_E);
        assert_eq!(Scale::NAT.times(Scale::NAT.inverse()), Some(Scale::ONE));
    }

    #[test]
    fn sizes_beyond_exact_powers_of_ten_are_correctly_rounded() {
        assert_eq!(Scale::new(1_602_176_634, 1, -28).unwrap().apply(1.0), 1.602176634e-19);
    }
}
