//! The parts of a configuration: attention, feed-forward block, sliding window.

use super::super::LandauerError;
use super::config::{Fields, LONGEST, MOST, WIDEST, contradiction, wrong};
use super::families::{BlockBias, Family, KeyValue, Window};
use super::shape::{Attention, Block, Latent};
use serde_json::Value;

impl Fields<'_> {
    pub(super) fn attention(&self, family: &Family, hidden: u64) -> Result<Attention, LandauerError> {
        let heads = self.count(family.names.heads, MOST)?;
        let kv_heads = match family.key_value {
            KeyValue::Heads(field) => match self.optional_count(field, MOST)? {
                Some(kv_heads) => kv_heads,
                None if family.multi_head => heads,
                None => self.count(field, MOST)?,
            },
            KeyValue::MultiQuery if self.flag("multi_query", true)? => 1,
            KeyValue::MultiQuery | KeyValue::MultiHead | KeyValue::Latent => heads,
        };
        if !heads.is_multiple_of(kv_heads) {
            let reason = "every key-value head serves the same number of heads";
            return Err(contradiction((family.names.heads, heads), ("num_key_value_heads", kv_heads), reason));
        }
        let latent = if matches!(family.key_value, KeyValue::Latent) { Some(self.latent()?) } else { None };
        let head_dim = match self.optional_count("head_dim", MOST)?.or(family.head_dim) {
            Some(head_dim) => head_dim,
            None if latent.is_some() => 1,
            None if hidden.is_multiple_of(heads) => hidden / heads,
            None => {
                let reason = "without head_dim the heads divide the hidden size";
                return Err(contradiction((family.names.hidden, hidden), (family.names.heads, heads), reason));
            }
        };
        Ok(Attention {
            heads: heads.into(),
            kv_heads: kv_heads.into(),
            head_dim: head_dim.into(),
            latent,
            sinks: family.sinks,
        })
    }

    /// The latent from which keys and values are made.
    fn latent(&self) -> Result<Latent, LandauerError> {
        let width = |field| self.count(field, MOST).map(u128::from);
        Ok(Latent {
            rank: width("kv_lora_rank")?,
            rotary: width("qk_rope_head_dim")?,
            plain: width("qk_nope_head_dim")?,
            value: width("v_head_dim")?,
            query_rank: self.optional_count("q_lora_rank", MOST)?.map(u128::from),
        })
    }

    /// The feed-forward blocks: experts, experts for each token, shared ones, and the dense layers before them.
    pub(super) fn block(&self, family: &Family, layers: u64) -> Result<Block, LandauerError> {
        let bias = match family.block_bias {
            BlockBias::AsConfigured(field, default) => self.flag(field, default)?,
            BlockBias::Always => true,
            BlockBias::Absent => false,
        };
        let dense = Block {
            width: 0,
            gated: family.gated,
            bias,
            experts: 1,
            experts_per_token: 1,
            routed: false,
            router_bias: false,
            shared: 0,
            dense_layers: 0,
            dense_width: 0,
        };
        let Some(experts) = &family.experts else {
            for field in ["num_local_experts", "num_experts", "n_routed_experts"] {
                if let Some(found) = self.get(field).filter(|value| value.as_u64().is_none_or(|count| count > 1)) {
                    return Err(wrong(field, found, format!("none for model_type {:?}", family.model_type)));
                }
            }
            let width = match self.optional_count(family.names.ffn, WIDEST)? {
                None if family.ffn_is_four_times => 4 * self.count(family.names.hidden, WIDEST)?,
                Some(width) => width,
                None => self.count(family.names.ffn, WIDEST)?,
            };
            return Ok(Block { width: width.into(), ..dense });
        };
        let (count, per_token) = (self.count(experts.count, MOST)?, self.count("num_experts_per_tok", MOST)?);
        if per_token > count {
            let reason = "a token cannot visit more experts than there are";
            return Err(contradiction(("num_experts_per_tok", per_token), (experts.count, count), reason));
        }
        if let Some(found) = self.get("mlp_only_layers").filter(|value| value.as_array().is_none_or(|l| !l.is_empty()))
        {
            return Err(wrong("mlp_only_layers", found, "an empty list: every layer routes".to_owned()));
        }
        for field in ["decoder_sparse_step", "moe_layer_freq"] {
            if let Some(found) = self.get(field).filter(|value| value.as_u64() != Some(1)) {
                return Err(wrong(field, found, "1: every layer routes".to_owned()));
            }
        }
        let width = self.count(experts.width, WIDEST)?;
        let (shared, dense_layers, dense_width) = if experts.shared {
            let dense_layers = self.optional_whole("first_k_dense_replace", 0, layers)?.unwrap_or(0);
            let shared = self.optional_whole("n_shared_experts", 0, MOST)?.unwrap_or(0);
            let dense_width = if dense_layers == 0 { 0 } else { self.count(family.names.ffn, WIDEST)? };
            (shared, dense_layers, dense_width)
        } else {
            (0, 0, 0)
        };
        Ok(Block {
            width: width.into(),
            experts: count.into(),
            experts_per_token: per_token.into(),
            routed: true,
            router_bias: experts.router_bias,
            shared: shared.into(),
            dense_layers: dense_layers.into(),
            dense_width: dense_width.into(),
            ..dense
        })
    }

    /// How many layers see a window, and how long it is.
    pub(super) fn window(&self, family: &Family, layers: u64) -> Result<(u64, u64), LandauerError> {
        let switched_on = self.flag("use_sliding_window", false)?;
        let given = self.optional_count("sliding_window", LONGEST)?;
        let absent = !self.0.contains_key("sliding_window");
        let or = |default: Option<u64>| given.or(default.filter(|_| absent));
        let seen_by = |layers: u64, window: Option<u64>| (window.map_or(0, |_| layers), window);
        let (windowed, window) = match family.window {
            Window::Off if switched_on => {
                let expected = format!("false for model_type {:?}", family.model_type);
                return Err(wrong("use_sliding_window", &Value::Bool(true), expected));
            }
            Window::Everywhere(default) => seen_by(layers, or(default)),
            Window::Upper if switched_on => {
                let first = self.optional_whole("max_window_layers", 0, MOST)?.unwrap_or(28);
                seen_by(layers.saturating_sub(first), or(Some(4096)))
            }
            Window::Off | Window::Upper => (0, given),
            Window::AllBut { every: (field, default), window } => {
                let stated = match field {
                    Some(field) => self.optional_count(field, MOST)?,
                    None => None,
                };
                seen_by(layers - layers / stated.unwrap_or(default), or(Some(window)))
            }
        };
        let windowed = self.windowed_by_type(layers)?.unwrap_or(windowed);
        match window {
            Some(window) => Ok((windowed, window)),
            None if windowed == 0 => Ok((0, LONGEST)),
            None => Err(LandauerError::MissingField {
                field: "sliding_window",
                expected: "the window of the layers with sliding attention".to_owned(),
            }),
        }
    }

    /// The layers that `layer_types` calls sliding, where it is given.
    fn windowed_by_type(&self, layers: u64) -> Result<Option<u64>, LandauerError> {
        let Some(found) = self.get("layer_types") else { return Ok(None) };
        let expected = || format!("{layers} times full_attention or sliding_attention");
        let types = found.as_array().ok_or_else(|| wrong("layer_types", found, expected()))?;
        let sliding = types.iter().filter(|word| word.as_str() == Some("sliding_attention")).count();
        let full = types.iter().filter(|word| word.as_str() == Some("full_attention")).count();
        if sliding + full != types.len() || types.len() as u64 != layers {
            return Err(wrong("layer_types", found, expected()));
        }
        Ok(Some(sliding as u64))
    }
}
