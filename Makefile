# Two commands matter: `make demo` and `make test`. Needs python3 (3.11 or newer, with venv) and make; nothing else.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= $(firstword $(foreach name,python3 python3.11 python3.12 python3.13,$(shell $(name) -c \
  'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $(name))))
VENV := .venv
BIN := $(VENV)/bin
UV_VERSION := 0.13.9
UV := $(VENV)/uv/bin/uv
INSTALLED := $(VENV)/installed
SCALE ?= full

export PATH := $(CURDIR)/$(BIN):$(PATH)
export DO_NOT_TRACK := 1
export UV_PYTHON_DOWNLOADS := never
# Without byte code every command would compile Dagster and dbt anew.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help install demo up down test check static bench clean

help: ## show this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' Makefile

install: $(INSTALLED) ## put the locked environment into .venv (the other targets do it by themselves)

demo: $(INSTALLED) ## 演示：a small province, three months of close, all workbooks
	@lendwatch demo

up: $(INSTALLED) ## start PostgreSQL and Dagster's page; Ctrl-C stops all
	@lendwatch up

down: $(INSTALLED) ## stop what `make up` or `make demo` left running
	@lendwatch down

check: static ## format, lint, types, import directions, dbt parse, unit and contract tests
	pytest --durations=5 tests/unit tests/contracts

test: static ## all of check, then integration, dbt tests and end to end on a real PostgreSQL
	pytest --durations=15

static: $(INSTALLED)
	ruff format --check .
	ruff check .
	mypy common ingestion exports orchestration tests
	lint-imports
	python -m orchestration.manifest

bench: $(INSTALLED) ## speed and size as ratios (SCALE=small for a tenth)
	@python -m benchmarks --scale $(SCALE)

clean: ## stop all and remove the environment, caches and demo data (real data are kept)
	@if [ -x $(BIN)/lendwatch ]; then $(BIN)/lendwatch down --quiet || true; fi
	@if [ -e var/demo.json ] || [ ! -e var/postgres ]; then rm -rf var; \
	  else echo 'var/ 中有正式数据，未删除；确认不再需要时请手工删除 var/'; fi
	@rm -rf build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis transform/target $(VENV)
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(INSTALLED): requirements/lock.txt pyproject.toml
	@if [ -z '$(PYTHON)' ]; then echo '需要 Python 3.11 或更新版本（含 venv），请先安装 python3'; exit 1; fi
	@if [ ! -x $(BIN)/python ]; then $(PYTHON) -m venv $(VENV); fi
	@if [ ! -x $(UV) ]; then echo '安装 uv …'; $(PYTHON) -m venv $(VENV)/uv; \
	  $(VENV)/uv/bin/pip install --quiet --disable-pip-version-check uv==$(UV_VERSION); fi
	@echo '安装依赖（首次约需一分钟）…'
	@$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r requirements/lock.txt
	@$(UV) pip install --quiet --python $(BIN)/python --no-deps -e .
	@$(BIN)/python -m compileall -q -j 0 $$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))') || true
	@touch $@
