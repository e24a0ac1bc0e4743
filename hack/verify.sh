#!/usr/bin/env bash
# Checks that the work tree is whole: generated files are up to date, code is formatted and passes the linters, modules are tidy,
# the chart and the manifests render, and nothing is left uncommitted. Every check runs, and the end names those that failed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
tool=$PWD/hack/tools/run.sh
failed=()
mapfile -t modules < <(git ls-files '*go.mod' | grep -v ^hack/tools/ | xargs -n 1 dirname)

check() {
  local name=$1
  shift
  echo "verify: $name"
  "$@" || failed+=("$name")
}

formatted() {
  local diff
  diff=$("$tool" golangci-lint fmt --diff) || true
  [[ -n $diff ]] || return 0
  printf '%s\n' "$diff"
  echo "verify: not formatted; run make fmt"
  return 1
}

in_each_module() {
  local module status=0
  for module in "${modules[@]}"; do
    (cd "$module" && "$@") || { echo "verify: failed in $module: $*"; status=1; }
  done
  return $status
}

# Each folder with a kustomization of its own kind must render (a Component only does as part of another).
manifests() {
  local file status=0
  while read -r file; do
    "$tool" kustomize build "$(dirname "$file")" >/dev/null || { echo "verify: $file does not render"; status=1; }
  done < <(git grep -lE '^kind: Kustomization' -- '*kustomization.yaml')
  return $status
}

# Whatever differs from the last commit, after everything was generated anew: changed by that, changed before, or never added.
committed() {
  local now
  now=$(git status --porcelain --untracked-files=all)
  [[ -n $now ]] || return 0
  git --no-pager diff
  if [[ $now == "$before" ]]; then
    echo "verify: not committed before it began:"
  else
    echo "verify: not committed, or changed by make generate:"
  fi
  printf '%s\n' "$now"
  return 1
}

git rev-parse --git-dir >/dev/null || { echo "verify: this needs the git work tree, to see what differs" >&2; exit 1; }
before=$(git status --porcelain --untracked-files=all)

check "generated files" hack/generate.sh
check "formatting" formatted
check "go vet" in_each_module go vet -tags e2e ./...
check "lint" hack/lint.sh
check "go.mod and go.sum" in_each_module go mod tidy -diff
check "chart" make chart-test
check "manifests" manifests
check "nothing left uncommitted" committed

if ((${#failed[@]})); then
  printf 'verify: failed: %s\n' "$(printf '%s, ' "${failed[@]}" | sed 's/, $//')" >&2
  exit 1
fi
echo "verify: all is well"
