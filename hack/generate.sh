#!/usr/bin/env bash
# Writes every generated file: what it is made from is the code beside it. Running it twice changes nothing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
tool=hack/tools/run.sh

# The kinds: deep copies, and the CRD for kustomize and the chart.
$tool controller-gen object paths=./api/...
$tool controller-gen crd paths=./api/... output:crd:dir=config/crd/bases

# Every go:generate directive, package by package in the order of their names: the operator's role from its markers, the documentation's
# tables, the chart's copies of CRD and rules, tables of numbers. What reads the CRD finds it written above.
go generate ./...
