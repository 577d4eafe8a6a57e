//! What a notebook shows. All text goes through one escape; styles are on the elements, so that nothing else changes.

/// The text with the characters that HTML gives a meaning replaced.
pub fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in szilard::input::printable(text).chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}

/// A line in the colours of the page, with a table folded below it if it has rows. Every argument is plain text.
pub fn card(line: &str, summary: &str, header: &[&str], rows: &[Vec<String>]) -> String {
    const CELL: &str = "padding:0 .8em 0 0;text-align:left;color:inherit;background:none";
    let cells = |tag: &str, texts: &mut dyn Iterator<Item = &str>| -> String {
        texts.map(|text| format!("<{tag} style=\"{CELL}\">{}</{tag}>", escape(text))).collect()
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
            escape(summary),
            cells("th", &mut header.iter().copied()),
        )
    };
    format!("<div class=\"szilard\" style=\"color:inherit\"><strong>{}</strong>{table}</div>", escape(line))
}
