//! The ladder in text and in JSON.

use crate::output::{lines, quantity_json, sections, table};
use serde_json::{Value, json};
use szilard::landauer::{Ladder, Model, Rung, TokenYield};
use szilard::quantity::Boundary;

/// The ladder as a table: a gap or a reason on every rung.
pub(in crate::commands) fn ladder_text(ladder: &Ladder) -> String {
    let rows: Vec<Vec<String>> = ladder
        .rungs()
        .iter()
        .map(|rung| {
            let floor = match &rung.energy {
                Ok(energy) => format!("{:.3e}", energy.coherent_value()),
                Err(_) => "-".to_owned(),
            };
            let (gap, log10) = match &rung.gap {
                Ok(gap) => (
                    format!("{:.4e}", gap.ratio().coherent_value()),
                    gap.log10().map_or("-".to_owned(), |log10| format!("{:.2}", log10.value())),
                ),
                Err(_) => ("-".to_owned(), "-".to_owned()),
            };
            let remark = rung.gap.as_ref().err().map_or(rung.bound.formula.to_owned(), ToString::to_string);
            let tokens = match rung.token_yield() {
                Ok(TokenYield::Unbounded) => "unbounded".to_owned(),
                Ok(TokenYield::AtMost(tokens)) => format!("{:.3e}", tokens.value()),
                Err(_) => "-".to_owned(),
            };
            let words = [rung.bound.name, rung.bound.kind.word()].map(str::to_owned).into_iter();
            words.chain([floor, gap, counted_at(ladder), log10, tokens, remark]).collect()
        })
        .collect();
    let head = lines(&[
        ("measured", (!ladder.applied().is_empty()).then(|| ladder.measured().to_string())),
        ("taken out", (!ladder.applied().is_empty()).then(|| taken_out(ladder))),
        ("energy", Some(ladder.energy().to_string())),
        ("counted at", Some(counted_at(ladder))),
        ("temperature", Some(ladder.temperature().to_string())),
        ("exported entropy", Some(format!("{} (identity, no bound)", ladder.landauer_units()))),
        ("over the token's", ladder.entropy_export_ratio().ok().map(|ratio| format!("{ratio} (no gap)"))),
    ]);
    let titles = [
        "bound",
        "kind",
        "bound [J/token]",
        "gap",
        "of E at",
        "log10",
        "token/Wh at most",
        "formula, or why there is no gap",
    ];
    let remarks: String =
        ladder.diagnostics().iter().map(|remark| format!("{}: {}\n", remark.code, remark.message)).collect();
    sections(&[head, remarks, table(&titles, &rows)].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>())
}

/// The boundary of the energy that the bounds are held against.
pub(super) fn counted_at(ladder: &Ladder) -> String {
    ladder.energy().boundary().map_or("not stated", Boundary::word).to_owned()
}

/// The factors between the chip and the boundary of the measured energy.
fn taken_out(ladder: &Ladder) -> String {
    ladder
        .applied()
        .iter()
        .map(|step| format!("{} {}", step.factor.name(), step.factor.quantity()))
        .collect::<Vec<_>>()
        .join(", ")
}

/// The ladder in JSON: the table has a row for every bound.
pub(in crate::commands) fn ladder_json(name: &str, model: &Model, ladder: &Ladder) -> Value {
    json!({
        "status": "complete",
        "model": name,
        "parameters": model.parameters() as u64,
        "energy": quantity_json(ladder.energy()),
        "measured": quantity_json(ladder.measured()),
        "applied": ladder.applied().iter().map(|step| step.factor.name().to_owned()).collect::<Vec<_>>(),
        "diagnostics": ladder.diagnostics().iter()
            .map(|remark| json!({"code": remark.code.name(), "message": remark.message}))
            .collect::<Vec<_>>(),
        "temperature": quantity_json(ladder.temperature()),
        "landauer_units": quantity_json(ladder.landauer_units()),
        "entropy_export_ratio": ladder.entropy_export_ratio().ok().map(quantity_json),
        "table": table_json(ladder),
    })
}

/// A row for every bound.
pub(super) fn table_json(ladder: &Ladder) -> Vec<Value> {
    ladder.rungs().iter().map(|rung| rung_json(rung, ladder.energy().boundary())).collect()
}

fn rung_json(rung: &Rung, boundary: Option<Boundary>) -> Value {
    let interval = rung.gap.as_ref().ok().map(|gap| gap.interval(0.95));
    json!({
        "bound": rung.bound.name,
        "kind": rung.bound.kind.word(),
        "energy": rung.energy.as_ref().ok().map(quantity_json),
        "boundary": boundary.map(Boundary::word),
        "gap": rung.gap.as_ref().ok().map(|gap| quantity_json(gap.ratio())),
        "log10": rung.gap.as_ref().ok().and_then(|gap| gap.log10().ok()).map(|log10| quantity_json(&log10)),
        "interval": interval.as_ref().and_then(|it| it.as_ref().ok()).map(|it| json!([it.low, it.high])),
        "interval_reason": interval.as_ref().and_then(|it| it.as_ref().err()).map(ToString::to_string),
        "tokens_per_wh": rung.token_yield().ok().and_then(|tokens| match tokens {
            TokenYield::Unbounded => None,
            TokenYield::AtMost(tokens) => Some(quantity_json(&tokens)),
        }),
        "unbounded": rung.token_yield() == Ok(TokenYield::Unbounded),
        "reason": rung.gap.as_ref().err().map(ToString::to_string),
        "formula": rung.bound.formula,
        "assumptions": rung.bound.assumptions,
        "retained": rung.bound.retained,
        "not_claimed": rung.bound.not_claimed,
        "source": rung.bound.source,
    })
}
