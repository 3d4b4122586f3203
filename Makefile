# Commands of a developer; `make` lists them.
.PHONY: help quick quick-tests check test faults fuzz mutants generate lock explorer docs serve screenshots linkcheck bench release tag
PYTHON ?= python
MINUTES ?= 2
HUB ?= mt-nlg
# with the group `quick` alone: what it does not bring has no types
NOT_INSTALLED = --disable-error-code import-not-found --no-warn-unused-ignores
# the parts whose tests take more than half of the time of `make quick-tests`
LARGEST = tests/adding tests/faults tests/fuzz tests/graph tests/live
# -P: the citehub that is installed, not the folder of this name
SPHINX = $(PYTHON) -P -m sphinx -j auto -n -W --keep-going -d docs/_build/doctrees

help: ## list the commands
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

quick: ## check, and the quick tests but those of the largest parts; with the group `quick`
	@$(MAKE) --jobs=2 --output-sync --no-print-directory check quick-tests MYPY="$(NOT_INSTALLED)" \
		PYTEST_ARGS="$(LARGEST:%=--ignore=%)"

quick-tests: ## every test that needs no Java, Node.js or Chromium; with the group `quick`
	$(PYTHON) -m pytest --quick -n auto -q $(PYTEST_ARGS)

check: ## format, lint, types, layers
	ruff format --check .
	ruff check .
	mypy $(MYPY)
	lint-imports

test: ## every test and doctest
	$(PYTHON) -m pytest -n auto $(PYTEST_ARGS)

faults: ## damage, kill, starve and deceive citehub for 2 minutes: MINUTES=30 make faults
	$(PYTHON) -m tests.faults --minutes $(MINUTES) $(FAULTS)

fuzz: ## give every parser odd inputs for 2 minutes: MINUTES=30 make fuzz
	$(PYTHON) -m tests.fuzz --minutes $(MINUTES) $(FUZZ)

mutants: ## change the code, one thing at a time, and list the changes that no test notices
	$(PYTHON) tests/mutants.py

generate: ## write what follows from the declaration of the tables: types of rows and the like
	$(PYTHON) -m tests.generate

lock: ## write what CI installs, requirements.lock: the newest versions that fit, with hashes; needs uv
	@command -v uv >/dev/null || { echo "There is no uv: python -m pip install uv"; exit 2; }
	uv lock --upgrade --quiet
	uv export --frozen --quiet --no-emit-project --all-extras --group test --no-annotate --no-header \
		--format requirements.txt --output-file requirements.lock
	uv export --frozen --quiet --only-group release --no-annotate --no-header \
		--format requirements.txt --output-file .ci/release.lock
	rm uv.lock

explorer: ## build the scripts of the explorer from explorer/
	npm --prefix explorer run build

docs: ## the site, into docs/_build/html, for SITE_URL where it will be served; warnings are errors
	$(SPHINX) -E -a -b html docs docs/_build/html

serve: ## the site at http://127.0.0.1:8000/
	@test -f docs/_build/html/index.html || { echo "There is no site yet: make docs"; exit 2; }
	$(PYTHON) -m http.server --bind 127.0.0.1 --directory docs/_build/html 8000

screenshots: ## the site's main pages as pictures, into docs/_build/screenshots
	$(PYTHON) tests/site/screenshots.py

linkcheck: ## whether links to other sites still lead somewhere; needs the network
	$(SPHINX) -b linkcheck docs docs/_build/linkcheck

bench: ## loading, exports, the site's build and the explorer, beside their peers
	$(PYTHON) benchmarks/load.py
	$(PYTHON) benchmarks/export.py
	$(PYTHON) benchmarks/site.py
	$(PYTHON) benchmarks/explorer.py

release: ## build a release of a hub: make release VERSION=1.3.0
	@test -n "$(VERSION)" || { echo "Say which: make release VERSION=1.3.0"; exit 2; }
	citehub build $(HUB) $(VERSION)
	citehub verify $(HUB) --version $(VERSION)

tag: ## test main and its package, and make the tag of a release of citehub: make tag VERSION=0.1.0
	@.ci/tag "$(VERSION)"
