//! How the rungs, and the least time and energy of a token, move with what a server may choose.

use super::error::within;
use super::model::limited;
use super::roofline::checked_power;
use super::{Device, Ladder, LadderInputs, LandauerError, Model, Precision, Roofline, ladder, roofline};
use crate::input::printable;
use crate::quantity::Quantity;

const NO_DEVICE: LandauerError = LandauerError::MissingInput { input: "device" };

/// What is varied, and the values that it takes.
#[derive(Debug, Clone)]
pub enum Axis {
    /// The model.
    Model(Vec<Model>),
    /// The number formats, by their words.
    Precision(Vec<String>),
    /// Sequences decoded together. [token]
    Batch(Vec<u64>),
    /// Positions attended to. [token]
    Context(Vec<u64>),
}

impl Axis {
    /// The words of the axes.
    pub const WORDS: [&'static str; 4] = ["model", "dtype", "batch", "context"];

    /// The axis of a word with values as they are written; models are those that the library carries.
    ///
    /// # Errors
    /// [`LandauerError::UnknownWord`] for another axis, or a batch or context that is no whole number;
    /// [`LandauerError::UnknownModel`]; [`LandauerError::Range`] without values.
    ///
    /// # Example
    /// ```
    /// use szilard::landauer::Axis;
    ///
    /// assert_eq!(Axis::new("batch", &["1", "8"]).unwrap().len(), 2);
    /// assert!(Axis::new("colour", &["red"]).is_err());
    /// ```
    pub fn new(word: &str, values: &[&str]) -> Result<Self, LandauerError> {
        let whole = |what: &'static str| {
            let number = |value: &&str| {
                let known = "whole numbers".to_owned();
                value.parse().map_err(|_| LandauerError::UnknownWord { what, found: printable(value), known })
            };
            values.iter().map(number).collect::<Result<Vec<u64>, _>>()
        };
        match word {
            "model" => Ok(Self::Model(values.iter().map(|name| Model::named(name)).collect::<Result<_, _>>()?)),
            "dtype" => Ok(Self::Precision(values.iter().map(|word| (*word).to_owned()).collect())),
            "batch" => Ok(Self::Batch(whole("batch")?)),
            "context" => Ok(Self::Context(whole("context")?)),
            _ => Err(LandauerError::UnknownWord {
                what: "axis of a sweep",
                found: printable(word),
                known: Self::WORDS.join(", "),
            }),
        }
    }

    /// The word of the axis.
    pub const fn word(&self) -> &'static str {
        let [model, dtype, batch, context] = Self::WORDS;
        match self {
            Self::Model(_) => model,
            Self::Precision(_) => dtype,
            Self::Batch(_) => batch,
            Self::Context(_) => context,
        }
    }

    /// The number of values.
    pub fn len(&self) -> usize {
        match self {
            Self::Model(values) => values.len(),
            Self::Precision(values) => values.len(),
            Self::Batch(values) | Self::Context(values) => values.len(),
        }
    }

    /// Whether there is no value.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// What a sweep takes beside the inputs of a ladder.
#[derive(Debug, Clone, Default)]
pub struct SweepInputs<'a> {
    /// The energies that were measured at the values, one for each; without them, the one of the ladder for all: what
    /// was measured elsewhere is not moved. [J/token]
    pub energies: Vec<Quantity>,
    /// The device of the roofline.
    pub device: Option<&'a Device>,
    /// The mean power during a step, in place of the rated one of the device. [W]
    pub power: Option<Quantity>,
}

/// Ladder, roofline and energy at one value of what is varied.
#[derive(Debug, Clone)]
pub struct SweepRow {
    /// The value.
    pub label: String,
    /// The value as a number: parameters of the model, mean width of a weight, batch, context.
    pub position: f64,
    /// The ladder there.
    pub ladder: Ladder,
    /// The roofline there, or the reason why there is none.
    pub roofline: Result<Roofline, LandauerError>,
    /// [`Roofline::energy`] there, at the power that was given or the rated one, or the reason why not. [J/token]
    pub energy: Result<Quantity, LandauerError>,
}

