//! Headers as they should be, and every way in which they are not.

use super::*;

fn gguf_string(text: &str) -> Vec<u8> {
    [&(text.len() as u64).to_le_bytes()[..], text.as_bytes()].concat()
}

/// Version 3, three values (a string, an array of strings, a number), two tensors.
fn gguf() -> Vec<u8> {
    let mut file = b"GGUF".to_vec();
    file.extend(3_u32.to_le_bytes());
    file.extend(2_u64.to_le_bytes());
    file.extend(3_u64.to_le_bytes());
    file.extend([gguf_string("general.name"), 8_u32.to_le_bytes().into(), gguf_string("demo")].concat());
    file.extend([gguf_string("tokens"), 9_u32.to_le_bytes().into(), 8_u32.to_le_bytes().into()].concat());
    file.extend(2_u64.to_le_bytes());
    file.extend([gguf_string("a"), gguf_string("b")].concat());
    file.extend([gguf_string("n"), 4_u32.to_le_bytes().into(), 7_u32.to_le_bytes().into()].concat());
    for (name, kind, offset) in [("w", 12_u32, 0_u64), ("norm", 0, 144)] {
        file.extend(gguf_string(name));
        file.extend(2_u32.to_le_bytes());
        file.extend([256_u64.to_le_bytes(), 4_u64.to_le_bytes()].concat());
        file.extend(kind.to_le_bytes());
        file.extend(offset.to_le_bytes());
    }
    file
}

#[test]
fn blocks_count_with_their_scales() {
    // 1024 elements of Q4_K, 256 to 144 bytes, and as many of 32 bit
    let weights = read_weights(&gguf(), "demo.gguf").unwrap();
    assert_eq!(weights.types["Q4_K"], StoredType { tensors: 1, elements: 1024, bits: 4 * 144 * 8 });
    assert_eq!(weights.types["F32"].bits, 32 * 1024);
    assert_eq!(weights.mean_width(), Some((4.5 + 32.0) / 2.0));
}

#[test]
fn every_prefix_and_every_changed_byte_gives_a_result_or_a_refusal() {
    let header = r#"{"__metadata__":{"format":"pt"},"a":{"dtype":"F8_E4M3","shape":[4,2],"data_offsets":[0,8]},
        "b":{"dtype":"F32","shape":[],"data_offsets":[8,12]}}"#;
    let safetensors = [&(header.len() as u64).to_le_bytes()[..], header.as_bytes()].concat();
    for file in [gguf(), safetensors] {
        assert!(read_weights(&file, "whole").is_ok());
        for length in 0..file.len() {
            assert!(read_weights(&file[..length], "cut").is_err(), "a header cut at {length} is refused");
        }
        for place in 0..file.len() {
            for value in [0, 1, 0x7f, 0x80, 0xff] {
                let mut changed = file.clone();
                changed[place] = value;
                let _ = read_weights(&changed, "changed");
            }
        }
    }
}

#[test]
fn other_files_are_refused() {
    for bytes in [&b""[..], b"PK\x03\x04aaaaaaaaaa", b"GGUF", b"GGUF\x01\0\0\0aaaaaaaaaaaaaaaaaaaaa"] {
        assert!(read_weights(bytes, "other").is_err());
    }
    // a tensor of 2^63 times 2^63 elements, and a type without a width
    for header in [
        r#"{"w":{"dtype":"F32","shape":[9223372036854775808,9223372036854775808],"data_offsets":[0,0]}}"#,
        r#"{"w":{"dtype":"F33","shape":[1],"data_offsets":[0,4]}}"#,
        r#"{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#,
        r#"{"w":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}"#,
        "[]",
    ] {
        let file = [&(header.len() as u64).to_le_bytes()[..], header.as_bytes()].concat();
        assert!(read_weights(&file, "unsound").is_err(), "{header}");
    }
}
