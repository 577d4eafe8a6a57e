//! The tables of the page of a run.

use super::document::line;
use crate::energy::report::{EnergyRecord, Report};
use crate::input::markup;
use crate::quantity::{Measured, Quantity, QuantityRecord};

/// Rows of a table beyond which it says how many more there are.
const ROWS: usize = 1000;

/// Every figure of the report that is known.
pub(super) fn figures(report: &Report) -> String {
    let known: [(&str, Option<&QuantityRecord>); 14] = [
        ("energy per generated token", Some(&report.per_token)),
        ("generated tokens per energy", Some(&report.tokens_per_wh)),
        ("above idle, per generated token", report.above_idle_per_token.as_ref()),
        ("up to the first token, per prompt token", report.prefill_per_token.as_ref()),
        ("from the first token on, per generated token", report.decode_per_token.as_ref()),
        ("energy of the requests", Some(&report.gross)),
        ("energy of the requests above idle", report.above_idle.as_ref()),
        ("idle draw as a share of it", report.idle_share.as_ref()),
        ("idle power", report.idle_power.as_ref()),
        ("meter over the window", report.meter.energy.as_ref()),
        ("with no request in flight", Some(&report.idle_energy)),
        ("not attributed", Some(&report.unattributed)),
        ("stated by the token log itself", report.logged.as_ref()),
        ("added to the clock of the token log", report.clock_offset.as_ref()),
    ];
    let rows = known.into_iter().filter_map(|(name, figure)| Some(vec![text(name), text_of(line(figure?))]));
    let counts = format!("{} generated tokens in {} records", report.output_tokens, report.records.inference);
    let idle = report.idle_method.as_deref().map(|method| format!("; idle power: {method}")).unwrap_or_default();
    let gap = format!("; {:.3} s of the meter covered, {:.3} s missing", report.meter.covered_s, report.meter.gap_s);
    let note = format!("{counts}; split by {}{idle}{gap}", report.policy);
    format!("{}<p class=\"quiet\">{}</p>\n", table(&["figure", "value"], rows, 0), markup(&note))
}

/// The components of the uncertainty of a figure, largest first.
pub(super) fn budget(figure: &QuantityRecord) -> String {
    let quantity: Result<Quantity, _> = figure.clone().try_into();
    let Ok(quantity) = quantity else { return String::new() };
    let measured: &Measured = quantity.measured();
    let mut shares: Vec<_> = measured.shares().collect();
    shares.sort_by(|(_, left), (_, right)| right.total_cmp(left));
    let left_out = shares.len().saturating_sub(ROWS);
    let rows = shares.into_iter().take(ROWS).map(|(part, share)| {
        vec![
            text(&part.label),
            text(format!("{:?}", part.evaluation)),
            text(part.distribution.word().as_str()),
            number(&format!("{:.3e} {}", part.contribution, figure.unit)),
            number(&format!("{:.1} %", 100.0 * share)),
        ]
    });
    table(&["component", "type", "distribution", "contribution", "share of variance"], rows, left_out)
}

/// The parts of the meter.
pub(super) fn devices(meter: &EnergyRecord) -> String {
    let rows = meter.per_device.iter().take(ROWS).map(|part| {
        let energy = part.energy_j.map_or("no reading".to_owned(), |energy| format!("{energy:.6} J"));
        vec![
            text(&part.device),
            text(&part.channel),
            number(&energy),
            number(&part.u_j.map_or("-".to_owned(), |u| format!("{u:.3e} J"))),
            number(&format!("{:.3} s", part.covered_s)),
            number(&format!("{:.3} s", part.gap_s)),
            text(&part.status),
        ]
    });
    let header = ["device", "channel", "energy", "u", "covered", "missing", "status"];
    table(&header, rows, meter.per_device.len().saturating_sub(ROWS))
}

/// What is missing or noteworthy, of the run and of its meter.
pub(super) fn remarks(report: &Report) -> String {
    let of_meter = report.meter.diagnostics.iter().filter(|remark| !report.diagnostics.contains(remark));
    let all: Vec<_> = report.diagnostics.iter().chain(of_meter).collect();
    let rows = all.iter().take(ROWS).map(|remark| {
        let channel = remark.channel.as_deref().unwrap_or("-");
        [&remark.severity, &remark.code, &remark.place, channel, &remark.message].map(text).to_vec()
    });
    table(&["severity", "code", "place", "channel", "message"], rows, all.len().saturating_sub(ROWS))
}

/// The records that were left out, and why.
pub(super) fn excluded(report: &Report) -> String {
    let rows = report.excluded.iter().take(ROWS).map(|record| {
        vec![text(&record.request), number(&record.line.to_string()), text(&record.code), text(&record.message)]
    });
    table(&["record", "line", "code", "reason"], rows, report.excluded.len().saturating_sub(ROWS))
}

/// The energy of each request.
pub(super) fn requests(report: &Report) -> String {
    let joules = |value: Option<f64>| number(&value.map_or("-".to_owned(), |joules| format!("{joules:.4}")));
    let rows = report.requests.iter().take(ROWS).map(|part| {
        vec![
            text(&part.request),
            joules(Some(part.energy_j)),
            joules(Some(part.u_j)),
            number(&part.output_tokens.map_or("-".to_owned(), |tokens| tokens.to_string())),
            joules(part.energy_per_token_j),
            text(&part.status),
        ]
    });
    let header = ["request", "energy [J]", "u [J]", "generated tokens", "per token [J/token]", "status"];
    table(&header, rows, report.requests.len().saturating_sub(ROWS))
}

/// The files that the report was made from, as they were then.
pub(super) fn inputs(report: &Report) -> String {
    let rows = report.inputs.iter().take(ROWS).map(|input| {
        vec![text(&input.role), text(&input.name), number(&format!("{} B", input.bytes)), text(&input.sha256)]
    });
    table(&["role", "file", "length", "SHA-256"], rows, report.inputs.len().saturating_sub(ROWS))
}

fn text(content: impl AsRef<str>) -> String {
    text_of(markup(content.as_ref()))
}

fn text_of(safe: String) -> String {
    format!("<td>{safe}</td>")
}

fn number(content: &str) -> String {
    format!("<td class=\"number\">{}</td>", markup(content))
}

/// A table of cells; nothing where it would have no row.
fn table(header: &[&str], rows: impl Iterator<Item = Vec<String>>, left_out: usize) -> String {
    let body: String = rows.map(|row| format!("<tr>{}</tr>\n", row.concat())).collect();
    if body.is_empty() {
        return String::new();
    }
    let titles: String = header.iter().map(|title| format!("<th scope=\"col\">{}</th>", markup(title))).collect();
    let more = if left_out > 0 { format!("<p class=\"quiet\">and {left_out} more</p>\n") } else { String::new() };
    format!(
        "<div class=\"table\"><table>\n<thead><tr>{titles}</tr></thead>\n<tbody>\n{body}</tbody>\n</table></div>\n{more}"
    )
}
