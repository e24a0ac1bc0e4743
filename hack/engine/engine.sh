#!/usr/bin/env bash
# Measures the engine on a real Kafka of this machine, with River behind confluent-kafka in the same run: engine.sh [ARGUMENT...]
# The trainer, River and the bare reader have one core for themselves, each at its turn; Kafka, Redis and the dispatcher have the other.
# Needs two cores, taskset, java, redis-server, python3 with venv, and PyPI; CREEK_DATA names a folder with elec2.csv.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

cache=${CREEK_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/creek}
river=0.26.1 confluent=2.16.1
venv=$cache/engine-$river-$confluent
[[ -n ${CREEK_DATA-} && -f $CREEK_DATA/elec2.csv ]] || { echo "CREEK_DATA must name the folder with elec2.csv (CONTRIBUTING.md)" >&2; exit 2; }
for program in java redis-server taskset; do
  command -v $program >/dev/null || { echo "$program is not here" >&2; exit 2; }
done

versions="from importlib.metadata import version as v; assert (v('river'), v('confluent-kafka')) == ('$river', '$confluent')"
if ! "$venv/bin/python" -c "$versions" 2>/dev/null; then
  echo "installing River and confluent-kafka into $venv (once)" >&2
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet "river==$river" "confluent-kafka==$confluent"
fi
# jars prints the folder of Kafka's jars, if it was fetched.
jars() { find "$cache/cluster" -maxdepth 1 -type d -name 'kafka-*' ! -name '*.new' 2>/dev/null | sort | tail -n 1; }
libraries=$(jars)
[[ -n $libraries ]] || { hack/cluster/build.sh all >&2; libraries=$(jars); }

work=$(mktemp -d)
servers=()
finish() {
  for pid in "${servers[@]}"; do
    kill "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  done
  rm -rf "$work"
}
trap finish EXIT
make build >&2
go build -o "$work/engine" ./hack/engine

port=19492
cat >"$work/kafka.properties" <<EOF
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:19493
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://127.0.0.1:$port,COUNTED://127.0.0.1:19494,CONTROLLER://127.0.0.1:19493
advertised.listeners=PLAINTEXT://127.0.0.1:$port,COUNTED://127.0.0.1:19495
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,COUNTED:PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=PLAINTEXT
log.dirs=$work/kafka
auto.create.topics.enable=false
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
EOF
java=(java -Xmx1g -XX:-UsePerfData -cp "$libraries/*")
"${java[@]}" kafka.tools.StorageTool format --config "$work/kafka.properties" --cluster-id Y3JlZWstZW5naW5lLXRlc3Q >"$work/format.log" 2>&1
taskset -c 0 "${java[@]}" kafka.Kafka "$work/kafka.properties" >"$work/kafka.log" 2>&1 &
servers+=($!)
taskset -c 0 redis-server --port 19479 --bind 127.0.0.1 --dir "$work" --save '' --appendonly yes --appendfsync always \
  --maxmemory-policy noeviction >"$work/redis.log" 2>&1 &
servers+=($!)

measure=(taskset -c 0)
if [[ " $* " == *" -idle"* ]]; then
  # Nothing is learned: what the program starts may use both cores.
  measure=()
  KUBEBUILDER_ASSETS=$(hack/cluster/build.sh envtest)
  export KUBEBUILDER_ASSETS
fi
${measure[@]+"${measure[@]}"} "$work/engine" -brokers 127.0.0.1:$port -redis 127.0.0.1:19479 -data "$CREEK_DATA/elec2.csv" -trainer bin/trainer -core 1 \
  -counted 127.0.0.1:19495 -behind 127.0.0.1:19494 \
  -python "$venv/bin/python" -peer hack/engine/river_behind_kafka.py "$@"
