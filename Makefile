# Python 3.11 or newer with venv and pip, make and git are all that a machine needs.
# A virtual environment keeps a copy of each lock that was installed into it; while the two are equal, nothing is installed.

find_python = for each in $(PYTHON) python3 python3.13 python3.12 python3.11; do \
	    $$each -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$each && break; done
BIN := .venv/bin
PIP_INSTALL := -m pip install --quiet --disable-pip-version-check --require-hashes

.DEFAULT_GOAL := help
.PHONY: help run demo test mutants check lock outdated openapi console screenshots redrive package bench bench-imports counts deploy deployer-policy first-key destroy test-deploy test-dynamodb-local clean local venv-run venv-dev venv-bench venv-engine venv-generated venv-mutants console-packages dynalite-packages compiler-packages generated-packages chromium faketime

help: ## Show this list.
	@sed -n 's/^\([a-z-]*\):.*## /  make \1	/p' Makefile | expand -t 30

run: local ## Run the whole service on this machine. PORT, DATA, ADMIN_KEY, USER_KEY override.
	@exec $(BIN)/python -m local.run

demo: local ## Tell the whole story in a terminal, in under ten seconds.
	@exec $(BIN)/python -m local.demo

test: ## Run the tests; TESTS names some of them.
	@$(MAKE) --no-print-directory -j2 venv-dev venv-engine venv-generated chromium
	@$(MAKE) --no-print-directory console-packages dynalite-packages compiler-packages generated-packages
	@exec $(BIN)/python -m pytest --numprocesses 2 --dist loadgroup $(TESTS)

check: venv-dev console-packages ## Run the linters and the type checkers; hold what is built against its sources.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(IN_CONSOLE) npm run --silent check
	$(IN_CONSOLE) npm run --silent test
	$(IN_CONSOLE) npm run --silent up-to-date

openapi: venv-run ## Write the API's description, chalicelib/web/openapi.json, and the client's types, posthorn/schemas.py; tests hold them to be up to date.
	@exec $(BIN)/python -m openapi

console: venv-dev console-packages openapi ## Build the console: console/src becomes chalicelib/web.
	$(IN_CONSOLE) npm run --silent types
	$(IN_CONSOLE) npm run --silent build

screenshots: venv-dev venv-engine chromium ## Take the pictures of docs/images/console anew.
	@exec $(BIN)/python -m tests.browser.screenshots

redrive: venv-run ## Put dead letters back on their queue: QUEUE=notifications, and STAGE=… for one in AWS.
	@exec $(BIN)/python -m local.redrive "$(QUEUE)"

package: venv-dev venv-engine compiler-packages ## Make what is deployed, build/package: a zip and its template. STAGE=…
	@exec $(BIN)/python -m infra.package --stage "$(or $(STAGE),dev)"

deploy: venv-dev venv-engine compiler-packages ## Put a stage into the AWS account, or update it. STAGE=… PARAMETERS="Name=value …" TAGS="key=value …"
	@exec $(BIN)/python -m infra.deploy --stage "$(or $(STAGE),dev)" --tags "$(TAGS)" $(PARAMETERS)

deployer-policy: venv-dev ## Write the IAM policies for the people or the pipeline that deploys, build/deployer-policy. STAGE=… ACCOUNT=…
	@exec $(BIN)/python -m infra.deployer --stage "$(or $(STAGE),dev)" $(if $(ACCOUNT),--account "$(ACCOUNT)") $(if $(REGION),--region "$(REGION)")

first-key: venv-dev ## Make the first admin's key of a stage, with AWS credentials. STAGE=…
	@exec $(BIN)/python -m infra.first_key --stage "$(or $(STAGE),dev)" $(if $(NAME),--name "$(NAME)") $(if $(ID),--id "$(ID)")

destroy: venv-dev ## Remove a stage; it says what it keeps, and asks. STAGE=… YES=…
	@exec $(BIN)/python -m infra.destroy --stage "$(or $(STAGE),dev)" $(if $(YES),--yes "$(YES)")

mutants: venv-dev ## Break the code, one small mistake at a time, and see what notices. MUTANTS=… names some; SAMPLE=n; SOURCE=listed; RESUME=1
	@$(if $(filter listed,$(SOURCE)),,$(MAKE) --no-print-directory venv-mutants && { test -e build/mutants/map.json || $(MUTANTS_PYTHON) -m tests.mutants.coverage_map; } &&) \
	  exec $(if $(filter listed,$(SOURCE)),$(BIN)/python,$(MUTANTS_PYTHON)) -m tests.mutants $(MUTANTS) \
	  $(if $(SAMPLE),--sample $(SAMPLE)) $(if $(SOURCE),--source $(SOURCE)) $(if $(COUNT),--generated $(COUNT)) $(if $(SEED),--seed $(SEED)) $(if $(JOBS),--jobs $(JOBS)) $(if $(RESUME),--resume)

