# Two commands: `make run` and `make test`. Each sets up what it needs in .venv and re-does only what has changed.

PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$$p"; break; }; done)
VENV := .venv
KGTOOL := $(VENV)/bin/kgtool
WRITTEN := $(shell find ontology graph_data queries -type f 2>/dev/null)
CODE := $(shell find kgtool -name '*.py' 2>/dev/null)
ARTICLE := smanewstoday-baclofen-v1
QUESTIONS := what-is routes approved-for used-for trial-facts not-known
PRODUCTS := build/graph.trig build/graph.ttl build/baclofen.svg build/baclofen.html

BROWSER := { command -v chromium || command -v chromium-browser || command -v google-chrome || command -v google-chrome-stable; } >/dev/null

.PHONY: run test bench assets assets-check clean

run: $(VENV)/run.done
	@$(KGTOOL) build
	@$(KGTOOL) validate
	@for question in $(QUESTIONS); do \
		printf '\n$$ kgtool ask %s --source $(ARTICLE)\n' $$question; \
		$(KGTOOL) ask $$question --source $(ARTICLE) -f table || exit; \
	done
	@$(MAKE) --no-print-directory -s $(PRODUCTS)
	@printf '\nWritten: build/store %s\n' '$(PRODUCTS)'
	@printf 'Not medical advice: this graph records what sources say, for research; it must not guide treatment.\n'
	@printf '\nNext, for instance:\n  %s\n  %s\n  %s\n' \
		'$(KGTOOL) why "baclofen treats spasticity"' \
		'$(KGTOOL) ask label-status --condition "spasticity in SMA" --jurisdiction US' \
		"$(KGTOOL) query 'SELECT ?effect { id:baclofen kg:hasSideEffect ?effect }'"

build/graph.trig build/graph.ttl: build/%: $(WRITTEN) $(CODE)
	@$(KGTOOL) export $@

build/baclofen.svg build/baclofen.html: build/%: $(WRITTEN) $(CODE)
	@$(KGTOOL) draw baclofen -o $@

test: $(VENV)/test.done
	@$(VENV)/bin/python -m pytest --numprocesses=auto --dist=worksteal

bench: $(VENV)/bench.done
	@$(VENV)/bin/python -m tests.bench

FRONTEND := kgtool/web/frontend

assets: $(FRONTEND)/node_modules
	@cd $(FRONTEND) && npm run --silent build

# What is committed under static/built/ is what its source makes.
assets-check: $(FRONTEND)/node_modules
	@cd $(FRONTEND) && npm run --silent build -- $(CURDIR)/build/assets
	@diff --recursive --brief build/assets kgtool/web/static/built && echo 'static/built/ is what its source makes'

$(FRONTEND)/node_modules: $(FRONTEND)/package-lock.json
	@command -v npm >/dev/null || { echo 'npm is missing: apt install npm (macOS: brew install node)' >&2; exit 1; }
	@cd $(FRONTEND) && npm ci --silent
	@touch $@

clean:
	rm -rf build $(VENV)

$(VENV)/bin/python:
	@test -n '$(PYTHON)' || { echo 'kgtool needs Python 3.11 or newer: install it (Debian, Ubuntu: apt install python3 python3-venv; macOS: brew install python)' >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo 'Python lacks the venv module: apt install python3-venv' >&2; exit 1; }
	@echo 'setting up $(VENV) with $(PYTHON)'
	@$(PYTHON) -m venv $(VENV)

$(VENV)/run.done: pyproject.toml | $(VENV)/bin/python
	@$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --editable .
	@$(VENV)/bin/python -m compileall -q kgtool
	@touch $@

$(VENV)/test.done: pyproject.toml | $(VENV)/bin/python
	@$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[test]'
	@$(BROWSER) || { [ "$$(id -u)" = 0 ] && command -v apt-get && apt-get -qq update && apt-get -qq install --no-install-recommends chromium; } \
		>/dev/null 2>&1 || echo 'no Chromium is at hand: tests in a browser are skipped'
	@touch $@ $(VENV)/run.done

$(VENV)/bench.done: $(VENV)/test.done
	@$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[test,bench]'
	@touch $@
