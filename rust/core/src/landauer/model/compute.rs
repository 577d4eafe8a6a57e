//! How much a model computes. A multiplication with an addition is two operations; softmax, norms, rotations, biases
//! and activation functions are left out, as is custom.

use super::super::LandauerError;
use super::shape::{Block, Model};

impl Model {
    /// The operations to decode one token,
    ///
    /// 2 M + 4 h w Σ_layers s,
    ///
    /// with M of [`Model::matmul_parameters`] and h heads of width w that attend to s positions. Where the cache is a
    /// latent of rank r with a rotated key of width m, the queries are brought into the latent, and 4 h w is
    /// 2 h (2 r + m): the matrices that would unfold the latent serve once for the token and not for each position.
    ///
    /// # Parameters
    /// - `context`: positions attended to, the token itself included; a sliding window caps it. [token]
    ///
    /// # Errors
    /// [`LandauerError::Count`] for a context of 0, above 2^32, or beyond the learned positions.
    ///
    /// # Example
    /// ```
    /// let model = szilard::landauer::Model::named("llama-2-7b").unwrap();
    /// assert_eq!(model.decode_flops(2048).unwrap(), 14_287_896_576);
    /// ```
    pub fn decode_flops(&self, context: u64) -> Result<u128, LandauerError> {
        Ok(2 * self.macs(context)?)
    }

    /// The multiplications with an addition to decode one token: half of [`Model::decode_flops`].
    ///
    /// # Errors
    /// [`LandauerError::Count`].
    pub fn macs(&self, context: u64) -> Result<u128, LandauerError> {
        let context = self.at_most_its_positions("context", context)?;
        Ok(self.matmul_parameters() + self.cached_width() * self.attended(context))
    }

    /// The operations to read a prompt of n tokens,
    ///
    /// 2 M n + 4 h w Σ_layers Σ_i min(i, window) where kernels skip what causality masks,
    /// 2 M n + 4 h w L n² where they compute the full square.
    ///
    /// A latent is unfolded for every position of a prompt: h w is then h (n + m + v)/2 of keys n + m and values v.
    ///
    /// # Parameters
    /// - `tokens`: of the prompt. [token]
    /// - `causal`: whether the masked half is skipped.
    /// - `head_on_last_only`: whether the output projection runs for the last position alone, 2 V d (n - 1) less.
    ///
    /// # Errors
    /// [`LandauerError::Count`].
    ///
    /// # Example
    /// ```
    /// let model = szilard::landauer::Model::named("llama-3-70b").unwrap();
    /// assert_eq!(model.prefill_flops(2048, true, false).unwrap(), 290_179_264_806_912);
    /// ```
    pub fn prefill_flops(&self, tokens: u64, causal: bool, head_on_last_only: bool) -> Result<u128, LandauerError> {
        let tokens = self.at_most_its_positions("prompt", tokens)?;
        let pairs = if causal { self.causal_pairs(tokens) } else { self.layers * tokens * tokens };
        let spared = if head_on_last_only { 2 * self.table() * (tokens - 1) } else { 0 };
        Ok(2 * self.matmul_parameters() * tokens + 2 * (self.query_width() + self.value_width()) * pairs - spared)
    }

    /// Pairs of a position and one it attends to, over all positions of a prompt and all layers.
    fn causal_pairs(&self, tokens: u128) -> u128 {
        let within = tokens.min(self.window);
        let windowed = within * (within + 1) / 2 + (tokens - within) * self.window;
        (self.layers - self.windowed_layers) * (tokens * (tokens + 1) / 2) + self.windowed_layers * windowed
    }

    /// Multiplications for a position attended to in a layer, score and value together, against the cache as it is.
    fn cached_width(&self) -> u128 {
        let latent = self.attention.latent.as_ref();
        latent.map_or(self.query_width() + self.value_width(), |latent| {
            self.attention.heads * (2 * latent.rank + latent.rotary)
        })
    }

    /// The feed-forward units behind a non-linear function that one token passes, L f for each expert it visits, and
    /// those of shared experts and dense layers.
    pub fn nonlinear_units(&self) -> u128 {
        let Block { width, experts_per_token, shared, dense_layers, dense_width, .. } = &self.block;
        self.expert_layers() * width * (experts_per_token + shared) + dense_layers * dense_width
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mistral(window: &str) -> Model {
        Model::from_config(&format!(
            r#"{{"model_type": "mistral", "hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4,
            "num_key_value_heads": 2, "intermediate_size": 128, "vocab_size": 1000{window}}}"#
        ))
        .unwrap()
    }

    #[test]
    fn a_causal_prefill_is_the_sum_of_decodings() {
        for model in [mistral(", \"sliding_window\": 16"), mistral(", \"sliding_window\": null")] {
            for tokens in [1, 15, 16, 17, 40] {
                let decoded: u128 = (1..=tokens).map(|context| model.decode_flops(context).unwrap()).sum();
                assert_eq!(model.prefill_flops(tokens, true, false).unwrap(), decoded);
            }
        }
    }

    #[test]
    fn a_window_caps_the_context_and_a_missing_one_is_the_default_of_the_type() {
        let windowed = mistral(", \"sliding_window\": 16");
        assert_eq!(windowed.macs(1000), windowed.macs(16));
        let by_default = mistral("");
        assert_eq!(by_default.macs(5000), by_default.macs(4096));
        let without = mistral(", \"sliding_window\": null");
        assert_ne!(without.macs(5000), without.macs(4096));
    }

    #[test]
    fn windows_of_some_layers_cap_only_those() {
        // gemma2: layers 0, 2, ... see the window; 2 x 4 heads x 16 wide x positions
        let gemma2 = r#"{"model_type": "gemma2", "hidden_size": 64, "num_hidden_layers": 3, "num_attention_heads": 4,
            "num_key_value_heads": 2, "head_dim": 16, "intermediate_size": 128, "vocab_size": 1000,
            "sliding_window": 10}"#;
        let model = Model::from_config(gemma2).unwrap();
        assert_eq!(model.macs(100).unwrap() - model.macs(10).unwrap(), 2 * 4 * 16 * 90);
        // qwen2: layers from max_window_layers on, when switched on
        let qwen2 = |more: &str| {
            let text = format!(
                r#"{{"model_type": "qwen2", "hidden_size": 64, "num_hidden_layers": 3, "num_attention_heads": 4,
                "num_key_value_heads": 2, "intermediate_size": 128, "vocab_size": 1000, "sliding_window": 10{more}}}"#
            );
            let model = Model::from_config(&text).unwrap();
            (model.macs(100).unwrap() - model.macs(10).unwrap()) / (2 * 4 * 16 * 90)
        };
        assert_eq!(qwen2(""), 3); // full attention in all three layers
        assert_eq!(qwen2(", \"use_sliding_window\": true, \"max_window_layers\": 1"), 1);
        let types = r#", "layer_types": ["sliding_attention", "full_attention", "full_attention"]"#;
        assert_eq!(qwen2(types), 2);
    }

    #[test]
    fn there_is_no_token_without_itself() {
        let model = Model::named("llama-2-7b").unwrap();
        assert!(matches!(model.decode_flops(0), Err(LandauerError::Count { .. })));
        assert!(matches!(model.prefill_flops(u64::MAX, true, true), Err(LandauerError::Count { .. })));
    }
}
