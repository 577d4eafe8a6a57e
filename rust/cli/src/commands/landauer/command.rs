//! What is asked of the ladder, and the answer.

use super::ladder::{ladder_json, ladder_text};
use super::roofline::{roofline_json, roofline_text};
use super::sweep::{axis, sweep_json, sweep_text};
use super::weights::{weights, weights_json, weights_text};
use crate::chain::ChainArguments;
use crate::failure::Failure;
use crate::output::{Answer, quantity_json, sections};
use crate::reading::{bytes, quantity};
use clap::Args;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use szilard::input::{Code, Place, Refusal};
use szilard::landauer::bounds::{Arithmetic, Circuit, Memory, Reset, Retention};
use szilard::landauer::{
    Axis, Device, LadderInputs, LandauerError, Model, Precision, Roofline, SweepInputs, Weights, ladder, roofline,
    sweep,
};
use szilard::quantity::{Boundary, Quantity, units};

/// The ladder of bounds below an energy per token.
#[derive(Debug, Args)]
pub(crate) struct Landauer {
    /// A config.json, or the name of a model that szilard carries
    model: String,
    /// Energy per token, such as "0.39 J/token"; with --sweep one for all values, or one for each
    #[arg(long, value_name = "QUANTITY", required = true)]
    energy: Vec<String>,
    /// Temperature of the coldest freely available bath: the ambient, and not the die; 300 K is assumed, and said,
    /// where it is left out
    #[arg(long, value_name = "QUANTITY")]
    temperature: Option<String>,
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
    /// Files of the model's weights, GGUF or safetensors: their headers say what a step reads; all parts of a model
    #[arg(long, value_name = "FILE", num_args = 1..)]
    weights: Vec<PathBuf>,
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
    /// Mean power during a step, in place of the rated power of the device
    #[arg(long, value_name = "QUANTITY", requires = "device")]
    power: Option<String>,
    /// Ladder, roofline and energy for each value of an axis: model=A,B dtype=A,B batch=N,M context=N,M
    #[arg(long, value_name = "AXIS=VALUE,...", value_parser = axis)]
    sweep: Option<Axis>,
}

/// The bath where none was said.
const ASSUMED_BATH: &str = "300 K";

impl Landauer {
    pub(in crate::commands) fn answer(&self) -> Result<Answer, Failure> {
        let model = model(&self.model)?;
        let optional = |what, text: &Option<String>| text.as_deref().map(|text| quantity(what, text)).transpose();
        let energy = |text: &String| {
            let energy = quantity("--energy", text)?;
            Ok::<_, Failure>(energy.at(self.boundary.or(energy.boundary())))
        };
        let energies = self.energy.iter().map(energy).collect::<Result<Vec<_>, _>>()?;
        let (Some(first), true) = (energies.first().cloned(), energies.len() == 1 || self.sweep.is_some()) else {
            return Err(Failure::Usage { message: "several --energy go with --sweep, one for each value".to_owned() });
        };
        let chain = if self.chain.is_empty() { None } else { Some(self.chain.chain()?) };
        let weights = weights(&self.weights)?;
        let device = self.device.as_deref().map(Device::named).transpose()?;
        let power = optional("--power", &self.power)?;
        let bath = self.temperature.as_deref().unwrap_or(ASSUMED_BATH);
        let inputs = LadderInputs {
            chain: chain.as_ref(),
            entropy: optional("--entropy", &self.entropy)?,
            cross_entropy: optional("--cross-entropy", &self.cross_entropy)?,
            batch: self.batch,
            context: self.context,
            precision: self.dtype,
            weights: weights.as_ref(),
            circuit: self.circuit,
            arithmetic: self.arithmetic.as_deref().map(Arithmetic::named).transpose()?,
            error_probability: self.error_probability,
            reset: self.reset()?,
            retention: self.retention()?,
            transfer_energy: self.transfer_energy.as_deref().map(transfer_energy).transpose()?,
            step_time: optional("--step-time", &self.step_time)?,
            ..LadderInputs::new(&model, first, quantity("--temperature", bath)?)
        };
        let (mut text, mut json) = match &self.sweep {
            None => {
                let ladder = ladder(&inputs)?;
                let json = ladder_json(model.name().unwrap_or(&self.model), &model, &ladder);
                (vec![ladder_text(&ladder)], json)
            }
            Some(axis) => {
                let more = SweepInputs { energies, device: device.as_ref(), power: power.clone() };
                let rows = sweep(&inputs, axis, &more)?;
                let json = json!({
                    "status": "complete",
                    "model": model.name().unwrap_or(&self.model),
                    "temperature": quantity_json(&inputs.temperature),
                    "sweep": sweep_json(axis, self.device.as_deref(), &rows),
                });
                (vec![sweep_text(axis, &rows)], json)
            }
        };
        let mut more = Vec::new();
        if let (Some(device), None) = (&device, &self.sweep) {
            let roofline = self.roofline(&model, device, weights.as_ref())?;
            let (power, energy) = match power {
                // a power that was given is at fault itself; one that the table lacks is a reason
                Some(power) => (Ok(power.clone()), Ok(roofline.energy(&power)?)),
                None => {
                    let rated = device.rated_power();
                    (rated.clone(), rated.and_then(|power| roofline.energy(&power)))
                }
            };
            text.push(roofline_text(device.name, &roofline, &power, &energy));
            more.push(("roofline", roofline_json(device.name, &roofline, &power, &energy)));
        }
        if let Some(weights) = &weights {
            text.push(weights_text(&model, weights));
            more.push(("weights", weights_json(&model, weights)));
        }
        if self.temperature.is_none() {
            text.push(format!("{ASSUMED_BATH} is assumed: --temperature was not given\n"));
        }
        more.push(("temperature_is_assumed", self.temperature.is_none().into()));
        if let Value::Object(members) = &mut json {
            members.extend(more.into_iter().map(|(name, value)| (name.to_owned(), value)));
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

    fn roofline(&self, model: &Model, device: &Device, weights: Option<&Weights>) -> Result<Roofline, Failure> {
        let missing = |input| LandauerError::MissingInput { input };
        let batch = self.batch.ok_or(missing("--batch for the roofline"))?;
        let context = self.context.ok_or(missing("--context for the roofline"))?;
        let precision = self.dtype.ok_or(missing("--dtype for the roofline"))?;
        Ok(roofline(model, device, batch, context, precision, weights)?)
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
