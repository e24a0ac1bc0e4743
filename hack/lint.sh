#!/usr/bin/env bash
# Lints all Go code of every module of the project, and all shell scripts where shellcheck is there.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
root=$PWD failed=0
# Every module but the tools', which hold no code.
mapfile -t modules < <(git ls-files '*go.mod' | grep -v ^hack/tools/ | xargs -n 1 dirname)

for module in "${modules[@]}"; do
  (cd "$module" && "$root/hack/tools/run.sh" golangci-lint run --config "$root/.golangci.yml" ./...) || failed=1
done

if command -v shellcheck >/dev/null; then
  # Scripts by their first line, since not all end in .sh.
  mapfile -t scripts < <(git grep -lIE '^#!.*\b(ba)?sh$' -- ':!*.go' ':!*.md')
  ((${#scripts[@]} == 0)) || shellcheck "${scripts[@]}" || failed=1
else
  echo "lint: shellcheck is not on the PATH; the shell scripts were not checked" >&2
fi
exit $failed
