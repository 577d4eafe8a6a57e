//! The way in: a file or its bytes to logits or log-probabilities, by content first and by name second.

use std::fs::File;
use std::path::Path;

use super::array::Logits;
use super::logprobs::TopLogprobs;
use super::source::{Opened, Source, at_most};
use super::{LOGIT_FORMATS, LOGPROB_FORMATS};
use crate::information::InformationError;
use crate::input::{Code, JSON_BYTES, Json, Place, Refusal};

/// What is looked at to tell formats apart. [byte]
const START_BYTES: usize = 16;

/// A format of logits.
#[derive(Debug, Clone, Copy)]
pub struct LogitFormat {
    /// The name it is asked for by.
    pub name: &'static str,
    /// What it holds.
    pub description: &'static str,
    /// The usual ending of a file's name.
    pub extension: &'static str,
    /// Whether the bytes start like it.
    pub detect: fn(&[u8]) -> bool,
    /// Finds the array in a file.
    pub(super) open: fn(&mut Source<'_>) -> Result<Opened, InformationError>,
}

/// A format of log-probabilities.
#[derive(Debug, Clone, Copy)]
pub struct LogprobFormat {
    /// The name it is asked for by.
    pub name: &'static str,
    /// What it holds.
    pub description: &'static str,
    /// Whether a document has its shape.
    pub holds: fn(&Json<'_>) -> bool,
    /// The reader of one document, or of one a line; the text names the file in a refusal.
    pub read: fn(&[Json<'_>], &str) -> Result<TopLogprobs, Refusal>,
}

/// The logits of a `.npy`, `.npz` or `.safetensors` file.
///
/// # Errors
///
/// [`InformationError::Io`], else as [`read_logits_bytes`].
pub fn read_logits(path: &Path) -> Result<Logits, InformationError> {
    let mut source = Source::of_file(path)?;
    let opened = open(&mut source, None)?;
    read_opened(&mut source, opened)
}

/// The logits in the bytes of a file, in the format of that name, or in the one that they start like. `path` names the
/// file in a refusal; its ending decides where the content does not.
///
/// # Errors
///
/// [`InformationError::Format`]: `E_EMPTY`, `E_COMPRESSED`, `E_UNKNOWN_FORMAT`, or what the reader of the format says.
pub fn read_logits_bytes(bytes: &[u8], path: &str, format: Option<&str>) -> Result<Logits, InformationError> {
    let mut source = Source::of_bytes(bytes, path);
    let opened = open(&mut source, format)?;
    read_opened(&mut source, opened)
}

/// The array of a file of logits, its data not read yet.
pub(super) fn open(source: &mut Source<'_>, format: Option<&str>) -> Result<Opened, InformationError> {
    let (start, path) = (source.at(0, START_BYTES)?, source.path.clone());
    let refusal = |code, found: &str, expected: String| Refusal::new(code, &path, Place::File, found, expected);
    let names = || LOGIT_FORMATS.iter().map(|format| format.name).collect::<Vec<_>>().join(", ");
    let by_content = LOGIT_FORMATS.iter().find(|format| (format.detect)(&start));
    // The length that starts a safetensors file may look like a compressed one.
    if by_content.is_none() {
        refuse_empty_or_compressed(&start, &path)?;
    }
    let format = match format {
        Some(name) => LOGIT_FORMATS.iter().find(|format| format.name == name),
        None => {
            let extension = Path::new(&path).extension().and_then(|extension| extension.to_str()).unwrap_or_default();
            by_content.or_else(|| LOGIT_FORMATS.iter().find(|format| format.extension.eq_ignore_ascii_case(extension)))
        }
    };
    let format = format.ok_or_else(|| refusal(Code::UnknownFormat, "no known start or ending", names()))?;
    (format.open)(source)
}

/// The whole of an array.
pub(super) fn read_opened(source: &mut Source<'_>, opened: Opened) -> Result<Logits, InformationError> {
    let path = source.path.clone();
    let Opened { layout, name, extent, skip } = opened;
    let size = layout.data_bytes(&path)?;
    let mut stream = source.stream(&extent)?;
    stream.fill(&mut vec![0; skip])?;
    let mut data = vec![0; size];
    stream.fill(&mut data)?;
    stream.finish()?;
    let array = layout.rows(&data, &path)?;
    Ok(Logits { array, shape: layout.shape, path, name })
}

/// The log-probabilities of a server's answer.
///
/// # Errors
///
/// [`InformationError::Io`], else as [`read_logprobs_bytes`].
pub fn read_logprobs(path: &Path) -> Result<TopLogprobs, InformationError> {
    let name = path.display().to_string();
    let file = File::open(path).map_err(|error| InformationError::io(&name, &error))?;
    let bytes = at_most(file, JSON_BYTES as u64, &name)?;
    read_logprobs_bytes(&bytes, &name, None)
}

/// The log-probabilities in the bytes of a server's answer, in the format of that name or in the one whose shape it has.
///
/// # Errors
///
/// [`InformationError::Format`]: `E_EMPTY`, `E_COMPRESSED`, `E_UNKNOWN_FORMAT`, or what the reader of the format says.
pub fn read_logprobs_bytes(bytes: &[u8], path: &str, format: Option<&str>) -> Result<TopLogprobs, InformationError> {
    refuse_empty_or_compressed(bytes, path)?;
    let names = || LOGPROB_FORMATS.iter().map(|format| format.name).collect::<Vec<_>>().join(", ");
    let unknown = |found: &str| Refusal::new(Code::UnknownFormat, path, Place::File, found, names());
    let named = |name: &str| LOGPROB_FORMATS.iter().find(|known| known.name == name).ok_or_else(|| unknown(name));
    let format = format.map(named).transpose()?;
    let documents = documents(bytes, path)?;
    let has_shape = |format: &&LogprobFormat| documents.iter().any(format.holds);
    // Answers of no known shape are told what chat completions look like.
    let format = format.or_else(|| LOGPROB_FORMATS.iter().find(has_shape)).or(LOGPROB_FORMATS.last());
    Ok((format.ok_or_else(|| unknown("no format"))?.read)(&documents, path)?)
}

/// The JSON document, or the documents of a stream of one a line.
fn documents<'a>(bytes: &'a [u8], path: &str) -> Result<Vec<Json<'a>>, Refusal> {
    let lines = || bytes.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty());
    let is_object = |line: &[u8]| line.trim_ascii().starts_with(b"{") && line.trim_ascii().ends_with(b"}");
    if lines().nth(1).is_some()
        && lines().next().is_some_and(is_object)
        && lines().skip(1).all(|line| line.starts_with(b"{"))
    {
        return lines().map(|line| Json::parse(line, path)).collect();
    }
    Ok(vec![Json::parse(bytes, path)?])
}

fn refuse_empty_or_compressed(bytes: &[u8], path: &str) -> Result<(), Refusal> {
    if bytes.is_empty() {
        return Err(Refusal::new(Code::Empty, path, Place::File, "nothing", "a file with content"));
    }
    // gzip, zstd, bzip2, xz
    let compressed: [&[u8]; 4] = [b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"BZh", b"\xfd7zXZ"];
    if compressed.iter().any(|magic| bytes.starts_with(magic)) {
        return Err(Refusal::new(Code::Compressed, path, Place::File, "compressed bytes", "the file decompressed"));
    }
    Ok(())
}

/// The one array of a file, or the one named `logits`.
///
/// # Errors
///
/// `E_NO_DATA` if there is none, or several with other names.
pub(super) fn the_array<'a, T>(
    arrays: impl Iterator<Item = (&'a str, T)>,
    path: &str,
) -> Result<(&'a str, T), Refusal> {
    let mut arrays: Vec<(&str, T)> = arrays.collect();
    let index = if arrays.len() == 1 { Some(0) } else { arrays.iter().position(|(name, _)| *name == "logits") };
    match index {
        Some(index) => Ok(arrays.swap_remove(index)),
        None => {
            let names: Vec<&str> = arrays.iter().map(|(name, _)| *name).take(16).collect();
            let found = if names.is_empty() { "no arrays".to_owned() } else { format!("arrays {}", names.join(", ")) };
            Err(Refusal::new(Code::NoData, path, Place::File, found, "one array, or one named logits"))
        }
    }
}
