//! The publications that the library carries.

use super::error::PublishedError;
use super::publication::{Calculation, Fact, Publication, Source};
use super::reproduce::{Reproduction, reproduced};
use crate::source::datasets::PUBLICATIONS;
use std::collections::HashMap;

/// Publications whose identities are unique and whose references lead somewhere.
#[derive(Debug, Clone)]
pub struct Registry {
    publications: Vec<Publication>,
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
        let publications = PUBLICATIONS.iter().map(|(key, text)| Publication::parse(key, text));
        Self::new(publications.collect::<Result<_, _>>()?)
    }

    /// A registry of publications.
    ///
    /// # Errors
    /// [`PublishedError::Duplicate`], and [`PublishedError::Unknown`] for a fact that an input names and that is not there.
    pub fn new(publications: Vec<Publication>) -> Result<Self, PublishedError> {
        let mut seen: HashMap<&str, &str> = HashMap::new();
        for publication in &publications {
            let key = publication.citation.key.as_str();
            let facts = publication.facts.iter().map(|fact| fact.id.as_str());
            let calculations = publication.calculations.iter().map(|calculation| calculation.id.as_str());
            for id in facts.chain(calculations).chain([key]) {
                if let Some(first) = seen.insert(id, key) {
                    return Err(PublishedError::Duplicate {
                        id: id.to_owned(),
                        first: first.to_owned(),
                        second: key.to_owned(),
                    });
                }
            }
        }
        let registry = Self { publications };
        for (_, calculation) in registry.calculations() {
            for input in &calculation.inputs {
                if let Source::Fact(id) = &input.source {
                    registry.fact(id)?;
                }
            }
        }
        Ok(registry)
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
        let found = self.facts().map(|(_, fact)| fact).find(|fact| fact.id == id);
        found.ok_or_else(|| PublishedError::Unknown { what: "fact", id: id.to_owned() })
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

    /// All calculations done again.
    ///
    /// # Errors
    /// The first calculation that cannot be done.
    pub fn reproduce_all(&self) -> Result<Vec<Reproduction>, PublishedError> {
        self.calculations().map(|(publication, calculation)| reproduced(self, publication, calculation)).collect()
    }
}
