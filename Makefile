PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
export PORT

RUNTIME := $(VENV)/runtime-$(shell cat requirements.lock pyproject.toml | cksum | cut -d' ' -f1)
TESTING := $(VENV)/testing-$(shell cat requirements-test.lock pyproject.toml | cksum | cut -d' ' -f1)
LOCK := uv pip compile --universal --python-version 3.11 --generate-hashes --quiet --no-header --no-annotate --no-emit-index-url

.PHONY: demo demo-reset test soak lint format bench screenshots messages lock install install-test

demo: $(RUNTIME)
	@$(BIN)/python manage.py demo

demo-reset: $(RUNTIME)
	@$(BIN)/python manage.py demo --reset

test: $(TESTING)
	$(BIN)/python -m pytest $(ARGS)

# Every property of the readers of strangers' files with 10,000 cases instead of 300; takes many minutes.
soak: $(TESTING)
	$(BIN)/python -m pytest --hypothesis-profile=soak tests/courses/test_formats.py tests/courses/test_marking.py \
	  tests/conduct_codes/test_article_files.py \
	  tests/institutions/test_people_in.py tests/institutions/test_round_trip.py $(ARGS)

lint: $(TESTING)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	git ls-files -co --exclude-standard '*.html' | xargs $(BIN)/djhtml --tabwidth 2 --check
	$(BIN)/lint-imports
	$(BIN)/python manage.py makemigrations --check --dry-run

format: $(TESTING)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	git ls-files -co --exclude-standard '*.html' | xargs $(BIN)/djhtml --tabwidth 2

bench: $(TESTING)
	@$(BIN)/python -m tests.bench $(ARGS)

screenshots: $(TESTING)
	$(BIN)/python -m tests.site.screenshots

messages: $(TESTING)
	$(BIN)/python manage.py update_messages

lock: $(TESTING)
	$(BIN)/$(LOCK) pyproject.toml requirements.in --output-file requirements.lock
	$(BIN)/$(LOCK) pyproject.toml requirements.in requirements-test.in --constraint requirements.lock --output-file requirements-test.lock

install: $(RUNTIME)

install-test: $(TESTING)

$(RUNTIME): | $(VENV)/pyvenv.cfg
	$(BIN)/python -m pip install --disable-pip-version-check --quiet --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --disable-pip-version-check --quiet --no-deps --no-build-isolation -e .
	@rm -f $(VENV)/runtime-*
	@touch $@

$(TESTING): | $(VENV)/pyvenv.cfg
	$(BIN)/python -m pip install --disable-pip-version-check --quiet --require-hashes -r requirements-test.lock
	$(BIN)/python -m pip install --disable-pip-version-check --quiet --no-deps --no-build-isolation -e .
	@rm -f $(VENV)/testing-*
	@touch $@

$(VENV)/pyvenv.cfg:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo 'Python 3.11 or newer is needed. Say which one: make PYTHON=python3.11 …' >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo 'This Python has no venv. On Debian and Ubuntu: apt install python3-venv' >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
