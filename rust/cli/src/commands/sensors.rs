//! Where sensors are looked for: the arguments that `record` and `doctor` share.

use crate::failure::Failure;
use crate::reading::quantity;
use crate::record::{MeterSpec, ModelSpec, Search};
use clap::Args;
use std::path::PathBuf;
use std::time::Duration;
use szilard::quantity::units::f64::{Power, Ratio, Time};
use szilard::quantity::units::{power::watt, ratio::ratio, time::second};

/// Where sensors are looked for.
#[derive(Debug, Args)]
pub(super) struct Sensors {
    /// External meter: PATH,unit=W[,column=2][,baud=115200][,boundary=node]; a file that grows, a serial line, a FIFO
    #[arg(long, value_name = "METER", value_parser = MeterSpec::parse)]
    meter: Vec<MeterSpec>,
    /// Power log that is played in the place of a sensor
    #[arg(long, value_name = "FILE")]
    replay: Option<PathBuf>,
    /// Power that stands for a sensor where there is none, such as "65 W"; the figures are then modelled
    #[arg(long, value_name = "POWER")]
    model_tdp: Option<String>,
    /// Relative standard uncertainty of that power
    #[arg(long, value_name = "SHARE", default_value = "50 %", requires = "model_tdp")]
    model_u: String,
    /// Management library of NVIDIA, where it is not where the loader looks
    #[arg(long, value_name = "FILE")]
    nvml: Option<PathBuf>,
    /// Folder that stands for / where sensors are looked for
    #[arg(long, value_name = "FOLDER", default_value = "/")]
    root: PathBuf,
}

impl Sensors {
    /// Where sensors are looked for, to be read so often.
    pub(super) fn search(&self, interval: Duration) -> Result<Search, Failure> {
        let model = self.model_tdp.as_deref().map(|text| -> Result<ModelSpec, Failure> {
            let power: Power = quantity("--model-tdp", text)?.as_static()?;
            let share: Ratio = quantity("--model-u", &self.model_u)?.as_static()?;
            let spec = ModelSpec { watts: power.get::<watt>(), relative_u: share.get::<ratio>() };
            let sound = spec.watts > 0.0 && spec.watts.is_finite() && spec.relative_u > 0.0;
            let message = || "--model-tdp and --model-u: expected values above 0".to_owned();
            sound.then_some(spec).ok_or_else(|| Failure::Usage { message: message() })
        });
        Ok(Search {
            root: self.root.clone(),
            nvml: self.nvml.clone(),
            meters: self.meter.clone(),
            replay: self.replay.clone(),
            model: model.transpose()?,
            interval,
        })
    }
}

/// A time: seconds, or a quantity.
pub(super) fn time(what: &'static str, text: &str) -> Result<Duration, Failure> {
    let seconds = match szilard::input::finite(text) {
        Some(seconds) => seconds,
        None => {
            let time: Time = quantity(what, text)?.as_static()?;
            time.get::<second>()
        }
    };
    let message = || format!("{what} {text:?}: expected a time not below 0");
    Duration::try_from_secs_f64(seconds).map_err(|_| Failure::Usage { message: message() })
}
