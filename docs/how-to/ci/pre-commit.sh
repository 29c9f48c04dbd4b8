#!/bin/sh
# Checks the projects of which something is about to be committed. Copy to .git/hooks/pre-commit and make it executable.
set -eu
cd "$(git rev-parse --show-toplevel)"

projects=$(git diff --cached --name-only --diff-filter=d -- '*.offer' '*opportune.toml' | while IFS= read -r file; do
  folder=$(dirname "$file")
  while [ ! -f "$folder/opportune.toml" ] && [ "$folder" != . ]; do folder=$(dirname "$folder"); done
  [ ! -f "$folder/opportune.toml" ] || printf '%s\n' "$folder"
done | sort -u)

printf '%s' "$projects" | while IFS= read -r project || [ -n "$project" ]; do
  opportune validate "$project"
  opportune fmt --check "$project"
  opportune test "$project"
done
