# Two commands are enough on a fresh machine: `make run` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DONE := $(VENV)/.installed
OUT ?= sample-run
SOURCES := pipeline classifiers gristmill blocklists
RCLONE := $(BIN)/rclone
RCLONE_VERSION := v1.76.0
# The tests of a file share a worker, so that what they share is made once.
BY_FILE := --dist loadscope --no-loadscope-reorder

READERS := $(VENV)/.readers
TRAINER := $(VENV)/.trainer

.PHONY: help install fast interpreted run test test-slow test-trainer train check licences bench race profile clean

help: ## what there is to type
	@sed -nE 's/^([a-z-]+):[^#]*## (.*)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

install: $(DONE) ## gristmill and what it needs, into .venv

# Debian keeps venv in a package of its own; it is fetched where it is missing and can be.
$(DONE): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "gristmill needs Python 3.11 or newer; set PYTHON=python3.11 or later"; exit 2; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
		|| { apt-get update -qq && apt-get install -y -qq python3-venv; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

# What the tests of our tables read them with; nobody else needs it.
$(READERS): pyproject.toml constraints.txt | $(DONE)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev,readers]'
	@touch $@

fast: install ## the modules where a page costs most, compiled; needs a C compiler, takes two minutes
	$(BIN)/python hatch_build.py

interpreted: install ## back to the Python files
	@$(BIN)/python hatch_build.py --remove

run: install ## all seven jobs on the embedded sample
	@$(BIN)/gristmill sample sample
	@$(BIN)/gristmill run sample/recipe.toml --out $(OUT)

test: interpreted check ## checks, and all tests but the long proofs
	$(BIN)/pytest -n auto $(BY_FILE) -m "not slow and not trainer"

test-slow: install $(RCLONE) ## the long proofs: kills, damages, servers
	$(BIN)/pytest -n 2 $(BY_FILE) -m slow

# Nobody else needs what trainers are written in: 5 GB, as the published torch brings CUDA along.
$(TRAINER): pyproject.toml constraints.txt | $(DONE)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt \
		-e '.[dev,trainer,huggingface]'
	@touch $@

test-trainer: install $(TRAINER) ## torch, transformers, accelerate; the tests of trainers and the examples
	$(BIN)/python -c 'import torch; print("torch", torch.__version__)'
	$(BIN)/pytest tests/trainer -m trainer

# What is held out is another sample, less what the first holds too.
train: run $(TRAINER) ## a small transformer on the tokens of the sample, in PyTorch; bits per byte of what is held out
	@$(BIN)/gristmill sample sample-held --pages 300 --sites 40
	@$(BIN)/gristmill run sample-held/recipe.toml --out $(OUT)-held --set classify.gate=off \
		--set 'dedup.against=["$(abspath $(OUT))"]' --set "tokenize.tokenizer=$$($(BIN)/python -c \
		'import gristmill; print(gristmill.open_dataset("$(abspath $(OUT))").folder)')" 2>$(OUT)-held.log || { cat $(OUT)-held.log; exit 1; }
	@rm -rf $(OUT)-model
	$(BIN)/python deploy/trainer/train.py $(OUT) --out $(OUT)-model --held-out $(OUT)-held \
		--batch 16 --width 96 --layers 3

# A real S3 server for one slow test, which is skipped, with the reason, where it cannot be had.
$(RCLONE): | $(DONE)
	@if command -v rclone >/dev/null; then ln -s "$$(command -v rclone)" $@; \
	elif command -v go >/dev/null; then \
		GOBIN=$(abspath $(BIN)) CGO_ENABLED=0 go install -ldflags="-s -w" \
			github.com/rclone/rclone@$(RCLONE_VERSION) \
			|| echo "rclone cannot be built: the test against it is skipped"; \
	else echo "Go is not installed: the test against rclone is skipped"; fi

check: install $(READERS) ## ruff, mypy --strict, bandit, who imports whom
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/bandit --quiet --severity-level medium --recursive $(SOURCES)
	$(BIN)/pytest tests/test_imports.py

licences: install $(READERS) ## the licence of everything that is installed, and whether we may use it
	$(BIN)/python tests/licences.py

bench: install ## speeds, beside peers
	@status=0; for script in tests/benchmarks/bench_*.py; do \
		echo "== $$script"; $(BIN)/python $$script || status=1; done; exit $$status

race: interpreted ## the whole way from archives to tokens beside datatrove, on the archives in GRISTMILL_DATA
	$(BIN)/python tests/benchmarks/race.py

profile: install ## the share of CPU of every stage and of Beam, on the sample
	@$(BIN)/gristmill sample sample
	@rm -rf $(OUT)-profile
	@$(BIN)/gristmill run sample/recipe.toml --out $(OUT)-profile --workers 1 --profile

clean: ## removes what the others have made
	find pipeline -name '*.so' -delete
	rm -rf *__mypyc.*.so build $(VENV) sample sample-held $(OUT) $(OUT)-held $(OUT)-held.log $(OUT)-model $(OUT)-profile
