//! `szilard record`: all sensors of the machine while a command runs.

use super::compare::label;
use super::sensors::{Sensors, time};
use crate::failure::Failure;
use crate::output::{for_terminal, json_text, with};
use crate::reading::bytes;
use crate::record::{
    Counter, Done, Existing, Figures, Found, Marks, Metrics, Plan, Ran, Recording, Search, SensorKind, board, figures,
    run, search,
};
use clap::Args;
use serde_json::{Value, json};
use std::ffi::OsString;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;
use szilard::energy::{InputRecord, Report, TokenLog, TokenOptions, read_tokens};

/// The shortest interval, and the longest.
const SHORTEST: Duration = Duration::from_micros(100);
const LONGEST: Duration = Duration::from_secs(86_400);

/// A recording of all sensors while a command runs; nothing of the command is changed.
#[derive(Debug, Args)]
#[command(after_help = "\
The exit status is that of the command: 128 + N where signal N ended it, 127 where there is none of its name, 126 where \
it may not be run. What the recorder says goes to standard error. Before the command is started the status is 2 where the \
file cannot be written, 3 where --require-sensor finds no sensor, 64 for wrong usage.")]
pub(crate) struct Record {
    /// Time between two readings: seconds, or with a unit
    #[arg(long, value_name = "TIME", default_value = "0.1")]
    interval: String,
    /// File of the recording
    #[arg(long, value_name = "FILE", default_value = "run.csv")]
    out: PathBuf,
    /// Write behind what the file holds
    #[arg(long, conflicts_with = "overwrite")]
    append: bool,
    /// Replace what the file and the report hold
    #[arg(long)]
    overwrite: bool,
    /// Time between two waits for the disk; 0 for one after every reading
    #[arg(long, value_name = "TIME", default_value = "5")]
    sync: String,
    /// Do not start the command where no sensor gives readings
    #[arg(long)]
    require_sensor: bool,
    /// Exit with 1 where the command went well and its recording did not
    #[arg(long)]
    strict: bool,
    /// Time for which the idle machine is recorded before the command
    #[arg(long, value_name = "TIME", default_value = "0")]
    idle: String,
    /// Regular expression that finds tokens in the output: the number in its group, or each match where it has none
    #[arg(long, value_name = "REGEX", conflicts_with_all = ["tokens", "tokens_metrics"])]
    tokens_from: Option<String>,
    /// Token log that the command writes
    #[arg(long, value_name = "FILE", conflicts_with = "tokens_metrics")]
    tokens: Option<PathBuf>,
    /// Counters of a server (llama.cpp, vLLM, SGLang), as http://127.0.0.1:8080/metrics
    #[arg(long, value_name = "URL")]
    tokens_metrics: Option<String>,
    /// FIFO for marks of phases: lines such as "start prefill" and "end prefill"
    #[arg(long, value_name = "FIFO")]
    marks: Option<PathBuf>,
    /// Save the report that `szilard compare` reads, without names of hosts and users
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// What is run on what, for the report, such as model=llama-3-8b; may be given several times
    #[arg(long, value_name = "NAME=VALUE", value_parser = label, requires = "report")]
    label: Vec<(String, String)>,
    /// Write what is found out, or why nothing is, as JSON
    #[arg(long, value_name = "FILE")]
    summary: Option<PathBuf>,
    /// Write the words of the command into the recording; they may hold secrets
    #[arg(long)]
    with_command: bool,
    /// Wait for processes that the command leaves behind, too
    #[arg(long)]
    wait_tree: bool,
    /// Print no figures
    #[arg(long)]
    quiet: bool,
    #[command(flatten)]
    sensors: Sensors,
    /// The command
    #[arg(last = true, required = true, value_name = "CMD")]
    command: Vec<OsString>,
}

impl Record {
    /// Runs the command and records; the exit status of the command.
    pub(crate) fn run(&self, json: bool, err: &mut dyn Write) -> i32 {
        match self.recorded(json, err) {
            Ok(status) => status,
            Err(failure) => {
                let unsaved = self.summarise(&with(failure.json(), json!({ "command": null })));
                let unsaved = unsaved.map(|reason| format!("szilard: {reason}\n")).unwrap_or_default();
                let text = format!("szilard: {}: {failure}\n{unsaved}", failure.word());
                say(err, &text, failure.exit_code())
            }
        }
    }

    fn recorded(&self, json: bool, err: &mut dyn Write) -> Result<i32, Failure> {
        let interval = time("--interval", &self.interval)?;
        if !(SHORTEST..=LONGEST).contains(&interval) {
            return Err(usage(format!("--interval {:?}: expected 0.0001 s to a day", self.interval)));
        }
        let place: Search = self.sensors.search(interval)?;
        self.check_places()?;
        let plan = self.plan(interval)?;
        let found = search(&place);
        let reasons = reasons_of(&found);
        let sensors: Vec<_> = found.into_iter().flat_map(|(_, found)| found.sensors).collect();
        if sensors.is_empty() && self.require_sensor {
            let object = with(Figures::refused(&reasons), json!({ "command": null }));
            let unsaved: Vec<String> = self.summarise(&object).into_iter().collect();
            let text = "szilard: incomplete: no sensor, and the command was not started\n";
            return Ok(say(err, &format!("{text}{}{}", listed(&reasons), listed(&unsaved)), crate::INCOMPLETE));
        }
        let recording = if sensors.is_empty() { None } else { Some(self.recording()?) };
        let channels: Vec<_> = sensors.iter().flat_map(|sensor| sensor.channels().iter().cloned()).collect();
        let system = |source| Failure::File { path: "signals".to_owned(), source };
        let done = run(plan, sensors, recording).map_err(system)?;
        let (log, no_log) = match self.tokens.as_deref().map(token_log).transpose() {
            Ok(log) => (log, None),
            Err(failure) => (None, Some(failure.to_string())),
        };
        let made = (!channels.is_empty()).then(|| {
            let model = place.model.filter(|_| channels.iter().all(|channel| channel.sensor == "model"));
            let Done { window_ns, idle_ns, counts, .. } = done;
            figures(&Ran { path: self.out.clone(), channels, window_ns, idle_ns, counts, log, model })
        });
        let mut trouble = done.trouble.clone();
        trouble.extend(no_log);
        trouble.extend(self.save(made.as_ref()));
        let object = self.object(&done, made.as_ref(), &reasons, &trouble);
        trouble.extend(self.summarise(&object));
        if json {
            say(err, &json_text(&object), 0);
        } else {
            self.tell(&done, made.as_ref(), &reasons, &trouble, err);
        }
        let status = done.outcome.status();
        Ok(if self.strict && status == 0 && !trouble.is_empty() { crate::INTERNAL } else { status })
    }

    /// Learns before the command is started that a report could not be saved when it has ended.
    fn check_places(&self) -> Result<(), Failure> {
        let others = [("--report", self.report.as_deref()), ("--summary", self.summary.as_deref())];
        for (option, path) in others.iter().filter_map(|(option, path)| path.map(|path| (option, path))) {
            let shown = path.display().to_string();
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
            match folder.metadata() {
                Err(source) => return Err(Failure::File { path: shown, source }),
                Ok(_) if same(path, &self.out) => {
                    return Err(usage(format!("{option} {shown}: that is the recording")));
                }
                Ok(_) => {}
            }
        }
        match &self.report {
            Some(path) if path.exists() && !self.overwrite => {
                Err(usage(format!("{}: there is such a report; --overwrite replaces it", path.display())))
            }
            _ => Ok(()),
        }
    }

