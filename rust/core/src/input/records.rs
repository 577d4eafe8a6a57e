//! Records of delimited text whose quoted fields may hold line ends, as prompts in token logs do.

use super::diagnostic::{Code, Diagnostics, Place, Refusal};
use super::lines::{LINE_LIMIT, Lines};
use super::table::{RowFault, fields};

/// One record: its fields and the line it starts on.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// Line of its first character, counted from 1.
    pub line: u32,
    /// Its fields.
    pub fields: Vec<String>,
}

impl Record {
    /// The place of the record.
    pub fn place(&self) -> Place {
        Place::Line(u64::from(self.line))
    }
}

/// The records of a delimited text, the header among them; blank lines and lines that start with `#` are passed over.
///
/// # Errors
/// `E_UNCLOSED_QUOTE` with the line on which the record starts, `E_LINE_TOO_LONG` where a record is longer than a line
/// may be, and the refusals of the lines.
pub fn records(
    mut lines: Lines<'_>,
    delimiter: char,
    path: &str,
    diagnostics: &mut Diagnostics,
) -> Result<Vec<Record>, Refusal> {
    let mut found = Vec::new();
    while let Some(line) = lines.next(diagnostics)? {
        if line.text.trim().is_empty() || line.text.starts_with('#') {
            continue;
        }
        let place = line.place();
        let refuse = |code, what: &str, expected: &str| Refusal::new(code, path, place.clone(), what, expected);
        let mut text = line.text.clone().into_owned();
        let mut count = quotes(&text);
        while count % 2 == 1 {
            let Some(next) = lines.next(diagnostics)? else {
                return Err(refuse(Code::UnclosedQuote, "a quote that is never closed", "a closing quote"));
            };
            count += quotes(&next.text);
            text.push('\n');
            text.push_str(&next.text);
            if text.len() > LINE_LIMIT {
                return Err(refuse(Code::LineTooLong, "a longer record", "records of at most 1 MiB"));
            }
        }
        let split = fields(&text, delimiter).map_err(|fault| match fault {
            RowFault::UnclosedQuote => refuse(Code::UnclosedQuote, "text behind a closing quote", "a delimiter"),
            RowFault::Columns => refuse(Code::LimitColumns, "more columns", "at most 4096 columns"),
        })?;
        found.push(Record { line: line.number, fields: split.into_iter().map(|field| field.into_owned()).collect() });
    }
    Ok(found)
}

fn quotes(text: &str) -> usize {
    text.bytes().filter(|byte| *byte == b'"').count()
}

#[cfg(test)]
mod tests {
    use super::super::Text;
    use super::*;

    fn read(text: &str) -> Result<Vec<Record>, Refusal> {
        let text = Text::open(text.as_bytes().to_vec(), "log.csv", false)?;
        records(text.lines(), ',', "log.csv", &mut Diagnostics::default())
    }

    #[test]
    fn a_quoted_field_may_hold_line_ends() {
        let found = read("id,prompt\n1,\"#include <a>\n# not a comment, \"\"quoted\"\"\"\n2,x\n").unwrap();
        let lines: Vec<u32> = found.iter().map(|record| record.line).collect();
        assert_eq!(lines, [1, 2, 4]);
        assert_eq!(found[1].fields, ["1", "#include <a>\n# not a comment, \"quoted\""]);
    }

    #[test]
    fn an_open_quote_is_named_where_its_record_starts() {
        let refusal = read("id,prompt\n1,\"open\n2,x\n").unwrap_err();
        assert_eq!((refusal.code, refusal.place), (Code::UnclosedQuote, Place::Line(2)));
    }
}
