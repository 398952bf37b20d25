# LabelHub's commands. `make help` lists them.

# The first one that runs and is new enough; a name on PATH may be an empty shim.
PYTHON ?= $(shell for name in python3 python3.13 python3.12 python3.11; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$name && exit; done; echo python3)
BIN := .venv/bin
RUNNER := $(PYTHON) -m labelhub.runner

.DEFAULT_GOAL := help
.PHONY: help run demo install install-dev build lint types test test-python test-frontend e2e faults schema bench lock clean

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## /{printf "  make %-14s %s\n", $$1, $$2}' Makefile

run: ## install what is missing, build, migrate, and start everything on one machine
	@$(RUNNER) run --with-parent

demo: ## run, with a simulated crowd that labels the digits while you watch
	@$(RUNNER) demo --with-parent

install: ## make .venv and install what running needs
	@$(RUNNER) install

install-dev: ## install what tests and checks need
	@$(RUNNER) install-dev

build: ## build the browser's application
	@$(RUNNER) build

lint: install-dev ## format check, lint, types, import contracts
	@bash scripts/lint.sh

test: ## install what tests need and run all of them
	@PYTHON="$(PYTHON)" bash scripts/test.sh

test-python: install-dev ## pytest without browser and faults, on SQLite
	@$(BIN)/python -m pytest -m "not e2e and not faults"

test-frontend: ## typecheck, lint and unit tests of the browser's application
	@$(RUNNER) test-frontend

e2e: install-dev build ## the tests in a real Chromium
	@$(BIN)/python -m pytest -m e2e

faults: install-dev ## the long fault tests: 200 kills
	@LABELHUB_FAULT_KILLS=200 LABELHUB_FAULT_JOBS=400 $(BIN)/python -m pytest -m faults

schema: install-dev ## write schema.yml and the browser's types of the API
	@$(RUNNER) schema

bench: install-dev build ## run the benchmarks; they write JSON to tests/benchmarks/results
	@$(BIN)/python -m tests.benchmarks

lock: install-dev ## write requirements/*.txt from what is installed
	@$(BIN)/python scripts/lock.py

clean: ## remove what was built; the data in var/ stays
	rm -rf .build-stamps frontend/dist frontend/node_modules .pytest_cache .mypy_cache .ruff_cache \
		.import_linter_cache .hypothesis test-results
	find . -name __pycache__ -type d -not -path './.venv/*' -prune -exec rm -rf {} +