    fn plan(&self, interval: Duration) -> Result<Plan<'_>, Failure> {
        let file = |path: &Path| {
            let path = path.display().to_string();
            |source| Failure::File { path, source }
        };
        Ok(Plan {
            words: &self.command,
            interval,
            idle: time("--idle", &self.idle)?,
            sync: time("--sync", &self.sync)?,
            with_command: self.with_command,
            wait_tree: self.wait_tree,
            counter: self.tokens_from.as_deref().map(Counter::new).transpose().map_err(usage)?,
            metrics: self.tokens_metrics.as_deref().map(Metrics::start).transpose().map_err(usage)?,
            marks: self.marks.as_deref().map(|path| Marks::open(path).map_err(file(path))).transpose()?,
        })
    }

    fn recording(&self) -> Result<Recording, Failure> {
        let existing = match (self.append, self.overwrite) {
            (true, _) => Existing::Continued,
            (_, true) => Existing::Replaced,
            _ => Existing::Refused,
        };
        let path = self.out.display().to_string();
        Recording::create(&self.out, existing).map_err(|source| match source.kind() {
            ErrorKind::AlreadyExists => {
                usage(format!("{path}: there is such a file; --append or --overwrite says what to do with it"))
            }
            ErrorKind::WouldBlock => usage(format!("{path}: another recorder writes to it")),
            _ => Failure::File { path, source },
        })
    }

    /// Saves the report; why it could not be, where it could not.
    fn save(&self, made: Option<&Figures>) -> Option<String> {
        let path = self.report.as_ref()?;
        let Some(report) = made.and_then(Figures::report) else {
            return Some(format!("{}: no report is saved: there is no energy per token", path.display()));
        };
        let report = match self.described(report) {
            Ok(report) => report,
            Err(error) => return Some(format!("{}: {error}", self.out.display())),
        };
        std::fs::write(path, json_text(&json!(report))).err().map(|error| format!("{}: {error}", path.display()))
    }

    /// The report with the board, the labels, and the fingerprints of its files by their bare names.
    fn described(&self, report: Report) -> std::io::Result<Report> {
        let mut labels = self.label.clone();
        labels.extend(board().map(|board| ("board".to_owned(), board)));
        let files = [Some(("power", &self.out)), self.tokens.as_ref().map(|path| ("tokens", path))];
        let input = |(role, path): (&str, &PathBuf)| {
            let input = InputRecord::of_file(role, path)?;
            let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
            Ok(InputRecord { name, ..input })
        };
        let inputs = files.into_iter().flatten().map(input).collect::<std::io::Result<_>>()?;
        // what its author says of the board stands for what its maker does
        Ok(Report { labels: labels.into_iter().rev().collect(), inputs, ..report })
    }

    /// Writes the summary; why it could not be, where it could not.
    fn summarise(&self, object: &Value) -> Option<String> {
        let path = self.summary.as_ref()?;
        std::fs::write(path, json_text(object)).err().map(|error| format!("{}: {error}", path.display()))
    }

    /// What was found out, for a program.
    fn object(&self, done: &Done, made: Option<&Figures>, reasons: &[String], trouble: &[String]) -> Value {
        let (start_ns, end_ns) = done.window_ns;
        let more = json!({
            "recording": made.map(|_| self.out.display().to_string()),
            "command": { "status": done.outcome.status(), "start_ns": start_ns, "end_ns": end_ns },
            "recorder": {
                "rows": done.rows, "missed": done.missed, "cpu_s": done.used.cpu_ns as f64 * 1e-9,
                "peak_bytes": done.used.peak_bytes,
            },
            "trouble": trouble,
        });
        with(made.map_or_else(|| Figures::refused(reasons), Figures::json), more)
    }

    /// Says what was found out, for a reader, on standard error.
    fn tell(&self, done: &Done, made: Option<&Figures>, reasons: &[String], trouble: &[String], err: &mut dyn Write) {
        let mut text: String = trouble.iter().map(|reason| format!("szilard: {reason}\n")).collect();
        match made {
            None => {
                text += "szilard: refused: no sensor gives readings, so there is no energy\n";
                text += &listed(reasons);
            }
            Some(figures) => {
                text.extend(figures.reasons.iter().map(|reason| format!("szilard: refused: {reason}\n")));
                if !self.quiet {
                    let seconds = done.window_ns.1.saturating_sub(done.window_ns.0) as f64 * 1e-9;
                    let rows = format!("{} rows, {} missed", done.rows, done.missed);
                    let (cpu, peak) = (done.used.cpu_ns as f64 * 1e-9, done.used.peak_bytes as f64 * 1e-6);
                    let took = format!("the recorder took {cpu:.3} s of a processor and {peak:.1} MB");
                    text += &format!("szilard: {}: {seconds:.3} s, {rows}; {took}\n", self.out.display());
                    text += &figures.text();
                }
            }
        }
        say(err, &text, 0);
    }
}

fn token_log(path: &Path) -> Result<TokenLog, Failure> {
    Ok(read_tokens(bytes(path)?, &path.display().to_string(), &TokenOptions::default())?)
}

/// Why kinds of sensors give no readings, or not all of them.
pub(super) fn reasons_of(found: &[(&'static SensorKind, Found)]) -> Vec<String> {
    let of = |(kind, found): &(&SensorKind, Found)| -> Vec<String> {
        found.reasons.iter().map(|reason| format!("{}: {reason}", kind.name)).collect()
    };
    found.iter().flat_map(of).collect()
}

/// One reason a line.
fn listed(reasons: &[String]) -> String {
    reasons.iter().map(|reason| format!("  {reason}\n")).collect()
}

/// Whether two paths are those of one file, which may not be there yet.
fn same(one: &Path, other: &Path) -> bool {
    one == other || one.canonicalize().is_ok_and(|one| other.canonicalize().is_ok_and(|other| one == other))
}

fn usage(message: impl Into<String>) -> Failure {
    Failure::Usage { message: message.into() }
}

/// Writes to standard error, as far as that takes it.
fn say(err: &mut dyn Write, text: &str, code: i32) -> i32 {
    let _ = err.write_all(for_terminal(text).as_bytes()).and_then(|()| err.flush());
    code
}
