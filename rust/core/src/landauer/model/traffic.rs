//! What a model stores and moves for a token.

use super::super::LandauerError;
use super::config::limited;
use super::shape::Model;

impl Model {
    /// The key-value row of one token, 2 L k w b for k key-value heads of width w. [bit]
    ///
    /// # Parameters
    /// - `bits`: width of an element of the cache. [bit]
    pub fn kv_bits_per_token(&self, bits: u32) -> u128 {
        2 * self.layers * self.kv_width() * u128::from(bits)
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
        2 * self.layers * self.kv_width() * u128::from(bytes_per_element)
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
        Ok(2 * self.kv_width() * self.attended(limited("context", context)?) * u128::from(bits))
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
        let (experts, chosen) = (self.experts as f64, self.experts_per_token as f64);
        Ok(experts * (1.0 - (1.0 - chosen / experts).powf(batch)))
    }

    /// The weights that one decoding step of a batch reads, each once: attention, router, norms, biases and the output
    /// projection, the experts of [`Model::distinct_experts`], and an embedding row for each sequence unless the
    /// table is read anyway as the output projection. [B]
    ///
    /// # Parameters
    /// - `batch`: sequences decoded together. [token]
    /// - `bits`: width of a weight. [bit]
    ///
    /// # Errors
    /// [`LandauerError::Count`].
    ///
    /// # Example
    /// ```
    /// let model = szilard::landauer::Model::named("mixtral-8x7b").unwrap();
    /// assert_eq!(model.weight_bytes(1, 16).unwrap(), 25_497_714_688.0);
    /// ```
    pub fn weight_bytes(&self, batch: u64, bits: u32) -> Result<f64, LandauerError> {
        let rows = if self.tied { 0 } else { limited("batch", batch)?.min(self.vocabulary) };
        let shared = self.layers * self.mixing() + self.vectors() + self.table() + rows * self.hidden;
        let experts = (self.layers * self.expert()) as f64 * self.distinct_experts(batch)?;
        Ok((shared as f64 + experts) * f64::from(bits) / 8.0)
    }

    /// The elements that decoding one token writes if no two operations are fused: a **convention**, since every
    /// serving system fuses some.
    ///
    /// For each layer the outputs of its norms (d each), q (h w), k and v (2 k w), normalised queries and keys where a
    /// model has them, scores and softmax (2 h s), the attention output (h w), its projection (d), the residual sum
    /// (d), router logits (E), for each expert visited gate, up and their product (3 f) and down (d), and the residual
    /// sum (d); then the final norm (d) and the logits (V). The embedding row, rotations and casts are no writes here.
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
        let context = limited("context", context)?;
        let normalised = if self.query_key_norm { self.attention_width() + self.kv_width() } else { 0 };
        let attention = 2 * self.attention_width() + 2 * self.kv_width() + normalised + 2 * self.hidden;
        let router = if self.routed { self.experts } else { 0 };
        let block = self.experts_per_token * (3 * self.ffn + self.hidden) + self.hidden + router;
        let layer = self.norms * self.hidden + attention + block;
        Ok(self.layers * layer + 2 * self.heads * self.attended(context) + self.hidden + self.vocabulary)
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
        assert_eq!(dense.weight_bytes(64, 16).unwrap() - dense.weight_bytes(1, 16).unwrap(), 63.0 * 4096.0 * 2.0);
    }

    #[test]
    fn a_tied_table_is_read_once() {
        let tied = Model::named("smollm2-135m").unwrap();
        assert_eq!(tied.weight_bytes(1, 16).unwrap(), 2.0 * tied.parameters() as f64);
    }
}
