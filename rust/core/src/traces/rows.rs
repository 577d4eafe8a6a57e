//! The rows of one series: columns, and beside them what few rows have.

use super::channel::Samples;
use super::reading::Fault;
use szilard_simd::Columns;

/// One row of one series.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row {
    pub time_ns: i64,
    pub line: u32,
    pub leap: bool,
    pub value: Result<f64, Fault>,
}

impl Row {
    #[cfg(test)]
    pub fn new(time_ns: i64, line: u32, value: Result<f64, Fault>) -> Self {
        Self { time_ns, line, leap: false, value }
    }
}

/// The rows of one series in the order of the log.
#[derive(Debug, Default)]
pub(super) struct Rows {
    /// Time, value and line of each row; NaN where there is no value.
    columns: Columns,
    /// The rows in a leap second or without a value, by their index.
    odd: Vec<(usize, bool, Option<Fault>)>,
}

impl Rows {
    pub fn len(&self) -> usize {
        self.columns.line.len()
    }

    pub fn is_empty(&self) -> bool {
        self.columns.line.is_empty()
    }

    /// Whether every row has a value and none is in a leap second.
    pub fn is_clean(&self) -> bool {
        self.odd.is_empty()
    }

    /// Whether any row has a value.
    pub fn has_values(&self) -> bool {
        self.odd.iter().filter(|(_, _, fault)| fault.is_some()).count() < self.len()
    }

    pub fn push(&mut self, row: Row) {
        if row.leap || row.value.is_err() {
            self.odd.push((self.len(), row.leap, row.value.err()));
        }
        self.columns.time_ns.push(row.time_ns);
        self.columns.value.push(row.value.unwrap_or(f64::NAN));
        self.columns.line.push(row.line);
    }

    /// Takes up the rows behind, before whose part of the log so many lines stand.
    pub fn append(&mut self, mut later: Self, before: u32) {
        let first = self.len();
        later.columns.line.iter_mut().for_each(|line| *line = line.saturating_add(before));
        self.odd.extend(later.odd.into_iter().map(|(at, leap, fault)| (first + at, leap, fault)));
        if self.is_empty() {
            self.columns = later.columns;
            return;
        }
        self.columns.time_ns.append(&mut later.columns.time_ns);
        self.columns.value.append(&mut later.columns.value);
        self.columns.line.append(&mut later.columns.line);
    }

    /// The columns, to which rows may be added that have a value and are in no leap second.
    pub fn columns_mut(&mut self) -> &mut Columns {
        &mut self.columns
    }

    /// Time of each row. [ns]
    pub fn time_ns(&self) -> &[i64] {
        &self.columns.time_ns
    }

    /// The line of a row.
    pub fn line(&self, at: usize) -> Option<u32> {
        self.columns.line.get(at).copied()
    }

    pub fn iter(&self) -> impl DoubleEndedIterator<Item = Row> + ExactSizeIterator + Clone + '_ {
        let Columns { time_ns, value, line } = &self.columns;
        let all = time_ns.iter().zip(value).zip(line).enumerate();
        all.map(|(at, ((time_ns, value), line))| {
            let odd = self.odd.binary_search_by_key(&at, |odd| odd.0).ok().and_then(|odd| self.odd.get(odd));
            let (leap, fault) = odd.map_or((false, None), |(_, leap, fault)| (*leap, *fault));
            Row { time_ns: *time_ns, line: *line, leap, value: fault.map_or(Ok(*value), Err) }
        })
    }

    /// The rows that have a value, as samples.
    pub fn into_samples(self) -> Samples {
        let Columns { mut time_ns, mut value, mut line } = self.columns;
        let mut kept = 0..0;
        let faults = self.odd.iter().filter(|(_, _, fault)| fault.is_some()).map(|(at, ..)| *at);
        for at in faults.chain([line.len()]).filter(|_| !self.odd.is_empty()) {
            time_ns.copy_within(kept.start..at, kept.end);
            value.copy_within(kept.start..at, kept.end);
            line.copy_within(kept.start..at, kept.end);
            kept = at + 1..kept.end + at - kept.start;
        }
        if !self.odd.is_empty() {
            time_ns.truncate(kept.end);
            value.truncate(kept.end);
            line.truncate(kept.end);
        }
        Samples { time_ns, value, line, ..Samples::default() }
    }
}

impl FromIterator<Row> for Rows {
    fn from_iter<I: IntoIterator<Item = Row>>(rows: I) -> Self {
        let mut all = Self::default();
        rows.into_iter().for_each(|row| all.push(row));
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_back_as_they_were_and_give_the_samples_that_have_a_value() {
        for pattern in 0..1u32 << 7 {
            let row = |at: u32| match pattern >> at & 1 {
                0 => Row::new(i64::from(at), at + 2, Ok(f64::from(at))),
                _ if at.is_multiple_of(3) => Row { leap: true, ..Row::new(i64::from(at), at + 2, Ok(f64::from(at))) },
                _ => Row::new(i64::from(at), at + 2, Err(Fault::NotRead)),
            };
            let all: Vec<Row> = (0..7).map(row).collect();
            let said = |rows: &[Row]| format!("{rows:?}");
            for middle in 0..=7 {
                let mut rows: Rows = all[..middle].iter().copied().collect();
                let later = |row: &Row| Row { line: row.line - 2, ..*row };
                rows.append(all[middle..].iter().map(later).collect(), 2);
                assert_eq!(said(&rows.iter().collect::<Vec<_>>()), said(&all));
                assert_eq!(rows.has_values(), all.iter().any(|row| row.value.is_ok()));
                assert_eq!(rows.is_clean(), pattern == 0);
                let read: Vec<&Row> = all.iter().filter(|row| row.value.is_ok()).collect();
                let samples = rows.into_samples();
                assert_eq!(samples.line, read.iter().map(|row| row.line).collect::<Vec<_>>());
                assert_eq!(samples.time_ns, read.iter().map(|row| row.time_ns).collect::<Vec<_>>());
                assert_eq!(samples.value, read.iter().map(|row| row.value.unwrap()).collect::<Vec<_>>());
            }
        }
    }
}
