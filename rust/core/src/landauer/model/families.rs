//! The model types whose counts are known, and how each reads its configuration.

/// How a type says which layers see only a sliding window.
pub(super) enum Window {
    /// No layer does; a configuration that switches windows on is refused.
    Off,
    /// Every layer does where `sliding_window` is a number; missing, it is this.
    Everywhere(Option<u64>),
    /// The layers from `max_window_layers` on do, where `use_sliding_window` is true.
    Upper,
    /// All layers but every n-th do, the first one included; a missing `sliding_window` is the window.
    AllBut {
        /// A field that says n; n is the number beside it where the field is missing.
        every: (Option<&'static str>, u64),
        window: u64,
    },
}

/// Which attention projections have a bias.
pub(super) enum Bias {
    /// Query, key, value and output, where this field is true; missing, it is the flag beside it.
    AsConfigured(&'static str, bool),
    /// Query, key and value, always.
    QueryKeyValue,
    /// None.
    Absent,
}

/// Which matrices of a feed-forward block have a bias.
pub(super) enum BlockBias {
    /// All, where this field is true; missing, it is the flag beside it.
    AsConfigured(&'static str, bool),
    /// All, always.
    Always,
    /// None.
    Absent,
}

/// The fields of a mixture of experts.
pub(super) struct Experts {
    pub count: &'static str,
    pub width: &'static str,
    /// Whether the router has a bias, or a correction of its scores, for each expert.
    pub router_bias: bool,
    /// Whether shared experts and dense first layers are read.
    pub shared: bool,
}

/// How keys and values come about.
pub(super) enum KeyValue {
    /// `num_key_value_heads`, or whatever this field is called.
    Heads(&'static str),
    /// One for each head.
    MultiHead,
    /// One where `multi_query` is true, which it is where missing; otherwise one for each head.
    MultiQuery,
    /// From a latent of `kv_lora_rank`, which is what the cache holds.
    Latent,
}

/// The names of the fields that every type has.
pub(super) struct Names {
    pub hidden: &'static str,
    pub layers: &'static str,
    pub heads: &'static str,
    pub ffn: &'static str,
}

/// What the counts of a model type need beside the numbers of a configuration.
///
/// A field that a configuration leaves out takes the default of the type's class in the `transformers` library, which
/// leaves out what equals its defaults.
pub(super) struct Family {
    pub model_type: &'static str,
    pub names: Names,
    /// Whether a feed-forward block may be left out of the configuration, and is four times as wide as the model.
    pub ffn_is_four_times: bool,
    /// Whether the output projection is the embedding table, where the configuration does not say.
    pub tied: bool,
    /// Width of a head where the configuration does not say; `None` is hidden size over heads.
    pub head_dim: Option<u64>,
    pub key_value: KeyValue,
    /// Whether a configuration without a number of key-value heads has one for each head.
    pub multi_head: bool,
    pub bias: Bias,
    pub block_bias: BlockBias,
    /// Whether a block has a gate beside up and down: three matrices and not two.
    pub gated: bool,
    /// Whether queries and keys are normalised, each with a weight as wide as a head.
    pub query_key_norm: bool,
    /// Norms of a layer, each with a weight as wide as the hidden state.
    pub norms: u64,
    /// Whether a norm has a bias beside its weight.
    pub norm_bias: bool,
    /// A field with the rows of a table of positions, and the rows that are added to them.
    pub positions: Option<(&'static str, u64)>,
    /// Whether each head has a learned sink, a number beside the scores.
    pub sinks: bool,
    pub experts: Option<Experts>,
    pub window: Window,
    /// Flags that would change the counts in a way that is not known here, and the value that is.
    pub fixed: &'static [(&'static str, bool)],
}

const NAMES: Names = Names {
    hidden: "hidden_size",
    layers: "num_hidden_layers",
    heads: "num_attention_heads",
    ffn: "intermediate_size",
};

const LLAMA: Family = Family {
    model_type: "llama",
    names: NAMES,
    ffn_is_four_times: false,
    tied: false,
    head_dim: None,
    key_value: KeyValue::Heads("num_key_value_heads"),
    multi_head: true,
    bias: Bias::AsConfigured("attention_bias", false),
    block_bias: BlockBias::AsConfigured("mlp_bias", false),
    gated: true,
    query_key_norm: false,
    norms: 2,
    norm_bias: false,
    positions: None,
    sinks: false,
    experts: None,
    window: Window::Off,
    fixed: &[],
};

const MISTRAL: Family = Family {
    model_type: "mistral",
    multi_head: false,
    bias: Bias::Absent,
    block_bias: BlockBias::Absent,
    window: Window::Everywhere(Some(4096)),
    ..LLAMA
};

const QWEN3: Family = Family {
    model_type: "qwen3",
    head_dim: Some(128),
    bias: Bias::AsConfigured("attention_bias", false),
    query_key_norm: true,
    window: Window::Upper,
    ..MISTRAL
};

const GEMMA: Family = Family {
    model_type: "gemma",
    tied: true,
    head_dim: Some(256),
    bias: Bias::AsConfigured("attention_bias", false),
    window: Window::Off,
    ..MISTRAL
};

/// Blocks of two matrices, norms with bias, and biases on every projection.
const GPT2: Family = Family {
    model_type: "gpt2",
    names: Names { hidden: "n_embd", layers: "n_layer", heads: "n_head", ffn: "n_inner" },
    ffn_is_four_times: true,
    tied: true,
    key_value: KeyValue::MultiHead,
    bias: Bias::AsConfigured("attention_bias", true),
    block_bias: BlockBias::Always,
    gated: false,
    norm_bias: true,
    positions: Some(("n_positions", 0)),
    fixed: &[("add_cross_attention", false)],
    ..LLAMA
};

const DEEPSEEK_V2: Family = Family {
    model_type: "deepseek_v2",
    key_value: KeyValue::Latent,
    block_bias: BlockBias::Absent,
    experts: Some(Experts {
        count: "n_routed_experts",
        width: "moe_intermediate_size",
        router_bias: false,
        shared: true,
    }),
    fixed: &[("attention_bias", false), ("mlp_bias", false)],
    ..LLAMA
};

/// All known types.
pub(super) const FAMILIES: &[Family] = &[
    LLAMA,
    MISTRAL,
    Family {
        model_type: "mixtral",
        experts: Some(Experts {
            count: "num_local_experts",
            width: "intermediate_size",
            router_bias: false,
            shared: false,
        }),
        window: Window::Everywhere(None),
        ..MISTRAL
    },
    Family { model_type: "qwen2", bias: Bias::QueryKeyValue, window: Window::Upper, ..MISTRAL },
    QWEN3,
    Family {
        model_type: "qwen3_moe",
        head_dim: None,
        experts: Some(Experts {
            count: "num_experts",
            width: "moe_intermediate_size",
            router_bias: false,
            shared: false,
        }),
        window: Window::Off,
        ..QWEN3
    },
    GEMMA,
    Family { model_type: "gemma2", norms: 4, window: Window::AllBut { every: (None, 2), window: 4096 }, ..GEMMA },
    Family {
        model_type: "gemma3_text",
        norms: 4,
        query_key_norm: true,
        window: Window::AllBut { every: (Some("sliding_window_pattern"), 6), window: 4096 },
        ..GEMMA
    },
    Family { model_type: "phi3", multi_head: true, window: Window::Everywhere(None), ..MISTRAL },
    GPT2,
    Family {
        model_type: "gpt_neox",
        names: NAMES,
        ffn_is_four_times: false,
        tied: false,
        positions: None,
        fixed: &[],
        ..GPT2
    },
    Family {
        model_type: "opt",
        names: Names { ffn: "ffn_dim", ..NAMES },
        ffn_is_four_times: false,
        bias: Bias::AsConfigured("enable_bias", true),
        block_bias: BlockBias::AsConfigured("enable_bias", true),
        positions: Some(("max_position_embeddings", 2)),
        fixed: &[
            ("do_layer_norm_before", true),
            ("_remove_final_layer_norm", false),
            ("layer_norm_elementwise_affine", true),
        ],
        ..GPT2
    },
    Family {
        model_type: "falcon",
        names: Names { ffn: "ffn_hidden_size", ..NAMES },
        key_value: KeyValue::MultiQuery,
        bias: Bias::AsConfigured("bias", false),
        block_bias: BlockBias::AsConfigured("bias", false),
        positions: None,
        fixed: &[("new_decoder_architecture", false)],
        ..GPT2
    },
    DEEPSEEK_V2,
    Family {
        model_type: "deepseek_v3",
        experts: Some(Experts {
            count: "n_routed_experts",
            width: "moe_intermediate_size",
            router_bias: true,
            shared: true,
        }),
        ..DEEPSEEK_V2
    },
    Family {
        model_type: "gpt_oss",
        head_dim: Some(64),
        bias: Bias::AsConfigured("attention_bias", true),
        block_bias: BlockBias::Always,
        sinks: true,
        experts: Some(Experts {
            count: "num_local_experts",
            width: "intermediate_size",
            router_bias: true,
            shared: false,
        }),
        window: Window::AllBut { every: (None, 2), window: 128 },
        ..MISTRAL
    },
];
