//! What a model reads of weights as a file stores them.

use super::super::LandauerError;
use super::super::weights::{Role, Weights};
use super::config::limited;
use super::shape::Model;

/// Share of its parameters by which a file may hold more or fewer elements than its model: scales of blocks that are
/// tensors of their own, biases and modules that the configuration does not name.
const SLACK: f64 = 0.025;

impl Model {
    /// The weights that one decoding step of a batch reads as a file stores them, scales of blocks included: what
    /// [`Model::weight_bytes`] counts, each tensor in its own type. [B]
    ///
    /// Experts are read as often as [`Model::distinct_experts`] has it, all of them stored alike; the embedding table
    /// by the row, or as a whole where the file has no output projection beside it.
    ///
    /// # Parameters
    /// - `weights`: the headers of all files of this model.
    /// - `batch`: sequences decoded together. [token]
    ///
    /// # Errors
    /// [`LandauerError::Contradiction`] where the file is of another model, or of a part of this one;
    /// [`LandauerError::Count`].
    pub fn stored_weight_bytes(&self, weights: &Weights, batch: u64) -> Result<f64, LandauerError> {
        self.hold_against(weights)?;
        let sequences = limited("batch", batch)?;
        let bits = |role| weights.of(role).bits as f64;
        let rows = |all: u128| sequences.min(all) as f64 / all.max(1) as f64;
        let table = if weights.of(Role::Output).tensors > 0 { rows(self.vocabulary) } else { 1.0 };
        let experts = self.distinct_experts(batch)? / self.block.experts as f64;
        let read = bits(Role::Layer)
            + bits(Role::Output)
            + table * bits(Role::Table)
            + rows(self.positions) * bits(Role::Positions)
            + experts * bits(Role::Expert);
        Ok(read / 8.0)
    }

    /// What [`Model::stored_weight_bytes`] has for weights from a file, and [`Model::weight_bytes`] for others. [B]
    pub(in crate::landauer) fn read_weight_bytes(
        &self,
        batch: u64,
        width: f64,
        weights: Option<&Weights>,
    ) -> Result<f64, LandauerError> {
        match weights {
            Some(weights) => self.stored_weight_bytes(weights, batch),
            None => self.weight_bytes(batch, width),
        }
    }

