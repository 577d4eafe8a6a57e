# Every target is one or two commands. CONTRIBUTING.md says when to use which.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := build
.PHONY: build tools demo lab test lint format notebooks docs site bench fuzz clean

PYTHON ?= python3
BIN := .venv/bin
export VIRTUAL_ENV := $(CURDIR)/.venv
export PIP_QUIET := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1

# What is compiled into the wheel. Python files are not listed: the install is editable.
COMPILED := pyproject.toml Cargo.toml Cargo.lock $(shell find rust datasets -type f -not -path '*/tests/*' -not -path '*/target/*')

build: .venv/built  ## The package with its figures, in .venv
tools: .venv/built .venv/tools  ## and what tests, notebooks and lints need

.venv/maturin:
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install 'maturin>=1.16,<2'
	touch $@

.venv/built: .venv/maturin $(COMPILED)
	$(BIN)/maturin develop --quiet --profile wheel --extras plot
	touch $@

# The extras alone: `pip install '.[dev]'` would compile the package once more.
.venv/tools: .venv/maturin pyproject.toml
	$(BIN)/python -c 'import tomllib as t; extras = t.load(open("pyproject.toml", "rb"))["project"]["optional-dependencies"]; print(*extras["dev"], *extras["notebook"], sep="\n")' > $@.txt
	$(BIN)/python -m pip install -r $@.txt
	touch $@

demo: build  ## Joules per token of the example recording, in demo-output/
	$(BIN)/python -m szilard.demo demo-output

lab: tools  ## The first notebook in JupyterLab
	$(BIN)/jupyter lab notebooks/01_quickstart.ipynb

test: tools  ## Rust, Python, doctests and notebooks
	cargo test --workspace
	$(BIN)/python -m pytest

lint: tools  ## Formatting, lints and types
	cargo fmt --check && cargo clippy --workspace --all-targets -- -D warnings
	$(BIN)/ruff check && $(BIN)/ruff format --check && $(BIN)/mypy --strict python/

format:  ## Rewrites files in the house format
	cargo fmt && $(BIN)/ruff check --fix-only && $(BIN)/ruff format

notebooks: tools  ## Executes every notebook and keeps its output
	$(BIN)/jupyter nbconvert --to notebook --execute --inplace notebooks/*.ipynb

# A unit in brackets, "Power. [W]", looks like a link to rustdoc; it is none.
docs:  ## The Rust documentation, with everything else that rustdoc dislikes as an error
	RUSTDOCFLAGS="-D warnings -A rustdoc::broken_intra_doc_links" cargo doc --no-deps -p szilard

# Offline; what sphinx would only warn of is an error.
site: tools .venv/site  ## The documentation as web pages, in site/html
	$(BIN)/python -m sphinx -q -W --keep-going docs site/html

.venv/site: .venv/maturin pyproject.toml
	$(BIN)/python -c 'import tomllib as t; extras = t.load(open("pyproject.toml", "rb"))["project"]["optional-dependencies"]; print(*extras["docs"], sep="\n")' > $@.txt
	$(BIN)/python -m pip install -r $@.txt
	touch $@

bench: tools  ## The figures of docs/performance.md, measured here
	$(BIN)/python benches/build_time.py
	cargo build --quiet --release -p szilard-cli && $(BIN)/python benches/record.py target/release/szilard --docs
	cargo run --quiet --release -p szilard-simd --example ratios && $(BIN)/python benches/entropy.py --docs
	$(BIN)/python benches/traces.py --docs
	$(BIN)/python benches/energy.py --docs

# Needs a nightly toolchain and cargo-fuzz.
fuzz:  ## Every fuzz target for half a minute, from the samples
	for target in $$(cargo +nightly fuzz list); do mkdir -p fuzz/corpus/$$target && \
	  cargo +nightly fuzz run $$target fuzz/corpus/$$target tests/formats/tokens -- -max_total_time=30; done

clean:
	rm -rf .venv target demo-output browser-screenshots site docs/notebooks docs/reference
