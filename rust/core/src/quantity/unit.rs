//! Units at the rim: symbols, prefixes and their exact sizes.

use super::Dimension;
use super::error::UnitError;
use super::scale::Scale;
use std::fmt;
use std::sync::Arc;

/// A unit: its symbol as written, its dimension and its exact size in coherent units.
#[derive(Debug, Clone)]
pub struct Unit {
    symbol: Arc<str>,
    dimension: Dimension,
    scale: Scale,
    /// What is added to a value before scaling; only degC and degF have one, and only standing alone.
    shift: f64,
}

/// Which prefixes a symbol takes.
#[derive(Clone, Copy, PartialEq)]
enum Prefixes {
    None,
    /// All decimal prefixes.
    Decimal,
    /// Only prefixes of a thousand and up.
    Large,
    /// Prefixes of a thousand and up and the binary ones (kB is 1000 B, KiB is 1024 B).
    Binary,
}

use Prefixes::{Binary, Decimal, Large, None as Plain};

const NONE: [i8; 7] = [0; 7];
const LENGTH: [i8; 7] = [1, 0, 0, 0, 0, 0, 0];
const AREA: [i8; 7] = [2, 0, 0, 0, 0, 0, 0];
const VOLUME: [i8; 7] = [3, 0, 0, 0, 0, 0, 0];
const MASS: [i8; 7] = [0, 1, 0, 0, 0, 0, 0];
const TIME: [i8; 7] = [0, 0, 1, 0, 0, 0, 0];
const CURRENT: [i8; 7] = [0, 0, 0, 1, 0, 0, 0];
const CHARGE: [i8; 7] = [0, 0, 1, 1, 0, 0, 0];
const TEMPERATURE: [i8; 7] = [0, 0, 0, 0, 1, 0, 0];
const INFORMATION: [i8; 7] = [0, 0, 0, 0, 0, 1, 0];
const TOKENS: [i8; 7] = [0, 0, 0, 0, 0, 0, 1];
const ENERGY: [i8; 7] = [2, 1, -2, 0, 0, 0, 0];
const POWER: [i8; 7] = [2, 1, -3, 0, 0, 0, 0];
const POTENTIAL: [i8; 7] = [2, 1, -3, -1, 0, 0, 0];
const RESISTANCE: [i8; 7] = [2, 1, -3, -2, 0, 0, 0];

