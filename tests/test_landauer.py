"""Models, weights, sweeps and what every row of a ladder carries."""

import json
import math

import pytest
import szilard as sz
from szilard.errors import BoundaryError, FormatError, LandauerError, MissingFactor, UnitError

ROOM = "300 K"


def safetensors(**tensors):
    """A safetensors header of tensors given as (type, bytes of an element, elements)."""
    header, begin = {}, 0
    for name, (dtype, width, count) in tensors.items():
        header[name] = {"dtype": dtype, "shape": [count], "data_offsets": [begin, begin + width * count]}
        begin += width * count
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text


TABLE = 131_072_000  # 32 000 x 4096
LLAMA = {
    "model.embed_tokens.weight": ("BF16", 2, TABLE),
    "model.layers.0.mlp.up_proj.weight": ("F8_E4M3", 1, 6_738_415_616 - 2 * TABLE),
    "lm_head.weight": ("BF16", 2, TABLE),
}


def test_weights_of_a_file_feed_bytes_roofline_and_ladder(tmp_path):
    path = tmp_path / "model.safetensors"
    path.write_bytes(safetensors(**LLAMA))
    weights, model = sz.read_weights(path), sz.Model.from_config("llama-2-7b")
    assert (weights.format, weights.elements) == ("safetensors", 6_738_415_616)
    assert weights.table["type"].to_list() == ["BF16", "F8_E4M3"]
    assert weights.table["bits_per_element"].to_list() == [16.0, 8.0]
    read = 6_738_415_616 - 2 * TABLE + 2 * TABLE + 2 * 4096  # a row of the table, the projection, 8 bits of the rest
    assert model.weight_bytes(1, weights=weights) == pytest.approx(read, rel=1e-12)
    assert weights.bits_per_parameter(model) == pytest.approx(8 * weights.bytes / 6_738_415_616)
    served = {"batch": 1, "context": 2048, "dtype": "bf16"}
    plain, stored = (sz.roofline(model, "h100-sxm", **served, weights=one) for one in (None, weights))
    assert plain["bytes"] - stored["bytes"] == pytest.approx(6_738_415_616 - 2 * TABLE, rel=1e-9)
    ladder = sz.ladder(model, "1 J/token", ROOM, **served, transfer_energy="1 pJ/bit", weights=weights)
    moved = ladder.table.filter(ladder.table["bound"] == "data-movement")["energy_per_token_j"][0]
    assert moved == pytest.approx(8e-12 * stored["bytes"], rel=1e-12)
    # two parts of one model are one; one part alone is refused
    names = list(LLAMA)
    parts = [safetensors(**{name: LLAMA[name] for name in some}) for some in (names[:1], names[1:])]
    assert sz.read_weights(parts).elements == weights.elements
    tables = sz.read_weights(safetensors(**{name: LLAMA[name] for name in (names[0], names[2])}))
    with pytest.raises(LandauerError, match="part"):
        sz.ladder(model, "1 J/token", ROOM, weights=tables)
    with pytest.raises(LandauerError, match="embedding table"):
        sz.ladder(model, "1 J/token", ROOM, weights=sz.read_weights(parts[1]))
    with pytest.raises(LandauerError):
        sz.ladder("gpt2", "1 J/token", ROOM, weights=weights)


def gguf(*tensors, version=3, count=None):
    """A GGUF header without values of tensors given as (name, type, shape)."""

    def text(word):
        return len(word).to_bytes(8, "little") + word.encode()

    parts = [b"GGUF", version.to_bytes(4, "little")]
    parts += [(len(tensors) if count is None else count).to_bytes(8, "little"), (0).to_bytes(8, "little")]
    for name, kind, shape in tensors:
        parts += [text(name), len(shape).to_bytes(4, "little"), *(length.to_bytes(8, "little") for length in shape)]
        parts += [kind.to_bytes(4, "little"), (0).to_bytes(8, "little")]
    return b"".join(parts)


