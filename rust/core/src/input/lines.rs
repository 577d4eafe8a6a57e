//! Lines of a text: ended by LF or CR LF and by nothing else, limited in length, with NUL refused where it stands.

use super::diagnostic::{Code, Diagnostics, Place, Refusal};
use super::proceed;
use std::borrow::Cow;
use szilard_simd::find;

/// Longest line. [byte]
pub const LINE_LIMIT: usize = 1 << 20;

/// Most columns of a table.
pub const COLUMN_LIMIT: usize = 4096;

/// After so many lines it is looked whether to go on.
const LOOK: u32 = 4096;

/// One line without its end.
#[derive(Debug, Clone)]
pub struct Line<'a> {
    /// Its number, counted from 1.
    pub number: u32,
    /// Its text; bytes that are not UTF-8 stand as U+FFFD.
    pub text: Cow<'a, str>,
}

impl Line<'_> {
    /// The place of the line.
    pub fn place(&self) -> Place {
        Place::Line(u64::from(self.number))
    }
}

/// The lines of a text, one after the other.
#[derive(Debug, Clone)]
pub struct Lines<'a> {
    rest: &'a [u8],
    path: &'a str,
    nul_tail: usize,
    number: u32,
}

impl<'a> Lines<'a> {
    pub(super) fn new(bytes: &'a [u8], path: &'a str, nul_tail: usize) -> Self {
        Self { rest: bytes, path, nul_tail, number: 0 }
    }

    /// The same lines, of which so many stand before the first.
    pub fn after(mut self, lines: u32) -> Self {
        self.number = lines;
        self
    }

    /// The next line, `None` at the end.
    ///
    /// A last line without a line end may be cut at any byte, even where every field still parses: it is left out
    /// with `W_PARTIAL_LAST_LINE`. NUL bytes cut off behind it give `W_NUL_TAIL`, replaced bytes `W_ENCODING`.
    ///
    /// # Errors
    /// `E_LINE_TOO_LONG` (`E_LIMIT_COLUMNS` where the length is that of too many columns) and `E_BINARY` for NUL.
    pub fn next(&mut self, diagnostics: &mut Diagnostics) -> Result<Option<Line<'a>>, Refusal> {
        if self.rest.is_empty() {
            self.report_nul_tail(diagnostics);
            return Ok(None);
        }
        if self.number.is_multiple_of(LOOK) {
            proceed(self.path)?;
        }
        self.number = self.number.saturating_add(1);
        let place = Place::Line(u64::from(self.number));
        let window = self.rest.get(..LINE_LIMIT + 2).unwrap_or(self.rest);
        let end = find(window, b'\n');
        let raw = window.get(..end.unwrap_or(window.len())).unwrap_or_default();
        if raw.len() > LINE_LIMIT + usize::from(raw.ends_with(b"\r")) {
            return Err(self.too_long(raw, place));
        }
        let Some(end) = end else {
            diagnostics.push(Code::PartialLastLine, place, None, "the last line has no line end; it was left out");
            self.rest = &[];
            self.report_nul_tail(diagnostics);
            return Ok(None);
        };
        self.rest = self.rest.get(end + 1..).unwrap_or_default();
        let raw = raw.strip_suffix(b"\r").unwrap_or(raw);
        if let Some(at) = find(raw, 0) {
            let found = format!("a NUL byte, byte {} of the line", at + 1);
            return Err(Refusal::new(Code::Binary, self.path, place, found, "text"));
        }
        let text = String::from_utf8_lossy(raw);
        if matches!(text, Cow::Owned(_)) {
            diagnostics.push(Code::Encoding, place, None, "bytes that are not UTF-8 were replaced by U+FFFD");
        }
        Ok(Some(Line { number: self.number, text }))
    }

    /// The bytes that were not taken yet.
    pub fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// Leaves out so many whole lines of so many bytes.
    pub fn skip(&mut self, lines: u32, bytes: usize) {
        self.number = self.number.saturating_add(lines);
        self.rest = self.rest.get(bytes..).unwrap_or_default();
    }

    /// The number of the line taken last.
    pub fn number(&self) -> u32 {
        self.number
    }

    fn report_nul_tail(&mut self, diagnostics: &mut Diagnostics) {
        if self.nul_tail > 0 {
            let place = Place::Line(u64::from(self.number) + 1);
            diagnostics.push(Code::NulTail, place, None, format!("{} NUL bytes were cut off", self.nul_tail));
            self.nul_tail = 0;
        }
    }

    fn too_long(&self, raw: &[u8], place: Place) -> Refusal {
        let columns = |separator: u8| raw.iter().filter(|byte| **byte == separator).count() + 1;
        let most = [b',', b';', b'\t'].map(columns).into_iter().max().unwrap_or(0);
        if most > COLUMN_LIMIT {
            let expected = format!("at most {COLUMN_LIMIT} columns");
            return Refusal::new(Code::LimitColumns, self.path, place, format!("at least {most} columns"), expected);
        }
        let expected = format!("lines of at most {LINE_LIMIT} bytes");
        Refusal::new(Code::LineTooLong, self.path, place, "a longer line", expected)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(bytes: &[u8]) -> (Vec<String>, Diagnostics, Option<Refusal>) {
        let (mut lines, mut diagnostics, mut taken) = (Lines::new(bytes, "f", 0), Diagnostics::default(), Vec::new());
        loop {
            match lines.next(&mut diagnostics) {
                Ok(Some(line)) => taken.push(line.text.into_owned()),
                Ok(None) => return (taken, diagnostics, None),
                Err(refusal) => return (taken, diagnostics, Some(refusal)),
            }
        }
    }

    #[test]
    fn only_lf_and_crlf_end_a_line() {
        let (lines, ..) = all("a\r\nb\u{2028}c\rd\u{85}e\n\n".as_bytes());
        assert_eq!(lines, ["a", "b\u{2028}c\rd\u{85}e", ""]);
    }

    #[test]
    fn an_unended_last_line_is_left_out() {
        let (lines, diagnostics, _) = all(b"a\n100");
        assert_eq!(lines, ["a"]);
        let remark = diagnostics.iter().next().unwrap();
        assert_eq!((remark.code, &remark.place), (Code::PartialLastLine, &Place::Line(2)));
    }

    #[test]
    fn faults_are_met_in_the_order_of_the_file() {
        let (lines, diagnostics, refusal) = all(b"caf\xe9\nok\n1\x002\n");
        assert_eq!(lines, ["caf\u{fffd}", "ok"]);
        assert!(diagnostics.has(Code::Encoding));
        assert_eq!(refusal.map(|r| (r.code, r.place)), Some((Code::Binary, Place::Line(3))));
    }

    #[test]
    fn the_length_limit_is_exact() {
        let mut longest = vec![b'x'; LINE_LIMIT];
        longest.push(b'\n');
        assert_eq!(all(&longest).0.len(), 1);
        longest.insert(0, b'x');
        assert_eq!(all(&longest).2.map(|r| r.code), Some(Code::LineTooLong));
        assert_eq!(all(&vec![b'x'; 2 * LINE_LIMIT]).2.map(|r| r.code), Some(Code::LineTooLong));
        assert_eq!(all(&vec![b';'; 2 * LINE_LIMIT]).2.map(|r| r.code), Some(Code::LimitColumns));
    }
}
