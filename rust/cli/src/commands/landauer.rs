//! `szilard landauer`: an energy per token beside every bound.

use crate::chain::ChainArguments;
use crate::failure::Failure;
use crate::output::{Answer, lines, quantity_json, sections, table};
use crate::reading::{bytes, quantity};
use clap::Args;
use serde_json::{Value, json};
use std::path::Path;
use szilard::input::{Code, Place, Refusal};
use szilard::landauer::bounds::{Arithmetic, Circuit, Memory, Reset, Retention};
use szilard::landauer::{
    Device, Ladder, LadderInputs, LandauerError, Model, Precision, Roofline, Rung, TokenYield, ladder, roofline,
};
use szilard::quantity::{Boundary, Quantity, units};

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
    /// Surprisal of the tokens under another model, to which the eraser is tuned
    #[arg(long, value_name = "QUANTITY")]
    cross_entropy: Option<String>,
    /// Sequences decoded together
    #[arg(long, value_name = "N")]
    batch: Option<u64>,
    /// Positions attended to
    #[arg(long, value_name = "N")]
    context: Option<u64>,
    /// Number format, or WEIGHTxACTIVATION, or WEIGHTxACTIVATIONxCACHE: bf16, int4xfp16, ...
    #[arg(long, value_name = "FORMAT")]
    dtype: Option<Precision>,
    /// Circuit in which a multiplication destroys its operands: mul-u8, mul-s4, ...
    #[arg(long, value_name = "CIRCUIT")]
    circuit: Option<Circuit>,
    /// Adder and multiplier of a technology: fp16-45nm, ...
    #[arg(long, value_name = "NAME")]
    arithmetic: Option<String>,
    /// Probability that a switch is found in the wrong state
    #[arg(long, value_name = "P")]
    error_probability: Option<f64>,
    /// Relaxation rate of a two-state memory, such as "1 GHz"; with --reset-time and --reset-error
    #[arg(long, value_name = "QUANTITY", requires_all = ["reset_time", "reset_error"], conflicts_with = "diffusivity")]
    relaxation_rate: Option<String>,
    /// Time in which a bit is reset
    #[arg(long, value_name = "QUANTITY")]
    reset_time: Option<String>,
    /// Probability that a reset leaves the wrong state
    #[arg(long, value_name = "P")]
    reset_error: Option<f64>,
    /// Diffusivity of an overdamped bit, such as "2.2e-13 m^2/s"; with --reset-time and --half-spacing
    #[arg(long, value_name = "QUANTITY", requires_all = ["reset_time", "half_spacing"])]
    diffusivity: Option<String>,
    /// Half the distance of its wells
    #[arg(long, value_name = "QUANTITY")]
    half_spacing: Option<String>,
    /// Whether it may end anywhere on the right side
    #[arg(long)]
    free_end: bool,
    /// Rate at which a bath attempts a barrier; with --hold-time
    #[arg(long, value_name = "QUANTITY", requires = "hold_time")]
    attempt_rate: Option<String>,
    /// Time for which a state is held
    #[arg(long, value_name = "QUANTITY", requires = "attempt_rate")]
    hold_time: Option<String>,
    /// Energy to move a bit from memory to the chip, such as "4 pJ/bit", or a memory: hbm2, gddr5
    #[arg(long, value_name = "QUANTITY")]
    transfer_energy: Option<String>,
    /// Time in which the machine passes to an orthogonal state for a token
    #[arg(long, value_name = "QUANTITY")]
    step_time: Option<String>,
    /// Boundary the energy was counted at: chip, board, node, it, site, grid, primary
    #[arg(long)]
    boundary: Option<Boundary>,
    /// Factors on the way to the chip: with one, the energy is lowered there
    #[command(flatten)]
    chain: ChainArguments,
    /// Device whose roofline is shown, such as h100-sxm; needs batch, context and dtype
    #[arg(long, value_name = "NAME")]
    device: Option<String>,
}

impl Landauer {
    pub(super) fn answer(&self) -> Result<Answer, Failure> {
        let model = model(&self.model)?;
        let optional = |what, text: &Option<String>| text.as_deref().map(|text| quantity(what, text)).transpose();
        let energy = quantity("--energy", &self.energy)?;
        let chain = if self.chain.is_empty() { None } else { Some(self.chain.chain()?) };
        let inputs = LadderInputs {
            chain: chain.as_ref(),
            entropy: optional("--entropy", &self.entropy)?,
            cross_entropy: optional("--cross-entropy", &self.cross_entropy)?,
            batch: self.batch,
            context: self.context,
            precision: self.dtype,
            circuit: self.circuit,
            arithmetic: self.arithmetic.as_deref().map(Arithmetic::named).transpose()?,
            error_probability: self.error_probability,
            reset: self.reset()?,
            retention: self.retention()?,
            transfer_energy: self.transfer_energy.as_deref().map(transfer_energy).transpose()?,
            step_time: optional("--step-time", &self.step_time)?,
            ..LadderInputs::new(
                &model,
                energy.at(self.boundary.or(energy.boundary())),
                quantity("--temperature", &self.temperature)?,
            )
        };
        let ladder = ladder(&inputs)?;
        let mut json = ladder_json(model.name().unwrap_or(&self.model), &model, &ladder);
        let mut text = vec![ladder_text(&ladder)];
        if let Some(name) = &self.device {
            let roofline = self.roofline(&model, &Device::named(name)?)?;
            text.push(roofline_text(name, &roofline));
            if let Value::Object(members) = &mut json {
                members.insert("roofline".to_owned(), roofline_json(name, &roofline));
            }
        }
        Ok(Answer { text: sections(&text), json, ..Answer::default() })
    }

