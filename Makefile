VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= python3
# Test processes; more than the machine has processors only lengthens the run.
WORKERS ?= 2
# Requests an operation and role that `make fuzz` makes up.
EXAMPLES ?= 100

PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
export PIP_ROOT_USER_ACTION := ignore

# A stamp is as new as the last installation; the locks and pyproject.toml make it old.
CREATED := $(VENV)/.created
SERVER := $(VENV)/.server
DEV := $(VENV)/.dev
# What `make test` has installed runs the service too.
SERVICE := $(or $(wildcard $(DEV)),$(SERVER))

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help install serve demo test fuzz check bench openapi permissions lock clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(SERVICE) ## the service into .venv (another Python: make PYTHON=python3.12 install)

# exec: the service is make's own child, so the SIGTERM that make passes on reaches it.
serve: $(SERVICE) ## run the service
	@exec $(BIN)/cronjobs serve

demo: $(SERVICE) ## run the service with example data
	@exec $(BIN)/cronjobs demo

test: $(DEV) ## all tests, and the core's coverage
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -n $(WORKERS) --dist worksteal
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report --include='src/cronjobs_core/*' --fail-under=98

fuzz: $(DEV) ## the API against many made-up requests (fewer: make EXAMPLES=10 fuzz)
	FUZZ_EXAMPLES=$(EXAMPLES) $(BIN)/pytest -n $(WORKERS) --dist worksteal \
	  tests/integration/test_openapi_fuzz.py

check: $(DEV) ## format, lint, types, import contracts, test docstrings
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy src $(wildcard tests/typing)
	$(BIN)/lint-imports --no-logo
	$(BIN)/interrogate tests

bench: $(DEV) ## what the README claims, measured
	$(BIN)/python -m benchmarks

openapi: $(DEV) ## renew docs/openapi.json
	$(BIN)/cronjobs openapi > docs/openapi.json.new
	mv docs/openapi.json.new docs/openapi.json

permissions: $(DEV) ## renew the README's table of permissions
	PYTHONPATH=tests $(BIN)/python -m architecture.permission_table

lock: $(DEV) ## renew the hash-pinned requirements
	requirements/lock.sh --upgrade

clean: ## remove caches and reports; .venv and data stay
	rm -rf .coverage .coverage.* coverage.xml .hypothesis .import_linter_cache .mypy_cache \
	  .pytest_cache .ruff_cache build dist
	find src tests -name __pycache__ -prune -exec rm -rf {} +

$(CREATED):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo 'cronjobs needs Python 3.11 or newer, and "$(PYTHON)" is not;' >&2; \
	  echo 'name one that is: make PYTHON=python3.12 $(MAKECMDGOALS)' >&2; exit 1; }
	@echo 'Creating $(VENV)'
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(SERVER) $(DEV): $(VENV)/.%: requirements/%.txt pyproject.toml $(CREATED)
	@echo 'Installing $<'
	@$(PIP) install --no-deps --require-hashes --only-binary :all: -r $<
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@
