//! The fields of a configuration, each within limits that keep every count below 2^120.

use super::super::LandauerError;
use super::families::{Bias, FAMILIES, Family};
use super::shape::Model;
use crate::input::printable;
use serde_json::{Map, Value};

/// Largest configuration that is read. [B]
const LARGEST: usize = 1 << 20;

/// Largest count of layers, heads, experts, and width of a head.
pub(super) const MOST: u64 = 1 << 16;
/// Largest width of the hidden state and of a feed-forward block.
pub(super) const WIDEST: u64 = 1 << 24;
/// Largest vocabulary.
const LARGEST_VOCABULARY: u64 = 1 << 28;
/// Largest context, prompt and batch.
pub(super) const LONGEST: u64 = 1 << 32;

/// A count between one and [`LONGEST`].
///
/// # Errors
/// [`LandauerError::Count`].
pub(in crate::landauer) fn limited(what: &'static str, found: u64) -> Result<u128, LandauerError> {
    within_count(what, found, LONGEST)
}

fn within_count(what: &'static str, found: u64, most: u64) -> Result<u128, LandauerError> {
    if (1..=most).contains(&found) { Ok(u128::from(found)) } else { Err(LandauerError::Count { what, found, most }) }
}

impl Model {
    /// A length as `u128`, if the model has as many positions: a learned table has no row for those beyond it.
    ///
    /// # Errors
    /// [`LandauerError::Count`].
    pub(in crate::landauer) fn at_most_its_positions(
        &self,
        what: &'static str,
        found: u64,
    ) -> Result<u128, LandauerError> {
        within_count(what, found, self.longest)
    }

    /// The model of a Hugging Face `config.json`.
    ///
    /// Read are the types whose counts are known: llama, mistral, mixtral, qwen2, qwen3, qwen3_moe, gemma, gemma2,
    /// gemma3_text, phi3, gpt2, gpt_neox, opt, falcon, deepseek_v2, deepseek_v3 and gpt_oss. Keys that do not bear on a
    /// count are passed over; a variant of a type whose counts are not known, such as Falcon's new decoder, is refused.
    ///
    /// # Errors
    /// [`LandauerError::UnknownModelType`] for any other `model_type`; [`LandauerError::NotAnObject`],
    /// [`LandauerError::MissingField`], [`LandauerError::Field`] and [`LandauerError::Contradiction`].
    ///
    /// # Example
    /// ```
    /// let model = szilard::landauer::Model::from_config(r#"{"model_type": "llama", "hidden_size": 4096,
    ///     "num_hidden_layers": 32, "num_attention_heads": 32, "intermediate_size": 11008, "vocab_size": 32000}"#);
    /// assert_eq!(model.unwrap().parameters(), 6_738_415_616);
    /// ```
    pub fn from_config(json: &str) -> Result<Self, LandauerError> {
        let not_an_object = |reason: String| LandauerError::NotAnObject { limit: LARGEST, reason };
        if json.len() > LARGEST {
            return Err(not_an_object(format!("it has {} bytes", json.len())));
        }
        match serde_json::from_str(json) {
            Ok(Value::Object(fields)) => Fields(&fields).model(),
            Ok(_) => Err(not_an_object("it is another value".to_owned())),
            Err(error) => Err(not_an_object(printable(&error.to_string()))),
        }
    }
}

/// The fields of a configuration; `null` is a field that is not there.
pub(super) struct Fields<'a>(pub &'a Map<String, Value>);

