# `make demo` and `make test` each work as the first command on a fresh machine with make and Python 3.11 or newer.
# Everything is installed into the folder .venv; `make clean` takes it away again.

VENV := .venv
PYTHON :=
HYPOTHESIS_PROFILE ?= ci
PYTEST_ARGS :=

BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install -qq

export HYPOTHESIS_PROFILE

.PHONY: help demo test test-kernel test-spark test-long test-editors screenshots code-server extension bench bench-engines lint conformance examples \
  wheel wheel-test clean

help:
	@echo "make demo         install into .venv, score a real log, explain one lead, run the tests of all examples"
	@echo "make test         everything that CI runs on the sources: ruff, mypy, pytest"
	@echo "make test-kernel  the tests of the kernel, compiled with checks of every access"
	@echo "make test-spark   the tests of the cluster engine on Spark's JVM, which needs Java 17"
	@echo "make test-editors drives Neovim, Emacs, Kate and VS Code, where they can be had; screenshots: and those of the docs"
	@echo "make extension    the VS Code extension: types, colours, bundle, vscode-extension/dist/scoredsl.vsix (needs npm)"
	@echo "make test-long    pytest with many more random programs and logs"
	@echo "make bench        the benchmarks, see benchmarks/README.md; bench-engines: against other engines"
	@echo "make lint         ruff and mypy alone"
	@echo "make conformance  the conformance cases through the command line"
	@echo "make examples     check, test and score all examples"
	@echo "make wheel        build the wheel into dist/"
	@echo "make wheel-test   install the wheel outside the checkout and use it there"
	@echo "make clean        remove .venv, dist and caches"

# ---- set-up: a stamp for each step, so that none is done twice

# The first Python that is new enough and can make a virtual environment; PYTHON=... names another.
$(VENV)/.made:
	@for python in $(PYTHON) python3 python3.11 python3.12 python3.13 python3.14 python; do \
	  if "$$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	    echo "Setting up $(VENV) with $$("$$python" --version)."; \
	    "$$python" -m venv "$(VENV)" && touch "$@" && exit 0; \
	    exit 1; \
	  fi; \
	done; \
	echo "scoredsl needs Python 3.11 or newer with venv (on Debian and Ubuntu: apt-get install python3 python3-venv)." >&2; \
	echo "Where it is installed under another name, say so: make $(firstword $(MAKECMDGOALS)) PYTHON=/path/to/python3" >&2; \
	exit 1

