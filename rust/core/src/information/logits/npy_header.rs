//! The header of a `.npy` file: a Python dictionary of three literals, read as one and never evaluated.

use super::array::{Element, Layout};
use crate::input::{Code, Place, Refusal};

/// A Python literal of the kinds that occur in a header.
#[derive(Debug, PartialEq)]
enum Literal<'a> {
    Text(&'a str),
    Bool(bool),
    /// A tuple of integers, as written.
    Numbers(Vec<&'a str>),
    /// A list: a structured type. Its text is kept to be searched for object fields.
    List(&'a str),
}

/// The layout that the header text describes: `{'descr': '<f4', 'fortran_order': False, 'shape': (4, 8), }`.
///
/// # Errors
///
/// `E_HEADER` unless it is a dictionary of exactly these keys, `E_PICKLE` for objects, `E_DTYPE` for any type but real
/// floating point, `E_SHAPE` unless the shape is a tuple of non-negative integers.
pub(super) fn layout(header: &str, path: &str) -> Result<Layout, Refusal> {
    let refusal = |code, found: &str, expected: &str| Refusal::new(code, path, Place::File, found, expected);
    let malformed = || refusal(Code::Header, header, "{'descr': ..., 'fortran_order': ..., 'shape': (...)}");
    let mut rest = Text(header.trim_matches([' ', '\n']));
    let (mut descr, mut fortran, mut shape) = (None, None, None);
    if !rest.take("{") {
        return Err(malformed());
    }
    while !rest.take("}") {
        let Some(key) = rest.text() else { return Err(malformed()) };
        if !rest.take(":") {
            return Err(malformed());
        }
        let value = rest.literal();
        // A key may stand once, and its value must be of its kind.
        match (key, value) {
            ("descr", Some(Literal::Text(text))) if descr.is_none() => descr = Some(text),
            ("descr", Some(Literal::List(fields))) => {
                let objects = fields.split(['\'', '"']).any(is_object);
                let code = if objects { Code::Pickle } else { Code::Dtype };
                return Err(refusal(code, fields, "one real floating-point type"));
            }
            ("fortran_order", Some(Literal::Bool(order))) if fortran.is_none() => fortran = Some(order),
            ("shape", Some(Literal::Numbers(axes))) if shape.is_none() => shape = Some(axes),
            ("shape", found) if !matches!(found, Some(Literal::Numbers(_))) => {
                return Err(refusal(Code::Shape, header, "a shape of non-negative integers"));
            }
            _ => return Err(malformed()),
        }
        if !rest.take(",") && rest.peek() != Some('}') {
            return Err(malformed());
        }
    }
    let (Some(descr), Some(fortran), Some(shape), true) = (descr, fortran, shape, rest.0.trim().is_empty()) else {
        return Err(malformed());
    };
    let (element, big_endian) = element(descr, path)?;
    let axes: Option<Vec<usize>> = shape.iter().map(|axis| axis.parse().ok()).collect();
    let shape = axes.ok_or_else(|| refusal(Code::Shape, &shape.join(", "), "a shape of non-negative integers"))?;
    Ok(Layout { element, big_endian, fortran, shape })
}

/// Whether a type string names Python objects.
fn is_object(descr: &str) -> bool {
    matches!(descr.trim_start_matches(['|', '<', '>', '=']), "O" | "O4" | "O8")
}

/// The element type and whether it is big-endian.
fn element(descr: &str, path: &str) -> Result<(Element, bool), Refusal> {
    let refusal = |code, expected| Err(Refusal::new(code, path, Place::File, format!("type {descr}"), expected));
    match descr {
        "<f8" => Ok((Element::F64, false)),
        ">f8" => Ok((Element::F64, true)),
        "<f4" => Ok((Element::F32, false)),
        ">f4" => Ok((Element::F32, true)),
        "<f2" => Ok((Element::F16, false)),
        ">f2" => Ok((Element::F16, true)),
        _ if is_object(descr) => refusal(Code::Pickle, "numbers; pickled objects are never loaded"),
        "<V2" | "|V2" => refusal(
            Code::Dtype,
            "a type with a name: NumPy saves bfloat16 as nameless bytes; use safetensors or float32",
        ),
        _ => refusal(Code::Dtype, "logits as f2, f4 or f8 (integers are token ids)"),
    }
}

/// What is left of a header.
struct Text<'a>(&'a str);

impl<'a> Text<'a> {
    fn peek(&self) -> Option<char> {
        self.0.trim_start_matches(' ').chars().next()
    }

    fn take(&mut self, word: &str) -> bool {
        let rest = self.0.trim_start_matches(' ').strip_prefix(word);
        self.0 = rest.unwrap_or(self.0);
        rest.is_some()
    }

    /// What stands before `end`, which is taken.
    fn until(&mut self, end: char) -> Option<&'a str> {
        let (inside, rest) = self.0.split_once(end)?;
        self.0 = rest;
        Some(inside)
    }

    /// A text without escapes, in single or double quotes.
    fn text(&mut self) -> Option<&'a str> {
        let quote = ['\'', '"'].into_iter().find(|quote| self.take(quote.encode_utf8(&mut [0; 4])))?;
        self.until(quote).filter(|text| !text.contains('\\'))
    }

    fn literal(&mut self) -> Option<Literal<'a>> {
        if self.take("True") {
            return Some(Literal::Bool(true));
        }
        if self.take("False") {
            return Some(Literal::Bool(false));
        }
        if self.take("[") {
            // Fields of a structured type; whatever follows, it is refused.
            return Some(Literal::List(std::mem::take(&mut self.0)));
        }
        if self.take("(") {
            let inside = self.until(')')?.trim();
            // One axis needs its comma: (5) is a number, (5,) a tuple.
            let closed = inside.strip_suffix(',');
            if inside.is_empty() {
                return Some(Literal::Numbers(Vec::new()));
            }
            let axes: Vec<&str> = closed.unwrap_or(inside).split(',').map(str::trim).collect();
            let number = |axis: &&str| {
                let digits = axis.strip_prefix('-').unwrap_or(axis);
                !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
            };
            return ((closed.is_some() || axes.len() > 1) && axes.iter().all(number)).then_some(Literal::Numbers(axes));
        }
        self.text().map(Literal::Text)
    }
}
