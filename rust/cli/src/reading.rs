//! What commands share of reading their arguments and files.

use crate::failure::Failure;
use crate::progress::shown;
use clap::Args;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use szilard::energy::{EnergyQuery, FileEnergy, FileError, TokenLog, TokenOptions, energy_of_path, read_tokens};
use szilard::input::{Code, Place, Refusal};
use szilard::quantity::units::f64::{ElectricPotential, Time};
use szilard::quantity::units::{electric_potential::volt, time::second};
use szilard::quantity::{Boundary, Quantity, calculate};
use szilard::traces::{ColumnChoice, ColumnName, ReadOptions, Recording, Role, Sign, Trace, join, read};

/// The most that is read from something that is no regular file and may have no end. [byte]
const STREAM_LIMIT: u64 = 1 << 30;

/// The quantity that an argument says, as a literal or an expression.
pub(crate) fn quantity(what: &'static str, text: &str) -> Result<Quantity, Failure> {
    calculate(text).map_err(|source| Failure::Given { what, text: text.to_owned(), source })
}

/// The time that an argument says. [ns]
pub(crate) fn nanoseconds(what: &'static str, text: &str) -> Result<i64, Failure> {
    let time: Time = quantity(what, text)?.as_static().map_err(|error| given(what, text, error))?;
    let ns = (time.get::<second>() * 1e9).round();
    let in_range = ns.abs() < i64::MAX as f64;
    let message = || format!("{what} {text:?}: expected a time that fits in 64 bits of nanoseconds");
    if in_range { Ok(ns as i64) } else { Err(Failure::Usage { message: message() }) }
}

/// The reason why the text of an argument is not of the dimension that is needed.
pub(crate) fn given(what: &'static str, text: &str, error: szilard::quantity::UnitError) -> Failure {
    Failure::Given { what, text: text.to_owned(), source: error.into() }
}

/// The bytes of a file.
pub(crate) fn bytes(path: &Path) -> Result<Vec<u8>, Failure> {
    let name = path.display().to_string();
    let failed = |source| Failure::File { path: name.clone(), source };
    let file = File::open(path).map_err(failed)?;
    let regular = file.metadata().map_err(failed)?.is_file();
    let limit = if regular { u64::MAX } else { STREAM_LIMIT };
    let mut bytes = Vec::new();
    file.take(limit).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 == limit {
        let expected = format!("fewer than {limit} bytes from something that is no regular file");
        return Err(
            Refusal::new(Code::LimitSize, &name, Place::File, format!("{limit} bytes or more"), expected).into()
        );
    }
    Ok(bytes)
}

/// The first bytes of a regular file; all of what can be read only once, as a pipe.
pub(crate) fn start(path: &Path, length: u64) -> Result<(Vec<u8>, bool), Failure> {
    let failed = |source| Failure::File { path: path.display().to_string(), source };
    let file = File::open(path).map_err(failed)?;
    if !file.metadata().map_err(failed)?.is_file() {
        return Ok((bytes(path)?, true));
    }
    let mut start = Vec::new();
    file.take(length).read_to_end(&mut start).map_err(failed)?;
    Ok((start, false))
}

