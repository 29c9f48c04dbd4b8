#!/usr/bin/env bash
# Runs a command where Neovim and Node are at hand, which the tests of editors need: tests/editor.sh cargo test --test editor
#
# OPPORTUNE_TEST_NVIM and OPPORTUNE_TEST_NODE tell the command where they are. Where there is no Neovim it is installed, if that
# is allowed without asking; if not, or where there is no Node, the command runs without, and the tests that need them say that
# they were skipped. In CI they are not.
set -euo pipefail
cd "$(dirname "$0")/.."

skip() {
  echo "SKIPPED: $1"
  [ -z "${CI:-}" ] || { echo "in CI nothing may be skipped"; exit 1; }
}

install() {
  command -v apt-get >/dev/null || return 1
  local as_root=()
  [ "$(id -u)" = 0 ] || as_root=(sudo -n)
  "${as_root[@]}" apt-get install --yes --quiet --no-install-recommends "$1" >/dev/null 2>&1 ||
    { "${as_root[@]}" apt-get update --quiet >/dev/null 2>&1 &&
      "${as_root[@]}" apt-get install --yes --quiet --no-install-recommends "$1" >/dev/null 2>&1; }
}

if [ -z "${OPPORTUNE_TEST_NVIM:-}" ]; then
  if ! command -v nvim >/dev/null && [ -n "${CI:-}" ]; then install neovim || true; fi
  if command -v nvim >/dev/null; then
    OPPORTUNE_TEST_NVIM=$(command -v nvim)
    export OPPORTUNE_TEST_NVIM
  else
    skip "the language server is not tried with Neovim: it is not installed (on Debian: apt-get install neovim)"
  fi
fi

# The colours of VS Code are tried with the engine that VS Code has; its packages are those of the lock file.
modules=target/vscode
if [ -z "${OPPORTUNE_TEST_NODE:-}" ]; then
  if ! command -v node >/dev/null && [ -n "${CI:-}" ]; then { install nodejs && install npm; } || true; fi
  if command -v node >/dev/null && command -v npm >/dev/null; then
    mkdir -p "$modules"
    cp editors/vscode/package.json editors/vscode/package-lock.json "$modules/"
    if npm ci --prefix "$modules" --ignore-scripts --no-audit --no-fund --silent >/dev/null 2>&1; then
      OPPORTUNE_TEST_NODE=$(command -v node)
      export OPPORTUNE_TEST_NODE OPPORTUNE_TEST_MODULES="$PWD/$modules/node_modules"
    else
      skip "the colours of VS Code are not tried: its packages cannot be had from the npm registry"
    fi
  else
    skip "the colours of VS Code are not tried: no Node with npm"
  fi
fi

exec "$@"
