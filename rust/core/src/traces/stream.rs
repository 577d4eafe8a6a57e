//! A log that is larger than memory: its samples go to a sink, its remarks and the ends of its channels make a trace.

use super::builder::Builder;
use super::digest::Sink;
use super::formats::LINED;
use super::lined::{Stopped, run};
use super::options::ReadOptions;
use super::read::{HEAD_LINES, detect};
use super::trace::Trace;
use crate::input::{Blocks, Diagnostics, Refusal, Text};
use crate::parallel::{advance, begin};
use std::fs::File;
use std::io::Read;

/// How much of a file its format is detected by, at most. [byte]
const HEAD_BYTES: u64 = 1 << 20;

/// How many rows a reader may remember.
const HELD_ROWS: usize = 1 << 22;

/// Why a log gives no stream.
#[derive(Debug)]
pub enum StreamError {
    /// The log gives no trace.
    Refused(Refusal),
    /// The system does not give it.
    Io(std::io::Error),
    /// It can be read whole only, and why.
    Undecided(&'static str),
}

impl From<Stopped> for StreamError {
    fn from(stopped: Stopped) -> Self {
        match stopped {
            Stopped::Refused(refusal) => Self::Refused(refusal),
            Stopped::Io(error) => Self::Io(error),
            Stopped::Undecided(reason) => Self::Undecided(reason),
        }
    }
}

/// The trace in a file of any size, read in blocks of `block` bytes whose samples go to `sink`; what is in memory at
/// once does not grow with the file.
///
/// The diagnostics and the channels are those that [`super::read`] finds, but of the samples of a channel only the first
/// and last are there ([`super::Beyond`]); the sink gets those of the channel number i as the series number i.
///
/// # Errors
/// [`StreamError`]: `Undecided` where the format or the log needs all rows at once, and then nothing the sink has got
/// counts.
pub fn stream(
    (file, path): (&File, &str),
    options: &ReadOptions,
    block: usize,
    sink: &mut dyn Sink,
) -> Result<Trace, StreamError> {
    let blocks = Blocks::of_file(file, path, block).map_err(StreamError::Io)?;
    let undecided = StreamError::Undecided;
    let mut head = Vec::new();
    file.take(HEAD_BYTES).read_to_end(&mut head).map_err(StreamError::Io)?;
    let whole = (head.len() as u64) < HEAD_BYTES;
    // what cannot be opened or detected is told by a whole reading
    let text = Text::open(head, path, false).map_err(|_| undecided("it is no plain text"))?;
    if !whole && !has_head(&text) {
        return Err(undecided("its first lines are very long"));
    }
    let name = match &options.format {
        Some(name) => name,
        None => detect(&text, options).map_err(|_| undecided("its format is not known by its start"))?.name,
    };
    let lined = LINED.iter().find(|(known, _)| *known == name);
    let Some((format, start)) = lined else { return Err(undecided("its format is not read in parts")) };
    let mut reader = start(options);
    let mut builder = Builder::new(path, options).map_err(StreamError::Refused)?;
    begin(blocks.length());
    run(&blocks, &mut builder, reader.as_mut(), &mut |builder, reader, block| {
        builder.digest(sink).map_err(Stopped::Undecided)?;
        if reader.held() > HELD_ROWS {
            return Err(Stopped::Undecided(
                "rows without a device are told apart by the intervals between all of them",
            ));
        }
        advance(blocks.before(block + 1) - blocks.before(block));
        Ok(())
    })?;
    let total_known = reader.end(&mut builder).map_err(StreamError::Refused)?;
    builder.digest(sink).map_err(undecided)?;
    builder.end_digests(sink).map_err(undecided)?;
    let trace = builder.complete(format, total_known);
    if let Some(reason) = builder.undecided {
        return Err(undecided(reason));
    }
    let mut trace = trace.map_err(StreamError::Refused)?;
    reader.settle(&mut trace).map_err(undecided)?;
    Ok(trace)
}

/// Whether all the lines that a format is detected by stand whole in a text.
fn has_head(text: &Text) -> bool {
    let (mut lines, mut found) = (text.lines(), 0);
    while let Ok(Some(line)) = lines.next(&mut Diagnostics::default()) {
        found += usize::from(!line.text.trim().is_empty());
        if found == HEAD_LINES {
            return true;
        }
    }
    false
}
