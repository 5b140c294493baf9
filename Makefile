# Every target sets up what it needs in .venv and says what it does. `make help` lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.DEFAULT_GOAL := help
.PHONY: help setup demo up test test-all check bench faults mutants schemas lock clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort | expand -t 10

setup: $(READY) ## make .venv with everything in requirements.lock

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or later is needed; name it with: make $(or $(MAKECMDGOALS),setup) PYTHON=/path/to/python3.11"; exit 1; }
	@echo "== setting up $(VENV) from requirements.lock (hashes are checked)"
	@$(PYTHON) -m venv $(VENV) || { echo "The venv module is missing; on Debian: apt-get install python3-venv"; exit 1; }
	@$(BIN)/pip install -qq --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/pip install -qq --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(READY)

demo: $(READY) ## tell the story of 200 deals on embedded servers, ask every report, verify
	@echo "== demo: embedded servers on a temporary directory"
	@$(BIN)/daybook demo

up: $(READY) ## serve the demo's ledger until Ctrl-C and print the URLs
	@echo "== up: the demo's ledger, served from .daybook until Ctrl-C"
	@$(BIN)/daybook demo --serve --data .daybook

test: $(READY) ## run all tests but the long ones
	@echo "== test: unit, conformance, integration and acceptance, on real embedded servers; \`make test-all\` has the long ones"
	@$(BIN)/python -m tests.browser
	@$(BIN)/pytest -n 3 --dist worksteal -m "not long"

test-all: $(READY) ## run all tests, while the ports that services have by default are taken
	@echo "== test-all: every test, on real embedded servers; nobody else gets ports 8080 to 8084 meanwhile"
	@$(BIN)/python -m tests.browser
	@$(BIN)/pytest -n 2 --dist worksteal -p tests.taken_ports

check: $(READY) ## ruff, format, mypy strict, import-linter, schema drift
	@echo "== check: lint, format, types, imports, schemas"
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m tests.docstrings
	@$(BIN)/python -m contracts.schemas --check
	@$(BIN)/python -m projections.generated --check

bench: $(READY) ## measure appends, visibility, record, project, rebuild, verify and reports, beside floors and a peer
	@echo "== bench: everything side by side in one run; figures go to tests/benchmarks/results/"
	@$(BIN)/python -m tests.benchmarks

faults: $(READY) ## kill, stop, cut off, fill and rewind everything, and look for every acknowledged event (SEEDS=200)
	@echo "== faults: real processes and servers on loopback; the same seeds make the same faults"
	@$(BIN)/python -m tests.faults $(if $(SEEDS),--seeds $(SEEDS))

mutants: $(READY) ## make the product wrong in one place at a time: a fault plan or a test must notice each
	@echo "== mutants: each plan and test on the product as it is, then on each mutation that it must notice"
	@$(BIN)/python -m tests.mutants

schemas: $(READY) ## write contracts/schemas and projections/generated anew
	@$(BIN)/python -m contracts.schemas
	@$(BIN)/python -m projections.generated

lock: $(READY) ## resolve requirements.lock anew (needs uv)
	@uv pip compile pyproject.toml --extra dev --universal --generate-hashes --no-emit-index-url --no-header \
		--no-annotate --quiet --output-file requirements.lock

clean: ## remove .venv and the demo's ledger
	@rm -rf $(VENV) .daybook
