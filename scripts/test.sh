#!/usr/bin/env bash
# `make test`: install what tests need, then every check and every test, cheapest first.
set -euo pipefail
cd "$(dirname "$0")/.."
python=${PYTHON:-python3}
bin=.venv/bin
export OMP_NUM_THREADS=${OMP_NUM_THREADS:-1}

heading() { printf '\n== %s\n' "$1"; }

"$python" -m labelhub.runner install-dev
"$python" -m labelhub.runner build
services=$(PYTHONPATH=. "$bin/python" scripts/services.py)
set -a
eval "$services"
set +a

heading "Format, lint, types, import contracts"
bash scripts/lint.sh

heading "Browser: types, lint, unit tests"
"$python" -m labelhub.runner test-frontend

heading "The API's description and the browser's types are those of the code"
"$python" -m labelhub.runner check-schema

heading "pytest on SQLite"
"$bin/python" -m pytest -q -m "not e2e" --durations=10

if [ -n "$TEST_DATABASE_URL" ]; then
    heading "pytest on PostgreSQL: every test that touches the database"
    DATABASE_URL=$TEST_DATABASE_URL "$bin/python" -m pytest -q -m "not e2e" \
        -p tests.only_database --create-db --durations=5
fi

heading "End to end"
echo "$TEST_SERVICES"
"$bin/python" -m pytest -m e2e
