# make run    install and start the service with made-up contracts; prints the address to open
# make test   install what tests need and run them all
# make check  lint, formatting, types, import contracts
# make demo   play the scripted story      make bench  run the benchmarks      make clean  remove what make made
#
# ARGS is passed on (make run ARGS='--port 9000', make test ARGS='-k fees'); PYTHON chooses the interpreter and
# VENV where it is installed (make test PYTHON=python3.13 VENV=.cache/venv-3.13). Nothing is written outside
# this folder.

PYTHON ?= python3
VENV ?= .venv
ARGS ?=
BENCHES ?= startup idle chat classify sweep load growth
# Tests run in so many processes: one a core, and one more while others wait. WORKERS=0: in this one (for pdb).
WORKERS ?= $(shell n=$$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1); echo $$((n < 6 ? n + 1 : 6)))
PY := $(VENV)/bin/python

# Everything that would go to the home folder or to /tmp stays here.
CACHE := $(CURDIR)/.cache
export TMPDIR := $(CACHE)/tmp
export XDG_CACHE_HOME := $(CACHE)
export PIP_CACHE_DIR := $(CACHE)/pip
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# What builds packages is pinned too; newer pips read the second name. Relative: pip splits it at spaces.
export PIP_CONSTRAINT := constraints.txt
export PIP_BUILD_CONSTRAINT := constraints.txt

# An installation is taken for finished only if its stamp is there: one for each interpreter, folder, set of
# pins, and kind (run: what the service needs; dev: what tests need as well).
WHO := $(shell { $(PYTHON) -VV; pwd; } 2>/dev/null | cksum | cut -d' ' -f1)
WHAT := $(shell cat pyproject.toml constraints.txt | cksum | cut -d' ' -f1)
RUN_STAMP := $(VENV)/.run-$(WHO)-$(WHAT)
DEV_STAMP := $(VENV)/.dev-$(WHO)-$(WHAT)
# What is compiled is compiled anew when one of its sources has changed; see setup.py.
COMPILED := $(VENV)/.compiled
SOURCES := setup.py bot/commands/lines.py $(wildcard intents/*.py intents/*/*.py)

.PHONY: run test check demo bench pins clean
.NOTPARALLEL:

run: $(RUN_STAMP) $(COMPILED)
	@exec $(PY) -m bot serve --demo $(ARGS)

demo: $(RUN_STAMP) $(COMPILED)
	@exec $(PY) -m bot demo $(ARGS)

test: $(DEV_STAMP) $(COMPILED)
	@mkdir -p $(TMPDIR)
	@$(PY) -m pytest --numprocesses=$(WORKERS) --dist=worksteal $(ARGS)

bench: $(DEV_STAMP) $(COMPILED)
	@for name in $(BENCHES); do echo "== $$name"; $(PY) -m tests.bench.$$name || exit 1; done

check: $(DEV_STAMP)
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(VENV)/bin/lint-imports --no-logo --cache-dir .cache/import_linter

# The newest version of everything that pyproject.toml allows, with what it was built by; then run the tests.
pins: export PIP_CONSTRAINT :=
pins: export PIP_BUILD_CONSTRAINT :=
pins:
	rm -rf .cache/pins && mkdir -p .cache/tmp && $(PYTHON) -m venv .cache/pins
	.cache/pins/bin/python -m pip install --quiet --use-pep517 --upgrade '.[dev]' setuptools wheel
	{ echo '# Every package that is installed, and what builds it; made by `make pins`.'; \
	  .cache/pins/bin/python -m pip freeze --all | grep -viE '^(hotline|pip)\b' | LC_ALL=C sort -f; } >constraints.txt

clean:
	rm -rf .venv .cache build dist hotline.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find bot intents -name '*.so' -exec rm -f {} +
	find . -name __pycache__ -prune -exec rm -rf {} +

$(RUN_STAMP):
	@$(call install,.,run)

$(DEV_STAMP):
	@$(call install,.[dev],run dev)

$(COMPILED): $(SOURCES)
	@echo 'Compiling the classifier; this takes half a minute, and again when it has changed.' >&2
	@$(PY) setup.py --quiet build_ext --inplace
	@touch $@

# setuptools: an old one that comes with the venv brings pkg_resources, which jieba would import, and that is slow.
# A venv that was left half-way (.installing), or made by another interpreter or in another folder, is made anew.
define install
	set -e; mkdir -p .cache/tmp; \
	command -v '$(PYTHON)' >/dev/null || { echo 'hotline: $(PYTHON) is not installed' >&2; exit 1; }; \
	'$(PYTHON)' -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "hotline needs Python 3.11 or later; this is $$('$(PYTHON)' -V 2>&1)" >&2; exit 1; }; \
	'$(PYTHON)' -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo 'hotline needs the Python module venv (on Debian: apt install python3-venv)' >&2; exit 1; }; \
	if [ -e $(VENV)/.installing ] || [ ! -x $(PY) ] || [ "$$(cat $(VENV)/.who 2>/dev/null || echo $(WHO))" != $(WHO) ]; \
	then rm -rf $(VENV); mkdir -p $(VENV); touch $(VENV)/.installing; '$(PYTHON)' -m venv $(VENV); fi; \
	touch $(VENV)/.installing; rm -f $(VENV)/.run-* $(VENV)/.dev-* $(COMPILED); \
	echo 'Installing into $(VENV); this takes a minute, once.' >&2; \
	$(PY) -m pip install --quiet --constraint constraints.txt setuptools mypy; \
	HOTLINE_PURE=1 $(PY) -m pip install --quiet --use-pep517 --no-build-isolation --constraint constraints.txt \
	  --editable '$1'; \
	echo $(WHO) >$(VENV)/.who; \
	for kind in $2; do touch $(VENV)/.$$kind-$(WHO)-$(WHAT); done; \
	rm -f $(VENV)/.installing
endef
