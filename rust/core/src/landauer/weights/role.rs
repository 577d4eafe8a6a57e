//! What a tensor is to a decoding step, which its name says.

/// What a tensor is to a decoding step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::landauer) enum Role {
    /// The embedding table: a row for each sequence, or all of it where it serves as the output projection.
    Table,
    /// The output projection where it is a tensor of its own.
    Output,
    /// A learned table of positions: a row for each sequence.
    Positions,
    /// An expert: as often as a token of the batch chooses it.
    Expert,
    /// Anything else, read in every step.
    Layer,
    /// A constant that is stored and is no weight: frequencies of the rotation, masks of attention.
    Constant,
}

/// Ends of names, and what such a tensor is. Those of GGUF stand as ggml-org/llama.cpp, gguf-py/gguf/constants.py at
/// 0024aa7, has them, the others as the classes of the `transformers` library name their parts.
const ENDS: &[(&str, Role)] = &[
    ("token_embd.weight", Role::Table),
    ("embed_tokens.weight", Role::Table),
    ("wte.weight", Role::Table),
    ("embed_in.weight", Role::Table),
    ("word_embeddings.weight", Role::Table),
    ("lm_head.weight", Role::Output),
    ("embed_out.weight", Role::Output),
    ("position_embd.weight", Role::Positions),
    ("embed_positions.weight", Role::Positions),
    ("wpe.weight", Role::Positions),
    ("inv_freq", Role::Constant),
    ("rope_freqs.weight", Role::Constant),
    (".attn.bias", Role::Constant),
    (".attn.masked_bias", Role::Constant),
    (".attention.bias", Role::Constant),
    (".attention.masked_bias", Role::Constant),
];

impl Role {
    /// The role of a tensor of a name.
    pub(super) fn of(name: &str) -> Self {
        // the output projection of GGUF; the one of an attention block ends in the same word
        if name == "output.weight" {
            return Self::Output;
        }
        if name.contains(".experts.") || name.contains("_exps.") {
            return Self::Expert;
        }
        ENDS.iter().find(|(end, _)| name.ends_with(end)).map_or(Self::Layer, |(_, role)| *role)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_what_a_tensor_is() {
        for (name, role) in [
            ("token_embd.weight", Role::Table),
            ("output.weight", Role::Output),
            ("output_norm.weight", Role::Layer),
            ("blk.0.attn_output.weight", Role::Layer),
            ("blk.0.ffn_gate_exps.weight", Role::Expert),
            ("blk.0.ffn_gate_shexp.weight", Role::Layer),
            ("blk.0.ffn_gate_inp.weight", Role::Layer),
            ("model.layers.3.mlp.experts.17.up_proj.weight", Role::Expert),
            ("model.layers.3.mlp.experts.gate_up_proj_blocks", Role::Expert),
            ("model.layers.3.mlp.shared_experts.up_proj.weight", Role::Layer),
            ("model.layers.3.block_sparse_moe.gate.weight", Role::Layer),
            ("transformer.wpe.weight", Role::Positions),
            ("transformer.h.0.attn.bias", Role::Constant),
            ("transformer.h.0.attn.c_attn.bias", Role::Layer),
            ("model.embed_tokens.weight", Role::Table),
            ("lm_head.weight", Role::Output),
        ] {
            assert_eq!(Role::of(name), role, "{name}");
        }
    }
}
