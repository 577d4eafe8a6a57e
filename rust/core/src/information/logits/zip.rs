//! The member list of a ZIP archive, and where the bytes of a member are: one layer, within limits.

use std::collections::HashSet;

use super::source::{Extent, Source};
use crate::information::InformationError;
use crate::input::{Code, Place, Refusal};

/// The largest member that is decompressed. [byte]
const EXPANDED_BYTES: u64 = 1 << 30;
/// The largest ratio of decompressed to compressed size.
const EXPANSION_RATIO: u64 = 200;
/// The longest directory that is read. [byte]
const DIRECTORY_BYTES: u64 = 64 << 20;
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
pub(super) struct Member {
    pub(super) name: String,
    method: u64,
    check: u32,
    packed: u64,
    /// The size of the content. [byte]
    pub(super) size: u64,
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
pub(super) fn members(source: &mut Source<'_>) -> Result<Vec<Member>, InformationError> {
    let path = source.path.clone();
    let truncated = || refusal(Code::Truncated, &path, "no complete directory at the end", "a whole ZIP archive");
    // The end record is the last thing but for a comment of at most 65 535 bytes, whose length it states.
    let before = source.length.saturating_sub((END_BYTES + 0xffff) as u64);
    let tail = source.at(before, END_BYTES + 0xffff)?;
    let last = tail.len().checked_sub(END_BYTES).ok_or_else(truncated)?;
    let is_end = |at: &usize| {
        tail.get(*at..).is_some_and(|rest| rest.starts_with(END))
            && number(&tail, at + 20, 2) == Some((last - at) as u64)
    };
    let end = (0..=last).rev().find(is_end).ok_or_else(truncated)?;
    let count = number(&tail, end + 10, 2).ok_or_else(truncated)?;
    let start = number(&tail, end + 16, 4).ok_or_else(truncated)?;
    let length = (before + end as u64).checked_sub(start).ok_or_else(truncated)?;
    if length > DIRECTORY_BYTES {
        let found = format!("a directory of {length} bytes");
        return Err(refusal(Code::LimitSize, &path, &found, "at most 64 MiB").into());
    }
    let directory = source.at(start, usize::try_from(length).unwrap_or_default())?;
    let field = |at, length| number(&directory, at, length).ok_or_else(truncated);
    let (mut at, mut members, mut names) = (0, Vec::new(), HashSet::new());
    for _ in 0..count {
        if !directory.get(at..).is_some_and(|rest| rest.starts_with(ENTRY)) {
            return Err(truncated().into());
        }
        let name_bytes = field(at + 28, 2)? as usize;
        let name = directory.get(at + ENTRY_BYTES..at + ENTRY_BYTES + name_bytes).ok_or_else(truncated)?;
        let shown = String::from_utf8_lossy(name).into_owned();
        let name = std::str::from_utf8(name)
            .ok()
            .filter(|name| is_safe(name))
            .ok_or_else(|| refusal(Code::UnsafeName, &path, &shown, "a plain relative name"))?;
        if !names.insert(name.to_owned()) {
            return Err(refusal(Code::DupMember, &path, name, "every member once").into());
        }
        let member = Member {
            name: name.to_owned(),
            method: field(at + 10, 2)?,
            check: field(at + 16, 4)? as u32,
            packed: field(at + 20, 4)?,
            size: field(at + 24, 4)?,
            offset: field(at + 42, 4)?,
        };
        if [member.packed, member.size, member.offset].contains(&ELSEWHERE) {
            return Err(refusal(Code::LimitExpansion, &path, name, "a member below 4 GiB").into());
        }
        if field(at + 8, 2)? & 1 == 1 || !matches!(member.method, 0 | 8) {
            return Err(refusal(Code::Header, &path, name, "a member stored or deflated, and not encrypted").into());
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

impl Member {
    /// Where the packed bytes are, behind a local header that must be of the same name.
    ///
    /// # Errors
    ///
    /// `E_LIMIT_EXPANSION` above 1 GiB or 200 times the packed size, `E_TRUNCATED` or `E_TRAILING` if the data are
    /// shorter or longer than the directory says.
    pub(super) fn extent(&self, source: &mut Source<'_>) -> Result<Extent, InformationError> {
        let (path, deflated) = (source.path.clone(), self.method == 8);
        let expected = "as many bytes as the directory says";
        if deflated && (self.size > EXPANDED_BYTES || self.size > self.packed.saturating_mul(EXPANSION_RATIO)) {
            let found = format!("{}: {} bytes from {}", self.name, self.size, self.packed);
            return Err(refusal(Code::LimitExpansion, &path, &found, "at most 1 GiB and a ratio of at most 200").into());
        }
        let truncated = || refusal(Code::Truncated, &path, &self.name, expected);
        let local = source.at(self.offset, LOCAL_BYTES + self.name.len())?;
        let is_same = local.starts_with(LOCAL)
            && number(&local, 26, 2) == Some(self.name.len() as u64)
            && local.get(LOCAL_BYTES..) == Some(self.name.as_bytes());
        let extra = number(&local, 28, 2).filter(|_| is_same).ok_or_else(truncated)?;
        let offset = self.offset + (LOCAL_BYTES + self.name.len()) as u64 + extra;
        if offset + self.packed > source.length || !deflated && self.packed < self.size {
            return Err(truncated().into());
        }
        if !deflated && self.packed > self.size {
            return Err(refusal(Code::Trailing, &path, &self.name, expected).into());
        }
        Ok(Extent { offset, packed: self.packed, deflated, check: Some(self.check), name: self.name.clone() })
    }
}
