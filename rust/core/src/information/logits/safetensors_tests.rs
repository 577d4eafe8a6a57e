use super::*;
use crate::information::LogitArray;
use crate::information::Logits;
use crate::information::logits::read::read_opened;

fn read(bytes: &[u8], path: &str) -> Result<Logits, Refusal> {
    let mut source = Source::of_bytes(bytes, path);
    let read = open(&mut source).and_then(|opened| read_opened(&mut source, opened));
    read.map_err(|error| if let InformationError::Format(refusal) = error { refusal } else { unreachable!() })
}

fn file(header: &str, data: &[u8]) -> Vec<u8> {
    [&(header.len() as u64).to_le_bytes(), header.as_bytes(), data].concat()
}

fn code(header: &str, data: &[u8]) -> Code {
    read(&file(header, data), "x.safetensors").unwrap_err().code
}

#[test]
fn all_four_types_are_read_as_what_they_are() {
    let tensor = |dtype: &str, bytes: usize| {
        let header = format!(
            r#"{{"__metadata__":{{"format":"pt"}},"logits":{{"dtype":"{dtype}","shape":[1,2],"data_offsets":[0,{bytes}]}}}}"#
        );
        // 1.0 in bfloat16 is 80 3f, in float16 00 3c.
        let data = [[0x80, 0x3f].repeat(bytes / 2), vec![]].concat();
        read(&file(&header, &data), "x").unwrap().array
    };
    assert!(matches!(tensor("BF16", 4), LogitArray::Bf16(rows) if rows[[0, 0]].to_f32() == 1.0));
    assert!(matches!(tensor("F16", 4), LogitArray::F16(rows) if rows[[0, 0]].to_f32() == 1.875));
    assert!(matches!(tensor("F32", 8), LogitArray::F32(rows) if rows[[0, 1]] == f32::from_bits(0x3f80_3f80)));
    assert!(matches!(tensor("F64", 16), LogitArray::F64(_)));
}

#[test]
fn one_tensor_or_the_one_named_logits_is_read() {
    let two = |first: &str| {
        format!(
            r#"{{"{first}":{{"dtype":"F32","shape":[2],"data_offsets":[0,8]}},"ids":{{"dtype":"I64","shape":[1],"data_offsets":[8,16]}}}}"#
        )
    };
    assert_eq!(read(&file(&two("logits"), &[0; 16]), "x").unwrap().name.as_deref(), Some("logits"));
    assert_eq!(code(&two("scores"), &[0; 16]), Code::NoData);
    assert_eq!(code("{}", &[]), Code::NoData);
}

#[test]
fn unsound_headers_are_refused() {
    let one = |dtype: &str, shape: &str, offsets: &str| {
        format!(r#"{{"logits":{{"dtype":"{dtype}","shape":{shape},"data_offsets":{offsets}}}}}"#)
    };
    let data = [0; 16];
    assert_eq!(code(&one("F33", "[4]", "[0,16]"), &data), Code::Dtype);
    assert_eq!(code(&one("I32", "[4]", "[0,16]"), &data), Code::Dtype);
    assert_eq!(code(&one("F8_E4M3", "[16]", "[0,16]"), &data), Code::Dtype);
    assert_eq!(code(&one("F32", "[5]", "[0,16]"), &data), Code::Shape);
    assert_eq!(code(&one("F32", "[-4]", "[0,16]"), &data), Code::Shape);
    assert_eq!(code(&one("F32", "[4.0]", "[0,16]"), &data), Code::Shape);
    assert_eq!(code(&one("F32", "[4294967296,4294967296,4294967296]", "[0,16]"), &data), Code::Shape);
    assert_eq!(code(&one("F32", "[0,4]", "[0,0]"), &[]), Code::NoData);
    assert_eq!(code(&one("F32", "[]", "[0,4]"), &[0; 4]), Code::Shape);
    assert_eq!(code(&one("F32", "[4]", "[16,0]"), &data), Code::Offsets);
    assert_eq!(code(&one("F32", "[4]", "[0]"), &data), Code::Offsets);
    assert_eq!(code(&one("F32", "[2]", "[8,16]"), &data), Code::Offsets);
    assert_eq!(code(&one("F32", "[4]", "[0,16]"), &[0; 15]), Code::Truncated);
    assert_eq!(code(&one("F32", "[4]", "[0,16]"), &[0; 17]), Code::Trailing);
    // Two tensors over the same bytes.
    let tensor = r#"{"dtype":"F32","shape":[4],"data_offsets":[0,16]}"#;
    assert_eq!(code(&format!(r#"{{"logits":{tensor},"b":{tensor}}}"#), &data), Code::Offsets);
    assert_eq!(code(&format!(r#"{{"logits":{tensor},"logits":{tensor}}}"#), &data), Code::JsonDupKey);
    // Of the other tensors the official reader judges shape and metadata.
    let ids = r#""ids":{"dtype":"I64","shape":[3],"data_offsets":[16,32]}"#;
    assert_eq!(code(&format!(r#"{{"logits":{tensor},{ids}}}"#), &[0; 32]), Code::Shape);
    assert_eq!(code(&format!(r#"{{"__metadata__":[],"logits":{tensor}}}"#), &data), Code::Json);
    assert_eq!(code("[]", &[]), Code::Json);
    assert_eq!(code("{\"a\":", &[]), Code::Json);
    assert_eq!(code("", &[]), Code::Empty);
    assert_eq!(code(&"[".repeat(100_000), &[]), Code::JsonDepth);
    let refusal = read(&u64::MAX.to_le_bytes(), "x").unwrap_err();
    assert_eq!((refusal.code, refusal.place), (Code::HeaderLen, Place::File));
}
