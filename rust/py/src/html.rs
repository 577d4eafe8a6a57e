//! What a notebook shows. All text goes through one escape; styles are on the elements, so that nothing else changes.

use pyo3::prelude::*;
use szilard::input::{markup, printable};

/// The text of a cell, cut where it is long.
fn cell(text: &str) -> String {
    markup(&printable(text))
}

/// A line in the colours of the page, with a table folded below it if it has rows. Every argument is plain text.
pub fn card(line: &str, summary: &str, header: &[&str], rows: &[Vec<String>]) -> String {
    const CELL: &str = "padding:0 .8em 0 0;text-align:left;color:inherit;background:none";
    let cells = |tag: &str, texts: &mut dyn Iterator<Item = &str>| -> String {
        texts.map(|text| format!("<{tag} style=\"{CELL}\">{}</{tag}>", cell(text))).collect()
    };
    let table = if rows.is_empty() {
        String::new()
    } else {
        let body: String = rows
            .iter()
            .map(|row| {
                format!("<tr style=\"background:none\">{}</tr>", cells("td", &mut row.iter().map(String::as_str)))
            })
            .collect();
        format!(
            "<details><summary>{}</summary><table style=\"color:inherit;border-collapse:collapse\"><thead><tr>{}</tr>\
             </thead><tbody>{body}</tbody></table></details>",
            cell(summary),
            cells("th", &mut header.iter().copied()),
        )
    };
    format!("<div class=\"szilard\" style=\"color:inherit\"><strong>{}</strong>{table}</div>", cell(line))
}

/// The line of an object with the first rows of one of its tables folded below it.
pub fn with_table(object: &Bound<'_, PyAny>, name: &str) -> PyResult<String> {
    let table = object.getattr(name)?;
    let cells = object.py().import("szilard._table")?.call_method1("cells", (table,))?;
    let (header, rows): (Vec<String>, Vec<Vec<String>>) = cells.extract()?;
    let header: Vec<&str> = header.iter().map(String::as_str).collect();
    Ok(card(object.repr()?.to_str()?, name, &header, &rows))
}
