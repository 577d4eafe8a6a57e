//! Where in a file an entry and its keys stand.

use super::error::PublishedError;

/// An entry of a file.
pub(super) struct Place<'a> {
    /// The file.
    pub file: &'a str,
    /// Its text.
    pub text: &'a str,
    /// What kind of entry it is.
    pub what: &'static str,
    /// Its identity; empty where there is only one.
    pub id: &'a str,
    /// Where its identity stands. [byte]
    pub at: usize,
}

impl Place<'_> {
    /// What is wrong with a key of the entry.
    pub(super) fn error(&self, key: &'static str, reason: impl ToString) -> PublishedError {
        PublishedError::Entry {
            file: self.file.to_owned(),
            line: self.line(key),
            entry: format!("{} {}", self.what, self.id).trim_end().to_owned(),
            key,
            reason: reason.to_string(),
        }
    }

    /// The line of a key of the entry; that of its identity where the key is not there.
    pub(super) fn line(&self, key: &str) -> usize {
        let own = first_line(self.text, self.at);
        self.found(key).or_else(|| self.found("id")).unwrap_or(own)
    }

    /// The number behind a key of the entry as it is written, as `1.40`; `None` where the key does not stand alone on a line.
    pub(super) fn written(&self, key: &str) -> Option<&str> {
        let line = self.text.lines().nth(self.found(key)?.checked_sub(1)?)?;
        let (_, number) = line.trim_start().strip_prefix(key)?.split_once('=')?;
        Some(number.split('#').next().unwrap_or(number).trim())
    }

    fn found(&self, key: &str) -> Option<usize> {
        let own = first_line(self.text, self.at);
        let header = |line: &&str| line.trim_start().starts_with('[');
        let above = self.text.lines().take(own).collect::<Vec<_>>();
        let start = above.iter().rposition(header).map_or(0, |at| at + 1);
        let of_key = |line: &str| {
            line.trim_start().strip_prefix(key).is_some_and(|rest| rest.trim_start().starts_with(['=', '.']))
        };
        let entry = self.text.lines().skip(start).take_while(|line| !header(line));
        entry.enumerate().find(|(_, line)| of_key(line)).map(|(at, _)| start + at + 1)
    }
}

/// The line of a byte of a text, counted from 1.
pub(super) fn first_line(text: &str, at: usize) -> usize {
    1 + text.get(..at).map_or(0, |above| above.matches('\n').count())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_found_in_its_own_entry() {
        let text = "[[fact]]\nid = \"A\"\nunit = \"J\"\n[[fact]]\nunit = \"x\"\nid = \"B\"\ninputs.a = 1\n";
        let place = Place { file: "f", text, what: "fact", id: "B", at: text.find("\"B\"").unwrap() };
        assert_eq!((place.line("unit"), place.line("inputs"), place.line("value")), (5, 7, 6));
        let printed =
            Place { file: "f", text: "[[fact]]\nid = \"A\"\nvalue = 1.40 # about\n", what: "fact", id: "A", at: 12 };
        assert_eq!((printed.written("value"), printed.written("low")), (Some("1.40"), None));
        assert_eq!(place.error("unit", "no unit").to_string(), "f, line 5, fact B, unit: no unit");
    }
}
