# make run: set up everything and serve.   make test: set up what tests need and run them.
.DEFAULT_GOAL := help
.PHONY: help run setup setup-dev test explore lint format types imports messages compile check openapi schema bench lock clean

PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
LOCK := $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-header --no-annotate --quiet pyproject.toml requirements/build.in

help:        ## this list
	@grep -E '^[a-z-]+: .*##' Makefile | sed 's/:.*## */\t/' | expand -t 12

run: setup      ## set up everything and serve the product; Ctrl-C stops it
	@exec $(BIN)/gendan up

setup:
	@test -n "$(PYTHON)" || { echo "gendan needs Python 3.11 or newer"; exit 1; }
	@$(PYTHON) scripts/setup.py run

setup-dev:
	@test -n "$(PYTHON)" || { echo "gendan needs Python 3.11 or newer"; exit 1; }
	@$(PYTHON) scripts/setup.py dev

test: check      ## everything that CI runs
	$(BIN)/pytest -n 2

explore: setup-dev compile      ## tests with generated examples, with new ones
	GENDAN_TEST_EXAMPLES=explore $(BIN)/pytest -n 2 $(shell grep -rl "hypothesis\|schemathesis" tests src --include='test_*.py')

check: lint types imports messages      ## all checks but the tests

lint: setup-dev      ## ruff
	$(BIN)/ruff check .

format: setup-dev      ## write the code in the project's format
	$(BIN)/ruff check --fix-only --quiet . && $(BIN)/ruff format .

types: setup-dev compile      ## mypy --strict
	$(BIN)/mypy

imports: setup-dev      ## contexts import downwards only
	$(BIN)/lint-imports

messages: setup-dev      ## every text in three languages
	$(BIN)/python scripts/messages.py --check

compile: setup-dev
	@$(BIN)/python scripts/messages.py --compile

openapi: setup-dev      ## write docs/openapi.json
	$(BIN)/python -m gendan.config.openapi docs/openapi.json

schema: setup-dev      ## write the tables of a new database as one script
	$(BIN)/python -m gendan.config.schema

bench: setup-dev      ## measure; prints a table and writes bench/results/
	$(BIN)/python -m bench

lock: setup-dev      ## pin the newest versions that pyproject.toml allows
	$(BIN)/python -m pip install --quiet uv
	$(LOCK) --upgrade --extra dev --output-file requirements/dev.txt
	$(LOCK) --constraint requirements/dev.txt --output-file requirements/run.txt

clean:      ## remove caches; data in var/ stays
	rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis build dist