/// How a power log is read.
#[derive(Debug, Clone, Args)]
pub(crate) struct Reading {
    /// Format; detected where it is left out (`szilard formats` lists them)
    #[arg(long, value_name = "NAME")]
    format: Option<String>,
    /// Zone of local clocks: an IANA name or an offset such as -05:00
    #[arg(long, value_name = "ZONE", allow_hyphen_values = true)]
    pub tz: Option<String>,
    /// Pattern of the time stamps in strptime notation
    #[arg(long, value_name = "PATTERN")]
    time_format: Option<String>,
    /// Interval between samples where the stamps do not tell it, such as "0.1 s"
    #[arg(long, value_name = "TIME")]
    interval: Option<String>,
    /// Device to keep; may be given several times
    #[arg(long, value_name = "NAME")]
    device: Vec<String>,
    /// Number of devices whose rows alternate, where no column names them
    #[arg(long, value_name = "NUMBER")]
    devices: Option<usize>,
    /// Supply voltage where the log holds only a current, such as "12.8 V"
    #[arg(long, value_name = "VOLTAGE")]
    voltage: Option<String>,
    /// Column of a table: ROLE=NAME or ROLE=INDEX (from 0), with :UNIT; roles are time, power, energy, device
    #[arg(long, value_name = "ROLE=COLUMN[:UNIT]", value_parser = column)]
    column: Vec<ColumnChoice>,
    /// Sign of a power that can be negative: what is drawn from the source is positive or negative
    #[arg(long, value_parser = sign, value_name = "discharge_positive|discharge_negative")]
    sign: Option<Sign>,
    /// Boundary of the energy where the format does not settle it: chip, board, node, it, site, grid, primary
    #[arg(long)]
    pub boundary: Option<Boundary>,
    /// Decompress the file if it is compressed
    #[arg(long)]
    decompress: bool,
    /// Another power log of the run, read with --tz and --decompress alone and brought to one clock; may be given several
    /// times. Its devices are called NAME/device, and OFFSET is added to its times, as in gpus=gpu.csv@"-0.4 s"
    #[arg(long, value_name = "[NAME=]FILE[@OFFSET]", value_parser = joined, conflicts_with = "device")]
    join: Vec<Joined>,
    /// The joined logs measure parts that do not overlap: they add up
    #[arg(long, requires = "join")]
    disjoint: bool,
}

/// A power log that is joined to another.
#[derive(Debug, Clone, PartialEq)]
struct Joined {
    name: Option<String>,
    file: PathBuf,
    offset: Option<String>,
}

impl Reading {
    /// The trace in a file, and in those that are joined to it.
    pub(crate) fn trace(&self, path: &Path) -> Result<Trace, Failure> {
        let options = self.options()?;
        let first = read(bytes(path)?, &path.display().to_string(), &options)?;
        if self.join.is_empty() {
            return Ok(first);
        }
        let alone = ReadOptions { tz: self.tz.clone(), decompress: self.decompress, ..ReadOptions::default() };
        let others: Vec<Trace> = self
            .join
            .iter()
            .map(|other| Ok(read(bytes(&other.file)?, &other.file.display().to_string(), &alone)?))
            .collect::<Result<_, Failure>>()?;
        let mut recordings = vec![Recording { trace: &first, name: None, offset_ns: None }];
        for (trace, other) in others.iter().zip(&self.join) {
            let offset_ns = other.offset.as_deref().map(|text| nanoseconds("--join", text)).transpose()?;
            recordings.push(Recording { trace, name: other.name.clone(), offset_ns });
        }
        Ok(join(&recordings, self.disjoint)?)
    }

    /// The energy of all of a file, which may be larger than memory; `None` where others are joined to it.
    pub(crate) fn energy(&self, path: &Path, query: &EnergyQuery) -> Result<Option<FileEnergy>, Failure> {
        if !self.join.is_empty() {
            return Ok(None);
        }
        let options = self.options()?;
        shown(|| energy_of_path(path, &options, query)).map(Some).map_err(|error| match error {
            FileError::Io { path, source } => Failure::File { path, source },
            FileError::Energy(error) => error.into(),
        })
    }

    fn options(&self) -> Result<ReadOptions, Failure> {
        let volts = |text: &String| -> Result<f64, Failure> {
            let value: ElectricPotential =
                quantity("--voltage", text)?.as_static().map_err(|error| given("--voltage", text, error))?;
            Ok(value.get::<volt>())
        };
        Ok(ReadOptions {
            format: self.format.clone(),
            tz: self.tz.clone(),
            time_format: self.time_format.clone(),
            interval_ns: self.interval.as_deref().map(|text| nanoseconds("--interval", text)).transpose()?,
            devices: (!self.device.is_empty()).then(|| self.device.clone()),
            device_count: self.devices,
            voltage: self.voltage.as_ref().map(volts).transpose()?,
            columns: self.column.clone(),
            sign: self.sign,
            boundary: self.boundary,
            decompress: self.decompress,
        })
    }