# Installed in place (editable), so that what runs is always what stands in the checkout. The wheel has its own test.
# That compiles the kernel too: with the system's compiler, else with the package ziglang, which the build asks for itself.
KERNEL := hatch_build.py $(wildcard scoredsl/engine/kernel/*.c scoredsl/engine/kernel/*.h)

$(VENV)/.installed: $(VENV)/.made pyproject.toml $(KERNEL)
	@echo "Installing scoredsl into $(VENV)."
	@$(PIP) --editable .
	@touch "$@"

$(VENV)/.installed-dev: $(VENV)/.made pyproject.toml $(KERNEL)
	@echo "Installing scoredsl and what its tests need into $(VENV)."
	@$(PIP) --editable ".[dev]" $$($(BIN)/python scoredsl/engine/kernel/compiler.py)
	@touch "$@" "$(VENV)/.installed"

# ---- what to see

# On a terminal `score` draws its own table; elsewhere it gives CSV, which awk sets in columns.
demo: $(VENV)/.installed
	@scoredsl="$$(cd "$(BIN)" && pwd)/scoredsl"; table="$$(cd "$(VENV)" && pwd)/demo.csv"; cd examples/cdnow && set -e; \
	echo; echo "== A real log, 13,833 purchases of 4,714 customers: the highest scores"; echo; \
	echo "\$$ cd examples/cdnow && scoredsl score --top 10"; \
	if [ -t 1 ]; then "$$scoredsl" score --top 10; \
	else "$$scoredsl" score --top 10 > "$$table"; \
	  awk -F, '{ for (i = 1; i <= NF; i++) printf "%-" (i < NF ? 20 : 1) "s", $$i; print "" }' "$$table"; fi; \
	echo; echo "== Why does customer 06285 have these scores?"; echo; \
	echo "\$$ scoredsl explain --lead 06285"; \
	"$$scoredsl" explain --lead 06285; \
	cd ../..; echo; echo "== The tests of all examples"; \
	for example in examples/*/; do echo; echo "\$$ scoredsl test $${example%/}"; "$$scoredsl" test "$${example%/}"; done

examples: $(VENV)/.installed
	@scoredsl="$$(cd "$(BIN)" && pwd)/scoredsl"; set -e; \
	for example in examples/*/; do \
	  echo "$${example%/}"; \
	  ( cd "$$example" && "$$scoredsl" check --format concise && "$$scoredsl" test && "$$scoredsl" score --top 3 ); \
	done

# ---- what to prove

test: lint
	@$(BIN)/python -m pytest -n 2 $(PYTEST_ARGS)

# Neovim, Emacs, Kate and VS Code, where they are there. VS Code for a browser is installed here (290 MB) where there are npm
# and Chromium.
CODE_SERVER := $(VENV)/code-server
BROWSER := $(firstword $(foreach name,chromium chromium-browser google-chrome,$(shell command -v $(name))))

code-server: $(CODE_SERVER)/.installed

$(CODE_SERVER)/.installed: tests/editors/vscode/install-code-server.sh
	@echo "Installing code-server, which is VS Code for a browser, into $(CODE_SERVER)."
	@bash $< "$(CODE_SERVER)"

ifneq ($(and $(shell command -v npm),$(BROWSER)),)
test-editors: extension code-server
endif
test-editors: $(VENV)/.installed-dev
	@SCOREDSL_CODE_SERVER="$$(cd "$(VENV)" && pwd)/code-server" $(BIN)/python -m pytest -rs tests/editors

screenshots: export SCOREDSL_SCREENSHOTS := docs/images
screenshots: test-editors

# The VS Code extension. Where there is no npm this says so and is no error: `make test` then skips what needs Node.
NODE_MODULES := vscode-extension/node_modules/.package-lock.json

$(NODE_MODULES): vscode-extension/package-lock.json
	@cd vscode-extension && npm ci --ignore-scripts --silent && touch node_modules/.package-lock.json

ifneq ($(shell command -v npm),)
extension: $(NODE_MODULES)
	@cd vscode-extension && npm test --silent && npm run --silent package
else
extension:
	@echo "Skipped: the VS Code extension is built with Node and npm, and npm is not on the PATH."
endif

# The kernel again with the checks of the compiler: no access outside of what is there, nothing undefined (gcc or clang).
test-kernel: $(VENV)/.installed-dev
	@kernel="$$(cd "$(VENV)" && pwd)/checked/_kernel.so"; cc="$${CC:-cc}"; \
	CC="$$cc" $(BIN)/python scoredsl/engine/kernel/compiler.py "$$kernel" -g -fsanitize=address,undefined \
	  -fno-sanitize-recover=all && \
	: "an exception of DuckDB's ends the process unless the library that throws it is there before the sanitizer is" && \
	LD_PRELOAD="$$($$cc -print-file-name=libasan.so) $$($$cc -print-file-name=libstdc++.so.6)" ASAN_OPTIONS=detect_leaks=0 SCOREDSL_KERNEL="$$kernel" \
	  $(BIN)/python -m pytest tests/kernel tests/engine/test_onepass.py $(PYTEST_ARGS)

# The whole of Spark, in the version of its client, beside the environment; all other tests need the client alone.
test-spark: $(VENV)/.installed-dev
	@version="$$($(BIN)/python -W ignore -c 'import pyspark; print(pyspark.__version__)')"; \
	spark="$$(cd "$(VENV)" && pwd)/spark"; \
	{ test -x "$$spark/pyspark/bin/spark-submit" || $(PIP) --no-deps --target "$$spark" "pyspark==$$version"; } && \
	SPARK_HOME="$$spark/pyspark" $(BIN)/python -m pytest tests/cluster/test_cluster_jvm.py $(PYTEST_ARGS)

test-long:
	@$(MAKE) --no-print-directory test HYPOTHESIS_PROFILE=long

bench: $(VENV)/.installed-dev
	@for what in as-of alerts features scaling memory first-run; do \
	  echo "== $$what"; $(BIN)/python benchmarks/bench.py $$what $(BENCH_ARGS) || exit 1; \
	done

# The other engines have an environment of their own, made here; json-rules-engine needs npm.
bench-engines: $(VENV)/.installed-dev
	@there=benchmarks/data/engines; mkdir -p $$there/node; \
	test -d $$there/venv || $(BIN)/python -m venv $$there/venv; \
	$$there/venv/bin/python -m pip -qq install pyarrow polars pandas chdb zen-engine durable_rules && \
	(cd $$there/node && npm install --silent --no-package-lock json-rules-engine) && \
	BENCH_PYTHON=$$there/venv/bin/python BENCH_NODE="$$(pwd)/$$there/node" \
	  $(BIN)/python benchmarks/bench.py engines $(BENCH_ARGS)

lint: $(VENV)/.installed-dev
	@$(BIN)/ruff check .
	@$(BIN)/mypy

conformance: $(VENV)/.installed
	@$(BIN)/python tests/conformance/run -j 2 --command "$$(cd "$(BIN)" && pwd)/python -m scoredsl"

wheel: $(VENV)/.installed-dev
	@$(BIN)/python -m build --wheel --no-isolation --outdir dist . > /dev/null
	@ls dist/*.whl

# Nothing of the checkout is in reach there: another folder, another environment, only the wheel.
wheel-test: $(VENV)/.installed-dev
	@set -e; there="$$(mktemp -d)"; trap 'rm -rf "$$there"' EXIT; \
	$(BIN)/python -m build --wheel --no-isolation --outdir "$$there" . > /dev/null; \
	$(BIN)/python -m venv "$$there/venv"; \
	"$$there/venv/bin/python" -m pip --disable-pip-version-check install -qq "$$there"/*.whl; \
	cp -R examples/starter "$$there/starter"; \
	PATH="$$there/venv/bin:$$PATH"; unset PYTHONPATH; cd "$$there/starter"; \
	scoredsl --version; scoredsl check; scoredsl test; scoredsl score --top 3; \
	cd ..; scoredsl init project; cd project; scoredsl check; scoredsl test; scoredsl score --top 3; \
	scoredsl code > codes.txt; scoredsl code "$$(awk "NR == 1 { print \$$1 }" codes.txt)" > /dev/null; \
	echo "The wheel works outside the checkout."

clean:
	rm -rf $(VENV) dist build vscode-extension/dist vscode-extension/node_modules .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
