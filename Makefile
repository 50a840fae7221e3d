# Two commands set everything up from nothing (python3 >= 3.11 with venv, gcc and g++, make):
#   make demo    the main job on the embedded model
#   make test    every check
# The first of them builds llama-cpp-python from source, which takes some minutes; later ones reuse it.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

.PHONY: demo test check lint types tests benchmarks clean

demo: $(VENV)/local.stamp
	$(BIN)/photon ai suggest-path "POST /login with JWT response"

test check: lint types tests

lint: $(VENV)/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/dev.stamp
	$(BIN)/mypy

tests: $(VENV)/dev.stamp
	$(BIN)/pytest --numprocesses 2

benchmarks: $(VENV)/dev.stamp
	$(BIN)/python -m benchmarks.suggest_path.run
	$(BIN)/python -m benchmarks.lint.run
	$(BIN)/python -m benchmarks.lint.agreement
	-$(BIN)/python -m benchmarks.lint.speed
	$(BIN)/python -m benchmarks.style.run
	$(BIN)/python -m benchmarks.splice.run
	$(BIN)/python -m benchmarks.round_trip.run
	$(BIN)/python -m benchmarks.speed.run
	$(BIN)/python -m benchmarks.routing.overhead
	$(BIN)/python -m benchmarks.routing.soak
	$(BIN)/python -m benchmarks.routing.killed

$(VENV)/python.stamp:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Photon needs Python 3.11 or newer; name one: make $(MAKECMDGOALS) PYTHON=python3.12" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	touch $@

$(VENV)/local.stamp: $(VENV)/python.stamp pyproject.toml constraints.txt
	@echo "installing; the first build of llama-cpp-python takes some minutes"
	$(INSTALL) --editable '.[local]'
	touch $@

$(VENV)/dev.stamp: $(VENV)/python.stamp pyproject.toml constraints.txt
	@echo "installing; the first build of llama-cpp-python takes some minutes"
	$(INSTALL) --editable '.[dev]'
	touch $@

clean:
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache
