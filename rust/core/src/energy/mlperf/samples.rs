//! The samples of a power log as the reference checker reads them: one a line, whatever their value.

use crate::input::{DateOrder, Diagnostics, Refusal, Text, civil_stamp, finite};

/// One line of `spl.txt`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Sample {
    /// Time. [ns]
    pub time: i64,
    /// Total power [W]; `None` where the field holds no finite number.
    pub watts: Option<f64>,
    /// Sum of the channels [W]; `None` where there are no channels, or one of them has no reading.
    pub channels: Option<f64>,
    /// Session and mode.
    pub mark: String,
    /// Line.
    pub line: u32,
}

/// Every sample of the text; lines that are none are passed over.
pub(super) fn samples(text: &Text) -> Result<Vec<Sample>, Refusal> {
    let (mut lines, mut found) = (text.lines(), Vec::new());
    while let Some(line) = lines.next(&mut Diagnostics::default())? {
        found.extend(sample(&line.text, line.number));
    }
    Ok(found)
}

fn sample(line: &str, number_of_line: u32) -> Option<Sample> {
    let mut fields = line.trim_end().split(',');
    if fields.next() != Some("Time") {
        return None;
    }
    let time = civil_stamp(fields.next()?, DateOrder::MonthFirst)?.ns;
    let (mut watts, mut mark, mut channels) = (None, None, Vec::new());
    while let Some(key) = fields.next() {
        match key {
            "Watts" if watts.is_none() => watts = Some(finite(fields.next()?)),
            "Watts" => channels.push(finite(fields.next()?)),
            "Mark" => {
                let value = fields.next()?;
                mark.get_or_insert(value);
            }
            _ => {}
        }
    }
    let read = channels.iter().all(|channel| channel.is_some_and(|watts| watts != -1.0));
    let channels = (read && !channels.is_empty()).then(|| channels.iter().flatten().sum());
    let mark = mark.unwrap_or_default().to_owned();
    Some(Sample { time, watts: watts?, channels, mark, line: number_of_line })
}

/// The unweighted mean of powers, `None` where there are none. [W]
pub(super) fn mean(powers: impl Iterator<Item = f64>) -> Option<f64> {
    let (mut sum, mut count) = (crate::quantity::ExactSum::default(), 0u32);
    for power in powers {
        sum.add(power);
        count += 1;
    }
    (count > 0).then(|| sum.value() / f64::from(count))
}

/// The samples strictly inside a window.
pub(super) fn inside(samples: &[Sample], window: (i64, i64)) -> impl Iterator<Item = &Sample> + Clone {
    samples.iter().filter(move |sample| window.0 < sample.time && sample.time < window.1)
}

/// The official mean: of the positive samples strictly inside a window. [W]
pub(super) fn official_mean(samples: &[Sample], window: (i64, i64)) -> Option<f64> {
    mean(inside(samples, window).filter_map(|sample| sample.watts).filter(|watts| *watts > 0.0))
}