test-deploy: venv-dev venv-engine faketime ## Deploy the package into an emulated account, and tell the story there.
	@exec $(BIN)/python -m pytest tests/deploy -m deploy $(TESTS)

test-dynamodb-local: venv-dev ## Run the contracts of the stores against Amazon's own DynamoDB Local, at DYNAMODB_LOCAL_URL.
	@test -n "$(DYNAMODB_LOCAL_URL)" || { echo "Amazon's licence wants an AWS account of whoever runs DynamoDB Local, so it is not" \
	  "part of the tests: start one and say where, DYNAMODB_LOCAL_URL=http://127.0.0.1:8000." >&2; exit 1; }
	@DYNAMODB_LOCAL_URL="$(DYNAMODB_LOCAL_URL)" exec $(BIN)/python -m pytest tests/contracts -k dynamodb_local

bench: venv-bench venv-engine dynalite-packages compiler-packages ## Measure; BENCH names some of: delivery isolation scale cost api engine hostile. QUICK=1
	@exec $(BIN)/python -m benchmarks $(BENCH) $(if $(QUICK),--quick)

counts: venv-dev ## Write benchmarks/results/counts.json, what a delivery uses, anew; a test holds it.
	@exec $(BIN)/python -m benchmarks.cost.counts

bench-imports: venv-dev ## Measure the CPU of each function's cold start: INIT, and the first INVOKE.
	@exec $(BIN)/python -m benchmarks.api

clean: ## Remove what set-up, tests and checks have made; the data folder stays.
	rm -rf .venv .venv-engine .venv-generated .venv-mutants .venv-lock console/node_modules $(DYNALITE)/node_modules $(COMPILER)/node_modules $(GENERATED)/node_modules .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

lock: ## Pin and hash the newest versions that the *.in files allow.
	@$(have_uv)
	$(call pin,requirements)
	$(call pin,local/requirements)
	$(call pin,requirements-dev)
	$(call pin,benchmarks/requirements)
	$(call pin,local/requirements-engine)
	$(call pin,tests/generated/requirements)
	$(call pin,tests/mutants/requirements)

outdated: venv-dev ## List what is pinned and no longer the newest. It changes nothing, and says so where a registry gives no answer.
	@$(have_uv)
	@PATH="$(CURDIR)/.venv/bin:$$PATH" exec $(BIN)/python -m infra.outdated

have_uv = test -x .venv-lock/bin/uv || { $$($(find_python)) -m venv .venv-lock && .venv-lock/bin/python -m pip install --quiet uv; } || \
	  echo "uv could not be installed into .venv-lock: PyPI gives no answer." >&2

pin = .venv-lock/bin/uv pip compile --quiet --upgrade --universal --generate-hashes --python-version 3.11 \
	--no-emit-index-url --custom-compile-command "make lock" $(1).in --output-file $(1).txt

DYNALITE := testbed/engines/dynalite
COMPILER := infra/artifact/compiler
GENERATED := tests/generated
MUTANTS_PYTHON := nice .venv-mutants/bin/python
IN_CONSOLE := cd console && PATH="$(CURDIR)/.venv/bin:$$PATH"

# Node.js and npm come with the virtual environment, pinned as all else; npm installs what the console's lock says.
console-packages: venv-dev
	@cmp -s console/package-lock.json console/node_modules/package-lock.json || { \
	  echo "Installing console/package-lock.json into console/node_modules …"; \
	  $(IN_CONSOLE) npm ci --ignore-scripts --no-audit --no-fund --loglevel error && cp package-lock.json node_modules/; }

# CPython of Lambda's version, in which the package's modules are compiled where this machine has no such Python.
compiler-packages: venv-dev
	@cmp -s $(COMPILER)/package-lock.json $(COMPILER)/node_modules/package-lock.json || { \
	  echo "Installing $(COMPILER)/package-lock.json into $(COMPILER)/node_modules …"; \
	  cd $(COMPILER) && PATH="$(CURDIR)/.venv/bin:$$PATH" \
	  npm ci --ignore-scripts --no-audit --no-fund --loglevel error && cp package-lock.json node_modules/; }

