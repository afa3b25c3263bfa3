# Builds and checks the companion. What it needs is installed into .venv; what it makes is in _build.
PYTHON ?= python3
PORT ?= 8000

PY := .venv/bin/python
INSTALLED := .venv/.installed
QUICK := tests src tools --ignore=tests/site --ignore=tests/nbval --ignore=tests/tools/test_site.py

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.SUFFIXES:
.PHONY: help site pdf style check test test-exhaustive weigh notebooks data certificate register \
	lock bench bench-lock bench-forecast calibrate serve format clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' Makefile

site: $(INSTALLED) ## install what is needed into .venv and build the book
	@$(PY) -X utf8 -m tools.site
	@echo 'The book is in _build/html/index.html; to read it: make serve'

pdf: site ## print the book as one PDF, with the Chromium that is found
	@$(PY) -m tools.pdf

style: $(INSTALLED) ## hold the code against ruff's rules and form
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .

check: style ## run what builds no book, opens no browser and runs no chapter
	@$(PY) -m pytest $(QUICK)

test: style site ## build the book and run every check
	@$(PY) tools/browser.py
	@$(PY) -m pytest

test-exhaustive: export CBEC_EXHAUSTIVE = 1
test-exhaustive: test ## the same with all the edits that `make test` chooses from

weigh: site ## say how much each page sends, compressed, and count the code
	@$(PY) -m tools.weigh

notebooks: $(INSTALLED) ## run the notebooks again and normalise what they store
	@$(PY) tools/notebooks.py

data: $(INSTALLED) ## renew sizes, hashes and row counts in data/datapackage.json
	@$(PY) tools/datapackage.py

certificate: $(INSTALLED) ## write _build/certificate.json, and its badge to docs/badge.svg
	@mkdir -p _build
	@.venv/bin/cbec certificate data -o _build/certificate.json --badge docs/badge.svg

register: $(INSTALLED) ## remake the forecasts of data/forecasts.csv (unchanged rows keep their date)
	@$(PY) -m tools.register

lock: ## renew requirements.txt (LOCKFLAGS=--upgrade takes the newest releases)
	$(call locked,requirements.txt,pyproject.toml --group book --group test --group build)

bench: site ## time builds, imports and checks (ten minutes; BOOK=FOLDER: another book too)
	@$(PY) -m benchmarks.build_times $(if $(BOOK),"$(BOOK)") --checks

bench-lock: ## renew benchmarks/requirements.txt, in the same way
	$(call locked,benchmarks/requirements.txt,benchmarks/requirements.in)

bench-forecast: export OMP_NUM_THREADS = 1
bench-forecast: export OPENBLAS_NUM_THREADS = 1
bench-forecast: $(INSTALLED) ## compare the forecasts (half an hour; M4=FOLDER: also on M4's series)
ifdef M4
	@$(PY) -m benchmarks.outside "$(M4)" _build/bench/outside --draw
endif
	@$(MAKE) --no-print-directory _build/bench/peers.npz || { \
		echo 'The other packages could not be installed or run: the lines above say why. They' \
			'come from PyPI (benchmarks/requirements.txt). The table as it was last made:' >&2; \
		$(PY) -m benchmarks.compare --stored; exit 1; \
	}
	@$(MAKE) --no-print-directory _build/bench/own.npz
ifdef M4
	@$(MAKE) --no-print-directory _build/bench/outside/peers.npz _build/bench/outside/own.npz
	@$(PY) -m benchmarks.outside "$(M4)" _build/bench/outside
endif
	@$(PY) -m benchmarks.compare _build/bench

calibrate: $(INSTALLED) _build/bench/series.json ## remake the constants of the combination
	@$(PY) -m benchmarks.calibrate _build/bench/series.json src/cbec/trend/calibration.json

serve: site ## serve the book on this machine (PORT=8000)
	@echo 'http://127.0.0.1:$(PORT)/ (Ctrl-C stops it)'
	@$(PY) -m http.server $(PORT) --bind 127.0.0.1 --directory _build/html

