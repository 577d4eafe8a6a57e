"""Power logs of every format: the samples with their energies, and real logs against a computation of their own."""

import csv
import importlib.util
from pathlib import Path

import pytest
import szilard as sz
from szilard.errors import FormatError

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ROOT / "tests/formats"


def load(name):
    spec = importlib.util.spec_from_file_location(name, ROOT / f"tests/oracles/{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


logs = load("power_logs")
sensors = load("sensors_oracle")


def samples():
    with (SAMPLES / "ENERGY.tsv").open(encoding="utf-8", newline="") as table:
        return [pytest.param(row, id=row["file"]) for row in csv.DictReader(table, delimiter="\t")]


def given(text):
    options = dict(option.split("=", 1) for option in text.split())
    if "power" in options:
        column, unit = options.pop("power").split(":")
        options["columns"] = {"power": (column, unit)}
    for name, unit in (("interval", "s"), ("voltage", "V")):
        if name in options:
            options[name] = f"{options[name]} {unit}"
    return options


@pytest.mark.parametrize("row", samples())
def test_samples_have_the_energy_beside_them(row):
    trace = sz.read_trace(SAMPLES / row["file"], **given(row["options"]))
    assert trace.format == row["format"]
    assert trace.energy().energy.value == pytest.approx(float(row["energy_j"]), rel=1e-12)


def test_every_format_has_a_sample():
    table = sz.formats()
    traces = table.filter(table["kind"] == "trace")
    listed = {row.values[0]["file"] for row in samples()}
    assert set(traces["sample"].to_list()) <= listed


A100 = "nvidia_smi/llama2-13b_a100_nvidia-smi.csv"
DAY_FIRST = {"time_format": "%d/%m/%Y %H:%M"}
TWELVE_HOURS = {"time_format": "%m/%d/%Y %I:%M:%S %p"}
SECOND = {"interval": "1 s"}

# file, options, format, energy by the other computation
REAL = [
    (A100, {}, "nvidia-smi-csv", lambda text: logs.nvidia_smi(text.rsplit("\n", 1)[0] + "\n")),
    ("nvidia_smi/flame_50ms.csv", {}, "nvidia-smi-csv", logs.nvidia_smi),
    ("nvidia_smi/flame_torch-ex-smi.csv", {}, "nvidia-smi-csv", logs.nvidia_smi),
    ("nvidia_smi/dmon_2gpu_EXCERPT.txt", SECOND, "nvidia-smi-dmon", lambda text: logs.dmon(text, 1)),
    ("nvidia_smi/dmon_pucm_dash_EXCERPT.txt", SECOND, "nvidia-smi-dmon", lambda text: logs.dmon(text, 1)),
    ("tegrastats/orin_nx_timestamped_mW.log", {}, "tegrastats", logs.tegrastats),
    ("tegrastats/tx2_date_header.txt", SECOND, "tegrastats", lambda text: logs.tegrastats(text, interval=1)),
    ("powermetrics/m1_chrome_netflix.txt", {}, "powermetrics-text", logs.powermetrics),
    ("powermetrics/codecarbon_m1_100ms.txt", {}, "powermetrics-text", logs.powermetrics),
    ("amd_uprof/llama2-13b_timechart.csv", {}, "amd-uprof-timechart", logs.uprof),
    ("rapl/deater_hpl_atlas.perf.1.txt", {}, "perf-stat", logs.perf_stat),
    ("rapl/deater_hpl_atlas.perf.2.txt", {}, "perf-stat", logs.perf_stat),
    ("rapl/turbostat_2020_06_16.out", SECOND, "turbostat", lambda text: logs.turbostat(text, 1)),
    ("rapl/turbostat_S_q_power_EXCERPT.txt", SECOND, "turbostat", lambda text: logs.turbostat(text, 1)),
    ("rapl/intel_power_gadget.csv", {}, "intel-power-gadget", logs.power_gadget),
    ("rapl/intel_power_gadget_macos_pandas.csv", {}, "intel-power-gadget", logs.power_gadget),
    ("rapl/gmt_cpu_energy_rapl_msr_component.log", {}, "green-metrics-log", logs.green_metrics),
    ("rapl/gmt_cpu_energy_rapl_msr_component_underflow.log", {}, "green-metrics-log", logs.green_metrics),
    ("codecarbon/emissions_invalid_headers.csv", {}, "codecarbon-csv", logs.codecarbon),
    ("codecarbon/emissions_v3_header.csv", {}, "codecarbon-csv", logs.codecarbon),
    ("codecarbon/emissions_v3.2.6_dgx_spark.csv", {}, "codecarbon-csv", logs.codecarbon),
    ("plug/el4k_wattmeter_2020_06_17.csv", DAY_FIRST, "generic-csv", logs.voltcraft),
    ("solar/solar_harvest_power.csv", TWELVE_HOURS, "generic-csv", logs.solar),
]


@pytest.mark.parametrize(("file", "options", "name", "reference"), REAL, ids=[case[0] for case in REAL])
def test_real_logs_against_another_computation(shared, file, options, name, reference):
    path = shared / "traces" / file
    trace = sz.read_trace(path, **options)
    assert trace.format == name
    expected = reference(path.read_text(encoding="utf-8", errors="replace"))
    assert trace.energy().energy.value == pytest.approx(float(expected), rel=1e-12)


@pytest.mark.parametrize("phase", ["run_1", "ranging"])
@pytest.mark.parametrize("run", ["llama2-70b_server", "llama3.1-8b_offline", "llama3.1-405b_offline"])
def test_mlperf_logs_against_another_computation(shared, run, phase):
    path = shared / f"traces/mlperf/v51_lenovo_b200_{run}/{phase}/spl.txt"
    expected = logs.ptd(path.read_text())
    assert sz.read_trace(path).energy().energy.value == pytest.approx(float(expected), rel=1e-12)


def test_the_tiny_energy_file_against_another_computation(shared):
    path = shared / "traces/mlperf_tiny/L4R5ZI_kws/trace1-energy.bin"
    trace = sz.read_trace(path)
    assert trace.format == "mlperf-tiny-energy"
    assert trace.energy().energy.value == pytest.approx(float(logs.mlperf_tiny(path.read_bytes())), rel=1e-12)
    # window 6 of results.txt, 32.353 s to 45.288 s, is 545770.55 uJ with one more sample than its edges hold
    window = trace.energy(start=sz.Quantity("32.353 s"), end=sz.Quantity("45.289 s"))
    assert window.energy.to("uJ").value == pytest.approx(545770.55, rel=1e-6)


# file, code and place of the refusal, as reference/formats.md has them
REFUSED = [
    ("plug/el4k_wattmeter_2020_06_17.csv", "E_TIME_PARSE", 2),  # 16/06/2020: the order of the date
    ("solar/solar_harvest_power.csv", "E_TIME_PARSE", 2),  # 10/4/2018, twelve-hour clock
    ("rapl/turbostat_2020_06_16.out", "E_NO_TIME", 70),
    ("nvidia_smi/dmon_2gpu_EXCERPT.txt", "E_NO_TIME", 3),
    ("tegrastats/tx2_date_header.txt", "E_NO_TIME", 2),
    ("rapl/gmt_psu_energy_ac_mcp_machine.log", "E_UNIT_UNKNOWN", 1),  # 96 kW if uJ
    ("powermetrics/llama2-7b_m1pro_parsed.csv", "E_NO_HEADER", 1),
    ("redfish/dmtf_1U_Power.json", "E_TOO_FEW_SAMPLES", 1),  # a snapshot
    ("redfish/kepler_2U_Power.json", "E_TOO_FEW_SAMPLES", 1),
    ("redfish/dmtf_psu_metrics.json", "E_UNKNOWN_FORMAT", 1),
    ("dcgm/exporter_blank_EXCERPT.prom", "E_NO_POWER", 1),
    ("zeus/summary_power_a40.csv", "E_UNIT_UNKNOWN", 1),  # powers of whole runs, no times
    ("powermetrics/powermetrics_help.txt", "E_UNKNOWN_FORMAT", 1),
]


@pytest.mark.parametrize(("file", "code", "line"), REFUSED, ids=[case[0] for case in REFUSED])
def test_real_logs_that_are_refused(shared, file, code, line):
    with pytest.raises(FormatError) as refused:
        sz.read_trace(shared / "traces" / file)
    assert (refused.value.code, refused.value.line) == (code, line)


def test_one_scrape_of_a_partitioned_board_is_no_energy(shared):
    path = shared / "traces/dcgm/mig_total_energy_EXCERPT.prom"
    with pytest.raises(FormatError) as refused:
        sz.read_trace(path, interval="15 s")
    assert refused.value.code == "E_TOO_FEW_SAMPLES"


def test_overlapping_runs_of_a_machine_have_no_total(shared):
    result = sz.read_trace(shared / "traces/codecarbon/emissions_examples.csv").energy()
    assert result.energy is None
    assert "W_TOTAL_UNKNOWN" in result.reasons["code"].to_list()


def test_several_boards_without_a_column_need_their_number():
    rows = "".join(
        f"2025/03/04 10:00:0{second}.{offset:03d}, {100 + 100 * board}.00 W\n"
        for second in range(5)
        for board, offset in enumerate((0, 5))
    )
    log = ("timestamp, power.draw [W]\n" + rows).encode()
    with pytest.raises(FormatError) as refused:
        sz.read_trace(log)
    assert refused.value.code == "E_AMBIGUOUS_DEVICES"
    trace = sz.read_trace(log, devices=2)
    assert trace.devices == ["0", "1"]
    assert "W_DEVICE_ORDER" in trace.diagnostics["code"].to_list()
    # 100 W and 200 W for 4 s
    assert trace.energy().energy.value == pytest.approx(1200, rel=1e-12)
    with pytest.raises(FormatError):
        sz.read_trace(log, devices=3)


def test_sensor_rows_follow_from_the_workbook(shared):
    with (ROOT / "datasets/sensors.csv").open(encoding="utf-8", newline="") as table:
        shipped = [row for row in csv.DictReader(table) if row["board"]]
    expected = list(sensors.board_rows(shared / "published/nvml_sensors.csv"))
    assert [{name: row[name] for name in expected[0]} for row in shipped] == expected
