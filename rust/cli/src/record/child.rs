//! The command: its start, its signals, its end.
//!
//! It has our standard streams, our group and our terminal, so that Ctrl-C reaches it as it would without us. What is
//! sent to this process alone is passed on; nothing but the end of the command ends the recording.

use super::marks::Marks;
use super::relay::{Ends, Relays};
use super::sampler::Sampler;
use super::tokens::{Counter, Counts};
use serde_json::json;
use std::ffi::OsString;
use std::io::{self, ErrorKind};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};
use szilard_system::number::{SIGCHLD, SIGHUP, SIGINT, SIGKILL, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGXFSZ};
use szilard_system::{Caught, SignalPipe};

/// Signals that are passed on.
const PASSED: [i32; 6] = [SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2];

/// Two interruptions within this time mean more than one.
const IMPATIENCE: Duration = Duration::from_secs(5);

/// How often what was counted is written down. [ms]
const COUNT_MS: i32 = 250;

/// How often processes that are waited for are looked for, and sensors whose alarm went by. [ms]
const WATCH_MS: i32 = 5000;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// With a status.
    Exited(i32),
    /// By a signal.
    Killed(i32),
    /// It could not be started: 127 where there is none, 126 where there is no right to it.
    NotStarted(i32),
}

impl Outcome {
    /// The status as a shell has it.
    pub(crate) fn status(self) -> i32 {
        match self {
            Self::Exited(status) | Self::NotStarted(status) => status,
            Self::Killed(signal) => 128 + signal,
        }
    }
}

impl From<ExitStatus> for Outcome {
    fn from(status: ExitStatus) -> Self {
        status.code().map_or_else(|| Self::Killed(status.signal().unwrap_or(0)), Self::Exited)
    }
}

/// A command that runs.
pub(crate) struct Started {
    child: Child,
    signals: SignalPipe,
    relays: Option<Relays>,
    counted: Counts,
    /// The interruptions so far, and the last of them.
    interrupted: (u32, Option<Instant>),
    /// Processes below this one that are not of the command.
    helpers: Option<Vec<u32>>,
}

/// Signals that are ignored from the start, as `nohup` has it: they stay so for the command, too.
fn ignored() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:")).unwrap_or("0");
    u64::from_str_radix(mask.trim(), 16).unwrap_or(0)
}

/// Catches what must not end the recorder.
pub(crate) fn catch() -> io::Result<SignalPipe> {
    let ignored = ignored();
    let is_ignored = |signal: &i32| ignored & (1 << (signal - 1)) != 0;
    let passed = PASSED.iter().copied().filter(|signal| !is_ignored(signal));
    szilard_system::catch(&passed.chain([SIGCHLD, SIGXFSZ]).collect::<Vec<_>>())
}

