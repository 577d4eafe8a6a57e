//! The page of a run.

use super::{pictures, tables};
use crate::energy::report::{REPORT_SCHEMA, Report};
use crate::input::markup;
use crate::quantity::{Quantity, QuantityRecord};

const STYLE: &str = include_str!("style.css");

/// The page of a run as HTML: what a token cost, with its unit, uncertainty, boundary and status, what it is made of,
/// what is missing and from which files it came.
///
/// It stands alone: no script, and nothing that is fetched; a browser that is told otherwise by a name in a log is
/// forbidden it by the policy in the head of the page. Text of the report is escaped.
///
/// # Example
/// ```
/// use szilard::energy::{Report, page};
///
/// let saved = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/reports/fp16_1.json"));
/// let page = page(&Report::from_json(saved, "fp16_1.json").unwrap());
/// assert!(page.contains("(1.000 ± 0.036) J/token"));
/// assert!(!page.contains("<script"));
/// ```
pub fn page(report: &Report) -> String {
    let answer = line(&report.per_token);
    let parts = [
        section("Energy of each request", &pictures::requests(report)),
        section("Where the energy of the meter went", &pictures::parts(report)),
        section("Figures", &tables::figures(report)),
        section("What the uncertainty is made of", &pictures::budget(&report.per_token)),
        section("Budget", &tables::budget(&report.per_token)),
        section("Devices", &tables::devices(&report.meter)),
        section("Reasons and remarks", &tables::remarks(report)),
        section("Records left out", &tables::excluded(report)),
        section("Requests", &tables::requests(report)),
        section("Made from", &tables::inputs(report)),
    ];
    let labels: Vec<String> = report.labels.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let run = if labels.is_empty() { report.trace.clone() } else { labels.join(", ") };
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n\
         <style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>What did a token of this run cost?</h1>\n\
         <p class=\"answer\"><strong>{answer}</strong> <span class=\"status\">{status}</span></p>\n<p>{run}</p>\n\
         {parts}</main>\n<footer class=\"quiet\">\n<p>u is a standard uncertainty. Boundary: where the meter stands; \
         basis: with (gross) or without idle draw; nothing that is missing is counted as zero. A figure that is \
         incomplete says above what is not covered. Made by szilard {version} ({REPORT_SCHEMA}).</p>\n</footer>\n\
         </body>\n</html>\n",
        title = markup(&format!("{} - {}", report.trace, report.status)),
        status = markup(&report.status),
        run = markup(&run),
        parts = parts.concat(),
        version = markup(&report.szilard),
    )
}

/// The figure in one line, or why it is none.
pub(super) fn line(record: &QuantityRecord) -> String {
    let quantity: Result<Quantity, _> = record.clone().try_into();
    markup(&quantity.map_or_else(|error| format!("no quantity: {error}"), |quantity| quantity.to_string()))
}

fn section(title: &str, content: &str) -> String {
    if content.is_empty() {
        return String::new();
    }
    format!("<section>\n<h2>{title}</h2>\n{content}</section>\n")
}
