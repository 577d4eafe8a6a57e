//! Readings of cells: the value in SI units, or why there is none.

use super::builder::Builder;
use super::channel::Kind;
use super::plausible::is_sentinel;
use crate::input::{Cell, CellFault, Code, Dimension, Literal, Refusal, Unit, cell, literal};

/// Why a row has no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The cell is no number.
    NotRead,
    /// The format's own mark of a failed read.
    BadRead,
    /// The value is not finite.
    Nonfinite,
    /// The value is the sentinel of a type.
    Sentinel,
    /// The value is negative where it cannot be.
    Negative,
    /// No reading was due: an interval starts here.
    Start,
}

impl Fault {
    /// What is said about such a row.
    pub(super) fn what(self) -> &'static str {
        match self {
            Self::NotRead => "is no reading",
            Self::BadRead => "marks a failed read",
            Self::Nonfinite => "is not finite",
            Self::Sentinel => "is the sentinel of a type",
            Self::Negative => "is negative on a device that cannot source power",
            Self::Start => "starts an interval",
        }
    }

    pub(super) fn code(self) -> Code {
        match self {
            Self::NotRead | Self::Start => Code::NaSample,
            Self::BadRead => Code::BadRead,
            Self::Nonfinite => Code::Nonfinite,
            Self::Sentinel => Code::Sentinel,
            Self::Negative => Code::NegativePower,
        }
    }
}

/// A reading: its value and printed step in the unit of the kind, or why there is none.
pub type Reading = Result<(f64, f64), Fault>;

impl Builder<'_> {
    /// The reading in the cell `text` of a column; `declared` is the unit of its header.
    ///
    /// The unit of the cell is believed before that of the header (`W_UNIT_FROM_CELL`), or tells the unit where the
    /// header has none (`W_UNIT_CHANGE` where it changes); `fallback` is the unit where neither is written.
    ///
    /// # Errors
    /// `E_BAD_NUMBER` for what looks like a number and is none; `E_UNIT_UNKNOWN`.
    pub fn read(
        &mut self,
        slot: usize,
        text: &str,
        (declared, fallback): (Option<Unit>, Option<Unit>),
        line: u32,
    ) -> Result<Reading, Refusal> {
        let bad_number = |text: &str| self.refuse(Code::BadNumber, line, text, "a decimal number");
        let point = self.point_of(text);
        let (number, written) = match self.cell_in_same_unit(text).map_or_else(|| cell(text, point), Ok) {
            Ok(Cell::Number(number, unit)) => {
                self.keep_unit(text, unit);
                (number, unit)
            }
            Ok(Cell::Nonfinite) => return Ok(Err(Fault::Nonfinite)),
            Ok(Cell::Missing) => return Ok(Err(Fault::NotRead)),
            Err(CellFault::Number) => return Err(bad_number(text)),
            Err(CellFault::Unit) => return Err(self.refuse(Code::UnitUnknown, line, text, "a known unit")),
        };
        if number.has_fraction() && self.point.is_some_and(|seen| seen != point) {
            return Err(self.refuse(Code::BadNumber, line, text, "one decimal mark in the whole file"));
        }
        if number.has_fraction() {
            if point == ',' && self.point.is_none() {
                self.remark(Code::DecimalComma, line, "decimal commas, read as such");
            }
            self.point = Some(point);
        }
        let kind = self.slots.get(slot).map_or(Kind::InstantPower, |slot| slot.kind);
        let Some(unit) = written.or(declared).or(fallback) else {
            let line = self.header_line.unwrap_or(line);
            return Err(self.refuse(Code::UnitUnknown, line, "a column without a unit", "a unit, as in power [W]"));
        };
        if dimension(kind) != Some(unit.dimension) {
            return Err(self.refuse(
                Code::UnitUnknown,
                line,
                text,
                format!("a unit of the same kind as {}", kind.unit()),
            ));
        }
        self.compare_unit(slot, unit, declared, line);
        let Some(value) = number.to_f64(unit.scale) else {
            return Err(self.refuse(Code::BadNumber, line, text, "a number in the range of f64"));
        };
        let step = unit.scale.value() * 10f64.powi(number.step());
        let boundary = self.slots.get(slot).and_then(|slot| slot.boundary);
        Ok(if is_sentinel(value, step, kind, boundary) { Err(Fault::Sentinel) } else { Ok((value, step)) })
    }

    /// The decimal mark of a cell: a comma only where the fields are not separated by commas and no point stands in it.
    pub fn point_of(&self, text: &str) -> char {
        if self.comma && text.contains(',') && !text.contains('.') { ',' } else { '.' }
    }

    /// The cell `text`, where it is a plain number and the unit kept.
    fn cell_in_same_unit<'t>(&self, text: &'t str) -> Option<Cell<'t>> {
        let (symbol, unit) = self.recent_unit.as_ref()?;
        let number = text.strip_suffix(symbol.as_str())?;
        match literal(number.strip_suffix(' ').unwrap_or(number), '.') {
            Literal::Number(decimal) => Some(Cell::Number(decimal, Some(*unit))),
            _ => None,
        }
    }

    /// Keeps the unit that stands behind the number of a cell.
    fn keep_unit(&mut self, text: &str, unit: Option<Unit>) {
        let Some(unit) = unit.filter(|unit| self.recent_unit.as_ref().is_none_or(|(_, known)| known != unit)) else {
            return;
        };
        let symbol = text.trim().trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
        let symbol = symbol.strip_prefix(' ').unwrap_or(symbol);
        if !symbol.is_empty() && symbol.chars().all(char::is_alphabetic) {
            self.recent_unit = Some((symbol.to_owned(), unit));
        }
    }

    fn compare_unit(&mut self, slot: usize, unit: Unit, declared: Option<Unit>, line: u32) {
        match declared {
            Some(header) if header.scale != unit.scale => {
                self.remark(Code::UnitFromCell, line, "the cell names another unit than the header");
            }
            Some(_) => {}
            None => {
                let before = self.scales.get_mut(slot).and_then(|before| before.replace(unit));
                if before.is_some_and(|before| before.scale != unit.scale) {
                    self.remark(Code::UnitChange, line, "the unit changes here; each row was read with its own");
                }
            }
        }
    }
}

fn dimension(kind: Kind) -> Option<Dimension> {
    match kind {
        Kind::InstantPower | Kind::WindowedMeanPower { .. } | Kind::IntervalMeanPower | Kind::HoldPower => {
            Some(Dimension::Power)
        }
        Kind::EnergyCounter { .. } | Kind::IntervalEnergy => Some(Dimension::Energy),
        Kind::Voltage => Some(Dimension::Voltage),
        Kind::Current => Some(Dimension::Current),
        Kind::Temperature | Kind::Frequency | Kind::Utilisation | Kind::ThrottleReasons => None,
    }
}
