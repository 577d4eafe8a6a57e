//! How many numbers a model holds.

use super::shape::Model;

impl Model {
    /// The parameters,
    ///
    /// V d (2, or 1 where the output is tied) + L (A + E 3 d f + E d (with a router) + vectors) + d,
    ///
    /// with the attention matrices A = 2 d h w + 2 d k w of h heads and k key-value heads of width w, E experts of
    /// width f, and norms and biases as vectors. All matrices count, whether a token uses them or not.
    pub fn parameters(&self) -> u128 {
        let tables = if self.tied { 1 } else { 2 };
        tables * self.table() + self.layers * (self.mixing() + self.experts * self.expert()) + self.vectors()
    }

    /// The parameters that one token meets: those of [`Model::parameters`] without the experts it does not visit.
    /// Both embedding tables count in full.
    pub fn active_parameters(&self) -> u128 {
        self.parameters() - self.layers * (self.experts - self.experts_per_token) * self.expert()
    }

    /// The elements of the matrices that one token is multiplied with,
    ///
    /// M = L (A + k 3 d f + E d) + V d,
    ///
    /// k experts for each token. The output projection counts even where it is tied; the embedding table, a look-up,
    /// does not.
    pub fn matmul_parameters(&self) -> u128 {
        self.layers * (self.mixing() + self.experts_per_token * self.expert()) + self.table()
    }

    /// Elements of an embedding table or an output projection.
    pub(super) fn table(&self) -> u128 {
        self.vocabulary * self.hidden
    }

    /// Elements of the gate, up and down projections of one expert.
    pub(super) fn expert(&self) -> u128 {
        3 * self.hidden * self.ffn
    }

    /// Elements of the attention matrices and the router of a layer.
    pub(super) fn mixing(&self) -> u128 {
        2 * self.hidden * (self.attention_width() + self.kv_width()) + self.router()
    }

    fn router(&self) -> u128 {
        if self.routed { self.hidden * self.experts } else { 0 }
    }

    /// Elements of all norms and biases.
    pub(super) fn vectors(&self) -> u128 {
        let when = |has: bool, elements: u128| if has { elements } else { 0 };
        let layer = self.norms * self.hidden
            + when(self.query_key_norm, 2 * self.head_dim)
            + when(self.query_key_value_bias, self.attention_width() + 2 * self.kv_width())
            + when(self.output_bias, self.hidden)
            + when(self.mlp_bias, 2 * self.ffn + self.hidden);
        self.layers * layer + self.hidden
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Counts as public records of the weights state them (`general.parameter_count` of GGUF files, presets of Keras,
    /// records of the Hugging Face API), looked up on 2026-11-21.
    #[test]
    fn totals_equal_the_published_ones() {
        let model = |text: &str| Model::from_config(text).unwrap().parameters();
        // Qwen2-0.5B: tied, biases of query, key and value
        let qwen2 = r#"{"model_type": "qwen2", "hidden_size": 896, "num_hidden_layers": 24, "num_attention_heads": 14,
            "num_key_value_heads": 2, "intermediate_size": 4864, "vocab_size": 151936, "tie_word_embeddings": true}"#;
        assert_eq!(model(qwen2), 494_032_768);
        // Qwen3-0.6B: heads wider than hidden size over heads, norms of queries and keys
        let qwen3 = r#"{"model_type": "qwen3", "hidden_size": 1024, "num_hidden_layers": 28, "num_attention_heads": 16,
            "num_key_value_heads": 8, "head_dim": 128, "intermediate_size": 3072, "vocab_size": 151936,
            "tie_word_embeddings": true}"#;
        assert_eq!(model(qwen3), 596_049_920);
        // Qwen3-30B-A3B
        let qwen3_moe = r#"{"model_type": "qwen3_moe", "hidden_size": 2048, "num_hidden_layers": 48,
            "num_attention_heads": 32, "num_key_value_heads": 4, "head_dim": 128, "intermediate_size": 6144,
            "moe_intermediate_size": 768, "num_experts": 128, "num_experts_per_tok": 8, "decoder_sparse_step": 1,
            "mlp_only_layers": [], "use_sliding_window": false, "vocab_size": 151936, "tie_word_embeddings": false}"#;
        assert_eq!(model(qwen3_moe), 30_532_122_624);
        // Gemma-2B and Gemma-2-2B: tied by default, heads of 256, two and four norms a layer
        let gemma = r#"{"model_type": "gemma", "hidden_size": 2048, "num_hidden_layers": 18, "num_attention_heads": 8,
            "num_key_value_heads": 1, "head_dim": 256, "intermediate_size": 16384, "vocab_size": 256000}"#;
        assert_eq!(model(gemma), 2_506_172_416);
        let gemma2 = r#"{"model_type": "gemma2", "hidden_size": 2304, "num_hidden_layers": 26, "num_attention_heads": 8,
            "num_key_value_heads": 4, "head_dim": 256, "intermediate_size": 9216, "vocab_size": 256000}"#;
        assert_eq!(model(gemma2), 2_614_341_888);
        // Phi-3-mini-4k
        let phi3 = r#"{"model_type": "phi3", "hidden_size": 3072, "num_hidden_layers": 32, "num_attention_heads": 32,
            "num_key_value_heads": 32, "intermediate_size": 8192, "vocab_size": 32064, "sliding_window": 2047}"#;
        assert_eq!(model(phi3), 3_821_079_552);
        // Mistral-7B-v0.1
        let mistral = r#"{"model_type": "mistral", "hidden_size": 4096, "num_hidden_layers": 32,
            "num_attention_heads": 32, "num_key_value_heads": 8, "intermediate_size": 14336, "vocab_size": 32000}"#;
        assert_eq!(model(mistral), 7_241_732_096);
    }

    #[test]
    fn biases_of_a_configured_llama_count() {
        // every projection with a bias: 3 d + d for attention with as many key-value heads, 2 f + d for the block
        let plain = r#"{"model_type": "llama", "hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4,
            "intermediate_size": 128, "vocab_size": 1000"#;
        let count = |more: &str| Model::from_config(&format!("{plain}{more}}}")).unwrap().parameters();
        assert_eq!(count(r#", "attention_bias": true, "mlp_bias": true"#) - count(""), 2 * (4 * 64 + 2 * 128 + 64));
    }

    #[test]
    fn the_carried_small_model_has_its_134_million() {
        // 134.5 M, read from the file of its weights
        assert_eq!(Model::named("smollm2-135m").unwrap().parameters(), 134_515_008);
    }
}
