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

# The two databases side by side, each run with files and servers of its own: one waits for a
# child or a lock often enough that the other fills the gap.
on_postgres=""
if [ -n "$TEST_DATABASE_URL" ]; then
    told=$(mktemp)
    DATABASE_URL=$TEST_DATABASE_URL "$bin/python" -m pytest -q -m "not e2e" \
        -p tests.only_database -p no:cacheprovider --create-db --durations=5 >"$told" 2>&1 &
    on_postgres=$!
    trap 'kill "$on_postgres" 2>/dev/null || true; rm -f "$told"' EXIT
fi

heading "pytest on SQLite"
"$bin/python" -m pytest -q -m "not e2e" --durations=10

if [ -n "$on_postgres" ]; then
    heading "pytest on PostgreSQL: every test that touches the database"
    ended=0
    wait "$on_postgres" || ended=$?
    cat "$told"
    rm -f "$told"
    trap - EXIT
    [ "$ended" -eq 0 ] || exit "$ended"
fi

heading "End to end"
echo "$TEST_SERVICES"
"$bin/python" -m pytest -m e2e
