#!/usr/bin/env bash
# Builds the documentation as a site: target/site/index.html. Uses `mdbook` if it is there, else a pinned one from the crate
# registry, built once into target/tools. The pages of diagnostics and decisions, one for each, are added to the summary here.
set -euo pipefail
cd "$(dirname "$0")/.."

version=0.5.4
if command -v mdbook > /dev/null; then
  mdbook=mdbook
else
  mdbook=target/tools/bin/mdbook
  if [ "$("$mdbook" --version 2> /dev/null || true)" != "mdbook v$version" ]; then
    CARGO_TARGET_DIR=target/tools/build cargo install mdbook --no-default-features --locked --version "$version" --debug --root target/tools
    rm -rf target/tools/build
  fi
fi

rm -rf target/site target/site-pages
cp -r docs target/site-pages
{
  printf '# Why it is so\n\n- [Decisions]()\n'
  for page in docs/decisions/*.md; do
    printf -- '  - [%s](%s)\n' "$(head -n 1 "$page" | sed 's/^# //')" "${page#docs/}"
  done
  printf '\n# Diagnostics\n\n- [Diagnostics](diagnostics/README.md)\n'
  for page in docs/diagnostics/[A-Z][0-9]*.md; do
    printf -- '  - [%s](%s)\n' "$(head -n 1 "$page" | sed 's/^# //')" "${page#docs/}"
  done
} >> target/site-pages/SUMMARY.md

MDBOOK_BOOK__SRC=target/site-pages "$mdbook" build
test -s target/site/index.html
echo "the site is in target/site"