def test_blocks_count_with_their_scales():
    # Q4_K takes 144 bytes for 256 elements, Q6_K 210
    weights = sz.read_weights(gguf(("blk.0.ffn_up.weight", 12, [256, 4]), ("output.weight", 14, [256])))
    assert dict(zip(weights.table["type"], weights.table["bits_per_element"], strict=True)) == {
        "Q4_K": 4.5,
        "Q6_K": 210 * 8 / 256,
    }
    assert sz.ladder("gpt2", "1 J/token", ROOM, dtype="q4_kxfp16", context=1).gap("mac-convention").ratio.value * (
        4.5 + 16
    ) == pytest.approx(
        sz.ladder("gpt2", "1 J/token", ROOM, dtype="fp16", context=1).gap("mac-convention").ratio.value * 32
    )


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "E_EMPTY"),
        (b"PK\x03\x04" + b"a" * 20, "E_BINARY"),
        (b"GGUF", "E_TRUNCATED"),
        (gguf(version=9), "E_RANGE"),
        (gguf(count=2**40), "E_RANGE"),
        (gguf(("w", 4, [256])), "E_DTYPE"),  # a type that was withdrawn
        (gguf(("w", 12, [255])), "E_SHAPE"),  # no whole blocks
        (gguf(("w", 0, [2**63, 2**63])), "E_SHAPE"),
        (gguf(("w", 0, [4]), ("w", 0, [4])), "E_DUP_MEMBER"),
        (gguf(("w", 0, [4]))[:-1], "E_TRUNCATED"),
        ((2**63).to_bytes(8, "little") + b"{}", "E_HEADER_LEN"),
        (safetensors(w=("F33", 4, 1)), "E_DTYPE"),
        (safetensors(w=("F32", 2, 3)), "E_OFFSETS"),
        (safetensors(w=("F32", 4, 3)).replace(b'"data_offsets": [0, 12]', b'"data_offsets": [4, 16]'), "E_OFFSETS"),
        (safetensors(w=("F32", 4, 3)).replace(b'"shape": [3]', b'"shape": [-]'), "E_JSON"),
        ((2).to_bytes(8, "little") + b"{", "E_HEADER_LEN"),
        ((13).to_bytes(8, "little") + b'{"a":1,"a":2}', "E_JSON_DUP_KEY"),
    ],
)
def test_an_unsound_header_is_refused_with_file_and_code(content, code, tmp_path):
    path = tmp_path / "unsound.bin"
    path.write_bytes(content)
    with pytest.raises(FormatError) as refusal:
        sz.read_weights(path)
    assert (refusal.value.code, refusal.value.path) == (code, str(path))


@pytest.mark.parametrize("over", ["model", "dtype", "batch", "context"])
def test_every_axis_moves_the_rungs_and_the_energy_at_a_power(over):
    values = {
        "model": ["llama-3.2-1b", sz.Model.from_config("llama-3.1-8b"), "llama-3-70b"],
        "dtype": ["fp8", "bf16"],
        "batch": [1, 8, 64],
        "context": [1024, 8192],
    }[over]
    served = {"batch": 4, "context": 2048, "dtype": "bf16"}
    found = sz.sweep(
        "llama-3.1-8b", "1 J/token", ROOM, over=over, values=values, device="h200-sxm", transfer_energy="hbm2", **served
    )
    assert (found.axis, len(found.ladders)) == (over, len(values))
    roofs = found.rooflines
    batches = values if over == "batch" else [4] * len(values)
    # 700 W over the least time of a step, shared by its tokens
    expected = [700 * step / batch for step, batch in zip(roofs["step_s"], batches, strict=True)]
    assert roofs["energy_per_token_j"].to_list() == pytest.approx(expected)
    assert roofs["tokens_per_s"].to_list() == pytest.approx([700 / joules for joules in expected])
    joules = roofs["energy_per_token_j"].to_list()
    assert joules == sorted(joules, reverse=over == "batch")
    table = found.table
    assert table.height == len(values) * 21
    assert table["value"].unique(maintain_order=True).len() == len(values)
    for value, ladder in zip(roofs["value"], found.ladders, strict=True):
        rows = table.filter(table["value"] == value)
        assert rows["energy_per_token_j"].to_list() == ladder.table["energy_per_token_j"].to_list()


def test_measured_energies_go_with_their_values_and_what_cannot_be_is_refused():
    energies = [sz.Quantity(text, boundary="node") for text in ("3 J/token", "1 J/token")]
    found = sz.sweep("gpt2", energies, ROOM, over="batch", values=[1, 8])
    assert found.rooflines["measured_j"].to_list() == [3.0, 1.0]
    assert set(found.table["boundary"]) == {"node"}
    assert "device" in found.rooflines["reason"][0]
    without = sz.roofline("gpt2", "l40s", batch=1, context=1, dtype="fp16")
    assert without["energy_per_token"] is None
    assert "power of the device" in without["reason"]
    for wrong in ({"over": "colour", "values": [1]}, {"over": "batch", "values": [0]}, {"over": "batch", "values": []},
                  {"over": "dtype", "values": ["q9_k"]}, {"over": "batch", "values": [1, 2, 3]}):  # fmt: skip
        with pytest.raises(LandauerError):
            sz.sweep("gpt2", energies, ROOM, **wrong)
    with pytest.raises(TypeError, match="colour"):
        sz.ladder("gpt2", "1 J/token", ROOM, colour="red")
    with pytest.raises(TypeError, match="reset"):
        sz.ladder("gpt2", "1 J/token", ROOM, reset_time="1 us")
    with pytest.raises(UnitError):
        sz.roofline("gpt2", "l4", batch=1, context=1, dtype="fp16", power="72 J")