    fn reset(&self) -> Result<Option<Reset>, Failure> {
        let Some(time) = given("--reset-time", &self.reset_time)? else { return Ok(None) };
        if let (Some(relaxation), Some(error)) = (given("--relaxation-rate", &self.relaxation_rate)?, self.reset_error)
        {
            return Ok(Some(Reset::TwoState { relaxation, time, error }));
        }
        let well = (given("--diffusivity", &self.diffusivity)?, given("--half-spacing", &self.half_spacing)?);
        let (Some(diffusivity), Some(half_spacing)) = well else { return Ok(None) };
        Ok(Some(Reset::Overdamped { diffusivity, half_spacing, time, free: self.free_end }))
    }

    fn retention(&self) -> Result<Option<Retention>, Failure> {
        let both = (given("--attempt-rate", &self.attempt_rate)?, given("--hold-time", &self.hold_time)?);
        let (Some(attempts), Some(hold)) = both else { return Ok(None) };
        Ok(Some(Retention { attempts, hold }))
    }

    fn roofline(&self, model: &Model, device: &Device) -> Result<Roofline, Failure> {
        let missing = |input| LandauerError::MissingInput { input };
        let batch = self.batch.ok_or(missing("--batch for the roofline"))?;
        let context = self.context.ok_or(missing("--context for the roofline"))?;
        Ok(roofline(model, device, batch, context, self.dtype.ok_or(missing("--dtype for the roofline"))?)?)
    }
}

/// A quantity of one dimension, where it was given.
fn given<D, U>(what: &'static str, text: &Option<String>) -> Result<Option<units::Quantity<D, U, f64>>, Failure>
where
    D: units::Dimension + ?Sized,
    U: units::Units<f64> + ?Sized,
{
    let read = |text| Ok::<_, Failure>(quantity(what, text)?.as_static().map_err(LandauerError::from)?);
    text.as_deref().map(read).transpose()
}

/// An energy for a bit, or the name of a memory.
fn transfer_energy(text: &str) -> Result<Quantity, Failure> {
    match Memory::named(text) {
        Ok(memory) => Ok(memory.energy()),
        Err(_) => quantity("--transfer-energy", text),
    }
}

fn roofline_text(name: &str, roofline: &Roofline) -> String {
    lines(&[
        ("roofline of", Some(name.to_owned())),
        (
            "time of a step",
            Some(format!("{:.4e} s at least, limited by {}", roofline.step.value, roofline.limited_by.word())),
        ),
        ("intensity", Some(format!("{:.4} FLOP/B, balance at {:.4}", roofline.intensity, roofline.balance))),
        ("fits the memory", Some(if roofline.fits { "yes" } else { "no" }.to_owned())),
    ])
}

fn roofline_json(name: &str, roofline: &Roofline) -> Value {
    json!({
        "device": name,
        "operations": roofline.operations,
        "bytes": roofline.bytes,
        "intensity_flop_per_byte": roofline.intensity,
        "balance_flop_per_byte": roofline.balance,
        "step_s": roofline.step.value,
        "limited_by": roofline.limited_by.word(),
        "fits": roofline.fits,
    })
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
            let tokens = match rung.token_yield() {
                Ok(TokenYield::Unbounded) => "unbounded".to_owned(),
                Ok(TokenYield::AtMost(tokens)) => format!("{:.3e}", tokens.value()),
                Err(_) => "-".to_owned(),
            };
            vec![rung.bound.name.to_owned(), rung.bound.kind.word().to_owned(), floor, gap, log10, tokens, remark]
        })
        .collect();
    let head = lines(&[
        ("measured", (!ladder.applied().is_empty()).then(|| ladder.measured().to_string())),
        ("taken out", (!ladder.applied().is_empty()).then(|| taken_out(ladder))),
        ("energy", Some(ladder.energy().to_string())),
        ("counted at", Some(ladder.energy().boundary().map_or("not stated", Boundary::word).to_owned())),
        ("temperature", Some(ladder.temperature().to_string())),
        ("exported entropy", Some(format!("{} (identity, no bound)", ladder.landauer_units()))),
        ("over the token's", ladder.entropy_export_ratio().ok().map(|ratio| format!("{ratio} (no gap)"))),
    ]);
    let titles =
        ["bound", "kind", "bound [J/token]", "gap", "log10", "token/Wh at most", "formula, or why there is no gap"];
    let remarks: String =
        ladder.diagnostics().iter().map(|remark| format!("{}: {}\n", remark.code, remark.message)).collect();
    sections(&[head, remarks, table(&titles, &rows)].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>())
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
pub(super) fn ladder_json(name: &str, model: &Model, ladder: &Ladder) -> Value {
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
        "interval": rung.gap.as_ref().ok().and_then(|gap| gap.ratio().measured().interval(0.95).ok())
            .map(|interval| json!([interval.low, interval.high])),
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
