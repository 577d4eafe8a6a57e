//! A trace from numbers in memory, by the same rules as one from a file.

use super::builder::{Builder, Negative, Slot};
use super::channel::Kind;
use super::options::ReadOptions;
use super::reading::Fault;
use super::trace::Trace;
use crate::input::{Base, Code, Place, Refusal, Stamp};

/// What the numbers are called in messages; samples are counted from 1, as lines are.
const SOURCE: &str = "<arrays>";

/// The trace of one device from its samples. A power that is not finite is missing (`W_NONFINITE`).
///
/// - `time_ns`: time of each sample on the clock `base`. [ns]
/// - `power_w`: instantaneous power at that time. [W]
///
/// # Errors
/// `E_SHAPE` for arrays of different length, `E_NO_DATA`, `E_NO_POWER`, `E_TOO_FEW_SAMPLES`, `E_ZERO_DURATION`.
///
/// ```
/// use szilard::input::Base;
/// use szilard::traces::{ReadOptions, from_arrays};
/// let trace = from_arrays(&[0, 1_000_000_000], &[7.2, 7.2], "board", Base::Relative, &ReadOptions::default()).unwrap();
/// assert_eq!(trace.channels[0].samples.value, [7.2, 7.2]);
/// ```
pub fn from_arrays(
    time_ns: &[i64],
    power_w: &[f64],
    device: &str,
    base: Base,
    options: &ReadOptions,
) -> Result<Trace, Refusal> {
    if time_ns.len() != power_w.len() {
        let found = format!("{} times and {} powers", time_ns.len(), power_w.len());
        return Err(Refusal::new(Code::Shape, SOURCE, Place::File, found, "a power for each time"));
    }
    let mut builder = Builder::new(SOURCE, options)?;
    let slot = builder.slot(Slot {
        name: "power".to_owned(),
        kind: Kind::InstantPower,
        boundary: options.boundary,
        within: None,
        instead: None,
        negative: Negative::Kept,
    });
    for (index, (ns, power)) in time_ns.iter().zip(power_w).enumerate() {
        let line = u32::try_from(index + 1).unwrap_or(u32::MAX);
        let time = builder.time(Stamp { ns: *ns, base, resolution_ns: 1, leap: false }, line)?;
        let device = builder.device(device, line)?;
        builder.record(line);
        let reading = if power.is_finite() { Ok((*power, 0.0)) } else { Err(Fault::Nonfinite) };
        builder.sample((device, slot), (line, time), reading, "a power that is not finite")?;
    }
    builder.finish("arrays", true)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trace(time_ns: &[i64], power_w: &[f64]) -> Result<Trace, Refusal> {
        from_arrays(time_ns, power_w, "0", Base::Relative, &ReadOptions::default())
    }

    #[test]
    fn what_is_missing_or_out_of_order_is_said() {
        let found = trace(&[0, 2, 1, 3], &[1.0, 3.0, f64::NAN, 4.0]).unwrap();
        assert_eq!(found.channels[0].samples.time_ns, [0, 2, 3]);
        assert!(found.diagnostics.has(Code::Nonfinite));
    }

    #[test]
    fn too_little_is_refused() {
        let code = |time_ns: &[i64], power_w: &[f64]| trace(time_ns, power_w).unwrap_err().code;
        assert_eq!(code(&[0, 1], &[1.0]), Code::Shape);
        assert_eq!(code(&[], &[]), Code::NoData);
        assert_eq!(code(&[0], &[1.0]), Code::TooFewSamples);
        assert_eq!(code(&[5, 5], &[1.0, 1.0]), Code::ZeroDuration);
        assert_eq!(code(&[0, 1], &[f64::NAN, f64::NAN]), Code::NoPower);
    }
}
