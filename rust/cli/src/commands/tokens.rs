//! `szilard read --tokens`: the records of a token log, its totals, and what it left out.

use super::energy::{LISTED, excluded_text};
use crate::output::{Answer, diagnostics_text, lines, or_dash, sections, table};
use serde_json::{Value, json};
use szilard::energy::{Excluded, Rate, Request, TokenLog, remark_records};
use szilard::input::printable;

/// The totals of a log, by what they count.
fn totals(log: &TokenLog) -> [(&'static str, Option<u64>); 5] {
    [
        ("prompt_tokens", log.total(|request| request.prompt_tokens)),
        ("cached_tokens", log.total(|request| request.cached_tokens)),
        ("output_tokens", log.total(|request| request.output_tokens)),
        ("retokenised_tokens", log.total(|request| request.retokenised_tokens)),
        ("total_tokens", log.total(|request| request.total_tokens)),
    ]
}

/// What a token log says.
pub(super) fn answer(log: &TokenLog) -> Answer {
    let at = |ns: i64| log.clock.text(ns, &log.leaps);
    let totals = totals(log);
    let mut head = vec![
        ("file", Some(printable(&log.source))),
        ("format", Some(log.format.to_owned())),
        ("clock", Some(log.clock.word().to_owned())),
        ("span", log.span_ns().map(|(start, end)| format!("{} to {}", at(start), at(end)))),
        ("records", Some(format!("{} kept, {} left out", log.requests.len(), log.excluded.len()))),
    ];
    head.extend(totals.iter().map(|(name, total)| (*name, total.map(|total| total.to_string()))));
    let row = |request: &Request| {
        let rate = |rate: &Rate| match rate.deviation {
            Some(deviation) => format!("{} ± {deviation} {} token/s", rate.per_second, rate.of.word()),
            None => format!("{} {} token/s", rate.per_second, rate.of.word()),
        };
        vec![
            request.request.clone(),
            request.line.to_string(),
            or_dash(request.start_ns.map(at)),
            or_dash(request.end_ns.map(at)),
            or_dash(request.duration_ns.map(|ns| ns as f64 * 1e-9)),
            or_dash(request.prompt_tokens),
            or_dash(request.cached_tokens),
            or_dash(request.output_tokens),
            or_dash(request.retokenised_tokens),
            request.rates.iter().map(rate).collect::<Vec<_>>().join(", "),
        ]
    };
    let rows: Vec<Vec<String>> = log.requests.iter().take(LISTED).map(row).collect();
    let titles =
        ["request", "line", "start", "end", "duration [s]", "prompt", "cached", "output", "retokenised", "rates"];
    let more = log.requests.len().saturating_sub(LISTED);
    let rest = if more > 0 { format!("and {more} more; --json lists all\n") } else { String::new() };
    let records = if rows.is_empty() { String::new() } else { table(&titles, &rows) + &rest };
    let text =
        sections(&[lines(&head), records, excluded_text(&log.excluded), diagnostics_text(&log.diagnostics, true)]);
    let totals: serde_json::Map<String, Value> =
        totals.into_iter().map(|(name, total)| (name.to_owned(), json!(total))).collect();
    let json = json!({
        "status": "complete",
        "source": log.source,
        "format": log.format,
        "clock": log.clock.word(),
        "totals": totals,
        "requests": log.requests.iter().map(record).collect::<Vec<_>>(),
        "excluded": log.excluded.iter().map(left_out).collect::<Vec<_>>(),
        "diagnostics": remark_records(&log.diagnostics),
    });
    Answer { text, json, ..Answer::default() }
}

fn record(request: &Request) -> Value {
    let rate = |rate: &Rate| json!({ "of": rate.of.word(), "value": rate.per_second, "deviation": rate.deviation, "unit": "token/s" });
    json!({
        "request": request.request,
        "phase": request.phase,
        "start_ns": request.start_ns,
        "first_token_ns": request.first_token_ns,
        "end_ns": request.end_ns,
        "duration_ns": request.duration_ns,
        "prompt_tokens": request.prompt_tokens,
        "cached_tokens": request.cached_tokens,
        "output_tokens": request.output_tokens,
        "retokenised_tokens": request.retokenised_tokens,
        "total_tokens": request.total_tokens,
        "rates": request.rates.iter().map(rate).collect::<Vec<_>>(),
        "concurrency": request.concurrency,
        "logged_energy_j": request.logged_energy_j,
        "logged_per_token_j": request.logged_per_token_j,
        "line": request.line,
    })
}

fn left_out(excluded: &Excluded) -> Value {
    json!({
        "request": excluded.request, "line": excluded.line, "code": excluded.code.name(), "message": excluded.message,
    })
}
