//! What a file of weights holds, by type and by what its tensors are to a step.

use super::Role;
use std::collections::BTreeMap;

/// The elements of one type among the weights of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StoredType {
    /// Tensors of the type.
    pub tensors: u64,
    /// Elements of the type.
    pub elements: u128,
    /// What they take, scales of blocks included. [bit]
    pub bits: u128,
}

impl StoredType {
    fn add(&mut self, other: Self) {
        self.tensors += other.tensors;
        self.elements += other.elements;
        self.bits += other.bits;
    }
}

/// What the headers of the files of a model's weights say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Weights {
    /// The format, `gguf` or `safetensors`.
    pub format: &'static str,
    /// Elements and sizes by the name of the type.
    pub types: BTreeMap<String, StoredType>,
    roles: BTreeMap<Role, StoredType>,
}

impl Weights {
    pub(super) fn empty(format: &'static str) -> Self {
        Self { format, types: BTreeMap::new(), roles: BTreeMap::new() }
    }

    pub(super) fn add(&mut self, name: &str, word: &str, elements: u128, bits: u128) {
        let tensor = StoredType { tensors: 1, elements, bits };
        self.types.entry(word.to_owned()).or_default().add(tensor);
        self.roles.entry(Role::of(name)).or_default().add(tensor);
    }

    /// These weights and those of a further file of the same model, as of one that is stored in parts.
    pub fn and(mut self, other: &Self) -> Self {
        for (word, stored) in &other.types {
            self.types.entry(word.clone()).or_default().add(*stored);
        }
        for (role, stored) in &other.roles {
            self.roles.entry(*role).or_default().add(*stored);
        }
        self
    }

    /// What the tensors of a role hold.
    pub(in crate::landauer) fn of(&self, role: Role) -> StoredType {
        self.roles.get(&role).copied().unwrap_or_default()
    }

    /// Whether elements are packed into whole numbers, so that their count says nothing about the parameters.
    pub(in crate::landauer) fn are_packed(&self) -> bool {
        let whole = ["U8", "I16", "U16", "I32", "U32", "I64", "U64"];
        let packed: u128 = whole.iter().filter_map(|word| self.types.get(*word)).map(|stored| stored.elements).sum();
        self.format == "safetensors" && 100 * packed > self.elements()
    }

    /// All elements.
    pub fn elements(&self) -> u128 {
        self.types.values().map(|stored| stored.elements).sum()
    }

    /// What all elements take, scales of blocks included, without header and padding. [bit]
    pub fn bits(&self) -> u128 {
        self.types.values().map(|stored| stored.bits).sum()
    }

    /// The mean width of an element, scales of blocks included; `None` for a file without elements. [bit]
    pub fn mean_width(&self) -> Option<f64> {
        let elements = self.elements();
        (elements > 0).then(|| self.bits() as f64 / elements as f64)
    }
}