/// Whether there is no program of that name: a folder of `PATH` that may not be looked into is no reason against that.
pub(crate) fn is_absent(words: &[OsString], error: &io::Error) -> bool {
    let Some(program) = words.first().filter(|_| error.kind() == ErrorKind::PermissionDenied) else {
        return error.kind() == ErrorKind::NotFound;
    };
    let path = std::env::var_os("PATH").unwrap_or_default();
    let bare = !program.as_encoded_bytes().contains(&b'/');
    bare && !std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

/// Waits for a time, or for a signal that would have ended the command; its number.
pub(crate) fn idle(signals: &mut SignalPipe, time: Duration) -> Option<i32> {
    let start = Instant::now();
    while let Some(left) = time.checked_sub(start.elapsed()).filter(|left| !left.is_zero()) {
        let milliseconds = i32::try_from(left.as_millis()).unwrap_or(i32::MAX).max(1);
        if szilard_system::wait_for(&[signals.as_fd()], milliseconds).is_ok_and(|ready| ready == [true]) {
            let ending = signals.take().into_iter().find(|caught| PASSED.contains(&caught.signal));
            if let Some(caught) = ending {
                return Some(caught.signal);
            }
        }
    }
    None
}

/// Starts a command; its output goes through a relay where something is counted in it.
///
/// # Errors
/// What the system says.
pub(crate) fn start(
    words: &[OsString],
    counter: Option<&Counter>,
    signals: SignalPipe,
    helpers: Option<Vec<u32>>,
) -> io::Result<Started> {
    let (program, arguments) = words.split_first().ok_or(ErrorKind::InvalidInput)?;
    let mut command = Command::new(program);
    command.args(arguments);
    if helpers.is_some() {
        szilard_system::become_reaper()?;
    }
    let mut relays = None;
    let child = match counter {
        None => command.spawn()?,
        Some(counter) => {
            let (out, err) = (io::stdout().as_fd().try_clone_to_owned()?, io::stderr().as_fd().try_clone_to_owned()?);
            let relays = relays.insert(Relays::new()?);
            let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
            if let (Some(stdout), Some(stderr)) = (child.stdout.take(), child.stderr.take()) {
                relays.add(stdout, out, counter.again());
                relays.add(stderr, err, counter.again());
            }
            child
        }
    };
    Ok(Started { child, signals, relays, counted: Counts::default(), interrupted: (0, None), helpers })
}

impl Started {
    /// Waits for the end of the command, with an eye on the sensors and an ear for signals and marks.
    pub(crate) fn wait(&mut self, mut sampler: Option<&mut Sampler>, mut marks: Option<&mut Marks>) -> Outcome {
        let mut ended = None;
        loop {
            let mut files: Vec<BorrowedFd<'_>> = vec![self.signals.as_fd()];
            files.extend(marks.as_ref().map(|marks| marks.as_fd()));
            files.extend(sampler.as_ref().and_then(|sampler| sampler.as_fd()));
            let wait = match (&self.relays, &sampler, ended) {
                (Some(_), ..) | (.., Some(_)) => COUNT_MS,
                (_, Some(_), _) => WATCH_MS,
                _ => -1,
            };
            let ready = szilard_system::wait_for(&files, wait).unwrap_or_default();
            if ready.first() == Some(&true) {
                for caught in self.signals.take() {
                    self.heed(caught);
                }
            }
            if let Some(sampler) = sampler.as_deref_mut() {
                sampler.watch();
                for mark in marks.as_deref_mut().map(Marks::take).unwrap_or_default() {
                    sampler.say("mark", mark);
                }
            }
            let found = self.relays.as_ref().and_then(Relays::take);
            self.count(found, sampler.as_deref());
            if ended.is_none()
                && let Ok(Some(status)) = self.child.try_wait()
            {
                ended = Some(Outcome::from(status));
            }
            if let Some(outcome) = ended
                && self.alone()
            {
                return outcome;
            }
        }
    }

    /// What was counted in the output of the command, and the streams that processes have which it left behind.
    pub(crate) fn counts(mut self, sampler: Option<&Sampler>) -> (Counts, Vec<Ends>) {
        let (open, found) = self.relays.take().map(Relays::finish).unwrap_or_default();
        self.count(found, sampler);
        (self.counted, open)
    }

    /// Writes a count down.
    fn count(&mut self, found: Option<(i64, Counts)>, sampler: Option<&Sampler>) {
        let Some((boot_ns, counts)) = found else { return };
        self.counted = self.counted.and(counts);
        if let Some(sampler) = sampler {
            sampler.say_at(boot_ns, "tokens", json!({ "output": counts.output, "prompt": counts.prompt }));
        }
    }

    /// Passes a signal on where it did not reach the command by itself.
    fn heed(&mut self, Caught { signal, sent }: Caught) {
        if signal == SIGINT {
            let again = self.interrupted.1.is_some_and(|last| last.elapsed() < IMPATIENCE);
            self.interrupted = (if again { self.interrupted.0 + 1 } else { 1 }, Some(Instant::now()));
        }
        let signal = match (signal, self.interrupted.0) {
            (SIGINT, 2) => SIGTERM,
            (SIGINT, 3..) => SIGKILL,
            // the terminal has told all of the group
            (SIGINT | SIGQUIT, _) if !sent => return,
            _ if !PASSED.contains(&signal) => return,
            _ => signal,
        };
        if self.child.try_wait().is_ok_and(|status| status.is_none()) {
            let _ = szilard_system::send(self.child.id(), signal);
        }
    }

    /// Whether no process of the command is left that is to be waited for.
    fn alone(&self) -> bool {
        let Some(helpers) = &self.helpers else { return true };
        children().into_iter().filter(|process| !helpers.contains(process)).all(szilard_system::reap)
    }
}

/// The processes whose parent is this one.
fn children() -> Vec<u32> {
    let own = std::process::id().to_string();
    let is_child = |process: &u32| {
        let text = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
        // the name of a program may hold anything, also brackets
        text.rsplit_once(") ").and_then(|(_, rest)| rest.split(' ').nth(1)) == Some(own.as_str())
    };
    let processes = std::fs::read_dir("/proc").into_iter().flatten().filter_map(Result::ok);
    processes.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).filter(is_child).collect()
}
