# Two commands matter: `make run` and `make test`. Both start from a bare Debian or Ubuntu with python3 >= 3.11, venv and make.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SETUP := resources/setup
export PYTHON VENV
# Tests, screenshots and measurements draw without a display.
OFFSCREEN := env -u DISPLAY -u WAYLAND_DISPLAY QT_QPA_PLATFORM=offscreen
# Development mode without the debugging of every allocation: a tenth of the suite's time. Some tests ask for it themselves.
QUICK := PYTHONMALLOC=pymalloc
# Each file is run by one worker, so its fixtures are made once; tests/conftest.py puts the longest files first.
# Four for two processors: who tests whole programs waits much.
WORKERS ?= 4
SIDE_BY_SIDE := -n $(WORKERS) --dist loadfile --no-loadscope-reorder

.PHONY: run test fuzz mutants films kills unarmed lint types-here types-win32 types-darwin bench i18n screenshots install install-dev install-gate install-desktop system lock clean

run: system install
	@$(BIN)/python main.py

test: system install-dev install-gate lint
	$(OFFSCREEN) $(QUICK) $(BIN)/python -X dev -m pytest $(SIDE_BY_SIDE) --durations=20

# Fresh examples for every property: what the suite draws alike everywhere. Draws until it is stopped.
fuzz: install-dev
	while $(OFFSCREEN) RDPGUI_TESTS_DRAW=fresh $(BIN)/python -m pytest -q -n $(WORKERS) -m hypothesis; do :; done

# Changes of the judge that neither its tests nor hostile worlds find. Some minutes of one core.
mutants: install-dev
	$(OFFSCREEN) $(BIN)/python -m tests.hostile --mutants --count 200

# A film of every kind that strangers make, then ten thousand damaged ones: no crash, no hang, nothing broken called whole.
films: install-dev
	$(BIN)/python -m tests.films --foreign
	$(BIN)/python -m tests.films --count 10000 --seed 1

# Lives killed at drawn steps and started again: 3,000 in virtual time, and 300 real programs on the lab. About an hour.
kills: install-dev
	$(BIN)/python -m tests.kills --layer world --count 3000 --seed 1
	$(BIN)/python -m tests.kills --count 300 --seed 1

# Ten thousand sequences of presses in the window of an account that is not armed: reads, and nothing else.
unarmed: install-dev
	$(OFFSCREEN) $(BIN)/python -m tests.unarmed --count 10000 --seed 1

lint: install-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	@$(MAKE) --no-print-directory -j 2 types-here types-win32 types-darwin
	$(BIN)/lint-imports
	$(BIN)/vulture

types-here:
	$(BIN)/mypy

# The program on the other systems. What a guard of the platform leaves out is not unreachable by mistake.
types-win32 types-darwin: types-%:
	$(BIN)/mypy --platform $* --no-warn-unreachable --cache-dir .mypy_cache/$* rdpgui main.py

bench: system install-dev
	$(OFFSCREEN) $(BIN)/python -m tests.benchmarks

# The README's few, and every page at four sizes in both themes and languages, which are too many to keep here.
SCREENSHOTS ?= $(or $(TMPDIR),/tmp)/rdpgui-screenshots

screenshots: system install
	$(OFFSCREEN) $(BIN)/python -m rdpgui.app.screenshots resources/docs/screenshots $(SCREENSHOTS)

# Extract the messages, merge them into the Japanese catalogue and compile it.
i18n: install-dev
	$(BIN)/python resources/locale/update.py

# Exactly what the locks say, without a resolver; quick when it is there already. The reader of film texts has its own lock.
install:
	@$(SETUP)/virtual-environment run

install-dev:
	@$(SETUP)/virtual-environment dev

# The locks with the oldest pip that is about (Debian 12's), into an empty environment; once for each set of locks.
install-gate: install-dev
	@$(SETUP)/install-gate

# The menu entry with its icon, for this user; PREFIX=/usr/local for all.
install-desktop: install
	@$(SETUP)/install-desktop

system:
	@$(SETUP)/system-packages

# New versions within the ranges of pyproject.toml, by pinned tools, so that the same index gives the same files.
lock:
	@$(SETUP)/make-locks --upgrade

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