impl Fields<'_> {
    pub(super) fn model(&self) -> Result<Model, LandauerError> {
        let family = self.family()?;
        for (field, known) in family.fixed {
            if self.flag(field, *known)? != *known {
                return Err(wrong(field, &Value::Bool(!known), format!("{known} for {:?}", family.model_type)));
            }
        }
        let layers = self.count(family.names.layers, MOST)?;
        let hidden = self.count(family.names.hidden, WIDEST)?;
        if let Some(found) = self.get("word_embed_proj_dim").filter(|value| value.as_u64() != Some(hidden)) {
            return Err(wrong("word_embed_proj_dim", found, format!("the hidden size, {hidden}")));
        }
        let attention = self.attention(family, hidden)?;
        let block = self.block(family, layers)?;
        let (windowed_layers, window) = self.window(family, layers)?;
        let configured = |field: &'static str, default| self.flag(field, default);
        let attention_bias = match family.bias {
            Bias::AsConfigured(field, default) => configured(field, default)?,
            Bias::QueryKeyValue | Bias::Absent => false,
        };
        let (positions, longest) = match family.positions {
            Some((field, more)) => self.count(field, LONGEST).map(|learned| (learned + more, learned))?,
            None => (0, LONGEST),
        };
        // two norms, but for one that attention and block of a layer share
        let shared_norm = family.model_type == "falcon" && self.flag("parallel_attn", true)?;
        Ok(Model {
            name: None,
            layers: layers.into(),
            hidden: hidden.into(),
            vocabulary: self.count("vocab_size", LARGEST_VOCABULARY)?.into(),
            positions: positions.into(),
            longest,
            attention,
            block,
            tied: self.flag("tie_word_embeddings", family.tied)?,
            query_key_value_bias: attention_bias || matches!(family.bias, Bias::QueryKeyValue),
            output_bias: attention_bias,
            query_key_norm: family.query_key_norm,
            norms: if shared_norm { 1 } else { family.norms.into() },
            norm_bias: family.norm_bias,
            windowed_layers: windowed_layers.into(),
            window: window.into(),
        })
    }

    fn family(&self) -> Result<&'static Family, LandauerError> {
        let known = || FAMILIES.iter().map(|family| family.model_type).collect::<Vec<_>>().join(", ");
        match self.get("model_type") {
            Some(Value::String(found)) => FAMILIES
                .iter()
                .find(|family| family.model_type == found)
                .ok_or_else(|| LandauerError::UnknownModelType { found: printable(found), known: known() }),
            Some(found) => Err(wrong("model_type", found, format!("one of {}", known()))),
            None => Err(LandauerError::MissingField { field: "model_type", expected: format!("one of {}", known()) }),
        }
    }

    pub(super) fn get(&self, field: &str) -> Option<&Value> {
        self.0.get(field).filter(|value| !value.is_null())
    }

    pub(super) fn count(&self, field: &'static str, most: u64) -> Result<u64, LandauerError> {
        let expected = || format!("a whole number from 1 to {most}");
        self.optional_count(field, most)?.ok_or_else(|| LandauerError::MissingField { field, expected: expected() })
    }

    pub(super) fn optional_count(&self, field: &'static str, most: u64) -> Result<Option<u64>, LandauerError> {
        self.optional_whole(field, 1, most)
    }

    pub(super) fn optional_whole(
        &self,
        field: &'static str,
        least: u64,
        most: u64,
    ) -> Result<Option<u64>, LandauerError> {
        let Some(found) = self.get(field) else { return Ok(None) };
        match found.as_u64() {
            Some(count) if (least..=most).contains(&count) => Ok(Some(count)),
            _ => Err(wrong(field, found, format!("a whole number from {least} to {most}"))),
        }
    }

    pub(super) fn flag(&self, field: &'static str, default: bool) -> Result<bool, LandauerError> {
        match self.get(field) {
            None => Ok(default),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(found) => Err(wrong(field, found, "true or false".to_owned())),
        }
    }
}

pub(super) fn wrong(field: &'static str, found: &Value, expected: String) -> LandauerError {
    LandauerError::Field { field, found: printable(&found.to_string()), expected }
}