    /// The same for a log whose boundary is another.
    pub(crate) fn at(&self, boundary: Option<Boundary>) -> Self {
        Self { boundary, ..self.clone() }
    }

    /// The token log in a file.
    pub(crate) fn tokens(&self, path: &Path) -> Result<TokenLog, Failure> {
        let options = TokenOptions { format: self.format.clone(), tz: self.tz.clone(), count: None };
        Ok(read_tokens(bytes(path)?, &path.display().to_string(), &options)?)
    }
}

fn sign(text: &str) -> Result<Sign, String> {
    match text.replace('-', "_").as_str() {
        "discharge_positive" => Ok(Sign::DischargePositive),
        "discharge_negative" => Ok(Sign::DischargeNegative),
        _ => Err("expected discharge_positive or discharge_negative".to_owned()),
    }
}

fn column(text: &str) -> Result<ColumnChoice, String> {
    let (role, rest) = text.split_once('=').ok_or("expected ROLE=NAME or ROLE=INDEX, as in power=2:W")?;
    let role = match role {
        "time" => Role::Time,
        "power" => Role::Power,
        "energy" => Role::Energy,
        "device" => Role::Device,
        _ => return Err("expected one of the roles time, power, energy, device".to_owned()),
    };
    let (name, unit) = match rest.rsplit_once(':') {
        Some((name, unit)) => (name, Some(unit.to_owned())),
        None => (rest, None),
    };
    let column = match name.parse() {
        Ok(position) => ColumnName::Position(position),
        Err(_) => ColumnName::Name(name.to_owned()),
    };
    Ok(ColumnChoice { role, column, unit })
}

fn joined(text: &str) -> Result<Joined, String> {
    let (file, offset) = match text.rsplit_once('@') {
        Some((file, offset)) => (file, Some(offset.to_owned())),
        None => (text, None),
    };
    let (name, file) = match file.split_once('=') {
        Some((name, file)) => (Some(name.to_owned()), file),
        None => (None, file),
    };
    if file.is_empty() || name.as_deref() == Some("") {
        return Err("expected FILE, NAME=FILE or NAME=FILE@OFFSET, as in gpus=gpu.csv@\"-0.4 s\"".to_owned());
    }
    Ok(Joined { name, file: PathBuf::from(file), offset })
}

/// The two ends of `START,END`.
pub(crate) fn ends(text: &str) -> Result<(String, String), String> {
    match text.split(',').collect::<Vec<_>>().as_slice() {
        [start, end] => Ok(((*start).to_owned(), (*end).to_owned())),
        _ => Err("expected two times with a comma between them".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_named_by_role() {
        let choice = column("power=2:W").unwrap();
        assert_eq!(
            (choice.role, choice.column, choice.unit.as_deref()),
            (Role::Power, ColumnName::Position(2), Some("W"))
        );
        let choice = column("device=gpu name").unwrap();
        assert_eq!((choice.role, choice.column), (Role::Device, ColumnName::Name("gpu name".to_owned())));
        assert!(column("power").is_err() && column("volts=1").is_err());
        assert!(ends("1,2,3").is_err() && ends("1").is_err());
        let gpus = Joined { name: Some("gpus".into()), file: "g.csv".into(), offset: Some("-0.4 s".into()) };
        assert_eq!(joined("gpus=g.csv@-0.4 s"), Ok(gpus));
        assert_eq!(joined("g.csv").map(|other| (other.name, other.offset)), Ok((None, None)));
        assert!(joined("=g.csv").is_err() && joined("a=").is_err());
    }

    #[test]
    fn what_has_no_end_is_not_read_to_its_end() {
        if Path::new("/dev/null").exists() {
            assert!(bytes(Path::new("/dev/null")).unwrap().is_empty());
        }
    }
}