/// A ladder, and a roofline on a device with its energy, for each value of an axis.
///
/// # Errors
/// As of [`ladder`]; [`LandauerError::UnknownPrecision`]; [`LandauerError::Range`] for as many energies as there are no
/// values.
///
/// # Example
/// ```
/// use szilard::landauer::{Axis, LadderInputs, Model, SweepInputs, sweep};
///
/// let model = Model::named("llama-3-70b").unwrap();
/// let inputs = LadderInputs {
///     context: Some(2048),
///     ..LadderInputs::new(&model, "0.39 J/token".parse().unwrap(), "300 K".parse().unwrap())
/// };
/// let rows = sweep(&inputs, &Axis::new("dtype", &["fp16", "fp8"]).unwrap(), &SweepInputs::default()).unwrap();
/// let gap = |row: usize| rows[row].ladder.gap("mac-convention").unwrap().ratio().value();
/// assert!((gap(1) / gap(0) - 2.0).abs() < 1e-12); // half the bits, twice the gap
/// ```
pub fn sweep(inputs: &LadderInputs, axis: &Axis, more: &SweepInputs) -> Result<Vec<SweepRow>, LandauerError> {
    let found = more.energies.len();
    within("the number of energies", found as f64, found <= 1 || found == axis.len(), || {
        format!("one for all, or one for each of {} values", axis.len())
    })?;
    let one_file = inputs.weights.is_none() || matches!(axis, Axis::Batch(_) | Axis::Context(_));
    if !one_file {
        let (left, right) = ("weights from a file".to_owned(), format!("a sweep over {}", axis.word()));
        return Err(LandauerError::Contradiction { left, right, reason: "a file is of one model and stored one way" });
    }
    more.power.as_ref().map(checked_power).transpose()?;
    let points = points(inputs, axis)?;
    points
        .into_iter()
        .enumerate()
        .map(|(index, (label, position, mut inputs))| {
            if let Some(energy) = more.energies.get(index).or(more.energies.first()) {
                inputs.energy = energy.clone();
            }
            let roofline = roofline_of(&inputs, more.device);
            let energy = roofline.clone().and_then(|roofline| match &more.power {
                Some(power) => roofline.energy(power),
                None => roofline.energy(&more.device.ok_or(NO_DEVICE)?.rated_power()?),
            });
            Ok(SweepRow { label, position, ladder: ladder(&inputs)?, roofline, energy })
        })
        .collect()
}

/// The label, the position and the inputs of each value.
fn points<'a>(
    inputs: &LadderInputs<'a>,
    axis: &'a Axis,
) -> Result<Vec<(String, f64, LadderInputs<'a>)>, LandauerError> {
    let length = |what, value: u64| limited(what, value).map(|length| length as f64);
    match axis {
        Axis::Model(models) => {
            let named = |model: &Model| model.name().unwrap_or("unnamed").to_owned();
            let at = |model| LadderInputs { model, ..inputs.clone() };
            Ok(models.iter().map(|model| (named(model), model.parameters() as f64, at(model))).collect())
        }
        Axis::Precision(words) => words
            .iter()
            .map(|word| {
                let precision: Precision = word.parse()?;
                let inputs = LadderInputs { precision: Some(precision), ..inputs.clone() };
                Ok((word.clone(), precision.weight, inputs))
            })
            .collect(),
        Axis::Batch(batches) => {
            let at = |batch| LadderInputs { batch: Some(batch), ..inputs.clone() };
            batches.iter().map(|batch| Ok((batch.to_string(), length("batch", *batch)?, at(*batch)))).collect()
        }
        Axis::Context(contexts) => {
            let at = |context| LadderInputs { context: Some(context), ..inputs.clone() };
            contexts
                .iter()
                .map(|context| Ok((context.to_string(), length("context", *context)?, at(*context))))
                .collect()
        }
    }
}

