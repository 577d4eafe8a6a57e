//! How many numbers a model holds.

use super::shape::{Attention, Block, Latent, Model};

impl Model {
    /// The parameters,
    ///
    /// V d (2, or 1 where the output is tied) + P d + L_dense B(F) + L_experts ((E + s) B(f) + E d) + L A + vectors,
    ///
    /// with P rows of learned positions, the attention matrices A, blocks B(f) = 3 d f (2 d f without a gate), E experts
    /// of width f with a router, s shared ones, L_dense first layers with one block of width F, and norms, biases, sinks
    /// as vectors. A is 2 d h w + 2 d k w for h heads and k key-value heads of width w; for a latent of rank r it is
    /// d h (n + m) + d (r + m) + r h (n + v) + h v d with keys of a plain part n and a rotated part m, values v, and
    /// d q + q h (n + m) in place of the first term for queries of rank q. All matrices count, whether a token uses them
    /// or not; a module that predicts further tokens does not.
    pub fn parameters(&self) -> u128 {
        let tables = if self.tied { 1 } else { 2 };
        tables * self.table()
            + self.positions * self.hidden
            + self.always_read()
            + self.expert_layers() * self.block.experts * self.expert()
    }

    /// The parameters that one token meets: those of [`Model::parameters`] without the experts it does not visit.
    /// Both embedding tables count in full.
    pub fn active_parameters(&self) -> u128 {
        let unvisited = self.block.experts - self.block.experts_per_token;
        self.parameters() - self.expert_layers() * unvisited * self.expert()
    }

    /// The elements of the matrices that one token is multiplied with: all of [`Model::parameters`] but the embedding
    /// table, the positions, the vectors and the experts it does not visit. The output projection counts even where it
    /// is tied; the embedding table, a look-up, does not.
    pub fn matmul_parameters(&self) -> u128 {
        let Block { experts_per_token, shared, dense_layers, dense_width, width, .. } = &self.block;
        self.layers * self.mixing()
            + self.expert_layers() * (self.router() + (experts_per_token + shared) * self.matrices(*width))
            + dense_layers * self.matrices(*dense_width)
            + self.table()
    }

    /// Elements of an embedding table or an output projection.
    pub(super) fn table(&self) -> u128 {
        self.vocabulary * self.hidden
    }

    /// Elements that every step reads whichever experts are chosen: attention, router, shared experts, dense blocks,
    /// norms, biases, sinks; no table.
    pub(super) fn always_read(&self) -> u128 {
        let Block { experts, routed, router_bias, shared, dense_layers, dense_width, width, .. } = &self.block;
        let corrections = if *routed && *router_bias { *experts } else { 0 };
        let shared_block = if *shared == 0 { 0 } else { self.one_block(shared * width) };
        self.layers * (self.mixing() + self.layer_vectors())
            + self.expert_layers() * (self.router() + corrections + shared_block)
            + dense_layers * self.one_block(*dense_width)
            + self.norm()
    }

    /// Elements of one expert, or of the block of a dense model.
    pub(super) fn expert(&self) -> u128 {
        self.one_block(self.block.width)
    }

    /// Elements of a block of a width, its biases included.
    fn one_block(&self, width: u128) -> u128 {
        let inner = if self.block.gated { 2 } else { 1 };
        self.matrices(width) + if self.block.bias { inner * width + self.hidden } else { 0 }
    }

    /// Elements of the matrices of a block of a width.
    fn matrices(&self, width: u128) -> u128 {
        (if self.block.gated { 3 } else { 2 }) * self.hidden * width
    }

    /// Elements of the attention matrices of a layer.
    pub(super) fn mixing(&self) -> u128 {
        let Attention { heads, kv_heads, head_dim, latent, .. } = &self.attention;
        let output = self.value_width() * self.hidden;
        let Some(Latent { rank, rotary, plain, value, query_rank }) = latent else {
            return self.hidden * self.query_width() + 2 * self.hidden * kv_heads * head_dim + output;
        };
        let queries = match query_rank {
            Some(query_rank) => query_rank * (self.hidden + self.query_width()),
            None => self.hidden * self.query_width(),
        };
        queries + self.hidden * (rank + rotary) + rank * heads * (plain + value) + output
    }

    fn router(&self) -> u128 {
        if self.block.routed { self.hidden * self.block.experts } else { 0 }
    }

    /// Elements of a norm of the hidden state.
    fn norm(&self) -> u128 {
        (if self.norm_bias { 2 } else { 1 }) * self.hidden
    }

    /// Elements of the norms, attention biases and sinks of a layer.
    fn layer_vectors(&self) -> u128 {
        let when = |has: bool, elements: u128| if has { elements } else { 0 };
        let Attention { heads, kv_heads, head_dim, latent, sinks } = &self.attention;
        self.norms * self.norm()
            + latent.as_ref().map_or(0, |latent| latent.rank + latent.query_rank.unwrap_or(0))
            + when(self.query_key_norm, 2 * head_dim)
            + when(self.query_key_value_bias, self.query_width() + 2 * kv_heads * head_dim)
            + when(self.output_bias, self.hidden)
            + when(*sinks, *heads)
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
    fn a_falcon_with_a_key_for_each_head_has_two_norms_and_biases() {
        // Falcon-RW-1B: keras-hub, falcon_presets.py at 0e09699, params 1311625216
        let falcon = r#"{"model_type": "falcon", "hidden_size": 2048, "num_hidden_layers": 24, "num_attention_heads": 32,
            "multi_query": false, "parallel_attn": false, "bias": true, "alibi": true, "vocab_size": 50304}"#;
        assert_eq!(Model::from_config(falcon).unwrap().parameters(), 1_311_625_216);
        let newer = falcon.replace("\"alibi\": true", "\"new_decoder_architecture\": true");
        assert!(Model::from_config(&newer).is_err());
    }

    #[test]
    fn active_parameters_are_those_that_a_token_meets() {
        // stated for DeepSeek-V3 as 37 B, with 671 B in total; 36.6 B without the embedding table of 0.9 B
        let model = Model::named("deepseek-v3").unwrap();
        let without_table = model.active_parameters() - model.table();
        assert!((without_table as f64 / 36.6e9 - 1.0).abs() < 2e-3, "{without_table}");
        // gpt-oss-20b: 3.6 B active
        let active = Model::named("gpt-oss-20b").unwrap().active_parameters() - 201_088 * 2880;
        assert!((active as f64 / 3.6e9 - 1.0).abs() < 0.01, "{active}");
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
