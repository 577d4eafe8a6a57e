//! The member list of a ZIP archive, and one member's bytes: in memory, one layer, within limits.

use std::collections::HashSet;
use std::io::{ErrorKind, Read};

use flate2::Crc;
use flate2::read::DeflateDecoder;

use crate::input::{Code, Place, Refusal};

/// The largest member that is decompressed. [byte]
const EXPANDED_BYTES: u64 = 1 << 30;
/// The largest ratio of decompressed to compressed size.
const EXPANSION_RATIO: u64 = 200;
const END: &[u8] = b"PK\x05\x06";
const END_BYTES: usize = 22;
const ENTRY: &[u8] = b"PK\x01\x02";
const ENTRY_BYTES: usize = 46;
const LOCAL: &[u8] = b"PK\x03\x04";
const LOCAL_BYTES: usize = 30;
/// Where a ZIP64 archive would keep the number elsewhere.
const ELSEWHERE: u64 = 0xffff_ffff;

/// One file of an archive, as the directory describes it.
#[derive(Debug)]
pub(super) struct Member<'a> {
    pub(super) name: &'a str,
    method: u64,
    check: u64,
    packed: u64,
    size: u64,
    offset: u64,
}

/// A little-endian number of up to 8 bytes; `None` past the end.
fn number(bytes: &[u8], at: usize, length: usize) -> Option<u64> {
    let field = bytes.get(at..at.checked_add(length)?)?;
    Some(field.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte)))
}

fn refusal(code: Code, path: &str, found: &str, expected: &str) -> Refusal {
    Refusal::new(code, path, Place::File, found, expected)
}

/// The files of an archive, in the order of its directory.
///
/// # Errors
///
/// `E_TRUNCATED` without a complete directory at the end, `E_LIMIT_EXPANSION` for an archive of 4 GiB or more,
/// `E_UNSAFE_NAME`, `E_DUP_MEMBER`, and `E_HEADER` for an encrypted member or one of an unknown method.
pub(super) fn members<'a>(bytes: &'a [u8], path: &str) -> Result<Vec<Member<'a>>, Refusal> {
    let truncated = || refusal(Code::Truncated, path, "no complete directory at the end", "a whole ZIP archive");
    // The end record is the last thing but for a comment of at most 65 535 bytes, whose length it states.
    let last = bytes.len().checked_sub(END_BYTES).ok_or_else(truncated)?;
    let end = (last.saturating_sub(0xffff)..=last)
        .rev()
        .find(|at| {
            bytes.get(*at..).is_some_and(|rest| rest.starts_with(END))
                && number(bytes, at + 20, 2) == Some((last - at) as u64)
        })
        .ok_or_else(truncated)?;
    let field = |at, length| number(bytes, at, length).ok_or_else(truncated);
    let count = field(end + 10, 2)?;
    let mut at = usize::try_from(field(end + 16, 4)?).map_err(|_| truncated())?;
    let (mut members, mut names) = (Vec::new(), HashSet::new());
    for _ in 0..count {
        if at >= end || !bytes.get(at..end).is_some_and(|rest| rest.starts_with(ENTRY)) {
            return Err(truncated());
        }
        let name_bytes = field(at + 28, 2)? as usize;
        let name = bytes.get(at + ENTRY_BYTES..at + ENTRY_BYTES + name_bytes).ok_or_else(truncated)?;
        let shown = String::from_utf8_lossy(name).into_owned();
        let name = std::str::from_utf8(name)
            .ok()
            .filter(|name| is_safe(name))
            .ok_or_else(|| refusal(Code::UnsafeName, path, &shown, "a plain relative name"))?;
        if !names.insert(name) {
            return Err(refusal(Code::DupMember, path, name, "every member once"));
        }
        let member = Member {
            name,
            method: field(at + 10, 2)?,
            check: field(at + 16, 4)?,
            packed: field(at + 20, 4)?,
            size: field(at + 24, 4)?,
            offset: field(at + 42, 4)?,
        };
        if [member.packed, member.size, member.offset].contains(&ELSEWHERE) {
            return Err(refusal(Code::LimitExpansion, path, name, "a member below 4 GiB"));
        }
        if field(at + 8, 2)? & 1 == 1 || !matches!(member.method, 0 | 8) {
            return Err(refusal(Code::Header, path, name, "a member stored or deflated, and not encrypted"));
        }
        at += ENTRY_BYTES + name_bytes + field(at + 30, 2)? as usize + field(at + 32, 2)? as usize;
        members.push(member);
    }
    Ok(members)
}

/// Whether a member's name stays inside a folder and shows as it is.
fn is_safe(name: &str) -> bool {
    let plain = |part: &str| !matches!(part, "" | "." | "..");
    !name.chars().any(|c| c.is_control() || matches!(c, '\\' | ':')) && name.split('/').all(plain)
}

impl Member<'_> {
    /// The bytes of the member, decompressed and checked.
    ///
    /// # Errors
    ///
    /// `E_LIMIT_EXPANSION` above 1 GiB or 200 times the packed size, `E_TRUNCATED` or `E_TRAILING` if the data are
    /// shorter or longer than the directory says, `E_CORRUPT` if they are damaged.
    pub(super) fn read(&self, bytes: &[u8], path: &str) -> Result<Vec<u8>, Refusal> {
        let deflated = self.method == 8;
        if deflated && (self.size > EXPANDED_BYTES || self.size > self.packed.saturating_mul(EXPANSION_RATIO)) {
            let found = format!("{}: {} bytes from {}", self.name, self.size, self.packed);
            return Err(refusal(Code::LimitExpansion, path, &found, "at most 1 GiB and a ratio of at most 200"));
        }
        let truncated = || refusal(Code::Truncated, path, self.name, "as many bytes as the directory says");
        let corrupt = || refusal(Code::Corrupt, path, self.name, "deflated data that match their CRC-32");
        let packed = self.packed_bytes(bytes).ok_or_else(truncated)?;
        let data = if deflated {
            let mut data = Vec::new();
            // One byte more than stated is enough to see that the statement is wrong.
            let inflated = DeflateDecoder::new(packed).take(self.size + 1).read_to_end(&mut data);
            inflated.map_err(|error| if error.kind() == ErrorKind::UnexpectedEof { truncated() } else { corrupt() })?;
            data
        } else {
            packed.to_vec()
        };
        if data.len() as u64 > self.size {
            return Err(refusal(Code::Trailing, path, self.name, "as many bytes as the directory says"));
        }
        if (data.len() as u64) < self.size {
            return Err(truncated());
        }
        let mut check = Crc::new();
        check.update(&data);
        if u64::from(check.sum()) != self.check {
            return Err(corrupt());
        }
        Ok(data)
    }

    /// The packed bytes behind the local header, which must be of the same name.
    fn packed_bytes<'b>(&self, bytes: &'b [u8]) -> Option<&'b [u8]> {
        let local = bytes.get(usize::try_from(self.offset).ok()?..).filter(|local| local.starts_with(LOCAL))?;
        let name_bytes = number(local, 26, 2)? as usize;
        if local.get(LOCAL_BYTES..LOCAL_BYTES + name_bytes)? != self.name.as_bytes() {
            return None;
        }
        let start = LOCAL_BYTES + name_bytes + number(local, 28, 2)? as usize;
        local.get(start..)?.get(..usize::try_from(self.packed).ok()?)
    }
}
