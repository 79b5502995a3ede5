# A fresh machine needs python3 (3.11 or newer), make and a network; everything else goes into .venv.
#
# On Linux the plain torch wheel brings CUDA. For another build: make run TORCH_INDEX=<PyTorch's wheel index for it>.

PYTHON ?= python3
VENV ?= .venv
TORCH_INDEX ?=
# Every server, worker and command that the tests start would compile the project anew where this is set, as containers do.
unexport PYTHONDONTWRITEBYTECODE

INSTALL := harness/install

BIN := $(VENV)/bin
# npm and what it installs look for node on the PATH
NPM := PATH="$(abspath $(BIN)):$$PATH" npm
PYTEST := -m pytest -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder --durations=30
EVERY_CHANGE := -m "not claims and not soak"

APP_READY := $(VENV)/.app-ready
TEST_READY := $(VENV)/.test-ready
NPM_READY := node_modules/.ready
PIP_INSTALL := $(BIN)/python -m pip install --disable-pip-version-check $(if $(TORCH_INDEX),--extra-index-url $(TORCH_INDEX))

.DEFAULT_GOAL := help
.PHONY: help setup run test test-all coverage soak lint bench audit clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /make \1\t/' | expand -t 14

setup: $(APP_READY) ## build .venv with what the app needs

run: $(APP_READY) ## open the app in a browser
	$(BIN)/streamlit run app.py

test: $(TEST_READY) $(NPM_READY) ## run what every change must pass, in a real browser too
	$(BIN)/python $(PYTEST) $(EVERY_CHANGE)

test-all: $(TEST_READY) $(NPM_READY) ## run all tests: also what the pages say of the paper's claims, and load and faults in their short form
	$(BIN)/python $(PYTEST)

coverage: $(TEST_READY) $(NPM_READY) ## which lines and branches of Python these tests take, in commands, servers and workers as well
	$(BIN)/python -m coverage erase
	-$(BIN)/python -m coverage run $(PYTEST) $(EVERY_CHANGE)
	$(BIN)/python -m coverage combine --quiet
	$(BIN)/python -m coverage report

soak: $(TEST_READY) ## load, faults, fuzz and proxy in their long form, with a table of what was measured at the end
	$(BIN)/python -m pytest tests/soak --long

lint: $(TEST_READY) $(NPM_READY) ## check style, spelling and types, of Python and JavaScript
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/codespell
	$(BIN)/mypy
	$(NPM) run --silent lint
	$(NPM) run --silent types

bench: $(TEST_READY) ## time this engine beside its peers, the pages in a browser, and what they say of their time
	$(BIN)/python -m benchmarks
	$(BIN)/python -m benchmarks.page
	$(BIN)/python -m benchmarks.estimates

audit: $(APP_READY) ## look up the packages of .venv in the databases of known vulnerabilities
	$(BIN)/python -m pip freeze --exclude-editable --disable-pip-version-check >$(VENV)/installed.txt
	$(PYTHON) -m venv $(VENV)/audit
	$(VENV)/audit/bin/python -m pip install --disable-pip-version-check --quiet pip-audit==2.10.1
	$(VENV)/audit/bin/pip-audit --no-deps --disable-pip -r $(VENV)/installed.txt

clean: ## remove .venv and all caches
	rm -rf $(VENV) node_modules .coverage* .pytest_cache .mypy_cache .ruff_cache .hypothesis build dist *.egg-info

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(None if sys.version_info >= (3, 11) else "lazyrich needs Python 3.11 or newer, got %d.%d: make PYTHON=python3.12" % sys.version_info[:2])'
	$(PYTHON) -m venv $(VENV)

# The stamps are written last, so that an interrupted installation is taken up again.
$(APP_READY): requirements.txt | $(BIN)/python
	$(PIP_INSTALL) -r requirements.txt
	@touch $@

$(TEST_READY): requirements-test.txt requirements-cluster.txt $(wildcard $(INSTALL)/*.sh) $(APP_READY)
	$(PIP_INSTALL) -r requirements-test.txt
	$(INSTALL)/chromium.sh $(BIN)/python
	$(INSTALL)/firefox.sh
	$(INSTALL)/nginx.sh
	$(INSTALL)/latex.sh
	@touch $@

$(NPM_READY): package.json .npmrc | $(TEST_READY)
	$(NPM) install
	@touch $@
