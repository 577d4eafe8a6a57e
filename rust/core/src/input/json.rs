//! The project's own JSON reader for logs that nobody vouches for: strict, bounded, and without recursion.

use std::borrow::Cow;
use std::collections::HashSet;

use super::{Code, Place, Refusal, printable};

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
        Reader { text, bytes, at: 0, path }.document()
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

/// The line, counted from 1, on which the byte after these stands.
fn line_of(before: &[u8]) -> u64 {
    1 + before.iter().filter(|byte| **byte == b'\n').count() as u64
}

/// An array or object whose end has not been read yet.
enum Open<'a> {
    Array(Vec<Json<'a>>),
    Object { members: Vec<(Cow<'a, str>, Json<'a>)>, keys: Keys<'a>, key: Cow<'a, str> },
}

/// The keys seen in one object: hashed once there are many, so that a hostile object costs no quadratic time.
#[derive(Default)]
struct Keys<'a>(HashSet<Cow<'a, str>>);

impl<'a> Keys<'a> {
    const FEW: usize = 16;

    /// Whether the key is new; it is remembered.
    fn is_new(&mut self, key: Cow<'a, str>, members: &[(Cow<'a, str>, Json<'a>)]) -> bool {
        if members.len() < Self::FEW {
            return members.iter().all(|(name, _)| *name != key);
        }
        if self.0.is_empty() {
            self.0.extend(members.iter().map(|(name, _)| name.clone()));
        }
        self.0.insert(key)
    }
}

struct Reader<'a, 'p> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    path: &'p str,
}

