# Commands of a developer; `make` lists them.
.PHONY: help check test docs bench release
PYTHON ?= python
HUB ?= mt-nlg

help: ## list the commands
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

check: ## format, lint, types, layers
	ruff format --check .
	ruff check .
	mypy
	lint-imports

test: ## every test and doctest
	$(PYTHON) -m pytest $(PYTEST_ARGS)

docs: ## the documentation, into docs/_build/html; any warning is an error
	$(PYTHON) -m sphinx -n -W --keep-going -E -a -b html docs docs/_build/html
	@! grep -rEl '<(script|img|iframe|source)[^>]+src="(https?:)?//' --include='*.html' docs/_build/html
	@! grep -rEl '<link[^>]+stylesheet[^>]+href="(https?:)?//' --include='*.html' docs/_build/html

bench: ## load times beside those of peers, and exports as a hub grows
	$(PYTHON) benchmarks/load.py
	$(PYTHON) benchmarks/export.py

release: ## build a release of a hub: make release VERSION=1.2.0
	@test -n "$(VERSION)" || { echo "Say which: make release VERSION=1.2.0"; exit 2; }
	citehub build $(HUB) $(VERSION)
	citehub verify $(HUB) --version $(VERSION)
