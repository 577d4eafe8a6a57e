//! How far a published figure was verified.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// The evidence behind a published figure. What was only recalled is no evidence and has no word here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "&'static str")]
pub enum Evidence {
    /// The source itself was read at the locator.
    Read,
    /// The exact figure was seen in a document that cites the source.
    Secondary,
    /// The figure was handed down without the document it was seen in: nothing is claimed of its source.
    Unlocated,
}

/// A word that is no grade of evidence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{found:?} is no evidence: expected read, secondary or unlocated; a figure from memory is not carried")]
pub struct UnknownGrade {
    /// The word as given.
    pub found: String,
}

impl Evidence {
    /// The word that stands for the grade in files and tables.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Secondary => "secondary",
            Self::Unlocated => "unlocated",
        }
    }
}

impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl FromStr for Evidence {
    type Err = UnknownGrade;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "read" => Ok(Self::Read),
            "secondary" => Ok(Self::Secondary),
            "unlocated" => Ok(Self::Unlocated),
            _ => Err(UnknownGrade { found: text.to_owned() }),
        }
    }
}

impl TryFrom<String> for Evidence {
    type Error = UnknownGrade;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Evidence> for &'static str {
    fn from(evidence: Evidence) -> Self {
        evidence.word()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_refused() {
        assert_eq!("secondary".parse(), Ok(Evidence::Secondary));
        let error = serde_json::from_str::<Evidence>("\"memory\"").unwrap_err().to_string();
        assert!(error.contains("\"memory\" is no evidence"), "{error}");
        assert_eq!(serde_json::to_string(&Evidence::Read).unwrap(), "\"read\"");
    }
}
