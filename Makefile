# `make demo` runs the product with its sample study, `make test` tests it. README.md tells the rest.
SHELL := /bin/bash
PYTHON ?= python3
VENV ?= .venv
RUN := $(VENV)/bin/python

.PHONY: help install install-dev browser demo run test check bench lock audit clean

help:
	@echo "make demo     run Arena here with its sample study (PORT=8000, ARENA_HOME=./var)"
	@echo "make run      the same without sample data"
	@echo "make test     run all tests     make check    format, lint, types, imports, migrations, templates"
	@echo "make bench    measure, beside the peers     make lock    resolve the pins anew     make clean"

install:
	@$(PYTHON) arena/embedded/environment.py $(VENV) requirements.txt

install-dev:
	@$(PYTHON) arena/embedded/environment.py $(VENV) requirements-dev.txt

# exec: Ctrl-C reaches the supervisor alone, which stops everything it started.
demo: install
	@exec $(RUN) -m arena.embedded demo

run: install
	@exec $(RUN) -m arena.embedded run

browser:
	@for name in chromium chromium-browser google-chrome; do command -v $$name >/dev/null && exit 0; done; \
	as_root=$$([ "$$(id -u)" = 0 ] || echo "sudo -n"); \
	echo "Installing Debian's chromium for the browser tests …"; \
	{ $$as_root apt-get update -qq && DEBIAN_FRONTEND=noninteractive $$as_root apt-get install -y -qq chromium; } >/dev/null 2>&1 \
	|| { echo "The browser tests need Chromium. Install it (apt-get install chromium), then run make test again."; exit 1; }

test: install-dev browser
	@$(RUN) manage.py compile_translations
	@$(RUN) -m pytest

check: install-dev
	@$(RUN) -m ruff format --check .
	@$(RUN) -m ruff check .
	@$(RUN) -m mypy
	@$(VENV)/bin/lint-imports
	@$(RUN) -W ignore:'Got an error checking':RuntimeWarning manage.py makemigrations --check --dry-run
	@$(RUN) manage.py check
	@$(RUN) manage.py compile_translations
	@$(RUN) -m djlint --lint --quiet templates
	@$(RUN) manage.py spectacular --validate --fail-on-warn --file /dev/null

bench:
	@$(PYTHON) arena/embedded/environment.py $(VENV) requirements-bench.txt
	@for script in bench/[a-z]*.py; do echo; echo "== $$script"; $(RUN) $$script || exit 1; done

lock: install-dev
	@compile="$(RUN) -m uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-annotate --no-header pyproject.toml"; \
	$$compile -o requirements.txt && $$compile --extra dev -o requirements-dev.txt && $$compile --extra dev --extra bench -o requirements-bench.txt

audit: install-dev
	@$(RUN) -m pip_audit --require-hashes --disable-pip -r requirements.txt

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
