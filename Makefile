# make trace ARGS="-f ls -l /"   builds what is needed, installs it in .venv, and traces
# make check                     installs what the tests need and passes them: what CI runs
# make soak                      what takes long: harm, bounds, sanitizers, the fuzzer; ends by itself, SOAK_* say when
# make bench                     ratios to strace, measured side by side
# make tables                    makes the generated tables again from the kernel's headers
# make share                     makes the manual page, the completions and the schema of json again

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARGS ?= -f ls -l /
SOURCES := pyproject.toml setup.py $(wildcard ptracer/capture/*.c ptracer/capture/*.h)

.PHONY: trace check soak bench tables share clean needs fast

trace: $(VENV)/installed
	@$(BIN)/ptracer $(ARGS)

check: $(VENV)/tested
	$(BIN)/ruff check ptracer tests tools benchmarks
	$(BIN)/mypy
	$(BIN)/python -m pytest -n 2 --dist loadgroup

# The part that needs no ptrace.
fast: $(VENV)/tested
	$(BIN)/python -m pytest -n 2 -m "not ptrace"

# Each test is bounded by these, and by pytest; all of it takes about half an hour.
soak: export SOAK_CALLS ?= 50000000
soak: export SOAK_PROCESSES ?= 100000
soak: export SOAK_FUZZ ?= 300
soak: export SOAK_INSIDE ?= 300
soak: $(VENV)/tested
	$(BIN)/python -m pytest tests/soak -o addopts=-q -n 2

bench: $(VENV)/tested
	$(BIN)/python benchmarks/bench.py

tables: $(VENV)/tables
	$(BIN)/python tools/numbers.py
	$(BIN)/python tools/constants.py
	$(BIN)/python tools/ioctls.py

share: $(VENV)/installed
	$(BIN)/python tools/completions.py
	$(BIN)/python tools/manual.py
	$(BIN)/python tools/schema.py

$(VENV)/python: | needs
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip "setuptools>=84"
	@touch $@

# setuptools tells at length that it may give up compat, the one editable mode in which nothing is looked up at start.
$(VENV)/installed $(VENV)/tested $(VENV)/tables: export PYTHONWARNINGS = ignore

$(VENV)/installed: $(VENV)/python $(SOURCES)
	$(BIN)/python -m pip install --quiet --config-settings editable_mode=compat --editable .
	@$(BIN)/python -m compileall -q ptracer  # an editable installation does not, and start-up would
	@touch $@

$(VENV)/tested: $(VENV)/installed
	$(BIN)/python -m pip install --quiet --config-settings editable_mode=compat --editable ".[test]"
	@touch $@

$(VENV)/tables: $(VENV)/installed
	$(BIN)/python -m pip install --quiet --config-settings editable_mode=compat --editable ".[tables]"
	@touch $@

needs:
	@tools/needs.sh "$(PYTHON)"

clean:
	rm -rf $(VENV) build *.egg-info ptracer/capture/*.so
	find . -name __pycache__ -prune -exec rm -rf {} +
