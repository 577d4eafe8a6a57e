//! The publications that the library carries.

use super::error::PublishedError;
use super::folder::Folder;
use super::publication::{Calculation, Fact, Input, Publication, Source};
use super::reproduce::{Reproduction, reproduced};
use super::run_log::RunStep;
use crate::source::datasets::{self, PUBLICATIONS};
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

/// Publications whose identities are unique and whose references lead somewhere.
#[derive(Debug, Clone)]
pub struct Registry {
    publications: Vec<Publication>,
    /// Tables beside those that the library carries, by the name of their file.
    tables: HashMap<String, String>,
    /// Folders of one's own, where logs of runs are looked up.
    folders: Vec<PathBuf>,
}

impl Registry {
    /// The publications of `datasets/published/`.
    ///
    /// # Errors
    /// [`PublishedError`], naming the file and the entry.
    ///
    /// ```
    /// let registry = szilard::published::Registry::embedded().unwrap();
    /// let growth = registry.reproduce("C001").unwrap(); // (945/415)^(1/6) - 1, printed as 15 %
    /// assert!((growth.computed.to("%").unwrap().value() - 14.70).abs() < 0.005);
    /// ```
    pub fn embedded() -> Result<Self, PublishedError> {
        Self::with_folders(&[])
    }

    /// The publications of `datasets/published/` and those in folders of one's own, each a file `<key>.toml`; tables
    /// (`.csv`) and folders with the logs of a run that calculations draw on are looked up there, too.
    ///
    /// # Errors
    /// As of [`Registry::embedded`], and [`PublishedError::File`].
    pub fn with_folders(folders: &[&Path]) -> Result<Self, PublishedError> {
        let carried = PUBLICATIONS.iter().map(|(key, text)| Publication::parse(&format!("{key}.toml"), text));
        let mut publications: Vec<Publication> = carried.collect::<Result<_, _>>()?;
        let mut tables = HashMap::new();
        for folder in folders {
            let folder = Folder::read(folder)?;
            publications.extend(folder.publications()?);
            tables.extend(folder.tables);
        }
        let folders = folders.iter().map(|folder| folder.to_path_buf()).collect();
        Self { publications, tables, folders }.checked()
    }

    /// A registry of publications.
    ///
    /// # Errors
    /// [`PublishedError::Duplicate`], and [`PublishedError::Unknown`] for a fact that an input names and that is not there.
    pub fn new(publications: Vec<Publication>) -> Result<Self, PublishedError> {
        Self { publications, tables: HashMap::new(), folders: Vec::new() }.checked()
    }

    fn checked(self) -> Result<Self, PublishedError> {
        let mut seen: HashMap<&str, &str> = HashMap::new();
        for publication in &self.publications {
            let key = publication.citation.key.as_str();
            let file = publication.file.as_str();
            let facts = publication.facts.iter().map(|fact| fact.id.as_str());
            let calculations = publication.calculations.iter().map(|calculation| calculation.id.as_str());
            for id in facts.chain(calculations).chain([key]) {
                if let Some(first) = seen.insert(id, file) {
                    return Err(PublishedError::Duplicate {
                        id: id.to_owned(),
                        first: first.to_owned(),
                        second: file.to_owned(),
                    });
                }
            }
        }
        for publication in &self.publications {
            for key in publication.citation.supersedes.iter() {
                self.publication(key).map_err(|error| error.of(&publication.file, 1, "supersedes"))?;
            }
        }
        for (publication, calculation) in self.calculations() {
            for input in &calculation.inputs {
                if let Source::Fact(id, _) = &input.source {
                    let placed = |error: PublishedError| error.of(&publication.file, calculation.line, &calculation.id);
                    self.fact(id).map_err(placed)?;
                }
            }
        }
        Ok(self)
    }

    /// The text of a table.
    pub(super) fn table(&self, name: &str) -> Result<&str, PublishedError> {
        let carried = || datasets::table(name.strip_suffix(".csv").unwrap_or(name));
        let own = self.tables.get(name).map(String::as_str);
        own.or_else(carried).ok_or_else(|| PublishedError::NoData { data: name.to_owned() })
    }

    /// The folder with the logs of a run: the first of its names that is in a folder of one's own.
    pub(super) fn run_folder(&self, step: &RunStep) -> Result<PathBuf, PublishedError> {
        let places = self.folders.iter().flat_map(|folder| step.folders.iter().map(move |run| folder.join(run)));
        places
            .into_iter()
            .find(|place| place.is_dir())
            .ok_or_else(|| PublishedError::NoData { data: step.name().to_owned() })
    }

    /// The publications.
    pub fn publications(&self) -> &[Publication] {
        &self.publications
    }

