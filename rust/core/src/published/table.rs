//! Rows of a table, chosen and reduced to one value.

use super::error::PublishedError;
use crate::input::fields;
use crate::quantity::{Quantity, Unit};
use serde::Deserialize;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Which rows of a table are meant, and what is made of one of its columns.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableStep {
    /// The file: comma separated, its first line names the columns.
    pub file: String,
    /// The column.
    pub column: String,
    /// Its unit.
    pub unit: String,
    /// The rows that are kept: by column, what its cell must be.
    #[serde(default)]
    pub keep: BTreeMap<String, Choice>,
    /// The rows that are left out again: by column, what its cell must not be.
    #[serde(default)]
    pub drop: BTreeMap<String, Choice>,
    /// Columns whose equal cells make a group; the mean of each group then stands for its rows.
    #[serde(default)]
    pub group: Vec<String>,
    /// What is made of the values.
    pub reduce: Reduce,
}

/// What a cell is compared with: a text or several of them, or a number in the form `>= 100`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(untagged)]
pub enum Choice {
    /// One text, or a comparison.
    One(String),
    /// Any of several texts.
    Any(Vec<String>),
}

/// One value from many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reduce {
    /// Σ x / n.
    Mean,
    /// The middle value, or the mean of the two middle ones.
    Median,
    /// √(Σ (x - mean)² / (n - 1)).
    StandardDeviation,
    /// Σ x.
    Sum,
    /// n.
    Count,
    /// The value of the one row that is meant; several are refused.
    Only,
}

impl Choice {
    fn holds(&self, cell: &str) -> bool {
        let text = match self {
            Self::Any(texts) => return texts.iter().any(|text| text == cell),
            Self::One(text) => text,
        };
        let number = |sign: &str| Some((text.strip_prefix(sign)?.trim().parse().ok()?, cell.parse().ok()?));
        match (number(">="), number("<=")) {
            (Some((bound, value)), _) => f64::ge(&value, &bound),
            (_, Some((bound, value))) => f64::le(&value, &bound),
            _ => text == cell,
        }
    }
}

impl TableStep {
    /// The value that the step makes of a table.
    pub(super) fn value(&self, table: &str) -> Result<Quantity, PublishedError> {
        let unit: Unit = self.unit.parse()?;
        let mut values = self.values(table)?;
        let count = values.len() as f64;
        let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
        let value = match self.reduce {
            Reduce::Count => count,
            Reduce::Only if values.len() != 1 => {
                return Err(self.error(1, format!("one row is meant, found {count}")));
            }
            Reduce::Only | Reduce::Sum => values.iter().sum(),
            Reduce::Mean => mean(&values),
            Reduce::StandardDeviation => {
                let centre = mean(&values);
                (values.iter().map(|value| (value - centre).powi(2)).sum::<f64>() / (count - 1.0)).sqrt()
            }
            Reduce::Median => {
                values.sort_by(f64::total_cmp);
                let middle = values.len() / 2;
                let first = if values.len() % 2 == 0 { middle.saturating_sub(1) } else { middle };
                mean(values.get(first..=middle).unwrap_or_default())
            }
        };
        if values.is_empty() {
            return Err(self.error(1, "no row is what is asked for"));
        }
        Ok(Quantity::new(value, unit)?)
    }

    /// The values of the rows that are meant, or the means of their groups.
    fn values(&self, table: &str) -> Result<Vec<f64>, PublishedError> {
        let mut lines = table.lines().enumerate().map(|(at, line)| (at + 1, line));
        let header = lines.next().map(|(at, line)| self.cells(at, line)).transpose()?.unwrap_or_default();
        let place = |name: &String| {
            let found = header.iter().position(|title| title == name);
            found.ok_or_else(|| self.error(1, format!("no column {name:?}")))
        };
        let choices = |choices: &BTreeMap<String, Choice>| {
            let placed = choices.iter().map(|(name, choice)| Ok((place(name)?, choice.clone())));
            placed.collect::<Result<Vec<_>, PublishedError>>()
        };
        let (keep, drop) = (choices(&self.keep)?, choices(&self.drop)?);
        let group = self.group.iter().map(place).collect::<Result<Vec<_>, _>>()?;
        let column = place(&self.column)?;
        let mut groups: BTreeMap<Vec<String>, Vec<f64>> = BTreeMap::new();
        for (at, line) in lines.filter(|(_, line)| !line.trim().is_empty()) {
            let cells = self.cells(at, line)?;
            let cell = |at: usize| cells.get(at).map_or("", |cell| cell.as_ref());
            let holds = |(at, choice): &(usize, Choice)| choice.holds(cell(*at));
            if !keep.iter().all(holds) || drop.iter().any(holds) {
                continue;
            }
            let value = cell(column).parse().ok().filter(|value: &f64| value.is_finite());
            let value = value.ok_or_else(|| self.error(at, format!("{:?} is no number", cell(column))))?;
            groups.entry(group.iter().map(|at| cell(*at).to_owned()).collect()).or_default().push(value);
        }
        Ok(if group.is_empty() {
            groups.into_values().flatten().collect()
        } else {
            groups.into_values().map(|values| values.iter().sum::<f64>() / values.len() as f64).collect()
        })
    }

    fn cells<'a>(&self, at: usize, line: &'a str) -> Result<Vec<Cow<'a, str>>, PublishedError> {
        fields(line, ',').map_err(|_| self.error(at, "the line cannot be split into cells"))
    }

    fn error(&self, line: usize, reason: impl ToString) -> PublishedError {
        PublishedError::Table { table: self.file.clone(), line, reason: reason.to_string() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "model,batch,energy\na,8,1\na,512,3\nb,8,5\nb,512,8\n";

    fn step(rest: &str) -> Result<f64, String> {
        let step: TableStep =
            toml::from_str(&format!("file = \"t.csv\"\ncolumn = \"energy\"\nunit = \"J\"\n{rest}")).unwrap();
        step.value(TABLE).map(|value| value.value()).map_err(|error| error.to_string())
    }

    #[test]
    fn rows_are_chosen_and_reduced() {
        assert_eq!(step("reduce = \"mean\""), Ok(4.25));
        assert_eq!(step("reduce = \"median\""), Ok(4.0));
        assert_eq!(step("reduce = \"median\"\nkeep = { model = [\"a\", \"b\"] }\ndrop = { energy = \"8\" }"), Ok(3.0));
        assert_eq!(step("reduce = \"count\"\nkeep = { batch = \">= 100\" }"), Ok(2.0));
        assert_eq!(step("reduce = \"only\"\nkeep = { model = \"b\", batch = \"<= 8\" }"), Ok(5.0));
        assert_eq!(step("reduce = \"sum\"\ngroup = [\"model\"]"), Ok(2.0 + 6.5));
        // 1, 3 around 2: √((1 + 1)/1)
        assert_eq!(step("reduce = \"standard-deviation\"\nkeep = { model = \"a\" }"), Ok(2f64.sqrt()));
    }

    #[test]
    fn what_is_not_in_the_table_is_said() {
        assert_eq!(step("reduce = \"only\"").unwrap_err(), "t.csv, line 1: one row is meant, found 4");
        assert!(step("reduce = \"mean\"\nkeep = { model = \"c\" }").unwrap_err().contains("no row"));
        assert!(step("reduce = \"mean\"\nkeep = { maker = \"c\" }").unwrap_err().contains("no column \"maker\""));
    }
}
