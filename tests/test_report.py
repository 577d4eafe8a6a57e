"""The page of a run: it stands alone, says what the report says, and shows hostile names as text."""

import json
import re
import subprocess
import sys
from html import unescape
from pathlib import Path

import pytest
import szilard as sz
from szilard import demo

REPORTS = sorted((Path(__file__).parent / "reports").glob("fp*.json"))
HOSTILE = "<script>alert(1)</script>\u202e\"'&<img src=x onerror=alert(2)>"


def text_of(page: str) -> str:
    """What a reader sees."""
    return unescape(re.sub(r"(?s)<style>.*?</style>|<[^>]+>", " ", page))


@pytest.fixture(scope="module")
def page():
    return demo.recording()[2].to_html({"model": "demo"})


def test_the_page_is_html_and_stands_alone(page, tags):
    found = tags(page)
    assert page.startswith("<!DOCTYPE html>")
    assert found.faults == []
    assert not {"script", "link", "img", "iframe", "object", "base", "form"} & set(found.seen)
    assert not {key for key, _ in found.attributes} & {"src", "href", "xlink:href", "action", "srcset"}
    assert not [key for key, _ in found.attributes if key.startswith("on")]
    assert "http" not in page.replace("http-equiv", "")
    assert "url(" not in page
    assert "@import" not in page
    assert ("content", "default-src 'none'; style-src 'unsafe-inline'") in found.attributes
    assert found.seen.count("svg") == 3


def test_the_page_says_what_the_result_says(page):
    result = demo.recording()[2]
    text = text_of(page)
    for figure in (result.per_token, result.gross, result.idle_energy, result.unattributed, result.meter):
        assert str(figure) in text
    assert result.status in text
    assert "model=demo" in text
    for component in result.budget()["label"]:
        assert component in text
    for request in result.requests["request"]:
        assert request in text


@pytest.mark.parametrize("saved", REPORTS, ids=lambda path: path.stem)
def test_every_saved_report_has_a_page(saved, tags):
    page = sz.load_report(saved).to_html()
    assert tags(page).faults == []
    assert json.loads(saved.read_text())["inputs"][0]["sha256"] in page


def hostile_report():
    """A report in which every text is hostile but the words that its readers know."""
    report = json.loads(REPORTS[0].read_text())
    report["labels"] = {HOSTILE: HOSTILE}
    report["trace"] = report["format"] = report["idle_method"] = report["policy"] = report["szilard"] = HOSTILE
    report["inputs"][0] |= {"name": HOSTILE, "role": HOSTILE}
    for part in report["meter"]["per_device"]:
        part |= {"device": HOSTILE, "channel": HOSTILE, "status": HOSTILE}
    for part in report["requests"]:
        part |= {"request": HOSTILE, "status": HOSTILE}
    for component in report["per_token"]["components"]:
        component["label"] = HOSTILE
    remark = {"code": HOSTILE, "severity": HOSTILE, "line": 1, "place": HOSTILE, "channel": HOSTILE, "message": HOSTILE}
    report["diagnostics"] = [remark]
    report["excluded"] = [{"request": HOSTILE, "line": 1, "code": HOSTILE, "message": HOSTILE}]
    return json.dumps(report)


def test_hostile_names_are_text(tmp_path, tags):
    saved = tmp_path / "run.json"
    saved.write_text(hostile_report())
    page = sz.load_report(saved).to_html()
    found = tags(page)
    assert found.faults == []
    assert not {"script", "img"} & set(found.seen)
    assert "\u202e" not in page
    assert "<script>alert(1)</script>" in text_of(page)


def test_the_command_writes_the_same_page(tmp_path):
    out = tmp_path / "run.html"
    command = [sys.executable, "-m", "szilard", "report", str(REPORTS[0]), "-o", str(out), "--json"]
    run = subprocess.run(command, check=True, capture_output=True, text=True)
    said = json.loads(run.stdout)
    assert out.read_text(encoding="utf-8") == sz.load_report(REPORTS[0]).to_html()
    assert (said["status"], said["page"]) == ("complete", str(out))


def test_what_is_no_report_is_refused_and_nothing_is_written(tmp_path):
    (tmp_path / "run.json").write_text('{"schema": "another/1"}')
    out = tmp_path / "run.html"
    command = [sys.executable, "-m", "szilard", "report", str(tmp_path / "run.json"), "-o", str(out)]
    run = subprocess.run(command, check=False, capture_output=True, text=True)
    assert run.returncode == 2
    assert "szilard-report/1" in run.stderr
    assert not out.exists()


def test_an_incomplete_run_says_so(tmp_path):
    report = json.loads(REPORTS[0].read_text())
    report["status"] = report["meter"]["status"] = "incomplete"
    report["meter"]["gap_s"] = 12.5
    saved = tmp_path / "run.json"
    saved.write_text(json.dumps(report))
    command = [sys.executable, "-m", "szilard", "report", str(saved), "-o", str(tmp_path / "run.html")]
    run = subprocess.run(command, check=False, capture_output=True, text=True)
    assert run.returncode == 3
    text = text_of((tmp_path / "run.html").read_text(encoding="utf-8"))
    assert "incomplete" in text
    assert "12.500 s missing" in text
