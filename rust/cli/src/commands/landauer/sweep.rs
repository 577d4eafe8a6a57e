//! A sweep in text and in JSON: a column for each value.

use super::ladder::{counted_at, table_json};
use super::roofline::roofline_json;
use crate::output::{lines, quantity_json, sections, table};
use serde_json::{Value, json};
use szilard::landauer::{Axis, LandauerError, Rung, SweepRow};
use szilard::quantity::Quantity;

/// An axis with its values, as in `batch=1,8,64`.
pub(super) fn axis(text: &str) -> Result<Axis, String> {
    let (word, values) = text.split_once('=').ok_or("expected AXIS=VALUE,VALUE,..., as in batch=1,8,64")?;
    let values: Vec<&str> = values.split(',').collect();
    Axis::new(word, &values).map_err(|error| error.to_string())
}

pub(super) fn sweep_text(axis: &Axis, rows: &[SweepRow]) -> String {
    let Some(first) = rows.first() else { return String::new() };
    let titles: Vec<&str> = [""].into_iter().chain(rows.iter().map(|row| row.label.as_str())).collect();
    let line = |name: &str, cell: &dyn Fn(&SweepRow) -> String| -> Vec<String> {
        [name.to_owned()].into_iter().chain(rows.iter().map(cell)).collect()
    };
    let number = |value: Option<f64>| value.map_or("-".to_owned(), |value| format!("{value:.3e}"));
    let roofline = |of: fn(&szilard::landauer::Roofline) -> String| {
        move |row: &SweepRow| row.roofline.as_ref().map_or("-".to_owned(), of)
    };
    let joules = |energy: &Quantity| Some(energy.coherent_value());
    let least = [
        line("E [J/token]", &|row| number(joules(row.ladder.energy()))),
        line("step at least [s]", &roofline(|found| format!("{:.3e}", found.step.value))),
        line("limited by", &roofline(|found| found.limited_by.word().to_owned())),
        line("fits the memory", &roofline(|found| if found.fits { "yes" } else { "no" }.to_owned())),
        line("at that power [J/token]", &|row| number(row.energy.as_ref().ok().and_then(joules))),
    ];
    let of_rungs = |cell: fn(&Rung) -> Option<f64>| -> Vec<Vec<String>> {
        let at = |row: &SweepRow, name: &str| cell(row.ladder.rungs().iter().find(|rung| rung.bound.name == name)?);
        let names = first.ladder.rungs().iter().map(|rung| rung.bound.name);
        let some = names.filter(|name| rows.iter().any(|row| at(row, name).is_some()));
        some.map(|name| line(name, &|row| number(at(row, name)))).collect()
    };
    let bounds = of_rungs(|rung| rung.energy.as_ref().ok().map(Quantity::coherent_value));
    let gaps = of_rungs(|rung| rung.gap.as_ref().ok().map(|gap| gap.ratio().coherent_value()));
    let of_first = [("roofline", first.roofline.as_ref().err()), ("energy at that power", first.energy.as_ref().err())];
    let of_rung = first.ladder.rungs().iter().map(|rung| (rung.bound.name, rung.gap.as_ref().err()));
    let reasons: String = of_first
        .into_iter()
        .chain(of_rung)
        .filter_map(|(name, reason)| Some(format!("{name}: {}\n", reason?)))
        .collect();
    let head = lines(&[
        ("sweep over", Some(axis.word().to_owned())),
        ("E counted at", Some(counted_at(&first.ladder))),
        ("temperature", Some(first.ladder.temperature().to_string())),
    ]);
    let bounds = format!("bound [J/token]\n{}", table(&titles, &bounds));
    let gaps = format!("gap of E to the bound\n{}", table(&titles, &gaps));
    sections(&[head, table(&titles, &least), bounds, gaps, reasons])
}

pub(super) fn sweep_json(axis: &Axis, device: Option<&str>, rows: &[SweepRow]) -> Value {
    let row = |row: &SweepRow| {
        let power = Err(LandauerError::MissingInput { input: "power" });
        json!({
            "value": row.label,
            "position": row.position,
            "energy": quantity_json(row.ladder.energy()),
            "measured": quantity_json(row.ladder.measured()),
            "table": table_json(&row.ladder),
            "roofline": row.roofline.as_ref().ok()
                .map(|roofline| roofline_json(device.unwrap_or_default(), roofline, &power, &row.energy)),
            "reason": row.roofline.as_ref().err().map(ToString::to_string),
        })
    };
    json!({"axis": axis.word(), "rows": rows.iter().map(row).collect::<Vec<_>>()})
}
