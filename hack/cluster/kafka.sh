#!/bin/bash
# Kafka, one broker: kafka.sh {start|stop|kill}. stop ends it in order, kill as a crash would; records, topics and users stay.
# Plain text on port 9092 of the node; TLS with SCRAM-SHA-512 on 9093, users alice and bob.
set -euo pipefail
# shellcheck source=process.sh
. "$(dirname "$0")/process.sh"
libraries="$kafka/*"

format() {
  local users=() name
  for name in alice bob; do users+=(--add-scram "SCRAM-SHA-512=[name=$name,password=$(<"$pki/$name.password")]"); done
  java -Xmx128m -XX:-UsePerfData -cp "$libraries" kafka.tools.StorageTool format --config "$config/server.properties" \
    --cluster-id "$(openssl rand -base64 16 | tr '+/' '-_' | cut -c1-22)" "${users[@]}"
}

# The ports open long before the broker may serve: after a crash it waits until the controller has given the dead broker up (9 s).
started() { grep -q 'Kafka Server started' "$logs/kafka.log"; }

case ${1:-} in
start)
  render server.properties
  render hosts
  [[ -f $STATE/kafka/meta.properties ]] || format
  mkdir -p "$STATE/tmp" "$logs"
  # The log is of the present process alone, so that its lines can be waited for; that of the one before is kept beside it.
  alive kafka || [[ ! -f $logs/kafka.log ]] || mv "$logs/kafka.log" "$logs/kafka.log.before"
  start kafka java -Xmx512m -Xms256m -XX:-UsePerfData "-Djava.io.tmpdir=$STATE/tmp" -XX:+ExitOnOutOfMemoryError -Dlog4j2.level=INFO \
    -Djdk.net.hosts.file="$config/hosts" -cp "$libraries" kafka.Kafka "$config/server.properties"
  ready kafka 90 started
  ;;
stop) stop kafka ;;
kill) stop kafka KILL ;;
*) die "want start, stop or kill, got '${1:-}'" ;;
esac
