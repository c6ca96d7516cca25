# `make` alone lists the targets. PYTHON=python3.12 picks another Python for .venv,
# REQUIREMENTS=requirements-web.txt a server without TensorFlow, requirements-heic.txt one that takes
# HEIC pictures as well.

PYTHON ?= python3
REQUIREMENTS ?= requirements.txt
VENV := .venv
PY := $(VENV)/bin/python
INSTALL := $(PY) -m pip install --quiet --disable-pip-version-check --require-hashes
RUN := $(VENV)/.installed-$(REQUIREMENTS)
DEV := $(VENV)/.installed-requirements-dev.txt
COMPILE := UV_CUSTOM_COMPILE_COMMAND="make lock" $(VENV)/bin/uv pip compile --quiet \
	--universal --generate-hashes --no-emit-index-url $(ARGS)

# What the caller set wins over .env, so that `PORT=9000 make run` does what it says.
WITH_ENV := if [ -f .env ]; then given=$$(export -p); set -ae; . ./.env; set +ae; \
	eval "$$given"; fi; exec

.DEFAULT_GOAL := help
.PHONY: help run demo train test quick pythons faults check audit sbom messages guide format lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(RUN) ## start digitrec (HOST, PORT, DATABASE_URL and more: .env.example)
	@$(WITH_ENV) $(PY) -m digitrec.serve

demo: $(RUN) ## make a batch of made-up pictures to try, beside `make run` (ARGS="--user ada")
	@$(WITH_ENV) $(PY) manage.py demo $(ARGS)

train: $(RUN) ## train the network (ARGS=--fast for the short recipe)
	@$(WITH_ENV) $(PY) manage.py train $(ARGS)

# Tests in a browser and under load want the machine to themselves; the others share it.
test: $(DEV) ## run every test, those in a browser too (ARGS=tests/mlmodel for a part)
	$(PY) -m tests.browser.chromium
ifdef ARGS
	$(PY) -m pytest -q $(ARGS)
else
	$(PY) -m pytest -q -n 2 --dist loadfile --ignore tests/browser --ignore tests/faults
	$(PY) -m pytest -q tests/browser tests/faults
endif

quick: $(DEV) ## run the tests that take no browser, no load, no hostile files and no training
	$(PY) -m pytest -q -n 2 --dist loadfile --ignore tests/browser --ignore tests/faults \
		--ignore tests/hostile --ignore tests/mlmodel/training $(ARGS)

# Packages are built for each Python, so each has an environment of its own. A shim of pyenv is there
# without its Python, and only starting it shows that.
pythons: ## run the quick tests with every other Python of ours that is installed here
	@for version in 3.11 3.12 3.13; do \
		if "$(PYTHON)" --version | grep -q "^Python $$version\."; then continue; fi; \
		if ! "python$$version" -c '' 2> /dev/null; then \
			echo "python$$version is not installed: not tried."; continue; fi; \
		$(MAKE) --no-print-directory quick PYTHON="python$$version" VENV=".venv-$$version" || exit 1; \
	done

faults: $(DEV) ## kills, outages and full disks under load, 60 s each (FAULTS_SECONDS, FAULTS_SEED)
	FAULTS_SECONDS=$${FAULTS_SECONDS:-60} $(PY) -m pytest -q -s tests/faults tests/hostile/test_corpus.py $(ARGS)

# Deployment is checked as it would be behind a proxy that speaks TLS.
check: $(DEV) ## look for faults without running: style, types, imports, templates, settings, lock files
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy .
	$(VENV)/bin/lint-imports --no-cache
	$(PY) -m djlint --quiet --check templates
	$(PY) -m djlint --quiet --lint templates
	SECRET_KEY=only-for-this-check $(PY) -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run
	SECRET_KEY=$$($(PY) -c 'import secrets; print(secrets.token_urlsafe(50))') \
		HTTPS=1 ALLOWED_HOSTS=digits.example TRUSTED_PROXIES=127.0.0.1 \
		$(PY) manage.py check --deploy --fail-level WARNING
	$(PY) -m bandit --quiet --configfile pyproject.toml -ll --recursive digitrec recognizer mlmodel
	$(PY) -m pytest -q tests/digitrec/test_requirements.py

