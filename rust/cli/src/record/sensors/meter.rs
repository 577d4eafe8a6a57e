//! An external meter whose readings come as lines of a growing file, a serial line or a FIFO: for boards without a sensor.
//!
//! `--meter /dev/ttyUSB0,unit=W,column=2,baud=115200,boundary=node`. The unit is stated and never guessed; a cell that
//! names another one is no reading.

use super::{Channel, Found, Reading, Search, Sensor, SensorKind};
use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom};
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;
use szilard::input::{Dimension, Unit, unit};
use szilard::quantity::Boundary;
use szilard::traces::Kind;

pub(super) const SENSOR: SensorKind = SensorKind {
    name: "meter",
    what: "an external meter: a file, a serial line or a FIFO (--meter)",
    last: false,
    probe,
};

/// Longest line of a meter. [byte]
const LONGEST: usize = 4096;

/// How long is waited where nothing has come.
const PAUSE: Duration = Duration::from_millis(10);

/// Where a meter's readings come from, and what they mean.
#[derive(Debug, Clone)]
pub(crate) struct MeterSpec {
    path: PathBuf,
    symbol: String,
    unit: Unit,
    /// Number of the column, from 1.
    column: usize,
    /// Rate of a serial line. [baud]
    baud: Option<u32>,
    boundary: Option<Boundary>,
}

impl MeterSpec {
    /// The meter of a text such as `/dev/ttyUSB0,unit=W,baud=9600`.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut parts = text.split(',');
        let path = PathBuf::from(parts.next().unwrap_or_default());
        let (mut symbol, mut column, mut baud, mut boundary) = (String::new(), 1, None, None);
        for part in parts {
            let (key, value) = part.split_once('=').ok_or_else(|| format!("{part:?}: expected key=value"))?;
            let wrong = |expected: &str| format!("{key}={value}: expected {expected}");
            match key {
                "unit" => symbol = value.to_owned(),
                "column" => {
                    let number = value.parse().ok().filter(|number| *number > 0);
                    column = number.ok_or_else(|| wrong("a number from 1"))?;
                }
                "baud" => baud = Some(value.parse().map_err(|_| wrong("a rate such as 115200"))?),
                "boundary" => boundary = Some(value.parse().map_err(|_| wrong("chip, board, node, it or site"))?),
                _ => return Err(format!("{key}: expected unit, column, baud or boundary")),
            }
        }
        let known = unit(&symbol).filter(|unit| matches!(unit.dimension, Dimension::Power | Dimension::Energy));
        let unit = known.ok_or("expected the unit of the readings, as unit=W for powers or unit=Wh for a counter")?;
        Ok(Self { path, symbol, unit, column, baud, boundary })
    }

    /// The reading in a line, as a number of the unit.
    fn reading(&self, line: &str) -> Reading {
        let mut cells = line.split([',', ';', '\t', ' ']).filter(|cell| !cell.is_empty());
        let cell = cells.nth(self.column - 1).unwrap_or_default();
        let number = cell.strip_suffix(self.symbol.as_str()).unwrap_or(cell);
        match szilard::input::finite(number) {
            Some(_) => Reading::Decimal(number.to_owned()),
            None => Reading::Missing(format!("{:?} has no number of {} in column {}", line, self.symbol, self.column)),
        }
    }
}

/// The newest reading that was not taken, and how many older powers it has replaced.
#[derive(Default)]
struct Come {
    newest: Mutex<Option<Reading>>,
    skipped: AtomicU64,
}

struct Meter {
    come: Arc<Come>,
    channels: [Channel; 1],
}

fn probe(search: &Search) -> Found {
    if search.meters.is_empty() {
        return Found::nothing("not asked for (--meter)");
    }
    let mut found = Found::default();
    for spec in &search.meters {
        match open(spec) {
            Ok(meter) => found.sensors.push(Box::new(meter)),
            Err(error) => found.reasons.push(super::files::reason_of(&spec.path.display().to_string(), &error)),
        }
    }
    found
}

fn open(spec: &MeterSpec) -> std::io::Result<Meter> {
    let mut file = OpenOptions::new().read(true).custom_flags(szilard_system::NON_BLOCKING).open(&spec.path)?;
    if let Some(rate) = spec.baud {
        szilard_system::make_serial(&file, rate)?;
    }
    if file.metadata()?.is_file() {
        file.seek(SeekFrom::End(0))?;
    }
    let kind = match spec.unit.dimension {
        Dimension::Energy => Kind::EnergyCounter { range: None },
        _ => Kind::InstantPower,
    };
    let channel = Channel::new(SENSOR.name, &super::files::name(&spec.path), "meter", kind, &spec.symbol);
    let come = Arc::<Come>::default();
    // a counter has in its newest reading what the older ones had
    let counts = matches!(kind, Kind::InstantPower);
    let (spec, weak) = (spec.clone(), Arc::downgrade(&come));
    let boundary = spec.boundary;
    std::thread::spawn(move || listen(&spec, file, &weak, counts));
    Ok(Meter { come, channels: [Channel { boundary, ..channel }] })
}

/// Takes lines as they come, until nobody asks any more.
fn listen(spec: &MeterSpec, mut file: File, come: &Weak<Come>, counts: bool) {
    let (mut line, mut buffer) = (Vec::new(), [0; 1024]);
    while let Some(come) = come.upgrade() {
        let count = match file.read(&mut buffer) {
            Ok(count) => count,
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => 0,
            Err(error) => {
                let reason = super::files::reason_of("the meter", &error);
                come.put(Reading::Missing(reason), false);
                std::thread::sleep(PAUSE * 50);
                0
            }
        };
        for byte in buffer.iter().take(count) {
            match byte {
                b'\n' | b'\r' if line.is_empty() => {}
                b'\n' | b'\r' => come.put(spec.reading(&String::from_utf8_lossy(&std::mem::take(&mut line))), counts),
                _ if line.len() < LONGEST => line.push(*byte),
                _ => {}
            }
        }
        drop(come);
        if count == 0 {
            std::thread::sleep(PAUSE);
        }
    }
}

impl Come {
    /// Keeps the newest reading.
    fn put(&self, reading: Reading, counts: bool) {
        let older = self.newest.lock().unwrap_or_else(PoisonError::into_inner).replace(reading);
        if counts && matches!(older, Some(Reading::Decimal(_))) {
            self.skipped.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl Sensor for Meter {
    fn channels(&self) -> &[Channel] {
        &self.channels
    }

    fn read(&mut self, _: i64, into: &mut Vec<Reading>) {
        let newest = self.come.newest.lock().unwrap_or_else(PoisonError::into_inner).take();
        into.push(newest.unwrap_or(Reading::NothingNew));
    }

    fn skipped(&self) -> u64 {
        self.come.skipped.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_a_reading_of_the_stated_unit_or_none() {
        let spec = MeterSpec::parse("/dev/ttyUSB0,unit=W,column=2,boundary=node").unwrap();
        assert_eq!(spec.reading("12:00:01, 7.25"), Reading::Decimal("7.25".to_owned()));
        assert_eq!(spec.reading("12:00:01;7.25W"), Reading::Decimal("7.25".to_owned()));
        for line in ["12:00:01;7250mW", "7.25", "", "12:00:01 nan", "12:00:01 1_0"] {
            assert!(matches!(spec.reading(line), Reading::Missing(_)), "{line}");
        }
        for text in ["/dev/ttyUSB0", "x,unit=V", "x,unit=W,column=0", "x,unit=W,colour=red", "x,unit=W,baud=fast"] {
            assert!(MeterSpec::parse(text).is_err(), "{text}");
        }
    }
}
