//! JSON of logs that nobody vouches for: the values, and the limits within which they are read.

use std::borrow::Cow;

use super::json_reader::{Reader, line_of};
use super::{Code, Place, Refusal};

/// The deepest nesting that is read.
pub const JSON_DEPTH: usize = 64;
/// The longest document that is read. [byte]
pub const JSON_BYTES: usize = 256 << 20;
/// The longest number literal that is converted. [byte]
pub const JSON_NUMBER_BYTES: usize = 64;

/// A JSON value. Numbers keep their text, so that nothing is rounded before the reader has decided what they are.
#[derive(Debug, Clone, PartialEq)]
pub enum Json<'a> {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, as it is written.
    Number(&'a str),
    /// A text.
    String(JsonText<'a>),
    /// An array.
    Array(Vec<Json<'a>>),
    /// An object, in the order of the file; no key occurs twice.
    Object(Vec<(Cow<'a, str>, Json<'a>)>),
}

/// A JSON text, and whether it is the one that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JsonText<'a> {
    /// The text.
    pub text: Cow<'a, str>,
    /// Whether a lone surrogate was replaced by U+FFFD.
    pub replaced: bool,
}

impl<'a> Json<'a> {
    /// The value of a document (RFC 8259). `path` names the file in a refusal.
    ///
    /// # Errors
    ///
    /// With the line of the fault: `E_EMPTY`, `E_LIMIT_SIZE` over [`JSON_BYTES`], `E_ENCODING` if it is not UTF-8,
    /// `E_JSON`, `E_JSON_DEPTH` over [`JSON_DEPTH`], `E_JSON_DUP_KEY`, `E_JSON_TRAILING`.
    ///
    /// # Examples
    ///
    /// ```
    /// use szilard::input::Json;
    /// let document = Json::parse(br#"{"data": {"values": [1, 2.50]}}"#, "log.json")?;
    /// assert_eq!(document.at("data.values[1]"), Some(&Json::Number("2.50")));
    /// # Ok::<(), szilard::input::Refusal>(())
    /// ```
    pub fn parse(bytes: &'a [u8], path: &str) -> Result<Self, Refusal> {
        if bytes.len() > JSON_BYTES {
            let found = format!("{} bytes", bytes.len());
            return Err(Refusal::new(Code::LimitSize, path, Place::File, found, format!("at most {JSON_BYTES} bytes")));
        }
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let text = std::str::from_utf8(bytes).map_err(|error| {
            let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
            Refusal::new(Code::ErrorEncoding, path, Place::Line(line_of(before)), "a byte that is not UTF-8", "UTF-8")
        })?;
        Reader::of(text, path).document()
    }

    /// The value under a key of an object.
    pub fn get(&self, key: &str) -> Option<&Json<'a>> {
        self.as_object()?.iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    /// The value at a path of keys and indices, as in `data.result[0].values[2]`.
    pub fn at(&self, path: &str) -> Option<&Json<'a>> {
        path.split('.').try_fold(self, |value, step| {
            let mut parts = step.split('[');
            let key = parts.next().unwrap_or_default();
            let value = if key.is_empty() { value } else { value.get(key)? };
            parts.try_fold(value, |value, index| value.as_array()?.get(index.strip_suffix(']')?.parse::<usize>().ok()?))
        })
    }

    /// The elements, if it is an array.
    pub fn as_array(&self) -> Option<&[Json<'a>]> {
        if let Self::Array(elements) = self { Some(elements) } else { None }
    }

    /// The members, if it is an object.
    pub fn as_object(&self) -> Option<&[(Cow<'a, str>, Json<'a>)]> {
        if let Self::Object(members) = self { Some(members) } else { None }
    }

    /// The text, if it is one.
    pub fn as_str(&self) -> Option<&str> {
        if let Self::String(JsonText { text, .. }) = self { Some(text) } else { None }
    }

    /// The truth value, if it is one.
    pub fn as_bool(&self) -> Option<bool> {
        if let Self::Bool(truth) = self { Some(*truth) } else { None }
    }

    /// The literal, if it is a number.
    pub fn as_number(&self) -> Option<&'a str> {
        if let Self::Number(literal) = self { Some(literal) } else { None }
    }

    /// Whether it is `null`.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The number nearest to the literal; `None` if this is no number.
    ///
    /// # Errors
    ///
    /// `E_BAD_NUMBER` at `place` if the literal is longer than [`JSON_NUMBER_BYTES`] or beyond the range of `f64`.
    pub fn to_f64(&self, path: &str, place: impl FnOnce() -> Place) -> Result<Option<f64>, Refusal> {
        let Some(literal) = self.as_number() else { return Ok(None) };
        let value = if literal.len() <= JSON_NUMBER_BYTES {
            literal.parse().ok().filter(|v: &f64| v.is_finite())
        } else {
            None
        };
        match value {
            Some(value) => Ok(Some(value)),
            None => {
                let expected =
                    format!("a number of at most {JSON_NUMBER_BYTES} characters within the range of a double");
                Err(Refusal::new(
                    Code::BadNumber,
                    path,
                    place(),
                    literal.get(..JSON_NUMBER_BYTES + 1).unwrap_or(literal),
                    expected,
                ))
            }
        }
    }

    /// What kind of value it is, for messages.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a truth value",
            Self::Number(_) => "a number",
            Self::String(_) => "a text",
            Self::Array(_) => "an array",
            Self::Object(_) => "an object",
        }
    }
}

#[cfg(test)]
#[path = "json_tests.rs"]
mod tests;
