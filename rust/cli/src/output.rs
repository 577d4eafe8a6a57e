//! What goes out: tables, JSON, and text that is safe for a terminal.

use serde_json::{Value, json};
use szilard::input::{Code, Diagnostic, Diagnostics, Place, Severity, is_hidden, printable};
use szilard::quantity::{Component, Quantity, QuantityRecord};

/// The most components of a budget that are listed in text; `--json` has all.
const COMPONENTS: usize = 12;
const BUDGET: [&str; 5] = ["component", "type", "distribution", "u", "unit"];

/// The most devices, and remarks of one code, that are listed in text; `--json` has all.
pub(crate) const DEVICES_LISTED: usize = 256;

/// What a command found out.
#[derive(Debug, Default)]
pub(crate) struct Answer {
    /// For a reader.
    pub text: String,
    /// For a program.
    pub json: Value,
    /// What is missing, if anything is; the answer is then incomplete.
    pub incomplete: Vec<String>,
    /// Why what was looked at is refused, if it is, though there is something to show.
    pub refused: Vec<String>,
}

/// The text with every control and direction character but the newline escaped.
pub(crate) fn for_terminal(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        if is_hidden(character) && character != '\n' {
            safe.extend(character.escape_unicode());
        } else {
            safe.push(character);
        }
    }
    safe
}

/// The JSON text, indented, with the characters escaped that a terminal would act on. It reads back unchanged.
pub(crate) fn json_text(value: &Value) -> String {
    let plain = format!("{value:#}\n");
    if plain.bytes().all(|byte| byte == b'\n' || (b' '..=b'~').contains(&byte)) {
        return plain;
    }
    let mut safe = String::with_capacity(plain.len());
    for character in plain.chars() {
        if is_hidden(character) && character != '\n' {
            let mut units = [0; 2];
            for unit in character.encode_utf16(&mut units) {
                safe.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            safe.push(character);
        }
    }
    safe
}

/// A table with aligned columns; a column of numbers is aligned to the right.
pub(crate) fn table(titles: &[&str], rows: &[Vec<String>]) -> String {
    let rows: Vec<Vec<String>> =
        rows.iter().map(|row| row.iter().map(|cell| printable(cell).replace('\n', " ")).collect()).collect();
    let column = |index: usize| rows.iter().filter_map(move |row| row.get(index));
    let width = |text: &str| text.chars().count();
    let numeric = |index: usize| {
        let mut cells = column(index).filter(|cell| *cell != "-").peekable();
        cells.peek().is_some() && cells.all(|cell| cell.parse::<f64>().is_ok())
    };
    let widths: Vec<(usize, bool)> = titles
        .iter()
        .enumerate()
        .map(|(index, title)| {
            (column(index).map(|cell| width(cell)).max().unwrap_or(0).max(width(title)), numeric(index))
        })
        .collect();
    let line = |cells: &mut dyn Iterator<Item = &str>| -> String {
        let padded = cells.zip(&widths).map(|(cell, (widest, right))| {
            let space = " ".repeat(widest.saturating_sub(width(cell)));
            if *right { format!("{space}{cell}") } else { format!("{cell}{space}") }
        });
        format!("{}\n", padded.collect::<Vec<_>>().join("  ").trim_end())
    };
    let mut text = line(&mut titles.iter().copied());
    for row in &rows {
        text.push_str(&line(&mut row.iter().map(String::as_str)));
    }
    text
}

/// Lines of a name and what it stands for, aligned; what is not known has no line.
pub(crate) fn lines(rows: &[(&str, Option<String>)]) -> String {
    let width = rows.iter().filter(|(_, value)| value.is_some()).map(|(name, _)| name.len()).max().unwrap_or(0);
    rows.iter().filter_map(|(name, value)| Some(format!("{name:<width$}  {}\n", value.as_ref()?))).collect()
}

/// The parts that are not empty, with a blank line between two of them.
pub(crate) fn sections(parts: &[String]) -> String {
    parts.iter().filter(|part| !part.is_empty()).map(String::as_str).collect::<Vec<_>>().join("\n")
}

/// A cell for what may not be known.
pub(crate) fn or_dash<T: ToString>(value: Option<T>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| value.to_string())
}

/// A number of a table, with three decimals where they show it and in powers of ten where they do not.
pub(crate) fn figure(value: f64) -> String {
    let plain = value == 0.0 || (0.01..1e9).contains(&value.abs());
    if plain { format!("{value:.3}") } else { format!("{value:.3e}") }
}

/// An object with the members of another one behind its own.
pub(crate) fn with(mut object: Value, more: Value) -> Value {
    if let (Value::Object(members), Value::Object(more)) = (&mut object, more) {
        members.extend(more);
    }
    object
}

/// A quantity in JSON.
pub(crate) fn quantity_json(quantity: &Quantity) -> Value {
    json!(QuantityRecord::from(quantity))
}

