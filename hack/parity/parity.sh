#!/usr/bin/env bash
# Provides the peers, then runs the comparison: parity.sh table|bench [ARGUMENT...]
# River, MOA (as the jar inside capymoa) and Vowpal Wabbit are installed into a virtual environment in the cache folder, once for their
# versions; CREEK_PEERS_VENV names a ready one instead. Needs python3 with venv, PyPI, and a JDK for MOA.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

river=0.26.1 capymoa=0.15.1 vw=9.11.9
venv=${CREEK_PEERS_VENV:-${CREEK_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/creek}/peers-$river-$capymoa-$vw}
versions="from importlib.metadata import version as v; assert (v('river'), v('capymoa'), v('vowpalwabbit')) == ('$river', '$capymoa', '$vw')"

if ! "$venv/bin/python" -c "$versions" 2>/dev/null; then
  echo "installing River, capymoa and Vowpal Wabbit into $venv (once)" >&2
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet "river==$river" "vowpalwabbit==$vw"
  # Of capymoa only MOA's jar is wanted, and none of what its Python needs.
  "$venv/bin/pip" install --quiet --no-deps "capymoa==$capymoa"
fi
[[ -n ${CREEK_DATA-} ]] || { echo "CREEK_DATA must name the folder with the reference data sets (CONTRIBUTING.md)" >&2; exit 2; }

export CREEK_PEERS_VENV=$venv
exec go run ./hack/parity "$@"
