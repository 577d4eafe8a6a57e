//! What is known about the sensor behind a channel: gain and offset as distributions, update, window and duty, each with
//! its source, from `datasets/sensors.csv`.

use super::channel::Kind;
use super::rating::rated_power_w;
use super::trace::Trace;
use crate::input::fields;
use crate::source::datasets::{HARDWARE, text};
use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

/// The distribution a relative gain deviation is drawn from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Gain {
    /// Normal, with this relative standard uncertainty.
    Normal {
        /// Relative standard uncertainty (k = 1).
        u: f64,
    },
    /// Rectangular, with this relative half width.
    Rectangular {
        /// Relative half width.
        half_width: f64,
    },
}

impl Gain {
    /// The relative standard uncertainty: `u`, or `a / sqrt(3)` for a rectangular distribution of half width `a`.
    ///
    /// ```
    /// use szilard::traces::Gain;
    /// let u = Gain::Rectangular { half_width: 0.0025 }.standard_uncertainty();
    /// assert!((u - 0.0014433756729740645).abs() < 1e-18);
    /// ```
    pub fn standard_uncertainty(self) -> f64 {
        match self {
            Self::Normal { u } => u,
            Self::Rectangular { half_width } => half_width / 3f64.sqrt(),
        }
    }
}

/// What is known about a kind of sensor: of all that a format can be written by, or of one board.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SensorModel {
    /// The name of one meter, where its user stated it; otherwise the model is of a kind.
    pub instance: Option<String>,
    /// Formats whose channels come from such sensors; empty for a single board.
    pub formats: Vec<String>,
    /// Name of the board, as its driver prints it; empty for a whole class.
    pub board: String,
    /// Name of the channel of that board.
    pub option: String,
    /// How many measurements of such boards stand behind the row.
    pub measurements: Option<u32>,
    /// Time between two new readings. [ms]
    pub update_ms: Option<f64>,
    /// Length of the averaging window. [ms]
    pub window_ms: Option<f64>,
    /// Share of the time that the windows cover.
    pub duty: Option<f64>,
    /// Measured gain, reading over truth, of the boards that were measured.
    pub measured_gain: Option<f64>,
    /// Measured offset of the boards that were measured. [W]
    pub measured_offset_w: Option<f64>,
    /// Name of the component in an uncertainty budget.
    pub label: String,
    /// Deviation of the gain, common to all samples of one sensor; `None` where nothing reliable is known.
    pub gain: Option<Gain>,
    /// Standard uncertainty of the offset; `None` where it is not known. [W]
    pub offset_w: Option<f64>,
    /// Whether the offset was stated by its limits, as a rectangular distribution.
    pub offset_is_limit: bool,
    /// Standard deviation of the noise of one reading; `None` where it is to be had from the readings. [W]
    pub noise_w: Option<f64>,
    /// Relative standard uncertainty of the rate of the clock; `None` where it is not known.
    pub clock_rate: Option<f64>,
    /// What the device is rated for. [W]
    pub rating_w: Option<f64>,
    /// What the figures leave out.
    pub leaves_out: String,
    /// Where the figures come from.
    pub citation: Option<String>,
}

/// Every sensor model of the data set.
///
/// ```
/// use szilard::traces::sensors;
/// let h100 = sensors().iter().find(|s| s.board == "NVIDIA H100 PCIe" && s.option == "power.draw.instant").unwrap();
/// assert_eq!((h100.update_ms, h100.duty), (Some(100.0), Some(0.23)));
/// ```
pub fn sensors() -> &'static [SensorModel] {
    static SENSORS: OnceLock<Vec<SensorModel>> = OnceLock::new();
    SENSORS.get_or_init(|| {
        let mut lines = text(HARDWARE, "sensors").unwrap_or_default().lines();
        let titles = fields(lines.next().unwrap_or_default(), ',').unwrap_or_default();
        let row = |line| {
            let cells = fields(line, ',').unwrap_or_default();
            model(&|title| {
                let at = titles.iter().position(|known| known == title);
                at.and_then(|at| cells.get(at)).map_or(String::new(), |cell| cell.to_string())
            })
        };
        lines.map(row).collect()
    })
}

fn model(cell: &dyn Fn(&str) -> String) -> SensorModel {
    let number = |title: &str| cell(title).parse::<f64>().ok();
    let u = number("gain_u");
    let gain = match cell("gain_distribution").as_str() {
        "normal" => u.map(|u| Gain::Normal { u }),
        "rectangular" => u.map(|half_width| Gain::Rectangular { half_width }),
        _ => None,
    };
    SensorModel {
        formats: cell("formats").split_whitespace().map(str::to_owned).collect(),
        board: cell("board"),
        option: cell("option"),
        measurements: cell("measurements").parse().ok(),
        update_ms: number("update_ms"),
        window_ms: number("window_ms"),
        duty: number("duty"),
        measured_gain: number("gain"),
        measured_offset_w: number("offset_w"),
        label: cell("label"),
        gain,
        offset_w: number("offset_u_w"),
        instance: None,
        offset_is_limit: false,
        noise_w: None,
        clock_rate: None,
        rating_w: None,
        leaves_out: cell("leaves_out"),
        citation: Some(cell("citation")).filter(|citation| !citation.is_empty()),
    }
}

/// The sensor behind the channels of a format, `None` where the format does not settle it.
///
/// ```
/// assert_eq!(szilard::traces::sensor_of("tegrastats").unwrap().label, "INA3221 gain");
/// assert!(szilard::traces::sensor_of("generic-csv").is_none());
/// ```
pub fn sensor_of(format: &str) -> Option<&'static SensorModel> {
    sensors().iter().find(|model| model.formats.iter().any(|known| known == format))
}

/// The measurements of boards of that name and channel; several where drivers differ in their averaging window.
pub fn board_sensors<'n>(board: &'n str, option: &'n str) -> impl Iterator<Item = &'static SensorModel> + use<'n> {
    sensors().iter().filter(move |model| !board.is_empty() && model.board == board && model.option == option)
}

/// Gives the channels of known boards their averaging window, update period and duty, each where all measured drivers
/// agree on it; `boards` are the names by device.
pub(super) fn attach(trace: &mut Trace, boards: &HashMap<String, String>) {
    for channel in &mut trace.channels {
        let Some(board) = boards.get(&channel.device) else { continue };
        let agreed = |of: fn(&SensorModel) -> Option<f64>| {
            let mut figures = board_sensors(board, &channel.name).map(of);
            figures.next().flatten().filter(|first| figures.all(|figure| figure == Some(*first)))
        };
        let window = agreed(|model| model.window_ms);
        let mut model = channel.sensor.as_deref().cloned().unwrap_or_default();
        model.board.clone_from(board);
        (model.window_ms, model.update_ms) = (window, agreed(|model| model.update_ms));
        model.rating_w = rated_power_w(board);
        model.duty = board_sensors(board, &channel.name).filter_map(|model| model.duty).reduce(f64::min);
        channel.sensor = Some(Arc::new(model));
        if let (Kind::WindowedMeanPower { window_ns: None }, Some(window)) = (channel.kind, window) {
            channel.kind = Kind::WindowedMeanPower { window_ns: Some((window * 1e6).round() as i64) };
        }
    }
}