/// The components of the uncertainty, largest first; nothing where there are none.
pub(crate) fn budget_text(quantity: &Quantity) -> String {
    budget_in(quantity, quantity.unit().symbol())
}

/// The components of the uncertainty of a figure whose unit is `unit`.
pub(crate) fn budget_in(quantity: &Quantity, unit: &str) -> String {
    let mut components = quantity.measured().components().to_vec();
    components.sort_by(|left, right| right.contribution.abs().total_cmp(&left.contribution.abs()));
    let row = |part: &Component| {
        let (evaluation, contribution) = (format!("{:?}", part.evaluation), format!("{:.3e}", part.contribution));
        vec![part.label.to_string(), evaluation, part.distribution.word(), contribution, unit.to_owned()]
    };
    let rows: Vec<Vec<String>> = components.iter().take(COMPONENTS).map(row).collect();
    match components.len().saturating_sub(COMPONENTS) {
        _ if rows.is_empty() => String::new(),
        0 => table(&BUDGET, &rows),
        more => format!("{}and {more} smaller ones; --json lists all\n", table(&BUDGET, &rows)),
    }
}

/// The remarks as lines, one for each code and channel with how often it was given: warnings and what an uncertainty
/// leaves out, and what else is worth knowing only where `all` are asked for.
pub(crate) fn diagnostics_text(diagnostics: &Diagnostics, all: bool) -> String {
    let mut seen: Vec<(&Diagnostic, u64)> = Vec::new();
    let mut index = std::collections::HashMap::new();
    let is_shown =
        |code: Code| all || code.severity() > Severity::Info || matches!(code, Code::GainUnknown | Code::InBlocks);
    for remark in diagnostics.iter().filter(|remark| is_shown(remark.code)) {
        let at = *index.entry((remark.code, remark.channel.as_deref())).or_insert(seen.len());
        match seen.get_mut(at) {
            Some((_, count)) => *count += 1,
            None => seen.push((remark, 1)),
        }
    }
    for (code, channel, more) in diagnostics.left_out() {
        if let Some((_, count)) = index.get(&(code, channel)).and_then(|at| seen.get_mut(*at)) {
            *count += more;
        }
    }
    let line = |(remark, count): &(&Diagnostic, u64)| {
        let channel = remark.channel.as_ref().map(|channel| format!(" {}", printable(channel))).unwrap_or_default();
        let times = if *count > 1 { format!(" ({count} times, first here)") } else { String::new() };
        let message = printable(&remark.message);
        let place = match &remark.place {
            Place::File => String::new(),
            Place::Line(line) => format!(" line {line}"),
            other => format!(" {}", printable(&other.to_string())),
        };
        format!("{}{place}{channel}: {message}{times}\n", remark.code.name())
    };
    let mut listed: std::collections::HashMap<Code, usize> = std::collections::HashMap::new();
    let mut text = String::new();
    for remark in &seen {
        let count = listed.entry(remark.0.code).or_insert(0);
        *count += 1;
        if *count <= DEVICES_LISTED {
            text.push_str(&line(remark));
        }
    }
    let more = listed.values().map(|count| count.saturating_sub(DEVICES_LISTED)).sum();
    text + &and_more(more)
}

/// The line behind a list that was cut.
pub(crate) fn and_more(more: usize) -> String {
    if more == 0 { String::new() } else { format!("and {more} more; --json lists all\n") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use szilard::input::Code;

    #[test]
    fn nothing_that_a_terminal_acts_on_goes_out() {
        let name = "gpu\u{1b}[31m\u{9b}2J\u{202e}\r";
        assert_eq!(for_terminal(name), "gpu\\u{1b}[31m\\u{9b}2J\\u{202e}\\u{d}");
        let text = json_text(&json!({ "name": name }));
        assert!(!text.chars().any(|character| is_hidden(character) && character != '\n'), "{text}");
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap()["name"], name);
    }

    #[test]
    fn numbers_stand_to_the_right() {
        let rows = [vec!["a".to_owned(), "1.5".to_owned()], vec!["long".to_owned(), "-".to_owned()]];
        assert_eq!(table(&["name", "power [W]"], &rows), "name  power [W]\na           1.5\nlong          -\n");
    }

    #[test]
    fn nothing_small_looks_like_nothing() {
        assert_eq!([12.5, 0.0, -3e-6, 2e12].map(figure), ["12.500", "0.000", "-3.000e-6", "2.000e12"]);
    }

    #[test]
    fn a_remark_that_is_given_often_is_one_line() {
        let mut diagnostics = Diagnostics::default();
        for line in 3..=1002 {
            diagnostics.push(Code::NaSample, Place::Line(line), Some("gpu0"), "no reading");
        }
        let text = diagnostics_text(&diagnostics, false);
        assert_eq!(text, "W_NA_SAMPLE line 3 gpu0: no reading (1000 times, first here)\n");
    }
}
