//! Logs that are made of lines: a reader takes one line after the other, so that a log can be read in parts.
//!
//! The blocks of a log are read side by side, each as though the block before it left everything as it was. Where it did
//! not (another header, another unit, a fault), the block is read again when its turn comes, so that what is found never
//! depends on the blocks or the threads.

use super::builder::Builder;
use super::digest::Undecided;
use super::options::ReadOptions;
use super::trace::Trace;
use crate::input::{BLOCK_BYTES, Blocks, Line, Refusal, Text, proceed};
use crate::parallel::{in_order, threads};
use std::any::Any;
use std::ops::ControlFlow;
use std::sync::{Mutex, PoisonError};

/// A reader of one log.
pub(super) trait LineReader: Send + Sync {
    /// Takes the next line.
    fn line(&mut self, builder: &mut Builder<'_>, line: &Line<'_>) -> Result<(), Refusal>;

    /// Takes the plain rows at the start of a text, before which stand so many lines: how many, and of how many bytes.
    /// What is not plain is left to [`LineReader::line`], which would find the same in plain rows.
    fn plain(&mut self, _builder: &mut Builder<'_>, _text: &[u8], _before: u32) -> (u32, usize) {
        (0, 0)
    }

    /// Takes up what it still holds back: no further line comes.
    fn flush(&mut self, _builder: &mut Builder<'_>) -> Result<(), Refusal> {
        Ok(())
    }

    /// A reader for a later part of the log; `None` where what a line means depends on how many stand before it.
    fn fork(&self) -> Option<Box<dyn LineReader>>;

    /// Takes up what a fork found in the next part of the log, before which stand so many lines.
    fn join(&mut self, later: Box<dyn Any>, found: &mut Builder<'_>, before: u32) -> Joined;

    /// How many rows it remembers.
    fn held(&self) -> usize {
        0
    }

    /// The reader as something that a reader of the same format can take up.
    fn into_any(self: Box<Self>) -> Box<dyn Any>;

    /// Ends the log; whether the places of its channels are settled.
    fn end(&mut self, builder: &mut Builder<'_>) -> Result<bool, Refusal>;

    /// What only the channels of a whole trace tell; the error is why a stream of it gives no answer.
    fn settle(&self, _trace: &mut Trace) -> Result<(), Undecided> {
        Ok(())
    }
}

/// What came of a part that was read ahead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Joined {
    /// It left the reader as it was.
    Same,
    /// It was read as it must be and changed the reader.
    Changed,
    /// It must be read again in its turn.
    Again,
}

/// Why a log is not read to its end.
#[derive(Debug)]
pub(super) enum Stopped {
    Refused(Refusal),
    Io(std::io::Error),
    Undecided(Undecided),
}

impl From<Refusal> for Stopped {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// The trace in a text.
pub(super) fn read(
    format: &'static str,
    text: &Text,
    options: &ReadOptions,
    mut reader: Box<dyn LineReader>,
) -> Result<Trace, Refusal> {
    let mut builder = Builder::new(text.path(), options)?;
    let blocks = Blocks::of_text(text, BLOCK_BYTES);
    match run(&blocks, &mut builder, reader.as_mut(), &mut |_, _, _| Ok(())) {
        Ok(()) | Err(Stopped::Undecided(_)) => {}
        Err(Stopped::Refused(refusal)) => return Err(refusal),
        // memory can be read
        Err(Stopped::Io(_)) => {}
    }
    let total_known = reader.end(&mut builder)?;
    let mut trace = builder.finish(format, total_known)?;
    // all samples are there, so nothing is left open
    let _ = reader.settle(&mut trace);
    Ok(trace)
}

/// What is done behind a block, of which the number is given.
type BehindBlock<'e, 'a> = &'e mut dyn FnMut(&mut Builder<'a>, &dyn LineReader, usize) -> Result<(), Stopped>;

/// Gives the lines of all blocks to the reader, and calls `each` behind every block with its number.
pub(super) fn run<'a>(
    blocks: &Blocks<'_>,
    builder: &mut Builder<'a>,
    reader: &mut dyn LineReader,
    each: BehindBlock<'_, 'a>,
) -> Result<(), Stopped> {
    let (mut block, mut before) = (0, 0u32);
    let (mut buffer, count) = (Vec::new(), blocks.count());
    // memory for blocks that is used again
    let buffers: Mutex<Vec<Vec<u8>>> = Mutex::default();
    // how many blocks are read ahead: one after a block that changed something, then ever more
    let mut ahead = usize::MAX;
    while block < count {
        proceed(builder.path())?;
        before = lines_of(blocks, (block, before), &mut buffer, builder, reader)?;
        each(builder, reader, block)?;
        block += 1;
        if block >= count || threads() <= 1 {
            continue;
        }
        let Some(fork) = reader.fork().filter(|_| builder.zone.is_none()) else { continue };
        let start = builder.fork();
        let (mut outcome, mut taken) = (Ok(()), 0);
        let part = |at: usize| {
            let (mut found, mut reader) = (start.fork(), fork.fork()?);
            let mut buffer = buffers.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
            let lines = lines_of(blocks, (block + at, 0), &mut buffer, &mut found, reader.as_mut());
            buffers.lock().unwrap_or_else(PoisonError::into_inner).push(buffer);
            Some((found, reader, lines.ok()?))
        };
        in_order(ahead.min(count - block), &part, &mut |at, part| {
            let Some((mut found, later, lines)) = part else { return ControlFlow::Break(()) };
            let same = found.reads_like(&start);
            if !builder.has_room_for(&found) {
                return ControlFlow::Break(());
            }
            let joined = reader.join(later.into_any(), &mut found, before);
            if joined == Joined::Again {
                return ControlFlow::Break(());
            }
            builder.join(found, before);
            before = before.saturating_add(lines);
            taken = at + 1;
            outcome = each(builder, reader, block + at);
            if outcome.is_ok() && same && joined == Joined::Same {
                ControlFlow::Continue(())
            } else {
                ControlFlow::Break(())
            }
        });
        outcome?;
        block += taken;
        ahead = if taken < 4 { 2 } else { ahead.saturating_mul(4) };
    }
    Ok(())
}

/// Gives the lines of a block, before which stand so many, to the reader; how many stand before the next block.
fn lines_of(
    blocks: &Blocks<'_>,
    (block, before): (usize, u32),
    buffer: &mut Vec<u8>,
    builder: &mut Builder<'_>,
    reader: &mut dyn LineReader,
) -> Result<u32, Stopped> {
    let bytes = blocks.get(block, buffer).map_err(Stopped::Io)?;
    let mut lines = blocks.lines(block, bytes, before);
    // after a line that is not plain the next ones are tried ever more rarely
    let (mut tries, mut pause) = (0u32, 0u32);
    loop {
        if pause == 0 {
            let (rows, taken) = reader.plain(builder, lines.rest(), lines.number());
            lines.skip(rows, taken);
            tries = if rows > 0 { 0 } else { (tries + 1).min(8) };
            pause = (1 << tries) - 1;
        } else {
            pause -= 1;
        }
        match lines.next(&mut builder.diagnostics) {
            Ok(Some(line)) => reader.line(builder, &line)?,
            Ok(None) => break,
            Err(refusal) => {
                reader.flush(builder)?;
                return Err(refusal.into());
            }
        }
    }
    Ok(lines.number())
}
