//! The `szilard` command as a library, so that the wheel and the binary are one program.
//!
//! A command is a file in `commands`: its arguments, and a function from them to an [`output::Answer`] or a
//! [`failure::Failure`]. What they print and what they exit with is decided here alone.
//!
//! | exit code | meaning |
//! |---|---|
//! | 0 | complete |
//! | 1 | internal error, or the output cannot be written |
//! | 2 | refused: no value; the reason is on standard error |
//! | 3 | incomplete: a value for what is there; what is missing is on standard error |
//! | 64 | wrong usage |

mod chain;
mod commands;
mod failure;
mod output;
mod progress;
mod reading;
mod record;

use clap::Parser;
use failure::Failure;
use output::Answer;
use std::ffi::OsString;
use std::io::{self, ErrorKind, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};

const COMPLETE: i32 = 0;
const INTERNAL: i32 = 1;
const REFUSED: i32 = 2;
const INCOMPLETE: i32 = 3;
const USAGE: i32 = 64;

/// Joules per token, bits per token, the distance from the Landauer limit: a number or a reason.
#[derive(Debug, Parser)]
#[command(
    name = "szilard",
    version,
    after_help = "Exit codes: 0 complete, 3 incomplete, 2 refused, 64 wrong usage, 1 internal error."
)]
struct CommandLine {
    /// Print JSON: stable keys, a unit beside each number
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: commands::Command,
}

/// The exit code of the command line `args`, whose first element is the name of the program.
///
/// What the command has to say goes to standard output, reasons go to standard error. The process is never ended.
pub fn run(args: impl IntoIterator<Item = OsString>) -> i32 {
    // not locked while the command runs: a panic in a worker thread has to reach standard error
    run_to(args, &mut io::stdout(), &mut io::stderr())
}

/// The exit code of the command line `args`, with what it prints written to `out` and the reasons to `err`.
///
/// A reader of `out` that goes away early ends the output and nothing else.
pub fn run_to(args: impl IntoIterator<Item = OsString>, out: &mut dyn Write, err: &mut dyn Write) -> i32 {
    let line = match CommandLine::try_parse_from(args) {
        Ok(line) => line,
        Err(error) => {
            let text = output::for_terminal(&error.render().to_string());
            return if error.use_stderr() { say(err, &text, USAGE) } else { deliver(out, err, &text, COMPLETE) };
        }
    };
    if let commands::Command::Record(record) = &line.command {
        return record.run(line.json, err);
    }
    match guarded(|| line.command.answer(line.json)) {
        Ok(answer) => {
            let text = if line.json { output::json_text(&answer.json) } else { output::for_terminal(&answer.text) };
            let reason = |word: &'static str| move |reason: &String| format!("szilard: {word}: {reason}\n");
            let refused = answer.refused.iter().map(reason("refused"));
            let reasons = refused.chain(answer.incomplete.iter().map(reason("incomplete")));
            let code = match (answer.refused.is_empty(), answer.incomplete.is_empty()) {
                (false, _) => REFUSED,
                (true, false) => INCOMPLETE,
                (true, true) => COMPLETE,
            };
            let code = deliver(out, err, &text, code);
            say(err, &output::for_terminal(&reasons.collect::<String>()), code)
        }
        Err(failure) => {
            let reason = output::for_terminal(&format!("szilard: {}: {failure}\n", failure.word()));
            let code = say(err, &reason, failure.exit_code());
            if line.json { deliver(out, err, &output::json_text(&failure.json()), code) } else { code }
        }
    }
}

/// The answer, with a panic turned into an internal error.
fn guarded(command: impl FnOnce() -> Result<Answer, Failure>) -> Result<Answer, Failure> {
    catch_unwind(AssertUnwindSafe(command)).unwrap_or_else(|payload| {
        let text = payload.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| payload.downcast_ref::<&str>().copied());
        Err(Failure::Internal { message: text.unwrap_or("no message").to_owned() })
    })
}

/// Writes the result; one that cannot be written is not delivered, and that is an error of its own.
fn deliver(out: &mut dyn Write, err: &mut dyn Write, text: &str, code: i32) -> i32 {
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            say(err, &format!("szilard: internal error: the output cannot be written: {error}\n"), INTERNAL)
        }
        _ => code,
    }
}

/// Writes a reason. Where even that fails there is nothing left but the exit code.
fn say(err: &mut dyn Write, text: &str, code: i32) -> i32 {
    let _ = err.write_all(text.as_bytes()).and_then(|()| err.flush());
    code
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Closed(ErrorKind);

    impl Write for Closed {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(self.0.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn line(words: &[&str]) -> Vec<OsString> {
        std::iter::once("szilard").chain(words.iter().copied()).map(OsString::from).collect()
    }

    #[test]
    fn a_panic_is_an_internal_error_with_its_message() {
        let failure = guarded(|| panic!("an index of {}", 7)).unwrap_err();
        assert_eq!((failure.exit_code(), failure.word()), (INTERNAL, "internal error"));
        assert!(failure.to_string().starts_with("an index of 7"), "{failure}");
    }

    #[test]
    fn a_reader_that_goes_away_changes_nothing_and_a_full_disk_is_said() {
        let mut err = Vec::new();
        assert_eq!(run_to(line(&["calc", "1 J"]), &mut Closed(ErrorKind::BrokenPipe), &mut err), COMPLETE);
        assert!(err.is_empty());
        assert_eq!(run_to(line(&["calc", "1 J"]), &mut Closed(ErrorKind::StorageFull), &mut err), INTERNAL);
        assert!(String::from_utf8(err).unwrap().contains("cannot be written"));
        assert_eq!(run_to(line(&["calc"]), &mut Vec::new(), &mut Closed(ErrorKind::BrokenPipe)), USAGE);
    }
}
