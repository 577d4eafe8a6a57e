//! A folder of one's own with publications, claims and tables.

use super::error::PublishedError;
use super::publication::Publication;
use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Longest file that is read. [byte]
pub(super) const LONGEST: u64 = 1 << 28;

/// The files of a folder.
pub(super) struct Folder {
    /// Name and text of each `.toml` file, sorted.
    documents: Vec<(String, String)>,
    /// Text of each `.csv` file, by its name.
    pub tables: HashMap<String, String>,
}

impl Folder {
    /// The files of a folder; those below it are not looked at.
    pub(super) fn read(folder: &Path) -> Result<Self, PublishedError> {
        let failed = |path: &Path, reason: &dyn ToString| PublishedError::File {
            path: path.display().to_string(),
            reason: reason.to_string(),
        };
        let entries = fs::read_dir(folder).map_err(|error| failed(folder, &error))?;
        let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
        paths.sort();
        let (mut documents, mut tables) = (Vec::new(), HashMap::new());
        for path in paths.iter().filter(|path| path.is_file()) {
            let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
            if !matches!(extension, "toml" | "csv") {
                continue;
            }
            if fs::metadata(path).map_err(|error| failed(path, &error))?.len() > LONGEST {
                return Err(failed(path, &format!("longer than {LONGEST} bytes")));
            }
            let text = fs::read_to_string(path).map_err(|error| failed(path, &error))?;
            if extension == "toml" {
                documents.push((path.display().to_string(), text));
            } else if let Some(name) = path.file_name().and_then(|name| name.to_str()) {
                tables.insert(name.to_owned(), text);
            }
        }
        Ok(Self { documents, tables })
    }

    /// The publications; a file with claims is none.
    pub(super) fn publications(&self) -> Result<Vec<Publication>, PublishedError> {
        let publications = self.documents.iter().filter(|(_, text)| !holds_claims(text));
        publications.map(|(file, text)| Publication::parse(file, text)).collect()
    }

    /// Name and text of the files with claims.
    pub(super) fn claims(self) -> impl Iterator<Item = (String, String)> {
        self.documents.into_iter().filter(|(_, text)| holds_claims(text))
    }
}

/// Whether a document is one of claims.
fn holds_claims(text: &str) -> bool {
    text.lines().any(|line| line.trim() == "[[claim]]")
}