pub(super) fn contradiction(left: (&str, u64), right: (&str, u64), reason: &'static str) -> LandauerError {
    let shown = |(field, value): (&str, u64)| format!("{field} = {value}");
    LandauerError::Contradiction { left: shown(left), right: shown(right), reason }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LLAMA: &str = r#"{"model_type": "llama", "hidden_size": 64, "num_hidden_layers": 2,
        "num_attention_heads": 4, "intermediate_size": 128, "vocab_size": 1000}"#;

    fn with(changes: &[(&str, Value)]) -> Result<Model, LandauerError> {
        let mut config: Map<String, Value> = serde_json::from_str(LLAMA).unwrap();
        config.extend(changes.iter().map(|(key, value)| ((*key).to_owned(), value.clone())));
        Model::from_config(&Value::Object(config).to_string())
    }

    #[test]
    fn an_unknown_type_is_refused_with_the_known_ones() {
        for found in ["gptj", "mamba", "Llama", ""] {
            let error = with(&[("model_type", found.into())]).unwrap_err();
            assert!(matches!(error, LandauerError::UnknownModelType { .. }));
            assert!(error.to_string().contains("llama, mistral, mixtral, qwen2, qwen3"), "{error}");
        }
    }

    #[test]
    fn fields_that_cannot_be_are_refused() {
        let huge = || Value::from(1_000_000_000_000_000_000_u64);
        for (field, value) in [
            ("hidden_size", huge()),
            ("num_hidden_layers", (-1).into()),
            ("num_hidden_layers", 0.into()),
            ("vocab_size", 1000.5.into()),
            ("vocab_size", "1000".into()),
            ("intermediate_size", Value::Array(vec![64.into(), 128.into()])),
            ("tie_word_embeddings", "true".into()),
            ("head_dim", huge()),
            ("num_local_experts", 8.into()),
            ("use_sliding_window", true.into()),
            ("layer_types", Value::Array(vec!["full_attention".into()])),
        ] {
            let error = with(&[(field, value.clone())]).unwrap_err();
            assert!(
                matches!(&error, LandauerError::Field { field: at, .. } if *at == field),
                "{field} {value}: {error}"
            );
        }
        for (field, value) in [("num_key_value_heads", 3), ("num_attention_heads", 5)] {
            assert!(matches!(with(&[(field, value.into())]), Err(LandauerError::Contradiction { .. })));
        }
        assert!(matches!(with(&[("hidden_size", Value::Null)]), Err(LandauerError::MissingField { .. })));
        for text in ["", "[]", "{", "null", "{\"model_type\": \"llama\""] {
            assert!(matches!(Model::from_config(text), Err(LandauerError::NotAnObject { .. })), "{text}");
        }
        assert!(Model::from_config(&"[".repeat(500_000)).is_err());
        assert!(Model::from_config(&" ".repeat(LARGEST + 1)).is_err());
    }

    #[test]
    fn a_context_ends_with_the_learned_positions() {
        // GPT-2 learned 1024; OPT 2048, in a table of 2050 rows; rotated positions have no last one
        for (name, last) in [("gpt2", 1024), ("opt-125m", 2048)] {
            let model = Model::named(name).unwrap();
            assert!(model.decode_flops(last).is_ok());
            let beyond = LandauerError::Count { what: "context", found: last + 1, most: last };
            assert_eq!(model.decode_flops(last + 1), Err(beyond.clone()));
            assert_eq!(model.kv_bits_read(last + 1, 16), Err(beyond.clone()));
            assert_eq!(model.activation_elements(last + 1), Err(beyond));
            assert!(model.prefill_flops(last + 1, true, true).is_err());
        }
        assert!(Model::named("llama-2-7b").unwrap().decode_flops(1 << 20).is_ok());
    }

    #[test]
    fn experts_and_tokens_must_agree() {
        let mixtral = [("model_type", "mixtral".into()), ("num_key_value_heads", 4.into())];
        let experts = |count: u64, chosen: u64| {
            let more = [("num_local_experts", count.into()), ("num_experts_per_tok", chosen.into())];
            with(&[mixtral.as_slice(), more.as_slice()].concat())
        };
        assert!(experts(8, 2).is_ok());
        assert!(matches!(experts(2, 8), Err(LandauerError::Contradiction { .. })));
        assert!(matches!(with(&mixtral), Err(LandauerError::MissingField { field: "num_local_experts", .. })));
    }

    #[test]
    fn the_largest_configuration_has_counts() {
        // every field at its limit: the counts stay within 128 bits
        let model = with(&[
            ("model_type", "qwen3_moe".into()),
            ("hidden_size", WIDEST.into()),
            ("num_hidden_layers", MOST.into()),
            ("num_attention_heads", MOST.into()),
            ("num_key_value_heads", MOST.into()),
            ("head_dim", MOST.into()),
            ("moe_intermediate_size", WIDEST.into()),
            ("num_experts", MOST.into()),
            ("num_experts_per_tok", MOST.into()),
            ("vocab_size", LARGEST_VOCABULARY.into()),
        ])
        .unwrap();
        assert!(model.prefill_flops(LONGEST, false, false).unwrap() > 1 << 112);
        assert!(model.activation_elements(LONGEST).is_ok());
    }
}
