//! The project's own JSON grammar: strict, in linear time, and without recursion.

use std::borrow::Cow;
use std::collections::HashSet;

use super::json::{JSON_DEPTH, Json, JsonText};
use super::{Code, Place, Refusal, printable, proceed};

/// After so many elements it is looked whether to go on.
const LOOK: usize = 4096;

/// The line, counted from 1, on which the byte after these stands.
pub(super) fn line_of(before: &[u8]) -> u64 {
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

/// A document that is being read, up to `at`.
pub(super) struct Reader<'a, 'p> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    path: &'p str,
}

impl<'a, 'p> Reader<'a, 'p> {
    /// The reader of a text; `path` names the file in a refusal.
    pub(super) fn of(text: &'a str, path: &'p str) -> Self {
        Self { text, bytes: text.as_bytes(), at: 0, path }
    }

    /// The value of the whole text; what is open is kept on a stack of its own, so that no input exhausts the thread's.
    pub(super) fn document(mut self) -> Result<Json<'a>, Refusal> {
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
                        if elements.len().is_multiple_of(LOOK) {
                            proceed(self.path)?;
                        }
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
