//! JSON documents one after another in one text: one alone, one a line, or pretty-printed ones glued together.

use crate::input::{Code, Json, Place, Refusal, Text};
use crate::traces::Builder;

/// The documents of a text and the lines on which they start; the elements of an array count each.
///
/// A last document that is cut is left out with `W_PARTIAL_LAST_BLOCK`, if there are others.
///
/// # Errors
/// Those of [`Json::parse`], and `E_JSON` for text between the documents.
pub(crate) fn documents<'t>(builder: &mut Builder<'_>, text: &'t Text) -> Result<Vec<(Json<'t>, u32)>, Refusal> {
    let bytes = text.bytes();
    let (mut found, mut line, mut first, mut at) = (Vec::new(), 1u32, 1u32, 0usize);
    let mut open: Option<(usize, usize)> = None;
    let (mut quoted, mut escaped) = (false, false);
    while let Some(byte) = bytes.get(at) {
        line = line.saturating_add(u32::from(*byte == b'\n'));
        match (open, byte) {
            (None, b'{' | b'[') => (open, first) = (Some((at, 1)), line),
            (None, b' ' | b'\t' | b'\r' | b'\n' | b',') => {}
            (None, _) => {
                let place = Place::Line(u64::from(line));
                return Err(Refusal::new(Code::Json, text.path(), place, "text", "an object or an array"));
            }
            (Some(_), _) if escaped => escaped = false,
            (Some(_), b'\\') if quoted => escaped = true,
            (Some(_), b'"') => quoted = !quoted,
            (Some((start, depth)), b'{' | b'[') if !quoted => open = Some((start, depth.saturating_add(1))),
            (Some((start, 1)), b'}' | b']') if !quoted => {
                push(&mut found, document(text, start, at + 1, first)?, first);
                open = None;
            }
            (Some((start, depth)), b'}' | b']') if !quoted => open = Some((start, depth - 1)),
            (Some(_), _) => {}
        }
        at += 1;
    }
    match open {
        Some((start, _)) if found.is_empty() => document(text, start, bytes.len(), first).map(drop)?,
        Some(_) => builder.remark(Code::PartialLastBlock, first, "the last document is cut; it was left out"),
        None => {}
    }
    Ok(found)
}

fn document(text: &Text, start: usize, end: usize, first: u32) -> Result<Json<'_>, Refusal> {
    let bytes = text.bytes().get(start..end).unwrap_or_default();
    Json::parse(bytes, text.path()).map_err(|refusal| {
        let line = refusal.place.line().unwrap_or(1);
        Refusal { place: Place::Line(line.saturating_add(u64::from(first)).saturating_sub(1)), ..refusal }
    })
}

fn push<'t>(found: &mut Vec<(Json<'t>, u32)>, document: Json<'t>, line: u32) {
    match document {
        Json::Array(elements) => found.extend(elements.into_iter().map(|element| (element, line))),
        document => found.push((document, line)),
    }
}

/// A number of a document as the text of a cell; `null` and what is no number stand as they are.
pub(crate) fn cell<'j>(value: Option<&'j Json<'_>>) -> &'j str {
    value.and_then(|value| value.as_number().or(value.as_str())).unwrap_or("null")
}
