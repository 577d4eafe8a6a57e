# ruff: noqa: ARG001, PLR0911 - one function a group, all called alike, with a return for each vector
"""Every vector about constants, the ladder, transformers and the survey, met from Python to the digits given."""

import json
import math
from pathlib import Path

import pytest
import szilard as sz

VECTORS = json.loads((Path(__file__).parent / "vectors/physics_vectors.json").read_text(encoding="utf-8"))["vectors"]
GROUPS = {
    "constants", "ladder_a", "ladder_b", "ladder_c", "ladder_d", "ladder_e", "ladder_f", "ladder_g", "ladder_summary",
    "seed_checks", "survey", "transformer",
}  # fmt: skip
ROOM = "300 K"
KT = sz.bounds.barrier(0.5, ROOM).value / math.log(2)  # a barrier that fails half the time is kT ln 2
LIMIT = sz.landauer_limit(ROOM).value


def model(name):
    """The model of a name: the numbers are those of its `_params` vector."""
    config = next(vector["inputs"] for vector in VECTORS if vector["name"] == f"{name}_params")
    kind = "mixtral" if config["num_local_experts"] else "llama"
    return sz.Model.from_config({**config, "model_type": kind})


def rung(found, name, **inputs):
    """The energy of a rung. [J/token]"""
    table = sz.ladder(found, "1 J/token", ROOM, **inputs).table
    return table.filter(table["bound"] == name)["energy_per_token_j"][0]


def constants(name, given):
    bath = f"{given['T_K']} K"
    if name.startswith("kTln2_"):
        joules = sz.Quantity(sz.landauer_limit(bath).value, "J")
        return {"J": joules.value, "eV": joules.to("eV").value, "zJ": joules.to("zJ").value}
    if name == "kT_over_q_300K":
        return sz.bounds.thermal_voltage(bath).value
    return sz.bounds.landauer_units("1 kWh" if "kWh" in name else "1 J", bath).value


def erasure(name, given):
    if name == "sampling_sign":
        drawn = -sum(float(p) * math.log2(float(p)) for p in given["p"])
        draw = sz.bounds.minimum_work("0 bit", (drawn, "bit"), ROOM).value
        reset = sz.bounds.minimum_work((drawn, "bit"), "0 bit", ROOM).value
        return {"W_min_sample_J": draw, "W_min_reset_J": reset, "W_min_cycle_J": draw + reset}
    if name == "mismatch_reset":
        entropy, mismatch = sz.bounds.reset_information([float(p) for p in given["p"]], [0.25] * 4)
        total = (entropy + mismatch).value
        return {"landauer_bit": entropy.value, "mismatch_bit": mismatch.value, "total_bit": total}
    bits = sz.bounds.register_information(given["V"]).value
    return {"log2V_bit": bits, "J": bits * LIMIT, "ceil_bits": sz.bounds.register_width(given["V"])}


def circuits(name, given):
    if name.startswith("naive_MAC_"):
        bits = sz.bounds.mac_information(name.removeprefix("naive_MAC_")).value
        return {"bits": bits, "J": bits * LIMIT}
    if name.endswith("_nonlinear_units_1bit"):
        found = model(name.removesuffix("_nonlinear_units_1bit"))
        return {"units": found.nonlinear_units, "J": rung(found, "nonlinear-units")}
    circuit = {"NAND_uniform_erasure": "nand", "full_adder_uniform_erasure": "full-adder"}.get(name)
    if circuit:
        return sz.bounds.circuit_erasure(circuit).value
    word = name.removesuffix("_erasure").replace("_", "-")
    erased = sz.bounds.circuit_erasure(word).value
    return {"erased_bit": erased, "H_out_bit": 2 * int(word[-1]) - erased}


def state(name, given):
    if name == "modularity_two_copies":
        joint, excess = (part.value for part in sz.bounds.multi_information([([0, 0], 0.5), ([1, 1], 0.5)]))
        return {"joint_bit": joint, "blind_separate_bit": joint + excess, "multi_information_bit": excess}
    found, context = model(given["config"]), given["context"]
    elements = found.activation_elements(context)
    energy = rung(found, "activation-writes", context=context, dtype="fp16")
    return {"elements": elements, "bits_fp16": 16 * elements, "J_300K": energy}


