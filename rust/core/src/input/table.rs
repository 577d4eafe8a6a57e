//! Delimited text: the delimiter, quoted fields, and rows with as many fields as the header.

use super::diagnostic::{Code, Place, Refusal};
use super::lines::{COLUMN_LIMIT, Line};
use std::borrow::Cow;

const DELIMITERS: [char; 3] = [',', ';', '\t'];

/// Why a line cannot be split.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowFault {
    /// A quoted field is not closed on its line, or text follows the closing quote.
    UnclosedQuote,
    /// More fields than [`COLUMN_LIMIT`].
    Columns,
}

/// The fields of the line `text`.
///
/// A field that starts with a double quote ends with the next single one on the same line (`""` stands for a quote
/// inside it) and is kept as it is; other fields lose the blanks around them.
///
/// # Errors
/// [`RowFault`] for a quote that stays open and for too many fields.
pub fn fields(text: &str, delimiter: char) -> Result<Vec<Cow<'_, str>>, RowFault> {
    let mut fields = Vec::new();
    let mut rest = text;
    loop {
        if fields.len() == COLUMN_LIMIT {
            return Err(RowFault::Columns);
        }
        let blank = |c: char| c.is_whitespace() && c != delimiter;
        let after = match rest.trim_start_matches(blank).strip_prefix('"') {
            Some(quoted) => {
                let (field, after) = unquote(quoted)?;
                fields.push(field);
                after.trim_start_matches(blank)
            }
            None => {
                let end = rest.find(delimiter).unwrap_or(rest.len());
                let (field, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
                fields.push(Cow::Borrowed(field.trim()));
                after
            }
        };
        rest = match after.strip_prefix(delimiter) {
            Some(next) => next,
            None if after.is_empty() => return Ok(fields),
            None => return Err(RowFault::UnclosedQuote),
        };
    }
}

fn unquote(quoted: &str) -> Result<(Cow<'_, str>, &str), RowFault> {
    let mut field = Cow::Borrowed("");
    let mut rest = quoted;
    loop {
        let (part, after) = rest.split_once('"').ok_or(RowFault::UnclosedQuote)?;
        if field.is_empty() {
            field = Cow::Borrowed(part)
        } else {
            field.to_mut().push_str(part)
        }
        match after.strip_prefix('"') {
            Some(next) => {
                field.to_mut().push('"');
                rest = next;
            }
            None => return Ok((field, after)),
        }
    }
}

/// The delimiter of a table from its header line and, if there is one, its first row: the one that splits both into
/// the same number of fields, at least two; failing that, the one that splits the header most; of equals tab before
/// semicolon before comma, since commas stand in names and numbers; a comma where nothing splits.
pub fn delimiter(header: &str, row: Option<&str>) -> char {
    let count = |text: &str, delimiter| match fields(text, delimiter) {
        Ok(fields) => fields.len(),
        Err(RowFault::Columns) => COLUMN_LIMIT,
        Err(RowFault::UnclosedQuote) => 0,
    };
    let by_width = |agree: bool| {
        DELIMITERS
            .into_iter()
            .map(|delimiter| (count(header, delimiter), delimiter))
            .filter(|(width, delimiter)| {
                *width > 1 && (!agree || row.is_none_or(|row| count(row, *delimiter) == *width))
            })
            .max_by_key(|(width, _)| *width)
            .map(|(_, delimiter)| delimiter)
    };
    by_width(true).or_else(|| by_width(false)).unwrap_or(',')
}

/// The fields of `line`, or the refusal in the file `path`.
///
/// # Errors
/// `E_UNCLOSED_QUOTE` at the line where the quote opens, `E_LIMIT_COLUMNS`.
pub fn row<'l>(line: &'l Line<'_>, delimiter: char, path: &str) -> Result<Vec<Cow<'l, str>>, Refusal> {
    fields(&line.text, delimiter).map_err(|fault| match fault {
        RowFault::UnclosedQuote => {
            Refusal::new(Code::UnclosedQuote, path, line.place(), &line.text, "a quote closed on its own line")
        }
        RowFault::Columns => {
            let expected = format!("at most {COLUMN_LIMIT} columns");
            Refusal::new(Code::LimitColumns, path, line.place(), "more columns", expected)
        }
    })
}

/// The header's titles, checked to be different from one another.
///
/// # Errors
/// `E_DUP_COLUMN`.
pub fn distinct(titles: &[Cow<'_, str>], path: &str, place: Place) -> Result<(), Refusal> {
    let mut seen = std::collections::HashSet::new();
    match titles.iter().position(|title| !title.is_empty() && !seen.insert(title.as_ref())) {
        None => Ok(()),
        Some(at) => {
            let found = format!("{:?} again", titles.get(at).map_or("", |title| title));
            Err(Refusal::new(Code::DupColumn, path, place, found, "columns of different names").in_column(at + 1))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_protect_and_double() {
        let row = fields(r#"0, "=HYPERLINK(""x"",""y"")", 10"#, ',').unwrap();
        assert_eq!(row, ["0", r#"=HYPERLINK("x","y")"#, "10"]);
        assert_eq!(fields("\"\t=1\",\"\"\"\",\"\",", ',').unwrap(), ["\t=1", "\"", "", ""]);
        assert_eq!(fields(r#"27" monitor,1"#, ',').unwrap(), [r#"27" monitor"#, "1"]);
        for open in [r#"0, "Foo, 1"#, r#""a"b,1"#, r#"""#] {
            assert_eq!(fields(open, ','), Err(RowFault::UnclosedQuote), "{open}");
        }
        assert_eq!(fields("a\t\tb", '\t').unwrap(), ["a", "", "b"]);
    }

    #[test]
    fn the_delimiter_splits_header_and_row_alike() {
        assert_eq!(delimiter("time [s];power, active [W]", Some("0;1,5")), ';');
        assert_eq!(delimiter("time [s]\tpower [W]", Some("0\t1,5")), '\t');
        assert_eq!(delimiter("a,b", None), ',');
        assert_eq!(delimiter(r#""a","b""#, Some(r#""0","1""#)), ',');
        assert_eq!(delimiter("time [s]\u{2028}power [W]", Some("0,100")), ',');
    }

    #[test]
    fn columns_are_limited() {
        assert_eq!(fields(&",".repeat(COLUMN_LIMIT), ','), Err(RowFault::Columns));
        assert_eq!(fields(&",".repeat(COLUMN_LIMIT - 1), ',').unwrap().len(), COLUMN_LIMIT);
    }
}
