//! NVIDIA Jetson's `tegrastats`, where the kernel does not show the rails themselves: `VDD_IN 5000mW/4900mW`.
//!
//! Only the present value is read; the second one is the mean since the start of the tool.

use super::{Channel, Found, Reading, Search, Sensor, SensorKind};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use szilard::quantity::Boundary;
use szilard::traces::{Kind, tegrastats_rails};

pub(super) const SENSOR: SensorKind =
    SensorKind { name: "tegrastats", what: "rails of Jetson modules (tegrastats)", last: true, probe };

/// How long the tool may take to start.
const START: Duration = Duration::from_millis(500);

/// Rails that measure the input of the whole module.
const INPUTS: [&str; 2] = ["VDD_IN", "POM_5V_IN"];

/// The last line of the tool, and whether it was taken.
type LastLine = Arc<Mutex<(String, bool)>>;

struct Tegrastats {
    child: Child,
    last: LastLine,
    channels: Vec<Channel>,
}

fn probe(search: &Search) -> Found {
    let Some(program) = search.program("tegrastats") else { return Found::nothing("no tegrastats: no Jetson") };
    let (child, last) = match start(&program, search.interval) {
        Ok(started) => started,
        Err(error) => return Found::nothing(super::files::reason_of("tegrastats", &error)),
    };
    let mut sensor = Tegrastats { child, last, channels: Vec::new() };
    let until = Instant::now() + search.interval * 2 + START;
    let line = loop {
        let line = sensor.last.lock().unwrap_or_else(PoisonError::into_inner).0.clone();
        if !line.is_empty() || Instant::now() > until {
            break line;
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    let names: Vec<String> = tegrastats_rails(&line).map(|(name, _)| name.to_owned()).collect();
    if names.is_empty() {
        return Found::nothing("tegrastats shows no rail");
    }
    let input = names.iter().find(|name| INPUTS.contains(&name.as_str())).cloned();
    sensor.channels = names
        .iter()
        .map(|rail| {
            let channel = Channel::new(SENSOR.name, "module", rail, Kind::InstantPower, "mW");
            let within = input.clone().filter(|input| input != rail);
            let boundary = if within.is_some() { None } else { input.as_ref().map(|_| Boundary::Board) };
            Channel { within, boundary, placed: input.is_some(), ..channel }
        })
        .collect();
    Found { sensors: vec![Box::new(sensor)], reasons: Vec::new() }
}

/// The running tool, and the last of its lines.
fn start(program: &Path, interval: Duration) -> std::io::Result<(Child, LastLine)> {
    let milliseconds = interval.as_millis().max(20).to_string();
    let mut command = Command::new(program);
    command.args(["--interval", &milliseconds]).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn()?;
    let last = LastLine::default();
    if let Some(output) = child.stdout.take() {
        let last = last.clone();
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                *last.lock().unwrap_or_else(PoisonError::into_inner) = (line, false);
            }
        });
    }
    Ok((child, last))
}

impl Sensor for Tegrastats {
    fn channels(&self) -> &[Channel] {
        &self.channels
    }

    fn read(&mut self, _: i64, into: &mut Vec<Reading>) {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if std::mem::replace(&mut last.1, true) {
            let gone = !matches!(self.child.try_wait(), Ok(None));
            let reading = if gone { Reading::Missing("tegrastats has ended".into()) } else { Reading::NothingNew };
            into.extend(self.channels.iter().map(|_| reading.clone()));
            return;
        }
        let rails: Vec<(&str, &str)> = tegrastats_rails(&last.0).collect();
        into.extend(self.channels.iter().map(|channel| {
            let text = rails.iter().find(|(name, _)| *name == channel.rail).map_or("no rail", |(_, text)| *text);
            let number = text.strip_suffix("mW").unwrap_or(text).parse();
            number.map_or_else(|_| Reading::Missing(format!("{text:?} is no power")), Reading::Whole)
        }));
    }

    fn process(&self) -> Option<u32> {
        Some(self.child.id())
    }
}

impl Drop for Tegrastats {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
