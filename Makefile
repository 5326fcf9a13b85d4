# Two commands matter: `make run` and `make test`. Both start from a bare Debian or Ubuntu with python3 >= 3.11, venv and make.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Tests, screenshots and measurements draw without a display.
OFFSCREEN := env -u DISPLAY -u WAYLAND_DISPLAY QT_QPA_PLATFORM=offscreen

.PHONY: run test lint bench i18n screenshots install install-dev system lock clean

run: system install
	@$(BIN)/python main.py

test: system install-dev lint
	$(OFFSCREEN) $(BIN)/python -X dev -m pytest

lint: install-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/vulture

bench: system install-dev
	$(OFFSCREEN) $(BIN)/python -m tests.benchmarks

screenshots: system install
	$(OFFSCREEN) $(BIN)/python -m rdpgui.app.screenshots resources/docs/screenshots

# Extract the messages, merge them into the Japanese catalogue and compile it.
i18n: install-dev
	$(BIN)/python resources/locale/update.py

install: $(VENV)/.runtime

install-dev: $(VENV)/.development

system:
	@resources/setup/system-packages

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || { echo "rdpgui needs Python 3.11, 3.12 or 3.13: make PYTHON=python3.12 ..."; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: requirements.lock | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

$(VENV)/.development: requirements.lock requirements-dev.lock | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $(VENV)/.runtime $@

# New versions within the ranges of pyproject.toml. The locks never name an index.
lock: | $(BIN)/python
	$(BIN)/python -m pip install --quiet pip-tools
	$(BIN)/pip-compile -q -U --generate-hashes --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --strip-extras --allow-unsafe -o requirements.lock pyproject.toml
	$(BIN)/pip-compile -q -U --extra dev -c requirements.lock --generate-hashes --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --strip-extras --allow-unsafe -o requirements-dev.lock pyproject.toml

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
