//! `szilard demo`: the whole way on the recording that travels with the program.

use super::{energy, landauer, lift, reproduce};
use crate::failure::Failure;
use crate::output::{Answer, lines, sections};
use clap::Args;
use serde_json::json;
use szilard::boundaries::{BoundaryChain, Factor, Given};
use szilard::energy::{Idle, InferenceEnergy, InferenceQuery, TokenOptions, Tokens, energy_per_token, read_tokens};
use szilard::landauer::{LadderInputs, Model, ladder};
use szilard::published::Registry;
use szilard::quantity::{Boundary, Quantity, evaluate};
use szilard::source::datasets::{TRACE_RECORDS, TRACES, text};
use szilard::traces::{ReadOptions, Trace, read};

const LOG: &str = "demo_nvidia_smi";
const TOKENS: &str = "demo_tokens";
const TRUTH: &str = "demo_truth";
/// The model whose ladder is shown. The recording is synthetic and of no model.
const MODEL: &str = "llama-3-70b";
/// The published calculation that is done again.
const CALCULATION: &str = "gemini-2025-lift";

/// The whole way on the recording that travels with the program.
#[derive(Debug, Args)]
pub(crate) struct Demo {}

impl Demo {
    pub(super) fn answer(&self) -> Result<Answer, Failure> {
        let truth = Truth::embedded()?;
        let (trace, result) = joules_per_token(&truth)?;
        let report = energy::of_tokens(&trace, &result);
        let model = Model::named(MODEL)?;
        let temperature = "300 K".parse::<Quantity>()?;
        let ladder = ladder(&LadderInputs {
            precision: Some("bf16".parse()?),
            context: Some(2048),
            ..LadderInputs::new(&model, result.per_token.clone(), temperature)
        })?;
        let registry = Registry::embedded()?;
        let chain = fleet(&registry)?;
        let lifted = chain.lift(&result.per_token, Boundary::Site)?;
        let reproduction = registry.reproduce(CALCULATION)?;
        let source = registry.cite(&reproduction.publication)?;
        let text = sections(&[
            heading("1. Joules per token of a power log and a token log"),
            report.text.clone(),
            heading("2. The true energy, which the generator of the recording knows"),
            truth.beside(&result),
            heading(&format!("3. The ladder, as if {MODEL} had been served (bf16, 2048 positions)")),
            landauer::ladder_text(&ladder),
            heading("4. The same figure at the site meter, as if in the fleet of the source"),
            lift::lifted_text(&result.per_token, &lifted, &chain),
            lines(&[("source", Some(source))]),
            heading("5. A published calculation, done again"),
            reproduce::one_text(&registry, &reproduction)?,
        ]);
        let json = json!({
            "status": result.status.word(),
            "report": report.json,
            "truth": truth.json(&result),
            "ladder": landauer::ladder_json(MODEL, &model, &ladder),
            "lift": lift::lifted_json(&result.per_token, &lifted, &[]),
            "reproduction": reproduce::reproduction_json(&registry, &reproduction)?,
        });
        Ok(Answer { text, json, incomplete: report.incomplete, ..Answer::default() })
    }
}

fn heading(title: &str) -> String {
    format!("{title}\n{}\n", "-".repeat(title.chars().count()))
}

