//! NumPy's `.npz`: a ZIP archive of `.npy` members, of which exactly one holds the logits.

use super::array::Logits;
use super::npy;
use super::read::{LogitFormat, the_array};
use super::zip::members;
use crate::input::{Code, Place, Refusal};

/// The registry entry.
pub(super) const FORMAT: LogitFormat = LogitFormat {
    name: "npz",
    description: "NumPy archive with one array of logits, or one named `logits`; plain or compressed",
    extension: "npz",
    detect: |bytes| bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06"),
    read,
};

fn read(bytes: &[u8], path: &str) -> Result<Logits, Refusal> {
    if !(FORMAT.detect)(bytes) && !bytes.is_empty() {
        return Err(Refusal::new(Code::Magic, path, Place::File, "no ZIP archive", "a .npz archive"));
    }
    let members = members(bytes, path)?;
    if let Some(pickle) = members.iter().find(|member| member.name.ends_with(".pkl")) {
        return Err(Refusal::new(
            Code::Pickle,
            path,
            Place::File,
            pickle.name,
            "arrays; pickled objects are never loaded",
        ));
    }
    let arrays = members.iter().filter_map(|member| member.name.strip_suffix(".npy").map(|name| (name, member)));
    let (name, member) = the_array(arrays, path)?;
    let (array, layout) = npy::array(&member.read(bytes, path)?, path)?;
    Ok(Logits { array, shape: layout.shape, path: path.to_owned(), name: Some(name.to_owned()) })
}

#[cfg(test)]
#[path = "npz_tests.rs"]
mod tests;
