"""A user's program with types: what `mypy --strict` says of it is what it says of the stubs."""

import numpy as np
import szilard as sz


def joules_per_token(power: str, tokens: str) -> sz.Quantity:
    """The energy per generated token of two logs."""
    trace: sz.Trace = sz.read_trace(power, tz="Europe/Berlin")
    log: sz.TokenLog = sz.read_tokens(tokens)
    result: sz.InferenceEnergy = sz.energy_per_token(trace, log, idle="61 W", boundary="board")
    if result.above_idle is not None:
        print(result.above_idle.to("Wh").value + result.requests.height)
    return result.per_token


def main() -> None:
    """The figure at the grid, beside its bounds and what others publish."""
    energy = joules_per_token("datasets/traces/demo_nvidia_smi.csv", "datasets/traces/demo_tokens.csv")
    chain = sz.BoundaryChain([sz.Factor("host", 1.3), sz.Factor("psu", 0.94, given="efficiency")])
    site: sz.Lifted = chain.lift(energy, "node")
    low, high = site.expanded(0.95)
    ladder = sz.ladder("llama-3-70b", energy, "300 K", dtype="fp8", context=2048)
    gap: float = ladder.gap("mac-convention").ratio.value
    logits = np.zeros((3, 8), dtype=np.float32)
    information: sz.TokenInformation = sz.token_entropy(logits, targets=[1, 2, 3])
    bits: float = float(information.entropy.mean())
    figure, axes = ladder.plot()
    fact: sz.Quantity | None = sz.published.fact("F001")
    verdict: str = sz.audit("30e6 * 3 kW", says="90 MW").verdict
    print(low, high, gap, bits, figure, axes.get_xscale(), fact, verdict, sz.calc("7.2 W * 4.1 s / 50 token"))


if __name__ == "__main__":
    main()
