//! What a model stores and moves for a token.

use super::super::LandauerError;
use super::super::error::within;
use super::config::limited;
use super::shape::{Attention, Block, Model};

impl Model {
    /// The key-value row of one token, 2 L k w b for k key-value heads of width w; for a latent of rank r with a
    /// rotated key of width m it is L (r + m) b, the same for all heads. [bit]
    ///
    /// # Parameters
    /// - `bits`: width of an element of the cache. [bit]
    pub fn kv_bits_per_token(&self, bits: u32) -> u128 {
        self.layers * self.cache_width() * u128::from(bits)
    }

    /// The key-value row of one token. [B]
    ///
    /// # Parameters
    /// - `bytes_per_element`: width of an element of the cache. [B]
    ///
    /// # Example
    /// ```
    /// assert_eq!(szilard::landauer::Model::named("llama-3-70b").unwrap().kv_bytes_per_token(2), 327_680);
    /// ```
    pub fn kv_bytes_per_token(&self, bytes_per_element: u32) -> u128 {
        self.layers * self.cache_width() * u128::from(bytes_per_element)
    }

    /// The key-value cache that decoding one token reads, 2 k w b Σ_layers s. [bit]
    ///
    /// # Parameters
    /// - `context`: positions attended to, the token itself included; a sliding window caps it. [token]
    /// - `bits`: width of an element of the cache. [bit]
    ///
    /// # Errors
    /// [`LandauerError::Count`].
    pub fn kv_bits_read(&self, context: u64, bits: u32) -> Result<u128, LandauerError> {
        Ok(self.cache_width() * self.attended(self.at_most_its_positions("context", context)?) * u128::from(bits))
    }

    /// The experts of a layer that a batch visits, on average, if it chooses **uniformly and independently**,
    ///
    /// E (1 - (1 - k/E)^B).
    ///
    /// Real routing is correlated, and visits fewer.
    ///
    /// # Parameters
    /// - `batch`: sequences decoded together. [token]
    ///
    /// # Errors
    /// [`LandauerError::Count`].
    pub fn distinct_experts(&self, batch: u64) -> Result<f64, LandauerError> {
        let batch = limited("batch", batch)? as f64;
        let (experts, chosen) = (self.block.experts as f64, self.block.experts_per_token as f64);
        Ok(experts * (1.0 - (1.0 - chosen / experts).powf(batch)))
    }

    /// The weights that one decoding step of a batch reads, each once: attention, router, shared experts, norms, biases
    /// and the output projection, the experts of [`Model::distinct_experts`], a row of learned positions for each
    /// sequence, and an embedding row for each unless the table is read anyway as the output projection. [B]
    ///
    /// # Parameters
    /// - `batch`: sequences decoded together. [token]
    /// - `bits`: mean width of a weight. [bit]
    ///
    /// # Errors
    /// [`LandauerError::Count`]; [`LandauerError::Range`] for a width that is not positive and finite.
    ///
    /// # Example
    /// ```
    /// let model = szilard::landauer::Model::named("mixtral-8x7b").unwrap();
    /// assert_eq!(model.weight_bytes(1, 16.0).unwrap(), 25_497_714_688.0);
    /// ```
    pub fn weight_bytes(&self, batch: u64, bits: f64) -> Result<f64, LandauerError> {
        within("the width of a weight", bits, bits > 0.0 && bits.is_finite(), || "above 0 bit, and finite".to_owned())?;
        let batch_rows = limited("batch", batch)?;
        let rows = if self.tied { 0 } else { batch_rows.min(self.vocabulary) } + batch_rows.min(self.positions);
        let shared = self.always_read() + self.table() + rows * self.hidden;
        let experts = (self.expert_layers() * self.expert()) as f64 * self.distinct_experts(batch)?;
        Ok((shared as f64 + experts) * bits / 8.0)
    }

