#!/usr/bin/env bash
# Passes the tests. Beyond Rust, three checks ask Python: whether DuckDB still gives the oracle's answers on the real data,
# whether HiGHS still says how much an allocation can be worth, and whether the bundled data is what its generator makes. Their packages come from PyPI into target/python. The ledger is
# tested over a PostgreSQL server too, which `tests/postgres.sh` starts, and editors with Neovim and Node, which `tests/editor.sh`
# looks for. Without Python, the real data or any of these programs the checks say that they were skipped; in CI nothing may be
# skipped.
set -euo pipefail
cd "$(dirname "$0")"

python=target/python
data=../shared/data

skip() {
  echo "SKIPPED: $1"
  [ -z "${CI:-}" ] || { echo "in CI nothing may be skipped"; exit 1; }
}

prepare() {
  { [ -x "$python/bin/pip" ] || python3 -m venv "$python"; } &&
    "$python/bin/pip" install --quiet --disable-pip-version-check duckdb==2.0.0 pyarrow==26.0.1 highspy==1.15.1
}

if prepare; then
  for project in grocer bank coffee fashion shop telephone; do
    "$python/bin/python" "policies/$project/generate.py" --check
  done
  "$python/bin/python" tests/quality/solve.py --check
  if [ -d "$data/online_retail" ]; then
    "$python/bin/python" tests/oracle/check_fresh.py
  else
    skip "the oracle's answers are not checked against DuckDB: no $data beside the checkout"
  fi
else
  skip "the bundled data and the answers of DuckDB and HiGHS are not checked: no Python 3 with venv, or no PyPI"
fi

# The documentation as a site; mdBook comes from the crate registry into target/tools.
if docs/site.sh; then :; else skip "the documentation is not built as a site: no mdbook, and no crate registry"; fi

tests/editor.sh tests/postgres.sh cargo test --workspace --locked "$@"