def test_every_row_has_the_boundary_and_an_interval():
    energy = sz.Quantity("0.39 J/token", u="0.02 J/token", boundary="site")
    chain = sz.BoundaryChain(
        [sz.Factor("regulators", 1.1), sz.Factor("host", 1.2), sz.Factor("network", 1.05), sz.Factor("pue", 1.3)]
    )
    ladder = sz.ladder("llama-3-70b", energy, sz.Quantity(ROOM, u="3 K"), entropy="1.5 bit/token", chain=chain)
    chip = 0.39 / (1.1 * 1.2 * 1.05 * 1.3)
    assert ladder.energy.value == pytest.approx(chip)
    assert ladder.measured == energy
    assert set(ladder.table["boundary"]) == {"chip"}
    row = ladder.table.filter(ladder.table["bound"] == "token-register").row(0, named=True)
    relative = math.hypot(0.02 / 0.39, 3 / 300)
    assert row["u_ratio"] / row["ratio"] == pytest.approx(relative)
    assert row["u_log10"] == pytest.approx(relative / math.log(10))
    half = 1.959964 * row["u_ratio"]
    assert (row["ratio_low"], row["ratio_high"]) == pytest.approx((row["ratio"] - half, row["ratio"] + half), rel=2e-3)
    assert ladder.table["unbounded"][0] == "unbounded"
    assert ladder.table["tokens_per_wh"][0] is None
    with pytest.raises(MissingFactor):
        sz.ladder("gpt2", energy, ROOM, chain=sz.BoundaryChain([sz.Factor("pue", 1.3)]))
    with pytest.raises(BoundaryError):
        sz.ladder("gpt2", "1 J/token", ROOM, chain=chain)


def test_landauer_gap_is_reproduced_by_the_name_of_its_convention():
    # one bit for every operation: 144 372 137 984 of Llama-3-70B at 2048 positions
    gap = sz.ladder("llama-3-70b", "0.39 J/token", ROOM, context=2048).gap("flop-convention")
    assert gap.kind == "convention"
    assert gap.ratio.value == pytest.approx(0.39 / (144_372_137_984 * sz.landauer_limit(ROOM).value))
    assert "landauer-gap" in gap.not_claimed


def test_a_die_temperature_is_said_wherever_the_ladder_is_shown():
    hot = sz.ladder("gpt2", "1 J/token", "350 K")
    assert [code for code, _ in hot.warnings] == ["W_DIE_TEMPERATURE"]
    assert "W_DIE_TEMPERATURE" in repr(hot)
    assert "W_DIE_TEMPERATURE" in hot._repr_html_()


def test_what_is_no_energy_of_tokens_is_refused():
    for energy in ("0 J/token", "-0.39 J/token", sz.Quantity("0.39 J/token", basis="idle")):
        with pytest.raises(LandauerError, match=r"above 0 J/token|idle"):
            sz.ladder("gpt2", energy, ROOM)


def test_no_interval_of_a_ratio_reaches_below_zero():
    # E = 1 J/token with u = 0.8: 1.96 u reach to -0.57, and no energy of a token is there
    table = sz.ladder("gpt2", sz.Quantity("1 J/token", u="0.8 J/token"), ROOM, entropy="1.5 bit/token").table
    row = table.filter(table["bound"] == "output-entropy").row(0, named=True)
    assert row["ratio"] > 0
    assert row["ratio_low"] is None
    assert row["ratio_high"] is None
    assert "u/x = 0.80" in row["interval_reason"]
    entropy = sz.Quantity("1.5 bit/token", u="1 bit/token")
    assert all(low > 0 for low in sz.ladder("gpt2", "1 J/token", ROOM, entropy=entropy).table["ratio_low"].drop_nulls())


def test_counts_that_cannot_be_are_refused_as_such():
    for count in (-1, 0, 2**64, 10**400):
        for words in ({"batch": count}, {"context": count}):
            with pytest.raises(LandauerError):
                sz.ladder("gpt2", "1 J/token", ROOM, **words)
        with pytest.raises(LandauerError):
            sz.roofline("gpt2", "h100-sxm", batch=count, context=1, dtype="fp16")
        with pytest.raises(LandauerError):
            sz.Model.from_config("gpt2").flops(count)
    with pytest.raises(TypeError):
        sz.ladder("gpt2", "1 J/token", ROOM, batch=1.5)
    # learned positions: 1024 of GPT-2, 2048 of OPT
    for model, last in (("gpt2", 1024), ("opt-125m", 2048)):
        sz.ladder(model, "1 J/token", ROOM, context=last)
        with pytest.raises(LandauerError, match=f"from 1 to {last}"):
            sz.ladder(model, "1 J/token", ROOM, context=last + 1)