def finite_time(name, given):
    if name == "finite_time_slow_asymptote":
        return sz.bounds.slow_penalty(float(given["eps"]), float(given["mu_tau"]))
    if name == "finite_time_transport_free_final":
        well = {"diffusivity": f"{given['D_m2_s']} m^2/s", "half_spacing": f"{given['a_m']} m", "time": "1 ms"}
        fixed, free = (sz.bounds.reset_cost(**well, free_end=end)[1] for end in (False, True))
        return {"ratio_fixed_to_free": fixed / free}
    # mu tau is all that counts: 1 kHz for 0.1 s
    time = f"{float(given['mu_tau']) / 1000} s"
    least, penalty = sz.bounds.reset_cost(relaxation_rate="1 kHz", time=time, error=float(given["eps"]))
    total = least + penalty
    return {"landauer_kT": least, "penalty_kT": penalty, "total_kT": total, "total_J": total * KT}


def reliability(name, given):
    if name == "meindl_davis_vdd_min_300K":
        return sz.bounds.least_supply(ROOM).value
    error = float(given["p_err"])
    if name == "barrier_retention":
        rate, hold = f"{given['attempt_rate_per_s']} Hz", f"{given['hold_s']} s"
        return sz.bounds.retention_barrier(rate, hold, error, ROOM).value / KT
    if name.startswith("barrier_perr_"):
        energy = sz.bounds.barrier(error, ROOM).value
        return {"kT": energy / KT, "J": energy, "over_kTln2": energy / LIMIT}
    half = sz.bounds.charge_energy(error, ROOM).value / KT
    return {"x": sz.bounds.noise_margin(error), "half_CV2_kT": half, "CV2_kT": 2 * half}


def technology(name, given):
    if name == "shannon_min_EbN0":
        linear, decibels = sz.bounds.least_energy_over_noise()
        return {"lin": linear, "dB": decibels}
    small = sz.Model.from_config("gpt2")
    if name.startswith("tech_"):
        # one rung over the bits that it moves: those of the weights, of a cache of one position and of its row
        memory = name.split("_")[1].lower()
        bits = 8 * (small.weight_bytes(1, 16) + 2 * small.kv_bytes_per_token(2))
        inputs = {"batch": 1, "context": 1, "dtype": "fp16", "transfer_energy": memory}
        return rung(small, "data-movement", **inputs) / bits / LIMIT
    operation = rung(small, "cmos-limit", context=1) / small.flops(1)
    return {"J_per_FLOP": operation, "kTln2_per_FLOP": operation / LIMIT}


def speed(name, given):
    if name == "bremermann":
        return sz.bounds.bremermann_rate()
    if name == "margolus_levitin_1ns":
        return sz.bounds.speed_energy(f"{given['t_s']} s").value
    return sz.bounds.speed_time((LIMIT, "J")).value


def summary(name, given):
    config, energy = model("Llama-3-70B"), f"{given['E_J_per_token']} J/token"
    assert config.macs(given["context"]) == given["N_MAC"]
    inputs = {"entropy": "1.5 bit/token", "context": given["context"], "error_probability": 1e-15}
    half, quarter = (sz.ladder(config, energy, ROOM, dtype=dtype, **inputs) for dtype in ("fp16", "fp8"))
    return {
        "landauer_units": half.landauer_units.value,
        "over_H_1.5bit": half.gap("output-entropy").ratio.value,
        "over_log2V": half.gap("token-register").ratio.value,
        "over_KV_row_fp16": half.gap("kv-row").ratio.value,
        "over_nonlinear_units": half.gap("nonlinear-units").ratio.value,
        "over_activation_writes_fp16": half.gap("activation-writes").ratio.value,
        "over_MAC_16bit": quarter.gap("mac-convention").ratio.value,
        "over_MAC_32bit": half.gap("mac-convention").ratio.value,
        "over_MAC_16bit_at_perr_1e-15": quarter.gap("reliability-barrier").ratio.value,
    }


