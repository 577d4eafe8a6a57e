//! NumPy's `.npz`: a ZIP archive of `.npy` members, of which exactly one holds the logits.

use super::npy;
use super::read::{LogitFormat, the_array};
use super::source::{Opened, Source};
use super::zip::members;
use crate::information::InformationError;
use crate::input::{Code, Place, Refusal};

/// The registry entry.
pub(super) const FORMAT: LogitFormat = LogitFormat {
    name: "npz",
    description: "NumPy archive with one array of logits, or one named `logits`; plain or compressed",
    extension: "npz",
    detect: |bytes| bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06"),
    open,
};

fn open(source: &mut Source<'_>) -> Result<Opened, InformationError> {
    let (start, path) = (source.at(0, 4)?, source.path.clone());
    if !(FORMAT.detect)(&start) && !start.is_empty() {
        return Err(Refusal::new(Code::Magic, &path, Place::File, "no ZIP archive", "a .npz archive").into());
    }
    let members = members(source)?;
    if let Some(pickle) = members.iter().find(|member| member.name.ends_with(".pkl")) {
        let expected = "arrays; pickled objects are never loaded";
        return Err(Refusal::new(Code::Pickle, &path, Place::File, &pickle.name, expected).into());
    }
    let arrays = members.iter().filter_map(|member| member.name.strip_suffix(".npy").map(|name| (name, member)));
    let (name, member) = the_array(arrays, &path)?;
    let extent = member.extent(source)?;
    if extent.deflated {
        // Deflated bytes may say anything; those that are stored are checked as they are used.
        source.stream(&extent)?.verify(member.size)?;
    }
    let mut start = vec![0; npy::LONGEST_START.min(usize::try_from(member.size).unwrap_or(usize::MAX))];
    source.stream(&extent)?.fill(&mut start)?;
    let longer = |length: usize| {
        let mut start = vec![0; length];
        source.stream(&extent)?.fill(&mut start)?;
        Ok(start)
    };
    let (layout, skip) = npy::header(&start, member.size, &path, longer)?;
    Ok(Opened { layout, name: Some(name.to_owned()), extent, skip })
}

#[cfg(test)]
#[path = "npz_tests.rs"]
mod tests;
