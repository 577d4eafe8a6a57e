//! Tables of the documentation that are written from the code. `SZILARD_WRITE_DOCS=1 cargo test -p szilard --test docs`
//! writes them; without it they are compared.

#![allow(clippy::unwrap_used)]

use std::path::Path;
use szilard::energy::TOKEN_FORMATS;
use szilard::information::{LOGIT_FORMATS, LOGPROB_FORMATS};
use szilard::input::Code;
use szilard::traces::{Format, formats};

/// The page with the text between `<!-- name -->` and `<!-- end name -->` replaced.
fn replaced(page: &str, name: &str, table: &str) -> String {
    let (open, close) = (format!("<!-- {name} -->"), format!("<!-- end {name} -->"));
    let (before, rest) = page.split_once(&open).unwrap();
    let (_, after) = rest.split_once(&close).unwrap();
    format!("{before}{open}\n\n{table}\n{close}{after}")
}

fn written(page: &str, tables: &[(&str, &str)]) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(page);
    let found = std::fs::read_to_string(&path).unwrap();
    let written = tables.iter().fold(found, |page, (name, table)| replaced(&page, name, table));
    if std::env::var_os("SZILARD_WRITE_DOCS").is_some() {
        std::fs::write(&path, &written).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap(), written, "run with SZILARD_WRITE_DOCS=1");
}

#[test]
fn the_tables_of_formats_say_what_the_code_says() {
    let mut powers = String::from(
        "| format | what writes it | units | channels | clock | boundary | sample |\n|---|---|---|---|---|---|---|\n",
    );
    for format in formats() {
        let Format { name, description, units, channels, clock, boundary, sample, .. } = format;
        let row = format!("| `{name}` | {description} | {units} | {channels} | {clock} | {boundary} | `{sample}` |\n");
        powers.push_str(&row);
    }
    let mut listed = String::from("| format | of | what writes it | units |\n|---|---|---|---|\n");
    let mut row = |name: &str, of: &str, what: &str, units: &str| {
        listed.push_str(&format!("| `{name}` | {of} | {what} | {units} |\n"));
    };
    TOKEN_FORMATS.iter().for_each(|format| row(format.name, "tokens", format.description, format.units));
    LOGIT_FORMATS.iter().for_each(|format| row(format.name, "logits", format.description, "natural log, unnormalised"));
    LOGPROB_FORMATS.iter().for_each(|format| row(format.name, "logprobs", format.description, "nat"));
    written("formats.md", &[("powers", &powers), ("formats", &listed)]);
}

#[test]
fn the_table_of_codes_says_what_the_code_says() {
    let mut codes = String::from(
        "| code | severity | what it means | effect on the status | what to do | elsewhere |\n|---|---|---|---|---|---|\n",
    );
    for code in Code::ALL {
        let (name, severity, meaning) = (code.name(), code.severity().word(), code.meaning());
        let elsewhere = code.known_as().map_or(String::new(), |name| format!("`{name}`"));
        let (effect, remedy) = (code.effect(), code.remedy());
        codes.push_str(&format!("| `{name}` | {severity} | {meaning} | {effect} | {remedy} | {elsewhere} |\n"));
    }
    written("diagnostics.md", &[("codes", &codes)]);
}
