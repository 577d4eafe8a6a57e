use std::io::Write;

use flate2::Compression;
use flate2::write::DeflateEncoder;

use super::*;
use crate::information::Logits;
use crate::information::logits::read::read_opened;

fn read(bytes: &[u8], path: &str) -> Result<Logits, Refusal> {
    let mut source = Source::of_bytes(bytes, path);
    let read = open(&mut source).and_then(|opened| read_opened(&mut source, opened));
    read.map_err(|error| if let InformationError::Format(refusal) = error { refusal } else { unreachable!() })
}

fn npy(values: &[f32]) -> Vec<u8> {
    let header = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({},), }}\n", values.len());
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.as_bytes());
    bytes.extend(values.iter().flat_map(|value| value.to_le_bytes()));
    bytes
}

/// One member as it will stand in the archive.
#[derive(Clone)]
struct Part {
    name: String,
    method: u16,
    flags: u16,
    check: u32,
    packed: Vec<u8>,
    size: u32,
}

fn part(name: &str, data: &[u8], deflate: bool) -> Part {
    let mut check = flate2::Crc::new();
    check.update(data);
    let packed = if deflate {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(data).unwrap();
        encoder.finish().unwrap()
    } else {
        data.to_vec()
    };
    let method = if deflate { 8 } else { 0 };
    Part { name: name.to_owned(), method, flags: 0, check: check.sum(), packed, size: data.len() as u32 }
}

/// A ZIP archive (PKWARE APPNOTE 4.3), written field by field.
fn archive(parts: &[Part]) -> Vec<u8> {
    let (mut bytes, mut directory) = (Vec::new(), Vec::new());
    for part in parts {
        let offset = bytes.len() as u32;
        let mut common = Vec::new();
        for field in [20, part.flags, part.method, 0, 0] {
            common.extend(field.to_le_bytes());
        }
        for field in [part.check, part.packed.len() as u32, part.size] {
            common.extend(field.to_le_bytes());
        }
        common.extend((part.name.len() as u16).to_le_bytes());
        common.extend([0, 0]); // no extra field
        bytes.extend(b"PK\x03\x04");
        bytes.extend(&common);
        bytes.extend(part.name.as_bytes());
        bytes.extend(&part.packed);
        directory.extend(b"PK\x01\x02\x14\x00");
        directory.extend(&common);
        directory.extend([0; 10]); // no comment, first disk, no attributes
        directory.extend(offset.to_le_bytes());
        directory.extend(part.name.as_bytes());
    }
    let start = bytes.len() as u32;
    bytes.extend(&directory);
    bytes.extend(b"PK\x05\x06\x00\x00\x00\x00");
    bytes.extend((parts.len() as u16).to_le_bytes());
    bytes.extend((parts.len() as u16).to_le_bytes());
    bytes.extend((directory.len() as u32).to_le_bytes());
    bytes.extend(start.to_le_bytes());
    bytes.extend([0, 0]);
    bytes
}

fn code(parts: &[Part]) -> Code {
    read(&archive(parts), "x.npz").unwrap_err().code
}

#[test]
fn the_only_array_or_the_one_named_logits_is_read() {
    let (a, b) = (npy(&[1.0, 2.0]), npy(&[3.0, 4.0, 5.0]));
    for deflate in [false, true] {
        let one = read(&archive(&[part("scores.npy", &a, deflate)]), "x.npz").unwrap();
        assert_eq!((one.shape, one.name.as_deref()), (vec![2], Some("scores")));
        let two = read(&archive(&[part("mask.npy", &a, deflate), part("logits.npy", &b, deflate)]), "x.npz").unwrap();
        assert_eq!((two.shape, two.name.as_deref()), (vec![3], Some("logits")));
    }
    assert_eq!(code(&[part("a.npy", &a, true), part("b.npy", &b, true)]), Code::NoData);
    assert_eq!(code(&[]), Code::NoData);
    assert_eq!(code(&[part("readme.txt", b"x", false)]), Code::NoData);
}

#[test]
fn hostile_archives_are_refused() {
    let data = npy(&[1.0, 2.0]);
    for name in
        ["../evil.npy", "/etc/x.npy", "a\\b.npy", "c:x.npy", "a/../b.npy", "", "a//b.npy", "a\u{1b}.npy", "./a.npy"]
    {
        assert_eq!(code(&[part(name, &data, false)]), Code::UnsafeName, "{name:?}");
    }
    assert_eq!(code(&[part("a.npy", &data, false), part("a.npy", &data, true)]), Code::DupMember);
    assert_eq!(code(&[part("archive/data.pkl", b"\x80\x04.", false)]), Code::Pickle);
    // 16 MiB of zeros in 16 kB.
    assert_eq!(code(&[part("a.npy", &vec![0; 16 << 20], true)]), Code::LimitExpansion);
    let good = part("a.npy", &data, true);
    // A stated size that is too small: no more than it is inflated.
    assert_eq!(code(&[Part { size: 10, ..good.clone() }]), Code::Trailing);
    assert_eq!(code(&[Part { size: good.size + 1, ..good.clone() }]), Code::Truncated);
    assert_eq!(code(&[Part { check: 1, ..good.clone() }]), Code::Corrupt);
    assert_eq!(code(&[Part { packed: vec![0xff; 20], ..good.clone() }]), Code::Corrupt);
    assert_eq!(code(&[Part { flags: 1, ..good.clone() }]), Code::Header);
    assert_eq!(code(&[Part { method: 12, ..good.clone() }]), Code::Header);
    assert_eq!(code(&[Part { size: u32::MAX, ..good }]), Code::LimitExpansion);
    assert_eq!(read(b"not a zip", "x.npz").unwrap_err().code, Code::Magic);
}

#[test]
fn no_prefix_and_no_changed_byte_panics() {
    let bytes = archive(&[part("logits.npy", &npy(&[1.0, 2.0]), true)]);
    for end in 0..bytes.len() {
        assert!(read(&bytes[..end], "x.npz").is_err(), "{end}");
    }
    for at in 0..bytes.len() {
        for byte in [0, 0x7f, 0xff] {
            let mut changed = bytes.clone();
            changed[at] = byte;
            let _ = read(&changed, "x.npz");
        }
    }
}
