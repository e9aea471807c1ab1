# Sets up what is missing and starts the program: `make run`. The other targets: `make help`.
#
# PYTHON=python3.12 chooses another Python for a new environment; ARGS="open points.csv" goes to the program.

VENV := .venv
PY := $(VENV)/bin/python
# Tests run in two processes, file by file.
TOGETHER := -n 2 --dist loadgroup --no-loadscope-reorder
SETUP := packaging/setup.sh packaging/install-system-libs.sh pyproject.toml constraints.txt

.DEFAULT_GOAL := help
.PHONY: help run test check

help: ## list these targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 16

run: $(VENV)/stamp ## open the window, after setting up what is missing
	@$(PY) -m playground $(ARGS)

test: $(VENV)/stamp-dev ## run all tests, those of the engine with Qt out of reach
	@$(PY) -m pytest $(TOGETHER) -p no:pytest-qt -p tests.no_qt tests/engine
	@$(PY) -m pytest $(TOGETHER) --ignore=tests/engine

check: $(VENV)/stamp-dev ## the quick look before a commit: style, types, direction of imports, engine
	@$(PY) -m ruff check .
	@$(PY) -m mypy
	@$(VENV)/bin/lint-imports --no-logo
	@$(PY) -m pytest -q $(TOGETHER) -p no:pytest-qt -p tests.no_qt tests/engine

# A stamp is younger than all that it was made from, so a second `make run` starts at once.
$(VENV)/stamp: $(SETUP)
	@sh packaging/setup.sh window $(VENV) $(PYTHON)
	@touch $@

$(VENV)/stamp-dev: $(SETUP)
	@sh packaging/setup.sh tests $(VENV) $(PYTHON)
	@touch $(VENV)/stamp $@
