"""What must stand in the page of the quickstart notebook after a browser has rendered it."""

import html
import re
import sys
import tomllib
from pathlib import Path

FIGURE = re.compile(r"(\d+(?:\.\d+)?(?:e[-+]?\d+)?)\s*(?:\(\d+\))?\s*(?:±\s*[\d.e+-]+\s*%?\s*)?\)?\s*J/token")
PICTURE = re.compile(r"<img[^>]+src=\"data:image/(?:png|svg\+xml);base64,[A-Za-z0-9+/=\s]{1000,}|<svg[\s>]")


def faults(dom: str, truth: float) -> list[str]:
    """What is wrong with the rendered page, empty where nothing is."""
    found = []
    visible = re.sub(r"(?s)<(script|style)\b.*?</\1>", " ", dom)
    text = html.unescape(re.sub(r"<[^>]+>", " ", visible)).replace("\N{NO-BREAK SPACE}", " ")
    values = [float(value) for value in FIGURE.findall(text)]
    # The sampling noise of the example has zero mean: a right figure lies within 2 % of the generator's truth.
    if not any(abs(value / truth - 1) < 0.02 for value in values):
        found.append(f"no J/token figure within 2 % of {truth:.4f}; found {values}")
    if not PICTURE.search(dom):
        found.append("no picture")
    if re.search(r"<script[^>]*>\s*alert", dom, re.IGNORECASE):
        found.append("a script element calls alert")
    return found


def main() -> int:
    """Exit status: 0 where the page in argv[1] shows the truth in argv[2]."""
    dom = Path(sys.argv[1]).read_text(encoding="utf-8")
    truth = tomllib.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))["truth"]["energy_per_token_j"]
    found = faults(dom, truth)
    for fault in found:
        print(f"browser: {fault}", file=sys.stderr)
    if not found:
        print(f"browser: J/token figure and picture are in the page ({len(dom)} characters)")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
