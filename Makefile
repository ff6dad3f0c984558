# The one front door for developers. `make` alone says what there is.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

VENV := .venv
BIN := $(VENV)/bin
HUB := $(VENV)/.hub-installed
TESTS := $(VENV)/.tests-installed
PAGES := hub/web/node_modules/.served
JARS := $(VENV)/share/kafka-local
PIP := $(BIN)/python -m pip install --disable-pip-version-check --no-input --progress-bar off
# pip says a lot; a name for each package as it comes is enough to see that it moves.
NAMES := awk '/^Collecting/ { split($$2, name, /[=<>!;]/); printf "%s ", name[1]; fflush() } /^Installing/ { printf "\nUnpacking them.\n"; fflush() }'

export PYTHONUTF8 := 1

.PHONY: help demo serve test check bench faults kafka fuzz lock clean browser stories

help: ## say what there is
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(HUB) $(PAGES) $(if $(filter 1,$(KAFKA)),kafka) ## tell the story of one invented child, then serve the pages (SERVE=0: stop after the story; RESET=1: start anew; KAFKA=1: through Apache Kafka)
	@HUB_DEMO=1 $(BIN)/hub demo $(if $(filter 0,$(SERVE)),--no-serve) $(if $(filter 1,$(RESET)),--reset) $(if $(filter 1,$(KAFKA)),--kafka)

serve: $(HUB) $(PAGES) ## serve the pages and the HTTP interface over what the demo stored
	@HUB_DEMO=1 $(BIN)/hub serve

test: $(TESTS) $(PAGES) browser kafka ## run every test against a real PostgreSQL and a real Apache Kafka
	@$(BIN)/python -m pytest -q -n 3 --dist loadfile --no-loadscope-reorder

check: $(TESTS) ## lint, formatting, types, floors and the fast tests, in a few minutes
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m pytest -q -n 3 --dist loadfile --no-loadscope-reorder -m "not slow and not browser and not bench"

bench: $(TESTS) ## measure an authorised reading, deciding, and taking records in, each beside its floor and a usual way
	@$(BIN)/python tests/bench/run.py

faults: $(TESTS) kafka ## kill consumer, broker, server and database at random over 20,000 updates each; half an hour, figures printed
	@HUB_FAULTS=full $(BIN)/python -m pytest -q -s tests/promises/test_kafka_loses_nothing.py tests/promises/test_http_loses_nothing.py

accounts: $(TESTS) ## take in every published sample beside the project, three times, and account for every record
	@$(BIN)/python -m tests.accounts.run --write

fuzz: $(TESTS) ## send every adapter files broken by chance, and a hub two children's mixed up, for ten minutes
	@$(BIN)/python -m tests.fuzz.run --seconds 600 --write

stories: $(HUB) ## write docs/who-sees-what.md anew from the stories of the policy
	@$(BIN)/python -m consent.scenarios_page

lock: $(HUB) ## choose the newest allowed release of each dependency and write both locks again
	@$(PIP) --group lock | $(NAMES)
	@$(BIN)/uv pip compile $(LOCK) pyproject.toml -o deploy/requirements.lock
	@$(BIN)/uv pip compile $(LOCK) pyproject.toml --extra test -c deploy/requirements.lock -o deploy/requirements-test.lock
LOCK := --quiet --upgrade --group build --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url

clean: ## remove what was installed and built here; the demo's data (.hub) stays
	@rm -rf $(VENV) hub/web/node_modules hub/web/static/vendor build dist *.egg-info
	@rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

# --- what those need, made once -----------------------------------------------------------------------------------

PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$$p"; break; }; done)

$(VENV)/pyvenv.cfg:
	@test -n "$(PYTHON)" || { echo "The hub needs Python 3.11 or newer, and there is none here. Install it, or name one: make PYTHON=/path/to/python3"; exit 1; }
	@"$(PYTHON)" -m venv $(VENV) || { rm -rf $(VENV); \
		echo "This Python cannot make virtual environments. On Debian and Ubuntu: apt-get install python3-venv"; exit 1; }

$(HUB): $(VENV)/pyvenv.cfg deploy/requirements.lock pyproject.toml
	@echo "Installing the hub into $(VENV); the first time takes about a minute."
	@$(PIP) --require-hashes -r deploy/requirements.lock | $(NAMES)
	@$(PIP) -qq --no-deps --no-build-isolation -e .
	@touch $@

$(TESTS): $(HUB) deploy/requirements-test.lock
	@echo "Installing what the tests need."
	@$(PIP) --require-hashes -r deploy/requirements-test.lock | $(NAMES)
	@touch $@

$(PAGES): $(HUB) hub/web/package-lock.json hub/web/VENDOR.md
	@if command -v npm >/dev/null; then \
		echo "Fetching the pages' stylesheet, script and fonts."; \
		(cd hub/web && npm ci --loglevel=error) && $(BIN)/python -m hub.web.vendor && touch $@; \
	else \
		echo "Node is not installed, so the pages are served without their stylesheet. Install Node 20 or newer and run this again."; \
	fi

# A few tests drive a browser. Where it may, this installs one; where it may not, it says so and those tests skip.
# A continuous-integration run has no such excuse.
WANTED := $(shell grep -rlE 'mark\.browser|chromedriver' tests --include='*.py' 2>/dev/null)
BROWSER := $(shell command -v chromium && command -v chromedriver)
APT := apt-get install -y -qq --no-install-recommends chromium chromium-driver
ifeq ($(and $(WANTED),$(if $(word 2,$(BROWSER)),,missing)),)
browser:
	@:
else
browser:
	@echo "Some tests drive a browser: fetching Chromium and its driver."
	@if ! command -v apt-get >/dev/null; then false; \
	elif [ "$$(id -u)" = 0 ]; then { apt-get update -qq && $(APT); } >/dev/null; \
	elif sudo -n true 2>/dev/null; then { sudo apt-get update -qq && sudo $(APT); } >/dev/null; \
	else false; fi || echo "They could not be installed. Install chromium and chromium-driver yourself, and those tests will run."
	@if [ "$${CI:-}" = true ]; then command -v chromedriver >/dev/null; fi
endif

# A real Apache Kafka, as jars of the release that deploy/kafka-local/pom.xml names. Once here, nothing is fetched again.
# Where it cannot be had, the demo and the tests say what is missing; a continuous-integration run has no such excuse.
kafka: $(HUB) $(JARS)/.fetched

$(JARS)/.fetched: deploy/kafka-local/pom.xml | $(HUB)
	@if ! command -v java >/dev/null || ! command -v mvn >/dev/null; then \
		echo "Java 17 and Maven are not both installed, so there is no Apache Kafka here. Install them and run this again."; \
		if [ "$${CI:-}" = true ]; then exit 1; fi; \
	else \
		echo "Fetching Apache Kafka."; rm -rf $(JARS); \
		{ mvn -B -q -ntp -f $< dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory=$(CURDIR)/$(JARS) >$(VENV)/kafka-fetch.log 2>&1 \
			&& touch $@; } || { echo "It could not be fetched; $(VENV)/kafka-fetch.log says why."; if [ "$${CI:-}" = true ]; then exit 1; fi; }; \
	fi
