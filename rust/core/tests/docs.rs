//! Tables of the documentation that are written from the code. `SZILARD_WRITE_DOCS=1 cargo test -p szilard --test docs`
//! writes them; without it they are compared.

#![allow(clippy::unwrap_used)]

use std::path::Path;
use szilard::energy::TOKEN_FORMATS;
use szilard::information::{LOGIT_FORMATS, LOGPROB_FORMATS};
use szilard::input::Code;
use szilard::traces::formats;

/// The page with the text between `<!-- name -->` and `<!-- end name -->` replaced.
fn replaced(page: &str, name: &str, table: &str) -> String {
    let (open, close) = (format!("<!-- {name} -->"), format!("<!-- end {name} -->"));
    let (before, rest) = page.split_once(&open).unwrap();
    let (_, after) = rest.split_once(&close).unwrap();
    format!("{before}{open}\n\n{table}\n{close}{after}")
}

#[test]
fn the_tables_of_formats_and_codes_say_what_the_code_says() {
    let mut listed = String::from("| format | of | what writes it | units |\n|---|---|---|---|\n");
    let mut row = |name: &str, of: &str, what: &str, units: &str| {
        listed.push_str(&format!("| `{name}` | {of} | {what} | {units} |\n"));
    };
    formats().iter().for_each(|format| row(format.name, "power", format.description, format.units));
    TOKEN_FORMATS.iter().for_each(|format| row(format.name, "tokens", format.description, format.units));
    LOGIT_FORMATS.iter().for_each(|format| row(format.name, "logits", format.description, "natural log, unnormalised"));
    LOGPROB_FORMATS.iter().for_each(|format| row(format.name, "logprobs", format.description, "nat"));

    let mut codes = String::from("| code | meaning |\n|---|---|\n");
    for code in Code::ALL {
        codes.push_str(&format!("| `{}` | {} |\n", code.name(), code.meaning()));
    }

    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/formats.md");
    let page = std::fs::read_to_string(&path).unwrap();
    let written = replaced(&replaced(&page, "formats", &listed), "codes", &codes);
    if std::env::var_os("SZILARD_WRITE_DOCS").is_some() {
        std::fs::write(&path, &written).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap(), written, "run with SZILARD_WRITE_DOCS=1");
}
