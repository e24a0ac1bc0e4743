#!/usr/bin/env bash
# Runs a development tool at the version that this folder pins: run.sh NAME [ARGUMENT...]
# The tool is built from the Go module proxy on first use and kept outside the work tree, in a folder named after everything that
# decides what comes out: the module's requirements and the Go version. An interrupted build is simply built again.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

case ${1:?usage: run.sh NAME [ARGUMENT...]} in
golangci-lint) module=. package=github.com/golangci/golangci-lint/v2/cmd/golangci-lint ;;
controller-gen) module=. package=sigs.k8s.io/controller-tools/cmd/controller-gen ;;
kustomize) module=. package=sigs.k8s.io/kustomize/kustomize/v5 ;;
gofumpt) module=. package=mvdan.cc/gofumpt ;;
versitygw) module=versitygw package=github.com/versity/versitygw/cmd/versitygw ;;
helm) module=helm package=helm.sh/helm/v4/cmd/helm ;;
helm-unittest) module=unittest package=github.com/helm-unittest/helm-unittest/cmd/helm-unittest ;;
*)
  echo "run.sh: no tool is called $1; there are golangci-lint, controller-gen, kustomize, gofumpt, helm, helm-unittest and versitygw" >&2
  exit 2
  ;;
esac
name=$1
shift

cache=${CREEK_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/creek}/tools
key=$(cd "$here/$module" && { cat go.mod go.sum && go version; } | cksum | cut -d' ' -f1)
tool=$cache/$name-$key/$name

if [[ ! -x $tool ]]; then
  mkdir -p "$(dirname "$tool")"
  echo "building $name (once; kept in $cache)" >&2
  # Built beside its place and moved there, so that a half-written file is never run, and two builds at once do no harm.
  # Never for another platform, whatever the caller compiles for.
  (cd "$here/$module" && GOOS='' GOARCH='' GOFLAGS='' GOWORK=off CGO_ENABLED=0 go build -trimpath -buildvcs=false -o "$tool.$$" "$package")
  mv "$tool.$$" "$tool"
fi
exec "$tool" "$@"
