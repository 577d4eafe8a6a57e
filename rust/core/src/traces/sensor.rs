//! What is known about the sensor behind a channel: gain and offset as distributions, each with its source.

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

/// What is known about a kind of sensor.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SensorModel {
    /// Name of the component in an uncertainty budget.
    pub label: &'static str,
    /// Deviation of the gain, common to all samples of one sensor; `None` where nothing reliable is known.
    pub gain: Option<Gain>,
    /// Standard uncertainty of the offset; `None` where it is not known. [W]
    pub offset_w: Option<f64>,
    /// What the figures leave out.
    pub leaves_out: &'static str,
    /// Where the figures come from.
    pub citation: Option<&'static str>,
}

/// An NVIDIA board's own power sensor.
///
/// Gain of 20 boards against an external meter: mean 0.989, standard deviation 0.036 (without the K620).
pub const NVIDIA_BOARD: SensorModel = SensorModel {
    label: "nvidia board sensor gain",
    gain: Some(Gain::Normal { u: 0.036 }),
    offset_w: None,
    leaves_out: "part-time sampling of A100 and H100 instant readings; the offset, up to 23 W on single boards",
    citation: Some("arXiv:2312.02741, workbook of measured boards, computed 2026, grade: computed from published data"),
};

/// A Jetson module's INA3221 monitor.
pub const INA3221: SensorModel = SensorModel {
    label: "INA3221 gain",
    gain: Some(Gain::Rectangular { half_width: 0.0025 }),
    offset_w: None,
    leaves_out: "the tolerance of the board's shunt, which is not published and adds to the gain",
    citation: Some("Texas Instruments INA3221 data sheet, gain error 0.25 % max, grade: data sheet"),
};

/// A power analyzer read by PTDaemon: nothing citable is known without its model and calibration.
pub const PTD_ANALYZER: SensorModel = SensorModel {
    label: "power analyzer gain",
    gain: None,
    offset_w: None,
    leaves_out: "the gain and offset of the analyzer: its model, range and calibration are not in the log",
    citation: None,
};

/// The sensor behind the channels of a format, `None` where the format does not settle it.
pub fn sensor_of(format: &str) -> Option<&'static SensorModel> {
    match format {
        "nvidia-smi-csv" => Some(&NVIDIA_BOARD),
        "tegrastats" => Some(&INA3221),
        "ptd-spl" => Some(&PTD_ANALYZER),
        _ => None,
    }
}