def transformer(name, given):
    if name.startswith("kaplan"):
        return sz.bounds.kaplan_2020(given["N_nonemb"], given["n_layer"], given["n_ctx"], given["d_attn"])
    if name.startswith("palm"):
        return sz.bounds.palm_2022(given["N"], given["L"], given["H"], given["Q"], given["T"])
    if name.startswith("Mixtral_expected_experts"):
        mixtral, batch = model("Mixtral-8x7B"), given["batch"]
        return {"E_distinct": mixtral.distinct_experts(batch), "weight_bytes_fp16": mixtral.weight_bytes(batch, 16)}
    found, what = model(name.split("_")[0]), name.split("_", 1)[1]
    match what:
        case "params":
            total, active = found.parameters, found.active_parameters
            return {"total": total, "active": active, "matmul_active": found.matmul_parameters}
        case "decode_flops_ctx2048":
            return found.flops(given["context_incl_self"])
        case "prefill_flops_2048":
            return {
                "causal_head_all": found.prefill_flops(given["n"], True, False),
                "dense_head_all": found.prefill_flops(given["n"], False, False),
                "causal_head_last": found.prefill_flops(given["n"], True, True),
            }
        case "kv_bytes":
            width = given["bytes_per_elem"]
            return {"per_token": found.kv_bytes_per_token(width), "ctx4096": found.kv_bytes_read(4096, 8 * width)}
        case "decode_bytes_B1_ctx4096_fp16":
            weights = found.weight_bytes(given["batch"], 16)
            read, write = found.kv_bytes_read(given["context"]), found.kv_bytes_per_token(2)
            return {"weights": weights, "kv_read": read, "kv_write": write, "total": weights + read + write}
        case "naive_MAC_landauer_fp16_ctx2048":
            assert found.macs(2048) == given["N_MAC"]
            return rung(found, "mac-convention", context=2048, dtype="fp16")
        case "kv_overwrite_landauer":
            assert 8 * found.kv_bytes_per_token(2) == given["bits"]
            return rung(found, "kv-row", dtype="fp16")
    raise AssertionError(f"no function for {name}")


def checks(name, given):
    match name:
        case "seed_battery":
            battery = sz.edge.Battery(f"{given['Ah']} Ah", f"{given['V']} V")
            share = battery.share("29.52 J", given["calls"]).to("%").value  # 7.2 W for 4.1 s
            used = sz.calc(f"{given['calls']} * 29.52 J").to("Wh").value
            return {"battery_Wh": battery.energy.to("Wh").value, "used_Wh": used, "percent": share}
        case "seed_176TWh":
            return {
                "GW": sz.calc("176 TWh / 8760 h").to("GW").value,
                "overhead_if_IT_TWh": sz.calc("176 TWh * (1.2 - 1)").to("TWh").value,
                "overhead_if_total_TWh": sz.calc("176 TWh * (1 - 1 / 1.2)").to("TWh").value,
            }
        case "seed_dc_gpu":
            rate = sz.calc("1000 token/s / 2400 W")
            inverse = sz.calc("2400 W / (1000 token/s)").to("kWh/Mtoken").value
            return {"tok_per_J": rate.to("token/J").value, "tok_per_Wh": rate.to("token/Wh").value,
                    "kWh_per_Mtok": inverse}  # fmt: skip
        case "seed_tokens_per_Wh_floor":
            ladder = sz.ladder("gpt2", "1 J/token", ROOM, entropy=f"{given['bits_per_token']} bit/token").table
            return ladder.filter(ladder["bound"] == "output-entropy")["tokens_per_wh"][0]
        case "brwng_h100_check":
            bath, switches = f"{given['T_K']} K", float(given["transistors"]) * float(given["Hz"])
            watts = switches * sz.landauer_limit(bath).value
            return {"W": watts, "ratio": float(given["P_W"]) / watts}
        case "metavert_brain_check":
            operation = sz.calc(f"{given['W']} W / ({given['ops_per_s']} /s)")
            units = sz.bounds.landauer_units(operation, f"{given['T_K']} K").value
            return {"J_per_op": operation.to("J").value, "over_kTln2": units}
    bits = sz.ladder("gpt2", f"{given['J_per_token']} J/token", f"{given['T_K']} K").landauer_units.value
    return {"bits": bits, "log10": math.log10(bits)}


FUNCTIONS = {
    "constants": constants,
    "ladder_a": erasure,
    "ladder_b": circuits,
    "ladder_c": state,
    "ladder_d": finite_time,
    "ladder_e": reliability,
    "ladder_f": technology,
    "ladder_g": speed,
    "ladder_summary": summary,
    "seed_checks": checks,
    "survey": checks,
    "transformer": transformer,
}


@pytest.mark.parametrize(
    "vector", [vector for vector in VECTORS if vector["group"] in GROUPS], ids=lambda vector: vector["name"]
)
def test_a_vector_is_met(vector):
    group = "transformer" if vector["name"].endswith("_kv_overwrite_landauer") else vector["group"]
    found, expected = FUNCTIONS[group](vector["name"], vector["inputs"]), vector["expected"]
    if not isinstance(expected, dict):
        found, expected = {"": found}, {"": expected}
    assert found.keys() == expected.keys()  # every value, and no other
    for key, value in expected.items():
        if isinstance(value, int):
            assert found[key] == value
        else:
            assert found[key] == pytest.approx(float(value), rel=vector["rel_tol"], abs=0.0), key


def test_the_groups_are_those_of_the_issue():
    assert sum(vector["group"] in GROUPS for vector in VECTORS) == 80
    assert {vector["group"] for vector in VECTORS} > GROUPS
