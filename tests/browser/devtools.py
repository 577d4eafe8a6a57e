"""A page of a headless Chromium, driven over its DevTools protocol."""

import base64
import json
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Self

import websocket

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--window-size=1280,1600",
    "--remote-debugging-port=0",
    "--remote-allow-origins=*",
]


class Browser:
    """A Chromium of its own, ended with the block."""

    def __init__(self, program: str = "chromium") -> None:
        self.profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        line = [program, *FLAGS, f"--user-data-dir={self.profile.name}", "about:blank"]
        self.process = subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(20)
        self.profile.cleanup()

    def port(self) -> int:
        """The port of the protocol, which Chromium writes into its profile."""
        file = Path(self.profile.name, "DevToolsActivePort")
        until = time.monotonic() + 60
        while time.monotonic() < until:
            if file.exists() and (lines := file.read_text().splitlines()):
                return int(lines[0])
            if self.process.poll() is not None:
                raise RuntimeError(f"chromium ended with status {self.process.returncode}")
            time.sleep(0.1)
        raise TimeoutError("chromium opened no port within 60 s")

    def page(self) -> "Page":
        """A new empty page."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.port()}/json/new?about:blank", method="PUT")
        with urllib.request.urlopen(request) as answer:  # noqa: S310
            return Page(json.load(answer)["webSocketDebuggerUrl"])


class Page:
    """One page: what it shows, and what of its requests failed."""

    def __init__(self, address: str) -> None:
        self.socket = websocket.create_connection(address, timeout=180)
        self.number = 0
        self.requests: dict[str, str] = {}
        self.failed: list[str] = []
        for domain in ("Page", "Runtime", "Network"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **parameters: object) -> dict:
        """The answer to a call; what happens meanwhile is noted."""
        self.number += 1
        self.socket.send(json.dumps({"id": self.number, "method": method, "params": parameters}))
        while True:
            message = json.loads(self.socket.recv())
            if message.get("id") == self.number:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']['message']}")
                return message["result"]
            self._note(message)

    def _note(self, event: dict) -> None:
        of = event.get("params", {})
        match event.get("method"):
            case "Network.requestWillBeSent":
                self.requests[of["requestId"]] = of["request"]["url"]
            case "Network.responseReceived" if of["response"]["status"] >= 400:
                self.failed.append(f"{of['response']['status']} {of['response']['url']}")
            case "Network.loadingFailed" if not of.get("canceled"):
                self.failed.append(f"{of['errorText']} {self.requests.get(of['requestId'], '?')}")

    def evaluate(self, program: str) -> object:
        """The value of a program of JavaScript, or of what it promises."""
        found = self.call("Runtime.evaluate", expression=program, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in found:
            raise RuntimeError(found["exceptionDetails"].get("exception", {}).get("description", program))
        return found["result"].get("value")

    def wait(self, condition: str, seconds: float = 60) -> None:
        """Wait until a condition of JavaScript holds."""
        until = time.monotonic() + seconds
        while not self.evaluate(condition):
            if time.monotonic() > until:
                raise TimeoutError(f"{condition} does not hold after {seconds} s")
            time.sleep(0.2)

    def open(self, address: str) -> None:
        """Open an address and wait until it is loaded."""
        self.call("Page.navigate", url=address)
        self.wait("document.readyState === 'complete'")

    def screenshot(self, path: Path) -> None:
        """Keep a picture of what is seen."""
        found = self.call("Page.captureScreenshot", format="png")
        path.write_bytes(base64.b64decode(found["data"]))
