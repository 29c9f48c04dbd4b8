#!/usr/bin/env bash
# Passes the tests. Beyond Rust, one of them asks DuckDB for a second opinion on the real data: DuckDB comes from PyPI
# into target/python. Without Python or the real data that test says that it was skipped; in CI nothing may be skipped.
set -euo pipefail
cd "$(dirname "$0")"

oracle() {
  local data=../shared/data/complete_journey python=target/python
  if [ ! -d "$data" ]; then echo "SKIPPED: the oracle's answers are not checked against DuckDB: no $data"; return; fi
  if [ ! -x "$python/bin/python" ]; then
    python3 -m venv "$python" || { echo "SKIPPED: the oracle's answers are not checked against DuckDB: no Python"; [ -z "${CI:-}" ]; return; }
  fi
  "$python/bin/python" -m pip install --quiet --disable-pip-version-check duckdb==2.0.0
  "$python/bin/python" tests/oracle/check_fresh.py
}

oracle
cargo test --workspace --locked "$@"