format: $(INSTALLED) ## format the code and mend what ruff can mend
	@$(PY) -m ruff check --fix-only --quiet .
	@$(PY) -m ruff format .

clean: ## remove the book and the caches; .venv stays
	@rm -rf _build .pytest_cache .mypy_cache .ruff_cache .hypothesis

# $(call locked,LOCK,WHAT IS LOCKED)
define locked
	@set -e; scratch=$$(mktemp -d); trap 'rm -rf "$$scratch"' EXIT; \
	$(PYTHON) -m venv "$$scratch/venv"; \
	"$$scratch/venv/bin/python" -m pip install -q --disable-pip-version-check uv; \
	cp $(1) "$$scratch/lock.txt" 2>/dev/null || :; \
	"$$scratch/venv/bin/uv" pip compile -q --no-config --universal --generate-hashes \
		--python-version 3.11 --no-header --no-annotate $(LOCKFLAGS) \
		$(2) -o "$$scratch/lock.txt"; \
	if grep -nE 'file:|https?://|^ *-[-a-z]*(index|links)' "$$scratch/lock.txt"; then \
		echo '$(1) is left as it was: the lines above tie the lock to one machine' \
			'or registry; unset UV_* variables that name an index and try again' >&2; exit 1; \
	fi; \
	cat "$$scratch/lock.txt" > $(1); \
	echo "$(1) locks $$(grep -c '==' $(1)) packages"
endef

# The other packages need an older pandas than this project: they get an environment of their own.
BENCH := .venv-bench/.installed
MODELS := $(wildcard src/cbec/trend/*.py src/cbec/trend/*.json)

$(BENCH): benchmarks/requirements.txt | $(INSTALLED)
	@echo 'Installing benchmarks/requirements.txt into .venv-bench'
	@$(PY) -m venv --clear .venv-bench
	@.venv-bench/bin/python -m pip install -q --disable-pip-version-check --retries 1 \
		--require-hashes -r benchmarks/requirements.txt
	@touch $@

_build/bench/series.json: benchmarks/series.py benchmarks/requirements.txt | $(BENCH)
	@.venv-bench/bin/python benchmarks/series.py $@

# Both in _build/bench and, for the sample that benchmarks.outside draws, in _build/bench/outside.
%/peers.npz: %/series.json benchmarks/peers.py benchmarks/windows.py | $(BENCH)
	@echo 'Forecasting $< with the other packages (10 to 20 minutes)'
	@.venv-bench/bin/python -m benchmarks.peers $< $@

%/own.npz: %/series.json benchmarks/own.py benchmarks/windows.py $(MODELS)
	@echo 'Forecasting $< with the models of cbec.trend (up to 20 minutes)'
	@$(PY) -m benchmarks.own $< $@

# A .venv whose Python has gone or is too old is made anew.
$(INSTALLED): requirements.txt pyproject.toml
	@set -e; found=''; \
	for python in $(PYTHON) python3.13 python3.12 python3.11; do \
		if "$$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' \
			2>/dev/null; then found=$$python; break; fi; \
	done; \
	if [ -z "$$found" ]; then \
		echo 'Python 3.11 or newer with its venv module is needed;' \
			"$(PYTHON) is $$($(PYTHON) -V 2>/dev/null || echo missing)." >&2; \
		if $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
			echo 'It lacks venv: install it (Debian, Ubuntu: apt-get install python3-venv).' >&2; \
		else \
			echo 'Install a newer one, or name one: make PYTHON=/path/to/python3.12 site' >&2; \
		fi; \
		exit 1; \
	fi; \
	if ! $(PY) -c 'import sys, pip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
		echo "Making .venv with $$("$$found" -V)"; \
		"$$found" -m venv --clear .venv; \
	fi; \
	echo 'Installing requirements.txt into .venv (some minutes the first time)'; \
	$(PY) -m pip install -q --disable-pip-version-check --require-hashes -r requirements.txt; \
	$(PY) -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@
