#!/bin/sh
# Takes the golden values of the learner from River: dumps the rows of the
# seeded SEA stream, learns them with River in a virtual environment, and writes
# trainer/online/testdata/golden_river.json. Needs python3 with venv, and PyPI.
#
# Python runs isolated (-I), for the script is named like the module it imports.
#
# Every tenth row lacks a feature, as the Go test has it too.
set -eu

version=0.26.1
root=$(cd "$(dirname "$0")/../.." && pwd)
venv=${CREEK_GOLDEN_VENV:-${XDG_CACHE_HOME:-$HOME/.cache}/creek/river-$version}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM

if ! "$venv/bin/python" -c "import river; assert river.__version__ == '$version'" 2>/dev/null; then
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet "river==$version"
fi

cd "$root"
go run ./hack/golden/dump -rows 20000 -seed 42 -noise 0.1 -drift-every 2500 |
  awk -F, -v OFS=, 'NR > 1 && (NR - 2) % 10 == 9 { $(int((NR - 2) / 10) % 3 + 1) = "" } { print }' >"$work/sea.csv"
mkdir -p trainer/online/testdata
"$venv/bin/python" -I hack/golden/river.py "$work/sea.csv" >"$work/golden_river.json"
mv "$work/golden_river.json" trainer/online/testdata/golden_river.json
echo "wrote trainer/online/testdata/golden_river.json"

"$venv/bin/python" -I hack/golden/regression.py >"$work/golden_regression.json"
mkdir -p trainer/online/regressiontree/testdata
mv "$work/golden_regression.json" trainer/online/regressiontree/testdata/golden_river.json
echo "wrote trainer/online/regressiontree/testdata/golden_river.json"

mkdir -p trainer/online/anomaly/testdata
"$venv/bin/python" -I hack/golden/anomaly.py "$work/sea.csv" >"$work/golden_anomaly.json"
mv "$work/golden_anomaly.json" trainer/online/anomaly/testdata/golden_river.json
echo "wrote trainer/online/anomaly/testdata/golden_river.json"

"$venv/bin/python" -I hack/golden/drift.py >"$work/golden_drift.json"
mkdir -p trainer/online/drift/testdata
mv "$work/golden_drift.json" trainer/online/drift/testdata/golden_river.json
echo "wrote trainer/online/drift/testdata/golden_river.json"

for part in classifiers:bayes transformers:preprocess; do
  to=trainer/online/${part#*:}/testdata
  mkdir -p "$to"
  "$venv/bin/python" -I hack/golden/bayes.py "${part%:*}" "$work/sea.csv" >"$work/golden_${part#*:}.json"
  mv "$work/golden_${part#*:}.json" "$to/golden_river.json"
  echo "wrote $to/golden_river.json"
done
"$venv/bin/python" -I hack/golden/metric.py >"$work/golden_metric.json"
mkdir -p trainer/online/metric/testdata
mv "$work/golden_metric.json" trainer/online/metric/testdata/golden_river.json
echo "wrote trainer/online/metric/testdata/golden_river.json"

"$venv/bin/python" -c "import vowpalwabbit" 2>/dev/null || "$venv/bin/pip" install --quiet "vowpalwabbit==9.11.9"
mkdir -p trainer/online/linear/testdata
"$venv/bin/python" -I hack/golden/linear.py "$work/sea.csv" >"$work/golden_linear.json"
mv "$work/golden_linear.json" trainer/online/linear/testdata/golden_peers.json
echo "wrote trainer/online/linear/testdata/golden_peers.json"

mkdir -p trainer/online/mondrian/testdata
"$venv/bin/python" -I hack/golden/mondrian.py "$work/sea.csv" >"$work/golden_mondrian.json"
mv "$work/golden_mondrian.json" trainer/online/mondrian/testdata/golden_river.json
echo "wrote trainer/online/mondrian/testdata/golden_river.json"
"$venv/bin/python" -I hack/golden/delayed.py >"$work/golden_delayed.json"
mkdir -p trainer/online/evaluate/testdata
mv "$work/golden_delayed.json" trainer/online/evaluate/testdata/golden_river.json
echo "wrote trainer/online/evaluate/testdata/golden_river.json"

"$venv/bin/python" -I hack/golden/tree.py >"$work/golden_tree.json"
mkdir -p trainer/online/tree/testdata
mv "$work/golden_tree.json" trainer/online/tree/testdata/golden_river.json
echo "wrote trainer/online/tree/testdata/golden_river.json"

"$venv/bin/python" -I hack/golden/forest.py >"$work/golden_forest.json"
mkdir -p trainer/online/forest/testdata
mv "$work/golden_forest.json" trainer/online/forest/testdata/golden_river.json
echo "wrote trainer/online/forest/testdata/golden_river.json"
