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
const PIECES: (usize, usize) = (1 << 10, 1 << 14);

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
    /// The bytes between its fields, and those that no plain row has.
    fn marks(&self) -> [u8; 3];
    /// How many of them are in a row; behind them its line ends.
    fn count(&self) -> usize;
    /// How many series have the time of one row.
    fn series(&self) -> usize;
    /// Takes a row, if it is plain: its values into their columns, its time and line into the first of them. Of a row that
    /// is not plain, values alone may have been taken.
    fn take(&mut self, row: &Row<'_>, into: &mut [Columns], found: &mut Found) -> Option<()>;
}

/// A row that has the right marks.
#[derive(Debug, Clone, Copy)]
struct Row<'t> {
    /// Its text without the line end.
    text: &'t [u8],
    /// Where the marks are in it.
    marks: &'t [u32],
    /// Where it starts, as the marks count.
    start: u32,
    line: u32,
}

impl<'t> Row<'t> {
    /// The place of a mark, or the end of the row behind the last.
    #[inline(always)]
    fn mark(&self, at: usize) -> usize {
        self.marks.get(at).map_or(self.text.len(), |mark| (mark - self.start) as usize)
    }

    /// What stands from one place to another.
    #[inline(always)]
    fn part(&self, from: usize, to: usize) -> Option<&'t [u8]> {
        self.text.get(from..to)
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
        marks.find(piece, form.marks());
        let bytes = found.bytes;
        let plain = rows(form, piece, marks.places(), before, (into, &mut found));
        let last = piece.len() == rest.len() || size == PIECES.1;
        if !plain || (last && found.bytes == bytes) {
            break;
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
    mut marks: &[u32],
    before: u32,
    (into, found): (&mut [Columns], &mut Found),
) -> bool {
    let (count, [mark, ..]) = (form.count(), form.marks());
    let is = |place: u32, byte: u8| piece.get(place as usize) == Some(&byte);
    let mut start = 0;
    while let Some((own, [end, rest @ ..])) = marks.split_at_checked(count) {
        // CR LF
        let (line_end, rest) = match rest {
            [feed, rest @ ..] if *feed == end + 1 && is(*end, b'\r') => (*feed, rest),
            _ => (*end, rest),
        };
        if !own.iter().all(|place| is(*place, mark)) {
            return false;
        }
        if !is(line_end, b'\n') {
            return is(line_end, b'\r') && line_end as usize + 1 == piece.len();
        }
        let Some(text) = piece.get(start as usize..*end as usize) else { return false };
        let row = Row { text, marks: own, start, line: before.saturating_add(found.rows + 1) };
        if form.take(&row, into, found).is_none() {
            return false;
        }
        found.rows += 1;
        found.bytes += (line_end + 1 - start) as usize;
        (marks, start) = (rest, line_end + 1);
    }
    true
}

#[cfg(test)]
mod tests;