/// The roofline of what a ladder is built from, or the reason why there is none.
fn roofline_of(inputs: &LadderInputs, device: Option<&Device>) -> Result<Roofline, LandauerError> {
    let missing = |input| LandauerError::MissingInput { input };
    let device = device.ok_or(NO_DEVICE)?;
    let batch = inputs.batch.ok_or(missing("batch (sequences decoded together)"))?;
    let context = inputs.context.ok_or(missing("context (positions attended to)"))?;
    let precision = inputs.precision.ok_or(missing("dtype (widths of weights, activations and cache)"))?;
    roofline(inputs.model, device, batch, context, precision, inputs.weights)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inputs(model: &Model) -> LadderInputs<'_> {
        LadderInputs {
            batch: Some(1),
            context: Some(2048),
            precision: Some("bf16".parse().unwrap()),
            ..LadderInputs::new(model, "0.39 J/token".parse().unwrap(), "300 K".parse().unwrap())
        }
    }

    #[test]
    fn each_axis_moves_what_it_should() {
        let model = Model::named("mixtral-8x7b").unwrap();
        let (inputs, device) = (inputs(&model), Device::named("mi300x").unwrap());
        let more = SweepInputs { device: Some(&device), ..SweepInputs::default() };
        let time = |row: &SweepRow| row.roofline.as_ref().unwrap().step.value;
        // a step reads more experts the more sequences choose them, and more cache the longer these are
        for axis in [Axis::Batch(vec![1, 2, 8]), Axis::Context(vec![1024, 2048, 65536])] {
            let rows = sweep(&inputs, &axis, &more).unwrap();
            assert!(rows.windows(2).all(|pair| time(&pair[0]) < time(&pair[1])), "{axis:?}");
            assert!(rows.windows(2).all(|pair| pair[0].position < pair[1].position));
        }
        // eight sequences share what they read: less energy for each token, at 750 W
        let rows = sweep(&inputs, &Axis::Batch(vec![1, 8]), &more).unwrap();
        let energy = |row: usize| rows[row].energy.as_ref().unwrap();
        assert!((energy(0).value() / (750.0 * time(&rows[0])) - 1.0).abs() < 1e-12);
        assert!((energy(1).value() / (750.0 * time(&rows[1]) / 8.0) - 1.0).abs() < 1e-12);
        let axis = Axis::new("model", &["gpt2", "llama-2-7b"]).unwrap();
        // gpt2 learned 1024 positions
        assert!(matches!(sweep(&inputs, &axis, &SweepInputs::default()), Err(LandauerError::Count { most: 1024, .. })));
        let inputs = LadderInputs { context: Some(1024), ..inputs };
        let rows = sweep(&inputs, &axis, &SweepInputs::default()).unwrap();
        assert_eq!((rows[1].label.as_str(), rows[1].position), ("llama-2-7b", 6_738_415_616.0));
        assert_eq!(rows[0].roofline, Err(NO_DEVICE));
        for (word, value) in [("dtype", "q9_k"), ("batch", "0"), ("context", "0")] {
            assert!(sweep(&inputs, &Axis::new(word, &[value]).unwrap(), &more).is_err(), "{word}");
        }
        assert!(Axis::new("batch", &["-1"]).is_err() && Axis::new("model", &["gpt5"]).is_err());
    }

    #[test]
    fn measured_energies_belong_to_their_values() {
        let model = Model::named("llama-3.1-8b").unwrap();
        let energies = |texts: &[&str]| texts.iter().map(|text| text.parse().unwrap()).collect();
        let axis = Axis::Batch(vec![1, 8, 64]);
        let run = |texts: &[&str]| {
            sweep(&inputs(&model), &axis, &SweepInputs { energies: energies(texts), ..SweepInputs::default() })
        };
        let measured = |texts: &[&str]| -> Vec<f64> {
            run(texts).unwrap().iter().map(|row| row.ladder.energy().value()).collect()
        };
        assert_eq!(measured(&["3 J/token", "1 J/token", "0.5 J/token"]), [3.0, 1.0, 0.5]);
        assert_eq!(measured(&["2 J/token"]), [2.0; 3]);
        assert_eq!(measured(&[]), [0.39; 3]);
        assert!(run(&["3 J/token", "1 J/token"]).is_err());
    }
}
