# One door to everything: `make demo` shows traybot at work, `make test` checks it. Both set up
# what they need themselves and are quick the second time.
#
# Written for Debian 12, where apt-get brings what is in debian-packages.txt. Elsewhere:
#   other Linux     install the counterparts of debian-packages.txt; then as here
#   Windows, macOS  python -m venv .venv, then in it: pip install . (tray and windows need no more)

.DEFAULT_GOAL := help
.SUFFIXES:
.NOTPARALLEL:
SHELL := /bin/bash

# Debian's own Python: the tray's GTK bindings are built for it. Another one: make PYTHON=python3.12
PYTHON ?= $(if $(wildcard /usr/bin/apt-get),/usr/bin/python3,python3)
BIN := .venv/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_NO_INPUT := 1

# The environment is ready when the stamp for the present content of these files is there.
RECIPE := pyproject.toml requirements.lock debian-packages.txt
READY := .venv/ready-$(shell cat $(RECIPE) | cksum | tr ' ' -)
ANYWHERE = $(shell grep --recursive --files-with-matches --include='test_*.py' 'mark[.]anywhere' tests)
PACKAGES := $(shell sed -e 's/\#.*//' debian-packages.txt)

.PHONY: bench-peers help env demo test lint types types-elsewhere house unit fmt lock strings bench clean

help:
	@echo 'make demo    see it work: a game, its bot, the tray, a death, a recovery'
	@echo 'make test    everything that is checked: style, types, imports, tests'
	@echo 'make lint    style only          make types   types only'
	@echo 'make types-elsewhere   types as Windows and macOS see them'
	@echo 'make house   imports only        make unit    tests only (ARGS="-k stop" for some)'
	@echo 'make fmt     put the code in shape'
	@echo 'make bench   measure starts, stops and memory, and strike at everything 50 times'
	@echo 'make strings take the texts out for translators, and put their catalogues in'
	@echo 'make bench-peers   measure beside other libraries, and write docs/performance.md'
	@echo 'make lock    choose the newest dependencies anew'
	@echo 'make clean   remove what was made'

env: $(READY)

$(READY):
	@$(debian_packages)
	@echo 'env: .venv by $(PYTHON)'
	@$(PYTHON) -m venv --system-site-packages .venv
	@echo 'env: requirements.lock'
	@$(BIN)/pip install --quiet --no-deps --require-hashes --requirement requirements.lock
	@$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	@rm -f .venv/ready-*
	@touch $@
	@echo 'env: ready'

# Asks dpkg first, so that a machine that has everything needs neither root nor network.
define debian_packages
	missing=; \
	for package in $(PACKAGES); do \
	  dpkg-query --show --showformat '$${db:Status-Status}' $$package 2>/dev/null | grep -qx installed \
	    || missing+=" $$package"; \
	done; \
	if [ -z "$$missing" ]; then exit 0; fi; \
	if ! command -v apt-get >/dev/null; then \
	  echo "env: no apt-get here; if something fails, install the counterparts of:$$missing"; exit 0; \
	fi; \
	root=; \
	if [ "$$(id -u)" != 0 ]; then \
	  root=sudo; \
	  command -v sudo >/dev/null || { \
	    echo "env: cannot install packages: neither root nor sudo (as root: apt-get install$$missing)" >&2; \
	    exit 1; \
	  }; \
	fi; \
	echo "env: apt-get install$$missing"; \
	$$root apt-get update --quiet=2 && \
	$$root env DEBIAN_FRONTEND=noninteractive apt-get install --quiet=2 --yes --no-install-recommends \
	  -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 $$missing </dev/null >/dev/null
endef

demo: env
	@$(BIN)/traybot demo $(ARGS)

# The tests come last: their summary closes the output.
test: lint types types-elsewhere house unit

lint: env
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: env
	$(BIN)/mypy

# The program, and those tests that run on every system; each system has its own memory.
types-elsewhere: env
	$(BIN)/mypy --platform win32 --cache-dir .mypy_cache/win32 traybot $(ANYWHERE)
	$(BIN)/mypy --platform darwin --cache-dir .mypy_cache/darwin traybot $(ANYWHERE)

house: env
	$(BIN)/lint-imports --no-logo

# In two processes: a test mostly waits for others, so that the second one fills the gaps. Compiled
# first: where Python is told to write no bytecode, each process under test would compile it all.
# Up to three that fail are run once more, alone, and named FRAGILE if they pass then: decision 0032.
unit: env
	@$(BIN)/python -m compileall -q traybot tests
	$(BIN)/pytest -n 2 --dist worksteal $(ARGS) || { [ $$? = 1 ] && $(BIN)/python tests/again.py; }

fmt: env
	$(BIN)/ruff check --fix-only --quiet
	$(BIN)/ruff format

# For Debian 12: Linux, its Python. Hashes of all published files are in it, so any processor will
# do. `make lock UPGRADE=` keeps the versions that are there. Left out is evdev: it is published as
# source only and would need a compiler; Debian has it.
UPGRADE ?= --upgrade
lock:
	@$(PYTHON) -m venv .lock-venv
	@.lock-venv/bin/pip install --quiet uv
	.lock-venv/bin/uv pip compile pyproject.toml --extra ocr --group dev --output-file requirements.lock $(UPGRADE) --quiet \
	  --python-version 3.11 --python-platform linux --generate-hashes \
	  --no-emit-index-url --no-header --no-emit-package evdev
	@rm -rf .lock-venv

strings: env
	@$(BIN)/python installer/strings.py

bench: env
	@$(BIN)/python bench/start.py
	@$(BIN)/python bench/stop.py --trials 100
	@$(BIN)/python bench/memory.py
	@$(BIN)/python bench/chaos.py --kills 50

# Writes the measured part of docs/performance.md, with its pictures. The peers come from PyPI and the
# pictures from Debian and PyPI at the first time. Half an hour; nothing else should run.
RESULTS := .venv-bench/results
bench-peers: env
	@mkdir -p $(RESULTS) && rm -f $(RESULTS)/*.json
	-$(BIN)/python bench/capture.py --json > $(RESULTS)/capture.json
	$(BIN)/python bench/capture_peers.py $(RESULTS)/capture_peers.json
	$(BIN)/python bench/at_place.py $(RESULTS)/at_place.json
	$(BIN)/python bench/many.py $(RESULTS)/many.json
	$(BIN)/python bench/features.py --json > $(RESULTS)/features.json
	-$(BIN)/python bench/latency.py --json > $(RESULTS)/latency.json
	$(BIN)/python bench/beside.py $(RESULTS)/beside.json
	$(BIN)/python bench/report.py $(RESULTS)

clean:
	rm -rf .venv .lock-venv build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -not -path './.git/*' -prune -exec rm -rf {} +