fn dataset(table: &[(&str, &'static str)], stem: &str) -> Result<&'static str, Failure> {
    let message = || format!("the data set {stem} is not in the program");
    text(table, stem).ok_or_else(|| Failure::Internal { message: message() })
}

fn joules_per_token(truth: &Truth) -> Result<(Trace, InferenceEnergy), Failure> {
    let options = ReadOptions { tz: Some("Europe/Berlin".to_owned()), ..ReadOptions::default() };
    let log = dataset(TRACES, LOG)?.as_bytes().to_vec();
    let trace = read(log, &format!("{LOG}.csv"), &options)?;
    let tokens = dataset(TRACES, TOKENS)?.as_bytes().to_vec();
    let tokens = read_tokens(tokens, &format!("{TOKENS}.csv"), &TokenOptions::default())?;
    let query = InferenceQuery { idle: Some(Idle::Power(truth.idle_power.clone())), ..InferenceQuery::default() };
    let result = energy_per_token(&trace, Tokens::Log(&tokens), &query)?;
    Ok((trace, result))
}

/// The factors from the board to the site of the fleet of Google (2025), from the facts of that publication.
fn fleet(registry: &Registry) -> Result<BoundaryChain, Failure> {
    let fact = |name: &str| {
        let id = match name {
            "accelerators" => "F118",
            "host" => "F119",
            "spare" => "F120",
            "effectiveness" => "F123",
            _ => return None,
        };
        registry.fact(id).ok()?.value.clone()
    };
    let factor = |name: &str, ratio: &str| -> Result<Factor, Failure> {
        Ok(Factor::new(name, None, Given::Ratio, &evaluate(ratio, &fact)?)?)
    };
    Ok(BoundaryChain::new(vec![
        factor("host", "(accelerators + host) / accelerators")?,
        factor("idle-capacity", "(accelerators + host + spare) / (accelerators + host)")?,
        factor("pue", "effectiveness")?,
    ])?)
}

/// The exact integrals of the power that the recording was sampled from.
struct Truth {
    per_token: Quantity,
    gross: Quantity,
    above_idle: Quantity,
    idle_power: Quantity,
}

impl Truth {
    fn embedded() -> Result<Self, Failure> {
        let internal = |message: String| Failure::Internal { message };
        let record: toml::Table =
            dataset(TRACE_RECORDS, TRUTH)?.parse().map_err(|error| internal(format!("{TRUTH}: {error}")))?;
        let figure = |key: &str, unit: &str| -> Result<Quantity, Failure> {
            let number = record.get("truth").and_then(|truth| truth.get(key)).and_then(toml::Value::as_float);
            let number = number.ok_or_else(|| internal(format!("{TRUTH}: no {key}")))?;
            Ok(Quantity::new(number, unit.parse()?)?)
        };
        Ok(Self {
            per_token: figure("energy_per_token_j", "J/token")?,
            gross: figure("in_flight_energy_j", "J")?,
            above_idle: figure("above_idle_energy_j", "J")?,
            idle_power: figure("idle_power_w", "W")?,
        })
    }

    /// The measured figures, the true ones, and the deviation of one from the other.
    fn rows(&self, result: &InferenceEnergy) -> Vec<(&'static str, Quantity, Quantity, f64)> {
        let row = |name, measured: Option<&Quantity>, truth: &Quantity| {
            let measured = measured?;
            let deviation = measured.coherent_value() / truth.coherent_value() - 1.0;
            Some((name, measured.clone(), truth.clone(), deviation))
        };
        [
            row("per_token", Some(&result.per_token), &self.per_token),
            row("gross", Some(&result.gross), &self.gross),
            row("above_idle", result.above_idle.as_ref(), &self.above_idle),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    fn beside(&self, result: &InferenceEnergy) -> String {
        let cells = |(name, measured, truth, deviation): (&str, Quantity, Quantity, f64)| {
            vec![name.to_owned(), measured.to_string(), truth.to_string(), format!("{:+.3} %", 100.0 * deviation)]
        };
        let rows: Vec<Vec<String>> = self.rows(result).into_iter().map(cells).collect();
        crate::output::table(&["figure", "measured", "true", "deviation"], &rows)
    }

    fn json(&self, result: &InferenceEnergy) -> serde_json::Value {
        let row = |(name, measured, truth, deviation): (&str, Quantity, Quantity, f64)| {
            json!({
                "figure": name, "measured": measured.value(), "true": truth.value(), "unit": truth.unit().symbol(),
                "deviation": deviation,
            })
        };
        self.rows(result).into_iter().map(row).collect()
    }
}