    /// Whether weights can be those of this model.
    ///
    /// # Errors
    /// [`LandauerError::Contradiction`].
    pub(in crate::landauer) fn hold_against(&self, weights: &Weights) -> Result<(), LandauerError> {
        let has = |role| weights.of(role).tensors > 0;
        let contradiction = |left: &str, right: String, reason| {
            Err(LandauerError::Contradiction { left: left.to_owned(), right, reason })
        };
        let model = || format!("the model of {} parameters", self.parameters());
        if !has(Role::Table) {
            let reason = "there is no embedding table; a model in several files needs the headers of all";
            return contradiction("the weights", model(), reason);
        }
        if !self.tied && !has(Role::Output) {
            let reason = "its output projection is not tied to the embedding table, and the weights have none";
            return contradiction("the weights", model(), reason);
        }
        if self.block.routed != has(Role::Expert) {
            return contradiction("the weights", model(), "one of them has experts, and the other has none");
        }
        let stored = weights.elements() - weights.of(Role::Constant).elements;
        let parameters = self.parameters();
        // an output projection that is tied may be stored all the same
        let near = |count: u128| (stored as f64 - count as f64).abs() <= SLACK * count as f64;
        if weights.are_packed() || near(parameters) || (self.tied && near(parameters + self.table())) {
            return Ok(());
        }
        let reason = "the weights are of another model, or of a part of it";
        contradiction(&format!("{stored} stored elements"), model(), reason)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::landauer::read_weights;
    use serde_json::{Map, json};

    /// A safetensors file of tensors: names, types with their widths in bytes, numbers of elements.
    fn weights(tensors: &[(&str, &str, u64, u64)]) -> Weights {
        let (mut header, mut begin) = (Map::new(), 0);
        for (name, dtype, width, count) in tensors {
            let end = begin + width * count;
            header.insert((*name).to_owned(), json!({"dtype": dtype, "shape": [count], "data_offsets": [begin, end]}));
            begin = end;
        }
        let header = serde_json::Value::Object(header).to_string();
        let file = [&(header.len() as u64).to_le_bytes()[..], header.as_bytes()].concat();
        read_weights(&file, "model.safetensors").unwrap()
    }

    /// Mixtral-8x7B: 131 M of a table, as many of the output, 45.1 G of experts, 1.34 G of the rest.
    fn mixtral(expert: (&'static str, u64)) -> Weights {
        let (table, experts) = (131_072_000, 45_097_156_608);
        weights(&[
            ("model.embed_tokens.weight", "BF16", 2, table),
            ("model.layers.0.block_sparse_moe.experts.0.w1.weight", expert.0, expert.1, experts),
            ("model.layers.0.self_attn.q_proj.weight", "BF16", 2, 46_702_792_704 - 2 * table - experts),
            ("lm_head.weight", "BF16", 2, table),
        ])
    }

    #[test]
    fn weights_of_one_type_are_read_as_counted() {
        let model = Model::named("mixtral-8x7b").unwrap();
        for batch in [1, 2, 8, 512] {
            let (stored, counted) =
                (model.stored_weight_bytes(&mixtral(("BF16", 2)), batch), model.weight_bytes(batch, 16.0));
            assert!((stored.unwrap() / counted.unwrap() - 1.0).abs() < 1e-12);
        }
        // experts of 8 bits: a token visits two of eight
        let saved = model.weight_bytes(1, 16.0).unwrap() - model.stored_weight_bytes(&mixtral(("I8", 1)), 1).unwrap();
        assert!((saved - 45_097_156_608.0 / 4.0).abs() < 1.0);
    }

    #[test]
    fn weights_of_another_model_or_of_a_part_are_refused() {
        let (mixtral, llama) = (mixtral(("BF16", 2)), Model::named("llama-2-7b").unwrap());
        let refused = |model: &Model, weights: &Weights| {
            let error = model.stored_weight_bytes(weights, 1).unwrap_err();
            assert!(matches!(error, LandauerError::Contradiction { .. }));
            error.to_string()
        };
        assert!(refused(&llama, &mixtral).contains("experts"));
        let part = weights(&[("model.layers.0.mlp.up_proj.weight", "BF16", 2, 1000)]);
        assert!(refused(&llama, &part).contains("headers of all"));
        let table = ("model.embed_tokens.weight", "BF16", 2, 131_072_000);
        assert!(refused(&llama, &weights(&[table])).contains("not tied"));
        let few = weights(&[table, ("lm_head.weight", "BF16", 2, 131_072_000)]);
        assert!(refused(&llama, &few).contains("262144000 stored elements"));
        // two files of one model are one
        let rest = weights(&[("model.layers.0.mlp.up_proj.weight", "BF16", 2, 6_738_415_616 - 2 * 131_072_000)]);
        assert!(llama.stored_weight_bytes(&few.and(&rest), 1).is_ok());
    }

    #[test]
    fn packed_weights_are_not_held_against_a_count_of_parameters() {
        // eight weights of 4 bits in each of 32 bits
        let model = Model::named("llama-2-7b").unwrap();
        let packed = weights(&[
            ("model.embed_tokens.weight", "F16", 2, 131_072_000),
            ("model.layers.0.mlp.up_proj.qweight", "I32", 4, 809_533_952),
            ("lm_head.weight", "F16", 2, 131_072_000),
        ]);
        let read = model.stored_weight_bytes(&packed, 1).unwrap();
        assert!((read - (4.0 * 809_533_952.0 + 2.0 * 131_072_000.0 + 2.0 * 4096.0)).abs() < 1.0);
    }
}
