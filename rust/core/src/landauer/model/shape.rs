//! A transformer as the numbers that its counts need.

use super::super::LandauerError;
use super::config::Fields;
use crate::input::printable;
use crate::source::datasets::MODELS;
use serde_json::Value;

/// A decoder-only transformer, dense or a mixture of experts.
///
/// Counts are exact integers, `u128`, which hold every count of a configuration within the limits of
/// [`Model::from_config`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Model {
    pub(super) name: Option<String>,
    pub(super) layers: u128,
    pub(super) hidden: u128,
    pub(super) vocabulary: u128,
    /// Rows of a learned table of positions.
    pub(super) positions: u128,
    /// Positions that a context may have: those that were learned, or the most that is counted.
    pub(super) longest: u64,
    pub(super) attention: Attention,
    pub(super) block: Block,
    /// Whether the output projection is the embedding table.
    pub(super) tied: bool,
    pub(super) query_key_value_bias: bool,
    pub(super) output_bias: bool,
    pub(super) query_key_norm: bool,
    pub(super) norms: u128,
    pub(super) norm_bias: bool,
    /// Layers that attend to at most `window` positions.
    pub(super) windowed_layers: u128,
    pub(super) window: u128,
}

/// The attention of a layer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Attention {
    pub heads: u128,
    pub kv_heads: u128,
    pub head_dim: u128,
    pub latent: Option<Latent>,
    /// Whether each head has a learned number beside its scores.
    pub sinks: bool,
}

/// Keys and values from a latent of which a cache holds one for all heads (MLA).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Latent {
    pub rank: u128,
    /// Width of the rotated part of a key, which all heads share.
    pub rotary: u128,
    /// Width of the part of a key that is made from the latent.
    pub plain: u128,
    pub value: u128,
    pub query_rank: Option<u128>,
}

/// The feed-forward blocks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Block {
    /// Width of a block, or of one expert.
    pub width: u128,
    /// Whether it has three matrices, gate, up and down, and not two.
    pub gated: bool,
    pub bias: bool,
    /// One for a dense model.
    pub experts: u128,
    pub experts_per_token: u128,
    /// Whether a router chooses the experts.
    pub routed: bool,
    pub router_bias: bool,
    /// Experts that every token visits.
    pub shared: u128,
    /// First layers with one dense block in place of experts, and its width.
    pub dense_layers: u128,
    pub dense_width: u128,
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

    /// Width of all queries together.
    pub(super) fn query_width(&self) -> u128 {
        let Attention { heads, head_dim, latent, .. } = &self.attention;
        heads * latent.as_ref().map_or(*head_dim, |latent| latent.plain + latent.rotary)
    }

    /// Width of what all heads give together.
    pub(super) fn value_width(&self) -> u128 {
        let Attention { heads, head_dim, latent, .. } = &self.attention;
        heads * latent.as_ref().map_or(*head_dim, |latent| latent.value)
    }

    /// Elements of the cache for a token and a layer: keys and values, or the latent and the rotated key.
    pub(super) fn cache_width(&self) -> u128 {
        let Attention { kv_heads, head_dim, latent, .. } = &self.attention;
        latent.as_ref().map_or(2 * kv_heads * head_dim, |latent| latent.rank + latent.rotary)
    }

    /// Layers whose blocks are experts.
    pub(super) fn expert_layers(&self) -> u128 {
        self.layers - self.block.dense_layers
    }

    /// The positions attended to at a context, added up over the layers: a sliding window caps those of its layers.
    pub(super) fn attended(&self, context: u128) -> u128 {
        (self.layers - self.windowed_layers) * context + self.windowed_layers * context.min(self.window)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether a number is the printed one within half a unit of its last digit.
    fn prints_as(number: f64, printed: &str) -> bool {
        let (digits, exponent) = printed.split_once('e').unwrap();
        let decimals = digits.split_once('.').map_or(0, |(_, decimals)| decimals.len() as i32);
        let unit = 10_f64.powi(exponent.parse::<i32>().unwrap() - decimals);
        (number - printed.parse::<f64>().unwrap()).abs() <= 0.5 * unit
    }

    /// `published` is the count that was read with the source beside it: a number, or the text of a rounded one. Files of weights may hold a tied output
    /// projection a second time, which the record then says.
    #[test]
    fn every_carried_model_has_its_published_count() {
        assert!(MODELS.len() >= 12);
        for (stem, text) in MODELS {
            let record: Value = serde_json::from_str(text).unwrap();
            assert_eq!(record["name"], *stem);
            for field in ["source", "published_source"] {
                assert!(record[field].as_str().unwrap_or_default().len() > 20, "{stem} cites its {field}");
            }
            let model = Model::named(stem).unwrap();
            assert_eq!(model.name(), Some(*stem));
            let twice = record["published_holds_tied_output_twice"].as_bool().unwrap_or(false);
            let stored = model.parameters() + if twice { model.table() } else { 0 };
            match &record["published"] {
                Value::String(printed) => assert!(prints_as(stored as f64, printed), "{stem}: {stored} as {printed}"),
                exact => assert_eq!(Some(stored), exact.as_u64().map(u128::from), "{stem}"),
            }
        }
    }
}
