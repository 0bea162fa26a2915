# `make demo` and `make test` set up everything that they need below .venv; nothing else is touched.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PLANT ?= sneaker
SPEED ?= 480
PORT ?= 8080

.DEFAULT_GOAL := help
.PHONY: soak-api help setup kernels demo test lint types layers unit small-plants soak-days wire web bench lock clean

help: ## Show what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

$(BIN)/.app: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Lotwright needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) -V 2>&1). Maybe: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Setting up in $(VENV); the first time takes a minute or two."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(BIN)/.dev: pyproject.toml requirements-dev.txt $(BIN)/.app
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements-dev.txt
	@$(BIN)/python -m controller.kernels > /dev/null 2>&1 & # beside what comes next; `kernels` waits for it
	@touch $@

setup: kernels ## Install Lotwright into .venv

kernels: $(BIN)/.app ## Have the search compiled for this machine, which takes three minutes once
	@$(BIN)/python -m controller.kernels

demo: kernels ## A day of custom orders from file to truck (ONCE=1 ends by itself; PLANT=, SPEED=, PORT=, KILL=13:00, STORY=1)
	@$(BIN)/lotwright demo $(PLANT) --speed $(SPEED) --port $(PORT) $(if $(ONCE),--once) $(if $(KILL),--kill-at $(KILL)) $(if $(STORY),--story)

test: $(BIN)/.dev lint types layers unit wire web ## Everything that CI runs

lint: $(BIN)/.dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(BIN)/.dev
	@$(BIN)/mypy

layers: $(BIN)/.dev
	@$(BIN)/lint-imports

unit: $(BIN)/.dev kernels ## Pure and property tests, and virtual days
	@$(BIN)/python -m pytest -q -n 2 --dist worksteal -m "not wire and not web"

cover: $(BIN)/.dev ## The pure tests again, with the lines that they reach
	@$(BIN)/python -m pytest -q -m "not wire and not web" --ignore tests/plant --cov --cov-report=term:skip-covered

soak-days: $(BIN)/.dev ## Random days of surprises and crashes (DAYS=200, FIRST=1)
	@LOTWRIGHT_SOAK_DAYS=$(or $(DAYS),200) LOTWRIGHT_SOAK_FIRST=$(or $(FIRST),1) $(BIN)/python -m pytest -q -n 2 --dist worksteal tests/plant/test_surprise_days.py tests/plant/test_virtual_day.py tests/plant/test_cancelled_day.py

small-plants: $(BIN)/.dev ## Small random plants beside brute force; goes on where it stopped (PLANTS=10000)
	@$(BIN)/python tests/scheduler/judged_plants.py --plants $(or $(PLANTS),10000)

wire: $(BIN)/.dev ## Real protocols over loopback
	@$(BIN)/python -m pytest -q -m wire # one after the other: limits of real time need the machine for themselves

web: $(BIN)/.dev ## Pages in headless Chromium; skipped with a reason where there is none
	@$(BIN)/python -m pytest -q -n 2 --dist loadfile -m web --ignore tests/web/test_story.py
	@$(BIN)/python -m pytest -q tests/web/test_story.py # a day in real time needs the machine for itself

soak-api: $(BIN)/.dev ## 20,000 made-up requests against the API
	@LOTWRIGHT_API_CASES=20000 $(BIN)/python -m pytest -q tests/web/test_api_fuzz.py

bench: $(BIN)/.dev ## Plans beside first come, first served; repairs after surprises
	@$(BIN)/python benchmarks/bench_construct.py
	@$(BIN)/python benchmarks/bench_repair.py

lock: ## Write requirements-dev.txt anew from what is installed
	@$(BIN)/python -m pip freeze --exclude-editable > requirements-dev.txt

clean: ## Remove the environment and what runs left behind
	@rm -rf $(VENV) .lotwright .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage
