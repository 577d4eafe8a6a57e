//! The power chip of the Raspberry Pi 5, through `vcgencmd pmic_read_adc`: volts and amperes of the rails that it makes.
//!
//! It knows no current of the 5 V input: what stands on 5 V (USB, HATs) and the loss of the chip itself are in no rail,
//! so that the boundary is left open. One call starts a process, so that it is made once a second at most.

use super::{Channel, Found, Reading, Search, Sensor, SensorKind};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use szilard::traces::Kind;

pub(super) const SENSOR: SensorKind =
    SensorKind { name: "raspberry-pmic", what: "rails of the Raspberry Pi 5 (vcgencmd)", last: false, probe };

/// Shortest time between two calls. [ns]
const PERIOD_NS: i64 = 1_000_000_000;

struct Pmic {
    program: PathBuf,
    channels: Vec<Channel>,
    last_ns: Option<i64>,
}

fn probe(search: &Search) -> Found {
    let Some(program) = search.program("vcgencmd") else { return Found::nothing("no vcgencmd: no Raspberry Pi") };
    let rails = match ask(&program) {
        Ok(rails) if rails.is_empty() => return Found::nothing("vcgencmd pmic_read_adc shows no rail with a current"),
        Ok(rails) => rails,
        Err(reason) => return Found::nothing(reason),
    };
    let channel = |(rail, _): &(String, f64)| Channel::new(SENSOR.name, "pmic", rail, Kind::InstantPower, "W");
    let mut found = Found::default();
    found.keep(Pmic { program, channels: rails.iter().map(channel).collect(), last_ns: None });
    found
}

impl Sensor for Pmic {
    fn channels(&self) -> &[Channel] {
        &self.channels
    }

    fn at_last(&mut self) {
        self.last_ns = None;
    }

    fn read(&mut self, now_ns: i64, into: &mut Vec<Reading>) {
        if self.last_ns.is_some_and(|last| now_ns - last < PERIOD_NS) {
            into.extend(self.channels.iter().map(|_| Reading::NothingNew));
            return;
        }
        self.last_ns = Some(now_ns);
        let rails = ask(&self.program);
        into.extend(self.channels.iter().map(|channel| match &rails {
            Err(reason) => Reading::Missing(reason.clone()),
            Ok(rails) => rails.iter().find(|(rail, _)| *rail == channel.rail).map_or_else(
                || Reading::Missing("the rail is not in the answer".to_owned()),
                |(_, watts)| Reading::Decimal(watts.to_string()),
            ),
        }));
    }
}

/// The rails and their powers, as the chip answers. [W]
fn ask(program: &Path) -> Result<Vec<(String, f64)>, String> {
    let mut command = Command::new(program);
    let output = command.arg("pmic_read_adc").stdin(Stdio::null()).stderr(Stdio::null()).output();
    let output = output.map_err(|error| super::files::reason_of("vcgencmd", &error))?;
    if !output.status.success() {
        return Err("vcgencmd pmic_read_adc failed: no power chip, or no right to the group video".to_owned());
    }
    Ok(rails(&String::from_utf8_lossy(&output.stdout)))
}

/// The rails that have a current and a voltage, as `VDD_CORE_A current(7)=1.5A` and `VDD_CORE_V volt(15)=0.75V`. [W]
fn rails(text: &str) -> Vec<(String, f64)> {
    let values = |ending: &str, unit: char| -> Vec<(String, f64)> {
        let value = |line: &str| {
            let (name, value) = line.trim().split_once(' ')?;
            let value = value.split_once('=')?.1.strip_suffix(unit)?.parse().ok()?;
            Some((name.strip_suffix(ending)?.to_owned(), value))
        };
        text.lines().filter_map(value).collect()
    };
    let volts = values("_V", 'V');
    let power = |(rail, amperes): (String, f64)| {
        let (_, volts) = volts.iter().find(|(name, _)| *name == rail)?;
        Some((rail, amperes * volts))
    };
    values("_A", 'A').into_iter().filter_map(power).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rail_is_its_voltage_times_its_current() {
        let text = "   3V3_SYS_A current(1)=0.50000000A\n   VDD_CORE_A current(7)=2.00000000A\n   3V3_SYS_V volt(9)=3.30000000V\n   \
                    VDD_CORE_V volt(15)=0.75000000V\n   EXT5V_V volt(24)=5.10000000V\n";
        assert_eq!(rails(text), [("3V3_SYS".to_owned(), 1.65), ("VDD_CORE".to_owned(), 1.5)]);
        assert!(rails("error=1 error_msg=\"Command not registered\"").is_empty());
    }
}
