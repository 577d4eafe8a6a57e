use ndarray::array;

use super::*;
use crate::information::LogitArray;
use crate::information::logits::read::read_opened;
use crate::input::Code;

fn array(bytes: &[u8], path: &str) -> Result<(LogitArray, Layout), Refusal> {
    let mut source = Source::of_bytes(bytes, path);
    let read = open(&mut source).and_then(|opened| {
        let layout = opened.layout.clone();
        Ok((read_opened(&mut source, opened)?.array, layout))
    });
    read.map_err(|error| if let InformationError::Format(refusal) = error { refusal } else { unreachable!() })
}

fn file(version: u8, header: &str, data: &[u8]) -> Vec<u8> {
    let mut bytes = [MAGIC, &[version, 0]].concat();
    let length = header.len() as u32;
    bytes.extend(if version == 1 { (length as u16).to_le_bytes().to_vec() } else { length.to_le_bytes().to_vec() });
    bytes.extend(header.as_bytes());
    bytes.extend(data);
    bytes
}

fn header(descr: &str, fortran: &str, shape: &str) -> String {
    format!("{{'descr': '{descr}', 'fortran_order': {fortran}, 'shape': {shape}, }}    \n")
}

fn code(bytes: &[u8]) -> Code {
    array(bytes, "x.npy").unwrap_err().code
}

fn of(header: &str) -> Code {
    code(&file(1, header, &[0; 16]))
}

#[test]
fn versions_byte_orders_and_axis_orders_are_read() {
    let little: Vec<u8> = [1.0_f32, 2.0, 3.0, 4.0].iter().flat_map(|x| x.to_le_bytes()).collect();
    let big: Vec<u8> = [1.0_f32, 2.0, 3.0, 4.0].iter().flat_map(|x| x.to_be_bytes()).collect();
    let read = |version, descr, fortran, shape, data: &[u8]| {
        array(&file(version, &header(descr, fortran, shape), data), "x.npy").unwrap().0
    };
    let rows = LogitArray::F32(array![[1.0, 2.0], [3.0, 4.0]]);
    assert_eq!(read(1, "<f4", "False", "(2, 2)", &little), rows);
    assert_eq!(read(2, ">f4", "False", "(2, 2)", &big), rows);
    assert_eq!(read(3, "<f4", "True", "(2, 2)", &little), LogitArray::F32(array![[1.0, 3.0], [2.0, 4.0]]));
    assert_eq!(read(1, "<f4", "False", "(4,)", &little), LogitArray::F32(array![[1.0, 2.0, 3.0, 4.0]]));
    // [batch, tokens, V] become rows in the order of batch and token; in Fortran order V is the slowest.
    assert_eq!(read(1, "<f4", "False", "(2, 1, 2)", &little), rows);
    assert_eq!(read(1, "<f4", "True", "(2, 1, 2)", &little), LogitArray::F32(array![[1.0, 3.0], [2.0, 4.0]]));
    let half: Vec<u8> = [1.0_f32, -2.0].iter().flat_map(|x| half::f16::from_f32(*x).to_be_bytes()).collect();
    let expected = LogitArray::F16(array![[half::f16::ONE, half::f16::from_f32(-2.0)]]);
    assert_eq!(read(1, ">f2", "False", "(2,)", &half), expected);
}

#[test]
fn types_that_are_not_real_numbers_are_refused() {
    for descr in ["<i8", "|u1", "|b1", "<c8", "<f16", "<U4", "|S1", "<M8[ns]", "f4", "=f4", "<V2", "|V2", "|f4"] {
        assert_eq!(of(&header(descr, "False", "(1,)")), Code::Dtype, "{descr}");
    }
    assert_eq!(of(&header("|O", "False", "(1,)")), Code::Pickle);
    let structured = |field: &str| format!("{{'descr': [('a', '{field}')], 'fortran_order': False, 'shape': (1,), }}");
    assert_eq!(of(&structured("<f4")), Code::Dtype);
    assert_eq!(of(&structured("|O")), Code::Pickle);
    assert_eq!(code(b"\x80\x04\x95\x10"), Code::Pickle);
}

#[test]
fn shapes_are_checked_before_anything_is_held() {
    for shape in [
        "(-1, 8)",
        "(2, -4)",
        "()",
        "(1, 1, 1, 1)",
        "(8)",
        "(1.0,)",
        "('a',)",
        "(2, 99999999999999999999)",
        "(os.getcwd(),)",
    ] {
        assert_eq!(of(&header("<f4", "False", shape)), Code::Shape, "{shape}");
    }
    assert_eq!(of(&header("<f4", "False", "(4294967296, 4294967296)")), Code::Shape);
    assert_eq!(of(&header("<f4", "False", "(1152921504606846975, 1)")), Code::Truncated);
    assert_eq!(of(&header("<f4", "False", "(0, 8)")), Code::NoData);
    assert_eq!(of(&header("<f4", "False", "(8, 0)")), Code::NoData);
    assert_eq!(of(&header("<f4", "False", "(5,)")), Code::Truncated);
    assert_eq!(of(&header("<f4", "False", "(3,)")), Code::Trailing);
}

#[test]
fn headers_are_literals_and_nothing_else() {
    for header in [
        "",
        "{}",
        "None",
        "[]",
        "{'descr': '<f4'}",
        "__import__('os').getcwd()",
        "{'descr': __import__('os'), }",
        "{'descr': '<f4', 'fortran_order': 0, 'shape': (4,), }",
        "{'descr': '<f4', 'fortran_order': Falsehood, 'shape': (4,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (4,), 'more': 1}",
        "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (4,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (4,)} or 1",
        "{'descr': '<f4' 'fortran_order': False, 'shape': (4,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (4,)",
        "{'descr': '<\\x664', 'fortran_order': False, 'shape': (4,)}",
    ] {
        assert_eq!(of(header), Code::Header, "{header}");
    }
    assert!(array(&file(1, "{\"shape\":(4,),\"fortran_order\":False,\"descr\":\"<f4\"}", &[0; 16]), "x").is_ok());
}

#[test]
fn the_frame_of_the_file_is_checked() {
    let good = file(1, &header("<f4", "False", "(4,)"), &[0; 16]);
    let with = |at: usize, byte: u8| {
        let mut bytes = good.clone();
        bytes[at] = byte;
        code(&bytes)
    };
    assert_eq!(with(0, 0x92), Code::Magic);
    assert_eq!(with(5, b'X'), Code::Magic);
    assert_eq!(with(6, 4), Code::Magic);
    assert_eq!(with(9, 0xff), Code::HeaderLen);
    assert_eq!(with(12, 0xff), Code::ErrorEncoding);
    assert_eq!(code(&good[..7]), Code::Truncated);
    assert_eq!(code(&good[..9]), Code::Truncated);
    assert_eq!(code(&good[..20]), Code::HeaderLen);
    let long = header("<f4", "False", "(4,)") + &" ".repeat(HEADER_BYTES);
    assert_eq!(code(&file(2, &long, &[0; 16])), Code::HeaderLen);
}
