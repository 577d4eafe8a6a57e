#!/usr/bin/env bash
# The quickstart notebook exported to HTML, three notebooks in JupyterLab and the page of a run, in a headless browser.
# Screenshots stay in browser-screenshots/.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

notebook=notebooks/01_quickstart.ipynb
python=.venv/bin/python
[[ -f "$notebook" ]] || { echo "browser: $notebook is missing" >&2; exit 1; }
[[ -x "$python" ]] || { echo "browser: no .venv; run 'make tools' first" >&2; exit 1; }

if ! command -v chromium > /dev/null; then
  echo "browser: chromium is not installed; trying apt-get install chromium"
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium; } > /dev/null \
    || { echo "browser: chromium could not be installed; install Debian's package 'chromium' and run this again" >&2; exit 1; }
fi

work="$(mktemp -d)"
server=""
trap '[[ -z "$server" ]] || kill "$server" 2> /dev/null || true; rm -rf "$work"' EXIT

# The page must stand alone: no script from another host.
"$python" -m nbconvert --log-level WARN --to html --execute --output-dir "$work" --output page \
  --HTMLExporter.mathjax_url= --HTMLExporter.require_js_url= --HTMLExporter.jquery_url= "$notebook"

"$python" -u -m http.server --bind 127.0.0.1 --directory "$work" 0 > "$work/server.log" 2>&1 &
server=$!
for _ in $(seq 50); do
  port="$(sed -n 's/.* port \([0-9]*\) .*/\1/p' "$work/server.log" | head -1)"
  [[ -n "$port" ]] && break
  sleep 0.1
done
[[ -n "$port" ]] || { echo "browser: the local server did not start" >&2; cat "$work/server.log" >&2; exit 1; }

timeout 120 chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run \
  --disable-background-networking --disable-component-update --disable-sync --user-data-dir="$work/profile" \
  --virtual-time-budget=10000 --dump-dom "http://127.0.0.1:$port/page.html" > "$work/dom.html" 2> "$work/chromium.log" \
  || { echo "browser: chromium failed" >&2; tail -20 "$work/chromium.log" >&2; exit 1; }

"$python" tests/browser/check_dom.py "$work/dom.html" datasets/traces/demo_truth.toml

"$python" tests/browser/lab.py browser-screenshots 01_quickstart.ipynb 08_boundaries.ipynb 12_rooftop_node.ipynb
