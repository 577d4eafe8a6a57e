//! Cells of token tables: counts, times and durations, with their units.

use crate::input::{
    Code, DateOrder, Dimension, Literal, Record, Refusal, Scale, Stamp, Title, civil_stamp, literal, numeric_stamp,
    title,
};

/// A column: its position and what its title says.
pub(super) struct Column {
    pub position: usize,
    title: Title,
}

impl Column {
    /// The first column whose name, without unit and case, is one of `names`.
    pub fn find(header: &Record, names: &[&str]) -> Option<Self> {
        let simple = |text: &str| text.trim().to_ascii_lowercase().replace([' ', '-'], "_");
        header.fields.iter().enumerate().find_map(|(position, field)| {
            let title = title(field);
            let found = names.contains(&simple(&title.name).as_str()) || names.contains(&simple(field).as_str());
            found.then_some(Self { position, title })
        })
    }

    /// The column of that name.
    ///
    /// # Errors
    /// `E_UNKNOWN_COLUMN` where there is none.
    pub fn required(header: &Record, name: &str, path: &str) -> Result<Self, Refusal> {
        let missing = || Refusal::new(Code::UnknownColumn, path, header.place(), "no such column", name);
        Self::find(header, &[name]).ok_or_else(missing)
    }

    /// The number in a cell of a record; `None` where the cell holds none.
    pub fn number_at(record: &Record, position: usize, path: &str) -> Result<Option<f64>, Refusal> {
        let cell = record.fields.get(position).map_or("", |cell| cell.trim());
        let refusal =
            || Refusal::new(Code::BadNumber, path, record.place(), cell, "a finite number").in_column(position + 1);
        match literal(cell, '.') {
            Literal::Number(number) => number.to_f64(Scale::ONE).map(Some).ok_or_else(refusal),
            Literal::Text | Literal::Nonfinite => Ok(None),
            Literal::Broken => Err(refusal()),
        }
    }

    /// A time in the unit that the format fixes, where the title says none. [ns]
    pub fn seconds_ns(&self, record: &Record, path: &str, unit: Scale) -> Result<Option<i64>, Refusal> {
        let Some(cell) = self.cell(record) else { return Ok(None) };
        match literal(cell, '.') {
            Literal::Number(number) => match number.to_ns(self.time_scale().unwrap_or(unit)) {
                Some(ns) => Ok(Some(ns)),
                None => Err(self.refusal(Code::TimeParse, record, path, cell, "a time within the range of the type")),
            },
            Literal::Text => Ok(None),
            _ => Err(self.refusal(Code::BadNumber, record, path, cell, "a number")),
        }
    }

    /// The cell of a record; `None` where it is empty.
    pub fn cell<'r>(&self, record: &'r Record) -> Option<&'r str> {
        record.fields.get(self.position).map(|cell| cell.trim()).filter(|cell| !cell.is_empty())
    }

    /// A whole number; `None` where the cell is empty or a missing token.
    pub fn count(&self, record: &Record, path: &str) -> Result<Option<u64>, Refusal> {
        let Some(cell) = self.cell(record) else { return Ok(None) };
        let whole = cell.strip_suffix(".0").unwrap_or(cell);
        match (literal(cell, '.'), whole.parse::<u64>()) {
            (Literal::Text | Literal::Nonfinite, _) => Ok(None),
            (Literal::Number(_), Ok(count)) => Ok(Some(count)),
            _ => Err(self.refusal(Code::BadNumber, record, path, cell, "a whole number of tokens")),
        }
    }

    /// A time: civil, zoned, or a number with its unit in the title.
    pub fn stamp(&self, record: &Record, path: &str, default: Option<Scale>) -> Result<Option<Stamp>, Refusal> {
        let Some(cell) = self.cell(record) else { return Ok(None) };
        if let Some(stamp) = civil_stamp(cell, DateOrder::YearFirst) {
            return Ok(Some(stamp));
        }
        let scale = self.time_scale().or(default);
        match (literal(cell, '.'), scale) {
            (Literal::Number(_), None) => {
                let expected = "the unit of the time in the title, as in start [s] or start_ms";
                Err(self.refusal(Code::TimeUnit, record, path, cell, expected))
            }
            (Literal::Number(number), Some(scale)) => match numeric_stamp(number, scale) {
                Some(stamp) => Ok(Some(stamp)),
                None => Err(self.refusal(Code::TimeParse, record, path, cell, "a time within the range of the type")),
            },
            _ => Err(self.refusal(Code::TimeParse, record, path, cell, "an ISO 8601 time or a number with a unit")),
        }
    }

    /// A duration with its unit in the title. [ns]
    pub fn duration_ns(&self, record: &Record, path: &str) -> Result<Option<i64>, Refusal> {
        let Some(cell) = self.cell(record) else { return Ok(None) };
        let Some(scale) = self.time_scale() else {
            return Err(self.refusal(Code::TimeUnit, record, path, cell, "the unit of the duration in the title"));
        };
        match literal(cell, '.') {
            Literal::Number(number) => Ok(number.to_ns(scale)),
            Literal::Text => Ok(None),
            _ => Err(self.refusal(Code::BadNumber, record, path, cell, "a duration")),
        }
    }

    /// An energy with its unit in the title. [J]
    pub fn energy_j(&self, record: &Record) -> Option<f64> {
        let unit = self.title.unit.filter(|unit| unit.dimension == Dimension::Energy)?;
        match literal(self.cell(record)?, '.') {
            Literal::Number(number) => number.to_f64(unit.scale),
            _ => None,
        }
    }

    /// Whether the title states a unit of time.
    pub fn has_time_unit(&self) -> bool {
        self.time_scale().is_some()
    }

    fn time_scale(&self) -> Option<Scale> {
        self.title.unit.filter(|unit| unit.dimension == Dimension::Time).map(|unit| unit.scale)
    }

    fn refusal(&self, code: Code, record: &Record, path: &str, cell: &str, expected: &str) -> Refusal {
        Refusal::new(code, path, record.place(), cell, expected).in_column(self.position + 1)
    }
}
