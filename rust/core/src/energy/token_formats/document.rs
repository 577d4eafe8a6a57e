//! JSON of token logs: one document, or one a line, and fields that are read or refused where they stand.

use crate::input::{
    Base, Code, DateOrder, Diagnostics, Json, LINE_LIMIT, Literal, Place, Refusal, Scale, Stamp, Text, civil_stamp,
    literal, numeric_stamp,
};

/// One JSON value of a file, and where it stands.
#[derive(Clone, Copy)]
pub(super) struct Item<'a, 'j> {
    pub json: &'a Json<'j>,
    pub line: u32,
    pub path: &'a str,
}

/// The documents of a text: all of it, or one on each line that is not blank.
///
/// A last line without a line end that is no document may be cut and is left out, with `W_PARTIAL_LAST_LINE`.
pub(super) fn documents<'a>(text: &'a Text, diagnostics: &mut Diagnostics) -> Result<Vec<(Json<'a>, u32)>, Refusal> {
    let whole = Json::parse(text.bytes(), text.path());
    let fault = match whole {
        Ok(document) => return Ok(vec![(document, 1)]),
        Err(refusal) if first_line(text).is_none() => return Err(refusal),
        Err(refusal) => refusal,
    };
    let mut found = Vec::new();
    for (index, line) in text.bytes().split_inclusive(|byte| *byte == b'\n').enumerate() {
        let number = u32::try_from(index + 1).unwrap_or(u32::MAX);
        let place = Place::Line(u64::from(number));
        if line.len() > LINE_LIMIT {
            let expected = format!("lines of at most {LINE_LIMIT} bytes");
            return Err(Refusal::new(Code::LineTooLong, text.path(), place, "a longer line", expected));
        }
        // what a server sends as an event stream has the document behind `data:`
        let line_text = line.trim_ascii();
        let body = line_text.strip_prefix(b"data:").unwrap_or(line_text).trim_ascii();
        if body.is_empty() || body == b"[DONE]" {
            continue;
        }
        match Json::parse(body, text.path()) {
            Ok(document) => found.push((document, number)),
            Err(_) if !line.ends_with(b"\n") && !found.is_empty() => {
                diagnostics.push(Code::PartialLastLine, place, None, "the last document is cut; it was left out");
            }
            Err(_) if found.is_empty() => return Err(fault),
            Err(refusal) => return Err(Refusal { place, ..refusal }),
        }
    }
    Ok(found)
}

/// The first line, where it alone is a document.
fn first_line(text: &Text) -> Option<Json<'_>> {
    let line = text.bytes().split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).find(|line| !line.is_empty())?;
    let body = line.strip_prefix(b"data:").unwrap_or(line).trim_ascii();
    if body.len() > LINE_LIMIT { None } else { Json::parse(body, text.path()).ok() }
}

/// The first document, or `None` where the text does not look like JSON.
pub(super) fn first_document(text: &Text) -> Result<Option<Json<'_>>, Refusal> {
    let start = text.bytes().trim_ascii_start();
    if !(start.starts_with(b"{") || start.starts_with(b"[") || start.starts_with(b"data:")) {
        return Ok(None);
    }
    match first_line(text) {
        Some(document) => Ok(Some(document)),
        None => Json::parse(text.bytes(), text.path()).map(Some),
    }
}

impl<'a, 'j> Item<'a, 'j> {
    /// The items of a document: the elements of an array, or the document itself.
    pub fn all(document: &'a Json<'j>, line: u32, path: &'a str) -> Vec<Self> {
        let item = |json| Self { json, line, path };
        match document.as_array() {
            Some(elements) => elements.iter().map(item).collect(),
            None => vec![item(document)],
        }
    }

    /// The value under a key as an item of its own.
    pub fn part(&self, key: &str) -> Option<Self> {
        self.json.get(key).map(|json| Self { json, ..*self })
    }

    /// The elements of the array under a key; none where there is no array.
    pub fn list(&self, key: &str) -> &'a [Json<'j>] {
        self.json.get(key).and_then(Json::as_array).unwrap_or_default()
    }

    /// The text under a key.
    pub fn text(&self, key: &str) -> Option<&'a str> {
        self.json.get(key).and_then(Json::as_str)
    }

    /// The whole number under a key; `None` where there is none.
    pub fn count(&self, key: &str) -> Result<Option<u64>, Refusal> {
        self.json.get(key).map_or(Ok(None), |value| self.whole(key, value))
    }

    /// The whole number that a value is.
    pub fn whole(&self, key: &str, value: &Json<'_>) -> Result<Option<u64>, Refusal> {
        let Some(number) = value.as_number() else { return Ok(None) };
        let whole = number.strip_suffix(".0").unwrap_or(number);
        whole.parse().map(Some).map_err(|_| self.refuse(key, number, "a whole number of tokens"))
    }

    /// The number under a key; `None` where there is none.
    pub fn number(&self, key: &str) -> Result<Option<f64>, Refusal> {
        self.json.get(key).map_or(Ok(None), |value| value.to_f64(self.path, || self.place()))
    }

    /// The duration under a key [ns]; `None` where there is none.
    pub fn duration_ns(&self, key: &str, scale: Scale) -> Result<Option<i64>, Refusal> {
        self.json.get(key).map_or(Ok(None), |value| self.nanoseconds(key, value, scale))
    }

    /// The duration that a value is. [ns]
    pub fn nanoseconds(&self, key: &str, value: &Json<'_>, scale: Scale) -> Result<Option<i64>, Refusal> {
        let Some(number) = value.as_number() else { return Ok(None) };
        match literal(number, '.') {
            Literal::Number(decimal) => match decimal.to_ns(scale) {
                Some(ns) => Ok(Some(ns)),
                None => Err(self.refuse(key, number, "a time within the range of the type")),
            },
            _ => Err(self.refuse(key, number, "a duration")),
        }
    }

    /// The stamp under a key: ISO 8601, or a number of seconds; `None` where there is none.
    pub fn stamp(&self, key: &str) -> Result<Option<Stamp>, Refusal> {
        let Some(value) = self.json.get(key) else { return Ok(None) };
        let found = match (value.as_str(), value.as_number()) {
            (Some(text), _) => civil_stamp(text, DateOrder::YearFirst),
            (_, Some(number)) => match literal(number, '.') {
                Literal::Number(number) => numeric_stamp(number, Scale::ONE),
                _ => None,
            },
            _ => return Ok(None),
        };
        let written = value.as_str().or(value.as_number()).unwrap_or_default();
        // what writes JSON stamps counts in Unix time, which has no leap second
        found.filter(|stamp| !stamp.leap).map(Some).ok_or_else(|| {
            let expected = format!("{key} as ISO 8601 or in seconds");
            Refusal::new(Code::TimeParse, self.path, self.place(), written, expected)
        })
    }

    /// The stamp under a key on the clock of UTC; `None` where there is none, or where it is of another clock.
    pub fn utc_ns(&self, key: &str) -> Result<Option<i64>, Refusal> {
        Ok(self.stamp(key)?.filter(|stamp| stamp.base == Base::Utc).map(|stamp| stamp.ns))
    }

    /// Where the item stands.
    pub fn place(&self) -> Place {
        Place::Line(u64::from(self.line))
    }

    /// A name for a record that has none.
    pub fn name(&self, index: usize) -> String {
        format!("record {}", index + 1)
    }

    fn refuse(&self, key: &str, found: &str, expected: &str) -> Refusal {
        Refusal::new(Code::BadNumber, self.path, self.place(), found, format!("{key}: {expected}"))
    }
}
