//! The energy file of MLPerf Tiny (EEMBC EnergyRunner): a byte 0xF1, the sample rate and then the energy of each sample in
//! uJ, all as 32-bit floats, little endian.
//!
//! The windows of the inferences stand in another file, `trace1-timestamps.json`, in s from the same start. No source
//! of the writer was found. Reference: mlcommons/tiny_results_v1.2, closed/STMicroelectronics/results/NUCLEO_L4R5ZI/kws/energy, whose
//! file gives the official energy of summary.csv to 1e-4.

use super::Format;
use super::parts::sheet::Column;
use crate::input::{Base, Code, Place, Refusal, Stamp, Text};
use crate::traces::{Builder, Head, Kind, ReadOptions, Time, Trace};

pub(super) const FORMAT: Format = Format {
    name: "mlperf-tiny-energy",
    description: "MLPerf Tiny energy file of EnergyRunner, binary",
    units: "uJ",
    channels: "interval-energy",
    clock: "relative",
    boundary: "as given",
    sample: "mlperf-tiny-energy.bin",
    detect,
    read,
};

const MARK: u8 = 0xf1;

/// Sample rates that are believed. [Hz]
const RATES: std::ops::RangeInclusive<f32> = 1.0..=1e6;

fn detect(head: &Head) -> bool {
    rate(&head.bytes).is_some()
}

/// The sample rate in the first five bytes. [Hz]
fn rate(bytes: &[u8]) -> Option<f32> {
    let [MARK, a, b, c, d, ..] = bytes else { return None };
    Some(f32::from_le_bytes([*a, *b, *c, *d])).filter(|rate| RATES.contains(rate))
}

fn read(text: &Text, options: &ReadOptions) -> Result<Trace, Refusal> {
    let mut builder = Builder::new(text.path(), options)?;
    let refuse = |code, found: String, expected: &str| Refusal::new(code, text.path(), Place::File, found, expected);
    let bytes = text.bytes();
    let Some(rate) = rate(bytes) else {
        return Err(refuse(Code::Magic, "another start".to_owned(), "0xF1 and a sample rate of 1 Hz to 1 MHz"));
    };
    // zeros at the end of the file are samples, but the text behind them was taken for a cut tail
    let body = bytes.get(5..).unwrap_or_default();
    let samples = (body.len() + text.nul_tail()) / 4;
    if !(body.len() + text.nul_tail()).is_multiple_of(4) {
        builder.diagnostics.push(Code::PartialLastBlock, Place::File, None, "the last sample is cut; it was left out");
    }
    let mut slot = Column::new("energy", Kind::IntervalEnergy, "uJ").slot;
    slot.boundary = options.boundary;
    let slot = builder.slot(slot);
    let device = builder.device("0", 0)?;
    let stamp = |index: usize| {
        let ns = (index as f64 * 1e9 / f64::from(rate)).round();
        Stamp { ns: ns as i64, base: Base::Relative, leap: false, resolution_ns: 1 }
    };
    let start: Time = builder.time(stamp(0), 0)?;
    builder.start((device, slot), (0, start))?;
    for index in 0..samples {
        let at = |byte: usize| body.get(4 * index + byte).copied().unwrap_or(0);
        let energy = f64::from(f32::from_le_bytes([at(0), at(1), at(2), at(3)])) * 1e-6;
        let record = u32::try_from(index).unwrap_or(u32::MAX);
        if !energy.is_finite() {
            return Err(refuse(Code::Corrupt, format!("sample {index} is {energy}"), "finite energies"));
        }
        let time = builder.time(stamp(index + 1), record)?;
        builder.record(record);
        builder.sample((device, slot), (record, time), Ok((energy, 0.0)), "")?;
    }
    builder.finish(FORMAT.name, true)
}
