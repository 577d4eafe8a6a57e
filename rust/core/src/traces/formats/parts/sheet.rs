//! Tables whose columns a format knows by their titles: where the header stands, and what each column holds.

use crate::input::{Code, Line, Place, Refusal, Text, Unit, delimiter, distinct, fields, printable, row, unit};
use crate::traces::lined::{Joined, LineReader};
use crate::traces::{Builder, Kind, Negative, Slot, Time};
use std::any::Any;
use std::borrow::Cow;
use std::sync::Arc;

/// What a format knows of one measured column.
pub(crate) struct Column {
    /// The series.
    pub slot: Slot,
    /// Unit of its cells, where they do not say it themselves.
    pub unit: Option<Unit>,
}

impl Column {
    /// A column of this name and kind, in the unit of that symbol.
    pub fn new(name: impl Into<String>, kind: Kind, symbol: &str) -> Self {
        let slot =
            Slot { name: name.into(), kind, boundary: None, within: None, instead: None, negative: Negative::Kept };
        Self { slot, unit: unit(symbol) }
    }

    /// The same column at a boundary.
    pub fn at(mut self, boundary: crate::quantity::Boundary) -> Self {
        self.slot.boundary = Some(boundary);
        self
    }

    /// The same column as a part of another.
    pub fn within(mut self, whole: impl Into<String>) -> Self {
        self.slot.within = Some(whole.into());
        self
    }

    /// The same column, for which another stands.
    pub fn instead(mut self, better: impl Into<String>) -> Self {
        self.slot.instead = Some(better.into());
        self
    }

    /// The same column of a device that cannot source power.
    pub fn sink(mut self) -> Self {
        self.slot.negative = Negative::Dropped;
        self
    }
}

/// How a format lays out its table.
pub(crate) struct Sheet {
    /// Whether these titles are those of a header.
    pub is_header: fn(&[Cow<'_, str>]) -> bool,
    /// What the column of a title measures.
    pub column: fn(&str) -> Option<Column>,
    /// The time of a row, from its cells by title.
    pub time: fn(&mut Builder<'_>, &Cells<'_>) -> Result<Time, Refusal>,
    /// The device of a row, from its cells by title.
    pub device: fn(&Cells<'_>) -> String,
    /// Whether lines before the header are part of the format.
    pub preamble: bool,
    /// Whether the header is printed again and again.
    pub repeats: bool,
    /// Whether counters are zero at the zero of the clock.
    pub from_zero: bool,
    /// Whether a line ends the table.
    pub ends: fn(&str) -> bool,
}

/// The cells of one row, by title.
pub(crate) struct Cells<'c> {
    titles: &'c [String],
    cells: &'c [Cow<'c, str>],
    /// Line of the row.
    pub line: u32,
    /// How many rows of its device stand before it.
    pub count: u64,
}

impl Cells<'_> {
    /// The cell under a title, empty where there is no such column.
    pub fn at(&self, title: &str) -> &str {
        let column = self.titles.iter().position(|known| known == title);
        column.and_then(|at| self.cells.get(at)).map_or("", |cell| cell.as_ref())
    }

    /// The titles.
    pub fn titles(&self) -> impl Iterator<Item = &str> {
        self.titles.iter().map(String::as_str)
    }
}

/// A header as it stands in the file.
struct Layout {
    delimiter: char,
    titles: Vec<String>,
    measured: Vec<(usize, usize, Option<Unit>)>,
}

