//! Plain rows of a log, which tell nothing but their samples, read in one go until something else comes.
//!
//! What a plain row looks like is known from the rows before it. The marks of a piece of text are found at once; a row is
//! plain where it has the marks of its form and nothing else, and at them what the form says.

mod form;
mod marks;
mod rails;
mod table;

pub use form::{Hour, Written};
pub use rails::Rails;
pub use table::Table;

use marks::Marks;

/// How many bytes are looked at first, and at most at a time: each time four times as many.
const PIECES: (usize, usize) = (1 << 10, 1 << 13);

/// The samples of one series.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Columns {
    /// Time of each sample. [ns]
    pub time_ns: Vec<i64>,
    /// Value of each sample. [SI]
    pub value: Vec<f64>,
    /// Line of each sample.
    pub line: Vec<u32>,
}

impl Columns {
    /// Makes room for so many more samples.
    fn reserve(&mut self, samples: usize) {
        self.time_ns.reserve(samples);
        self.value.reserve(samples);
        self.line.reserve(samples);
    }
}

/// What the plain rows that were read have beside their samples.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Found {
    /// How many rows.
    pub rows: u32,
    /// How many bytes.
    pub bytes: usize,
    /// Most digits behind the point of a value, by series.
    pub digits: Vec<usize>,
    /// Most digits behind the point of the seconds.
    pub stamp_digits: usize,
    /// The first rail of each row: its reading and the mean beside it, as written.
    pub means: Vec<(u64, u64)>,
}

/// What a plain row looks like.
trait Form {
    /// The byte between its fields.
    fn between(&self) -> u8;
    /// How many of it are in a row.
    fn count(&self) -> usize;
    /// Bytes that no plain row has, beside control characters and what is not ASCII.
    fn never(&self) -> [u8; 2];
    /// How many series have the time of one row.
    fn series(&self) -> usize;
    /// Takes a row, if it is plain: its values into their columns, its time and line into the first of them. Of a row that
    /// is not plain, values alone may have been taken.
    fn take(&mut self, row: &Row<'_>, into: &mut [Columns], found: &mut Found) -> Option<()>;
}

/// A row that has the right marks.
#[derive(Debug, Clone, Copy)]
struct Row<'t> {
    /// The text from its start on, with what comes behind it.
    text: &'t [u8],
    /// Where its marks and its line end are.
    marks: &'t [u16],
    /// Where it starts, as the marks count.
    start: u16,
    line: u32,
}

impl<'t> Row<'t> {
    /// The place of a mark, and behind the last that of the line end.
    #[inline(always)]
    fn mark(&self, at: usize) -> Option<usize> {
        self.marks.get(at).map(|mark| (mark - self.start) as usize)
    }

    /// Where a field starts behind its blank, and its end.
    #[inline(always)]
    fn field(&self, column: usize) -> Option<(usize, usize)> {
        let start = if column == 0 { 0 } else { self.mark(column - 1)? + 1 };
        Some((start + usize::from(self.text.get(start) == Some(&b' ')), self.mark(column)?))
    }

    /// Whether nothing but blanks and the CR of a line end stands between two places.
    #[inline(always)]
    fn is_blank(&self, from: usize, to: usize) -> bool {
        from == to || self.text.get(from..to).is_some_and(|rest| rest.iter().all(|byte| b" \r".contains(byte)))
    }
}

/// Takes the plain rows at the start of `text`, whose first line has the number behind `before`: their samples are added to
/// the columns of the series.
fn read(form: &mut impl Form, text: &[u8], before: u32, into: &mut [Columns]) -> Found {
    let mut found = Found { digits: vec![0; into.len()], ..Found::default() };
    let lengths: Vec<usize> = into.iter().map(|columns| columns.line.len()).collect();
    let (mut marks, mut size) = (Marks::default(), PIECES.0);
    while let Some(rest) = text.get(found.bytes..).filter(|rest| !rest.is_empty()) {
        let piece = rest.get(..size).unwrap_or(rest);
        marks.find(piece, form.between(), form.never());
        let bytes = found.bytes;
        let plain = rows(form, piece, &marks, before, (into, &mut found));
        let last = piece.len() == rest.len() || size == PIECES.1;
        if !plain || (last && found.bytes == bytes) {
            break;
        }
        if size == PIECES.0 {
            // room for all that is left, if it goes on like this
            let devices = (into.len() / form.series().min(into.len()).max(1)).max(1);
            let rows = found.rows as usize * (rest.len() / found.bytes.max(1)) / devices;
            into.iter_mut().for_each(|columns| columns.reserve(rows));
        }
        size = PIECES.1.min(4 * size);
    }
    // the other series of a row have its time and line too, and the row that is not plain has no value
    let group = form.series().max(1);
    for (columns, lengths) in into.chunks_mut(group).zip(lengths.chunks(group)) {
        let (Some((first, others)), Some(known)) = (columns.split_first_mut(), lengths.first()) else { continue };
        first.value.truncate(first.line.len());
        for other in others {
            other.time_ns.extend_from_slice(first.time_ns.get(*known..).unwrap_or_default());
            other.line.extend_from_slice(first.line.get(*known..).unwrap_or_default());
            other.value.truncate(first.line.len());
        }
    }
    found
}

/// Takes the plain rows at the start of a piece with these marks; whether all of its whole rows are plain.
#[inline(always)]
fn rows(
    form: &mut impl Form,
    piece: &[u8],
    marks: &Marks,
    before: u32,
    (into, found): (&mut [Columns], &mut Found),
) -> bool {
    let (count, places, odd) = (form.count(), marks.places(), marks.odd());
    let (mut first, mut start) = (0, 0);
    for end in marks.ends() {
        let end = *end as usize;
        let (Some(marks), Some(text)) = (places.get(first..=end), piece.get(start as usize..)) else { return false };
        let Some(line_end) = marks.get(count).copied().filter(|line_end| *line_end < odd) else { return false };
        let row = Row { text, marks, start, line: before.saturating_add(found.rows + 1) };
        if marks.len() != count + 1 || form.take(&row, into, found).is_none() {
            return false;
        }
        found.rows += 1;
        found.bytes += (line_end + 1 - start) as usize;
        (first, start) = (end + 1, line_end + 1);
    }
    true
}

#[cfg(test)]
mod tests;