/// One line of the table of symbols.
type Entry = (&'static str, [i8; 7], (u128, u128, i32), Prefixes);

/// Symbol, dimension, size as `numerator / denominator * 10^tens` coherent units, prefixes.
///
/// SI and units accepted with it: SI Brochure, 9th edition. eV: exact since 2019. Btu: International Table. kcal:
/// thermochemical (4184 J). yr: 8760 h, the year of power statistics. ft, in: 0.3048 m, 0.0254 m. toe: 41.868 GJ.
#[rustfmt::skip]
const SYMBOLS: &[Entry] = &[
    ("%", NONE, (1, 1, -2), Plain),
    ("ppm", NONE, (1, 1, -6), Plain),
    ("m", LENGTH, (1, 1, 0), Decimal),
    ("in", LENGTH, (254, 1, -4), Plain),
    ("ft", LENGTH, (3048, 1, -4), Plain),
    ("ha", AREA, (1, 1, 4), Plain),
    ("L", VOLUME, (1, 1, -3), Decimal),
    ("gal", VOLUME, (3_785_411_784, 1, -12), Large),
    ("g", MASS, (1, 1, -3), Decimal),
    ("t", MASS, (1, 1, 3), Large),
    ("lb", MASS, (45_359_237, 1, -8), Plain),
    ("s", TIME, (1, 1, 0), Decimal),
    ("min", TIME, (60, 1, 0), Plain),
    ("h", TIME, (3600, 1, 0), Plain),
    ("d", TIME, (86_400, 1, 0), Plain),
    ("week", TIME, (604_800, 1, 0), Plain),
    ("yr", TIME, (31_536_000, 1, 0), Plain),
    ("Hz", [0, 0, -1, 0, 0, 0, 0], (1, 1, 0), Decimal),
    ("A", CURRENT, (1, 1, 0), Decimal),
    ("C", CHARGE, (1, 1, 0), Decimal),
    ("Ah", CHARGE, (3600, 1, 0), Decimal),
    ("V", POTENTIAL, (1, 1, 0), Decimal),
    ("ohm", RESISTANCE, (1, 1, 0), Decimal),
    ("F", [-2, -1, 4, 2, 0, 0, 0], (1, 1, 0), Decimal),
    ("K", TEMPERATURE, (1, 1, 0), Decimal),
    ("bit", INFORMATION, (1, 1, 0), Binary),
    ("B", INFORMATION, (8, 1, 0), Binary),
    ("byte", INFORMATION, (8, 1, 0), Binary),
    ("token", TOKENS, (1, 1, 0), Large),
    ("J", ENERGY, (1, 1, 0), Decimal),
    ("Ws", ENERGY, (1, 1, 0), Decimal),
    ("Wh", ENERGY, (3600, 1, 0), Decimal),
    ("eV", ENERGY, (1_602_176_634, 1, -28), Decimal),
    ("cal", ENERGY, (4184, 1, -3), Large),
    ("Btu", ENERGY, (105_505_585_262, 1, -8), Large),
    ("quad", ENERGY, (105_505_585_262, 1, 7), Plain),
    ("toe", ENERGY, (41_868, 1, 6), Large),
    ("W", POWER, (1, 1, 0), Decimal),
];

const PLURALS: &[(&str, &str)] = &[
    ("bits", "bit"),
    ("bytes", "byte"),
    ("tokens", "token"),
    ("nats", "nat"),
    ("year", "yr"),
    ("years", "yr"),
    ("hour", "h"),
    ("hours", "h"),
    ("day", "d"),
    ("days", "d"),
    ("weeks", "week"),
    ("BTU", "Btu"),
];

const PREFIXES: &[(&str, i32)] = &[
    ("q", -30),
    ("r", -27),
    ("y", -24),
    ("z", -21),
    ("a", -18),
    ("f", -15),
    ("p", -12),
    ("n", -9),
    ("u", -6),
    ("\u{b5}", -6),
    ("\u{3bc}", -6),
    ("m", -3),
    ("c", -2),
    ("d", -1),
    ("da", 1),
    ("h", 2),
    ("k", 3),
    ("M", 6),
    ("G", 9),
    ("T", 12),
    ("P", 15),
    ("E", 18),
    ("Z", 21),
    ("Y", 24),
    ("R", 27),
    ("Q", 30),
];

const BINARY: &[(&str, u32)] = &[("Ki", 10), ("Mi", 20), ("Gi", 30), ("Ti", 40), ("Pi", 50)];

/// What is counted and has no unit: a figure is that of one of them.
const COUNTED: &[&str] = &[
    "query",
    "queries",
    "prompt",
    "prompts",
    "request",
    "requests",
    "call",
    "calls",
    "response",
    "responses",
    "image",
    "images",
    "inference",
    "inferences",
];
const CELSIUS: &[&str] = &["degC", "\u{b0}C", "\u{2103}"];
const FAHRENHEIT: &[&str] = &["degF", "\u{b0}F", "\u{2109}"];

impl Unit {
    /// The coherent unit of a dimension.
    pub fn coherent(dimension: Dimension) -> Self {
        Self { symbol: dimension.symbol().into(), dimension, scale: Scale::ONE, shift: 0.0 }
    }

    /// The unit a single symbol stands for, prefix included; `None` for a stranger.
    pub fn symbol_named(text: &str) -> Option<Self> {
        let named = |dimension: [i8; 7], scale: Scale, shift: f64| {
            Some(Self { symbol: text.into(), dimension: Dimension(dimension), scale, shift })
        };
        if CELSIUS.contains(&text) {
            return named(TEMPERATURE, Scale::ONE, 273.15);
        }
        if FAHRENHEIT.contains(&text) {
            return named(TEMPERATURE, Scale::new(5, 9, 0)?, 459.67);
        }
        let plain = PLURALS.iter().find(|(plural, _)| *plural == text).map_or(text, |(_, singular)| singular);
        if plain == "nat" {
            return named(INFORMATION, Scale::NAT, 0.0);
        }
        let whole = SYMBOLS.iter().find(|(symbol, ..)| *symbol == plain);
        if let Some((_, dimension, (up, down, tens), _)) = whole {
            return named(*dimension, Scale::new(*up, *down, *tens)?, 0.0);
        }
        for (symbol, dimension, (up, down, tens), prefixes) in SYMBOLS {
            let symbols = std::iter::once(symbol).chain(PLURALS.iter().filter(|(_, s)| s == symbol).map(|(p, _)| p));
            for symbol in symbols {
                let Some(prefix) = text.strip_suffix(symbol).filter(|prefix| !prefix.is_empty()) else { continue };
                let size = Scale::new(*up, *down, *tens)?;
                let decimal = PREFIXES.iter().find(|(name, _)| *name == prefix).map(|(_, power)| *power);
                let binary = BINARY.iter().find(|(name, _)| *name == prefix).map(|(_, power)| *power);
                let factor = match (*prefixes, decimal, binary) {
                    (Decimal, Some(power), _) => Scale::new(1, 1, power),
                    (Large | Binary, Some(power), _) if power >= 3 => Scale::new(1, 1, power),
                    (Binary, _, Some(power)) => Scale::new(1 << power, 1, 0),
                    _ => None,
                };
                if let Some(factor) = factor {
                    return named(*dimension, size.times(factor)?, 0.0);
                }
            }
        }
        None
    }

    /// Why a symbol is not a unit, with the nearest one that is.
    pub(super) fn stranger(text: &str) -> UnitError {
        if COUNTED.contains(&text) {
            return UnitError::Counted { found: text.to_owned() };
        }
        let same_letters = |(symbol, ..): &&Entry| symbol.eq_ignore_ascii_case(text);
        let suggestion = if let Some((symbol, ..)) = SYMBOLS.iter().find(same_letters) {
            Some((*symbol).to_owned())
        } else {
            let mut other_case = text.to_owned();
            PREFIXES
                .iter()
                .flat_map(|(prefix, _)| SYMBOLS.iter().map(move |(symbol, ..)| format!("{prefix}{symbol}")))
                .find(|candidate| candidate.eq_ignore_ascii_case(text) && Self::symbol_named(candidate).is_some())
                .or_else(|| {
                    let digits = other_case.chars().rev().take_while(char::is_ascii_digit).count();
                    let split = other_case.len() - digits;
                    let power = (digits == 1 && split > 0).then(|| other_case.split_off(split))?;
                    Self::symbol_named(&other_case).map(|_| format!("{other_case}^{power}"))
                })
        };
        UnitError::Unknown { found: text.to_owned(), suggestion }
    }

    /// The product of two units, written `a*b`.
    pub(super) fn times(&self, other: &Self) -> Result<Self, UnitError> {
        self.combine(other, Dimension::times, other.scale, "*")
    }

    /// The quotient of two units, written `a/b`.
    pub(super) fn over(&self, other: &Self) -> Result<Self, UnitError> {
        self.combine(other, Dimension::over, other.scale.inverse(), "/")
    }

    fn combine(
        &self,
        other: &Self,
        dimension: fn(Dimension, Dimension) -> Option<Dimension>,
        scale: Scale,
        sign: &str,
    ) -> Result<Self, UnitError> {
        self.stands_alone()?;
        other.stands_alone()?;
        let compound = other.symbol.contains(['*', '/']);
        let right = if compound { format!("({})", other.symbol) } else { other.symbol.to_string() };
        let overflow = || UnitError::Overflow { symbol: format!("{}{sign}{right}", self.symbol) };
        Ok(Self {
            symbol: format!("{}{sign}{right}", self.symbol).into(),
            dimension: dimension(self.dimension, other.dimension).ok_or_else(overflow)?,
            scale: self.scale.times(scale).ok_or_else(overflow)?,
            shift: 0.0,
        })
    }

    /// An integer power of a unit, written `a^n`.
    pub(super) fn power(&self, exponent: i8) -> Result<Self, UnitError> {
        self.stands_alone()?;
        let symbol =
            if self.symbol.contains(['*', '/']) { format!("({})", self.symbol) } else { self.symbol.to_string() };
        let overflow = || UnitError::Overflow { symbol: format!("{symbol}^{exponent}") };
        Ok(Self {
            symbol: format!("{symbol}^{exponent}").into(),
            dimension: self.dimension.power(f64::from(exponent)).ok_or_else(overflow)?,
            scale: self.scale.power(exponent).ok_or_else(overflow)?,
            shift: 0.0,
        })
    }

    /// The unit that a whole number above zero is, as in `kWh/(1000 token)`.
    pub(super) fn whole_number(count: u64) -> Result<Self, UnitError> {
        let symbol = count.to_string();
        let scale = Scale::new(u128::from(count), 1, 0);
        let scale = scale.ok_or_else(|| UnitError::Overflow { symbol: symbol.clone() })?;
        Ok(Self { symbol: symbol.into(), dimension: Dimension::NONE, scale, shift: 0.0 })
    }

    /// The same unit with the symbol a caller wrote.
    pub(super) fn written(self, symbol: &str) -> Self {
        Self { symbol: symbol.into(), ..self }
    }

    /// Whether the unit is a thermometer scale, whose zero is not that of the kelvin.
    pub fn is_thermometer(&self) -> bool {
        self.shift != 0.0
    }

    /// An error if the unit is a thermometer scale, which cannot be part of a compound.
    fn stands_alone(&self) -> Result<(), UnitError> {
        if self.is_thermometer() { Err(UnitError::Thermometer { symbol: self.symbol.to_string() }) } else { Ok(()) }
    }

    /// The size in coherent units as `factor * 10^tens`; `None` where it is no such number.
    pub fn decimal_size(&self) -> Option<(u32, i32)> {
        if self.is_thermometer() { None } else { self.scale.decimal() }
    }

    /// The symbol as written.
    pub fn symbol(&self) -> &str {
        &self.symbol
    }

    /// The dimension.
    pub fn dimension(&self) -> Dimension {
        self.dimension
    }

    /// Whether values in this unit are values in the coherent unit.
    pub fn is_coherent(&self) -> bool {
        self.scale == Scale::ONE && self.shift == 0.0
    }

    /// A value in this unit, in the coherent unit.
    pub fn to_coherent(&self, value: f64) -> f64 {
        self.scale.apply(value + self.shift)
    }

    /// A coherent value, in this unit.
    pub fn from_coherent(&self, value: f64) -> f64 {
        self.scale.inverse().apply(value) - self.shift
    }

    /// A difference (an uncertainty, say) in this unit, in the coherent unit.
    pub fn difference_to_coherent(&self, value: f64) -> f64 {
        self.scale.apply(value)
    }

    /// A value of this unit in another one.
    ///
    /// # Errors
    /// [`UnitError::Dimension`] where the dimensions differ.
    pub fn convert(&self, other: &Self, value: f64) -> Result<f64, UnitError> {
        if self.dimension != other.dimension {
            return Err(UnitError::Dimension {
                expected: other.symbol.to_string(),
                found: self.symbol.to_string(),
                expected_dimension: other.dimension,
                found_dimension: self.dimension,
            });
        }
        if self.shift == other.shift && self.scale == other.scale {
            return Ok(value);
        }
        if self.shift != 0.0 || other.shift != 0.0 {
            return Ok(other.from_coherent(self.to_coherent(value)));
        }
        match self.scale.times(other.scale.inverse()) {
            Some(ratio) => Ok(ratio.apply(value)),
            None => Ok(other.from_coherent(self.to_coherent(value))),
        }
    }

    /// The coherent unit of the same dimension.
    pub fn to_coherent_unit(&self) -> Self {
        Self::coherent(self.dimension)
    }
}

impl PartialEq for Unit {
    fn eq(&self, other: &Self) -> bool {
        self.dimension == other.dimension && self.scale == other.scale && self.shift == other.shift
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.symbol)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn size(symbol: &str) -> f64 {
        Unit::symbol_named(symbol).unwrap().to_coherent(1.0)
    }

    #[test]
    fn sizes_in_coherent_units() {
        assert_eq!(size("kWh"), 3.6e6);
        assert_eq!(size("TWh"), 3.6e15);
        assert_eq!(size("kcal"), 4184.0);
        assert_eq!(size("Btu"), 1055.05585262);
        assert_eq!(size("eV"), 1.602176634e-19);
        assert_eq!(size("zJ"), 1e-21);
        assert_eq!(size("B"), 8.0);
        assert_eq!(size("kB"), 8e3);
        assert_eq!(size("KiB"), 8192.0);
        assert_eq!(size("Mtoken"), 1e6);
        assert_eq!(size("Mtokens"), 1e6);
        assert_eq!(size("yr"), 8760.0 * 3600.0);
        assert_eq!(size("mAh"), 3.6);
        assert_eq!(size("nat"), std::f64::consts::LOG2_E);
        assert_eq!(size("ft"), 0.3048);
    }

    #[test]
    fn the_three_micro_signs_are_one() {
        assert_eq!(size("uW"), 1e-6);
        assert_eq!(size("\u{b5}W"), 1e-6);
        assert_eq!(size("\u{3bc}W"), 1e-6);
    }

    #[test]
    fn whole_symbols_come_before_prefixed_ones() {
        assert_eq!(size("min"), 60.0); // not a milli-inch
        assert_eq!(size("ft"), 0.3048); // not a femto-tonne
        assert_eq!(size("h"), 3600.0);
        assert!(Unit::symbol_named("Th").is_none());
    }

    #[test]
    fn strangers_get_a_suggestion() {
        assert_eq!(Unit::stranger("KW"), UnitError::Unknown { found: "KW".into(), suggestion: Some("kW".into()) });
        assert_eq!(Unit::stranger("m2"), UnitError::Unknown { found: "m2".into(), suggestion: Some("m^2".into()) });
        assert_eq!(Unit::stranger("zorkmid"), UnitError::Unknown { found: "zorkmid".into(), suggestion: None });
    }

    #[test]
    fn thermometer_scales_are_absolute() {
        assert_eq!(size("degC"), 274.15);
        assert!((Unit::symbol_named("degF").unwrap().to_coherent(32.0) - 273.15).abs() < 1e-12);
        let celsius = Unit::symbol_named("degC").unwrap();
        assert!(celsius.times(&celsius).is_err());
    }
}
