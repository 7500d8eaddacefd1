# Every target does its own set-up; nothing is installed by hand.
PYTHON ?= python3
PORT ?= 8000
export KENTONGAN_HOME ?= $(CURDIR)/var
export NUMBA_CACHE_DIR ?= $(CURDIR)/.venv/numba
# Compiled modules are kept: without them each of the many processes of tests and server spends seconds on compiling.
unexport PYTHONDONTWRITEBYTECODE
BIN := .venv/bin
STAMP := .venv/.ready
STORED := $(foreach room,audit agreements vault,src/kentongan/$(room))
# Of these the tests of what several do at once and of what rules ask of the database; at night the whole rooms.
ACTING := messages events watch alerts cases
ASKING := gate deeds actions own_process killed state run sending ladder gave
ASKED := $(foreach room,$(ACTING),$(foreach part,$(ASKING),$(wildcard src/kentongan/$(room)/tests/test_*$(part)*.py)))
SHOWN := $(foreach room,$(ACTING) vocabulary places agencies intake linkage programme vulnerability routes briefings oversight maps web,src/kentongan/$(room)) tests
# Pages, commands and words ask of the database what the deeds beside them ask; at night they run on both.
ASK_NOTHING_NEW := --ignore-glob='*pages*' --ignore-glob='*command*' --ignore-glob='*word*' --ignore-glob='*routing*'
CHECKS := $(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports && $(BIN)/python scripts/messages.py --check
JOURNEYS := $(BIN)/pytest -m "browser and not nightly" -p no:cacheprovider -ra tests/journeys

.PHONY: setup messages demo test test-nightly test-fast lint bench validate docs screenshots lock

setup: $(STAMP) messages

$(STAMP): requirements.lock pyproject.toml package-lock.json scripts/vendor.py
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Kentongan needs Python 3.11 or newer: make PYTHON=python3.11 ...")'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements.lock
	@$(BIN)/python -m ensurepip --upgrade >/dev/null 2>&1 || true
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable .
	@$(BIN)/python scripts/vendor.py
	@$(BIN)/python -m kentongan.engine.warming
	@touch $(STAMP)

src/kentongan/config/locale/en/LC_MESSAGES/django.mo: src/kentongan/config/locale/en/LC_MESSAGES/django.po $(STAMP)
	@$(BIN)/pybabel --quiet compile --domain django --directory src/kentongan/config/locale

messages: src/kentongan/config/locale/en/LC_MESSAGES/django.mo

demo: setup ## Load the demonstration, run the watch, serve it at 127.0.0.1:$(PORT)
	@KENTONGAN_DEMONSTRATION=1 $(BIN)/kentongan demo --port $(PORT)

lint: setup
	@$(CHECKS)

test: setup ## Tests on a real PostgreSQL where the SQL matters, then all on SQLite; beside them linters, and in a browser where there is one
	@said=$$(mktemp); $(JOURNEYS) > $$said 2>&1 & journeys=$$!; \
	found=$$(mktemp); { $(CHECKS); } > $$found 2>&1 & lint=$$!; \
	echo "== on PostgreSQL"; \
	$(BIN)/python scripts/with_postgres.py --not-durable $(BIN)/pytest -n 2 --dist worksteal -m "not browser and not nightly and not sqlite" -p no:cacheprovider $(ASK_NOTHING_NEW) $(STORED) $(sort $(ASKED)); stored=$$?; \
	echo "== on SQLite"; $(BIN)/pytest -n 2 --dist worksteal -m "not nightly and not browser" $(PYTEST_ARGS); all=$$?; \
	wait $$journeys; walked=$$?; wait $$lint; linted=$$?; \
	echo "== linters"; cat $$found; \
	echo "== in a browser, on an installation of its own"; cat $$said; rm $$said $$found; exit $$((stored | all | walked | linted))

test-nightly: setup ## What takes longer: all cases, all roles, all rooms on both databases
	@$(BIN)/pytest -n 2 --dist worksteal -m "not browser" $(PYTEST_ARGS)
	@$(BIN)/python scripts/with_postgres.py --not-durable $(BIN)/pytest -n 2 --dist worksteal -m "not browser and not sqlite" -p no:cacheprovider $(STORED) $(SHOWN)
	@$(BIN)/pytest -m browser -ra tests/journeys

test-fast: setup
	@$(BIN)/pytest -m "not browser and not nightly" $(PYTEST_ARGS)

bench: setup ## Measure, beside peers and bounds; the tables go to docs/benchmarks.md
	@KENTONGAN_REFERENCE="$${KENTONGAN_REFERENCE-$(wildcard ../shared)}" $(BIN)/python scripts/benchmark_page.py

validate: setup ## Write docs/validation from the studies' results; FULL=1 runs the studies first (hours; they go on where they ended)
	@if [ -n "$(FULL)" ]; then $(BIN)/python -m validation.calibration && $(BIN)/python -m validation.detection && $(BIN)/python -m validation.where_next; fi
	@$(BIN)/python -m validation.report

docs: setup
	@$(BIN)/python scripts/reference_pages.py

screenshots: setup
	@$(BIN)/python scripts/screenshots.py

lock: ## Resolve the dependencies anew; the lock names no host
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
		pyproject.toml --extra postgres --extra linkage --group dev -o requirements.lock
