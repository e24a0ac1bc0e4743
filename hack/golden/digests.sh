#!/bin/sh
# Runs the golden tests of the learning library, and those that compare the
# digest of every learner's state, as every kind of machine would run them: amd64
# at each GOAMD64 level that this processor has, and arm64 under qemu-aarch64
# (Debian: qemu-user). What they compare with is kept beside the tests, so each
# run shows that the bytes of the state are the same.
#
# A package takes part if it has a test whose name holds "Golden" or "Digests".
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM
cd "$root/trainer/online"

packages=$(grep -rlE --include='*_test.go' '^func Test[A-Za-z0-9]*(Golden|Digests)' . | xargs -n 1 dirname | sort -u)

run() { # name, environment, packages' test binaries through a runner
  label=$1 runner=$2
  shift 2
  for package in $packages; do
    env "$@" go test -c -o "$work/golden.test" "$package"
    (cd "$package" && $runner "$work/golden.test" -test.run 'Golden|Digests' -test.count 1)
  done
  echo "$label: the same bytes"
}

run "amd64 v1" "" GOARCH=amd64 GOAMD64=v1
if grep -qw avx2 /proc/cpuinfo && grep -qw fma /proc/cpuinfo; then
  run "amd64 v3" "" GOARCH=amd64 GOAMD64=v3
fi
if grep -qw avx512vl /proc/cpuinfo; then
  run "amd64 v4" "" GOARCH=amd64 GOAMD64=v4
fi
if ! command -v qemu-aarch64 >/dev/null; then
  echo "qemu-aarch64 is missing (Debian: apt-get install qemu-user); arm64 was not tried" >&2
  exit 1
fi
run "arm64" qemu-aarch64 GOARCH=arm64 CGO_ENABLED=0
