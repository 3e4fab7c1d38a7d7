# Two commands for everybody: `make demo` and `make test`. Everything lives in .venv; a second run starts at once.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: help demo test check format lint types contracts docs docs-check cookbook pictures soak bench clean

help:  ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

demo: .venv/installed  ## set up, then crawl eight made-up outlets on this machine and show a story
	@$(BIN)/newscrawl demo

test: .venv/installed-dev  ## set up, then run all tests
	@$(BIN)/python -m pytest -q -n auto --dist loadfile

check: lint types contracts docs-check test  ## everything CI runs: format, lint, types, contracts, docs, tests

lint: .venv/installed-dev  ## formatting and lint
	@$(BIN)/ruff format --check . || { echo "Repair it with: make format"; exit 1; }
	@$(BIN)/ruff check .

format: .venv/installed-dev  ## format the code and mend what lint can mend
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

types: .venv/installed-dev  ## mypy, strict
	@$(BIN)/mypy

contracts: .venv/installed-dev  ## who may import whom
	@$(BIN)/lint-imports

docs: .venv/installed-dev  ## write the generated pages of docs/ anew
	@$(BIN)/python docs/generate.py

docs-check: .venv/installed-dev  ## fail where a generated page is out of date
	@$(BIN)/python docs/generate.py --check

cookbook: .venv-cookbook/installed  ## run every query of the cookbook and its notebook, with pandas, polars, DuckDB and matplotlib
	@.venv-cookbook/bin/python -m pytest -q -n auto tests/docs/test_cookbook.py tests/dedupe/test_exporting.py

.venv-cookbook/installed: pyproject.toml
	@$(PYTHON) -m venv .venv-cookbook
	@.venv-cookbook/bin/pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
	@.venv-cookbook/bin/pip install --quiet --disable-pip-version-check --editable . --group dev --group cookbook
	@touch $@

pictures: .venv/installed-dev  ## take the pictures of docs/ anew, with Debian's chromium
	@$(BIN)/python docs/screenshots.py

soak: .venv/installed-dev  ## the long tests: hundreds of kills, full disks, overlapping starts
	@$(BIN)/python bench/soak.py

bench: .venv/installed-dev  ## measure; the tables stand in docs/benchmarks.md
	@for script in $$(ls bench/*.py | grep -v soak); do echo "== $$script"; $(BIN)/python $$script || exit 1; done

clean:  ## remove the environment and everything made; data/ is left alone
	rm -rf .venv .venv-peers .venv-cookbook .venv-datasette-next .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache dist build

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "newscrawl needs Python 3.11 or later; name one with: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@echo "Setting up .venv (once; about a minute) ..." >&2
	@$(PYTHON) -m venv .venv

.venv/installed: pyproject.toml | .venv/bin/python
	@$(BIN)/pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
	@$(BIN)/pip install --quiet --disable-pip-version-check --editable .
	@touch $@

.venv/installed-dev: pyproject.toml | .venv/installed
	@$(BIN)/pip install --quiet --disable-pip-version-check --editable . --group dev
	@touch $@