    /// A publication by its key.
    ///
    /// # Errors
    /// [`PublishedError::Unknown`].
    pub fn publication(&self, key: &str) -> Result<&Publication, PublishedError> {
        let found = self.publications.iter().find(|publication| publication.citation.key == key);
        found.ok_or_else(|| PublishedError::Unknown { what: "publication", id: key.to_owned() })
    }

    /// All facts, each with its publication.
    pub fn facts(&self) -> impl Iterator<Item = (&Publication, &Fact)> {
        self.publications.iter().flat_map(|publication| publication.facts.iter().map(move |fact| (publication, fact)))
    }

    /// A fact by its identity.
    ///
    /// # Errors
    /// [`PublishedError::Unknown`].
    pub fn fact(&self, id: &str) -> Result<&Fact, PublishedError> {
        self.found(id).map(|(_, fact)| fact)
    }

    /// All calculations, each with its publication.
    pub fn calculations(&self) -> impl Iterator<Item = (&Publication, &Calculation)> {
        self.publications
            .iter()
            .flat_map(|publication| publication.calculations.iter().map(move |one| (publication, one)))
    }

    /// The citation of a publication in one line.
    ///
    /// # Errors
    /// [`PublishedError::Unknown`].
    pub fn cite(&self, key: &str) -> Result<String, PublishedError> {
        Ok(self.publication(key)?.citation.to_string())
    }

    /// A calculation done again.
    ///
    /// # Errors
    /// [`PublishedError::Unknown`], and what its formula gives.
    pub fn reproduce(&self, id: &str) -> Result<Reproduction, PublishedError> {
        let found = self.calculations().find(|(_, calculation)| calculation.id == id);
        let (publication, calculation) =
            found.ok_or_else(|| PublishedError::Unknown { what: "calculation", id: id.to_owned() })?;
        reproduced(self, publication, calculation)
    }

    /// All calculations done again whose data are at hand.
    ///
    /// # Errors
    /// The first calculation that cannot be done.
    pub fn reproduce_all(&self) -> Result<Vec<Reproduction>, PublishedError> {
        let at_hand = self.calculations().filter(|(_, calculation)| self.missing_data(calculation).is_none());
        at_hand.map(|(publication, calculation)| reproduced(self, publication, calculation)).collect()
    }

    /// The table or the logs that a calculation draws on and that are not at hand, as their licence forbids to ship them.
    pub fn missing_data<'a>(&self, calculation: &'a Calculation) -> Option<&'a str> {
        calculation.inputs.iter().find_map(|input| match &input.source {
            Source::Table(step) if self.table(&step.file).is_err() => Some(step.file.as_str()),
            Source::Run(step) if self.run_folder(step).is_err() => Some(step.name()),
            _ => None,
        })
    }

    /// Whether an input of a calculation is a power usage effectiveness: a fact that is one, or a value of that name.
    pub(super) fn is_effectiveness(&self, inputs: &[Input], name: &str) -> bool {
        let input = inputs.iter().find(|input| input.name == name);
        input.is_some_and(|input| match &input.source {
            Source::Fact(id, _) => self.fact(id).is_ok_and(Fact::is_effectiveness),
            Source::Value(..) | Source::Table(_) | Source::Run(_) => name.eq_ignore_ascii_case("pue"),
        })
    }

    /// The publication that a key or an identifier names.
    pub(super) fn named(&self, named: &str) -> Option<&Publication> {
        let is_named = |publication: &&Publication| {
            publication.citation.key == named || publication.citation.identifier.split(", ").any(|part| part == named)
        };
        self.publications.iter().find(is_named)
    }

    /// A fact and the publication it stands in.
    pub(super) fn found(&self, id: &str) -> Result<(&Publication, &Fact), PublishedError> {
        let unknown = || PublishedError::Unknown { what: "fact", id: id.to_owned() };
        self.facts().find(|(_, fact)| fact.id == id).ok_or_else(unknown)
    }

    /// Whether one publication is a later vintage of another, directly or by way of those between them.
    pub(super) fn is_later(&self, later: &str, earlier: &str) -> bool {
        let (mut open, mut seen) = (vec![later], HashSet::new());
        while let Some(key) = open.pop() {
            let Ok(publication) = self.publication(key) else { continue };
            for own in publication.citation.supersedes.iter().filter(|own| seen.insert(own.as_str())) {
                if own == earlier {
                    return true;
                }
                open.push(own);
            }
        }
        false
    }

    /// The publication that is a later vintage of one, if there is one.
    pub fn superseded_by(&self, key: &str) -> Option<&Publication> {
        self.publications.iter().find(|later| later.citation.supersedes.iter().any(|earlier| earlier == key))
    }
}
