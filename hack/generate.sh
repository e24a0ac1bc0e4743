#!/usr/bin/env bash
# Writes every generated file: what it is made from is the code beside it. Running it twice changes nothing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
tool=hack/tools/run.sh

# The kinds: deep copies, and the CRD for kustomize and the chart.
$tool controller-gen object paths=./api/...
$tool controller-gen crd paths=./api/... output:crd:dir=config/crd/bases

# Every go:generate directive: schemas, tables in the documentation, tables of numbers.
go generate ./...
