# Two commands suffice on a fresh machine: make demo, make test. Everything is installed into .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
GOLD := ../shared/gold/dev

.DEFAULT_GOAL := help
.PHONY: help demo test test-light test-all lint bench models docs floors corpus clean

help:
	@echo "make demo      extract corpus/, search it and follow a target: tables on the terminal, files in out/"
	@echo "make test      run the tests; says what was skipped and why"
	@echo "make test-light  the same with every extra but torch"
	@echo "make test-all  run every test with every extra; fails on any skip (needs ../shared)"
	@echo "make lint      ruff and strict mypy"
	@echo "make bench     speed of extract, ingest and search, peak memory, start-up times; ARGS=--full to a million passages"
	@echo "make models    train every model in models/ again"
	@echo "make docs      write docs/commands.md and the output that pages show"
	@echo "make floors    raise the floors in tests/floors.toml to the present scores (needs ../shared)"
	@echo "make corpus    write the web pages, DOCX and PDF files of the sample corpus from corpus/sources"
	@echo "make clean     remove .venv, out/ and caches"

# A stamp for each set of packages: pip runs again only when pyproject.toml has changed.
$(VENV)/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or later is needed; $(PYTHON) is another. Try: make PYTHON=python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.test: EXTRAS := [test]
$(VENV)/.lint: EXTRAS := [test,lint]
$(VENV)/.train: EXTRAS := [train]
$(VENV)/.light: EXTRAS := [analysis,notebook,spacy,page-test,test,lint]
$(VENV)/.all: EXTRAS := [train,analysis,notebook,spacy,page-test,neural,test,lint]
$(VENV)/.core $(VENV)/.test $(VENV)/.lint $(VENV)/.train $(VENV)/.light $(VENV)/.all: pyproject.toml | $(VENV)/.python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".$(EXTRAS)"
	@touch $@

demo: $(VENV)/.core
	@mkdir -p out
	$(BIN)/python cli.py extract corpus
	$(BIN)/python cli.py extract corpus -o out/records.jsonl
	$(BIN)/python cli.py extract corpus -o out/records.xlsx
	$(BIN)/python cli.py ingest corpus --db out/sample.db
	$(BIN)/python cli.py search 污水管网建设了多少公里 --db out/sample.db --limit 3
	$(BIN)/python cli.py track 污水管网 --db out/sample.db
	@echo "Wrote out/records.jsonl (for programs), out/records.xlsx (for Excel) and out/sample.db (the store)."

test: $(VENV)/.test
	$(BIN)/python -m pytest

# What a machine can prove without torch: every extra but [neural].
test-light: $(VENV)/.light
	$(BIN)/python -m pytest

test-all: $(VENV)/.all
	@test -d $(GOLD) || echo "make test-all needs $(GOLD) beside the project: without it tests are skipped and this run fails."
	$(BIN)/python -m pytest --no-skips

lint: $(VENV)/.lint
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

bench: $(VENV)/.test
	$(BIN)/python -m pipeline.bench $(ARGS)

models: $(VENV)/.train
	@for script in models/*/train.py; do echo "$$script"; $(BIN)/python "$$script" || exit 1; done

docs: $(VENV)/.core
	$(BIN)/python docs/write.py

floors: $(VENV)/.core
	$(BIN)/python tests/pin_floors.py

corpus: $(VENV)/.test
	$(BIN)/python corpus/make.py

clean:
	rm -rf $(VENV) out build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
