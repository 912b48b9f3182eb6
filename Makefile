# Two commands for a newcomer: `make demo` and `make test`. They need Python 3.11, pip and make.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
MANAGE := $(BIN)/python manage.py

.PHONY: help demo serve test check clients fuzz bench chaos chaos-publish lock clean

help:
	@echo "make demo [VIDEO=file.mp4] [JSON=summary.json]   the whole road, end to end, on the simulator"
	@echo "make serve                                       web, workers and simulator together"
	@echo "make test                                        the tests"
	@echo "make check                                       lint, types, floors, migrations, schema, contract, deploy"
	@echo "make bench                                       the benchmarks"
	@echo "make clients                                     clients/, anew from the schema"
	@echo "make fuzz [CASES=20000] [SEED=1]                 the API against its own schema; docs/contract.md"
	@echo "make chaos [RUNS=3] [SEED=1] [DATABASE_URL=…]    real workers, hurt on purpose; docs/chaos.md"
	@echo "make chaos-publish [RUNS=300] [SEED=1] [REAL=0]  posts under crashes and faults; docs/chaos.md"

$(VENV)/.runtime: requirements.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing what Stakazo runs on (once, about a minute) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime requirements-dev.txt
	@echo "Installing what the tests and checks need ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

# In a folder of their own, which only the peers' own processes see.
$(VENV)/.bench: $(VENV)/.dev requirements-bench.txt
	@echo "Installing the peers that the benchmarks run beside us ..."
	@rm -rf $(VENV)/bench
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --target $(VENV)/bench -r requirements-bench.txt
	@touch $@

demo: $(VENV)/.runtime
	@$(MANAGE) demo $(if $(VIDEO),--video "$(VIDEO)") $(if $(JSON),--summary "$(JSON)")

serve: $(VENV)/.runtime
	@$(MANAGE) serve

test: $(VENV)/.dev
	@$(BIN)/python -m tests

check: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .
	$(BIN)/lint-imports
	$(MANAGE) makemigrations --check --dry-run
	$(MANAGE) spectacular --validate --fail-on-warn --file /dev/null
	$(MANAGE) contract
	STAKAZO_HTTPS=1 $(MANAGE) check --deploy --fail-level WARNING

# TypeScript only where Node is.
clients: $(VENV)/.dev
	@$(MANAGE) contract --write
	@command -v npm >/dev/null && (cd clients/typescript && npm ci --silent --no-audit --no-fund) || true
	@$(BIN)/python clients/generate.py

fuzz: $(VENV)/.dev
	@$(BIN)/python -m tests.fuzz $(if $(CASES),--cases $(CASES)) $(if $(SEED),--seed $(SEED)) $(OPTIONS)

bench: $(VENV)/.bench
	@$(BIN)/python -m tests.benchmarks $(ONLY)

chaos: $(VENV)/.dev
	@$(BIN)/python -m tests.chaos $(if $(RUNS),--runs $(RUNS)) $(if $(SEED),--seed $(SEED)) \
	  $(if $(DATABASE_URL),--database-url $(DATABASE_URL)) $(if $(REDIS),--redis) $(if $(DISK),--disk $(DISK)) \
	  $(if $(SWARM),--swarm --workers 5 --jobs 600 --injuries 250 --crashes 200) \
	  $(if $(ROLLING),--rolling $(ROLLING) --runs 1) $(if $(POINTS),--points $(POINTS)) \
	  $(if $(LOCKS),--runs 1 --workers 8 --jobs 400 --injuries 0 --crashes 0 --longest-s 0.1) $(OPTIONS)

chaos-publish: $(VENV)/.dev
	@$(BIN)/python -m tests.chaos.publish $(if $(RUNS),--runs $(RUNS)) $(if $(SEED),--seed $(SEED)) \
	  $(if $(PROCESSES),--processes $(PROCESSES)) $(if $(ONLY),--only $(ONLY)) $(if $(REAL),--real $(REAL)) \
	  $(if $(MUTANT),--mutant $(MUTANT)) $(if $(DATABASE_URL),--database-url $(DATABASE_URL)) $(OPTIONS)

lock: $(VENV)/.dev
	$(BIN)/uv pip compile -q --python-version 3.11 --generate-hashes --custom-compile-command "make lock" requirements.in -o requirements.txt
	$(BIN)/uv pip compile -q --python-version 3.11 --generate-hashes --custom-compile-command "make lock" requirements-dev.in -o requirements-dev.txt
	$(BIN)/uv pip compile -q --python-version 3.11 --generate-hashes --custom-compile-command "make lock" requirements-bench.in -o requirements-bench.txt

clean:
	rm -rf $(VENV) var .pytest_cache .mypy_cache .ruff_cache