# Asks a database on the network about every pinned version; nothing else here needs one.
audit: $(DEV) ## look for known weaknesses in what is installed (needs the network)
	@$(PY) -m pip_audit --strict --require-hashes --disable-pip --progress-spinner off \
		-r requirements.txt || { \
		echo "Either a finding above has to be mended, or the database of weaknesses could not be" \
			"reached from here, and then nothing was audited." >&2; exit 1; }

sbom: $(DEV) ## write the list of everything that is installed to var/sbom.json (CycloneDX)
	@mkdir -p var
	$(PY) -W ignore::UserWarning -m cyclonedx_py requirements --pyproject pyproject.toml --output-reproducible \
		--output-file var/sbom.json requirements.txt

# LANGUAGE names one more to begin with, as in `make messages LANGUAGE=pt`.
messages: $(DEV) ## take new sentences into locale/, and compile what is translated (needs gettext)
	SECRET_KEY=only-for-this $(PY) manage.py makemessages $(if $(LANGUAGE),--locale $(LANGUAGE),--all) \
		--no-location --no-wrap --no-obsolete --ignore ".venv*" --ignore staticfiles --ignore tests
	$(PY) -m babel.messages.frontend --quiet compile --directory locale --domain django
	SECRET_KEY=only-for-this $(PY) manage.py guide_captions

guide: $(DEV) ## record the guide video and the README's pictures (needs ffmpeg; ARGS=video or pictures)
	$(PY) -m tests.browser.chromium
	$(PY) -m guide.record $(ARGS)

format: $(DEV) ## put code and templates into their one form
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .
	$(PY) -m djlint --quiet --reformat templates

lock: $(DEV) ## compile the requirements from pyproject.toml (ARGS=--upgrade for newer versions)
	$(COMPILE) pyproject.toml --extra train --output-file requirements.txt
	$(COMPILE) pyproject.toml --constraint requirements.txt --output-file requirements-web.txt
	$(COMPILE) pyproject.toml --constraint requirements.txt --extra heic \
		--output-file requirements-heic.txt
	$(COMPILE) pyproject.toml --constraint requirements.txt --extra train --extra heic --group dev \
		--output-file requirements-dev.txt
	$(COMPILE) --constraint requirements.txt --group benchmarks --python-version 3.11 \
		--output-file benchmarks/requirements.txt

clean: ## remove what can be made again; never var/ and media/, which hold people's data
	rm -rf $(VENV) .venv-3.* staticfiles .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -rf {} +

$(PY):
	@command -v "$(PYTHON)" > /dev/null || { \
		echo "digitrec needs Python 3.11, 3.12 or 3.13, and $(PYTHON) is not installed." >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || { \
		echo "digitrec needs Python 3.11, 3.12 or 3.13, and this is $$("$(PYTHON)" --version):" \
			"name another, as in \`PYTHON=python3.12 make run\`." >&2; exit 1; }
	@"$(PYTHON)" -c 'import venv, ensurepip' 2> /dev/null || { \
		echo "$(PYTHON) lacks venv: install it, on Debian and Ubuntu with" \
			"\`apt-get install python3-venv\`." >&2; exit 1; }
	"$(PYTHON)" -m venv --clear $(VENV)

# Installing again costs a minute, so a stamp says which file was installed last.
$(VENV)/.installed-%: % | $(PY)
	@echo "Installing $< into $(VENV): a minute or two, only this once."
	@$(INSTALL) -r $<
	@touch $@

# The development requirements hold all the others, at the same versions.
$(DEV): requirements-dev.txt | $(PY)
	@echo "Installing $< into $(VENV): a minute or two, only this once."
	@$(INSTALL) -r $<
	@touch $(VENV)/.installed-requirements.txt $(VENV)/.installed-requirements-web.txt \
		$(VENV)/.installed-requirements-heic.txt $@
