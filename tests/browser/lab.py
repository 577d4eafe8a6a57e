"""Notebooks in JupyterLab and the page of a run, as a browser shows them: `lab.py FOLDER NOTEBOOK...`.

Each notebook is opened, Run All is called, and then: no output is an error, at least one is a picture that the page
shows, no request failed and none left this machine. A screenshot of each is kept in the folder.
"""

import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from devtools import Browser, Page

ROOT = Path(__file__).resolve().parents[2]
CONFIGURATION = """
c.IdentityProvider.token = ""
c.LabApp.expose_app_in_browser = True
c.LabApp.news_url = None
c.LabApp.check_for_updates_class = "jupyterlab.handlers.announcements.NeverCheckForUpdate"
c.LabApp.extension_manager = "readonly"
c.LabApp.open_browser = False
"""
# the notebook among what is open
PANEL = "[...(window.jupyterapp?.shell?.widgets('main') ?? [])].find(w => w.content?.model?.cells?.length)"
READY = f"{PANEL}?.context?.sessionContext?.session?.kernel?.status === 'idle'"
# what Run > Run All Cells does; the promise is kept when the last cell has run
RUN_ALL = f"""(async () => {{
  window.jupyterapp.shell.activateById({PANEL}.id);
  await window.jupyterapp.commands.execute('notebook:run-all-cells');
}})()"""
OUTPUTS = """(() => {
  const cells = PANEL.content.model.toJSON().cells.filter(c => c.cell_type === 'code');
  const outputs = cells.flatMap(cell => cell.outputs);
  return {
    left: cells.filter(cell => cell.source.length && cell.execution_count === null).length,
    errors: outputs.filter(o => o.output_type === 'error').map(o => o.ename + ': ' + o.evalue),
    pictures: outputs.filter(o => o.data && Object.keys(o.data).some(type => type.startsWith('image/'))).length,
  };
})()""".replace("PANEL", PANEL)
# the first picture, where it is seen
SHOW_PICTURE = """(() => {
  const picture = document.querySelector('.jp-OutputArea img, .jp-OutputArea svg.main-svg');
  picture?.scrollIntoView({block: 'center'});
  return picture ? picture.getBoundingClientRect().height : 0;
})()"""


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def started(folder: Path, port: int) -> subprocess.Popen[bytes]:
    """A JupyterLab on a folder, ready to answer."""
    file = folder / "jupyter_lab_config.py"
    file.write_text(CONFIGURATION, encoding="utf-8")
    line = [sys.executable, "-m", "jupyter", "lab", "--allow-root", "--ip=127.0.0.1", f"--port={port}"]
    line += [f"--config={file}", f"--ServerApp.root_dir={folder}"]
    with (folder / "lab.log").open("wb") as log:
        server = subprocess.Popen(line, cwd=folder, stdout=log, stderr=subprocess.STDOUT)
    until = time.monotonic() + 60
    while time.monotonic() < until and server.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/api") as answer:
                answer.read()
                return server
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.2)
    server.kill()
    raise RuntimeError((folder / "lab.log").read_text(encoding="utf-8"))


def requests_that_should_not_be(page: Page, home: str) -> list[str]:
    """Requests that failed, and those to another machine."""
    away = [url for url in page.requests.values() if not url.startswith((home, "data:", "blob:", "about:", "ws:"))]
    return [f"request failed: {failed}" for failed in page.failed] + [f"request to another host: {url}" for url in away]


def faults_of_notebook(page: Page, home: str, name: str, screenshot: Path) -> list[str]:
    """What is wrong with a notebook after Run All."""
    page.open(f"{home}/lab/tree/notebooks/{name}?reset")
    page.wait(READY)
    page.evaluate(RUN_ALL)
    page.wait(f"{OUTPUTS}.left === 0", 30)
    found = page.evaluate(OUTPUTS)
    assert isinstance(found, dict)
    height = page.evaluate(SHOW_PICTURE)
    time.sleep(0.5)
    page.screenshot(screenshot)
    faults = [f"error output: {error}" for error in found["errors"]]
    if not found["pictures"]:
        faults.append("no picture among the outputs")
    if not height:
        faults.append("the page shows no picture")
    return faults + requests_that_should_not_be(page, home)


def faults_of_report(page: Page, folder: Path, screenshot: Path) -> list[str]:
    """What is wrong with the page of a run, opened from the disk."""
    run, report = folder / "run.json", folder / "report.html"
    program = f"from szilard.demo import recording; recording()[2].save({str(run)!r})"
    subprocess.run([sys.executable, "-c", program], check=True)
    subprocess.run([sys.executable, "-m", "szilard", "report", str(run), "-o", str(report)], check=True)
    page.open(report.as_uri())
    pictures = page.evaluate("document.querySelectorAll('svg, img').length")
    page.screenshot(screenshot)
    faults = [] if pictures else ["no picture in the page"]
    if "J/token" not in str(page.evaluate("document.body.innerText")):
        faults.append("no figure in J/token in the page")
    return faults + requests_that_should_not_be(page, "file://")


def main(arguments: list[str]) -> int:
    """Exit status: 0 where every notebook and the page of a run are as they should be."""
    kept, names = Path(arguments[0]), arguments[1:]
    kept.mkdir(parents=True, exist_ok=True)
    faults: dict[str, list[str]] = {}
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place, Browser() as browser:
        folder = Path(place)
        shutil.copytree(ROOT / "notebooks", folder / "notebooks")
        for name in ("datasets", "examples"):
            (folder / name).symlink_to(ROOT / name)
        port = free_port()
        server = started(folder, port)
        try:
            for name in names:
                begin = time.monotonic()
                picture = (kept / name).with_suffix(".png")
                faults[name] = faults_of_notebook(browser.page(), f"http://127.0.0.1:{port}", name, picture)
                print(f"browser: {name}: {len(faults[name])} faults, {time.monotonic() - begin:.1f} s, {picture}")
        finally:
            server.terminate()
            server.wait(20)
        faults["report.html"] = faults_of_report(browser.page(), folder, kept / "report.png")
        print(f"browser: report.html: {len(faults['report.html'])} faults, {kept / 'report.png'}")
    for name, found in faults.items():
        for fault in found:
            print(f"browser: {name}: {fault}", file=sys.stderr)
    return 1 if any(faults.values()) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
