//! A trace from the caller's own arrays, under the same rules as one from a file.

use super::builder::{Builder, Negative, Slot};
use super::channel::Kind;
use super::clock::Clock;
use super::options::ReadOptions;
use super::reading::Fault;
use super::trace::Trace;
use crate::input::{Base, Code, Place, Refusal, Stamp};

/// Power samples of one device.
#[derive(Debug, Clone, Copy)]
pub struct PowerSeries<'a> {
    /// Name of the device.
    pub device: &'a str,
    /// Time of each sample. [ns]
    pub time_ns: &'a [i64],
    /// Power of each sample [W]; NaN is a missing sample.
    pub power_w: &'a [f64],
}

/// Name of the source and the format of a trace from arrays.
const ARRAYS: &str = "arrays";

/// A trace of instant powers from arrays.
///
/// # Errors
/// `E_FIELD_COUNT` where times and powers differ in number, `E_NO_DATA`, `E_TOO_FEW_SAMPLES` and the other refusals of a
/// file with the same samples; places are row numbers counted from 1.
///
/// ```
/// use szilard::energy::{EnergyQuery, energy};
/// use szilard::traces::{Clock, PowerSeries, ReadOptions, trace_from_arrays};
///
/// // 100 W for 2 s
/// let series = PowerSeries { device: "gpu", time_ns: &[0, 1_000_000_000, 2_000_000_000], power_w: &[100.0; 3] };
/// let trace = trace_from_arrays(&[series], Clock::Relative, &ReadOptions::default()).unwrap();
/// assert_eq!(energy(&trace, &EnergyQuery::default()).unwrap().energy.unwrap().value(), 200.0);
/// ```
pub fn trace_from_arrays(series: &[PowerSeries<'_>], clock: Clock, options: &ReadOptions) -> Result<Trace, Refusal> {
    let mut builder = Builder::new(ARRAYS, options)?;
    let slot = builder.slot(Slot {
        name: "power".to_owned(),
        kind: Kind::InstantPower,
        boundary: options.boundary,
        within: None,
        instead: None,
        negative: Negative::Kept,
    });
    let base = match clock {
        Clock::Utc => Base::Utc,
        Clock::Local => Base::Local,
        Clock::Relative => Base::Relative,
    };
    for one in series {
        if one.time_ns.len() != one.power_w.len() {
            let found = format!("{} times and {} powers", one.time_ns.len(), one.power_w.len());
            return Err(Refusal::new(Code::FieldCount, ARRAYS, Place::File, found, "as many powers as times"));
        }
        for (index, (time_ns, power)) in one.time_ns.iter().zip(one.power_w).enumerate() {
            let line = u32::try_from(index + 1).unwrap_or(u32::MAX);
            let stamp = Stamp { ns: *time_ns, base, leap: false, resolution_ns: 1 };
            let time = builder.time(stamp, line)?;
            let device = builder.device(one.device, line)?;
            builder.record(line);
            let reading = match *power {
                power if power.is_finite() => Ok((power, 0.0)),
                power if power.is_nan() => Err(Fault::NotRead),
                _ => Err(Fault::Nonfinite),
            };
            builder.sample((device, slot), (line, time), reading, "NaN")?;
        }
    }
    builder.finish(ARRAYS, true)
}