impl Sheet {
    /// A sheet of one device with the usual manners: no preamble, no repeated header, no footer.
    pub const fn new(
        is_header: fn(&[Cow<'_, str>]) -> bool,
        column: fn(&str) -> Option<Column>,
        time: fn(&mut Builder<'_>, &Cells<'_>) -> Result<Time, Refusal>,
    ) -> Self {
        Self {
            is_header,
            column,
            time,
            device: |_| String::new(),
            preamble: false,
            repeats: false,
            from_zero: false,
            ends: |_| false,
        }
    }
}

/// Whether one of the first lines is a header of the sheet.
pub(crate) fn detects(lines: &[String], is_header: fn(&[Cow<'_, str>]) -> bool) -> bool {
    lines.iter().any(|line| fields(line, delimiter(line, None)).is_ok_and(|titles| is_header(&titles)))
}

/// Reads the rows of a table into the builder.
///
/// # Errors
/// `E_NO_HEADER`, `E_NO_POWER`, `E_FIELD_COUNT`, and those of cells and times.
pub(crate) fn read(builder: &mut Builder<'_>, text: &Text, sheet: &'static Sheet) -> Result<(), Refusal> {
    let (mut lines, mut reader) = (text.lines(), SheetReader::new(sheet));
    let mut ended = false;
    while let Some(line) = lines.next(&mut builder.diagnostics)? {
        ended = (ended || reader.ends(&line)) && !reader.is_header(&line);
        if !ended {
            reader.line(builder, &line)?;
        }
    }
    reader.end(builder).map(|_| ())
}

/// A reader of the rows of a sheet.
pub(crate) struct SheetReader {
    sheet: &'static Sheet,
    layout: Option<Arc<Layout>>,
    /// How many headers were met.
    headers: usize,
    first: Option<String>,
    counts: Vec<u64>,
}

impl SheetReader {
    /// A reader that has seen nothing.
    pub fn new(sheet: &'static Sheet) -> Self {
        Self { sheet, layout: None, headers: 0, first: None, counts: Vec::new() }
    }

    /// Whether the line is a header, behind the end of a table that of another recording.
    fn is_header(&self, line: &Line<'_>) -> bool {
        fields(&line.text, delimiter(&line.text, None)).is_ok_and(|titles| (self.sheet.is_header)(&titles))
    }

    /// Whether the table ends before this line.
    fn ends(&self, line: &Line<'_>) -> bool {
        self.layout.is_some() && !line.text.trim().is_empty() && (self.sheet.ends)(&line.text)
    }
}

impl LineReader for SheetReader {
    fn line(&mut self, builder: &mut Builder<'_>, line: &Line<'_>) -> Result<(), Refusal> {
        let sheet = self.sheet;
        if line.text.trim().is_empty() {
            return Ok(());
        }
        self.first.get_or_insert_with(|| printable(&line.text));
        let split = delimiter(&line.text, None);
        if let Some(titles) = fields(&line.text, split).ok().filter(|titles| (sheet.is_header)(titles)) {
            if self.layout.is_some() && !sheet.repeats {
                builder.remark(Code::HeaderRepeat, line.number, "the header stands here again");
            }
            builder.header(line.number);
            self.layout = Some(Arc::new(arrange(builder, sheet, &titles, split, line.number)?));
            self.headers += 1;
            return Ok(());
        }
        let Some(layout) = &self.layout else {
            if !sheet.preamble {
                builder.remark(Code::SkippedLine, line.number, printable(&line.text));
            }
            return Ok(());
        };
        let cells = row(line, layout.delimiter, builder.path())?;
        if cells.len() == 1 && layout.titles.len() > 1 {
            builder.remark(Code::SkippedLine, line.number, printable(&line.text));
            return Ok(());
        }
        take(builder, sheet, layout, (&cells, line.number), &mut self.counts)
    }

    /// A sheet whose counters start with the clock is read in one piece.
    fn fork(&self) -> Option<Box<dyn LineReader>> {
        let layout = self.layout.clone().filter(|_| !self.sheet.from_zero)?;
        Some(Box::new(Self { layout: Some(layout), first: self.first.clone(), ..Self::new(self.sheet) }))
    }

    fn join(&mut self, later: Box<dyn Any>, _: &mut Builder<'_>, _: u32) -> Joined {
        match later.downcast::<Self>() {
            Ok(later) if later.headers == 0 => Joined::Same,
            Ok(later) => {
                (self.layout, self.headers) = (later.layout, self.headers + later.headers);
                Joined::Changed
            }
            Err(_) => Joined::Again,
        }
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }

    fn end(&mut self, builder: &mut Builder<'_>) -> Result<bool, Refusal> {
        match (&self.layout, self.first.take()) {
            (Some(_), _) => Ok(true),
            (None, first) => {
                Err(builder.refuse(Code::NoHeader, 1, first.unwrap_or_default(), "a header of the format"))
            }
        }
    }
}

fn arrange(
    builder: &mut Builder<'_>,
    sheet: &Sheet,
    titles: &[Cow<'_, str>],
    delimiter: char,
    line: u32,
) -> Result<Layout, Refusal> {
    distinct(titles, builder.path(), Place::Line(u64::from(line)))?;
    if delimiter != ',' {
        builder.allow_comma();
    }
    let mut measured = Vec::new();
    for (at, title) in titles.iter().enumerate() {
        let Some(column) = (sheet.column)(title) else { continue };
        let known = builder.slot_named(&column.slot.name);
        measured.push((at, known.unwrap_or_else(|| builder.slot(column.slot)), column.unit));
    }
    if measured.is_empty() {
        return Err(builder.refuse(Code::NoPower, line, titles.join(", "), "a column of power or energy"));
    }
    Ok(Layout { delimiter, titles: titles.iter().map(|title| title.to_string()).collect(), measured })
}

fn take(
    builder: &mut Builder<'_>,
    sheet: &Sheet,
    layout: &Layout,
    (cells, line): (&[Cow<'_, str>], u32),
    counts: &mut Vec<u64>,
) -> Result<(), Refusal> {
    // a delimiter at the end of the rows is no field
    let ended = cells.len() == layout.titles.len() + 1 && cells.last().is_some_and(|last| last.is_empty());
    if cells.len() != layout.titles.len() && !ended {
        let (found, expected) = (format!("{} fields", cells.len()), format!("{} fields", layout.titles.len()));
        return Err(builder.refuse(Code::FieldCount, line, found, expected));
    }
    builder.record(line);
    let mut by_title = Cells { titles: &layout.titles, cells, line, count: 0 };
    let mut readings = Vec::new();
    for (at, slot, unit) in &layout.measured {
        let text = cells.get(*at).map_or("", |cell| cell.as_ref());
        readings.push((*slot, builder.read(*slot, text, (*unit, None), line)?, text));
    }
    let name = (sheet.device)(&by_title);
    let device = builder.device(if name.is_empty() { "0" } else { &name }, line)?;
    if counts.len() <= device {
        counts.resize(device + 1, 0);
    }
    by_title.count = counts.get_mut(device).map_or(0, |count| std::mem::replace(count, *count + 1));
    let time = (sheet.time)(builder, &by_title)?;
    for (slot, reading, text) in readings {
        if sheet.from_zero && by_title.count == 0 && reading.is_ok() {
            builder.sample((device, slot), (line, Time { ns: 0, leap: false }), Ok((0.0, 0.0)), text)?;
        }
        builder.sample((device, slot), (line, time), reading, text)?;
    }
    Ok(())
}