# One of the engines that the stores' contracts are held against.
dynalite-packages: venv-dev
	@cmp -s $(DYNALITE)/package-lock.json $(DYNALITE)/node_modules/package-lock.json || { \
	  echo "Installing $(DYNALITE)/package-lock.json into $(DYNALITE)/node_modules …"; \
	  cd $(DYNALITE) && PATH="$(CURDIR)/.venv/bin:$$PATH" \
	  npm ci --ignore-scripts --no-audit --no-fund --loglevel error && cp package-lock.json node_modules/; }

# What reads the API's description: linters of it, and generators of clients in TypeScript.
generated-packages: venv-dev
	@cmp -s $(GENERATED)/package-lock.json $(GENERATED)/node_modules/package-lock.json || { \
	  echo "Installing $(GENERATED)/package-lock.json into $(GENERATED)/node_modules …"; \
	  cd $(GENERATED) && PATH="$(CURDIR)/.venv/bin:$$PATH" \
	  npm ci --ignore-scripts --no-audit --no-fund --loglevel error && cp package-lock.json node_modules/; }

# The browser's tests drive the system's Chromium, or the one that CHROMIUM names; without any they are skipped, and say so.
chromium:
	@$$($(find_python)) tests/browser/chromium.py || { \
	  echo "Installing chromium for the tests in a browser …"; \
	  { apt-get update && apt-get install --yes --no-install-recommends chromium; } >/dev/null 2>&1 || \
	  { sudo -n apt-get update && sudo -n apt-get install --yes --no-install-recommends chromium; } >/dev/null 2>&1 || \
	  echo "It could not be installed here: name one with CHROMIUM=…, or the tests in a browser do not run."; }

# The demonstrations in the emulated account set its clock forward with libfaketime; without it they are skipped, and say so.
faketime:
	@test -n "$(LIBFAKETIME)" || ls /usr/lib/*/faketime/libfaketimeMT.so.1 >/dev/null 2>&1 || { \
	  echo "Installing faketime for the tests that set a clock forward …"; \
	  { apt-get update && apt-get install --yes --no-install-recommends faketime; } >/dev/null 2>&1 || \
	  { sudo -n apt-get update && sudo -n apt-get install --yes --no-install-recommends faketime; } >/dev/null 2>&1 || \
	  echo "It could not be installed here: name the library with LIBFAKETIME=…, or the tests that need it do not run."; }

local:
	@$(MAKE) --no-print-directory -j2 venv-run venv-engine

# .venv grows: what runs the service comes first, what works on it is added where it is asked for.
venv-run:
	@{ cmp -s requirements-dev.txt .venv/requirements-dev.txt && .venv/bin/python -c ''; } || { $(call install,.venv,local/requirements.txt); }

venv-dev:
	@$(call install,.venv,requirements-dev.txt)

venv-bench: venv-dev
	@cmp -s benchmarks/requirements.txt .venv/bench-requirements.txt || { \
	  echo "Installing benchmarks/requirements.txt into .venv …"; \
	  $(BIN)/python $(PIP_INSTALL) -r benchmarks/requirements.txt && cp benchmarks/requirements.txt .venv/bench-requirements.txt; }

# Beside what the work on the project needs it has cosmic-ray and coverage: other packages than .venv is to have.
venv-mutants:
	@{ cmp -s requirements-dev.txt .venv-mutants/requirements-dev.txt && cmp -s tests/mutants/requirements.txt .venv-mutants/requirements.txt; } || { \
	  echo "Installing requirements-dev.txt and tests/mutants/requirements.txt into .venv-mutants …"; \
	  rm -rf .venv-mutants && $$($(find_python)) -m venv .venv-mutants && \
	  .venv-mutants/bin/python $(PIP_INSTALL) -r requirements-dev.txt -r tests/mutants/requirements.txt && \
	  cp requirements-dev.txt tests/mutants/requirements.txt .venv-mutants/; }

venv-engine:
	@$(call install,.venv-engine,local/requirements-engine.txt)

# The generator of clients in Python brings other versions than the service has.
venv-generated:
	@$(call install,.venv-generated,tests/generated/requirements.txt)

# Arguments: a virtual environment, a lock. One that was made from another version of the lock is made anew.
define install
if ! cmp -s $(2) $(1)/$(notdir $(2)) || ! $(1)/bin/python -c ''; then \
	  python=$$($(find_python)); \
	  test -n "$$python" || { echo "Python 3.11 or newer is needed; name one with PYTHON=…" >&2; exit 1; }; \
	  echo "Installing $(2) into $(1) …"; \
	  test ! -e $(1)/$(notdir $(2)) || rm -rf $(1); \
	  $$python -m venv $(1) && $(1)/bin/python $(PIP_INSTALL) -r $(2) && cp $(2) $(1)/; \
	fi
endef
