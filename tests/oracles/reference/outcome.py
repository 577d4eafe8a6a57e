"""What the bytes of a log give: energies by device and series, or the code of the refusal."""

from .boards import dmon, nvidia_smi, nvml, tegrastats
from .documents import plist, powermetrics, prometheus
from .grammar import RefusedError, opened
from .series import Log, energy, members, settled
from .tables import codecarbon, count_once, generic, ptd, rapl

READERS = {
    "nvidia-smi-csv": nvidia_smi,
    "nvidia-smi-dmon": dmon,
    "nvml-counter-csv": nvml,
    "tegrastats": tegrastats,
    "generic-csv": generic,
    "rapl-counter-csv": rapl,
    "codecarbon-csv": codecarbon,
    "ptd-spl": ptd,
    "prometheus-json": prometheus,
    "powermetrics-text": powermetrics,
    "powermetrics-plist": plist,
}


def outcome(data, form, options):
    """`("value", [(device, series, joules, scale), ...])` or `("code", code)`; joules `None` where none is covered."""
    log = Log(options)
    try:
        READERS[form](opened(data, options.get("decompress", False)), log, options)
        settled(log)
        if log.mirrors:
            count_once(log)
        found, alone = [], []
        for series in members(log):
            try:
                joules, scale, covered = energy(series)
                found.append((series.device, series.name, joules if covered else None, scale))
            except RefusedError as refused:
                if refused.code not in ("E_TOO_FEW_SAMPLES", "E_ZERO_DURATION"):
                    raise
                alone.append(refused.code)
                found.append((series.device, series.name, None, 0))
        if all(joules is None for _, _, joules, _ in found):
            raise RefusedError(alone[0] if alone else "E_NO_OVERLAP")
        boundaries = {series.boundary for series in members(log)}
        if log.total_known and len(boundaries) > 1:
            raise RefusedError("BOUNDARY")
        return ("value", found)
    except RefusedError as refused:
        return ("code", refused.code)
