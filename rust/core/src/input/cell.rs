//! One cell of a log: a number with its unit, a value that is not finite, or a reading that failed.

use super::number::{Decimal, Literal, literal};
use super::unit::{Unit, unit};

/// What a cell holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cell<'a> {
    /// A number and the unit written behind it, if one is.
    Number(Decimal<'a>, Option<Unit>),
    /// `nan`, `inf` and their like.
    Nonfinite,
    /// Anything that does not look like a number: `[N/A]`, `-`, `unavailable`, nothing at all.
    Missing,
}

/// Why a cell that looks like a number cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CellFault {
    /// It breaks the number grammar.
    Number,
    /// The text behind the number is not a known unit.
    Unit,
}

/// What the cell `text` holds, with `point` before fractions: `100.00 W`, `5542mW`, `-3.2`, `[N/A]`.
///
/// # Errors
/// [`CellFault`] where the cell looks like a number and is none, or ends in an unknown unit.
pub fn cell(text: &str, point: char) -> Result<Cell<'_>, CellFault> {
    let text = text.trim();
    let (number, suffix) = match text.split_once(char::is_whitespace) {
        Some((number, suffix)) => (number, suffix.trim()),
        None => match literal(text, point) {
            Literal::Broken => {
                let end = text
                    .rfind(|c: char| c.is_numeric())
                    .and_then(|at| Some(at + text.get(at..)?.chars().next()?.len_utf8()));
                text.split_at_checked(end.unwrap_or(text.len())).unwrap_or((text, ""))
            }
            _ => (text, ""),
        },
    };
    let decimal = match literal(number, point) {
        Literal::Number(decimal) => decimal,
        Literal::Nonfinite => return Ok(Cell::Nonfinite),
        Literal::Text => return Ok(Cell::Missing),
        Literal::Broken => return Err(CellFault::Number),
    };
    if suffix.is_empty() {
        return Ok(Cell::Number(decimal, None));
    }
    match unit(suffix) {
        Some(unit) => Ok(Cell::Number(decimal, Some(unit))),
        None if suffix.contains(char::is_numeric) => Err(CellFault::Number),
        None => Err(CellFault::Unit),
    }
}

#[cfg(test)]
mod tests {
    use super::super::number::Scale;
    use super::*;

    #[test]
    fn cells_carry_units_and_failures() {
        for (text, watts) in [("100.00 W", 100.0), ("5542mW", 5.542), ("5W", 5.0), ("1e3 mW", 1.0), (" 2 kW ", 2e3)] {
            let Ok(Cell::Number(number, Some(unit))) = cell(text, '.') else { panic!("{text}") };
            assert_eq!(number.to_f64(unit.scale), Some(watts), "{text}");
        }
        let Ok(Cell::Number(number, None)) = cell("-5.00", '.') else { panic!() };
        assert_eq!(number.to_f64(Scale::ONE), Some(-5.0));
        assert_eq!(cell("nan W", '.'), Ok(Cell::Nonfinite));
        for text in ["[N/A]", "[GPU requires reset]", "-", "", "N/A W", "unavailable"] {
            assert_eq!(cell(text, '.'), Ok(Cell::Missing), "{text}");
        }
        for text in ["1_00", "１００ W", "0x1F", "12O.00 W", "2 356 W", "1,5 W"] {
            assert_eq!(cell(text, '.'), Err(CellFault::Number), "{text}");
        }
        assert_eq!(cell("100 horses", '.'), Err(CellFault::Unit));
        assert_eq!(cell("100%", '.'), Err(CellFault::Unit));
    }
}
