#!/bin/bash
# Reaches the cluster with kubectl: kubectl.sh get pods -A
set -euo pipefail
exec "$(dirname "$0")/exec.sh" kubectl "$@"
