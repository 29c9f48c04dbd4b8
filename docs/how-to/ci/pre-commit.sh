#!/bin/sh
# Checks the projects of which something is about to be committed. Copy to .git/hooks/pre-commit and make it executable.
set -eu
cd "$(git rev-parse --show-toplevel)"

changed=$(git -c core.quotePath=false diff --cached --name-only -- '*.offer' '*opportune.toml')
[ -n "$changed" ] || exit 0

# What is about to be committed may differ from what is in the folder.
staged=$(mktemp -d)
trap 'rm -rf "$staged"' EXIT
git checkout-index --all --prefix="$staged/"
cd "$staged"

projects=$(printf '%s\n' "$changed" | while IFS= read -r file; do
  folder=$(dirname "$file")
  while [ ! -f "$folder/opportune.toml" ] && [ "$folder" != . ]; do folder=$(dirname "$folder"); done
  [ ! -f "$folder/opportune.toml" ] || printf '%s\n' "$folder"
done | sort -u)

printf '%s' "$projects" | while IFS= read -r project || [ -n "$project" ]; do
  opportune validate "$project"
  opportune fmt --check "$project"
  opportune test "$project"
done
