//! A transformer as the numbers that its counts need.

use super::super::LandauerError;
use super::config::Fields;
use crate::input::printable;
use crate::source::datasets::MODELS;
use serde_json::Value;

/// A decoder-only transformer with gated feed-forward blocks, dense or a mixture of experts.
///
/// Counts are exact integers, `u128`, which hold every count of a configuration within the limits of
/// [`Model::from_config`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Model {
    pub(super) name: Option<String>,
    pub(super) layers: u128,
    pub(super) hidden: u128,
    pub(super) heads: u128,
    pub(super) kv_heads: u128,
    pub(super) head_dim: u128,
    pub(super) ffn: u128,
    pub(super) vocabulary: u128,
    /// One for a dense model.
    pub(super) experts: u128,
    pub(super) experts_per_token: u128,
    /// Whether a router chooses the experts.
    pub(super) routed: bool,
    /// Whether the output projection is the embedding table.
    pub(super) tied: bool,
    pub(super) query_key_value_bias: bool,
    pub(super) output_bias: bool,
    pub(super) mlp_bias: bool,
    pub(super) query_key_norm: bool,
    pub(super) norms: u128,
    /// Layers that attend to at most `window` positions.
    pub(super) windowed_layers: u128,
    pub(super) window: u128,
}

impl Model {
    /// A model that the library carries, by its name.
    ///
    /// # Errors
    /// [`LandauerError::UnknownModel`] with the names there are.
    ///
    /// # Example
    /// ```
    /// use szilard::landauer::Model;
    ///
    /// assert_eq!(Model::named("llama-3-70b").unwrap().parameters(), 70_553_706_496);
    /// assert!(Model::named("llama").unwrap_err().to_string().contains("llama-3-70b"));
    /// ```
    pub fn named(name: &str) -> Result<Self, LandauerError> {
        let unknown = || LandauerError::UnknownModel { found: printable(name), known: Self::names().join(", ") };
        let (name, text) = MODELS.iter().find(|(stem, _)| *stem == name).ok_or_else(unknown)?;
        let record: Value = serde_json::from_str(text).unwrap_or_default();
        let config = record.get("config").and_then(Value::as_object).ok_or_else(unknown)?;
        Ok(Self { name: Some((*name).to_owned()), ..Fields(config).model()? })
    }

    /// The names of the models that the library carries.
    pub fn names() -> Vec<&'static str> {
        MODELS.iter().map(|(name, _)| *name).collect()
    }

    /// The name, for a model that the library carries.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The size of the vocabulary: the rows of the output projection, padding included. [token]
    pub fn vocabulary(&self) -> u128 {
        self.vocabulary
    }

    /// The layers.
    pub fn layers(&self) -> u128 {
        self.layers
    }

    /// Width of all heads together.
    pub(super) fn attention_width(&self) -> u128 {
        self.heads * self.head_dim
    }

    /// Width of all key heads together, and of all value heads.
    pub(super) fn kv_width(&self) -> u128 {
        self.kv_heads * self.head_dim
    }

    /// The positions attended to at a context, added up over the layers: a sliding window caps those of its layers.
    pub(super) fn attended(&self, context: u128) -> u128 {
        (self.layers - self.windowed_layers) * context + self.windowed_layers * context.min(self.window)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_data_file_says_what_it_is_and_where_it_was_read() {
        for (stem, text) in MODELS {
            let record: Value = serde_json::from_str(text).unwrap();
            assert_eq!(record["name"], *stem);
            assert!(record["source"].as_str().unwrap().len() > 20, "{stem} cites its source");
            assert_eq!(Model::named(stem).unwrap().name(), Some(*stem));
        }
    }
}
