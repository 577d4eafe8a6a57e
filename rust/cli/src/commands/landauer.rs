//! `szilard landauer`: an energy per token beside every bound.

use crate::failure::Failure;
use crate::output::{Answer, lines, quantity_json, sections, table};
use crate::reading::{bytes, quantity};
use clap::Args;
use serde_json::{Value, json};
use std::path::Path;
use szilard::input::{Code, Place, Refusal};
use szilard::landauer::{Ladder, LadderInputs, LandauerError, Model, Precision, Rung, ladder};
use szilard::quantity::Boundary;

/// The ladder of bounds below an energy per token.
#[derive(Debug, Args)]
pub(crate) struct Landauer {
    /// A config.json, or the name of a model that szilard carries
    model: String,
    /// Energy per token, such as "0.39 J/token"
    #[arg(long, value_name = "QUANTITY")]
    energy: String,
    /// Temperature of the coldest freely available bath: the ambient, and not the die
    #[arg(long, value_name = "QUANTITY", default_value = "300 K")]
    temperature: String,
    /// Entropy of the next token, such as "1.2 bit/token" (szilard entropy)
    #[arg(long, value_name = "QUANTITY")]
    entropy: Option<String>,
    /// Sequences decoded together
    #[arg(long, value_name = "N")]
    batch: Option<u64>,
    /// Positions attended to
    #[arg(long, value_name = "N")]
    context: Option<u64>,
    /// Number format, or WEIGHTxACTIVATION, or WEIGHTxACTIVATIONxCACHE: bf16, int4xfp16, ...
    #[arg(long, value_name = "FORMAT")]
    dtype: Option<Precision>,
    /// Probability that a switch is found in the wrong state
    #[arg(long, value_name = "P")]
    error_probability: Option<f64>,
    /// Energy to move a bit from memory to the chip, such as "4 pJ/bit"
    #[arg(long, value_name = "QUANTITY")]
    transfer_energy: Option<String>,
    /// Boundary the energy was counted at: chip, board, node, it, site, grid, primary
    #[arg(long)]
    boundary: Option<Boundary>,
}

impl Landauer {
    pub(super) fn answer(&self) -> Result<Answer, Failure> {
        let model = model(&self.model)?;
        let optional = |what, text: &Option<String>| text.as_deref().map(|text| quantity(what, text)).transpose();
        let energy = quantity("--energy", &self.energy)?;
        let inputs = LadderInputs {
            entropy: optional("--entropy", &self.entropy)?,
            batch: self.batch,
            context: self.context,
            precision: self.dtype,
            error_probability: self.error_probability,
            transfer_energy: optional("--transfer-energy", &self.transfer_energy)?,
            ..LadderInputs::new(
                &model,
                energy.at(self.boundary.or(energy.boundary())),
                quantity("--temperature", &self.temperature)?,
            )
        };
        let ladder = ladder(&inputs)?;
        let json = ladder_json(model.name().unwrap_or(&self.model), &model, &ladder);
        Ok(Answer { text: ladder_text(&ladder), json, ..Answer::default() })
    }
}

/// A model by name; by its configuration where there is a file.
fn model(name: &str) -> Result<Model, Failure> {
    match Model::named(name) {
        Err(LandauerError::UnknownModel { .. }) if Path::new(name).exists() => {
            let text = String::from_utf8(bytes(Path::new(name))?).map_err(|error| {
                Refusal::new(Code::ErrorEncoding, name, Place::File, error.to_string(), "a configuration in UTF-8")
            })?;
            Ok(Model::from_config(&text)?)
        }
        found => Ok(found?),
    }
}

/// The ladder as a table: a gap or a reason on every rung.
pub(super) fn ladder_text(ladder: &Ladder) -> String {
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
            vec![rung.bound.name.to_owned(), rung.bound.kind.word().to_owned(), floor, gap, log10, remark]
        })
        .collect();
    let head = lines(&[
        ("energy", Some(ladder.energy().to_string())),
        ("counted at", Some(ladder.energy().boundary().map_or("not stated", Boundary::word).to_owned())),
        ("temperature", Some(ladder.temperature().to_string())),
        ("exported entropy", Some(format!("{} (identity, no bound)", ladder.landauer_units()))),
    ]);
    let titles = ["bound", "kind", "bound [J/token]", "gap", "log10", "formula, or why there is no gap"];
    sections(&[head, table(&titles, &rows)])
}

/// The ladder in JSON: the table has a row for every bound.
pub(super) fn ladder_json(name: &str, model: &Model, ladder: &Ladder) -> Value {
    json!({
        "status": "complete",
        "model": name,
        "parameters": model.parameters() as u64,
        "energy": quantity_json(ladder.energy()),
        "temperature": quantity_json(ladder.temperature()),
        "landauer_units": quantity_json(ladder.landauer_units()),
        "table": ladder.rungs().iter().map(rung_json).collect::<Vec<_>>(),
    })
}

fn rung_json(rung: &Rung) -> Value {
    json!({
        "bound": rung.bound.name,
        "kind": rung.bound.kind.word(),
        "energy": rung.energy.as_ref().ok().map(quantity_json),
        "gap": rung.gap.as_ref().ok().map(|gap| quantity_json(gap.ratio())),
        "log10": rung.gap.as_ref().ok().and_then(|gap| gap.log10().ok()).map(|log10| quantity_json(&log10)),
        "reason": rung.gap.as_ref().err().map(ToString::to_string),
        "formula": rung.bound.formula,
        "assumptions": rung.bound.assumptions,
        "retained": rung.bound.retained,
        "not_claimed": rung.bound.not_claimed,
        "source": rung.bound.source,
    })
}
