# Weftline: `make help` names every target.
#
# Everything stays inside this folder: uv in .tools/, the Python packages in .venv/, the UI's in web/node_modules/.
# A uv that is on the PATH already is used as it is.

SHELL := /bin/bash
.DEFAULT_GOAL := help

export UV_PYTHON_DOWNLOADS := never
export UV_PYTHON ?= $(shell scripts/python.sh)
# Where it is set, each of the many processes that the tests start compiles 800 files: 2 s of a core every time.
unexport PYTHONDONTWRITEBYTECODE

UV := $(shell command -v uv 2>/dev/null || echo .tools/bin/uv)
RUN := $(UV) run --no-sync

.PHONY: help setup demo test check soak bench web clean

help: ## Name every target
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 10

setup: .venv/.ready ## Install everything that Weftline needs, inside this folder

.venv/.ready: pyproject.toml uv.lock scripts/install-uv.sh
	@UV="$(UV)" scripts/install-uv.sh
	@$(UV) sync --locked --all-extras --quiet
	@touch $@

demo: setup ## Three stores, one ERP, one flow, on 127.0.0.1:8400; ONCE=1 stops after the run, PORT=n listens elsewhere
	@$(RUN) python scripts/demo.py $(if $(filter-out 0,$(ONCE)),--once) $(if $(PORT),--port $(PORT))

test: setup ## Everything needed, then every test, in a process for each core (at most 4)
	@scripts/test-needs.sh
	@$(RUN) pytest -n logical --maxprocesses 4 --dist loadfile --no-loadscope-reorder

check: setup web/node_modules/.ready ## Format, lint, types and floors: the same in CI
	@$(RUN) ruff format --check .
	@$(RUN) ruff check .
	@$(RUN) mypy
	@$(RUN) lint-imports
	@cd web && npm run --silent check

soak: setup ## The long tests, which `make test` leaves out
	@$(RUN) pytest -m soak --timeout 3600

bench: setup ## The benchmarks, beside hand-written scripts
	@$(RUN) python benchmarks/orders_sync/run.py

web: setup ## Build the web UI
	@$(RUN) python scripts/build_web.py

web/node_modules/.ready: web/package-lock.json
	@cd web && npm ci --no-audit --no-fund --silent
	@touch $@

clean: ## Remove what was built and the demo's data
	rm -rf data/demo web/dist src/weftline/static build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
