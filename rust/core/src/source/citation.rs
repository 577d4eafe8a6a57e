//! The citation of a publication.

use serde::{Deserialize, Serialize};
use std::fmt;

/// The publication a number was taken from. Two vintages of one series are two citations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Citation {
    /// Key, the stem of the publication's file.
    #[serde(default)]
    pub key: String,
    /// Title.
    pub title: String,
    /// Publisher, or authors.
    pub publisher: String,
    /// Year of publication.
    pub year: i32,
    /// Date of the state of knowledge the figures stand for, as far as it is known: `2025-04`.
    pub vintage: String,
    /// DOI, report number or URL.
    pub identifier: String,
    /// Keys of the publications of which it is a later vintage.
    #[serde(default)]
    pub supersedes: Vec<String>,
}

impl Citation {
    /// The name of the first field that says nothing, `None` for a whole citation.
    pub fn first_empty_field(&self) -> Option<&'static str> {
        let fields = [
            ("key", &self.key),
            ("title", &self.title),
            ("publisher", &self.publisher),
            ("vintage", &self.vintage),
            ("identifier", &self.identifier),
        ];
        fields.into_iter().find(|(_, text)| text.trim().is_empty()).map(|(name, _)| name)
    }
}

impl fmt::Display for Citation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {} ({}), {}, vintage {}", self.publisher, self.title, self.year, self.identifier, self.vintage)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_citation_says_who_what_when_and_where() {
        let mut citation = Citation {
            key: "iea_2025".to_owned(),
            title: "Energy and AI".to_owned(),
            publisher: "IEA".to_owned(),
            year: 2025,
            vintage: "2025-04".to_owned(),
            identifier: "https://www.iea.org/reports/energy-and-ai".to_owned(),
            supersedes: Vec::new(),
        };
        assert_eq!(
            citation.to_string(),
            "IEA, Energy and AI (2025), https://www.iea.org/reports/energy-and-ai, vintage 2025-04"
        );
        assert_eq!(citation.first_empty_field(), None);
        citation.identifier.clear();
        assert_eq!(citation.first_empty_field(), Some("identifier"));
    }
}