impl<'a> Reader<'a, '_> {
    fn document(mut self) -> Result<Json<'a>, Refusal> {
        self.space();
        if self.peek().is_none() {
            return Err(Refusal::new(Code::Empty, self.path, Place::Line(1), "nothing", "a JSON document"));
        }
        let mut open: Vec<Open<'a>> = Vec::new();
        loop {
            // Here a value must stand.
            let mut value = match self.peek() {
                Some(b'[' | b'{') if open.len() == JSON_DEPTH => {
                    return Err(self.refusal(Code::JsonDepth, format!("at most {JSON_DEPTH} levels")));
                }
                Some(b'[') => {
                    self.at += 1;
                    self.space();
                    if !self.take(b']') {
                        open.push(Open::Array(Vec::new()));
                        continue;
                    }
                    Json::Array(Vec::new())
                }
                Some(b'{') => {
                    self.at += 1;
                    self.space();
                    if !self.take(b'}') {
                        let key = self.key(&mut Keys::default(), &[])?;
                        open.push(Open::Object { members: Vec::new(), keys: Keys::default(), key });
                        continue;
                    }
                    Json::Object(Vec::new())
                }
                _ => self.scalar()?,
            };
            // A value was read: give it to what is open, and close what ends here.
            loop {
                self.space();
                match open.pop() {
                    None => {
                        let line = Place::Line(line_of(self.bytes.get(..self.at).unwrap_or_default()));
                        return if self.at == self.bytes.len() {
                            Ok(value)
                        } else {
                            Err(Refusal::new(
                                Code::JsonTrailing,
                                self.path,
                                line,
                                self.found(),
                                "the end of the document",
                            ))
                        };
                    }
                    Some(Open::Array(mut elements)) => {
                        elements.push(value);
                        if self.take(b',') {
                            self.space();
                            open.push(Open::Array(elements));
                            break;
                        }
                        self.expect(b']', "`,` or `]`")?;
                        value = Json::Array(elements);
                    }
                    Some(Open::Object { mut members, mut keys, key }) => {
                        members.push((key, value));
                        if self.take(b',') {
                            self.space();
                            let key = self.key(&mut keys, &members)?;
                            open.push(Open::Object { members, keys, key });
                            break;
                        }
                        self.expect(b'}', "`,` or `}`")?;
                        value = Json::Object(members);
                    }
                }
            }
        }
    }

    /// A key that is new in its object, with the colon behind it; the value comes next.
    fn key(&mut self, keys: &mut Keys<'a>, members: &[(Cow<'a, str>, Json<'a>)]) -> Result<Cow<'a, str>, Refusal> {
        if self.peek() != Some(b'"') {
            return Err(self.refusal(Code::Json, "a key in double quotes"));
        }
        let start = self.at;
        let key = self.string()?.text;
        if !keys.is_new(key.clone(), members) {
            self.at = start;
            return Err(self.refusal(Code::JsonDupKey, "every key of an object once"));
        }
        self.space();
        self.expect(b':', "`:`")?;
        self.space();
        Ok(key)
    }

    fn scalar(&mut self) -> Result<Json<'a>, Refusal> {
        match self.peek() {
            Some(b'"') => Ok(Json::String(self.string()?)),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => {
                for (word, value) in [("null", Json::Null), ("true", Json::Bool(true)), ("false", Json::Bool(false))] {
                    if self.bytes.get(self.at..).is_some_and(|rest| rest.starts_with(word.as_bytes())) {
                        self.at += word.len();
                        return Ok(value);
                    }
                }
                Err(self.refusal(Code::Json, "a JSON value"))
            }
        }
    }

    fn number(&mut self) -> Result<Json<'a>, Refusal> {
        let start = self.at;
        self.take(b'-');
        if !self.take(b'0') && self.digits() == 0 {
            return Err(self.refusal(Code::Json, "a digit"));
        }
        if self.take(b'.') && self.digits() == 0 {
            return Err(self.refusal(Code::Json, "a digit behind the point"));
        }
        if self.take(b'e') || self.take(b'E') {
            if !self.take(b'+') {
                self.take(b'-');
            }
            if self.digits() == 0 {
                return Err(self.refusal(Code::Json, "a digit in the exponent"));
            }
        }
        Ok(Json::Number(self.text.get(start..self.at).unwrap_or_default()))
    }

    fn digits(&mut self) -> usize {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        self.at - start
    }

    /// A text in double quotes; borrowed from the document unless it holds an escape.
    fn string(&mut self) -> Result<JsonText<'a>, Refusal> {
        self.at += 1;
        let mut start = self.at;
        let mut owned: Option<String> = None;
        let mut replaced = false;
        loop {
            match self.peek() {
                Some(b'"') => {
                    let rest = self.text.get(start..self.at).unwrap_or_default();
                    self.at += 1;
                    let text = match owned {
                        None => Cow::Borrowed(rest),
                        Some(mut text) => {
                            text.push_str(rest);
                            Cow::Owned(text)
                        }
                    };
                    return Ok(JsonText { text, replaced });
                }
                Some(b'\\') => {
                    let text = owned.get_or_insert_default();
                    text.push_str(self.text.get(start..self.at).unwrap_or_default());
                    self.at += 1;
                    let character = self.escape()?;
                    replaced |= character.is_none();
                    text.push(character.unwrap_or(char::REPLACEMENT_CHARACTER));
                    start = self.at;
                }
                Some(0..0x20) => return Err(self.refusal(Code::Json, "control characters escaped")),
                Some(_) => self.at += 1,
                None => return Err(self.refusal(Code::Json, "a closing quote")),
            }
        }
    }

    /// The character of an escape, the backslash taken; `None` for a lone surrogate.
    fn escape(&mut self) -> Result<Option<char>, Refusal> {
        let letter = self.peek();
        let character = match letter {
            Some(b'"' | b'\\' | b'/') => letter.map(char::from),
            Some(b'b') => Some('\u{8}'),
            Some(b'f') => Some('\u{c}'),
            Some(b'n') => Some('\n'),
            Some(b'r') => Some('\r'),
            Some(b't') => Some('\t'),
            Some(b'u') => {
                self.at += 1;
                let high = self.hex()?;
                let ahead = self.at;
                // A high surrogate makes a character only with the low one behind it.
                if (0xd800..0xdc00).contains(&high) && self.take(b'\\') && self.take(b'u') {
                    let low = self.hex()?;
                    if (0xdc00..0xe000).contains(&low) {
                        return Ok(char::from_u32(0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00)));
                    }
                }
                self.at = ahead;
                return Ok(char::from_u32(high));
            }
            _ => return Err(self.refusal(Code::Json, "an escape of JSON")),
        };
        self.at += 1;
        Ok(character)
    }

    fn hex(&mut self) -> Result<u32, Refusal> {
        let digits = self.bytes.get(self.at..self.at + 4).unwrap_or_default();
        let value = digits.iter().try_fold(0, |value, digit| Some(value * 16 + char::from(*digit).to_digit(16)?));
        match value {
            Some(value) if digits.len() == 4 => {
                self.at += 4;
                Ok(value)
            }
            _ => Err(self.refusal(Code::Json, "four hexadecimal digits")),
        }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn take(&mut self, byte: u8) -> bool {
        let there = self.peek() == Some(byte);
        self.at += usize::from(there);
        there
    }

    fn expect(&mut self, byte: u8, expected: &str) -> Result<(), Refusal> {
        if self.take(byte) { Ok(()) } else { Err(self.refusal(Code::Json, expected)) }
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn found(&self) -> String {
        let rest: String = self.text.get(self.at..).unwrap_or_default().chars().take(24).collect();
        if rest.is_empty() { "the end of the file".to_owned() } else { printable(&rest) }
    }

    fn refusal(&self, code: Code, expected: impl Into<String>) -> Refusal {
        let line = Place::Line(line_of(self.bytes.get(..self.at).unwrap_or_default()));
        Refusal::new(code, self.path, line, self.found(), expected)
    }
}

#[cfg(test)]
#[path = "json_tests.rs"]
mod tests;
