//! How the rungs, and the least time of a token, move with one of the things that a server may choose.

use super::roofline::roofline;
use super::{Device, Ladder, LadderInputs, LandauerError, Model, Precision, Roofline, ladder};

/// What is varied.
#[derive(Debug, Clone)]
pub enum Axis<'a> {
    /// The model.
    Model(&'a [Model]),
    /// The number formats, by their words.
    Precision(&'a [&'a str]),
    /// Sequences decoded together. [token]
    Batch(&'a [u64]),
    /// Positions attended to. [token]
    Context(&'a [u64]),
}

/// The ladder at one value of what is varied.
#[derive(Debug, Clone)]
pub struct SweepRow {
    /// The value.
    pub label: String,
    /// The ladder there, for the one energy that was given: what was measured elsewhere is not moved.
    pub ladder: Ladder,
    /// The roofline there, on the device that was given; or the reason why there is none.
    pub roofline: Result<Roofline, LandauerError>,
}

/// A ladder, and a roofline on a device, for each value of an axis.
///
/// # Errors
/// As of [`ladder`]; [`LandauerError::UnknownPrecision`].
///
/// # Example
/// ```
/// use szilard::landauer::{Axis, LadderInputs, Model, sweep};
///
/// let model = Model::named("llama-3-70b").unwrap();
/// let inputs = LadderInputs {
///     context: Some(2048),
///     ..LadderInputs::new(&model, "0.39 J/token".parse().unwrap(), "300 K".parse().unwrap())
/// };
/// let rows = sweep(&inputs, &Axis::Precision(&["fp16", "fp8"]), None).unwrap();
/// let gap = |row: usize| rows[row].ladder.gap("mac-convention").unwrap().ratio().value();
/// assert!((gap(1) / gap(0) - 2.0).abs() < 1e-12); // half the bits, twice the gap
/// ```
pub fn sweep(inputs: &LadderInputs, axis: &Axis, device: Option<&Device>) -> Result<Vec<SweepRow>, LandauerError> {
    let row = |label: String, inputs: &LadderInputs| {
        Ok(SweepRow { label, ladder: ladder(inputs)?, roofline: roofline_of(inputs, device) })
    };
    match axis {
        Axis::Model(models) => models
            .iter()
            .map(|model| row(model.name().unwrap_or("unnamed").to_owned(), &LadderInputs { model, ..inputs.clone() }))
            .collect(),
        Axis::Precision(words) => words
            .iter()
            .map(|word| {
                let precision: Precision = word.parse()?;
                row((*word).to_owned(), &LadderInputs { precision: Some(precision), ..inputs.clone() })
            })
            .collect(),
        Axis::Batch(batches) => batches
            .iter()
            .map(|batch| row(batch.to_string(), &LadderInputs { batch: Some(*batch), ..inputs.clone() }))
            .collect(),
        Axis::Context(contexts) => contexts
            .iter()
            .map(|context| row(context.to_string(), &LadderInputs { context: Some(*context), ..inputs.clone() }))
            .collect(),
    }
}

fn roofline_of(inputs: &LadderInputs, device: Option<&Device>) -> Result<Roofline, LandauerError> {
    let missing = |input| LandauerError::MissingInput { input };
    let device = device.ok_or(missing("device"))?;
    let batch = inputs.batch.ok_or(missing("batch (sequences decoded together)"))?;
    let context = inputs.context.ok_or(missing("context (positions attended to)"))?;
    let precision = inputs.precision.ok_or(missing("dtype (widths of weights, activations and cache)"))?;
    roofline(inputs.model, device, batch, context, precision)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_axis_moves_what_it_should() {
        let model = Model::named("mixtral-8x7b").unwrap();
        let inputs = LadderInputs {
            batch: Some(1),
            context: Some(2048),
            precision: Some("bf16".parse().unwrap()),
            ..LadderInputs::new(&model, "0.39 J/token".parse().unwrap(), "300 K".parse().unwrap())
        };
        let device = Device::named("mi300x").unwrap();
        let time = |row: &SweepRow| row.roofline.as_ref().unwrap().step.value;
        // a step reads more experts the more sequences choose them, and more cache the longer these are
        for axis in [Axis::Batch(&[1, 2, 8]), Axis::Context(&[1024, 2048, 65536])] {
            let rows = sweep(&inputs, &axis, Some(&device)).unwrap();
            assert!(rows.windows(2).all(|pair| time(&pair[0]) < time(&pair[1])), "{axis:?}");
        }
        let models: Vec<Model> = ["gpt2", "llama-2-7b"].map(|name| Model::named(name).unwrap()).into();
        let rows = sweep(&inputs, &Axis::Model(&models), None).unwrap();
        assert_eq!(rows[1].label, "llama-2-7b");
        assert!(matches!(rows[0].roofline, Err(LandauerError::MissingInput { .. })));
        assert!(sweep(&inputs, &Axis::Precision(&["q4_k"]), None).is_err());
        assert!(sweep(&inputs, &Axis::Batch(&[0]), None).is_err());
    }
}