    /// The elements that decoding one token writes if no two operations are fused: a **convention**, since every
    /// serving system fuses some.
    ///
    /// For each layer the outputs of its norms (d each), q (h w), k and v (2 k w), normalised queries and keys where a
    /// model has them, scores and softmax (2 h s), the attention output (h w), its projection (d), the residual sum
    /// (d), router logits (E), for each expert visited gate, up and their product (3 f; 2 f without a gate) and down
    /// (d), and the residual sum (d); then the final norm (d) and the logits (V). With a latent, k and v are the latent
    /// and the rotated key, and the queries in it (h r), their outputs from it (h r) and compressed queries are written
    /// beside. The embedding row, rotations and casts are no writes here.
    ///
    /// # Parameters
    /// - `context`: positions attended to, the token itself included; a sliding window caps it. [token]
    ///
    /// # Errors
    /// [`LandauerError::Count`].
    ///
    /// # Example
    /// ```
    /// let model = szilard::landauer::Model::named("llama-2-7b").unwrap();
    /// assert_eq!(model.activation_elements(2048).unwrap(), 6_597_888);
    /// ```
    pub fn activation_elements(&self, context: u64) -> Result<u128, LandauerError> {
        let context = self.at_most_its_positions("context", context)?;
        let Attention { heads, kv_heads, head_dim, latent, .. } = &self.attention;
        let normalised = if self.query_key_norm { self.query_width() + kv_heads * head_dim } else { 0 };
        // with a latent: its queries, compressed or brought into it, and what the heads take from it
        let folded = latent.as_ref().map_or(0, |l| 2 * heads * l.rank + l.query_rank.unwrap_or(0));
        let attention =
            self.query_width() + self.cache_width() + folded + self.value_width() + normalised + 2 * self.hidden;
        let Block { width, experts, experts_per_token, routed, shared, dense_layers, dense_width, .. } = &self.block;
        let writes = |width: u128| (if self.block.gated { 3 } else { 2 }) * width + self.hidden;
        let shared_block = if *shared == 0 { 0 } else { writes(shared * width) };
        let router = if *routed { *experts } else { 0 };
        let blocks = self.expert_layers() * (experts_per_token * writes(*width) + shared_block + router)
            + dense_layers * writes(*dense_width);
        let layers = self.layers * (self.norms * self.hidden + attention + self.hidden) + blocks;
        Ok(layers + 2 * heads * self.attended(context) + self.hidden + self.vocabulary)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_batch_reads_every_expert_and_a_dense_model_always_reads_everything() {
        let mixtral = Model::named("mixtral-8x7b").unwrap();
        assert!((mixtral.distinct_experts(1000).unwrap() - 8.0).abs() < 1e-12);
        let dense = Model::named("llama-2-7b").unwrap();
        assert_eq!(dense.distinct_experts(64).unwrap(), 1.0);
        // 64 embedding rows in place of one
        assert_eq!(dense.weight_bytes(64, 16.0).unwrap() - dense.weight_bytes(1, 16.0).unwrap(), 63.0 * 4096.0 * 2.0);
    }

    #[test]
    fn a_latent_is_cached_once_for_all_heads() {
        // DeepSeek-V3: 61 layers of 512 + 64 elements; keys and values of 128 heads would be 71 times as many
        let model = Model::named("deepseek-v3").unwrap();
        assert_eq!(model.kv_bytes_per_token(2), 61 * (512 + 64) * 2);
        // against it a position costs 2 x 128 heads x (2 x 512 + 64) operations in each layer
        let one_more = model.decode_flops(2).unwrap() - model.decode_flops(1).unwrap();
        assert_eq!(one_more, 61 * 2 * 128 * (2 * 512 + 64));
        // a prompt is read unfolded: 128 heads x (128 + 64 + 128)
        let square = |tokens| model.prefill_flops(tokens, false, false).unwrap();
        assert_eq!(square(2) - 2 * square(1), 2 * 61 * 2 * 128 * (128 + 64 + 128));
    }

    #[test]
    fn learned_positions_are_read_by_the_row() {
        let gpt2 = Model::named("gpt2").unwrap();
        let unread = (1024 - 1) * 768;
        assert_eq!(gpt2.weight_bytes(1, 16.0).unwrap(), 2.0 * (gpt2.parameters() - unread) as f64);
    }

    #[test]
    fn a_tied_table_is_read_once() {
        let tied = Model::named("smollm2-135m").unwrap();
        assert_eq!(tied.weight_bytes(1, 16.0).unwrap(), 2.0 * tied.parameters() as f64);
    }
}
