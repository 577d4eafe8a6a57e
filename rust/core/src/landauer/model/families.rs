//! The model types whose counts are known, and how each reads its configuration.

/// How a type says which layers see only a sliding window.
pub(super) enum Window {
    /// No layer does; a configuration that switches windows on is refused.
    Off,
    /// Every layer does where `sliding_window` is a number; missing, it is this.
    Everywhere(Option<u64>),
    /// The layers from `max_window_layers` on do, where `use_sliding_window` is true.
    Upper,
    /// Every second layer does, the first one included; a missing `sliding_window` is this.
    Alternating(u64),
}

/// Which attention projections have a bias.
pub(super) enum Bias {
    /// Query, key, value and output, where `attention_bias` is true.
    AsConfigured,
    /// Query, key and value, always.
    QueryKeyValue,
    /// None.
    Absent,
}

/// The fields of a mixture of experts.
pub(super) struct Experts {
    pub count: &'static str,
    pub width: &'static str,
}

/// What the counts of a model type need beside the numbers of a configuration.
///
/// A field that a configuration leaves out takes the default of the type's class in the `transformers` library, which
/// leaves out what equals its defaults.
pub(super) struct Family {
    pub model_type: &'static str,
    /// Whether the output projection is the embedding table, where the configuration does not say.
    pub tied: bool,
    /// Width of a head where the configuration does not say; `None` is hidden size over heads.
    pub head_dim: Option<u64>,
    /// Whether a configuration without `num_key_value_heads` has one for each head.
    pub multi_head: bool,
    pub bias: Bias,
    /// Whether `mlp_bias` is read.
    pub mlp_bias: bool,
    /// Whether queries and keys are normalised, each with a weight as wide as a head.
    pub query_key_norm: bool,
    /// Norms of a layer, each with a weight as wide as the hidden state.
    pub norms: u64,
    pub experts: Option<Experts>,
    pub window: Window,
}

const LLAMA: Family = Family {
    model_type: "llama",
    tied: false,
    head_dim: None,
    multi_head: true,
    bias: Bias::AsConfigured,
    mlp_bias: true,
    query_key_norm: false,
    norms: 2,
    experts: None,
    window: Window::Off,
};

const MISTRAL: Family = Family {
    model_type: "mistral",
    multi_head: false,
    bias: Bias::Absent,
    mlp_bias: false,
    window: Window::Everywhere(Some(4096)),
    ..LLAMA
};

const QWEN3: Family = Family {
    model_type: "qwen3",
    head_dim: Some(128),
    bias: Bias::AsConfigured,
    query_key_norm: true,
    window: Window::Upper,
    ..MISTRAL
};

const GEMMA: Family = Family {
    model_type: "gemma",
    tied: true,
    head_dim: Some(256),
    bias: Bias::AsConfigured,
    window: Window::Off,
    ..MISTRAL
};

/// All known types. Each has gated feed-forward blocks of three matrices and norms without bias.
pub(super) const FAMILIES: &[Family] = &[
    LLAMA,
    MISTRAL,
    Family {
        model_type: "mixtral",
        experts: Some(Experts { count: "num_local_experts", width: "intermediate_size" }),
        window: Window::Everywhere(None),
        ..MISTRAL
    },
    Family { model_type: "qwen2", bias: Bias::QueryKeyValue, window: Window::Upper, ..MISTRAL },
    QWEN3,
    Family {
        model_type: "qwen3_moe",
        head_dim: None,
        experts: Some(Experts { count: "num_experts", width: "moe_intermediate_size" }),
        window: Window::Off,
        ..QWEN3
    },
    GEMMA,
    Family { model_type: "gemma2", norms: 4, window: Window::Alternating(4096), ..GEMMA },
    Family { model_type: "phi3", multi_head: true, window: Window::Everywhere(None), ..MISTRAL },
];
